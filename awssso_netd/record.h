/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the Identity Store and SSO admin answer as records for awsssod.  Pure.
 */
#ifndef AW_AWSSSO_NETD_RECORD_H
#define AW_AWSSSO_NETD_RECORD_H

#include "awssso_netd/identitystore.h"
#include "awssso_netd/idset.h"

/*
 * Append the rows of a ListUsers, ListGroups or ListGroupMemberships answer to
 * @ret as USER_REC, GROUP_REC or MEMBER_REC; with @want only those whose id is
 * in it, and they have been seen then.  @ret_n counts them; @ret_next is the
 * next page's token or NULL, borrowed from @json.  Each returns 0, -EBADMSG
 * with @diag, or another negative errno.
 */
int aw_record_users(struct json_object *json, const char *store_id,
    struct aw_idset *want, struct aw_buf *ret, uint64_t *ret_n,
    const char **ret_next, struct aw_diag *diag) AW_MUST_USE;
/* The groups' ids are appended to @ret_ids as well, each with its NUL. */
int aw_record_groups(struct json_object *json, const char *store_id,
    struct aw_idset *want, struct aw_buf *ret, struct aw_buf *ret_ids,
    uint64_t *ret_n, const char **ret_next, struct aw_diag *diag) AW_MUST_USE;
/* All rows must be of @group_id.  The members' ids are added to @ret_users
 * unless it is NULL. */
int aw_record_members(struct json_object *json, const char *store_id,
    const char *group_id, struct aw_idset *ret_users, struct aw_buf *ret,
    uint64_t *ret_n, const char **ret_next, struct aw_diag *diag) AW_MUST_USE;

/* The same of a DescribeUser or DescribeGroup answer, which must be about
 * @id. */
int aw_record_user(struct json_object *json, const char *store_id,
    const char *id, struct aw_buf *ret, struct aw_diag *diag) AW_MUST_USE;
int aw_record_group(struct json_object *json, const char *store_id,
    const char *id, struct aw_buf *ret, struct aw_buf *ret_ids,
    struct aw_diag *diag) AW_MUST_USE;

/* KIND in records. */
enum aw_record_kind {
	AW_RECORD_USER = 1,
	AW_RECORD_GROUP = 2,
};

/* Append an AGAIN_REC of the users, of the groups, or (@group_id not NULL) of
 * that group's members.  0 or a negative errno. */
int aw_record_again(enum aw_record_kind kind, const char *group_id,
    struct aw_buf *ret) AW_MUST_USE;
/* Append a SET_REC, and a GRANT_REC. */
int aw_record_set(const char *role, struct aw_buf *ret) AW_MUST_USE;
int aw_record_grant(const char *role, enum aw_record_kind kind,
    const char *principal_id, struct aw_buf *ret) AW_MUST_USE;

#endif
