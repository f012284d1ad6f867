/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a sweep into the staging tables.  common/wire has checked that
 * they are messages; what they must hold is checked here.
 */
#include "awsssod/staging.h"

#include <string.h>

#include "awsssod/log.h"
#include "awsssod/sets.h"
#include "common/name.h"
#include "common/proto.h"
#include "common/snapshot.h"

#define DISPLAY_SIZE 4097

static int count_nobody(struct aw_state *state, int64_t *n)
{
	return aw_state_number(state, AW_Q_COUNT_UNREGISTERED, n, "");
}

int aw_staging_drop_nobody(struct aw_state *state)
{
	int64_t n = 0;
	const int r = count_nobody(state, &n);

	return r < 0 || n == 0
		   ? r
		   : aw_state_run(state, AW_Q_STAGE_DROP_NOBODY, "");
}

int aw_staging_forget(struct aw_state *state)
{
	static const enum aw_query steps[] = { AW_Q_FORGET_MEMBERS,
		AW_Q_FORGET_GRANTED, AW_Q_FORGET_LEARNERS,
		AW_Q_FORGET_UNREGISTERED };
	int64_t n = 0;
	int r;

	r = count_nobody(state, &n);
	if (n == 0)
		return r;
	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]); i++)
		r = aw_state_run(state, steps[i], "");
	return r;
}

static int forget_rows(struct aw_state *state)
{
	int r;

	r = aw_state_begin(state);
	if (r == 0)
		r = aw_staging_forget(state);
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	return r;
}

int aw_staging_clear(struct aw_state *state)
{
	int r;

	r = aw_state_stage(state);
	if (r == 0)
		r = forget_rows(state);
	if (r == 0)
		r = aw_state_run(state, AW_Q_TOUCHED_CLEAR, "");
	return r < 0 ? r : aw_sets_clear(state);
}

int aw_staging_touch(struct aw_state *state, int64_t n)
{
	return aw_state_run(state, AW_Q_TOUCH, "i", n);
}

/* The text of @tag, which must be there, on one line and not empty. */
static bool need(
    const struct aw_wire_in *in, uint16_t tag, char *buf, size_t size)
{
	return aw_wire_text(in, tag, buf, size) == 0 && buf[0] &&
	       !strchr(buf, '\n');
}

static int refuse(struct aw_diag *diag, const char *what)
{
	aw_diag_set(diag, "the sweep holds %s", what);
	return AW_DENIED;
}

/* Its id has the form of a permission set's here: it is nobody's, and the only
 * one that is left out. */
static bool is_sets(const char *id, const char *what)
{
	if (!aw_sets_is_principal(id))
		return false;
	aw_log(LOG_WARNING,
	    "sweep: the %s %s is left out: ids with \"ps:\" in front stand for "
	    "permission sets here",
	    what, id);
	return true;
}

/* A user or group of a page. */
struct record {
	enum aw_kind kind;
	char id[AW_PRINCIPAL_SIZE];
	char name[AW_USER_NAME_MAX + 1]; /* of a user */
	char display[DISPLAY_SIZE];
	bool disabled;
};

/* A group's DisplayName is in the place of a user's UserName. */
static int find(struct aw_state *state, const char *store,
    const struct record *record, sqlite3_stmt **row)
{
	const bool is_user = record->kind == AW_KIND_USER;
	int r;

	r = aw_state_start(state, AW_Q_STAGE_FIND, row, "ssssi", store,
	    record->id, is_user ? record->name : record->display,
	    is_user ? record->display : "", (int64_t)record->disabled);
	return r < 0 ? r : aw_state_next(state, *row);
}

static int keep(struct aw_state *state, const struct record *record)
{
	if (record->kind == AW_KIND_GROUP)
		return aw_state_run(
		    state, AW_Q_STAGE_GROUP, "ss", record->id, record->display);
	return aw_state_run(state, AW_Q_STAGE_USER, "sssi", record->id,
	    record->name, record->display, (int64_t)record->disabled);
}

/* A row may come twice while a list moves under its pages: the last one counts,
 * also when it says what is known already. */
static int unkeep(struct aw_state *state, const struct record *record)
{
	return aw_state_run(state,
	    record->kind == AW_KIND_GROUP ? AW_Q_STAGE_UNGROUP
					  : AW_Q_STAGE_UNUSER,
	    "s", record->id);
}

static int add_row(struct aw_state *state, const char *store, const char *id,
    enum aw_kind kind)
{
	return aw_state_run(
	    state, AW_Q_STAGE_ROW, "ssi", store, id, (int64_t)kind);
}

