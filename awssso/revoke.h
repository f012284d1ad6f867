/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What awssso revoke and awssso reap have in common: who is meant, asking
 * awsssod to drop what was approved, ending what runs, and telling it.
 */
#ifndef AW_AWSSSO_REVOKE_H
#define AW_AWSSSO_REVOKE_H

#include <json-c/json.h>

#include "awssso/end.h"
#include "common/limits.h"
#include "common/snapshot.h"

/* Somebody of the directory, or who was. */
struct aw_revoked {
	char name[AW_NAME_SIZE];
	char home[512]; /* "" when not known */
	uint32_t uid;
	bool is_disabled; /* or gone */
};

/*
 * The snapshot of this host and what the NSS module allows.  Returns AW_EXIT_OK
 * (close @ret_snap), or AW_EXIT_FAILED after saying why.
 */
int aw_revoked_open(
    struct aw_snap *ret_snap, struct aw_limits *ret_limits) AW_MUST_USE;

/* The person called @name.  0, AW_UNKNOWN or -EIO. */
int aw_revoked_find(const struct aw_snap *snap, const struct aw_limits *limits,
    const char *name, struct aw_revoked *ret) AW_MUST_USE;

/* Walk those whom the directory has disabled or lost; start with *@cursor all
 * zero.  0, AW_END or -EIO. */
struct aw_revoked_cursor {
	uint64_t user, tomb;
	bool in_tombs;
};
int aw_revoked_next(const struct aw_snap *snap, const struct aw_limits *limits,
    struct aw_revoked_cursor *cursor, struct aw_revoked *ret) AW_MUST_USE;

/*
 * REVOKE @name at awsssod in @run_dir (NULL: the usual place).  The sessions
 * are printed, or become a member of @json unless that is NULL.  An enum
 * aw_exit; what went wrong was said.
 */
int aw_revoke_ask(const char *run_dir, const char *name,
    struct json_object *json) AW_MUST_USE;

/* End what runs for @who and tell it likewise.  An enum aw_exit. */
int aw_revoke_end(
    const struct aw_revoked *who, struct json_object *json) AW_MUST_USE;

#endif
