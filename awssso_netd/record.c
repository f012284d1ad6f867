/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows to records.  A row whose record cannot be made is as bad as one without
 * an id: it is named, and nothing of its page counts.
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

static void put_display(struct aw_wire_out *out, struct json_object *display)
{
	char clean[AW_DISPLAY_MAX + 1];

	if (aw_store_display(display, clean))
		aw_wire_put_text(out, AW_TAG_DISPLAY_NAME, clean);
}

static int put_externals(
    struct aw_wire_out *out, const struct aw_store_user *user)
{
	const char *issuer, *id;
	char text[2 * AW_EXTERNAL_BYTES + 2];
	size_t at = 0;

	while (aw_store_external_id(user, &at, &issuer, &id) == 0) {
		const int r = aw_fmt(text, sizeof(text), "%s %s", issuer, id);

		if (r < 0)
			return r;
		aw_wire_put_text(out, AW_TAG_EXTERNAL_ID, text);
	}
	return 0;
}

static int add_user(const struct aw_place *place,
    const struct aw_store_user *user, struct aw_buf *ret, struct aw_diag *diag)
{
	static uint8_t data[RECORD_MAX];
	struct aw_wire_out out;
	int r;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_USER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, user->user_id);
	aw_wire_put_text(
	    &out, AW_TAG_USER_NAME, user->user_name ? user->user_name : "");
	if (user->status)
		aw_wire_put_text(&out, AW_TAG_USER_STATUS, user->status);
	put_display(&out, user->display);
	r = put_externals(&out, user);
	return r < 0 ? r : append(&out, place, ret, diag);
}

int aw_record_users(struct json_object *json, const char *store_id,
    struct aw_idset *want, struct aw_buf *ret, uint64_t *ret_n,
    const char **ret_next, struct aw_diag *diag)
{
	const struct aw_place top = { NULL, "ListUsers", -1 };
	struct aw_store_user user;
	struct json_object *rows;
	uint64_t n = 0;
	int r;

	r = aw_store_read_page(
	    "ListUsers", "Users", json, &rows, ret_next, diag);
	for (size_t i = 0; r == 0 && i < json_object_array_length(rows); i++) {
		const struct aw_place place = { &top, "Users", (int64_t)i };

		r = aw_store_read_user(&place,
		    json_object_array_get_idx(rows, i), store_id, &user, diag);
		if (r < 0 || (want && !aw_idset_see(want, user.user_id)))
			continue;
		r = add_user(&place, &user, ret, diag);
		n++;
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

int aw_record_user(struct json_object *json, const char *store_id,
    const char *id, struct aw_buf *ret, struct aw_diag *diag)
{
	const struct aw_place place = { NULL, "DescribeUser", -1 };
	struct aw_store_user user;
	int r;

	r = aw_store_read_user(&place, json, store_id, &user, diag);
	if (r < 0)
		return r;
	if (strcmp(user.user_id, id) != 0)
		return aw_answer_bad(
		    &place, "UserId", "not the one asked for", diag);
	return add_user(&place, &user, ret, diag);
}

static int add_group(const struct aw_place *place,
    const struct aw_store_group *group, struct aw_buf *ret,
    struct aw_buf *ret_ids, struct aw_diag *diag)
{
	uint8_t data[AW_DISPLAY_MAX + 1024];
	struct aw_wire_out out;
	int r;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_GROUP_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, group->group_id);
	put_display(&out, group->display);
	r = append(&out, place, ret, diag);
	if (r < 0)
		return r;
	aw_buf_add(ret_ids, group->group_id, strlen(group->group_id) + 1);
	return aw_buf_error(ret_ids);
}

int aw_record_groups(struct json_object *json, const char *store_id,
    struct aw_idset *want, struct aw_buf *ret, struct aw_buf *ret_ids,
    uint64_t *ret_n, const char **ret_next, struct aw_diag *diag)
{
	const struct aw_place top = { NULL, "ListGroups", -1 };
	struct aw_store_group group;
	struct json_object *rows;
	uint64_t n = 0;
	int r;

	r = aw_store_read_page(
	    "ListGroups", "Groups", json, &rows, ret_next, diag);
	for (size_t i = 0; r == 0 && i < json_object_array_length(rows); i++) {
		const struct aw_place place = { &top, "Groups", (int64_t)i };

		r = aw_store_read_group(&place,
		    json_object_array_get_idx(rows, i), store_id, &group, diag);
		if (r < 0 || (want && !aw_idset_see(want, group.group_id)))
			continue;
		r = add_group(&place, &group, ret, ret_ids, diag);
		n++;
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

int aw_record_group(struct json_object *json, const char *store_id,
    const char *id, struct aw_buf *ret, struct aw_buf *ret_ids,
    struct aw_diag *diag)
{
	const struct aw_place place = { NULL, "DescribeGroup", -1 };
	struct aw_store_group group;
	int r;

	r = aw_store_read_group(&place, json, store_id, &group, diag);
	if (r < 0)
		return r;
	if (strcmp(group.group_id, id) != 0)
		return aw_answer_bad(
		    &place, "GroupId", "not the one asked for", diag);
	return add_group(&place, &group, ret, ret_ids, diag);
}

static int add_member(const struct aw_place *place, struct json_object *row,
    const char *store_id, const char *group_id, struct aw_idset *ret_users,
    struct aw_buf *ret, uint64_t *n, struct aw_diag *diag)
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
	if (!member.user_id)
		return 0;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_MEMBER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, member.group_id);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, member.user_id);
	r = append(&out, place, ret, diag);
	if (r == 0)
		(*n)++;
	if (r == 0 && ret_users)
		r = aw_idset_add(ret_users, member.user_id, false);
	return r;
}

