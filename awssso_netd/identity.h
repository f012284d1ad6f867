/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who approved: a token says nothing about its person, so keys of a role that
 * the person holds are asked for, and then STS whose keys these are.
 *
 * The role is the one that awssso.conf pins (identity_role), or else any that
 * the person holds, those in the host's own account first.  On the way the
 * permission sets held in that account, and in others of interest, are learnt.
 */
#ifndef AW_AWSSSO_NETD_IDENTITY_H
#define AW_AWSSSO_NETD_IDENTITY_H

#include "awssso_netd/portal.h"
#include "awssso_netd/sts.h"

#define AW_IDENTITY_ACCOUNTS 10

/* Where permission sets are listed: in the host's own account (the first), and
 * in others. */
struct aw_identity_accounts {
	size_t n;
	char id[AW_IDENTITY_ACCOUNTS][AW_ACCOUNT_SIZE];
};

struct aw_identity_end {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	/* AW_NET_OK: what keys were asked for, and whose they are */
	const char *asked_account, *asked_set;
	const struct aw_sts_identity *sts;
	/* in the first account; NULL: unknown */
	const struct aw_portal_list *roles;
	/* in the others, in their order; NULL: unknown */
	const struct aw_portal_list *more[AW_IDENTITY_ACCOUNTS - 1];
	const char *keys_request_id, *sts_request_id;
};

struct aw_identity;
/* @end is borrowed.  The identity is gone when this returns. */
typedef void aw_identity_done_fn(void *user, const struct aw_identity_end *end);

/*
 * Find out who holds portal->token.  @accounts are copied.  What cannot be
 * listed in the others is not known.  @done is called once, later.  Returns 0
 * with *@ret; -EINVAL when identity_role is neither "auto" nor ACCOUNT/NAME; or
 * another negative errno.
 */
int aw_identity_start(const struct aw_portal *portal,
    const struct aw_identity_accounts *accounts, aw_identity_done_fn *done,
    void *user, struct aw_identity **ret) AW_MUST_USE;
void aw_identity_cancel(struct aw_identity *identity);

#endif
