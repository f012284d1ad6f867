/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registration: find a free id, write the row once.
 */
#include "awsssod/ledger.h"

#include <errno.h>
#include <openssl/evp.h>

int aw_ledger_sha256(const void *data, size_t len, uint8_t digest[32])
{
	const int ok = EVP_Digest(data, len, digest, NULL, EVP_sha256(), NULL);

	return ok == 1 ? 0 : -EIO;
}

int aw_ledger_is_free(void *user, uint32_t id)
{
	struct aw_state *state = user;
	int64_t taken;
	const int r =
	    aw_state_number(state, AW_Q_ID_TAKEN, &taken, "i", (int64_t)id);

	if (r == AW_ABSENT)
		return 0;
	return r < 0 ? r : AW_DENIED;
}

int aw_ledger_register(struct aw_state *state, aw_sha256_fn *sha256, int64_t n,
    const char *principal_id, const char *name, const char *home,
    uint32_t *ret_id)
{
	uint32_t id;
	int r;

	r = aw_id_find(sha256, principal_id, aw_ledger_is_free, state, &id);
	if (r < 0)
		return r;
	r = aw_state_run(
	    state, AW_Q_GIVE, "isisi", n, name, (int64_t)id, home, (int64_t)0);
	if (r < 0)
		return r;
	if (ret_id)
		*ret_id = id;
	return 0;
}
