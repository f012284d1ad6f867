/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access portal: what a person's token is good for.
 *
 * A token of a person who has been disabled since still works, as on AWS: that
 * is why a client has to ask the directory as well.
 */
#include "tests/idcsim/service.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/flow.h"
#include "tests/idcsim/paging.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

/* What a request asks with, the same for all operations. */
struct query {
	char account[16];
	char role[40];
	char next[256];
	uint64_t max;
};

static void bad_request(struct aw_sim_call *call, const char *why)
{
	aw_sim_error(call, 400, "InvalidRequestException", why);
}

/* The person whose token this is, or NULL: it is answered. */
static struct json_object *read_user(
    struct aw_sim_call *call, struct aw_sim_token **ret_token)
{
	const char *bearer =
	    aw_sim_req_header(call->req, "x-amz-sso_bearer_token");
	struct aw_sim_token *token = NULL;
	struct json_object *user;

	if (bearer != NULL)
		token = aw_sim_token_by_access(call->sim, bearer);
	if (token == NULL || token->region != call->region ||
	    call->effect.on[AW_SIM_EXPIRE] ||
	    !json_object_object_get_ex(
		call->sim->user_by_id, token->user_id, &user)) {
		aw_sim_error_expired(call);
		return NULL;
	}
	aw_ignore(aw_fmt(call->user, sizeof(call->user), "%s",
	    aw_sim_text(user, "UserName")));
	if (ret_token != NULL)
		*ret_token = token;
	return user;
}

static int take_arg(struct query *query, const struct aw_sim_arg *arg)
{
	if (strcmp(arg->name, "account_id") == 0)
		return aw_copy(
		    query->account, sizeof(query->account), arg->value);
	if (strcmp(arg->name, "role_name") == 0)
		return aw_copy(query->role, sizeof(query->role), arg->value);
	if (strcmp(arg->name, "next_token") == 0)
		return aw_copy(query->next, sizeof(query->next), arg->value);
	if (strcmp(arg->name, "max_result") == 0)
		return aw_num_u64(arg->value, 1, 100, &query->max);
	return -EINVAL;
}

/* 0, or -EINVAL: it is answered. */
static int read_query(
    struct aw_sim_call *call, bool needs_account, struct query *query)
{
	struct aw_sim_arg arg;
	int r;

	memset(query, 0, sizeof(*query));
	arg.next = call->req->query;
	while ((r = aw_sim_arg_next(&arg)) == 0) {
		if (take_arg(query, &arg) == 0)
			continue;
		bad_request(call, "Invalid request");
		return -EINVAL;
	}
	if (r < 0 || (needs_account && strlen(query->account) != 12)) {
		bad_request(call, "Invalid account id");
		return -EINVAL;
	}
	return 0;
}

static void answer_page(struct aw_sim_call *call, const char *name,
    struct json_object *rows, const struct query *query)
{
	struct json_object *answer;
	struct json_object *list;
	struct aw_sim_page page;
	char scope[600];

	aw_ignore(
	    aw_fmt(scope, sizeof(scope), "%s %s", call->user, query->account));
	if (aw_sim_page_of(call, json_object_array_length(rows),
		(size_t)query->max, query->next[0] ? query->next : NULL, scope,
		&page) != 0) {
		bad_request(call, "Invalid next token");
		return;
	}
	list = json_object_new_array();
	for (size_t i = 0; i < page.n; i++)
		(void)json_object_array_add(
		    list, json_object_get(
			      json_object_array_get_idx(rows, page.first + i)));
	answer = json_object_new_object();
	(void)json_object_object_add(answer, name, list);
	if (page.next[0])
		(void)json_object_object_add(
		    answer, "nextToken", json_object_new_string(page.next));
	aw_sim_answer_json(call, answer);
}

