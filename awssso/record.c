/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Showing what a snapshot holds.  Names, homes and gecos are clean by the
 * reader's promise; directory names and ids are not, and are escaped.
 */
#include "awssso/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/command.h"
#include "awssso/print.h"
#include "common/own.h"
#include "common/text.h"

struct gids {
	uint32_t *gid;
	uint32_t n;
};

static void gids_done(struct gids *gids)
{
	free(gids->gid);
}

static int gids_of(const struct aw_snap *snap, const struct aw_snap_user *user,
    struct gids *ret)
{
	uint32_t n;
	int r;

	r = aw_snap_user_gids(snap, user, NULL, 0, &n);
	if (r < 0)
		return r;
	ret->gid = calloc(n + 1, sizeof(*ret->gid));
	if (!ret->gid)
		return -ENOMEM;
	r = aw_snap_user_gids(snap, user, ret->gid, n, &ret->n);
	if (r == 0 && ret->n > n)
		ret->n = n;
	return r;
}

/* The name of the group @gid, or "" when it cannot be read. */
static const char *group_name(const struct aw_snap *snap, uint32_t gid)
{
	struct aw_snap_group group;

	return aw_snap_group_by_id(snap, gid, &group) == 0 ? group.name : "";
}

static void add_flags(struct json_object *object, uint32_t flags)
{
	aw_json_bool(object, "disabled", (flags & AW_SNAP_DISABLED) != 0);
	aw_json_bool(object, "allowed", (flags & AW_SNAP_ALLOWED) != 0);
	aw_json_bool(object, "enumerated", (flags & AW_SNAP_ENUM) != 0);
}

int aw_record_user_json(const struct aw_snap *snap,
    const struct aw_snap_user *user, struct json_object **ret)
{
	aw_own(gids_done) struct gids gids = { 0 };
	struct aw_snap_user_more more;
	struct json_object *object, *groups;
	int r;

	r = gids_of(snap, user, &gids);
	if (r < 0)
		return r;
	r = aw_snap_user_more(snap, user, &more);
	if (r < 0)
		return r;
	object = aw_json_object();
	aw_json_text(object, "kind", "user");
	aw_json_text(object, "name", user->strings);
	aw_json_number(object, "uid", user->id);
	aw_json_number(object, "gid", user->id);
	aw_json_text(object, "gecos", user->strings + user->gecos_at);
	aw_json_text(object, "home", user->strings + user->home_at);
	aw_json_text(object, "shell", user->strings + user->shell_at);
	aw_json_text(object, "user_name", more.user_name);
	aw_json_text(object, "principal_id", more.principal_id);
	add_flags(object, user->flags);
	groups = aw_json_array(object, "groups");
	for (uint32_t i = 0; i < gids.n; i++) {
		struct json_object *group = aw_json_object();

		aw_json_number(group, "gid", gids.gid[i]);
		aw_json_text(group, "name", group_name(snap, gids.gid[i]));
		aw_json_append(groups, group);
	}
	*ret = object;
	return 0;
}

int aw_record_group_json(const struct aw_snap *snap,
    const struct aw_snap_group *group, struct json_object **ret)
{
	char principal_id[AW_PRINCIPAL_SIZE];
	struct json_object *object, *members;
	const char *member = group->members;
	int r;

	r = aw_snap_group_principal(snap, group, principal_id);
	if (r < 0)
		return r;
	object = aw_json_object();
	aw_json_text(object, "kind", "group");
	aw_json_text(object, "name", group->name);
	aw_json_number(object, "gid", group->id);
	aw_json_text(object, "principal_id", principal_id);
	aw_json_bool(
	    object, "permission_set", (group->flags & AW_SNAP_SET) != 0);
	aw_json_bool(object, "learned", (group->flags & AW_SNAP_LEARNED) != 0);
	aw_json_bool(object, "enumerated", (group->flags & AW_SNAP_ENUM) != 0);
	members = aw_json_array(object, "members");
	for (uint32_t i = 0; i < group->n_members; i++) {
		aw_json_append(members, json_object_new_string(member));
		member += strlen(member) + 1;
	}
	*ret = object;
	return 0;
}

