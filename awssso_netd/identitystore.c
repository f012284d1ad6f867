/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store on the wire (awsJson1.1).
 */
#include "awssso_netd/identitystore.h"

#include <errno.h>
#include <string.h>

#include "awssso_netd/json.h"
#include "awssso_netd/paging.h"
#include "common/own.h"

#define BODY_MAX     (96 * 1024)
#define N_OF(fields) (sizeof(fields) / sizeof((fields)[0]))

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

/* The union that names a user by UserName. */
static void put_user_name(struct aw_json *json, const char *user_name)
{
	struct json_object *outer = json_object_new_object();
	struct aw_json inner;

	aw_json_begin(&inner);
	aw_json_put_text(&inner, "AttributePath", "userName");
	aw_json_put_text(&inner, "AttributeValue", user_name);
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
		put_user_name(&json, ask->user_name);
	if (ask->paged)
		aw_json_put_number(&json, "MaxResults", AW_PAGE_SIZE);
	aw_json_put_text(&json, "NextToken", ask->next);
	return aw_json_end(&json, ret);
}

int aw_store_start(struct aw_aws *aws, const struct aw_store_ask *ask,
    const struct aw_store_how *how, aw_call_done_fn *done, void *user,
    struct aw_call **ret)
{
	aw_own(aw_buf_done) struct aw_buf body = AW_BUF_INIT(BODY_MAX);
	struct aw_call_request request = {
		.service = AW_SERVICE_IDENTITYSTORE,
		.operation = ask->operation,
		.region = how->region,
		.path = "/",
		.auth = how->keys ? AW_CALL_KEYS : AW_CALL_HOST,
		.keys = how->keys,
		.attempts = how->attempts,
		.slack_ms = how->slack_ms,
		.deadline_ms = how->deadline_ms,
	};
	int r;

	r = aw_store_body(ask, aws->conf->identity_store_id, &body);
	if (r < 0)
		return r;
	request.body = aw_buf_text(&body);
	request.body_len = body.len;
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
static const struct aw_field external_row[] = {
	AW_FIELD(struct external_fields, issuer, "Issuer", AW_FIELD_TEXT, true,
	    AW_EXTERNAL_BYTES),
	AW_FIELD(struct external_fields, id, "Id", AW_FIELD_TEXT, true,
	    AW_EXTERNAL_BYTES),
};

static int read_external(const struct aw_place *place, struct json_object *row,
    struct external_fields *ret, struct aw_diag *diag)
{
	return aw_answer_read(
	    place, row, external_row, N_OF(external_row), ret, diag);
}

int aw_store_read_user(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_store_user *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct aw_store_user, user_id, "UserId", AW_FIELD_TEXT,
		    true, AW_ID_SIZE - 1),
		AW_FIELD(struct aw_store_user, user_name, "UserName",
		    AW_FIELD_TEXT, true, 512),
		AW_FIELD(struct aw_store_user, store_id, "IdentityStoreId",
		    AW_FIELD_TEXT, false, 64),
		AW_FIELD(struct aw_store_user, display_name, "DisplayName",
		    AW_FIELD_LOOSE, false, AW_DISPLAY_MAX),
		AW_FIELD(struct aw_store_user, status, "UserStatus",
		    AW_FIELD_TEXT, false, 32),
		AW_FIELD(struct aw_store_user, external_ids, "ExternalIds",
		    AW_FIELD_LIST, false, AW_EXTERNAL_MAX),
	};
	struct external_fields external;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = aw_answer_read(place, row, fields, N_OF(fields), ret, diag);
	if (r == 0)
		r = check_store(place, ret->store_id, store_id, diag);
	for (size_t i = 0; r == 0 && ret->external_ids &&
			   i < json_object_array_length(ret->external_ids);
	     i++) {
		const struct aw_place at = { place, "ExternalIds", (int64_t)i };

		r = read_external(&at,
		    json_object_array_get_idx(ret->external_ids, i), &external,
		    diag);
	}
	return r;
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

int aw_store_external_id(const struct aw_store_user *user, size_t i,
    const char **ret_issuer, const char **ret_id)
{
	const struct aw_place place = { NULL, "ExternalIds", -1 };
	struct external_fields got;

	if (!user->external_ids ||
	    i >= json_object_array_length(user->external_ids) ||
	    read_external(&place,
		json_object_array_get_idx(user->external_ids, i), &got,
		NULL) < 0)
		return AW_END;
	*ret_issuer = got.issuer;
	*ret_id = got.id;
	return 0;
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
		AW_FIELD(struct group_fields, group.display_name, "DisplayName",
		    AW_FIELD_LOOSE, true, AW_DISPLAY_MAX),
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
	    true, AW_ID_SIZE - 1, 0 } };
	const struct aw_place member = { place, "MemberId", -1 };
	struct member_fields got = { .store_id = NULL };
	const char *user_id;
	int r;

	r = aw_answer_read(place, row, fields, N_OF(fields), &got, diag);
	if (r == 0)
		r = aw_answer_read(
		    &member, got.member, inner, 1, &user_id, diag);
	if (r == 0)
		r = check_store(place, got.store_id, store_id, diag);
	if (r == 0) {
		ret->group_id = got.group_id;
		ret->user_id = user_id;
	}
	return r;
}

int aw_store_clean(const char *text, char *ret, size_t size)
{
	const size_t len = strlen(text);

	if (aw_copy(ret, size, text) < 0)
		return -EMSGSIZE;
	for (size_t i = 0; i < len; i++) {
		unsigned char *c = (unsigned char *)&ret[i];

		if (*c < ' ' || *c == 0x7f) {
			*c = ' ';
		} else if (*c == 0xc2 && (unsigned char)ret[i + 1] >= 0x80 &&
			   (unsigned char)ret[i + 1] < 0xa0) {
			/* C1 controls take two bytes */
			ret[i] = ' ';
			ret[i + 1] = ' ';
		}
	}
	return aw_text_is_clean(ret, len) ? 0 : -EINVAL;
}
