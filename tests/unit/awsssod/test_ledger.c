/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/ledger.c: ids and names, given once.
 * covers: spine.5, R14, R16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awsssod/ledger.h"
#include "tests/unit/awsssod/world.h"

static int execute(struct world *world, const char *sql)
{
	return sqlite3_exec(world->state.db, sql, NULL, NULL, NULL);
}

/* The id is where the hash of the immutable id says, or beside it. */
static void ids_probe(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { world_two, NULL, NULL, 1, 0, 0 };
	struct aw_applied applied;
	char line[128];
	uint32_t id;

	assert_int_equal(aw_id_candidate(aw_ledger_sha256, "u-1", 0, &id), 0);
	/* A local account has it already, as uid, and the next as gid. */
	assert_int_equal(
	    aw_fmt(line, sizeof(line), "x:x:%u:%u::/:/bin/sh\n", id, id + 1),
	    0);
	fake_file(world->fake->passwd, line);
	assert_int_equal(aw_fmt(line, sizeof(line), "y:x:%u:\n", id + 2), 0);
	fake_file(world->fake->group, line);
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_int_equal(world_id(world, "u-1"), id + 3);
}

static void write_once(void **state)
{
	static const char *const forbidden[] = {
		"UPDATE principals SET posix_id = 1879048199"
		" WHERE principal = 'u-1'",
		"UPDATE principals SET posix_id = NULL WHERE principal = 'u-1'",
		"UPDATE principals SET name = 'root2' WHERE principal = 'u-1'",
		"UPDATE principals SET name = 'bob' WHERE principal = 'u-1'",
		"UPDATE principals SET home = '/' WHERE principal = 'u-1'",
		"UPDATE principals SET principal = 'u-9'"
		" WHERE principal = 'u-1'",
		"UPDATE principals SET store = 's' WHERE principal = 'u-1'",
		"UPDATE principals SET kind = 2 WHERE principal = 'u-1'",
		"DELETE FROM principals WHERE principal = 'u-1'",
		"REPLACE INTO principals(store, principal, kind, user_name)"
		" SELECT store, principal, 1, 'x' FROM principals"
		" WHERE principal = 'u-1'",
		"REPLACE INTO principals(store, principal, kind, user_name,"
		" name, posix_id, home) SELECT store, 'u-9', 1, 'x', 'eve',"
		" posix_id, '/home/eve' FROM principals WHERE principal = "
		"'u-1'",
	};
	struct world *world = *state;
	const struct fake_directory d = { world_two, world_dev, world_both, 2,
		1, 2 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (execute(world, forbidden[i]) != SQLITE_CONSTRAINT)
			fail_msg("allowed: %s", forbidden[i]);
	assert_int_equal(aw_ledger_register(&world->state, aw_ledger_sha256, 1,
			     "u-1", "again", "/home/again", NULL),
	    -EEXIST);
	assert_string_equal(world_name(world, "u-1"), "alice");
}

/* Gone people leave a tombstone: nobody ever gets the name or the id. */
static void tombstones(void **state)
{
	static const struct fake_user again[] = {
		{ "u-2", "bob@example.com", NULL },
		{ "u-3", "alice@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory before = { world_two, NULL, NULL, 2, 0, 0 };
	const struct fake_directory after = { again, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	int64_t id;

	assert_int_equal(world_sweep(world, &before, &applied), 0);
	id = world_id(world, "u-1");
	assert_int_equal(world_sweep(world, &after, &applied), 0);
	assert_int_equal(world_number(world,
			     "SELECT present FROM principals"
			     " WHERE principal = ?1",
			     "u-1"),
	    0);
	assert_int_equal(world_id(world, "u-1"), id);
	assert_string_equal(world_name(world, "u-3"), "");
	assert_int_equal(world_number(world,
			     "SELECT skip LIKE '%belongs to u-1%'"
			     " FROM principals WHERE principal = ?1",
			     "u-3"),
	    1);
	/* Back under the same immutable id: the same account. */
	assert_int_equal(world_sweep(world, &before, &applied), 0);
	assert_int_equal(world_id(world, "u-1"), id);
	assert_int_equal(world_number(world,
			     "SELECT present FROM principals"
			     " WHERE principal = ?1",
			     "u-1"),
	    1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(ids_probe),
		T(write_once),
		T(tombstones),
	};

	return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
