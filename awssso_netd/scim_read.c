/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From SCIM's JSON to records.
 */
#include "awssso_netd/scim_read.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "common/name.h"
#include "common/proto.h"
#include "common/wire.h"

#define ROWS_MAX    100000 /* of an answer */
#define RECORD_MAX  (8 * 1024)
#define INTEGER_MAX (INT64_C(1) << 40)
#define REF_MAX     2048
#define NUMBER_MAX  (INT64_C(1) << 53) /* of an id */

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

bool aw_scim_is_id(const char *id)
{
	const size_t len = strlen(id);

	return len > 0 && len < AW_ID_SIZE && aw_text_is_clean(id, len);
}

const char *aw_scim_id(struct json_object *value)
{
	const int64_t number = json_object_get_int64(value);

	if (!json_object_is_type(value, json_type_int))
		return aw_store_text(value, AW_ID_SIZE - 1);
	return number >= 0 && number <= NUMBER_MAX
		   ? json_object_get_string(value)
		   : NULL;
}

void aw_scim_escape(struct aw_buf *ret, const char *text)
{
	for (; *text; text++) {
		if (strchr(letters, *text))
			aw_buf_add(ret, text, 1);
		else
			aw_buf_fmt(ret, "%%%02X", (unsigned char)*text);
	}
}

/* --- answers ----------------------------------------------------------- */

size_t aw_scim_n(const struct aw_scim_list *list)
{
	return list->rows ? json_object_array_length(list->rows) : 0;
}

int aw_scim_read_list(const struct aw_place *place, struct json_object *json,
    struct aw_scim_list *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct aw_scim_list, rows, "Resources", AW_FIELD_LIST,
		    false, ROWS_MAX),
		AW_FIELD(struct aw_scim_list, next, "nextCursor", AW_FIELD_TEXT,
		    false, AW_ID_SIZE * 64),
		AW_FIELD(struct aw_scim_list, total, "totalResults",
		    AW_FIELD_NUMBER, false, INTEGER_MAX),
		AW_FIELD(struct aw_scim_list, start, "startIndex",
		    AW_FIELD_NUMBER, false, INTEGER_MAX),
	};
	struct aw_scim_list list = { .json = json, .total = -1, .start = -1 };
	int r;

	r = aw_answer_read(place, json, fields,
	    sizeof(fields) / sizeof(fields[0]), &list, diag);
	/* Anything else that is JSON has neither. */
	if (r == 0 && !list.rows && list.total != 0)
		return aw_answer_bad(place, "Resources", "missing", diag);
	if (r == 0)
		*ret = list;
	return r;
}

struct one_id {
	const char *id;
};

/* -EBADMSG with what is wrong with @row's id, which aw_scim_id() does not
 * take. */
static int bad_id(const struct aw_place *place, struct json_object *row,
    struct json_object *id, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct one_id, id, "id", AW_FIELD_TEXT, true, 4096),
	};
	struct one_id got = { NULL };
	int r;

	if (json_object_is_type(id, json_type_int))
		return aw_answer_bad(place, "id",
		    "a number that is not 0 to 2^53 is not supported", diag);
	r = aw_answer_read(place, row, fields, 1, &got, diag);
	return r < 0
		   ? r
		   : aw_answer_bad(place, "id",
			 "an id longer than 128 bytes is not supported", diag);
}

int aw_scim_read_id(const struct aw_place *place, struct json_object *row,
    const char **ret, struct aw_diag *diag)
{
	struct json_object *id = NULL;
	const char *text;

	(void)json_object_object_get_ex(row, "id", &id);
	text = aw_scim_id(id);
	if (!text)
		return bad_id(place, row, id, diag);
	*ret = text;
	return 0;
}

struct user_fields {
	struct json_object *user_name, *display, *external_id, *name, *active;
};

/* What says neither yes nor no lets nobody in. */
static void read_active(struct json_object *active, struct aw_scim_user *ret)
{
	const char *word = aw_store_text(active, 5);

	if (json_object_is_type(active, json_type_boolean))
		word = json_object_get_string(active);
	ret->disabled = active && (!word || strcasecmp(word, "true") != 0);
	ret->is_odd =
	    ret->disabled && (!word || strcasecmp(word, "false") != 0);
}

int aw_scim_read_user(const struct aw_place *place, struct json_object *row,
    struct aw_scim_user *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct user_fields, user_name, "userName",
		    AW_FIELD_ANY, false, 0),
		AW_FIELD(struct user_fields, display, "displayName",
		    AW_FIELD_ANY, false, 0),
		AW_FIELD(struct user_fields, external_id, "externalId",
		    AW_FIELD_ANY, false, 0),
		AW_FIELD(
		    struct user_fields, name, "name", AW_FIELD_ANY, false, 0),
		AW_FIELD(struct user_fields, active, "active", AW_FIELD_ANY,
		    false, 0),
	};
	struct user_fields got = { .name = NULL };
	struct aw_scim_user user = { .id = NULL };
	int r;

	r = aw_scim_read_id(place, row, &user.id, diag);
	if (r == 0)
		r = aw_answer_read(place, row, fields,
		    sizeof(fields) / sizeof(fields[0]), &got, diag);
	if (r < 0)
		return r;
	user.user_name = aw_store_text(got.user_name, AW_USER_NAME_MAX);
	user.external_id = aw_store_text(got.external_id, AW_EXTERNAL_BYTES);
	user.display = got.display;
	if (json_object_is_type(got.name, json_type_object))
		(void)json_object_object_get_ex(
		    got.name, "formatted", &user.formatted);
	read_active(got.active, &user);
	*ret = user;
	return 0;
}