static bool has_account(
    struct aw_sim *sim, const char *account, const char *user_id)
{
	for (size_t i = 0; i < json_object_array_length(sim->sets); i++) {
		if (aw_sim_is_assigned(sim,
			json_object_array_get_idx(sim->sets, i), account,
			user_id))
			return true;
	}
	return false;
}

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static void list_accounts(struct aw_sim_call *call)
{
	struct aw_sim *sim = call->sim;
	struct json_object *user = read_user(call, NULL);
	struct json_object *rows;
	struct query query;

	if (user == NULL || read_query(call, false, &query) != 0)
		return;
	rows = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(sim->accounts); i++) {
		struct json_object *account =
		    json_object_array_get_idx(sim->accounts, i);
		struct json_object *row;

		if (!has_account(sim, aw_sim_text(account, "AccountId"),
			aw_sim_text(user, "UserId")))
			continue;
		row = json_object_new_object();
		add(row, "accountId", aw_sim_text(account, "AccountId"));
		add(row, "accountName", aw_sim_text(account, "AccountName"));
		add(row, "emailAddress", aw_sim_text(account, "EmailAddress"));
		(void)json_object_array_add(rows, row);
	}
	answer_page(call, "accountList", rows, &query);
	(void)json_object_put(rows);
}

static void list_roles(struct aw_sim_call *call)
{
	struct aw_sim *sim = call->sim;
	struct json_object *user = read_user(call, NULL);
	struct json_object *rows;
	struct query query;

	if (user == NULL || read_query(call, true, &query) != 0)
		return;
	rows = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(sim->sets); i++) {
		struct json_object *set =
		    json_object_array_get_idx(sim->sets, i);
		struct json_object *row;

		if (!aw_sim_is_assigned(
			sim, set, query.account, aw_sim_text(user, "UserId")))
			continue;
		row = json_object_new_object();
		add(row, "roleName", aw_sim_text(set, "Name"));
		add(row, "accountId", query.account);
		(void)json_object_array_add(rows, row);
	}
	if (json_object_array_length(rows) == 0)
		aw_sim_error_denied(call);
	else
		answer_page(call, "roleList", rows, &query);
	(void)json_object_put(rows);
}

static void answer_keys(struct aw_sim_call *call, const struct query *query,
    struct json_object *set, struct json_object *user)
{
	const struct aw_sim_key *key = aw_sim_keys_person(call->sim,
	    query->account, query->role, aw_sim_text(set, "PermissionSetArn"),
	    aw_sim_text(user, "UserName"));
	struct json_object *answer = json_object_new_object();
	struct json_object *keys = json_object_new_object();

	add(keys, "accessKeyId", key->id);
	add(keys, "secretAccessKey", key->secret);
	add(keys, "sessionToken", key->token);
	(void)json_object_object_add(
	    keys, "expiration", json_object_new_int64(key->expires_ms));
	(void)json_object_object_add(answer, "roleCredentials", keys);
	aw_sim_answer_json(call, answer);
}

static void get_keys(struct aw_sim_call *call)
{
	struct aw_sim *sim = call->sim;
	struct json_object *user = read_user(call, NULL);
	struct json_object *set;
	struct query query;

	if (user == NULL || read_query(call, true, &query) != 0)
		return;
	if (query.role[0] == '\0') {
		bad_request(call, "Invalid role name");
		return;
	}
	set = aw_sim_doc_by(sim->sets, "Name", query.role);
	if (set == NULL || call->effect.on[AW_SIM_DENY] ||
	    !aw_sim_is_assigned(
		sim, set, query.account, aw_sim_text(user, "UserId")))
		aw_sim_error_denied(call);
	else
		answer_keys(call, &query, set, user);
}

static void logout(struct aw_sim_call *call)
{
	struct aw_sim_token *token;

	if (read_user(call, &token) == NULL)
		return;
	aw_sim_token_revoke(token);
	aw_sim_answer_text(call, "");
}

static const struct aw_sim_op ops[] = {
	{ "ListAccounts", list_accounts, "GET", "/assignment/accounts" },
	{ "ListAccountRoles", list_roles, "GET", "/assignment/roles" },
	{ "GetRoleCredentials", get_keys, "GET", "/federation/credentials" },
	{ "Logout", logout, "POST", "/logout" },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	return aw_sim_op_by_path(ops, req);
}

const struct aw_sim_service aw_sim_portal = { "portal", AW_SIM_PORTAL, find };
