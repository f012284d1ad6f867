/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso lookup: what the snapshot, and so NSS, says of one person or group.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso/commands.h"
#include "awssso/print.h"
#include "awssso/record.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/text.h"

enum {
	JSON,
	SNAPSHOT,
};

struct found {
	bool is_user;
	struct aw_snap_user user;
	struct aw_snap_group group;
};

/* Take the answer of two lookups: 0, AW_UNKNOWN or -EIO. */
static int either(int user, int group, struct found *ret)
{
	ret->is_user = user == 0;
	if (user == 0 || group == 0)
		return 0;
	return user < 0 ? user : group;
}

static int by_id(const struct aw_snap *snap, uint32_t id, struct found *ret)
{
	return either(aw_snap_user_by_id(snap, id, &ret->user),
	    aw_snap_group_by_id(snap, id, &ret->group), ret);
}

static int by_name(
    const struct aw_snap *snap, const char *name, struct found *ret)
{
	const size_t len = strlen(name);

	return either(aw_snap_user_by_name(snap, name, len, &ret->user),
	    aw_snap_group_by_name(snap, name, len, &ret->group), ret);
}

/* By what the directory calls it: UserName or UserId. */
static int scan_users(
    const struct aw_snap *snap, const char *name, struct found *ret)
{
	struct aw_snap_user_more more;
	uint64_t cursor = 0;
	int r;

	for (;;) {
		r = aw_snap_next_user(snap, &cursor, false, &ret->user);
		if (r != 0)
			return r == AW_END ? AW_UNKNOWN : r;
		r = aw_snap_user_more(snap, &ret->user, &more);
		if (r < 0)
			return r;
		if (!strcmp(more.user_name, name) ||
		    !strcmp(more.principal_id, name)) {
			ret->is_user = true;
			return 0;
		}
	}
}

/* By GroupId. */
static int scan_groups(
    const struct aw_snap *snap, const char *name, struct found *ret)
{
	char principal_id[AW_PRINCIPAL_SIZE];
	uint64_t cursor = 0;
	int r;

	for (;;) {
		r = aw_snap_next_group(snap, &cursor, false, &ret->group);
		if (r != 0)
			return r == AW_END ? AW_UNKNOWN : r;
		r = aw_snap_group_principal(snap, &ret->group, principal_id);
		if (r < 0)
			return r;
		if (!strcmp(principal_id, name)) {
			ret->is_user = false;
			return 0;
		}
	}
}

static int find(const struct aw_snap *snap, const char *what, struct found *ret)
{
	uint64_t id;
	int r;

	if (aw_num_u64(what, 0, UINT32_MAX, &id) == 0)
		return by_id(snap, (uint32_t)id, ret);
	r = by_name(snap, what, ret);
	if (r == AW_UNKNOWN)
		r = scan_users(snap, what, ret);
	if (r == AW_UNKNOWN)
		r = scan_groups(snap, what, ret);
	return r;
}

static int show(
    const struct aw_snap *snap, const struct found *found, bool json)
{
	struct json_object *object;
	int r;

	if (!json)
		return found->is_user
			   ? aw_record_user_print(snap, &found->user)
			   : aw_record_group_print(snap, &found->group);
	r = found->is_user ? aw_record_user_json(snap, &found->user, &object)
			   : aw_record_group_json(snap, &found->group, &object);
	if (r == 0)
		aw_json_print(object);
	return r;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_snap_close) struct aw_snap snap = { 0 };
	const char *named = args->option[SNAPSHOT];
	struct found found;
	int r;

	if (aw_record_open(
		named ? named : AW_PATH_SNAPSHOT, named != NULL, &snap) != 0)
		return AW_EXIT_FAILED;
	r = find(&snap, args->operand[0], &found);
	if (r == 0)
		r = show(&snap, &found, args->option[JSON] != NULL);
	if (r == AW_UNKNOWN) {
		char shown[80];

		(void)aw_complain(
		    aw_text_escape(shown, sizeof(shown), args->operand[0]),
		    "the directory has no such user or group");
		return AW_EXIT_NOT_FOUND;
	}
	return r == 0 ? AW_EXIT_OK
		      : aw_complain("the snapshot is damaged", NULL);
}

const struct aw_command aw_command_lookup = {
	.name = "lookup",
	.operands = "NAME|ID",
	.min = 1,
	.max = 1,
	.help = "Show one person or group as this host knows it.\n\n"
		"NAME is a Linux name, a UserName, a UserId or a GroupId; ID "
		"is a uid or gid.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[SNAPSHOT] = { "--snapshot", "FILE",
		    "Read this snapshot instead of " AW_PATH_SNAPSHOT "." },
	},
	.run = run,
};
