/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of sweeps becoming the directory: awsssod/staging.c,
 * directory_apply.c.
 * covers: spine.5, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "awsssod/person.h"
#include "awsssod/staging.h"
#include "awsssod/shrink.h"
#include "common/own.h"
#include "tests/unit/awsssod/world.h"

enum { MANY = 40 };
struct crowd {
	char text[MANY][3][40];
	struct fake_user users[MANY];
	struct fake_group groups[MANY];
	struct fake_member members[MANY];
};

static struct crowd *crowd_new(void)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	assert_non_null(crowd);
	for (int i = 0; i < MANY; i++) {
		char(*text)[40] = crowd->text[i];

		assert_int_equal(aw_fmt(text[0], 40, "u-%d", i) |
				     aw_fmt(text[1], 40, "p%d@example.com", i) |
				     aw_fmt(text[2], 40, "grp%d", i),
		    0);
		crowd->users[i] = (struct fake_user){ text[0], text[1], NULL };
		crowd->groups[i] = (struct fake_group){ text[2], text[2] };
		crowd->members[i] = (struct fake_member){ text[2], text[0] };
	}
	return crowd;
}

static void first_sweep(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { world_two, world_dev, world_both, 2,
		1, 2 };
	struct aw_applied applied;
	struct aw_person alice;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_true(applied.changed);
	assert_false(applied.held);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-2"), "bob");
	assert_string_equal(world_name(world, "g-1"), "dev-team");
	assert_true(aw_id_in_range((uint64_t)world_id(world, "u-1")));
	assert_true(world_id(world, "u-1") != world_id(world, "u-2"));
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 2);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_string_equal(alice.home, "/home/alice");
	assert_string_equal(alice.principal, "u-1");
	assert_true(alice.present && !alice.disabled && !alice.missing);
	assert_int_equal(
	    aw_person_by_name(&world->state, "alic", &alice), AW_UNKNOWN);
	/* The same again changes nothing. */
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_false(applied.changed);
	assert_int_equal(
	    world_number(
		world, "SELECT value FROM meta WHERE key = 'generation'", NULL),
	    1);
}

/* Of known people, of people who come with them, and of those who leave. */
static void memberships_follow(void **state)
{
	static const struct fake_user three[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "bob@example.com", NULL },
		{ "u-3", "carol@example.com", NULL },
	};
	static const struct fake_member some[] = {
		{ "g-1", "u-1" },
		{ "g-1", "u-2" },
		{ "g-1", "u-3" },
		{ "g-1", "u-nobody" },
		{ "g-none", "u-1" },
	};
	static const struct {
		size_t users, first, members;
		int64_t want;
		bool changed;
	} rows[] = {
		{ 2, 0, 1, 1, true },
		{ 2, 0, 2, 2, true },
		{ 3, 0, 3, 3, true },
		{ 3, 0, 5, 3, false },
		{ 3, 1, 2, 2, true },
		{ 3, 0, 3, 3, true },
		{ 3, 0, 0, 0, true },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_directory d = { three, world_dev,
			some + rows[i].first, rows[i].users, 1,
			rows[i].members };
		struct aw_applied applied;

		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (applied.changed != rows[i].changed ||
		    world_number(world, "SELECT count(*) FROM members", NULL) !=
			rows[i].want)
			fail_msg("row %zu", i);
	}
}

static void shrink_limits(void **state)
{
	static const struct {
		int64_t had, lost;
		bool want;
	} rows[] = {
		{ 0, 0, false },
		{ 3, 3, false },
		{ 5, 5, false },
		{ 6, 6, true },
		{ 50, 5, false },
		{ 50, 6, true },
		{ 59, 5, false },
		{ 60, 6, false },
		{ 60, 7, true },
		{ 100, 10, false },
		{ 100, 11, true },
		{ 1000000, 100000, false },
		{ 1000000, 100001, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_shrink_is_large(rows[i].had, rows[i].lost) !=
		    rows[i].want)
			fail_msg("%lld of %lld", (long long)rows[i].lost,
			    (long long)rows[i].had);
}

/* Each of the three counts by itself; what is held loses nothing, but what
 * was added and disabled counts. */
static void held(void **state)
{
	static const struct {
		const char *what;
		size_t users, groups, members;
		bool want;
	} rows[] = {
		{ "nothing", MANY, MANY, MANY, false },
		{ "five users", MANY - 5, MANY, MANY - 5, false },
		{ "six users", MANY - 6, MANY, MANY - 6, true },
		{ "five groups", MANY, MANY - 5, MANY - 5, false },
		{ "six groups", MANY, MANY - 6, MANY - 6, true },
		{ "six memberships", MANY, MANY, MANY - 6, true },
		{ "everything", 0, 0, 0, true },
	};
	aw_own_free struct crowd *crowd = crowd_new();
	const struct fake_directory all = { crowd->users, crowd->groups,
		crowd->members, MANY, MANY, MANY };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_directory d = { crowd->users, crowd->groups,
			crowd->members, rows[i].users, rows[i].groups,
			rows[i].members };
		struct world *world = *state;
		struct aw_applied applied;

		assert_int_equal(world_sweep(world, &all, &applied), 0);
		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (applied.held != rows[i].want)
			fail_msg("%s", rows[i].what);
		assert_int_equal(
		    world_number(world, "SELECT count(*) FROM members", NULL),
		    applied.held ? MANY : rows[i].members);
		assert_int_equal(
		    world_number(world,
			"SELECT count(*) FROM"
			" principals WHERE kind = 1 AND present = 1",
			NULL),
		    applied.held ? MANY : rows[i].users);
		assert_int_equal(applied.held, applied.text[0] != '\0');
		assert_int_equal(world_tear_down(state), 0);
		assert_int_equal(world_set_up(state), 0);
	}
}

