/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference between what is staged and what is known, in SQL.
 */
#include "awsssod/directory_apply.h"

#include <errno.h>

#include "awsssod/age.h"
#include "awsssod/history.h"
#include "awsssod/log.h"
#include "awsssod/published_stage.h"
#include "awsssod/register.h"
#include "awsssod/shrink.h"
#include "awsssod/staging.h"
#include "common/proto.h"

#define SLICE 20000 /* memberships that are compared at a time */
#define TOLD  20    /* renames that are told of one by one */

/* Run a statement about the store and count what it changed. */
static int change(struct aw_applying *job, enum aw_query query, bool by_store)
{
	const int r =
	    aw_state_run(job->state, query, by_store ? "s" : "", job->store);

	if (r == 0)
		job->changes += aw_state_changes(job->state);
	return r;
}

static int run(struct aw_applying *job, enum aw_query query)
{
	return aw_state_run(job->state, query, "");
}

static int number(
    struct aw_applying *job, enum aw_query query, enum aw_kind kind, int64_t *n)
{
	return aw_state_number(job->state, query, n, "i", (int64_t)kind);
}

/* Step @pairs to (@usr, @grp), or where it would be.  0 it is there, AW_ABSENT
 * it is not.  Both statements go the same way. */
static int seek(struct aw_applying *job, sqlite3_stmt *pairs, bool *more,
    int64_t usr, int64_t grp)
{
	while (*more) {
		const int64_t u = sqlite3_column_int64(pairs, 0);
		const int64_t g = sqlite3_column_int64(pairs, 1);
		int r;

		if (u > usr || (u == usr && g >= grp))
			return u == usr && g == grp ? 0 : AW_ABSENT;
		r = aw_state_next(job->state, pairs);
		if (r < 0)
			return r;
		*more = r == 0;
	}
	return AW_ABSENT;
}

static int compare_rows(
    struct aw_applying *job, sqlite3_stmt *members, sqlite3_stmt *pairs)
{
	int64_t n = 0, unread = 0;
	bool more;
	int r;

	r = aw_state_next(job->state, pairs);
	more = r == 0;
	while (r >= 0) {
		r = aw_state_next(job->state, members);
		if (r != 0)
			break;
		n++;
		unread += sqlite3_column_int(members, 2);
		job->usr = sqlite3_column_int64(members, 0);
		job->grp = sqlite3_column_int64(members, 1);
		r = seek(job, pairs, &more, job->usr, job->grp);
		if (r == AW_ABSENT)
			r = aw_state_run(job->state, AW_Q_STAGE_GONE, "ii",
			    job->usr, job->grp);
	}
	job->members += n;
	job->had_members += n - unread;
	job->compared = n < SLICE;
	return r == AW_END ? 0 : r;
}

/* The next slice of the known memberships: which of them did not come? */
static int compare_slice(struct aw_applying *job)
{
	sqlite3_stmt *members, *pairs;
	int r;

	if ((r = aw_state_start(job->state, AW_Q_MEMBERS_FROM, &members, "iii",
		 job->usr, job->grp, (int64_t)SLICE)) != 0 ||
	    (r = aw_state_start(job->state, AW_Q_PAIRS_FROM, &pairs, "ii",
		 job->usr, job->grp)) != 0)
		return r;
	r = compare_rows(job, members, pairs);
	aw_state_stop(members);
	aw_state_stop(pairs);
	return r;
}

/* An id that is a user here and a group there is nobody's. */
static int check_kinds(struct aw_applying *job, struct aw_diag *diag)
{
	int64_t n = 0;
	int r;

	r = aw_state_number(job->state, AW_Q_STAGE_CONTRADICTIONS, &n, "");
	if (r < 0)
		return r;
	if (n == 0)
		return 0;
	aw_diag_set(diag, "the sweep calls %lld principals both user and group",
	    (long long)n);
	return AW_DENIED;
}

/* Groups that a sweep has never read, and who is in them, were not in a
 * directory that could shrink. */
static int count_before(struct aw_applying *job, struct aw_diag *diag)
{
	int64_t unread = 0;
	int r;

	if ((r = number(job, AW_Q_COUNT_PRESENT, AW_KIND_USER,
		 &job->had_users)) != 0 ||
	    (r = number(job, AW_Q_COUNT_PRESENT, AW_KIND_GROUP,
		 &job->had_groups)) != 0 ||
	    (r = aw_state_number(job->state, AW_Q_COUNT_UNREAD, &unread, "")) !=
		0)
		return r;
	job->had_groups -= unread;
	return aw_sets_before(&job->sets, diag);
}

