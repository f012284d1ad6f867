/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the whole directory: all users, all groups, each group's members.
 *
 *	ListUsers ... -> ListGroups ... -> per group ListGroupMemberships ...
 *
 * One request at a time, at the configured pace; every page is handed out as
 * records (common/proto.h) before the next is asked for, so memory does not
 * grow with the users.  Exactly one request a page, whatever its length; any
 * answer that is not as it should be ends the sweep.
 */
#ifndef AW_AWSSSO_NETD_SWEEP_H
#define AW_AWSSSO_NETD_SWEEP_H

#include "awssso_netd/identitystore.h"

struct aw_sweep_end {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	uint64_t users, groups, members, requests;
};

struct aw_sweep_handler {
	/* @data of @len bytes are records; the sweep stands still until
	 * aw_sweep_go_on(), which must not be called from in here. */
	void (*page)(void *user, const void *data, size_t len);
	void (*end)(void *user, const struct aw_sweep_end *end);
};

struct aw_sweep;

/* @handler is borrowed for good; @end is called once, later, and the sweep is
 * gone when it returns.  Returns 0 with *@ret or a negative errno. */
int aw_sweep_start(struct aw_aws *aws, const struct aw_sweep_handler *handler,
    void *user, struct aw_sweep **ret) AW_MUST_USE;
/* The page has been taken.  Without one waiting this does nothing. */
void aw_sweep_go_on(struct aw_sweep *sweep);
void aw_sweep_cancel(struct aw_sweep *sweep);

#endif
