/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One write() a line, so that lines of awsssod and its worker never mix.
 */
#include "awsssod/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

void aw_log(int level, const char *fmt, ...)
{
	char line[8192] = { '<', (char)('0' + (level & 7)), '>' };
	const int room = (int)sizeof(line) - 4;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line + 3, (size_t)room, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	n = n < room ? n : room - 1;
	line[3 + n] = '\n';
	/* A log that cannot be written must not keep anybody out. */
	if (write(STDERR_FILENO, line, (size_t)n + 4) < 0)
		return;
}
