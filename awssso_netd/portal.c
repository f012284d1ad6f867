/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access portal on the wire: snake_case in the query, camelCase in the
 * answers, the token in a header field of its own.
 */
#include "awssso_netd/portal.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/paging.h"
#include "common/own.h"

#define QUERY_MAX (12 * 1024)
/* Bytes of all texts of a list.  Roles travel in one message with the
 * person's groups; 500 permission sets, AWS's most, fit. */
#define ACCOUNTS_BYTES (256 * 1024)
#define ROLES_BYTES    (24 * 1024)
#define N_OF(fields)   (sizeof(fields) / sizeof((fields)[0]))

struct aw_portal_op {
	struct aw_portal portal;
	char account[AW_ACCOUNT_SIZE]; /* "": accounts are listed */
	struct aw_paging paging;
	struct aw_portal_list list;
	struct aw_call *call;
	aw_portal_done_fn *done;
	void *user;
};

void aw_portal_list_done(struct aw_portal_list *list)
{
	aw_buf_done(&list->texts);
	list->n = 0;
}

void aw_portal_list_take(
    struct aw_portal_list *from, struct aw_portal_list *ret)
{
	*ret = *from;
	memset(from, 0, sizeof(*from));
}

int aw_portal_list_next(const struct aw_portal_list *list, size_t *at,
    const char **ret_first, const char **ret_second)
{
	if (*at >= list->texts.len)
		return AW_END;
	*ret_first = list->texts.data + *at;
	*at += strlen(*ret_first) + 1;
	*ret_second = list->texts.data + *at;
	*at += strlen(*ret_second) + 1;
	return 0;
}

/* --- requests ---------------------------------------------------------- */

static void add_escaped(
    struct aw_buf *path, const char *name, const char *value)
{
	char *escaped = curl_easy_escape(NULL, value, 0);

	aw_buf_fmt(path, "%s%s", name, escaped ? escaped : "");
	if (!escaped && !path->error)
		path->error = -ENOMEM;
	curl_free(escaped);
}

static int get(const struct aw_portal *portal, const char *operation,
    const struct aw_buf *path, aw_call_done_fn *done, void *user,
    struct aw_call **ret)
{
	const struct aw_call_request request = {
		.service = AW_SERVICE_PORTAL,
		.operation = operation,
		.region = portal->region,
		.path = aw_buf_text(path),
		.auth = AW_CALL_BEARER,
		.token = portal->token,
		.deadline_ms = portal->deadline_ms,
	};

	if (aw_buf_error(path) < 0)
		return aw_buf_error(path);
	return aw_call_start(portal->aws, &request, done, user, ret);
}

int aw_portal_get_keys(const struct aw_portal *portal, const char *account,
    const char *role, aw_call_done_fn *done, void *user, struct aw_call **ret)
{
	aw_own(aw_buf_done) struct aw_buf path = AW_BUF_INIT(QUERY_MAX);

	add_escaped(&path, "/federation/credentials?role_name=", role);
	add_escaped(&path, "&account_id=", account);
	return get(portal, "GetRoleCredentials", &path, done, user, ret);
}

static void on_page(void *user, const struct aw_call_answer *answer);

static int ask_page(struct aw_portal_op *op)
{
	aw_own(aw_buf_done) struct aw_buf path = AW_BUF_INIT(QUERY_MAX);

	aw_buf_fmt(&path, "/assignment/%s?max_result=%d",
	    op->account[0] ? "roles" : "accounts", AW_PAGE_SIZE);
	if (op->account[0])
		add_escaped(&path, "&account_id=", op->account);
	if (op->paging.next)
		add_escaped(&path, "&next_token=", op->paging.next);
	return get(&op->portal,
	    op->account[0] ? "ListAccountRoles" : "ListAccounts", &path,
	    on_page, op, &op->call);
}

/* --- answers ----------------------------------------------------------- */

struct key_fields {
	const char *id, *secret, *session;
	int64_t expires_ms;
};

int aw_portal_read_keys(
    struct json_object *json, struct aw_keys **ret, struct aw_diag *diag)
{
	static const struct aw_field outer[] = {
		{ "roleCredentials", AW_FIELD_OBJECT, true, 0, 0 },
	};
	static const struct aw_field inner[] = {
		AW_FIELD(struct key_fields, id, "accessKeyId", AW_FIELD_TEXT,
		    true, 128),
		AW_FIELD(struct key_fields, secret, "secretAccessKey",
		    AW_FIELD_TEXT, true, 256),
		AW_FIELD(struct key_fields, session, "sessionToken",
		    AW_FIELD_TEXT, true, 32768),
		AW_FIELD(struct key_fields, expires_ms, "expiration",
		    AW_FIELD_NUMBER, true, INT64_MAX),
	};
	const struct aw_place top = { NULL, "GetRoleCredentials", -1 };
	const struct aw_place place = { &top, "roleCredentials", -1 };
	struct json_object *object;
	struct key_fields got;
	int r;

	r = aw_answer_read(&top, json, outer, N_OF(outer), &object, diag);
	if (r == 0)
		r = aw_answer_read(
		    &place, object, inner, N_OF(inner), &got, diag);
	if (r < 0)
		return r;
	return aw_keys_new(
	    got.id, got.secret, got.session, got.expires_ms / 1000, ret);
}

