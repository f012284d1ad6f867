/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom to revoke, by the snapshot: what libc says of a name may be a local
 * account's.
 */
#include <string.h>

#include "awssso/command.h"
#include "awssso/limits_file.h"
#include "awssso/revoke.h"
#include "common/id.h"
#include "common/paths.h"
#include "common/text.h"

int aw_revoked_open(struct aw_snap *ret_snap, struct aw_limits *ret_limits)
{
	struct aw_limits_text text;
	struct aw_diag why = { .text = "" };
	int r;

	if (aw_limits_file_read(AW_PATH_LIMITS, &text, &why) < 0 ||
	    aw_limits_parse(text.text, text.len, ret_limits, &why) < 0)
		return aw_complain(why.text, NULL);
	r = aw_snap_open(AW_PATH_SNAPSHOT, 0, ret_snap);
	if (r != 0)
		return aw_complain(AW_PATH_SNAPSHOT,
		    r < 0 ? strerrordesc_np(-r) : "is not there");
	return AW_EXIT_OK;
}

static bool is_ours(const struct aw_limits *limits, uint32_t uid)
{
	return aw_id_in_range(uid) || aw_limits_uid(limits, uid);
}

static int fill(struct aw_revoked *ret, const char *name, uint32_t uid,
    const char *home, bool is_disabled)
{
	*ret = (struct aw_revoked){ .uid = uid, .is_disabled = is_disabled };
	/* Without its home somebody is ended all the same. */
	aw_ignore(aw_copy(ret->home, sizeof(ret->home), home));
	return aw_copy(ret->name, sizeof(ret->name), name) < 0 ? AW_UNKNOWN : 0;
}

static int take_user(const struct aw_limits *limits,
    const struct aw_snap_user *user, struct aw_revoked *ret)
{
	if (!is_ours(limits, user->id))
		return AW_UNKNOWN;
	return fill(ret, user->strings, user->id, user->strings + user->home_at,
	    user->flags & AW_SNAP_DISABLED);
}

static int take_tomb(const struct aw_limits *limits,
    const struct aw_snap_tomb *tomb, struct aw_revoked *ret)
{
	if ((tomb->flags & AW_SNAP_GROUP) || !is_ours(limits, tomb->id))
		return AW_UNKNOWN;
	return fill(ret, tomb->name, tomb->id, tomb->home, true);
}

int aw_revoked_next(const struct aw_snap *snap, const struct aw_limits *limits,
    struct aw_revoked_cursor *cursor, struct aw_revoked *ret)
{
	struct aw_snap_user user;
	struct aw_snap_tomb tomb;
	int r = 0;

	while (!cursor->in_tombs) {
		r = aw_snap_next_user(snap, &cursor->user, false, &user);
		if (r == AW_END)
			cursor->in_tombs = true;
		else if (r != 0)
			return r;
		else if ((user.flags & AW_SNAP_DISABLED) &&
			 take_user(limits, &user, ret) == 0)
			return 0;
	}
	for (;;) {
		r = aw_snap_next_tomb(snap, &cursor->tomb, &tomb);
		if (r != 0)
			return r;
		if (take_tomb(limits, &tomb, ret) == 0)
			return 0;
	}
}

int aw_revoked_find(const struct aw_snap *snap, const struct aw_limits *limits,
    const char *name, struct aw_revoked *ret)
{
	struct aw_revoked_cursor cursor = { .in_tombs = true };
	struct aw_snap_user user;
	int r;

	r = aw_snap_user_by_name(snap, name, strlen(name), &user);
	if (r == 0)
		return take_user(limits, &user, ret);
	while (r == AW_UNKNOWN) {
		r = aw_revoked_next(snap, limits, &cursor, ret);
		if (r == AW_END)
			return AW_UNKNOWN;
		if (r == 0 && strcmp(ret->name, name) != 0)
			r = AW_UNKNOWN;
	}
	return r;
}
