/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sign-in: the device flow, who approved it, and what the directory says
 * about the person whom it is for.  Facts only; whether they let anybody in is
 * awsssod's to decide.
 *
 *	start --> DescribeUser .............. absent or disabled: end
 *	     \--> device flow --> token --> identity (identity.h) --+--> end
 *	                               \--> DescribeUser, groups ---+
 *
 * The facts about the person are always those of the second DescribeUser.
 */
#ifndef AW_AWSSSO_NETD_FLOW_H
#define AW_AWSSSO_NETD_FLOW_H

#include "awssso_netd/device.h"
#include "awssso_netd/identity.h"
#include "awssso_netd/person.h"

struct aw_flow_request {
	const char *client_name;
	const char *principal_id;             /* whom the sign-in is for */
	struct aw_identity_accounts accounts; /* where sets are listed */
	uint64_t deadline_s;                  /* the whole flow */
};

struct aw_flow_end {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	/* AW_NET_OK; and AW_NET_NOT_FOUND because of a disabled person */
	const struct aw_person *person;
	/* AW_NET_OK: */
	const struct aw_identity_end *identity;
	const struct aw_identity_accounts *accounts; /* as asked */
	struct aw_secret *token;                     /* ref to keep */
	uint64_t token_life;                         /* seconds */
	const char *region;
	const char *token_request_id, *person_request_id;
};

struct aw_flow_handler {
	void (*code)(void *user, const struct aw_device_code *code);
	void (*end)(void *user, const struct aw_flow_end *end);
};

struct aw_flow;

/*
 * Start.  @handler is borrowed for good: @code is called at most once, @end
 * once, later; the flow is gone when @end returns.  Returns 0 with *@ret or a
 * negative errno.
 */
int aw_flow_start(struct aw_aws *aws, const struct aw_flow_request *request,
    const struct aw_flow_handler *handler, void *user,
    struct aw_flow **ret) AW_MUST_USE;
void aw_flow_cancel(struct aw_flow *flow);

#endif