static void print_groups(const struct aw_snap *snap, const struct gids *gids)
{
	for (uint32_t i = 0; i < gids->n; i++)
		aw_print_row(i ? "" : "groups", AW_PLAIN, "%s (%u)",
		    group_name(snap, gids->gid[i]), gids->gid[i]);
}

int aw_record_user_print(
    const struct aw_snap *snap, const struct aw_snap_user *user)
{
	aw_own(gids_done) struct gids gids = { 0 };
	struct aw_snap_user_more more;
	char text[4 * AW_USER_NAME_MAX + 1];
	int r;

	r = gids_of(snap, user, &gids);
	if (r < 0)
		return r;
	r = aw_snap_user_more(snap, user, &more);
	if (r < 0)
		return r;
	aw_print_row("user", AW_PLAIN, "%s", user->strings);
	aw_print_row("uid, gid", AW_PLAIN, "%u", user->id);
	aw_print_row("UserName", AW_PLAIN, "%s",
	    aw_text_escape(text, sizeof(text), more.user_name));
	aw_print_row("UserId", AW_PLAIN, "%s",
	    aw_text_escape(text, sizeof(text), more.principal_id));
	aw_print_row(
	    "DisplayName", AW_PLAIN, "%s", user->strings + user->gecos_at);
	aw_print_row("home", AW_PLAIN, "%s", user->strings + user->home_at);
	aw_print_row("shell", AW_PLAIN, "%s", user->strings + user->shell_at);
	if (user->flags & AW_SNAP_DISABLED)
		aw_print_row("state", AW_BAD, "disabled in the directory");
	else if (user->flags & AW_SNAP_ALLOWED)
		aw_print_row("state", AW_GOOD, "may sign in");
	else
		aw_print_row("state", AW_PLAIN,
		    "not allowed by what the directory alone can tell: "
		    "awssso explain %s SERVICE",
		    user->strings);
	print_groups(snap, &gids);
	return 0;
}

int aw_record_group_print(
    const struct aw_snap *snap, const struct aw_snap_group *group)
{
	char principal_id[AW_PRINCIPAL_SIZE];
	char text[4 * AW_PRINCIPAL_SIZE];
	const char *member = group->members;
	int r;

	r = aw_snap_group_principal(snap, group, principal_id);
	if (r < 0)
		return r;
	aw_print_row(group->flags & AW_SNAP_SET ? "permission set" : "group",
	    AW_PLAIN, "%s", group->name);
	aw_print_row("gid", AW_PLAIN, "%u", group->id);
	aw_print_row("GroupId", AW_PLAIN, "%s",
	    aw_text_escape(text, sizeof(text), principal_id));
	if (group->flags & AW_SNAP_SET)
		aw_print_row("known by", AW_PLAIN, "%s",
		    group->flags & AW_SNAP_LEARNED
			? "people's own sign-ins, until these end"
			: "the last sweep");
	for (uint32_t i = 0; i < group->n_members; i++) {
		aw_print_row(i ? "" : "members", AW_PLAIN, "%s", member);
		member += strlen(member) + 1;
	}
	return 0;
}

static int refuse(const char *path, int r)
{
	const char *why = "no such file";

	if (r == -EPERM)
		why = "not trusted: somebody else could have written it";
	else if (r == -EIO)
		why = "not a snapshot, or damaged";
	else if (r == -EPROTO)
		why = "of a version that this awssso does not know";
	else if (r < 0)
		why = strerrordesc_np(-r);
	(void)aw_complain(path, why);
	return r;
}

int aw_record_open(const char *path, bool named, struct aw_snap *ret)
{
	const int r =
	    named ? aw_snap_open_named(path, ret) : aw_snap_open(path, 0, ret);

	return r == 0 ? 0 : refuse(path, r);
}
