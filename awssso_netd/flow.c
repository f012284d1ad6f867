/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sign-in put together from its parts; the first part that fails ends it.
 */
#include "awssso_netd/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/sock.h"

/* Approved just before the end: time enough to find out by whom. */
#define AFTERWARDS_MS 15000

struct aw_flow {
	struct aw_aws *aws;
	char principal_id[AW_ID_SIZE];
	struct aw_identity_accounts accounts;
	struct aw_device *device;
	struct aw_person_op *before, *after;
	struct aw_identity *identity;
	/* what has come in */
	struct aw_secret *token;
	uint64_t token_life;
	const char *region;
	bool have_person;
	struct aw_person person;
	bool have_identity;
	struct aw_sts_identity sts;
	struct aw_portal_list roles, more[AW_IDENTITY_ACCOUNTS - 1];
	struct aw_identity_end facts; /* with copies of what it points to */
	char asked_account[AW_ACCOUNT_SIZE];
	char asked_set[AW_SET_SIZE];
	char token_request_id[AW_REQUEST_ID_SIZE];
	char person_request_id[AW_REQUEST_ID_SIZE];
	char keys_request_id[AW_REQUEST_ID_SIZE];
	char sts_request_id[AW_REQUEST_ID_SIZE];
	const struct aw_flow_handler *handler;
	void *user;
};

static void flow_free(struct aw_flow *flow)
{
	aw_device_cancel(flow->device);
	aw_person_cancel(flow->before);
	aw_person_cancel(flow->after);
	aw_identity_cancel(flow->identity);
	aw_secret_unref(flow->token);
	aw_person_done(&flow->person);
	aw_portal_list_done(&flow->roles);
	for (size_t i = 0; i < AW_IDENTITY_ACCOUNTS - 1; i++)
		aw_portal_list_done(&flow->more[i]);
	free(flow);
}

void aw_flow_cancel(struct aw_flow *flow)
{
	if (flow)
		flow_free(flow);
}

static void finish(struct aw_flow *flow, const struct aw_flow_end *end)
{
	flow->handler->end(flow->user, end);
	flow_free(flow);
}

static void fail(
    struct aw_flow *flow, enum aw_net net, const struct aw_diag *why)
{
	const struct aw_flow_end end = { .net = net, .why = *why };

	finish(flow, &end);
}

static void fail_errno(struct aw_flow *flow, int error)
{
	struct aw_diag why;

	aw_diag_set(&why, "cannot go on with the sign-in: %s",
	    error == -EINVAL
		? "identity_role must be \"auto\" or ACCOUNT/PERMISSION-SET"
		: strerrordesc_np(-error));
	fail(flow, error == -EINVAL ? AW_NET_CONFIG : AW_NET_UNAVAIL, &why);
}

static void keep_id(char ret[AW_REQUEST_ID_SIZE], const char *id)
{
	if (aw_copy(ret, AW_REQUEST_ID_SIZE, id) < 0)
		ret[0] = '\0';
}

/* Where the directory is published it is awsssod that knows the person, and
 * nobody is asked. */
static bool is_published(const struct aw_flow *flow)
{
	return flow->aws->conf->source == AW_SOURCE_PUBLISHED;
}

static void finish_if_done(struct aw_flow *flow)
{
	const struct aw_flow_end end = {
		.net = AW_NET_OK,
		.person = is_published(flow) ? NULL : &flow->person,
		.identity = &flow->facts,
		.accounts = &flow->accounts,
		.token = flow->token,
		.token_life = flow->token_life,
		.region = flow->region,
		.token_request_id = flow->token_request_id,
		.person_request_id = flow->person_request_id,
	};

	if (flow->have_person && flow->have_identity)
		finish(flow, &end);
}

/* --- after the approval ------------------------------------------------ */

static void on_after(void *user, const struct aw_person_end *end)
{
	struct aw_flow *flow = user;

	flow->after = NULL;
	if (end->net != AW_NET_OK) {
		fail(flow, end->net, &end->why);
		return;
	}
	aw_person_take(end->person, &flow->person);
	keep_id(flow->person_request_id, end->request_id);
	flow->have_person = true;
	finish_if_done(flow);
}

/* Keep a copy of @from, if there is one, in @copy. */
static int keep_list(const struct aw_portal_list *from,
    struct aw_portal_list *copy, const struct aw_portal_list **ret)
{
	const char *name, *account;
	size_t at = 0;

	*ret = from ? copy : NULL;
	copy->texts.max = from ? from->texts.max : 0;
	while (from && aw_portal_list_next(from, &at, &name, &account) == 0) {
		aw_buf_add(&copy->texts, name, strlen(name) + 1);
		aw_buf_add(&copy->texts, account, strlen(account) + 1);
		copy->n++;
	}
	return aw_buf_error(&copy->texts);
}