struct page_fields {
	struct json_object *rows;
	const char *next;
};
struct row_fields {
	const char *first, *second;
};

static const struct aw_field account_page[] = {
	AW_FIELD(struct page_fields, rows, "accountList", AW_FIELD_LIST, true,
	    AW_PAGE_SIZE),
	AW_FIELD(
	    struct page_fields, next, "nextToken", AW_FIELD_TEXT, false, 8192),
};
static const struct aw_field account_row[] = {
	AW_FIELD(
	    struct row_fields, first, "accountId", AW_FIELD_TEXT, true, 12),
	AW_FIELD(struct row_fields, second, "accountName", AW_FIELD_TEXT, false,
	    200),
};
static const struct aw_field role_page[] = {
	AW_FIELD(struct page_fields, rows, "roleList", AW_FIELD_LIST, true,
	    AW_PAGE_SIZE),
	AW_FIELD(
	    struct page_fields, next, "nextToken", AW_FIELD_TEXT, false, 8192),
};
static const struct aw_field role_row[] = {
	AW_FIELD(struct row_fields, first, "roleName", AW_FIELD_TEXT, true,
	    AW_SET_SIZE - 1),
	AW_FIELD(
	    struct row_fields, second, "accountId", AW_FIELD_TEXT, false, 12),
};

static int read_row(const struct aw_place *place, struct json_object *row,
    const char *account, struct aw_portal_list *list, struct aw_diag *diag)
{
	struct row_fields got = { .second = account ? account : "" };
	int r;

	r = aw_answer_read(
	    place, row, account ? role_row : account_row, 2, &got, diag);
	if (r < 0)
		return r;
	if (account && strcmp(got.second, account) != 0)
		return aw_answer_bad(
		    place, "accountId", "not the one asked for", diag);
	aw_buf_add(&list->texts, got.first, strlen(got.first) + 1);
	aw_buf_add(&list->texts, got.second, strlen(got.second) + 1);
	if (aw_buf_error(&list->texts) == -EMSGSIZE)
		return aw_answer_bad(place, NULL, "too many rows", diag);
	list->n++;
	return aw_buf_error(&list->texts);
}

int aw_portal_read_page(struct json_object *json, const char *account,
    struct aw_portal_list *list, const char **ret_next, struct aw_diag *diag)
{
	const struct aw_place top = { NULL,
		account ? "ListAccountRoles" : "ListAccounts", -1 };
	struct page_fields page = { .rows = NULL };
	int r;

	list->texts.max = account ? ROLES_BYTES : ACCOUNTS_BYTES;
	r = aw_answer_read(
	    &top, json, account ? role_page : account_page, 2, &page, diag);
	for (size_t i = 0; r == 0 && i < json_object_array_length(page.rows);
	     i++) {
		const struct aw_place place = { &top,
			account ? "roleList" : "accountList", (int64_t)i };

		r = read_row(&place, json_object_array_get_idx(page.rows, i),
		    account, list, diag);
	}
	if (r == 0)
		*ret_next = page.next;
	return r;
}

/* --- all pages of a list ----------------------------------------------- */

static void op_free(struct aw_portal_op *op)
{
	aw_call_cancel(op->call);
	aw_secret_unref(op->portal.token);
	aw_paging_done(&op->paging);
	aw_portal_list_done(&op->list);
	free(op);
}

void aw_portal_cancel(struct aw_portal_op *op)
{
	if (op)
		op_free(op);
}

/* 0: asked for the next page; AW_END; or a negative errno. */
static int take_page(struct aw_portal_op *op,
    const struct aw_call_answer *answer, struct aw_diag *why)
{
	const struct aw_place top = { NULL,
		op->account[0] ? "ListAccountRoles" : "ListAccounts", -1 };
	const char *next = NULL;
	int r;

	r = aw_portal_read_page(answer->json,
	    op->account[0] ? op->account : NULL, &op->list, &next, why);
	if (r < 0)
		return r;
	r = aw_paging_step(
	    &op->paging, &top, answer->json, "nextToken", next, why);
	return r == 0 ? ask_page(op) : r;
}

static void on_page(void *user, const struct aw_call_answer *answer)
{
	struct aw_portal_op *op = user;
	struct aw_portal_end end = {
		.net = answer->net,
		.why = answer->why,
		.list = &op->list,
		.request_id = answer->request_id,
	};
	int r = AW_END;

	op->call = NULL;
	if (answer->net == AW_NET_OK)
		r = take_page(op, answer, &end.why);
	if (r == 0)
		return;
	/* "No access" to an account: no roles in it, and that is known. */
	if (answer->net == AW_NET_NO_ROLE && op->account[0])
		end.net = AW_NET_OK;
	if (r < 0)
		end.net = r == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL;
	op->done(op->user, &end);
	op_free(op);
}

int aw_portal_start(const struct aw_portal *portal, const char *account,
    aw_portal_done_fn *done, void *user, struct aw_portal_op **ret)
{
	struct aw_portal_op *op = calloc(1, sizeof(*op));
	int r = 0;

	if (!op)
		return -ENOMEM;
	op->portal = *portal;
	op->portal.token = aw_secret_ref(portal->token);
	op->done = done;
	op->user = user;
	if (account)
		r = aw_copy(op->account, sizeof(op->account), account);
	if (r == 0)
		r = ask_page(op);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}
