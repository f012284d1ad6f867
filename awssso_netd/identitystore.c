/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store on the wire (awsJson1.1).
 */
#include "awssso_netd/identitystore.h"

#include <errno.h>
#include <string.h>

#include "awssso_netd/json.h"
#include "awssso_netd/paging.h"
#include "common/name.h"
#include "common/own.h"

#define N_OF(fields) (sizeof(fields) / sizeof((fields)[0]))

/* A UUID, or one behind ten hex digits of the identity store. */
bool aw_store_is_id(const char *text)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	static const char hex[] = "0123456789abcdefABCDEF";

	if (strspn(text, hex) == 10 && text[10] == '-')
		text += 11;
	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++)
		if (form[i] == 'x' ? !strchr(hex, text[i]) : text[i] != '-')
			return false;
	return true;
}

/* --- requests ---------------------------------------------------------- */

/* { @name: { @inner: @text } } */
static void put_nested(
    struct aw_json *json, const char *name, const char *inner, const char *text)
{
	struct json_object *object = json_object_new_object();

	if (object && json_object_object_add(
			  object, inner, json_object_new_string(text)) < 0) {
		json_object_put(object);
		object = NULL;
	}
	aw_json_put(json, name, object);
}

/* The union that names a user or a group by what nobody else has. */
static void put_alternate(
    struct aw_json *json, const char *path, const char *value)
{
	struct json_object *outer = json_object_new_object();
	struct aw_json inner;

	aw_json_begin(&inner);
	aw_json_put_text(&inner, "AttributePath", path);
	aw_json_put_text(&inner, "AttributeValue", value);
	if (outer && (inner.error || json_object_object_add(outer,
					 "UniqueAttribute", inner.root) < 0)) {
		json_object_put(inner.root);
		json_object_put(outer);
		outer = NULL;
	}
	aw_json_put(json, "AlternateIdentifier", outer);
}

int aw_store_body(
    const struct aw_store_ask *ask, const char *store_id, struct aw_buf *ret)
{
	struct aw_json json;

	aw_json_begin(&json);
	aw_json_put_text(&json, "IdentityStoreId", store_id);
	aw_json_put_text(&json, "UserId", ask->user_id);
	aw_json_put_text(&json, "GroupId", ask->group_id);
	if (ask->member_id)
		put_nested(&json, "MemberId", "UserId", ask->member_id);
	if (ask->user_name)
		put_alternate(&json, "userName", ask->user_name);
	if (ask->group_name)
		put_alternate(&json, "displayName", ask->group_name);
	if (ask->paged)
		aw_json_put_number(&json, "MaxResults", AW_PAGE_SIZE);
	aw_json_put_text(&json, "NextToken", ask->next);
	return aw_json_end(&json, ret);
}

int aw_store_request(const struct aw_store_ask *ask, const char *store_id,
    const char *region, struct aw_buf *body, struct aw_call_request *ret)
{
	const int r = aw_store_body(ask, store_id, body);

	if (r < 0)
		return r;
	*ret = (struct aw_call_request){
		.service = AW_SERVICE_IDENTITYSTORE,
		.operation = ask->operation,
		.region = region,
		.path = "/",
		.auth = AW_CALL_HOST,
		.body = aw_buf_text(body),
		.body_len = body->len,
	};
	return 0;
}

int aw_store_start(struct aw_aws *aws, const struct aw_store_ask *ask,
    const struct aw_store_how *how, aw_call_done_fn *done, void *user,
    struct aw_call **ret)
{
	aw_own(aw_buf_done) struct aw_buf body = AW_BUF_INIT(AW_STORE_BODY_MAX);
	struct aw_call_request request;
	int r;

	r = aw_store_request(
	    ask, aws->conf->identity_store_id, how->region, &body, &request);
	if (r < 0)
		return r;
	request.auth = how->keys ? AW_CALL_KEYS : AW_CALL_HOST;
	request.keys = how->keys;
	request.attempts = how->attempts;
	request.slack_ms = how->slack_ms;
	request.deadline_ms = how->deadline_ms;
	return aw_call_start(aws, &request, done, user, ret);
}

