/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCIM 2.0, read only.
 */
#include "tests/idcsim/scim.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "common/own.h"
#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/paging.h"
#include "tests/idcsim/scim_filter.h"
#include "tests/idcsim/service.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define COUNT     100
#define RATE      40 /* a second and operation */
#define SCHEMAS   "urn:ietf:params:scim:schemas:core:2.0:"
#define LIST      "urn:ietf:params:scim:api:messages:2.0:ListResponse"
#define BASE      "/scim/v2/"
#define CREATED   "2026-01-02T03:04:05Z"
#define STANDARD  "standard"
#define TENANT_OF "/" AW_SIM_SCIM_TENANT BASE

void aw_sim_scim_token(const struct aw_sim *sim, char ret[AW_SIM_HEX])
{
	static const char what[] = "scim token";
	uint8_t digest[AW_SIM_HASH];

	aw_sim_hmac(
	    sim->secret, sizeof(sim->secret), what, strlen(what), digest);
	aw_sim_hex(digest, AW_SIM_HASH, ret);
}

int aw_sim_scim_token_write(const struct aw_sim *sim, const char *path)
{
	aw_own_fd int fd =
	    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	char token[AW_SIM_HEX];

	if (fd < 0 || fchmod(fd, 0600) < 0)
		return -errno;
	aw_sim_scim_token(sim, token);
	return write(fd, token, strlen(token)) < 0 ? -errno : 0;
}

/* --- the request ------------------------------------------------------- */

static bool is_standard(const struct aw_sim_req *req)
{
	return strncmp(req->path, "/" STANDARD "/", 10) == 0;
}

/* What follows "/scim/v2/". */
static const char *resource(const struct aw_sim_req *req)
{
	const char *base = strstr(req->path, BASE);

	return base ? base + strlen(BASE) : "";
}

static void invalid(struct aw_sim_call *call, const char *why)
{
	aw_sim_error(call, 400, "ValidationException", why);
}

/* True: token, tenant and rate are right; else it is answered. */
static bool open_call(struct aw_sim_call *call)
{
	const char *given = aw_sim_req_header(call->req, "Authorization");
	const bool known =
	    is_standard(call->req) ||
	    strncmp(call->req->path, TENANT_OF, strlen(TENANT_OF)) == 0;
	char token[AW_SIM_HEX], want[AW_SIM_HEX + 8];

	aw_sim_scim_token(call->sim, token);
	aw_ignore(aw_fmt(want, sizeof(want), "Bearer %s", token));
	if (!known || given == NULL || !aw_sim_same(given, want) ||
	    call->effect.on[AW_SIM_EXPIRE]) {
		aw_sim_error_expired(call);
		return false;
	}
	if (call->effect.on[AW_SIM_DENY]) {
		aw_sim_error_denied(call);
		return false;
	}
	if (call->sim->throttle &&
	    !aw_sim_rate_take(&call->sim->rates, call->op->name, RATE,
		aw_sim_now_ms(call->sim))) {
		aw_sim_error_throttled(call);
		return false;
	}
	return true;
}

/* --- resources --------------------------------------------------------- */

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static struct json_object *new_resource(
    struct json_object *from, const char *type, const char *id)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *schemas = json_object_new_array();
	struct json_object *meta = json_object_new_object();
	const char *external = aw_sim_scim_external(from);
	char schema[96];

	aw_ignore(aw_fmt(schema, sizeof(schema), SCHEMAS "%s", type));
	(void)json_object_array_add(schemas, json_object_new_string(schema));
	(void)json_object_object_add(doc, "schemas", schemas);
	add(doc, "id", id);
	add(meta, "resourceType", type);
	add(meta, "created", CREATED);
	add(meta, "lastModified", CREATED);
	(void)json_object_object_add(doc, "meta", meta);
	if (external)
		add(doc, "externalId", external);
	return doc;
}

static struct json_object *user_json(
    struct aw_sim_call *call AW_UNUSED, struct json_object *user)
{
	struct json_object *doc =
	    new_resource(user, "User", aw_sim_text(user, "UserId"));
	const char *display = aw_sim_str(user, "DisplayName");

	add(doc, "userName", aw_sim_text(user, "UserName"));
	if (display)
		add(doc, "displayName", display);
	(void)json_object_object_add(doc, "active",
	    json_object_new_boolean(!aw_sim_user_is_disabled(user)));
	return doc;
}

