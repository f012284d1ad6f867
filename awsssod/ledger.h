/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: which Linux name, id and home a principal has.  Written once;
 * triggers of the database refuse any change (R16); nothing that was given is
 * ever given to somebody else, even when the principal is long gone.
 */
#ifndef AW_AWSSSOD_LEDGER_H
#define AW_AWSSSOD_LEDGER_H

#include "awsssod/state.h"
#include "common/id.h"

/* SHA-256 by libcrypto. */
int aw_ledger_sha256(const void *data, size_t len, uint8_t digest[32]);

/* Is @id nobody's, neither in the ledger nor on this host, and reserved for
 * nobody?  @state: a struct aw_state.  For aw_id_find(): 0 yes, AW_DENIED no,
 * or a negative errno. */
int aw_ledger_is_free(void *state, uint32_t id) AW_MUST_USE;

/*
 * Give the principal in row @n, whose immutable id is @principal_id, the name
 * @name, the home @home (NULL for a group) and a free id: the first candidate
 * that neither the ledger nor local_ids holds.
 *
 * Returns 0 with @ret_id (may be NULL); -EEXIST when the name is taken or the
 * row has been registered before; or a negative errno.
 */
int aw_ledger_register(struct aw_state *state, aw_sha256_fn *sha256, int64_t n,
    const char *principal_id, const char *name, const char *home,
    uint32_t *ret_id) AW_MUST_USE;

#endif
