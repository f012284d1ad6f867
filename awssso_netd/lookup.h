/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has a UserName: GetUserId (or SCIM's filter) for each of a few, in order,
 * until one is known; then that person as aw_person_start() describes them, and
 * where the scope is who is assigned, whether SSO admin knows them for one.
 */
#ifndef AW_AWSSSO_NETD_LOOKUP_H
#define AW_AWSSSO_NETD_LOOKUP_H

#include "awssso_netd/person.h"

#define AW_LOOKUP_MAX 4

struct aw_lookup {
	unsigned n;
	char user_name[AW_LOOKUP_MAX][513];
};

struct aw_lookup_op;

/*
 * @done is called once, later: with AW_NET_NOT_FOUND only when the directory
 * knows none of the names.  Returns 0 with *@ret or a negative errno (-EINVAL:
 * no name).
 */
int aw_lookup_start(struct aw_aws *aws, const struct aw_lookup *names,
    uint64_t deadline_ms, aw_person_done_fn *done, void *user,
    struct aw_lookup_op **ret) AW_MUST_USE;
void aw_lookup_cancel(struct aw_lookup_op *op);

#endif
