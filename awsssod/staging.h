/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a sweep is collected until it is whole: in a database of its own, which
 * the end of the sweep or of the process loses, so that half a directory can
 * never count.  Memory does not grow with it.
 *
 * Only newcomers have rows among the principals from the first page on that
 * names them, so that their memberships are numbers: present = 0 and without a
 * name they are nobody, and those whose sweep came to nothing are forgotten.
 */
#ifndef AW_AWSSSOD_STAGING_H
#define AW_AWSSSOD_STAGING_H

#include "awsssod/state.h"
#include "common/snapshot.h"

struct aw_staging {
	const char *store; /* of this identity store */
	/* records received, and in force: */
	uint64_t users, groups, members, sets, grants;
	/* the group whose members came last, and how many */
	char group[AW_PRINCIPAL_SIZE];
	uint64_t group_members;
};

/* Empty it: before a sweep and after it, and whenever something in it failed.
 * Returns 0 or a negative errno. */
int aw_staging_clear(struct aw_state *state) AW_MUST_USE;

/*
 * Of who is not there and was never given a name: _drop_nobody forgets what is
 * staged of their memberships, _forget themselves and all that refers to them.
 * Part of the caller's transaction.  Return 0 or a negative errno.
 */
int aw_staging_drop_nobody(struct aw_state *state) AW_MUST_USE;
int aw_staging_forget(struct aw_state *state) AW_MUST_USE;

/* The person in row @n was asked about just now: what a sweep that runs has
 * read of them, or not, is older and does not count.  Returns 0 or a negative
 * errno. */
int aw_staging_touch(struct aw_state *state, int64_t n) AW_MUST_USE;

/*
 * Take the records of one page: @len bytes of USER_REC, GROUP_REC, MEMBER_REC
 * (a group's come together), SET_REC, GRANT_REC and AGAIN_REC messages in a
 * row.  Returns 0;
 * AW_DENIED with @diag when a record makes no sense (the sweep is then void);
 * or a negative errno.
 */
int aw_staging_add(struct aw_state *state, struct aw_staging *staging,
    const void *data, size_t len, struct aw_diag *diag) AW_MUST_USE;

#endif
