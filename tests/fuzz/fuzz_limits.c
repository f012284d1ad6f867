/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as nss.limits.  What is allowed is within the bounds
 * of common/limits.h, and a refused file allows nothing.
 * covers: spine.3, R15, R18, R28
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct aw_limits limits;
	struct aw_diag diag = { .text = "" };
	const int r = aw_limits_parse((const char *)data, size, &limits, &diag);

	if (r != 0 && (limits.n_uids || limits.n_gids || limits.n_homes ||
			  diag.text[0] == '\0'))
		abort();
	for (uint32_t i = 0; i < limits.n_uids; i++)
		if (limits.uid[i] < 1000 || limits.uid[i] == UINT32_MAX)
			abort();
	for (uint32_t i = 0; i < limits.n_gids; i++)
		if (limits.gid[i] == 0 || limits.gid[i] == UINT32_MAX)
			abort();
	for (uint32_t i = 0; i < limits.n_homes; i++) {
		const char *home = limits.home[i];

		if (home[0] != '/' || home[strlen(home) - 1] != '/' ||
		    strstr(home, "/../") || strchr(home, ':'))
			abort();
	}
	return 0;
}