bool aw_scim_display(
    const struct aw_scim_user *user, char ret[AW_DISPLAY_MAX + 1])
{
	return aw_store_display(user->display, ret) ||
	       aw_store_display(user->formatted, ret);
}

int aw_scim_read_group(const struct aw_place *place, struct json_object *row,
    struct aw_scim_group *ret, struct aw_diag *diag)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct aw_scim_group, display, "displayName",
		    AW_FIELD_ANY, false, 0),
		AW_FIELD(struct aw_scim_group, members, "members", AW_FIELD_ANY,
		    false, 0),
	};
	struct aw_scim_group group = { .id = NULL };
	int r;

	r = aw_scim_read_id(place, row, &group.id, diag);
	if (r == 0)
		r = aw_answer_read(place, row, fields,
		    sizeof(fields) / sizeof(fields[0]), &group, diag);
	if (r == 0)
		*ret = group;
	return r;
}

struct member_fields {
	struct json_object *type, *ref;
};

static bool is_group(const struct member_fields *member)
{
	const char *type = aw_store_text(member->type, REF_MAX);
	const char *ref = aw_store_text(member->ref, REF_MAX);

	return (type && strcasecmp(type, "Group") == 0) ||
	       (ref && strstr(ref, "/Groups/"));
}

/* -1: no hexadecimal digit. */
static int digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

/* False: @text is no part of an address, or no id. */
static bool unescape(const char *text, char ret[AW_ID_SIZE])
{
	size_t n = 0;

	for (; *text; text++) {
		char c = *text;

		if (c == '%') {
			const int high = digit(text[1]);
			const int low = high < 0 ? -1 : digit(text[2]);

			if (low < 0)
				return false;
			c = (char)(high * 16 + low);
			text += 2;
		}
		if (!c || n == AW_ID_SIZE - 1)
			return false;
		ret[n++] = c;
	}
	ret[n] = '\0';
	return aw_scim_is_id(ret);
}

/* Whose address @json is.  A query or a fragment may as well be an id that was
 * not escaped: then it is nobody's. */
static bool read_ref(struct json_object *json, char ret[AW_ID_SIZE])
{
	static const char users[] = "/Users";
	const size_t len = sizeof(users) - 1;
	const char *ref = aw_store_text(json, REF_MAX);
	const char *last = ref ? strrchr(ref, '/') : NULL;

	return last && !strpbrk(ref, "?#") && last - ref >= (ptrdiff_t)len &&
	       memcmp(last - len, users, len) == 0 && unescape(last + 1, ret);
}

bool aw_scim_read_member(struct json_object *row, struct aw_scim_member *ret)
{
	struct json_object *value = NULL;
	struct member_fields got = { .type = NULL };

	if (!json_object_is_type(row, json_type_object))
		return false;
	(void)json_object_object_get_ex(row, "value", &value);
	(void)json_object_object_get_ex(row, "type", &got.type);
	(void)json_object_object_get_ex(row, "$ref", &got.ref);
	ret->id = aw_scim_id(value);
	if (!value && read_ref(got.ref, ret->ref_id))
		ret->id = ret->ref_id;
	ret->is_group = is_group(&got);
	return ret->id || ret->is_group;
}

/* --- records ----------------------------------------------------------- */

static int append(struct aw_wire_out *out, const struct aw_place *place,
    struct aw_buf *ret, struct aw_diag *diag)
{
	if (aw_wire_end(out) < 0)
		return aw_answer_bad(place, NULL, "cannot be passed on", diag);
	aw_buf_add(ret, out->data, out->len);
	return aw_buf_error(ret);
}

int aw_scim_put_user(const struct aw_place *place,
    const struct aw_scim_user *user, const char *issuer, struct aw_buf *ret,
    struct aw_diag *diag)
{
	char external[2 * AW_EXTERNAL_BYTES + 2], display[AW_DISPLAY_MAX + 1];
	uint8_t data[RECORD_MAX];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_USER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, user->id);
	aw_wire_put_text(
	    &out, AW_TAG_USER_NAME, user->user_name ? user->user_name : "");
	if (user->disabled)
		aw_wire_put_text(&out, AW_TAG_USER_STATUS, "DISABLED");
	if (aw_scim_display(user, display))
		aw_wire_put_text(&out, AW_TAG_DISPLAY_NAME, display);
	if (user->external_id && aw_fmt(external, sizeof(external), "%s %s",
				     issuer, user->external_id) == 0)
		aw_wire_put_text(&out, AW_TAG_EXTERNAL_ID, external);
	return append(&out, place, ret, diag);
}

int aw_scim_put_group(const struct aw_place *place,
    const struct aw_scim_group *group, struct aw_buf *ret, struct aw_diag *diag)
{
	char display[AW_DISPLAY_MAX + 1];
	uint8_t data[RECORD_MAX];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_GROUP_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, group->id);
	if (aw_store_display(group->display, display))
		aw_wire_put_text(&out, AW_TAG_DISPLAY_NAME, display);
	return append(&out, place, ret, diag);
}

int aw_scim_put_member(const struct aw_place *place, const char *group_id,
    const char *user_id, struct aw_buf *ret, struct aw_diag *diag)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_MEMBER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, group_id);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, user_id);
	return append(&out, place, ret, diag);
}
