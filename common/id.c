/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The candidate id of a principal.
 */
#include "common/id.h"

#include <string.h>

int aw_id_candidate(aw_sha256_fn *sha256, const char *principal_id,
    uint32_t attempt, uint32_t *ret_id)
{
	const uint64_t span = (uint64_t)AW_ID_MAX - AW_ID_MIN + 1;
	uint8_t digest[32];
	uint64_t value = 0;
	int r;

	r = sha256(principal_id, strlen(principal_id), digest);
	if (r < 0)
		return r;
	for (int i = 0; i < 8; i++)
		value = value << 8 | digest[i];
	*ret_id = (uint32_t)(AW_ID_MIN + (value % span + attempt) % span);
	return 0;
}
