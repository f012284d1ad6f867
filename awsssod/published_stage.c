/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Staging a publisher's snapshot.
 */
#include "awsssod/published_stage.h"

#include <errno.h>
#include <string.h>

#include "awsssod/ids_entry.h"
#include "awsssod/log.h"
#include "awsssod/note.h"
#include "awsssod/person.h"
#include "awsssod/register.h"
#include "awsssod/sets.h"
#include "common/own.h"
#include "common/proto.h"

#define BATCH      (128 * 1024) /* bytes of records at a time */
#define PAGE_MAX   (BATCH + 64 * 1024)
#define RECORD_MAX 6144

static int add_ledger(struct aw_published_stage *stage, const char *principal,
    enum aw_kind kind, const char *name, uint32_t id, const char *home)
{
	return aw_state_run(stage->state, AW_Q_PUBLISHED_ADD, "sisis",
	    principal, (int64_t)kind, name, (int64_t)id, home);
}

static int append(struct aw_published_stage *stage, struct aw_wire_out *out)
{
	const int r = aw_wire_end(out);

	if (r < 0)
		return r;
	aw_buf_add(&stage->page, out->data, out->len);
	return aw_buf_error(&stage->page);
}

static int next_user(struct aw_published_stage *stage)
{
	const struct aw_snap *snap = stage->snap;
	struct aw_snap_user_more more;
	struct aw_snap_user user;
	uint8_t data[RECORD_MAX];
	struct aw_wire_out out;
	int r;

	r = aw_snap_next_user(snap, &stage->cursor, false, &user);
	if (r == 0)
		r = aw_snap_user_more(snap, &user, &more);
	if (r != 0)
		return r;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_USER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, more.principal_id);
	aw_wire_put_text(&out, AW_TAG_USER_NAME, more.user_name);
	aw_wire_put_text(
	    &out, AW_TAG_DISPLAY_NAME, user.strings + user.gecos_at);
	if (user.flags & AW_SNAP_DISABLED)
		aw_wire_put_text(&out, AW_TAG_USER_STATUS, "DISABLED");
	r = append(stage, &out);
	if (r < 0)
		return r;
	return add_ledger(stage, more.principal_id, AW_KIND_USER, user.strings,
	    user.id, user.strings + user.home_at);
}

/* A permission set's group is of the publisher's account: only its id is
 * kept for it. */
static int next_group(struct aw_published_stage *stage)
{
	const struct aw_snap *snap = stage->snap;
	char display[AW_SNAP_DISPLAY_SIZE];
	struct aw_snap_group group;
	uint8_t data[RECORD_MAX];
	struct aw_wire_out out;
	bool is_set;
	int r;

	if ((r = aw_snap_next_group(snap, &stage->cursor, false, &group)) !=
		0 ||
	    (r = aw_snap_group_principal(snap, &group, stage->group)) != 0 ||
	    (r = aw_snap_group_display(snap, &group, display)) != 0)
		return r;
	is_set = group.flags & AW_SNAP_SET;
	r = add_ledger(stage, stage->group,
	    is_set ? AW_KIND_SET : AW_KIND_GROUP, group.name, group.id, NULL);
	if (r != 0 || is_set)
		return r;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_GROUP_REC, 0);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, stage->group);
	aw_wire_put_text(&out, AW_TAG_DISPLAY_NAME, display);
	stage->member = group.members;
	stage->left = group.n_members;
	return append(stage, &out);
}

static int next_member(struct aw_published_stage *stage)
{
	const size_t len = strlen(stage->member);
	struct aw_snap_user_more more;
	struct aw_snap_user user;
	uint8_t data[512];
	struct aw_wire_out out;
	int r;

	r = aw_snap_user_by_name(stage->snap, stage->member, len, &user);
	if (r == 0)
		r = aw_snap_user_more(stage->snap, &user, &more);
	if (r != 0)
		return -EIO;
	stage->member += len + 1;
	stage->left--;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_MEMBER_REC, 0);
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, stage->group);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, more.principal_id);
	return append(stage, &out);
}