/* AWS's groups come with a list of members that is always empty. */
static struct json_object *group_json(
    struct aw_sim_call *call, struct json_object *group)
{
	struct json_object *doc =
	    new_resource(group, "Group", aw_sim_text(group, "GroupId"));
	struct json_object *all = json_object_object_get(group, "Members");
	struct json_object *members = json_object_new_array();

	add(doc, "displayName", aw_sim_text(group, "DisplayName"));
	for (size_t i = 0;
	     is_standard(call->req) && i < json_object_array_length(all); i++) {
		struct json_object *member = json_object_new_object();

		add(member, "value",
		    json_object_get_string(json_object_array_get_idx(all, i)));
		add(member, "type", "User");
		(void)json_object_array_add(members, member);
	}
	(void)json_object_object_add(doc, "members", members);
	return doc;
}

/* --- lists ------------------------------------------------------------- */

struct listing {
	struct json_object *all, *rows; /* rows: those that the filter leaves */
	struct json_object *(*render)(
	    struct aw_sim_call *call, struct json_object *doc);
	const char *id_key;
};

static bool is_left(struct aw_sim_call *call, const struct listing *listing,
    const struct aw_sim_scim_filter *filter, struct json_object *doc)
{
	return aw_sim_scim_matches(call->sim, filter,
	    listing->render == user_json, doc,
	    aw_sim_text(doc, listing->id_key));
}

/* Rows to be put, or false: it is answered. */
static bool apply_filter(struct aw_sim_call *call, struct listing *listing)
{
	struct aw_sim_scim_filter filter = { .n = 0 };
	char text[2048];
	int r;

	r = aw_sim_arg_get(call->req->query, "filter", text, sizeof(text));
	if (r == 0)
		r = aw_sim_scim_filter_read(text, is_standard(call->req),
		    listing->render == user_json, &filter);
	if (r < 0) {
		invalid(call, "Filter is not supported");
		return false;
	}
	listing->rows = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(listing->all); i++) {
		struct json_object *doc =
		    json_object_array_get_idx(listing->all, i);

		if (is_left(call, listing, &filter, doc))
			(void)json_object_array_add(
			    listing->rows, json_object_get(doc));
	}
	return true;
}

/* The number @name, @fallback when it is not asked for; -1: wrong. */
static int64_t number(
    const struct aw_sim_call *call, const char *name, uint64_t fallback)
{
	uint64_t value = fallback;
	char text[32];
	const int r =
	    aw_sim_arg_get(call->req->query, name, text, sizeof(text));

	if (r == 0 && aw_num_u64(text, 0, 1 << 20, &value) != 0)
		return -1;
	return r < 0 ? -1 : (int64_t)value;
}

static struct json_object *new_list(struct aw_sim_call *call,
    const struct listing *listing, const struct aw_sim_page *page)
{
	struct json_object *doc = json_object_new_object();
	struct json_object *schemas = json_object_new_array();
	struct json_object *rows = json_object_new_array();

	(void)json_object_array_add(schemas, json_object_new_string(LIST));
	(void)json_object_object_add(doc, "schemas", schemas);
	for (size_t i = 0; i < page->n; i++)
		(void)json_object_array_add(rows,
		    listing->render(call, json_object_array_get_idx(
					      listing->rows, page->first + i)));
	(void)json_object_object_add(
	    doc, "itemsPerPage", json_object_new_int64((int64_t)page->n));
	(void)json_object_object_add(doc, "Resources", rows);
	return doc;
}

static void add_index(struct json_object *doc, size_t total, int64_t start)
{
	(void)json_object_object_add(
	    doc, "totalResults", json_object_new_int64((int64_t)total));
	(void)json_object_object_add(
	    doc, "startIndex", json_object_new_int64(start));
}

/* RFC 7644, 3.4.2.4: from startIndex on, at most count rows. */
static void list_by_index(
    struct aw_sim_call *call, const struct listing *listing)
{
	const size_t total = json_object_array_length(listing->rows);
	int64_t start = number(call, "startIndex", 1);
	const int64_t count = number(call, "count", COUNT);
	struct aw_sim_page page = { .n = 0 };
	struct json_object *doc;

