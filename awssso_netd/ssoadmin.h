/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSO admin: which permission sets are provisioned to one account, and to whom
 * they are assigned there.
 *
 *	[host] -> ListInstances ... -> ListPermissionSetsProvisionedToAccount
 *...
 *	-> per set DescribePermissionSet, ListAccountAssignments ...
 *
 * or whether one person has an assignment there (ForPrincipal, once).
 *
 * Only the organisation's management account and its delegated administrator
 * may ask; for all others the answer is AW_NET_REFUSED.  The result is whole
 * or none: half of the assignments would look like the loss of the others.
 */
#ifndef AW_AWSSSO_NETD_SSOADMIN_H
#define AW_AWSSSO_NETD_SSOADMIN_H

#include "awssso_netd/aws.h"
#include "awssso_netd/idset.h"
#include "awssso_netd/paced.h"
#include "common/buf.h"

/* The 20 requests a second that AWS allows are for all of SSO admin and the
 * whole organisation. */
#define AW_SSOADMIN_RATE_MAX 10

struct aw_ssoadmin_end {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	uint64_t requests;
	/* AW_NET_OK, of one person: .grants, their own.  Of all: SET_REC and
	 * GRANT_REC records, how many of each, and who holds a set; what is
	 * needed later is moved away. */
	uint64_t sets, grants;
	struct aw_buf *records;
	struct aw_idset *users, *groups;
};

struct aw_ssoadmin_op;
/* @end is borrowed.  The op is gone when this returns. */
typedef void aw_ssoadmin_done_fn(void *user, const struct aw_ssoadmin_end *end);

/*
 * Read the assignments in the setting account ("auto": the account of this
 * host), all or, unless it is NULL, those of @user_id; patient for
 * @patience_ms; @waits (with @user) says for what.  @done is called once,
 * later.  Returns 0 with *@ret or a negative errno.
 */
int aw_ssoadmin_start(struct aw_aws *aws, const char *user_id,
    uint64_t patience_ms, aw_pace_waits_fn *waits, aw_ssoadmin_done_fn *done,
    void *user, struct aw_ssoadmin_op **ret) AW_MUST_USE;
void aw_ssoadmin_cancel(struct aw_ssoadmin_op *op);

/* The setting scope names all who hold a set. */
bool aw_ssoadmin_is_scope(const struct aw_conf *conf);

#endif