/* What was taken for a member is a group.  Row numbers are used again: nothing
 * may refer to the one that goes. */
static int replace(struct aw_state *state, const char *store, int64_t n,
    const struct record *record)
{
	int r;

	if ((r = aw_state_run(state, AW_Q_STAGE_DROP_ADDED, "i", n)) != 0 ||
	    (r = aw_state_run(state, AW_Q_STAGE_DROP_ROW, "i", n)) != 0 ||
	    (r = add_row(state, store, record->id, record->kind)) != 0)
		return r;
	return keep(state, record);
}

/* Compared with what is known right away, page by page, so that little is left
 * to do when all pages are there.  Whoever is new has a row from now on, by
 * which memberships are told, and is not there before the sweep counts. */
static int stage(struct aw_state *state, const char *store,
    const struct record *record, struct aw_diag *diag)
{
	bool is_there, is_same, is_nobody;
	sqlite3_stmt *row;
	int64_t n, kind;
	int r;

	r = find(state, store, record, &row);
	if (r == AW_END) {
		r = add_row(state, store, record->id, record->kind);
		return r < 0 ? r : keep(state, record);
	}
	if (r < 0)
		return r;
	n = sqlite3_column_int64(row, 0);
	kind = sqlite3_column_int64(row, 1);
	is_there = sqlite3_column_int(row, 2);
	is_same = sqlite3_column_int(row, 3);
	is_nobody = sqlite3_column_int(row, 4);
	aw_state_stop(row);
	if (kind != record->kind) {
		if (is_nobody)
			return replace(state, store, n, record);
		if (is_there)
			return refuse(diag, "one id for a user and a group");
		aw_log(LOG_WARNING,
		    "sweep: %s stands in the ledger as something else and is "
		    "left out (awssso ids list)",
		    record->id);
		return 0;
	}
	if (is_there)
		r = aw_state_run(state, AW_Q_STAGE_SEEN, "ii", kind, n);
	if (r < 0)
		return r;
	return is_same ? unkeep(state, record) : keep(state, record);
}

static int add_user(struct aw_state *state, const char *store,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	struct record user = { .kind = AW_KIND_USER };
	char status[33] = "";

	/* Nobody with an empty UserName gets lost here: they are skipped, with
	 * a reason, when names are given. */
	if (!need(in, AW_TAG_PRINCIPAL_ID, user.id, sizeof(user.id)) ||
	    aw_wire_text(in, AW_TAG_USER_NAME, user.name, sizeof(user.name)) !=
		0 ||
	    strchr(user.name, '\n'))
		return refuse(diag, "a user without UserId or UserName");
	if (aw_wire_text(in, AW_TAG_DISPLAY_NAME, user.display,
		sizeof(user.display)) < 0 ||
	    aw_wire_text(in, AW_TAG_USER_STATUS, status, sizeof(status)) < 0)
		return refuse(diag, "a user whose fields are too long");
	user.disabled = strcmp(status, "DISABLED") == 0;
	return is_sets(user.id, "user") ? 0 : stage(state, store, &user, diag);
}

static int add_group(struct aw_state *state, const char *store,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	struct record group = { .kind = AW_KIND_GROUP };

	if (!need(in, AW_TAG_PRINCIPAL_ID, group.id, sizeof(group.id)) ||
	    aw_wire_text(in, AW_TAG_DISPLAY_NAME, group.display,
		sizeof(group.display)) < 0)
		return refuse(diag, "a group without GroupId");
	return is_sets(group.id, "group") ? 0
					  : stage(state, store, &group, diag);
}

static int resolve(struct aw_state *state, const char *store, const char *group,
    const char *user, sqlite3_stmt **row)
{
	int r;

	r = aw_state_start(
	    state, AW_Q_STAGE_RESOLVE, row, "sss", store, group, user);
	return r < 0 ? r : aw_state_next(state, *row);
}

/* Members may come before themselves. */
static int add_rows(struct aw_state *state, const char *store,
    const char *group, const char *user)
{
	const int r = add_row(state, store, group, AW_KIND_GROUP);

	return r < 0 ? r : add_row(state, store, user, AW_KIND_USER);
}

