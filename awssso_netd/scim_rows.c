/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking rows.
 */
#include "awssso_netd/scim_rows.h"

#include <string.h>

#include "awssso_netd/updated.h"

#define IDS_MAX (128 * 1024 * 1024) /* 3,000,000 users */

void aw_scim_rows_init(struct aw_scim_rows *rows)
{
	memset(rows, 0, sizeof(*rows));
	rows->users.max = IDS_MAX;
	rows->groups.max = IDS_MAX;
}

void aw_scim_rows_done(struct aw_scim_rows *rows)
{
	aw_buf_done(&rows->users);
	aw_buf_done(&rows->groups);
}

static int remember(struct aw_buf *ids, const char *id)
{
	aw_buf_add(ids, id, strlen(id) + 1);
	return aw_buf_error(ids);
}

static void note_updated(struct aw_scim_rows *rows, struct json_object *row)
{
	const uint64_t at = aw_updated_of(row);

	if (at > rows->updated)
		rows->updated = at;
}

int aw_scim_take_user(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, const char *issuer, struct aw_buf *page,
    struct aw_diag *why)
{
	struct aw_scim_user user;
	int r;

	r = aw_scim_read_user(place, row, &user, why);
	if (r == 0)
		r = aw_scim_put_user(place, &user, issuer, page, why);
	if (r == 0)
		r = remember(&rows->users, user.id);
	if (r == 0 && user.is_odd && rows->n_odd++ == 0)
		r = aw_copy(rows->odd_id, sizeof(rows->odd_id), user.id);
	if (r == 0) {
		rows->n_users++;
		note_updated(rows, row);
	}
	return r;
}

static void lose_member(struct aw_scim_rows *rows, const char *group)
{
	if (rows->n_lost++ == 0)
		aw_ignore(
		    aw_copy(rows->lost_group, sizeof(rows->lost_group), group));
}

static int take_member(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, const char *group, struct aw_buf *page,
    struct aw_diag *why)
{
	struct aw_scim_member member;
	int r;

	rows->has_members = true;
	if (!aw_scim_read_member(row, &member)) {
		lose_member(rows, group);
		return 0;
	}
	if (member.is_group) {
		rows->nested++;
		return 0;
	}
	r = aw_scim_put_member(place, group, member.id, page, why);
	if (r == 0)
		rows->n_members++;
	return r;
}

static int take_members(struct aw_scim_rows *rows, const struct aw_place *place,
    const struct aw_scim_group *group, struct aw_buf *page, struct aw_diag *why)
{
	struct json_object *list = group->members;
	int r = 0;

	if (!list)
		return 0;
	if (!json_object_is_type(list, json_type_array)) {
		lose_member(rows, group->id);
		return 0;
	}
	for (size_t i = 0; r == 0 && i < json_object_array_length(list); i++) {
		const struct aw_place within = { place, "members", (int64_t)i };

		r = take_member(rows, &within,
		    json_object_array_get_idx(list, i), group->id, page, why);
	}
	return r;
}

int aw_scim_take_group(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, struct aw_buf *page, struct aw_diag *why)
{
	struct aw_scim_group group;
	int r;

	r = aw_scim_read_group(place, row, &group, why);
	if (r == 0)
		r = aw_scim_put_group(place, &group, page, why);
	if (r == 0)
		r = remember(&rows->groups, group.id);
	if (r < 0)
		return r;
	rows->n_groups++;
	note_updated(rows, row);
	return take_members(rows, place, &group, page, why);
}

int aw_scim_take_found(struct aw_scim_rows *rows, const struct aw_place *place,
    struct json_object *row, const char *group, struct aw_buf *page,
    struct aw_diag *why)
{
	const char *id;
	int r;

	r = aw_scim_read_id(place, row, &id, why);
	if (r == 0)
		r = aw_scim_put_member(place, group, id, page, why);
	if (r == 0)
		rows->n_members++;
	return r;
}
