/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The candidate id of a principal, and the one that is free.
 */
#include "common/id.h"

#include <errno.h>
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

int aw_id_find(aw_sha256_fn *sha256, const char *principal_id,
    aw_id_free_fn *is_free, void *user, uint32_t *ret_id)
{
	uint32_t id;
	int r;

	r = aw_id_candidate(sha256, principal_id, 0, &id);
	if (r < 0)
		return r;
	for (unsigned probe = 0; probe < AW_ID_PROBES; probe++) {
		r = is_free(user, id);
		if (r == 0)
			*ret_id = id;
		if (r != AW_DENIED)
			return r;
		id = id == AW_ID_MAX ? AW_ID_MIN : id + 1;
	}
	return -ENOSPC;
}