static int stage_member(struct aw_state *state, const char *store,
    const char *group, const char *user)
{
	sqlite3_stmt *row;
	int64_t g, u;
	bool is_known;
	int r;

	r = resolve(state, store, group, user, &row);
	if (r == AW_END) {
		r = add_rows(state, store, group, user);
		if (r == 0)
			r = resolve(state, store, group, user, &row);
	}
	/* A group within a group, say: nobody's membership. */
	if (r != 0)
		return r == AW_END ? 0 : r;
	g = sqlite3_column_int64(row, 0);
	u = sqlite3_column_int64(row, 1);
	is_known = sqlite3_column_int(row, 2);
	aw_state_stop(row);
	return aw_state_run(
	    state, is_known ? AW_Q_STAGE_PAIR : AW_Q_STAGE_ADDED, "ii", u, g);
}

static int add_member(struct aw_state *state, struct aw_staging *staging,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	char group[AW_PRINCIPAL_SIZE], user[AW_PRINCIPAL_SIZE];

	if (!need(in, AW_TAG_GROUP_ID, group, sizeof(group)) ||
	    !need(in, AW_TAG_PRINCIPAL_ID, user, sizeof(user)))
		return refuse(diag, "a membership without GroupId or UserId");
	if (strcmp(group, staging->group) != 0) {
		memcpy(staging->group, group, sizeof(staging->group));
		staging->group_members = 0;
	}
	staging->group_members++;
	staging->members++;
	if (aw_sets_is_principal(group) || aw_sets_is_principal(user))
		return 0;
	return stage_member(state, staging->store, group, user);
}

static int forget_members(
    struct aw_state *state, struct aw_staging *staging, const char *group)
{
	int r;

	if (strcmp(group, staging->group) != 0)
		return 0;
	r = aw_state_run(
	    state, AW_Q_STAGE_AGAIN_PAIRS, "ss", staging->store, group);
	if (r == 0)
		r = aw_state_run(
		    state, AW_Q_STAGE_AGAIN_ADDED, "ss", staging->store, group);
	staging->members -= staging->group_members;
	staging->group_members = 0;
	return r;
}

/* A list is read from its beginning: what came of it does not count. */
static int start_again(struct aw_state *state, struct aw_staging *staging,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	char group[AW_PRINCIPAL_SIZE];
	uint64_t kind;
	int r;

	if (need(in, AW_TAG_GROUP_ID, group, sizeof(group)))
		return forget_members(state, staging, group);
	kind = aw_wire_num(in, AW_TAG_KIND, 0);
	if (kind != AW_KIND_USER && kind != AW_KIND_GROUP)
		return refuse(diag, "another start of no list");
	*(kind == AW_KIND_USER ? &staging->users : &staging->groups) = 0;
	r = aw_state_run(state, AW_Q_STAGE_CLEAR_SEEN, "i", (int64_t)kind);
	return r < 0 ? r
		     : aw_state_run(state,
			   kind == AW_KIND_USER ? AW_Q_STAGE_CLEAR_USERS
						: AW_Q_STAGE_CLEAR_GROUPS,
			   "");
}

static int add_record(struct aw_state *state, struct aw_staging *staging,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	switch (in->type) {
	case AW_MSG_USER_REC:
		staging->users++;
		return add_user(state, staging->store, in, diag);
	case AW_MSG_GROUP_REC:
		staging->groups++;
		return add_group(state, staging->store, in, diag);
	case AW_MSG_MEMBER_REC:
		return add_member(state, staging, in, diag);
	case AW_MSG_AGAIN_REC:
		return start_again(state, staging, in, diag);
	case AW_MSG_SET_REC:
		staging->sets++;
		return aw_sets_stage(state, in, diag);
	case AW_MSG_GRANT_REC:
		staging->grants++;
		return aw_sets_stage(state, in, diag);
	default:
		return refuse(diag, "a record that is none");
	}
}

static int add_all(struct aw_state *state, struct aw_staging *staging,
    const char *data, size_t len, struct aw_diag *diag)
{
	int r = 0;

	while (r == 0 && len > 0) {
		struct aw_wire_in in;
		size_t used;

		if (aw_wire_open_first(data, len, &in, &used) < 0)
			return refuse(diag, "bytes that are no record");
		r = add_record(state, staging, &in, diag);
		data += used;
		len -= used;
	}
	return r;
}

int aw_staging_add(struct aw_state *state, struct aw_staging *staging,
    const void *data, size_t len, struct aw_diag *diag)
{
	int r;

	/* One transaction a page: nothing of it is synced, but each statement
	 * on its own would write what it changed. */
	r = aw_state_begin(state);
	if (r < 0)
		return r;
	r = add_all(state, staging, data, len, diag);
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	return r;
}
