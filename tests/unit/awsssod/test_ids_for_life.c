/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids for life, by whole sweeps into the real ledger: hosts that meet others
 * first, people who leave and come back, names and ids that somebody chose.
 * covers: dir.6, dir.7, R14, R16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "awsssod/ledger.h"
#include "common/own.h"
#include "tests/unit/awsssod/world.h"

/* --- people ------------------------------------------------------------- */

enum { TEXT = 40 };
struct crowd {
	size_t n;
	struct fake_user *users;
	char (*id)[TEXT], (*name)[TEXT];
};

static void crowd_done(struct crowd *crowd)
{
	free(crowd->users);
	free(crowd->id);
	free(crowd->name);
}

/* The i-th is called @name, the letter @kind of them, and i. */
static void crowd_rename(struct crowd *crowd, const char *name, int round)
{
	for (size_t i = 0; i < crowd->n; i++)
		assert_int_equal(aw_fmt(crowd->name[i], TEXT,
				     "%s%zu.%d@example.com", name, i, round),
		    0);
}

static struct crowd crowd_new(size_t n, const char *name)
{
	struct crowd crowd = { .n = n,
		.users = calloc(n, sizeof(*crowd.users)),
		.id = calloc(n, sizeof(*crowd.id)),
		.name = calloc(n, sizeof(*crowd.name)) };

	assert_non_null(crowd.users);
	assert_non_null(crowd.id);
	assert_non_null(crowd.name);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(
		    aw_fmt(crowd.id[i], TEXT, "9067642ac7-%zx", i), 0);
		crowd.users[i] =
		    (struct fake_user){ crowd.id[i], crowd.name[i], NULL };
	}
	crowd_rename(&crowd, name, 0);
	return crowd;
}