/* What an administrator accepts is what was shown, of each kind. */
static void accepted_is_what_was_shown(void **state)
{
	static const struct {
		const char *what;
		bool accept;
		size_t users, groups; /* that are left of MANY */
		bool want;
	} rows[] = {
		{ "nothing was shown yet", true, MANY - 10, MANY, true },
		{ "more users", true, MANY - 11, MANY, true },
		{ "shown by that one, another kind", true, MANY - 11, MANY - 6,
		    true },
		{ "not accepted", false, MANY - 11, MANY - 6, true },
		{ "as shown, and what is no loss to hold", true, MANY - 11,
		    MANY - 6, false },
		{ "it counts once", true, MANY - 21, MANY - 6, true },
		{ "somebody came back", true, MANY - 18, MANY - 6, false },
	};
	aw_own_free struct crowd *crowd = crowd_new();
	const struct fake_directory all = { crowd->users, crowd->groups, NULL,
		MANY, MANY, 0 };
	struct world *world = *state;
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &all, &applied), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_directory d = { crowd->users, crowd->groups,
			NULL, rows[i].users, rows[i].groups, 0 };

		world->apply.accept_loss = rows[i].accept;
		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (applied.held != rows[i].want)
			fail_msg("%s: %s", rows[i].what, applied.text);
		if (applied.held &&
		    (strstr(applied.text, "more than was shown") != NULL) !=
			rows[i].accept)
			fail_msg("%s: %s", rows[i].what, applied.text);
	}
}

static void held_still_adds_and_disables(void **state)
{
	aw_own_free struct crowd *crowd = crowd_new();
	const struct fake_directory all = { crowd->users, NULL, NULL, MANY, 0,
		0 };
	const struct fake_user left[] = {
		{ "u-0", "p0@example.com", "DISABLED" },
		{ "u-new", "new@example.com", NULL },
	};
	const struct fake_directory few = { left, NULL, NULL, 2, 0, 0 };
	struct world *world = *state;
	struct aw_applied applied;
	struct aw_person person;

	assert_int_equal(world_sweep(world, &all, &applied), 0);
	assert_int_equal(world_sweep(world, &few, &applied), 0);
	assert_true(applied.held && applied.changed);
	assert_int_equal(applied.lost_users, MANY - 1);
	assert_string_equal(world_name(world, "u-new"), "new");
	assert_int_equal(aw_person_by_name(&world->state, "p0", &person), 0);
	assert_true(person.disabled && !person.missing);
	assert_int_equal(aw_person_by_name(&world->state, "p1", &person), 0);
	assert_true(person.present && person.missing);
	/* Whole again: nobody is missing. */
	assert_int_equal(world_sweep(world, &all, &applied), 0);
	assert_false(applied.held);
	assert_int_equal(aw_person_by_name(&world->state, "p1", &person), 0);
	assert_false(person.missing);
	/* An administrator says that it is meant. */
	world->all_is_meant = true;
	assert_int_equal(world_sweep(world, &few, &applied), 0);
	assert_false(applied.held);
	assert_int_equal(aw_person_by_name(&world->state, "p1", &person), 0);
	assert_false(person.present);
}

