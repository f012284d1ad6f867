/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reading of permission sets, one request after the other.  Pages may be
 * short or empty; the token alone says whether there are more.
 */
#include "awssso_netd/ssoadmin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/host.h"
#include "awssso_netd/identitystore.h"
#include "awssso_netd/json.h"
#include "awssso_netd/paging.h"
#include "awssso_netd/portal.h"
#include "awssso_netd/record.h"
#include "common/own.h"
#include "common/sock.h"

#define HOST_MS      8000
#define ARN_BYTES    1224
#define NEXT_BYTES   2048
#define ROLE_BYTES   64
#define ARNS_MAX     (4 * 1024 * 1024)
#define RECORDS_MAX  (4 * 1024 * 1024)
#define BODY_MAX     (8 * 1024)
#define N_OF(fields) (sizeof(fields) / sizeof((fields)[0]))

enum step {
	STEP_INSTANCES,
	STEP_SETS,
	STEP_SET,
	STEP_GRANTS,
	STEP_PRINCIPAL, /* instead of the sets, when one person is asked for */
};

struct aw_ssoadmin_op {
	struct aw_aws *aws;
	const char *region;
	char user_id[AW_ID_SIZE]; /* of that person, else "" */
	char account[AW_ACCOUNT_SIZE];
	enum step step;
	bool is_over; /* all about the person has been said */
	struct aw_paging paging;
	struct aw_buf arns; /* of the sets, each with its NUL */
	size_t arn_at;      /* of the set that is read */
	char role[ROLE_BYTES + 1];
	uint64_t sets, grants;
	struct aw_buf records;
	struct aw_idset users, groups;
	struct aw_host_op *host;
	struct aw_paced paced;
	aw_pace_waits_fn *waits;
	aw_ssoadmin_done_fn *done;
	void *user;
};

static const char *operation(const struct aw_ssoadmin_op *op)
{
	static const char *const names[] = {
		[STEP_INSTANCES] = "ListInstances",
		[STEP_SETS] = "ListPermissionSetsProvisionedToAccount",
		[STEP_SET] = "DescribePermissionSet",
		[STEP_GRANTS] = "ListAccountAssignments",
		[STEP_PRINCIPAL] = "ListAccountAssignmentsForPrincipal",
	};

	return names[op->step];
}

static void op_free(struct aw_ssoadmin_op *op)
{
	aw_host_cancel(op->host);
	aw_paced_done(&op->paced);
	aw_paging_done(&op->paging);
	aw_buf_done(&op->arns);
	aw_buf_done(&op->records);
	aw_idset_done(&op->users);
	aw_idset_done(&op->groups);
	free(op);
}

void aw_ssoadmin_cancel(struct aw_ssoadmin_op *op)
{
	if (op)
		op_free(op);
}

static void finish(
    struct aw_ssoadmin_op *op, enum aw_net net, const struct aw_diag *why)
{
	struct aw_ssoadmin_end end = {
		.net = net,
		.requests = op->paced.pace.requests,
		.sets = op->sets,
		.grants = op->grants,
		.records = &op->records,
		.users = &op->users,
		.groups = &op->groups,
	};

	if (why)
		end.why = *why;
	op->done(op->user, &end);
	op_free(op);
}

static void fail(struct aw_ssoadmin_op *op, int error, struct aw_diag *why)
{
	if (error != -EBADMSG)
		aw_diag_set(why, "%s: cannot go on: %s", operation(op),
		    strerrordesc_np(-error));
	finish(op, error == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL, why);
}

/* --- asking ------------------------------------------------------------ */

/* The set that is read, NULL behind the last one. */
static const char *arn(const struct aw_ssoadmin_op *op)
{
	return op->arn_at < op->arns.len ? op->arns.data + op->arn_at : NULL;
}

static void put_principal(const struct aw_ssoadmin_op *op, struct aw_json *json)
{
	struct json_object *filter = json_object_new_object();
	struct json_object *account = json_object_new_string(op->account);

	/* aw_json_put() refuses NULL. */
	if (filter &&
	    json_object_object_add(filter, "AccountId", account) < 0) {
		json_object_put(account);
		json_object_put(filter);
		filter = NULL;
	}
	aw_json_put_text(json, "PrincipalId", op->user_id);
	aw_json_put_text(json, "PrincipalType", "USER");
	aw_json_put(json, "Filter", filter);
}

