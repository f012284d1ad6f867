/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a sweep is collected until it is whole: tables that live beside the
 * database and are lost with the process, so that half a directory can never
 * count.
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

/* Empty the tables, and give their memory back: before a sweep and after it.
 * Returns 0 or a negative errno. */
int aw_staging_clear(struct aw_state *state) AW_MUST_USE;

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