/* A user's id that turns up as a group's, or the other way: void, whole. */
static void contradictions(void **state)
{
	static const struct fake_group as_group[] = { { "u-1", "x" } };
	struct world *world = *state;
	const struct fake_directory at_once = { world_two, as_group, NULL, 2, 1,
		0 };
	const struct fake_directory first = { world_two, world_dev, world_both,
		2, 1, 2 };
	const struct fake_directory later = { NULL, as_group, NULL, 0, 1, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &at_once, &applied), AW_DENIED);
	assert_int_equal(
	    world_number(world,
		"SELECT count(*) FROM principals WHERE present = 1 OR name"
		" NOTNULL",
		NULL),
	    0);
	assert_int_equal(world_sweep(world, &first, &applied), 0);
	assert_int_equal(world_sweep(world, &later, &applied), AW_DENIED);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 2);
}

static void stage_only(struct world *world, const struct fake_directory *d)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(65536);
	struct aw_staging staging = { .store = FAKE_STORE };
	struct aw_diag why = { .text = "" };

	fake_page(&page, d);
	assert_int_equal(aw_staging_clear(&world->state), 0);
	assert_int_equal(
	    aw_staging_add(&world->state, &staging, page.data, page.len, &why),
	    0);
}

/* Who has come with a page only is nobody yet, and is forgotten when the sweep
 * comes to nothing; but a sign-in may say meanwhile who is in a new group. */
static void newcomers_of_half_a_sweep(void **state)
{
	static const char there[] =
	    "SELECT count(*) FROM principals WHERE present = 1 OR name NOTNULL";
	static const char all[] = "SELECT count(*) FROM principals";
	const struct fake_directory d = { world_two, world_dev, world_both, 2,
		1, 2 };
	struct world *world = *state;
	struct aw_applied applied;

	stage_only(world, &d);
	assert_int_equal(world_number(world, there, NULL), 0);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 0);
	/* Memberships of newcomers are told by number. */
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM stage_added", NULL), 2);
	assert_int_equal(aw_staging_clear(&world->state), 0);
	assert_int_equal(world_number(world, all, NULL), 0);

	stage_only(world, &d);
	assert_int_equal(
	    aw_state_run(&world->state, AW_Q_LIVE_ADD, "s", "g-1"), 0);
	assert_int_equal(aw_state_run(&world->state, AW_Q_GROUP_PLACEHOLDER,
			     "s", FAKE_STORE),
	    0);
	assert_int_equal(world_number(world, there, NULL), 1);
	assert_int_equal(aw_staging_clear(&world->state), 0);
	assert_int_equal(world_number(world, all, NULL), 1);
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_name(world, "g-1"), "dev-team");
	assert_string_equal(world_skip(world, "g-1"), "");
}

/* Until only the last step is left: ids are given, and nobody is there. */
static void arrive_only(struct world *world, struct aw_applying *job)
{
	struct aw_applied applied;
	struct aw_diag why = { .text = "" };

	aw_apply_begin(job, &world->state, &world->apply);
	while (!job->arrived)
		assert_int_equal(
		    aw_apply_step(job, &applied, &why), AW_PENDING);
}

/* The sweep ends, or the daemon does, before its last step: nothing of it is
 * seen, and the next one finds the same ids. */
static void cut_before_the_last_step(void **state)
{
	static const char present[] =
	    "SELECT count(*) FROM principals WHERE present = 1";
	const struct fake_directory d = { world_two, world_dev, world_both, 2,
		1, 2 };
	struct world *world = *state;
	struct aw_applying job;
	struct aw_applied applied;
	struct aw_person alice;
	int64_t id;

	stage_only(world, &d);
	arrive_only(world, &job);
	id = world_id(world, "u-1");
	assert_true(aw_id_in_range((uint64_t)id));
	assert_int_equal(world_number(world, present, NULL), 0);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_false(alice.present);
	assert_int_equal(aw_staging_clear(&world->state), 0);
	assert_int_equal(world_number(world, present, NULL), 0);

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_true(applied.changed && !applied.held);
	assert_int_equal(world_number(world, present, NULL), 3);
	assert_int_equal(world_id(world, "u-1"), id);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 2);
	assert_int_equal(
	    world_number(
		world, "SELECT value FROM meta WHERE key = 'members'", NULL),
	    2);
}

/* Somebody else was given the name between two steps, as at a sign-in. */
static void a_name_taken_meanwhile(void **state)
{
	const struct fake_directory d = { world_two, NULL, NULL, 2, 0, 0 };
	struct world *world = *state;
	struct aw_applying job;
	struct aw_applied applied;
	struct aw_diag why = { .text = "" };
	int64_t changes = 0;

	stage_only(world, &d);
	aw_apply_begin(&job, &world->state, &world->apply);
	while (!job.arriving.wanted)
		assert_int_equal(
		    aw_apply_step(&job, &applied, &why), AW_PENDING);
	assert_int_equal(
	    aw_state_run(&world->state, AW_Q_HINT_ADD, "ssssi", FAKE_STORE,
		"u-9", "alice@example.com", "", (int64_t)0),
	    0);
	assert_int_equal(aw_register_newcomers(&world->state, world->apply.conf,
			     world->apply.sha256, &changes),
	    0);
	assert_string_equal(world_name(world, "u-9"), "alice");
	while (!job.arrived)
		assert_int_equal(
		    aw_apply_step(&job, &applied, &why), AW_PENDING);
	assert_int_equal(aw_apply_step(&job, &applied, &why), 0);
	assert_string_equal(world_name(world, "u-1"), "");
	assert_non_null(strstr(world_skip(world, "u-1"), "belongs to u-9"));
	assert_string_equal(world_name(world, "u-2"), "bob");
}

