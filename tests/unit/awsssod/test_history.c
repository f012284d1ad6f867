/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/history.c: what was known at a time is what was known
 * then, whatever has changed since; and it stays small.
 * covers: verdict.5
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "awsssod/history.h"
#include "tests/unit/awsssod/world.h"

#define USERS  12
#define GROUPS 5
#define STEPS  40

struct seen {
	bool is_known; /* by a Linux name */
	struct aw_person person;
	struct aw_access_facts facts;
};

static uint32_t seed = 7;

/* When @step was: an hour ago and later, each ten seconds after the other. */
static int64_t at(int step)
{
	static int64_t first;

	if (first == 0)
		first = time(NULL) - 3600;
	return first + 10 * step;
}

static uint32_t draw(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % n;
}

static void execute(struct world *world, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(world->state.db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

/* What was written down just now happened in @step. */
static void date(struct world *world, int step)
{
	const long long is = at(step), real = at(STEPS);
	char sql[256];

	assert_int_equal(
	    aw_fmt(sql, sizeof(sql),
		"UPDATE history SET at = %lld WHERE at > %lld;"
		"UPDATE meta SET value = %lld WHERE key = 'history_from'"
		" AND value + 0 > %lld",
		is, real, is, real),
	    0);
	execute(world, sql);
}

/* A directory of some users and groups, some of them disabled, at random. */
static void sweep(struct world *world)
{
	static char ids[USERS + GROUPS][16], names[USERS + GROUPS][32];
	struct fake_user users[USERS];
	struct fake_group groups[GROUPS];
	struct fake_member members[USERS * GROUPS];
	struct fake_directory d = { users, groups, members, 0, 0, 0 };
	struct aw_applied applied;

	for (int i = 0; i < USERS + GROUPS; i++) {
		const bool is_user = i < USERS;

		assert_int_equal(
		    aw_fmt(ids[i], 16, "%s-%d", is_user ? "u" : "g", i) |
			aw_fmt(names[i], 32, "n%d%s", i,
			    is_user ? "@example.com" : ""),
		    0);
		if (draw(6) == 0)
			continue;
		if (is_user)
			users[d.n_users++] = (struct fake_user){ ids[i],
				names[i], draw(5) ? NULL : "DISABLED" };
		else
			groups[d.n_groups++] =
			    (struct fake_group){ ids[i], names[i] };
	}
	for (size_t g = 0; g < d.n_groups; g++)
		for (size_t u = 0; u < d.n_users; u++)
			if (draw(2))
				members[d.n_members++] =
				    (struct fake_member){ groups[g].id,
					    users[u].id };
	assert_int_equal(world_sweep(world, &d, &applied), 0);
}

/* A step that is no sweep: by hand what a live answer, a held sweep or an
 * account of the host changes. */
static void touch(struct world *world)
{
	static const char *const changes[] = {
		"UPDATE principals SET missing = 1 - missing"
		" WHERE present = 1 AND kind = 1 AND n = ",
		"UPDATE principals SET disabled = 1 - disabled"
		" WHERE kind = 1 AND n = ",
		"UPDATE principals SET skip = CASE WHEN skip IS NULL THEN 'x'"
		" END WHERE kind = 1 AND name IS NOT NULL AND n = ",
		"DELETE FROM members WHERE usr = ",
		"INSERT OR IGNORE INTO members SELECT u.n, g.n FROM"
		" principals u, principals g WHERE u.kind = 1 AND u.present = 1"
		" AND g.kind = 2 AND g.present = 1 AND u.n = ",
	};
	char sql[512];

	assert_int_equal(
	    aw_fmt(sql, sizeof(sql), "%s%u",
		changes[draw(sizeof(changes) / sizeof(changes[0]))],
		1 + draw(USERS + GROUPS)),
	    0);
	execute(world, sql);
}

static void look(struct world *world, int user, struct seen *ret)
{
	char name[16];
	int r;

	assert_int_equal(aw_fmt(name, sizeof(name), "n%d", user), 0);
	memset(ret, 0, sizeof(*ret));
	r = aw_person_by_name(&world->state, name, &ret->person);
	assert_true(r == 0 || r == AW_UNKNOWN);
	ret->is_known = r == 0;
	if (ret->is_known)
		assert_int_equal(
		    aw_person_access(&world->state, &world->fake->conf,
			&ret->person, &ret->facts),
		    0);
}

static void compare(
    struct world *world, int step, int user, const struct seen *then)
{
	struct aw_access_facts facts;
	struct seen now;
	bool same;

	look(world, user, &now);
	if (!now.is_known)
		return;
	assert_int_equal(aw_history_person(&world->state, &world->fake->conf,
			     at(step), &now.person, &facts),
	    0);
	/* Who is not there, or has no name yet, is so for whatever reason. */
	if (!then->is_known || !then->person.present) {
		same = !now.person.present;
	} else {
		same = now.person.present &&
		       now.person.disabled == then->person.disabled &&
		       now.person.missing == then->person.missing &&
		       now.person.hidden == then->person.hidden &&
		       memcmp(facts.fits, then->facts.fits,
			   sizeof(facts.fits)) == 0;
	}
	if (!same)
		fail_msg("n%d after step %d: %d%d%d%d, %llx, not %d%d%d%d, "
			 "%llx",
		    user, step, now.person.present, now.person.disabled,
		    now.person.missing, now.person.hidden,
		    (unsigned long long)facts.fits[0], then->person.present,
		    then->person.disabled, then->person.missing,
		    then->person.hidden,
		    (unsigned long long)then->facts.fits[0]);
}

static void as_it_was(void **state)
{
	static struct seen seen[STEPS][USERS];
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;
	int64_t from = 0;
	char id[16];

	world->all_is_meant = true;
	fake_allow(conf, AW_RULE_USER, "nobody");
	for (int g = 0; g < GROUPS; g++) {
		assert_int_equal(aw_fmt(id, sizeof(id), "g-%d", USERS + g), 0);
		fake_rule(conf, NULL, false, AW_RULE_GROUP, id);
	}
	for (int step = 0; step < STEPS; step++) {
		if (step % 3 == 0)
			sweep(world);
		else
			touch(world);
		date(world, step);
		for (int u = 0; u < USERS; u++)
			look(world, u, &seen[step][u]);
	}
	assert_int_equal(aw_history_from(&world->state, &from), 0);
	assert_int_equal(from, at(0));
	assert_true(
	    world_number(world, "SELECT count(*) FROM history", NULL) > 100);
	for (int step = 0; step < STEPS; step++)
		for (int u = 0; u < USERS; u++)
			compare(world, step, u, &seen[step][u]);
}

/* Nothing is kept of the first sweep, nor of one that changes very much; and
 * what is kept then says so. */
static void large_sweeps_begin_anew(void **state)
{
	struct world *world = *state;
	struct aw_applied applied;
	const struct fake_directory two = { world_two, world_dev, world_both, 2,
		1, 2 };
	const struct fake_directory one = { world_two, world_dev, world_both, 2,
		1, 1 };
	int64_t from = 0;

	world->all_is_meant = true;
	assert_int_equal(aw_history_from(&world->state, &from), AW_ABSENT);
	assert_int_equal(world_sweep(world, &two, &applied), 0);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM history", NULL), 0);
	assert_int_equal(aw_history_from(&world->state, &from), 0);
	assert_true(from >= time(NULL) - 60 && from <= time(NULL));
	date(world, 0);
	assert_int_equal(world_sweep(world, &one, &applied), 0);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM history", NULL), 1);
	/* as many are coming as are too many */
	assert_int_equal(aw_staging_clear(&world->state), 0);
	execute(world, "WITH RECURSIVE c(i) AS (VALUES(1000) UNION ALL"
		       " SELECT i + 1 FROM c WHERE i < 20999)"
		       " INSERT INTO stage_added SELECT i, i FROM c");
	assert_int_equal(aw_history_before(&world->state), 0);
	assert_int_equal(aw_history_from(&world->state, &from), 0);
	execute(world, "INSERT INTO stage_gone VALUES(1, 1)");
	assert_int_equal(aw_history_before(&world->state), 0);
	assert_int_equal(aw_history_from(&world->state, &from), AW_ABSENT);
	execute(world, "DELETE FROM members");
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM history", NULL), 1);
	assert_int_equal(aw_history_after(&world->state, 777), 0);
	assert_int_equal(aw_history_from(&world->state, &from), 0);
	assert_int_equal(from, 777);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM history", NULL), 0);
}

static void it_stays_small(void **state)
{
	static const struct {
		const char *name, *sql;
		int64_t now, left, from;
	} rows[] = {
		{ "young and few", "(VALUES(1, 500), (2, 600))", 700, 2, 100 },
		{ "too old", "(VALUES(1, 500), (2, 600), (3, 9000000))",
		    9000000, 1, 600 },
		{ "too many",
		    "(WITH RECURSIVE c(i) AS (VALUES(1) UNION ALL SELECT"
		    " i + 1 FROM c WHERE i < 100005) SELECT i, 1000 + i"
		    " FROM c)",
		    1500, 100000, 1005 },
		{ "the clock was set back",
		    "(VALUES(1, 500), (2, 80), (3, 9000000))", 9000000, 1,
		    500 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char sql[512];
		int64_t from = 0;

		execute(world, "DELETE FROM history");
		assert_int_equal(
		    aw_state_set_num(&world->state, "history_from", 100), 0);
		assert_int_equal(
		    aw_fmt(sql, sizeof(sql),
			"INSERT INTO history(i, at, n, was) SELECT *, 1, 0"
			" FROM %s",
			rows[i].sql),
		    0);
		execute(world, sql);
		assert_int_equal(
		    aw_history_after(&world->state, rows[i].now), 0);
		assert_int_equal(aw_history_from(&world->state, &from), 0);
		if (from != rows[i].from ||
		    world_number(world, "SELECT count(*) FROM history", NULL) !=
			rows[i].left)
			fail_msg(
			    "%s: since %lld", rows[i].name, (long long)from);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(as_it_was),
		T(large_sweeps_begin_anew),
		T(it_stays_small),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
