/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line an event, one write a line.
 */
#include "awssso_netd/log.h"

#include <stdarg.h>
#include <stdio.h>

void aw_log(int priority, const char *fmt, ...)
{
	va_list args;

	flockfile(stderr);
	(void)fprintf(stderr, "<%d>awssso-netd: ", priority);
	va_start(args, fmt);
	(void)vfprintf(stderr, fmt, args);
	va_end(args);
	(void)fputc('\n', stderr);
	funlockfile(stderr);
}
