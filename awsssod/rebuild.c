/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading our own snapshot back.
 */
#include "awsssod/rebuild.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awsssod/note.h"
#include "awsssod/age.h"
#include "awsssod/person.h"
#include "awsssod/sets.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/snapshot.h"

struct rebuild {
	struct aw_state *state;
	const struct aw_conf *conf;
	struct aw_snap snap;
	unsigned n;
};

struct row {
	const char *principal, *user_name, *display, *name, *home;
	bool is_group, disabled, present;
	uint32_t id;
};

static enum aw_kind kind_of(const struct row *row)
{
	if (!row->is_group)
		return AW_KIND_USER;
	return aw_sets_is_principal(row->principal) ? AW_KIND_SET
						    : AW_KIND_GROUP;
}

static int restore(struct rebuild *job, const struct row *row)
{
	job->n++;
	return aw_state_run(job->state, AW_Q_RESTORE, "ssissiisis",
	    aw_snap_store(&job->snap), row->principal, (int64_t)kind_of(row),
	    row->user_name, row->display, (int64_t)row->disabled,
	    (int64_t)row->present, row->name, (int64_t)row->id, row->home);
}

static int restore_user(struct rebuild *job, const struct aw_snap_user *user)
{
	struct aw_snap_user_more more;
	int r;

	r = aw_snap_user_more(&job->snap, user, &more);
	if (r < 0)
		return r;
	return restore(job, &(struct row){ .principal = more.principal_id,
				.user_name = more.user_name,
				.display = user->strings + user->gecos_at,
				.name = user->strings,
				.home = user->strings + user->home_at,
				.disabled = user->flags & AW_SNAP_DISABLED,
				.present = true,
				.id = user->id });
}

static int restore_users(struct rebuild *job)
{
	struct aw_snap_user user;
	uint64_t cursor = 0;
	int r = 0;

	while (r == 0) {
		r = aw_snap_next_user(&job->snap, &cursor, false, &user);
		if (r == 0)
			r = restore_user(job, &user);
	}
	return r == AW_END ? 0 : r;
}

static int restore_group(struct rebuild *job, const struct aw_snap_group *group)
{
	char principal[AW_PRINCIPAL_SIZE], display[AW_SNAP_DISPLAY_SIZE];
	int r;

	r = aw_snap_group_principal(&job->snap, group, principal);
	if (r == 0)
		r = aw_snap_group_display(&job->snap, group, display);
	if (r < 0)
		return r;
	return restore(job, &(struct row){ .principal = principal,
				.user_name = display,
				.display = "",
				.name = group->name,
				.is_group = true,
				.present = true,
				.id = group->id });
}

static int restore_members(
    struct rebuild *job, const struct aw_snap_group *group)
{
	const char *at = group->members;
	int r = 0;

	for (uint32_t i = 0; i < group->n_members && r == 0; i++) {
		r = aw_state_run(
		    job->state, AW_Q_RESTORE_MEMBER, "ss", group->name, at);
		at += strlen(at) + 1;
	}
	return r;
}

static int restore_groups(struct rebuild *job)
{
	struct aw_snap_group group;
	uint64_t cursor = 0;
	int r = 0;

	while (r == 0) {
		r = aw_snap_next_group(&job->snap, &cursor, false, &group);
		if (r == 0)
			r = restore_group(job, &group);
		if (r == 0)
			r = restore_members(job, &group);
	}
	return r == AW_END ? 0 : r;
}

static int restore_tomb(struct rebuild *job, const struct aw_snap_tomb *tomb)
{
	const bool is_group = tomb->flags & AW_SNAP_GROUP;
	char home[AW_PERSON_HOME_SIZE];

	if (!is_group && aw_note_home(job->conf, tomb, home) < 0)
		return -EINVAL;
	return restore(job, &(struct row){ .principal = tomb->principal_id,
				.user_name = "",
				.display = "",
				.name = tomb->name,
				.home = is_group ? NULL : home,
				.is_group = is_group,
				.present = false,
				.id = tomb->id });
}

static int restore_tombs(struct rebuild *job)
{
	struct aw_snap_tomb tomb;
	uint64_t cursor = 0;
	int r = 0;

	while (r == 0) {
		r = aw_snap_next_tomb(&job->snap, &cursor, &tomb);
		if (r == 0)
			r = restore_tomb(job, &tomb);
	}
	return r == AW_END ? 0 : r;
}

static int restore_notes(struct rebuild *job)
{
	struct aw_snap_note note;
	uint64_t cursor = 0;
	int r = 0;

	while (r == 0) {
		r = aw_snap_next_note(&job->snap, &cursor, &note);
		if (r == 0)
			r = aw_note_restore(
			    job->state, &note, (int64_t)job->snap.created);
	}
	return r == AW_END ? 0 : r;
}

static int restore_all(struct rebuild *job)
{
	const struct aw_snap *snap = &job->snap;
	struct aw_clocks clocks;
	int r;

	aw_clocks_read(&clocks);
	if ((r = aw_snap_verify(snap)) != 0 || (r = restore_users(job)) != 0 ||
	    (r = restore_groups(job)) != 0 || (r = restore_tombs(job)) != 0 ||
	    (r = restore_notes(job)) != 0 ||
	    (r = aw_state_set(job->state, "store", aw_snap_store(snap))) != 0 ||
	    (r = aw_state_set_num(
		 job->state, "generation", (int64_t)snap->generation)) != 0 ||
	    (r = aw_age_set(job->state, (int64_t)snap->created, &clocks)) != 0)
		return r;
	return 0;
}

/* The directory is ours, and its parent root's; or, where somebody runs it
 * all as themselves, theirs. */
static int open_snapshot(const char *public_dir, struct aw_snap *ret)
{
	char path[4096];
	int r;

	r = aw_fmt(path, sizeof(path), "%s/%s", public_dir, AW_SNAPSHOT_NAME);
	if (r < 0)
		return r;
	r = aw_snap_open(path, 0, ret);
	return r == -EPERM ? aw_snap_open(path, geteuid(), ret) : r;
}

int aw_rebuild(struct aw_state *state, const struct aw_conf *conf,
    const char *public_dir, unsigned *ret_n)
{
	struct rebuild job = { .state = state, .conf = conf };
	int r;

	r = open_snapshot(public_dir, &job.snap);
	if (r != 0)
		return r;
	r = aw_state_begin(state);
	if (r == 0)
		r = restore_all(&job);
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0)
		aw_state_rollback(state);
	aw_snap_close(&job.snap);
	if (r == 0)
		*ret_n = job.n;
	return r;
}