/* --- answers ----------------------------------------------------------- */

struct page_fields {
	struct json_object *rows;
	const char *next;
};

int aw_store_read_page(const char *operation, const char *name,
    struct json_object *json, struct json_object **ret_rows,
    const char **ret_next, struct aw_diag *diag)
{
	const struct aw_field fields[] = {
		AW_FIELD(struct page_fields, rows, name, AW_FIELD_LIST, true,
		    AW_PAGE_SIZE),
		AW_FIELD(struct page_fields, next, "NextToken", AW_FIELD_TEXT,
		    false, AW_NEXT_MAX),
	};
	const struct aw_place place = { NULL, operation, -1 };
	struct page_fields page = { .next = NULL };
	int r;

	r = aw_answer_read(&place, json, fields, N_OF(fields), &page, diag);
	if (r == 0) {
		*ret_rows = page.rows;
		*ret_next = page.next;
	}
	return r;
}

/* A row that says which store it is of must be of ours. */
static int check_store(const struct aw_place *place, const char *got,
    const char *store_id, struct aw_diag *diag)
{
	if (!got || strcmp(got, store_id) == 0)
		return 0;
	return aw_answer_bad(
	    place, "IdentityStoreId", "of another identity store", diag);
}

struct external_fields {
	const char *issuer, *id;
};
struct user_fields {
	struct aw_store_user user;
	struct json_object *name, *status;
};
static const struct aw_field external_row[] = {
	AW_FIELD(struct external_fields, issuer, "Issuer", AW_FIELD_TEXT, true,
	    AW_EXTERNAL_BYTES),
	AW_FIELD(struct external_fields, id, "Id", AW_FIELD_TEXT, true,
	    AW_EXTERNAL_BYTES),
};

const char *aw_store_text(struct json_object *value, size_t max)
{
	const char *text;
	size_t len;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	len = (size_t)json_object_get_string_len(value);
	return len > 0 && len <= max && aw_text_is_clean(text, len) ? text
								    : NULL;
}

int aw_store_read_user(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_user *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct user_fields, user.user_id, "UserId",
		    AW_FIELD_TEXT, true, AW_ID_SIZE - 1),
		AW_FIELD(struct user_fields, name, "UserName", AW_FIELD_ANY,
		    false, 0),
		AW_FIELD(struct user_fields, user.store_id, "IdentityStoreId",
		    AW_FIELD_TEXT, false, 64),
		AW_FIELD(struct user_fields, user.display, "DisplayName",
		    AW_FIELD_ANY, false, 0),
		AW_FIELD(struct user_fields, status, "UserStatus", AW_FIELD_ANY,
		    false, 0),
		AW_FIELD(struct user_fields, user.external_ids, "ExternalIds",
		    AW_FIELD_ANY, false, 0),
	};
	struct user_fields got = { .name = NULL };
	int r;

	r = aw_answer_read(place, row, fields, N_OF(fields), &got, diag);
	if (r == 0)
		r = check_store(place, got.user.store_id, store_id, diag);
	if (r < 0)
		return r;
	*ret = got.user;
	ret->user_name = aw_store_text(got.name, AW_USER_NAME_MAX);
	ret->status = aw_store_text(got.status, 32);
	/* What cannot be understood lets nobody in. */
	if (got.status && !ret->status)
		ret->status = "DISABLED";
	return 0;
}

struct user_id_fields {
	const char *user_id;
};

int aw_store_read_user_id(
    struct json_object *json, char ret[AW_ID_SIZE], struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct user_id_fields, user_id, "UserId",
		    AW_FIELD_TEXT, true, AW_ID_SIZE - 1),
	};
	const struct aw_place place = { NULL, "GetUserId", -1 };
	struct user_id_fields got;
	int r;

	r = aw_answer_read(&place, json, fields, N_OF(fields), &got, diag);
	if (r == 0 && aw_copy(ret, AW_ID_SIZE, got.user_id) < 0)
		return aw_answer_bad(&place, "UserId", "too long", diag);
	return r;
}