/* Whom somebody asked about meanwhile is as that answer said. */
static int spare_touched(struct aw_applying *job)
{
	int r;

	if ((r = aw_state_run(
		 job->state, AW_Q_TOUCHED_USERS, "s", job->store)) != 0 ||
	    (r = run(job, AW_Q_TOUCHED_SEEN)) != 0)
		return r;
	return run(job, AW_Q_TOUCHED_GONE);
}

/* A rename in the directory changes nothing here, which is worth a line. */
static int tell_renames(struct aw_applying *job)
{
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(
	    job->state, AW_Q_RENAMED, &row, "si", job->store, (int64_t)TOLD);
	while (r == 0) {
		char from[160], to[160];

		r = aw_state_next(job->state, row);
		if (r != 0)
			break;
		(void)aw_text_escape(from, sizeof(from), aw_state_text(row, 1));
		(void)aw_text_escape(to, sizeof(to), aw_state_text(row, 2));
		aw_log(LOG_NOTICE,
		    "directory: \"%s\" is called \"%s\" now and stays %s here, "
		    "with the same id and home; awssso ids rename changes that",
		    from, to, aw_state_text(row, 0));
	}
	return r == AW_END ? 0 : r;
}

static int add_and_change(struct aw_applying *job)
{
	int64_t before;
	int r;

	if ((r = change(job, AW_Q_ARRIVED, false)) != 0 ||
	    (r = change(job, AW_Q_APPLY_USERS, true)) != 0 ||
	    (r = change(job, AW_Q_APPLY_GROUPS, true)) != 0 ||
	    (r = run(job, AW_Q_TOUCHED_ADDED)) != 0 ||
	    (r = aw_staging_drop_nobody(job->state)) != 0)
		return r;
	before = job->changes;
	r = change(job, AW_Q_APPLY_MEMBERS, false);
	if (r < 0)
		return r;
	job->members += job->arriving.members + job->changes - before;
	return aw_sets_add(&job->sets);
}

static int find_lost(struct aw_applying *job, enum aw_kind kind, int64_t *lost)
{
	int r;

	r = aw_state_run(job->state, AW_Q_FIND_LOST, "i", (int64_t)kind);
	if (r == 0)
		r = number(job, AW_Q_COUNT_LOST, kind, lost);
	return r;
}

static int count_lost(struct aw_applying *job)
{
	struct aw_applied *out = &job->out;
	int r;

	r = aw_sets_count_lost(&job->sets);
	if (r != 0)
		return r;
	out->lost_sets = job->sets.lost;
	r = aw_shrink_judge(job->state,
	    &(struct aw_shrink){
		.had = { job->had_users, job->had_groups, job->had_members,
		    job->sets.had, job->sets.had_grants },
		.lost = { out->lost_users, out->lost_groups, out->lost_members,
		    out->lost_sets, job->sets.lost_grants } },
	    job->apply->accept_loss, out->text, sizeof(out->text));
	out->held = out->text[0] != '\0';
	return r;
}

static int take_losses(struct aw_applying *job)
{
	const int64_t before = job->changes;
	int r;

	if (job->out.held) {
		r = change(job, AW_Q_MARK_MISSING, false);
		return r < 0 ? r : aw_sets_lose(&job->sets, true);
	}
	r = change(job, AW_Q_LOSE_MEMBERS, false);
	if (r < 0)
		return r;
	job->members -= job->changes - before;
	if ((r = change(job, AW_Q_LOSE_PRINCIPALS, false)) != 0 ||
	    (r = run(job, AW_Q_LIVE_OUTSIDE_LOSE)) != 0 ||
	    (r = aw_sets_lose(&job->sets, false)) != 0)
		return r;
	return aw_staging_forget(job->state);
}

/* Note the new generation, or only that the directory was read. */
static int close_books(struct aw_applying *job)
{
	struct aw_clocks clocks;
	int64_t generation = 0;
	int r;

	aw_clocks_read(&clocks);
	job->out.changed = job->changes > 0;
	r = aw_state_get_num(job->state, "generation", &generation);
	if (r < 0)
		return r;
	if (job->out.changed || r == AW_ABSENT) {
		job->out.changed = true;
		r = aw_state_set_num(job->state, "generation", generation + 1);
		if (r < 0)
			return r;
	}
	/* Counted here, once: anybody may ask, and there are millions. */
	if ((r = aw_state_set_num(job->state, "members", job->members)) != 0 ||
	    (r = aw_state_set(job->state, "store", job->store)) != 0 ||
	    (r = aw_state_set(job->state, "held", job->out.text)) != 0 ||
	    (r = aw_age_set(job->state, job->apply->now, &clocks)) != 0)
		return r;
	return aw_history_after(job->state, clocks.wall_s);
}