int aw_record_members(struct json_object *json, const char *store_id,
    const char *group_id, struct aw_idset *ret_users, struct aw_buf *ret,
    uint64_t *ret_n, const char **ret_next, struct aw_diag *diag)
{
	const struct aw_place top = { NULL, "ListGroupMemberships", -1 };
	struct json_object *rows;
	uint64_t n = 0;
	int r;

	r = aw_store_read_page("ListGroupMemberships", "GroupMemberships", json,
	    &rows, ret_next, diag);
	for (size_t i = 0; r == 0 && i < json_object_array_length(rows); i++) {
		const struct aw_place place = { &top, "GroupMemberships",
			(int64_t)i };

		r = add_member(&place, json_object_array_get_idx(rows, i),
		    store_id, group_id, ret_users, ret, &n, diag);
	}
	if (r == 0)
		*ret_n = n;
	return r;
}

static int end_small(struct aw_wire_out *out, struct aw_buf *ret)
{
	const int r = aw_wire_end(out);

	if (r < 0)
		return r;
	aw_buf_add(ret, out->data, out->len);
	return aw_buf_error(ret);
}

int aw_record_again(
    enum aw_record_kind kind, const char *group_id, struct aw_buf *ret)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_AGAIN_REC, 0);
	aw_wire_put_num(&out, AW_TAG_KIND, kind);
	if (group_id)
		aw_wire_put_text(&out, AW_TAG_GROUP_ID, group_id);
	return end_small(&out, ret);
}

int aw_record_set(const char *role, struct aw_buf *ret)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SET_REC, 0);
	aw_wire_put_text(&out, AW_TAG_ROLE, role);
	return end_small(&out, ret);
}

int aw_record_grant(const char *role, enum aw_record_kind kind,
    const char *principal_id, struct aw_buf *ret)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_GRANT_REC, 0);
	aw_wire_put_text(&out, AW_TAG_ROLE, role);
	aw_wire_put_num(&out, AW_TAG_KIND, kind);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, principal_id);
	return end_small(&out, ret);
}
