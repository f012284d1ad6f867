/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The difference between what is staged and what is known, in SQL.
 */
#include "awsssod/directory_apply.h"

#include <errno.h>

#include "awsssod/published_stage.h"
#include "awsssod/register.h"
#include "awsssod/sets.h"

struct job {
	struct aw_state *state;
	const struct aw_apply *apply;
	const char *store;
	int64_t changes;
	int64_t had_users, had_groups, had_members;
	struct aw_sets sets;
	struct aw_applied out;
};

bool aw_apply_is_shrink(int64_t had, int64_t lost)
{
	const int64_t tenth = had / 10;

	return lost > (tenth > 5 ? tenth : 5);
}

/* Run a statement about the store and count what it changed. */
static int change(struct job *job, enum aw_query query, bool by_store)
{
	const int r =
	    aw_state_run(job->state, query, by_store ? "s" : "", job->store);

	if (r == 0)
		job->changes += aw_state_changes(job->state);
	return r;
}

/* An id that is a user here and a group there is nobody's. */
static int check_kinds(struct job *job, struct aw_diag *diag)
{
	int64_t n = 0;
	int r;

	r = aw_state_number(
	    job->state, AW_Q_STAGE_CONTRADICTIONS, &n, "s", job->store);
	if (r < 0)
		return r;
	if (n == 0)
		return 0;
	aw_diag_set(diag, "the sweep calls %lld principals both user and group",
	    (long long)n);
	return AW_DENIED;
}

static int count_before(struct job *job, struct aw_diag *diag)
{
	int r;

	if ((r = aw_state_number(job->state, AW_Q_COUNT_PRESENT,
		 &job->had_users, "i", (int64_t)1)) != 0 ||
	    (r = aw_state_number(job->state, AW_Q_COUNT_PRESENT,
		 &job->had_groups, "i", (int64_t)2)) != 0 ||
	    (r = aw_state_number(
		 job->state, AW_Q_COUNT_MEMBERS, &job->had_members, "")) != 0)
		return r;
	return aw_sets_before(&job->sets, diag);
}

static int add_and_change(struct job *job)
{
	struct aw_state *state = job->state;
	int r;

	if ((r = change(job, AW_Q_APPLY_USERS, true)) != 0 ||
	    (r = change(job, AW_Q_APPLY_GROUPS, true)) != 0 ||
	    (r = aw_state_run(state, AW_Q_APPLY_LATER, "s", job->store)) != 0 ||
	    (r = aw_state_run(state, AW_Q_APPLY_PAIRS, "")) != 0 ||
	    (r = change(job, AW_Q_APPLY_MEMBERS, false)) != 0)
		return r;
	return aw_sets_add(&job->sets);
}

static int count_lost(struct job *job)
{
	struct aw_applied *out = &job->out;
	int r;

	if ((r = aw_state_number(job->state, AW_Q_LOST_USERS, &out->lost_users,
		 "s", job->store)) != 0 ||
	    (r = aw_state_number(job->state, AW_Q_LOST_GROUPS,
		 &out->lost_groups, "s", job->store)) != 0 ||
	    (r = aw_state_number(
		 job->state, AW_Q_LOST_MEMBERS, &out->lost_members, "")) != 0 ||
	    (r = aw_sets_count_lost(&job->sets)) != 0)
		return r;
	out->lost_sets = job->sets.lost;
	out->held =
	    !job->apply->accept_loss &&
	    (aw_apply_is_shrink(job->had_users, out->lost_users) ||
		aw_apply_is_shrink(job->had_groups, out->lost_groups) ||
		aw_apply_is_shrink(job->had_members, out->lost_members) ||
		aw_apply_is_shrink(job->sets.had, out->lost_sets));
	return 0;
}

static int say_held(struct job *job)
{
	struct aw_applied *out = &job->out;

	return aw_fmt(out->text, sizeof(out->text),
	    "held: the directory would lose %lld of %lld users, %lld of %lld "
	    "groups, %lld of %lld memberships, %lld of %lld permission sets",
	    (long long)out->lost_users, (long long)job->had_users,
	    (long long)out->lost_groups, (long long)job->had_groups,
	    (long long)out->lost_members, (long long)job->had_members,
	    (long long)out->lost_sets, (long long)job->sets.had);
}

static int lose(struct job *job, enum aw_query query, int64_t lost)
{
	return lost > 0 ? change(job, query, query != AW_Q_LOSE_MEMBERS) : 0;
}

static int take_losses(struct job *job)
{
	int r;

	if (job->out.held) {
		r = say_held(job);
		if (r == 0)
			r = change(job, AW_Q_MARK_MISSING, true);
		return r < 0 ? r : aw_sets_lose(&job->sets, true);
	}
	/* Mostly nothing is lost, and then nothing is looked through again. */
	if ((r = lose(job, AW_Q_LOSE_MEMBERS, job->out.lost_members)) != 0 ||
	    (r = lose(job, AW_Q_LOSE_USERS, job->out.lost_users)) != 0 ||
	    (r = lose(job, AW_Q_LOSE_GROUPS, job->out.lost_groups)) != 0 ||
	    (r = aw_sets_lose(&job->sets, false)) != 0)
		return r;
	return change(job, AW_Q_FORGET_UNREGISTERED, false);
}

/* Note the new generation, or only that the directory was read. */
static int close_books(struct job *job)
{
	int64_t generation = 0;
	int r;

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
	if ((r = aw_state_set(job->state, "store", job->store)) != 0 ||
	    (r = aw_state_set(job->state, "held", job->out.text)) != 0 ||
	    (r = aw_state_set_num(job->state, "read_at", job->apply->now)) != 0)
		return r;
	return 0;
}

static int apply_all(struct job *job, struct aw_diag *diag)
{
	const struct aw_apply *apply = job->apply;
	int r;

	if ((r = check_kinds(job, diag)) != 0 ||
	    (r = count_before(job, diag)) != 0 ||
	    (r = add_and_change(job)) != 0 || (r = count_lost(job)) != 0 ||
	    (r = take_losses(job)) != 0 ||
	    (r = aw_local_read(job->state, apply->passwd, apply->group)) != 0)
		return r;
	r = apply->published ? aw_published_register(
				   job->state, job->store, &job->changes, diag)
			     : aw_register_newcomers(job->state, apply->conf,
				   apply->sha256, &job->changes);
	return r != 0 ? r : close_books(job);
}

int aw_apply_sweep(struct aw_state *state, const struct aw_apply *apply,
    struct aw_applied *ret, struct aw_diag *diag)
{
	struct job job = { .state = state,
		.apply = apply,
		.store = apply->conf->identity_store_id,
		.sets = { .state = state,
		    .store = apply->conf->identity_store_id,
		    .off =
			apply->conf->permission_sets == AW_PERMISSION_SETS_NO,
		    .changes = &job.changes } };
	int r;

	job.sets.known = apply->sets_known && !job.sets.off;
	r = aw_state_begin(state);
	if (r < 0)
		return r;
	r = apply_all(&job, diag);
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0) {
		aw_state_rollback(state);
		return r;
	}
	job.out.dropped_grants = job.sets.dropped;
	*ret = job.out;
	return 0;
}