	if (start < 0 || count < 0) {
		invalid(call, "startIndex or count: not a number");
		return;
	}
	start = start < 1 ? 1 : start;
	page.first = (size_t)start - 1 < total ? (size_t)start - 1 : total;
	page.n = total - page.first;
	if (page.n > (size_t)count)
		page.n = (size_t)count;
	if (page.n > call->sim->page_size)
		page.n = call->sim->page_size;
	if (call->effect.on[AW_SIM_TRUNCATE_PAGE] && page.n > 2)
		page.n /= 2;
	doc = new_list(call, listing, &page);
	add_index(doc, total, start);
	aw_sim_answer_json(call, doc);
}

/* AWS: with a cursor, be it empty, pages; without one the first only. */
static void list_by_cursor(
    struct aw_sim_call *call, const struct listing *listing)
{
	const size_t total = json_object_array_length(listing->rows);
	const int64_t count = number(call, "count", COUNT);
	struct json_object *doc;
	struct aw_sim_page page;
	char cursor[256], filter[2048], refused[8];
	int has;

	has =
	    aw_sim_arg_get(call->req->query, "cursor", cursor, sizeof(cursor));
	if (aw_sim_arg_get(call->req->query, "filter", filter, sizeof(filter)) <
		0 ||
	    aw_sim_arg_get(call->req->query, "startIndex", refused,
		sizeof(refused)) != AW_ABSENT ||
	    aw_sim_arg_get(call->req->query, "attributes", refused,
		sizeof(refused)) != AW_ABSENT) {
		invalid(call, "Parameter is not supported");
		return;
	}
	if (has < 0 || count < 1 || count > COUNT ||
	    aw_sim_page_of(call, total, (size_t)count,
		cursor[0] ? cursor : NULL, filter, &page) != 0) {
		invalid(call, "count or cursor: not valid");
		return;
	}
	doc = new_list(call, listing, &page);
	if (has == AW_ABSENT)
		add_index(doc, total, 1);
	else if (page.next[0])
		add(doc, "nextCursor", page.next);
	aw_sim_answer_json(call, doc);
}

static void list(struct aw_sim_call *call, struct listing *listing)
{
	if (!open_call(call) || !apply_filter(call, listing))
		return;
	if (is_standard(call->req))
		list_by_index(call, listing);
	else
		list_by_cursor(call, listing);
	(void)json_object_put(listing->rows);
}

static void list_users(struct aw_sim_call *call)
{
	struct listing listing = { call->sim->users, NULL, user_json,
		"UserId" };

	list(call, &listing);
}

static void list_groups(struct aw_sim_call *call)
{
	struct listing listing = { call->sim->groups, NULL, group_json,
		"GroupId" };

	list(call, &listing);
}

/* --- one resource ------------------------------------------------------ */

static void get_one(struct aw_sim_call *call, struct json_object *by_id,
    struct json_object *(*render)(
	struct aw_sim_call *call, struct json_object *doc))
{
	const char *slash = strchr(resource(call->req), '/');
	struct json_object *doc;

	if (!open_call(call))
		return;
	if (!json_object_object_get_ex(by_id, slash + 1, &doc)) {
		aw_sim_error(call, 404, "ResourceNotFoundException",
		    "Resource not found");
		return;
	}
	aw_sim_answer_json(call, render(call, doc));
}

static void get_user(struct aw_sim_call *call)
{
	get_one(call, call->sim->user_by_id, user_json);
}

static void get_group(struct aw_sim_call *call)
{
	get_one(call, call->sim->group_by_id, group_json);
}

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	static const struct aw_sim_op ops[] = {
		{ "ScimListUsers", list_users, "GET", "Users" },
		{ "ScimListGroups", list_groups, "GET", "Groups" },
		{ "ScimGetUser", get_user, "GET", "Users/" },
		{ "ScimGetGroup", get_group, "GET", "Groups/" },
	};
	const char *what = resource(req);
	const char *slash = strchr(what, '/');
	const size_t len = slash ? (size_t)(slash - what) + 1 : strlen(what);

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (strlen(ops[i].path) == len &&
		    strncmp(ops[i].path, what, len) == 0 &&
		    strcmp(req->method, ops[i].method) == 0)
			return &ops[i];
	return NULL;
}

const struct aw_sim_service aw_sim_scim = { "scim", AW_SIM_SCIM, find };