/* What was given out once stays given out, on every host. */
static int next_tomb(struct aw_published_stage *stage)
{
	char home[AW_PERSON_HOME_SIZE];
	struct aw_snap_tomb tomb;
	int r;

	r = aw_snap_next_tomb(stage->snap, &stage->cursor, &tomb);
	if (r != 0)
		return r;
	if (aw_sets_is_principal(tomb.principal_id))
		return add_ledger(stage, tomb.principal_id, AW_KIND_SET,
		    tomb.name, tomb.id, NULL);
	if (tomb.flags & AW_SNAP_GROUP)
		return add_ledger(stage, tomb.principal_id, AW_KIND_GROUP,
		    tomb.name, tomb.id, NULL);
	r = aw_note_home(stage->conf, &tomb, home);
	return r < 0 ? r
		     : add_ledger(stage, tomb.principal_id, AW_KIND_USER,
			   tomb.name, tomb.id, home);
}

static int next_note(struct aw_published_stage *stage)
{
	struct aw_snap_note note;
	const char *was;
	uint32_t had;
	int r;

	r = aw_snap_next_note(stage->snap, &stage->cursor, &note);
	if (r != 0)
		return r;
	r = aw_note_given_up(&note, &was, &had);
	if (r == -EBADMSG)
		return -EIO;
	return r == AW_ABSENT
		   ? 0
		   : aw_state_run(stage->state, AW_Q_PUBLISHED_ADD_OLD, "isi",
			 (int64_t)note.id, was, (int64_t)had);
}

static int next(struct aw_published_stage *stage)
{
	int r;

	if (stage->left > 0)
		return next_member(stage);
	switch (stage->part) {
	case AW_PUBLISHED_USERS:
		r = next_user(stage);
		break;
	case AW_PUBLISHED_GROUPS:
		r = next_group(stage);
		break;
	case AW_PUBLISHED_TOMBS:
		r = next_tomb(stage);
		break;
	default:
		return next_note(stage);
	}
	if (r != AW_END)
		return r;
	stage->part++;
	stage->cursor = 0;
	return 0;
}

static int collect(struct aw_published_stage *stage)
{
	int r;

	r = aw_state_begin(stage->state);
	if (r < 0)
		return r;
	for (unsigned n = 0;
	     r == 0 && stage->page.len < BATCH && n < BATCH / 64; n++)
		r = next(stage);
	if (r == 0 || r == AW_END) {
		const int bad = aw_state_commit(stage->state);

		r = bad < 0 ? bad : r;
	}
	if (r != 0 && r != AW_END)
		aw_state_rollback(stage->state);
	return r;
}

int aw_published_stage(struct aw_published_stage *stage, struct aw_diag *diag)
{
	int end, r;

	stage->page.max = PAGE_MAX;
	end = collect(stage);
	if (end == -EIO || end == -EEXIST || end == -EINVAL) {
		aw_diag_set(diag, "the published snapshot contradicts itself");
		end = AW_DENIED;
	}
	r = end;
	if (r == 0 || r == AW_END)
		r = stage->page.len == 0
			? 0
			: aw_staging_add(stage->state, stage->staging,
			      stage->page.data, stage->page.len, diag);
	aw_buf_done(&stage->page);
	return r != 0 ? r : end;
}

/* --- names and ids ----------------------------------------------------- */

int aw_published_disable(
    struct aw_state *state, const char *store, int64_t *changes)
{
	int64_t n;
	int r;

	r = aw_state_run(state, AW_Q_PUBLISHED_DISABLE, "s", store);
	if (r < 0)
		return r;
	n = aw_state_changes(state);
	*changes += n;
	return n > 0 ? aw_state_run(state, AW_Q_GENERATION_NEXT, "") : 0;
}

int aw_published_conflicts(
    struct aw_state *state, const char *store, struct aw_diag *diag)
{
	char first[200] = "";
	sqlite3_stmt *row;
	unsigned n = 0;
	int r;

	r = aw_state_start(state, AW_Q_PUBLISHED_CONFLICTS, &row, "s", store);
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r != 0 || n++ > 0)
			continue;
		aw_ignore(aw_fmt(first, sizeof(first),
		    "%.40s is %lld there, %.40s is %lld here",
		    aw_state_text(row, 0),
		    (long long)sqlite3_column_int64(row, 1),
		    aw_state_text(row, 2),
		    (long long)sqlite3_column_int64(row, 3)));
	}
	if (r != AW_END)
		return r;
	if (n == 0)
		return 0;
	aw_diag_set(diag,
	    "held: %u names or ids of the published directory are not those "
	    "of this host (%s): see awssso ids import --theirs",
	    n, first);
	return AW_DENIED;
}

