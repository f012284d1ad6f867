/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows to records.  A row that does not fit into a record is as bad as one
 * without an id: it is named, and nothing of its page counts.
 */
#include "awssso_netd/record.h"

#include <errno.h>
#include <string.h>

#include "common/wire.h"

/* The largest user record: ten external ids and a display name of 4 KiB. */
#define RECORD_MAX (24 * 1024)

static int append(struct aw_wire_out *out, const struct aw_place *place,
    struct aw_buf *ret, struct aw_diag *diag)
{
	if (aw_wire_end(out) < 0)
		return aw_answer_bad(place, NULL, "cannot be passed on", diag);
	aw_buf_add(ret, out->data, out->len);
	return aw_buf_error(ret);
}

/* Display names are for people: control characters in them become blanks. */
static int put_display(struct aw_wire_out *out, const struct aw_place *place,
    const char *name, struct aw_diag *diag)
{
	char clean[AW_DISPLAY_MAX + 1];

	if (!name)
		return 0;
	if (aw_store_clean(name, clean, sizeof(clean)) < 0)
		return aw_answer_bad(place, "DisplayName", "not UTF-8", diag);
	aw_wire_put_text(out, AW_TAG_DISPLAY_NAME, clean);
	return 0;
}

static int put_externals(
    struct aw_wire_out *out, const struct aw_store_user *user)
{
	const char *issuer, *id;
	char text[2 * AW_EXTERNAL_BYTES + 2];

	for (size_t i = 0; aw_store_external_id(user, i, &issuer, &id) == 0;
	     i++) {
		const int r = aw_fmt(text, sizeof(text), "%s %s", issuer, id);

		if (r < 0)
			return r;
		aw_wire_put_text(out, AW_TAG_EXTERNAL_ID, text);
	}
	return 0;
}

static int add_user(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_buf *ret, struct aw_diag *diag)
{
	static uint8_t data[RECORD_MAX];
	struct aw_wire_out out;
	struct aw_store_user user;
	int r;

	r = aw_store_read_user(place, row, store_id, &user, diag);
	if (r < 0)
		return r;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_USER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, user.user_id);
	aw_wire_put_text(&out, AW_TAG_USER_NAME, user.user_name);
	aw_wire_put_text(&out, AW_TAG_USER_STATUS, user.status);
	r = put_display(&out, place, user.display_name, diag);
	if (r == 0)
		r = put_externals(&out, &user);
	return r < 0 ? r : append(&out, place, ret, diag);
}

int aw_record_users(struct json_object *json, const char *store_id,
    struct aw_buf *ret, uint64_t *ret_n, const char **ret_next,
    struct aw_diag *diag)
{
	const struct aw_place top = { NULL, "ListUsers", -1 };
	struct json_object *rows;
	uint64_t n = 0;
	int r;

	r = aw_store_read_page(
	    "ListUsers", "Users", json, &rows, ret_next, diag);
	for (; r == 0 && n < json_object_array_length(rows); n++) {
		const struct aw_place place = { &top, "Users", (int64_t)n };

		r = add_user(&place, json_object_array_get_idx(rows, n),
		    store_id, ret, diag);
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

static int add_group(const struct aw_place *place, struct json_object *row,
    const char *store_id, struct aw_buf *ret, struct aw_buf *ret_ids,
    struct aw_diag *diag)
{
	uint8_t data[AW_DISPLAY_MAX + 1024];
	struct aw_wire_out out;
	struct aw_store_group group;
	int r;

	r = aw_store_read_group(place, row, store_id, &group, diag);
	if (r < 0)
		return r;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_GROUP_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, group.group_id);
	r = put_display(&out, place, group.display_name, diag);
	if (r == 0)
		r = append(&out, place, ret, diag);
	if (r < 0)
		return r;
	aw_buf_add(ret_ids, group.group_id, strlen(group.group_id) + 1);
	return aw_buf_error(ret_ids);
}

int aw_record_groups(struct json_object *json, const char *store_id,
    struct aw_buf *ret, struct aw_buf *ret_ids, uint64_t *ret_n,
    const char **ret_next, struct aw_diag *diag)
{
	const struct aw_place top = { NULL, "ListGroups", -1 };
	struct json_object *rows;
	uint64_t n = 0;
	int r;

	r = aw_store_read_page(
	    "ListGroups", "Groups", json, &rows, ret_next, diag);
	for (; r == 0 && n < json_object_array_length(rows); n++) {
		const struct aw_place place = { &top, "Groups", (int64_t)n };

		r = add_group(&place, json_object_array_get_idx(rows, n),
		    store_id, ret, ret_ids, diag);
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

static int add_member(const struct aw_place *place, struct json_object *row,
    const char *store_id, const char *group_id, struct aw_buf *ret,
    struct aw_diag *diag)
{
	uint8_t data[512];
	struct aw_wire_out out;
	struct aw_store_member member;
	int r;

	r = aw_store_read_member(place, row, store_id, &member, diag);
	if (r < 0)
		return r;
	if (strcmp(member.group_id, group_id) != 0)
		return aw_answer_bad(
		    place, "GroupId", "not the one asked for", diag);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_MEMBER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, member.group_id);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, member.user_id);
	return append(&out, place, ret, diag);
}

int aw_record_members(struct json_object *json, const char *store_id,
    const char *group_id, struct aw_buf *ret, uint64_t *ret_n,
    const char **ret_next, struct aw_diag *diag)
{
	const struct aw_place top = { NULL, "ListGroupMemberships", -1 };
	struct json_object *rows;
	uint64_t n = 0;
	int r;

	r = aw_store_read_page("ListGroupMemberships", "GroupMemberships", json,
	    &rows, ret_next, diag);
	for (; r == 0 && n < json_object_array_length(rows); n++) {
		const struct aw_place place = { &top, "GroupMemberships",
			(int64_t)n };

		r = add_member(&place, json_object_array_get_idx(rows, n),
		    store_id, group_id, ret, diag);
	}
	if (r == 0)
		*ret_n = n;
	return r;
}