static int ask(struct aw_ssoadmin_op *op)
{
	aw_own(aw_buf_done) struct aw_buf body = AW_BUF_INIT(BODY_MAX);
	const bool of_set = op->step == STEP_SET || op->step == STEP_GRANTS;
	const bool of_account =
	    op->step == STEP_SETS || op->step == STEP_GRANTS;
	struct aw_call_request request = {
		.service = AW_SERVICE_SSO_ADMIN,
		.operation = operation(op),
		.region = op->region,
		.path = "/",
		.auth = AW_CALL_HOST,
	};
	struct aw_json json;
	int r;

	aw_json_begin(&json);
	if (op->step != STEP_INSTANCES)
		aw_json_put_text(&json, "InstanceArn", op->aws->sso_instance);
	aw_json_put_text(&json, "AccountId", of_account ? op->account : NULL);
	aw_json_put_text(&json, "PermissionSetArn", of_set ? arn(op) : NULL);
	if (op->step == STEP_PRINCIPAL)
		put_principal(op, &json);
	if (op->step != STEP_SET)
		aw_json_put_number(&json, "MaxResults", AW_PAGE_SIZE);
	aw_json_put_text(&json, "NextToken", op->paging.next);
	r = aw_json_end(&json, &body);
	if (r < 0)
		return r;
	request.body = aw_buf_text(&body);
	request.body_len = body.len;
	return aw_paced_ask(&op->paced, &request);
}

/* --- answers ----------------------------------------------------------- */

struct page_fields {
	struct json_object *rows;
	const char *next;
};

/* One page of the list @name; its elements are objects or texts. */
static int read_page(const struct aw_place *place, struct json_object *json,
    const char *name, enum aw_field_kind kind, struct page_fields *ret,
    struct aw_diag *diag)
{
	const struct aw_field fields[] = {
		AW_FIELD(
		    struct page_fields, rows, name, kind, true, AW_PAGE_SIZE),
		AW_FIELD(struct page_fields, next, "NextToken", AW_FIELD_TEXT,
		    false, NEXT_BYTES),
	};

	ret->next = NULL;
	return aw_answer_read(place, json, fields, N_OF(fields), ret, diag);
}

struct instance_fields {
	const char *arn, *store;
};

static int take_instances(struct aw_ssoadmin_op *op, const struct aw_place *top,
    struct page_fields *page, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct instance_fields, arn, "InstanceArn",
		    AW_FIELD_TEXT, true, ARN_BYTES),
		AW_FIELD(struct instance_fields, store, "IdentityStoreId",
		    AW_FIELD_TEXT, true, 64),
	};
	struct aw_aws *aws = op->aws;

	for (size_t i = 0; i < json_object_array_length(page->rows); i++) {
		const struct aw_place place = { top, "Instances", (int64_t)i };
		struct instance_fields got;
		int r;

		r = aw_answer_read(&place,
		    json_object_array_get_idx(page->rows, i), fields,
		    N_OF(fields), &got, diag);
		if (r == 0 &&
		    strcmp(got.store, aws->conf->identity_store_id) == 0)
			r = aw_copy(aws->sso_instance,
			    sizeof(aws->sso_instance), got.arn);
		if (r < 0)
			return r;
	}
	return 0;
}

static int take_sets(struct aw_ssoadmin_op *op, struct page_fields *page)
{
	for (size_t i = 0; i < json_object_array_length(page->rows); i++) {
		const char *text = json_object_get_string(
		    json_object_array_get_idx(page->rows, i));

		aw_buf_add(&op->arns, text, strlen(text) + 1);
	}
	return aw_buf_error(&op->arns);
}

static int take_set(struct aw_ssoadmin_op *op, const struct aw_place *top,
    struct json_object *json, struct aw_diag *diag)
{
	static const struct aw_field outer[] = {
		{ "PermissionSet", AW_FIELD_OBJECT, true, 0, 0 },
	};
	static const struct aw_field inner[] = {
		{ "Name", AW_FIELD_TEXT, true, ROLE_BYTES, 0 },
	};
	const struct aw_place place = { top, "PermissionSet", -1 };
	struct json_object *set;
	const char *name;
	int r;

	r = aw_answer_read(top, json, outer, 1, &set, diag);
	if (r == 0)
		r = aw_answer_read(&place, set, inner, 1, &name, diag);
	if (r == 0)
		r = aw_copy(op->role, sizeof(op->role), name);
	if (r == 0)
		r = aw_record_set(op->role, &op->records);
	if (r == 0)
		op->sets++;
	return r;
}

struct grant_fields {
	const char *account, *arn, *type, *id;
};

/* AWS does not say whether groups' assignments are among a person's: each
 * counts as what it says it is. */
