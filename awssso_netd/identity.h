/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who approved: a token says nothing about its person, so keys of a role that
 * the person holds are asked for, and then STS whose keys these are.
 *
 * The role is the one that awssso.conf pins (identity_role), or else any that
 * the person holds, those in the host's own account first.  On the way the
 * permission sets held in that account are learnt as well.
 */
#ifndef AW_AWSSSO_NETD_IDENTITY_H
#define AW_AWSSSO_NETD_IDENTITY_H

#include "awssso_netd/portal.h"
#include "awssso_netd/sts.h"

struct aw_identity_end {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	/* AW_NET_OK: what keys were asked for, and whose they are */
	const char *asked_account, *asked_set;
	const struct aw_sts_identity *sts;
	const struct aw_portal_list *roles; /* in the account; NULL: unknown */
	const char *keys_request_id, *sts_request_id;
};

struct aw_identity;
/* @end is borrowed.  The identity is gone when this returns. */
typedef void aw_identity_done_fn(void *user, const struct aw_identity_end *end);

/*
 * Find out who holds portal->token.  @account (NULL: none) is where permission
 * sets are listed.  @done is called once, later.  Returns 0 with *@ret;
 * -EINVAL when identity_role is neither "auto" nor ACCOUNT/NAME; or another
 * negative errno.
 */
int aw_identity_start(const struct aw_portal *portal, const char *account,
    aw_identity_done_fn *done, void *user,
    struct aw_identity **ret) AW_MUST_USE;
void aw_identity_cancel(struct aw_identity *identity);

#endif
