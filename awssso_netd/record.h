/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages of the Identity Store as records for awsssod.  Pure.
 */
#ifndef AW_AWSSSO_NETD_RECORD_H
#define AW_AWSSSO_NETD_RECORD_H

#include "awssso_netd/identitystore.h"

/*
 * Append the rows of a ListUsers, ListGroups or ListGroupMemberships answer to
 * @ret as USER_REC, GROUP_REC or MEMBER_REC.  @ret_n counts them; @ret_next is
 * the next page's token or NULL, borrowed from @json.  Each returns 0,
 * -EBADMSG with @diag, or another negative errno.
 */
int aw_record_users(struct json_object *json, const char *store_id,
    struct aw_buf *ret, uint64_t *ret_n, const char **ret_next,
    struct aw_diag *diag) AW_MUST_USE;
/* The groups' ids are appended to @ret_ids as well, each with its NUL. */
int aw_record_groups(struct json_object *json, const char *store_id,
    struct aw_buf *ret, struct aw_buf *ret_ids, uint64_t *ret_n,
    const char **ret_next, struct aw_diag *diag) AW_MUST_USE;
/* All rows must be of @group_id. */
int aw_record_members(struct json_object *json, const char *store_id,
    const char *group_id, struct aw_buf *ret, uint64_t *ret_n,
    const char **ret_next, struct aw_diag *diag) AW_MUST_USE;

#endif