static int read_grant(struct aw_ssoadmin_op *op, const struct aw_place *place,
    struct json_object *row, struct grant_fields *ret, bool *ret_is_user,
    struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct grant_fields, account, "AccountId",
		    AW_FIELD_TEXT, true, 12),
		AW_FIELD(struct grant_fields, arn, "PermissionSetArn",
		    AW_FIELD_TEXT, true, ARN_BYTES),
		AW_FIELD(struct grant_fields, type, "PrincipalType",
		    AW_FIELD_TEXT, true, 16),
		AW_FIELD(struct grant_fields, id, "PrincipalId", AW_FIELD_TEXT,
		    true, AW_ID_SIZE - 1),
	};
	struct grant_fields got;
	int r;

	r = aw_answer_read(place, row, fields, N_OF(fields), &got, diag);
	if (r != 0)
		return r;
	if (strcmp(got.account, op->account) != 0 ||
	    (op->step == STEP_GRANTS && strcmp(got.arn, arn(op)) != 0))
		return aw_answer_bad(
		    place, NULL, "of another account or set", diag);
	*ret_is_user = strcmp(got.type, "USER") == 0;
	if (!*ret_is_user && strcmp(got.type, "GROUP") != 0)
		return aw_answer_bad(
		    place, "PrincipalType", "neither USER nor GROUP", diag);
	*ret = got;
	return 0;
}

static int take_grant(struct aw_ssoadmin_op *op, const struct aw_place *place,
    struct json_object *row, struct aw_diag *diag)
{
	struct grant_fields got = { NULL, NULL, NULL, NULL };
	bool is_user = false;
	int r;

	r = read_grant(op, place, row, &got, &is_user, diag);
	if (r != 0)
		return r;
	if (op->step == STEP_PRINCIPAL) {
		if (is_user && strcmp(got.id, op->user_id) == 0)
			op->grants++;
		return 0;
	}
	r = aw_record_grant(op->role,
	    is_user ? AW_RECORD_USER : AW_RECORD_GROUP, got.id, &op->records);
	if (r == 0)
		r = aw_idset_add(
		    is_user ? &op->users : &op->groups, got.id, false);
	op->grants++;
	return r;
}

static int take_grants(struct aw_ssoadmin_op *op, const struct aw_place *top,
    struct page_fields *page, struct aw_diag *diag)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < json_object_array_length(page->rows);
	     i++) {
		const struct aw_place place = { top, "AccountAssignments",
			(int64_t)i };

		r = take_grant(
		    op, &place, json_object_array_get_idx(page->rows, i), diag);
	}
	return r;
}

/* --- going on ---------------------------------------------------------- */

/* When the instance is known. */
static enum step first_question(const struct aw_ssoadmin_op *op)
{
	return op->user_id[0] ? STEP_PRINCIPAL : STEP_SETS;
}

static void next_set(struct aw_ssoadmin_op *op)
{
	op->step = STEP_SET;
	op->arn_at += strlen(arn(op)) + 1;
}

/* This list, or this one question, has been answered. */
static void next_step(struct aw_ssoadmin_op *op)
{
	aw_paging_done(&op->paging);
	switch (op->step) {
	case STEP_INSTANCES:
		op->step = first_question(op);
		break;
	case STEP_SETS:
		op->step = STEP_SET;
		break;
	case STEP_SET:
		op->step = STEP_GRANTS;
		break;
	case STEP_GRANTS:
		next_set(op);
		break;
	case STEP_PRINCIPAL:
		op->is_over = true;
		break;
	}
}

/* Ask for what comes next, or say that all is read. */
static void proceed(struct aw_ssoadmin_op *op)
{
	struct aw_diag why;
	int r;

	if (op->is_over || (op->step == STEP_SET && !arn(op))) {
		finish(op, AW_NET_OK, NULL);
		return;
	}
	if (op->step != STEP_INSTANCES && !op->aws->sso_instance[0]) {
		aw_diag_set(&why,
		    "no Identity Center instance with this identity store is "
		    "shown to this account");
		finish(op, AW_NET_NOT_FOUND, &why);
		return;
	}
	r = ask(op);
	if (r < 0)
		fail(op, r, &why);
}

static int take_page(struct aw_ssoadmin_op *op, const struct aw_place *top,
    struct json_object *json, struct page_fields *page, struct aw_diag *why)
{
	int r = -EINVAL;