static int give_names(struct aw_applying *job)
{
	const struct aw_apply *apply = job->apply;
	int r;

	if (!apply->published)
		return aw_register_newcomers(
		    job->state, apply->conf, apply->sha256, &job->changes);
	r = aw_published_rename(job->state, job->store, &job->changes);
	return r != 0 ? r
		      : aw_published_register(
			    job->state, job->store, &job->changes);
}

static int apply_all(struct aw_applying *job, struct aw_diag *diag)
{
	const struct aw_apply *apply = job->apply;
	struct aw_applied *out = &job->out;
	int r;

	/* Lost is who was there and has not been seen: found before anybody
	 * comes. */
	if ((r = count_before(job, diag)) != 0 ||
	    (r = spare_touched(job)) != 0 || (r = tell_renames(job)) != 0 ||
	    (r = find_lost(job, AW_KIND_USER, &out->lost_users)) != 0 ||
	    (r = find_lost(job, AW_KIND_GROUP, &out->lost_groups)) != 0 ||
	    (r = aw_state_number(
		 job->state, AW_Q_COUNT_GONE, &out->lost_members, "")) != 0 ||
	    (r = aw_history_before(job->state)) != 0 ||
	    (r = add_and_change(job)) != 0 || (r = count_lost(job)) != 0 ||
	    (r = take_losses(job)) != 0 ||
	    (r = aw_local_read(job->state, apply->local)) != 0)
		return r;
	r = give_names(job);
	return r != 0 ? r : close_books(job);
}

void aw_apply_begin(struct aw_applying *job, struct aw_state *state,
    const struct aw_apply *apply)
{
	const bool off = apply->conf->permission_sets == AW_PERMISSION_SETS_NO;

	*job = (struct aw_applying){
		.state = state,
		.apply = apply,
		.store = apply->conf->identity_store_id,
		.sets = { .state = state,
		    .store = apply->conf->identity_store_id,
		    .off = off,
		    .known = apply->sets_known && !off,
		    .later = apply->sets_later && !off,
		    .now = apply->now,
		    .max_age = apply->conf->max_directory_age,
		    .changes = &job->changes },
	};
}

/* The next part: AW_PENDING while there is another one behind it. */
static int do_part(struct aw_applying *job, struct aw_diag *diag)
{
	const struct aw_apply *apply = job->apply;
	int r;

	if (apply->published && !job->disabled) {
		r = aw_published_disable(
		    job->state, job->store, &job->n_disabled);
		job->changes = job->n_disabled;
		job->disabled = true;
	} else if (!job->compared) {
		r = compare_slice(job);
	} else if (!job->arriving.begun) {
		r = check_kinds(job, diag);
		if (r == 0 && apply->published)
			r = aw_published_conflicts(
			    job->state, job->store, diag);
		if (r == 0)
			r = aw_arrive_begin(&job->arriving, job->state,
			    apply->conf, apply->local, apply->sha256,
			    apply->published);
	} else if (!job->arrived) {
		r = aw_arrive_some(&job->arriving);
		job->arrived = r == 0;
	} else {
		return apply_all(job, diag);
	}
	return r == 0 ? AW_PENDING : r;
}

int aw_apply_step(
    struct aw_applying *job, struct aw_applied *ret, struct aw_diag *diag)
{
	int done, r;
	r = aw_state_begin(job->state);
	if (r < 0)
		return r;
	done = do_part(job, diag);
	r = done == 0 || done == AW_PENDING ? aw_state_commit(job->state)
					    : done;
	if (r != 0) {
		aw_state_rollback(job->state);
		return r;
	}
	if (done == AW_PENDING)
		return done;
	job->out.dropped_grants = job->sets.dropped;
	*ret = job->out;
	return 0;
}

int aw_apply_sweep(struct aw_state *state, const struct aw_apply *apply,
    struct aw_applied *ret, struct aw_diag *diag)
{
	struct aw_applying job;
	int r;

	aw_apply_begin(&job, state, apply);
	do
		r = aw_apply_step(&job, ret, diag);
	while (r == AW_PENDING);
	return r;
}