/* Sweep @n of them from the @first on. */
static bool sweep(
    struct world *world, const struct crowd *crowd, size_t first, size_t n)
{
	const struct fake_directory d = { crowd->users + first, NULL, NULL, n,
		0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_false(applied.held);
	return applied.changed;
}

/* --- what the ledger says ------------------------------------------------ */

/* A number that any change of the ledger changes. */
static uint64_t ledger_sum(struct world *world)
{
	uint64_t sum = 14695981039346656037u;
	sqlite3_stmt *row;

	assert_int_equal(
	    sqlite3_prepare_v2(world->state.db,
		"SELECT principal || '|' || ifnull(name, '') || '|' ||"
		" ifnull(posix_id, '') || '|' || ifnull(home, '')"
		" FROM principals ORDER BY n",
		-1, &row, NULL),
	    SQLITE_OK);
	while (sqlite3_step(row) == SQLITE_ROW)
		for (const char *p = aw_state_text(row, 0); *p; p++)
			sum = (sum ^ (uint8_t)*p) * 1099511628211u;
	(void)sqlite3_finalize(row);
	return sum;
}

/* The ids, by the people's place in @crowd. */
static uint32_t *ids_of(struct world *world, const struct crowd *crowd)
{
	uint32_t *ids = calloc(crowd->n, sizeof(*ids));
	sqlite3_stmt *row;

	assert_non_null(ids);
	assert_int_equal(
	    sqlite3_prepare_v2(world->state.db,
		"SELECT posix_id FROM principals"
		" WHERE store = '" FAKE_STORE "' AND principal = ?1",
		-1, &row, NULL),
	    SQLITE_OK);
	for (size_t i = 0; i < crowd->n; i++) {
		(void)sqlite3_bind_text(
		    row, 1, crowd->id[i], -1, SQLITE_STATIC);
		assert_int_equal(sqlite3_step(row), SQLITE_ROW);
		ids[i] = (uint32_t)sqlite3_column_int64(row, 0);
		(void)sqlite3_reset(row);
	}
	(void)sqlite3_finalize(row);
	return ids;
}

/* --- digests of few values ---------------------------------------------- */

#define FEW_BITS 22
#define FEW      (1u << FEW_BITS)

static int few_values(const void *data, size_t len, uint8_t digest[32])
{
	const int r = aw_ledger_sha256(data, len, digest);

	memset(digest, 0, 5);
	digest[5] &= (1 << (FEW_BITS - 16)) - 1;
	return r;
}

static int one_byte(const void *data, size_t len, uint8_t digest[32])
{
	const int r = aw_ledger_sha256(data, len, digest);

	memset(digest, 0, 7);
	return r;
}

/* --- two hosts ----------------------------------------------------------- */

/* Everybody has the first id from their candidate on that is nobody else's.
 * Returns how far they are from their candidates, all together, which no order
 * changes. */
static size_t check_probes(const struct crowd *crowd, const uint32_t *ids)
{
	aw_own_free bool *taken = calloc(FEW + AW_ID_PROBES, sizeof(*taken));
	size_t moved = 0;

	assert_non_null(taken);
	for (size_t i = 0; i < crowd->n; i++) {
		assert_in_range(ids[i], AW_ID_MIN, AW_ID_MIN + FEW + 100);
		if (taken[ids[i] - AW_ID_MIN])
			fail_msg("R14: id %u is given twice", ids[i]);
		taken[ids[i] - AW_ID_MIN] = true;
	}
	for (size_t i = 0; i < crowd->n; i++) {
		uint32_t id;

		assert_int_equal(
		    aw_id_candidate(few_values, crowd->id[i], 0, &id), 0);
		for (; id != ids[i]; id++, moved++)
			if (id > ids[i] || !taken[id - AW_ID_MIN])
				fail_msg("%s: passed over id %u for %u",
				    crowd->id[i], id, ids[i]);
	}
	return moved;
}

/* The ids of a host that meets all of @crowd, but those from @first on first.
 * There are few values, so that they collide as a million do. */
static uint32_t *ids_of_host(const struct crowd *crowd, size_t first)
{
	const size_t half = crowd->n / 2;
	struct world *world;
	void *state = NULL;
	uint32_t *ids;

	assert_int_equal(world_set_up(&state), 0);
	world = state;
	world->apply.sha256 = few_values;
	world->all_is_meant = true;
	assert_true(sweep(world, crowd, first, half));
	assert_true(sweep(world, crowd, 0, crowd->n));
	assert_false(sweep(world, crowd, 0, crowd->n));
	ids = ids_of(world, crowd);
	assert_int_equal(world_tear_down(&state), 0);
	return ids;
}

/* Whom they call what, and whom they meet first, matters only where candidates
 * collide. */
static void two_hosts(void **state)
{
	aw_own(crowd_done) struct crowd one = crowd_new(60000, "p");
	aw_own(crowd_done) struct crowd other = crowd_new(one.n, "chosen");
	aw_own_free uint32_t *here = ids_of_host(&one, 0);
	aw_own_free uint32_t *there = ids_of_host(&other, one.n / 2);
	const size_t moved = check_probes(&one, here);
	size_t differ = 0;

	(void)state;
	assert_int_equal(check_probes(&other, there), moved);
	for (size_t i = 0; i < one.n; i++)
		differ += here[i] != there[i];
	print_message("%zu of %zu differ\n", differ, one.n);
	assert_true(differ > 0 && differ <= 2 * moved);
}

/* --- who leaves and comes back ------------------------------------------- */

static void one_percent_leaves_and_returns(void **state)
{
	aw_own(crowd_done) struct crowd crowd = crowd_new(20000, "p");
	const size_t gone = crowd.n / 100;
	struct world *world = *state;
	uint64_t before;

	world->apply.sha256 = few_values;
	assert_true(sweep(world, &crowd, 0, crowd.n));
	before = ledger_sum(world);
	for (int round = 0; round < 2; round++) {
		/* 1 %, at the one end and at the other */
		assert_true(sweep(
		    world, &crowd, round == 0 ? gone : 0, crowd.n - gone));
		assert_int_equal(world_number(world,
				     "SELECT count(*) FROM principals"
				     " WHERE present = 0",
				     NULL),
		    gone);
		assert_true(ledger_sum(world) == before);
		assert_true(sweep(world, &crowd, 0, crowd.n));
		assert_true(ledger_sum(world) == before);
		assert_false(sweep(world, &crowd, 0, crowd.n));
	}
}

/* --- what somebody chose ------------------------------------------------- */

/* R14, R16: a million names that somebody chose, and no id moves. */
static void a_million_chosen_names(void **state)
{
	enum { ROUNDS = 10 };
	aw_own(crowd_done) struct crowd crowd =
	    crowd_new(1000000 / ROUNDS, "p");
	struct world *world = *state;
	uint64_t before;

	assert_true(sweep(world, &crowd, 0, crowd.n));
	before = ledger_sum(world);
	for (int round = 1; round <= ROUNDS; round++) {
		crowd_rename(&crowd, "chosen", round);
		assert_true(sweep(world, &crowd, 0, crowd.n));
		if (ledger_sum(world) != before)
			fail_msg("R16: the ledger moved in round %d", round);
	}
}

/* Immutable ids with the candidate of the first one, by trying. */
static void all_want_one_id(struct crowd *crowd, uint32_t want)
{
	size_t tries = 1;

	for (size_t i = 1; i < crowd->n; i++) {
		uint32_t id;

		do {
			assert_int_equal(aw_fmt(crowd->id[i], TEXT,
					     "9067642ac7-%zu", tries++),
			    0);
			assert_int_equal(
			    aw_id_candidate(one_byte, crowd->id[i], 0, &id), 0);
		} while (id != want);
	}
}

/*
 * R14: whoever finds any number of immutable ids with the victim's candidate
 * gets neighbours of it, then nothing; never the victim's id, nor one that the
 * host keeps for itself, and later nothing that any of them left.
 */
static void all_with_one_candidate(void **state)
{
	enum { HOSTS = 4000, FREE = AW_ID_PROBES - HOSTS, MANY = FREE + 50 };
	aw_own(crowd_done) struct crowd crowd = crowd_new(MANY + 50, "p");
	struct world *world = *state;
	char line[64];
	uint32_t victim;
	uint64_t before;

	world->apply.sha256 = one_byte;
	world->all_is_meant = true;
	assert_int_equal(aw_id_candidate(one_byte, crowd.id[0], 0, &victim), 0);
	all_want_one_id(&crowd, victim);
	assert_int_equal(
	    aw_fmt(line, sizeof(line), "x:%u:%d\n", victim + 10, HOSTS), 0);
	fake_file(world->fake->subuid, line);
	assert_true(sweep(world, &crowd, 0, 1));
	assert_true(sweep(world, &crowd, 0, MANY));
	assert_int_equal(world_id(world, crowd.id[0]), victim);
	assert_int_equal(
	    world_number(
		world, "SELECT count(DISTINCT posix_id) FROM principals", NULL),
	    FREE);
	assert_int_equal(
	    world_number(world,
		"SELECT count(*) FROM principals WHERE name IS NULL"
		" AND skip LIKE 'no free id%'",
		NULL),
	    MANY - FREE);
	/* All leave, and others come who would like to have what they had. */
	assert_true(sweep(world, &crowd, MANY, crowd.n - MANY));
	before = ledger_sum(world);
	assert_false(sweep(world, &crowd, MANY, crowd.n - MANY));
	assert_true(ledger_sum(world) == before);
	assert_int_equal(
	    world_number(world,
		"SELECT count(*) FROM principals WHERE present = 1 AND"
		" posix_id IS NOT NULL",
		NULL),
	    0);
	assert_true(sweep(world, &crowd, 0, 1));
	assert_int_equal(world_id(world, crowd.id[0]), victim);
	assert_string_equal(world_name(world, crowd.id[0]), "p0.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		cmocka_unit_test(two_hosts),
		T(one_percent_leaves_and_returns),
		T(a_million_chosen_names),
		T(all_with_one_candidate),
	};

	return cmocka_run_group_tests_name("ids_for_life", tests, NULL, NULL);
}