/* The next one whom the publisher calls something else now: 0, AW_END, or a
 * negative errno.  @free: whose new name nobody has. */
static int rename_one(struct aw_state *state, const char *store, bool free)
{
	char name[AW_NAME_SIZE], home[AW_PERSON_HOME_SIZE];
	struct aw_entry was = { .n = 0 }, entry;
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(
	    state, AW_Q_PUBLISHED_RENAMED, &row, "si", store, (int64_t)free);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r != 0)
		return r;
	was.n = sqlite3_column_int64(row, 0);
	r = aw_copy(was.name, sizeof(was.name), aw_state_text(row, 1)) < 0 ||
		    aw_copy(name, sizeof(name), aw_state_text(row, 2)) < 0 ||
		    aw_copy(home, sizeof(home), aw_state_text(row, 3)) < 0
		? -EBADMSG
		: 0;
	aw_state_stop(row);
	if (r != 0)
		return r;
	entry = was;
	if (free)
		r = aw_entry_rename(
		    state, &entry, name, home[0] ? home : NULL, false);
	else
		r = aw_entry_unname(state, &entry, home[0] ? home : NULL);
	if (r == 0 && !aw_entry_is_unnamed(&was))
		aw_log(LOG_NOTICE, "directory: the publisher calls %s %s now",
		    was.name, name);
	return r;
}

int aw_published_rename(
    struct aw_state *state, const char *store, int64_t *changes)
{
	int r;

	/* Names are free one after the other; where they go in a circle, when
	 * one of them is taken out of it. */
	do {
		while ((r = rename_one(state, store, true)) == 0)
			(*changes)++;
		if (r == AW_END)
			r = rename_one(state, store, false);
	} while (r == 0);
	return r == AW_END ? 0 : r;
}

struct old {
	int64_t i;
	struct aw_entry of; /* .n and .kind */
	char name[AW_SNAP_NOTE_SIZE];
	uint32_t id;
};

/* The one behind @old->i: 0, AW_END, or a negative errno. */
static int next_old(struct aw_state *state, const char *store, struct old *old)
{
	const char *name;
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(
	    state, AW_Q_PUBLISHED_NEXT_OLD, &row, "si", store, old->i);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r != 0)
		return r;
	old->i = sqlite3_column_int64(row, 0);
	old->of = (struct aw_entry){ .n = sqlite3_column_int64(row, 1),
		.kind = (enum aw_kind)sqlite3_column_int(row, 2) };
	name = aw_state_text(row, 3);
	r = aw_copy(old->name, sizeof(old->name), name ? name : "");
	old->id = (uint32_t)sqlite3_column_int64(row, 4);
	aw_state_stop(row);
	return r;
}

static int reserve_all_old(
    struct aw_state *state, const char *store, int64_t *changes)
{
	struct old old = { .i = 0 };
	struct aw_diag why = { .text = "" };
	unsigned left = 0;
	int r;

	while ((r = next_old(state, store, &old)) == 0) {
		r = aw_entry_reserve(state, &old.of, old.name, old.id, &why);
		if (r == 0)
			*changes += aw_state_changes(state);
		else if (r == AW_DENIED)
			left++;
		else
			return r;
	}
	if (r == AW_END && left > 0)
		aw_log(LOG_NOTICE,
		    "directory: %u names or ids that were given up at the "
		    "publisher are not reserved here (%s)",
		    left, why.text);
	return r == AW_END ? 0 : r;
}

int aw_published_register(
    struct aw_state *state, const char *store, int64_t *changes)
{
	static const enum aw_query steps[] = { AW_Q_PUBLISHED_GIVE,
		AW_Q_PUBLISHED_RESERVE };
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(steps) / sizeof(steps[0]);
	     i++) {
		r = aw_state_run(state, steps[i], "s", store);
		if (r == 0)
			*changes += aw_state_changes(state);
	}
	if (r == 0)
		r = reserve_all_old(state, store, changes);
	if (r == 0)
		r = aw_state_run(state, AW_Q_SKIP_LOCAL, "");
	if (r == 0)
		*changes += aw_state_changes(state);
	return r;
}