/* The identity is gone when its callback returns: copy what it found. */
static int keep_facts(struct aw_flow *flow, const struct aw_identity_end *end)
{
	int r;

	flow->sts = *end->sts;
	keep_id(flow->keys_request_id, end->keys_request_id);
	keep_id(flow->sts_request_id, end->sts_request_id);
	flow->facts = (struct aw_identity_end){
		.net = AW_NET_OK,
		.asked_account = flow->asked_account,
		.asked_set = flow->asked_set,
		.sts = &flow->sts,
		.keys_request_id = flow->keys_request_id,
		.sts_request_id = flow->sts_request_id,
	};
	if ((r = aw_copy(flow->asked_account, sizeof(flow->asked_account),
		 end->asked_account)) < 0 ||
	    (r = aw_copy(flow->asked_set, sizeof(flow->asked_set),
		 end->asked_set)) < 0 ||
	    (r = keep_list(end->roles, &flow->roles, &flow->facts.roles)) < 0)
		return r;
	for (size_t i = 0; r == 0 && i < AW_IDENTITY_ACCOUNTS - 1; i++)
		r = keep_list(
		    end->more[i], &flow->more[i], &flow->facts.more[i]);
	return r;
}

static void on_identity(void *user, const struct aw_identity_end *end)
{
	struct aw_flow *flow = user;
	int r;

	flow->identity = NULL;
	if (end->net != AW_NET_OK) {
		fail(flow, end->net, &end->why);
		return;
	}
	r = keep_facts(flow, end);
	if (r < 0) {
		fail_errno(flow, r);
		return;
	}
	flow->have_identity = true;
	finish_if_done(flow);
}

static int identify(struct aw_flow *flow)
{
	const struct aw_portal portal = {
		.aws = flow->aws,
		.token = flow->token,
		.region = flow->region,
		.deadline_ms = aw_sock_now_ms() + AFTERWARDS_MS,
	};
	int r;

	/* What was asked for before the approval may be outdated by now. */
	aw_person_cancel(flow->before);
	flow->before = NULL;
	flow->have_person = is_published(flow);
	r = flow->have_person
		? 0
		: aw_person_start(flow->aws, flow->region, flow->principal_id,
		      true, portal.deadline_ms, on_after, flow, &flow->after);
	if (r < 0)
		return r;
	return aw_identity_start(
	    &portal, &flow->accounts, on_identity, flow, &flow->identity);
}

/* --- until the approval ------------------------------------------------ */

static void on_before(void *user, const struct aw_person_end *end)
{
	struct aw_flow *flow = user;
	struct aw_flow_end over = { .net = AW_NET_NOT_FOUND, .why = end->why };

	flow->before = NULL;
	if (end->net == AW_NET_NOT_FOUND) {
		finish(flow, &over);
	} else if (end->net == AW_NET_OK &&
		   strcmp(end->person->status, "DISABLED") == 0) {
		aw_diag_set(
		    &over.why, "this person is disabled in the directory");
		over.person = end->person;
		finish(flow, &over);
	}
	/* Any other failure may be over when the approval comes. */
}

static void on_code(void *user, const struct aw_device_code *code)
{
	struct aw_flow *flow = user;

	flow->handler->code(flow->user, code);
}

static void on_device(void *user, const struct aw_device_end *end)
{
	struct aw_flow *flow = user;
	int r;

	flow->device = NULL;
	if (end->net != AW_NET_OK) {
		fail(flow, end->net, &end->why);
		return;
	}
	flow->token = aw_secret_ref(end->token);
	flow->token_life = end->expires_in;
	flow->region = end->region;
	keep_id(flow->token_request_id, end->request_id);
	r = identify(flow);
	if (r < 0)
		fail_errno(flow, r);
}

static int begin(struct aw_flow *flow, const struct aw_flow_request *request)
{
	static const struct aw_device_handler handler = { on_code, on_device };
	const uint64_t deadline_ms =
	    aw_sock_now_ms() + request->deadline_s * 1000;
	int r;

	r = aw_copy(flow->principal_id, sizeof(flow->principal_id),
	    request->principal_id);
	flow->accounts = request->accounts;
	if (r == 0 && !is_published(flow))
		r = aw_person_start(flow->aws, NULL, flow->principal_id, false,
		    deadline_ms, on_before, flow, &flow->before);
	if (r == 0)
		r = aw_device_start(flow->aws, request->client_name,
		    deadline_ms, &handler, flow, &flow->device);
	return r;
}

int aw_flow_start(struct aw_aws *aws, const struct aw_flow_request *request,
    const struct aw_flow_handler *handler, void *user, struct aw_flow **ret)
{
	struct aw_flow *flow = calloc(1, sizeof(*flow));
	int r;

	if (!flow)
		return -ENOMEM;
	flow->aws = aws;
	flow->handler = handler;
	flow->user = user;
	r = begin(flow, request);
	if (r < 0) {
		flow_free(flow);
		return r;
	}
	*ret = flow;
	return 0;
}
