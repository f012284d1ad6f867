/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a sweep into the staging tables.  common/wire has checked that
 * they are messages; what they must hold is checked here.
 */
#include "awsssod/staging.h"

#include <string.h>

#include "awsssod/sets.h"
#include "common/name.h"
#include "common/proto.h"
#include "common/snapshot.h"

#define DISPLAY_SIZE 4097

int aw_staging_clear(struct aw_state *state)
{
	static const enum aw_query clear[] = { AW_Q_STAGE_CLEAR_USERS,
		AW_Q_STAGE_CLEAR_GROUPS, AW_Q_STAGE_CLEAR_PAIRS,
		AW_Q_STAGE_CLEAR_ADDED, AW_Q_STAGE_CLEAR_LATER,
		AW_Q_PUBLISHED_CLEAR };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(clear) / sizeof(clear[0]); i++)
		r = aw_state_run(state, clear[i], "");
	return r < 0 ? r : aw_sets_clear(state);
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

static int add_user(
    struct aw_state *state, const struct aw_wire_in *in, struct aw_diag *diag)
{
	char id[AW_PRINCIPAL_SIZE], name[AW_USER_NAME_MAX + 1];
	char display[DISPLAY_SIZE] = "", status[33] = "";

	/* Nobody with an empty UserName gets lost here: they are skipped, with
	 * a reason, when names are given. */
	if (!need(in, AW_TAG_PRINCIPAL_ID, id, sizeof(id)) ||
	    aw_wire_text(in, AW_TAG_USER_NAME, name, sizeof(name)) != 0 ||
	    strchr(name, '\n') || aw_sets_is_principal(id))
		return refuse(diag, "a user without UserId or UserName");
	if (aw_wire_text(in, AW_TAG_DISPLAY_NAME, display, sizeof(display)) <
		0 ||
	    aw_wire_text(in, AW_TAG_USER_STATUS, status, sizeof(status)) < 0)
		return refuse(diag, "a user whose fields are too long");
	return aw_state_run(state, AW_Q_STAGE_USER, "sssi", id, name, display,
	    (int64_t)(strcmp(status, "DISABLED") == 0));
}

static int add_group(
    struct aw_state *state, const struct aw_wire_in *in, struct aw_diag *diag)
{
	char id[AW_PRINCIPAL_SIZE], display[DISPLAY_SIZE] = "";

	if (!need(in, AW_TAG_PRINCIPAL_ID, id, sizeof(id)) ||
	    aw_sets_is_principal(id) ||
	    aw_wire_text(in, AW_TAG_DISPLAY_NAME, display, sizeof(display)) < 0)
		return refuse(diag, "a group without GroupId");
	return aw_state_run(state, AW_Q_STAGE_GROUP, "ss", id, display);
}

/* Compared with what is known right away, page by page, so that little is left
 * to do when all pages are there. */
static int stage_member(struct aw_state *state, const char *store,
    const char *group, const char *user)
{
	sqlite3_stmt *row;
	int64_t g, u;
	bool is_known;
	int r;

	r = aw_state_start(
	    state, AW_Q_STAGE_RESOLVE, &row, "sss", store, group, user);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r == AW_END)
		return aw_state_run(state, AW_Q_STAGE_LATER, "ss", group, user);
	if (r < 0)
		return r;
	g = sqlite3_column_int64(row, 0);
	u = sqlite3_column_int64(row, 1);
	is_known = sqlite3_column_int(row, 2);
	aw_state_stop(row);
	r = aw_state_run(state, AW_Q_STAGE_PAIR, "ii", g, u);
	if (r == 0 && !is_known)
		r = aw_state_run(state, AW_Q_STAGE_ADDED, "ii", g, u);
	return r;
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
	if (r == 0)
		r = aw_state_run(state, AW_Q_STAGE_AGAIN_LATER, "s", group);
	staging->members -= staging->group_members;
	staging->group_members = 0;
	return r;
}

/* A list is read from its beginning: what came of it does not count. */
static int start_again(struct aw_state *state, struct aw_staging *staging,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	char group[AW_PRINCIPAL_SIZE];

	if (need(in, AW_TAG_GROUP_ID, group, sizeof(group)))
		return forget_members(state, staging, group);
	switch (aw_wire_num(in, AW_TAG_KIND, 0)) {
	case AW_KIND_USER:
		staging->users = 0;
		return aw_state_run(state, AW_Q_STAGE_CLEAR_USERS, "");
	case AW_KIND_GROUP:
		staging->groups = 0;
		return aw_state_run(state, AW_Q_STAGE_CLEAR_GROUPS, "");
	default:
		return refuse(diag, "another start of no list");
	}
}

static int add_record(struct aw_state *state, struct aw_staging *staging,
    const struct aw_wire_in *in, struct aw_diag *diag)
{
	switch (in->type) {
	case AW_MSG_USER_REC:
		staging->users++;
		return add_user(state, in, diag);
	case AW_MSG_GROUP_REC:
		staging->groups++;
		return add_group(state, in, diag);
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

	/* One transaction a page: the tables are temporary, nothing of it is
	 * synced, but each statement on its own would cost a journal. */
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