	switch (op->step) {
	case STEP_INSTANCES:
		r = read_page(top, json, "Instances", AW_FIELD_LIST, page, why);
		return r < 0 ? r : take_instances(op, top, page, why);
	case STEP_SETS:
		r = read_page(
		    top, json, "PermissionSets", AW_FIELD_TEXTS, page, why);
		return r < 0 ? r : take_sets(op, page);
	case STEP_SET:
		return take_set(op, top, json, why);
	case STEP_GRANTS:
	case STEP_PRINCIPAL:
		r = read_page(
		    top, json, "AccountAssignments", AW_FIELD_LIST, page, why);
		return r < 0 ? r : take_grants(op, top, page, why);
	}
	return r;
}

static int take(
    struct aw_ssoadmin_op *op, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place top = { NULL, operation(op), -1 };
	struct page_fields page = { .next = NULL };
	int r;

	r = take_page(op, &top, json, &page, why);
	if (r < 0)
		return r;
	r = aw_paging_step(
	    &op->paging, &top, json, "NextToken", page.next, why);
	if (r == AW_END ||
	    (op->step == STEP_INSTANCES && op->aws->sso_instance[0]))
		next_step(op);
	return r < 0 ? r : 0;
}

/* A set that went away since it was listed is assigned to nobody. */
static bool is_gone(
    const struct aw_ssoadmin_op *op, const struct aw_call_answer *answer)
{
	return (op->step == STEP_SET || op->step == STEP_GRANTS) &&
	       strcmp(answer->error.code, "ResourceNotFoundException") == 0;
}

static void on_answer(void *user, const struct aw_call_answer *answer)
{
	struct aw_ssoadmin_op *op = user;
	struct aw_diag why = { .text = "" };
	int r;

	if (is_gone(op, answer)) {
		aw_paging_done(&op->paging);
		next_set(op);
		proceed(op);
		return;
	}
	if (answer->net != AW_NET_OK) {
		/* Perhaps the instance is another one by now. */
		op->aws->sso_instance[0] = '\0';
		finish(op, answer->net, &answer->why);
		return;
	}
	r = take(op, answer->json, &why);
	if (r < 0)
		fail(op, r, &why);
	else
		proceed(op);
}

/* --- starting ---------------------------------------------------------- */

static void on_waits(void *user, const char *why)
{
	struct aw_ssoadmin_op *op = user;

	op->waits(op->user, why);
}

static void on_host(void *user, const struct aw_host_end *end)
{
	struct aw_ssoadmin_op *op = user;
	struct aw_diag why = end->why;

	op->host = NULL;
	if (end->net != AW_NET_OK) {
		finish(op, end->net, &why);
		return;
	}
	if (!end->account[0] ||
	    aw_copy(op->account, sizeof(op->account), end->account) < 0) {
		aw_diag_set(&why, "the account of this host is not known: set "
				  "[identity-center] account");
		finish(op, AW_NET_CONFIG, &why);
		return;
	}
	proceed(op);
}

static int begin(struct aw_ssoadmin_op *op)
{
	const char *account = op->aws->conf->account;

	if (op->aws->sso_instance[0])
		op->step = first_question(op);
	if (strcmp(account, "auto") == 0)
		return aw_host_start(op->aws, aw_sock_now_ms() + HOST_MS,
		    on_host, op, &op->host);
	if (aw_copy(op->account, sizeof(op->account), account) < 0)
		return -EINVAL;
	return ask(op);
}

bool aw_ssoadmin_is_scope(const struct aw_conf *conf)
{
	for (size_t i = 0; i < conf->scope.n; i++)
		if (strcmp(conf->scope.item[i], AW_SCOPE_ASSIGNED) == 0)
			return true;
	return false;
}

int aw_ssoadmin_start(struct aw_aws *aws, const char *user_id,
    uint64_t patience_ms, aw_pace_waits_fn *waits, aw_ssoadmin_done_fn *done,
    void *user, struct aw_ssoadmin_op **ret)
{
	const uint64_t rate = aws->conf->sweep_rate;
	struct aw_ssoadmin_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->region = aw_aws_region(aws);
	op->arns.max = ARNS_MAX;
	op->records.max = RECORDS_MAX;
	aw_paced_init(&op->paced, aws,
	    rate < AW_SSOADMIN_RATE_MAX ? rate : AW_SSOADMIN_RATE_MAX,
	    patience_ms, on_answer, on_waits, op);
	op->waits = waits;
	op->done = done;
	op->user = user;
	r = user_id ? aw_copy(op->user_id, sizeof(op->user_id), user_id) : 0;
	if (r == 0)
		r = begin(op);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}