/* A list that moves under its pages tells a row twice: the last word counts,
 * whatever is known already (dan is disabled, erin is not). */
static void told_twice(void **state)
{
	static const struct fake_user known[] = {
		{ "u-dan", "dan@example.com", "DISABLED" },
		{ "u-erin", "erin@example.com", NULL },
	};
	static const struct {
		struct fake_user rows[2];
		int64_t disabled;
	} rows[] = {
		{ { { "u-dan", "dan@example.com", NULL },
		      { "u-dan", "dan@example.com", "DISABLED" } },
		    1 },
		{ { { "u-dan", "dan@example.com", "DISABLED" },
		      { "u-dan", "dan@example.com", NULL } },
		    0 },
		{ { { "u-erin", "erin@example.com", "DISABLED" },
		      { "u-erin", "erin@example.com", NULL } },
		    0 },
		{ { { "u-erin", "erin@example.com", NULL },
		      { "u-erin", "erin@example.com", "DISABLED" } },
		    1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *world = *state;
		const struct fake_directory before = { known, NULL, NULL, 2, 0,
			0 };
		const struct fake_directory d = { rows[i].rows, NULL, NULL, 2,
			0, 0 };
		struct aw_applied applied;

		assert_int_equal(world_sweep(world, &before, &applied), 0);
		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (world_number(world,
			"SELECT disabled FROM principals WHERE principal = ?1",
			rows[i].rows[0].id) != rows[i].disabled)
			fail_msg("row %zu", i);
		assert_int_equal(world_tear_down(state), 0);
		assert_int_equal(world_set_up(state), 0);
	}
}

/* The ledger calls it a user who was never here: it is left out, and nobody
 * else is. */
static void a_ledger_that_errs(void **state)
{
	const struct fake_directory d = { world_two, world_dev, world_both, 2,
		1, 2 };
	struct world *world = *state;
	struct aw_applied applied;

	assert_int_equal(sqlite3_exec(world->state.db,
			     "INSERT INTO principals(store, principal, kind,"
			     " user_name, present, name, posix_id, home) VALUES"
			     "('" FAKE_STORE "', 'g-1', 1, '', 0, 'x',"
			     " 1879048200, '/home/x')",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_int_equal(
	    world_number(world,
		"SELECT count(*) FROM principals WHERE principal = 'g-1'"
		" AND kind = 1 AND present = 0",
		NULL),
	    1);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 0);
}

/* A group that was met as a member first is a group, in nobody's group. */
static void a_group_within_a_group(void **state)
{
	static const struct fake_member nested[] = { { "g-1", "g-2" },
		{ "g-1", "u-1" } };
	static const struct fake_group late[] = { { "g-2", "Inner" } };
	struct world *world = *state;
	const struct fake_directory before = { NULL, NULL, nested, 0, 0, 2 };
	const struct fake_directory after = { world_two, late, NULL, 2, 1, 0 };
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(65536);
	struct aw_staging staging = { .store = FAKE_STORE };
	struct aw_applied applied;
	struct aw_diag why = { .text = "" };

	stage_only(world, &before);
	fake_page(&page, &after);
	assert_int_equal(
	    aw_staging_add(&world->state, &staging, page.data, page.len, &why),
	    0);
	assert_int_equal(
	    aw_apply_sweep(&world->state, &world->apply, &applied, &why), 0);
	assert_string_equal(world_name(world, "g-2"), "inner");
	assert_string_equal(world_name(world, "u-1"), "alice");
	/* g-1 itself never came. */
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 0);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM principals", NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(first_sweep),
		T(memberships_follow),
		T(shrink_limits),
		T(held),
		T(accepted_is_what_was_shown),
		T(held_still_adds_and_disables),
		T(contradictions),
		T(newcomers_of_half_a_sweep),
		T(cut_before_the_last_step),
		T(a_name_taken_meanwhile),
		T(a_group_within_a_group),
		T(told_twice),
		T(a_ledger_that_errs),
	};

	return cmocka_run_group_tests_name(
	    "directory_apply", tests, NULL, NULL);
}