int aw_store_external_id(const struct aw_store_user *user, size_t *at,
    const char **ret_issuer, const char **ret_id)
{
	const struct aw_place place = { NULL, "ExternalIds", -1 };
	struct external_fields got;

	if (!json_object_is_type(user->external_ids, json_type_array))
		return AW_END;
	while (*at < AW_EXTERNAL_MAX &&
	       *at < json_object_array_length(user->external_ids)) {
		struct json_object *row =
		    json_object_array_get_idx(user->external_ids, (*at)++);

		if (!json_object_is_type(row, json_type_object) ||
		    aw_answer_read(&place, row, external_row,
			N_OF(external_row), &got, NULL) < 0)
			continue;
		*ret_issuer = got.issuer;
		*ret_id = got.id;
		return 0;
	}
	return AW_END;
}

struct group_fields {
	struct aw_store_group group;
	const char *store_id;
};

int aw_store_read_group(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_group *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct group_fields, group.group_id, "GroupId",
		    AW_FIELD_TEXT, true, AW_ID_SIZE - 1),
		AW_FIELD(struct group_fields, group.display, "DisplayName",
		    AW_FIELD_ANY, false, 0),
		AW_FIELD(struct group_fields, store_id, "IdentityStoreId",
		    AW_FIELD_TEXT, false, 64),
	};
	struct group_fields got = { .store_id = NULL };
	int r;

	r = aw_answer_read(place, row, fields, N_OF(fields), &got, diag);
	if (r == 0)
		r = check_store(place, got.store_id, store_id, diag);
	if (r == 0)
		*ret = got.group;
	return r;
}

struct member_fields {
	const char *group_id, *store_id;
	struct json_object *member;
};

int aw_store_read_member(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_member *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct member_fields, group_id, "GroupId",
		    AW_FIELD_TEXT, true, AW_ID_SIZE - 1),
		AW_FIELD(struct member_fields, member, "MemberId",
		    AW_FIELD_OBJECT, true, 0),
		AW_FIELD(struct member_fields, store_id, "IdentityStoreId",
		    AW_FIELD_TEXT, false, 64),
	};
	static const struct aw_field inner[] = { { "UserId", AW_FIELD_TEXT,
	    false, AW_ID_SIZE - 1, 0 } };
	const struct aw_place member = { place, "MemberId", -1 };
	struct member_fields got = { .store_id = NULL };
	const char *user_id = NULL;
	int r;

	r = aw_answer_read(place, row, fields, N_OF(fields), &got, diag);
	if (r == 0)
		r = aw_answer_read(
		    &member, got.member, inner, 1, &user_id, diag);
	if (r == 0 && json_object_object_length(got.member) == 0)
		r = aw_answer_bad(place, "MemberId", "empty", diag);
	if (r == 0)
		r = check_store(place, got.store_id, store_id, diag);
	if (r == 0) {
		ret->group_id = got.group_id;
		ret->user_id = user_id;
	}
	return r;
}

static void blank_controls(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f) {
			text[i] = ' ';
		} else if (c == 0xc2 && (unsigned char)text[i + 1] >= 0x80 &&
			   (unsigned char)text[i + 1] < 0xa0) {
			/* C1 controls take two bytes */
			text[i] = ' ';
			text[i + 1] = ' ';
		}
	}
}

/* How much of @text's first @max bytes are whole characters. */
static size_t cut_whole(const char *text, size_t max)
{
	while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
		max--;
	return max;
}

bool aw_store_display(struct json_object *display, char ret[AW_DISPLAY_MAX + 1])
{
	const char *text;
	size_t len;

	if (!json_object_is_type(display, json_type_string))
		return false;
	text = json_object_get_string(display);
	len = (size_t)json_object_get_string_len(display);
	if (len > AW_DISPLAY_MAX)
		len = cut_whole(text, AW_DISPLAY_MAX);
	memcpy(ret, text, len);
	ret[len] = '\0';
	blank_controls(ret, len);
	return len > 0 && aw_text_is_clean(ret, len);
}
