/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records of a sweep are taken, and which make it void:
 * awsssod/staging.c.
 * covers: spine.5, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awsssod/staging.h"
#include "common/own.h"
#include "tests/unit/awsssod/world.h"

/* An id that has a permission set's form is nobody's, in nobody's group; it
 * keeps out nobody else, and no set either. */
static void ids_of_sets(void **state)
{
	static const struct fake_user users[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "ps:Admin", "mallory@example.com", NULL },
	};
	static const struct fake_group groups[] = { { "g-1", "dev" },
		{ "ps:dev", "ops" } };
	static const struct fake_member members[] = { { "g-1", "u-1" },
		{ "g-1", "ps:Admin" }, { "ps:dev", "u-1" } };
	const struct fake_directory d = { users, groups, members, 2, 2, 3 };
	struct world *world = *state;
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM principals", NULL), 2);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM members", NULL), 1);
}

static void bad_records(void **state)
{
	static const struct fake_user no_name[] = { { "u-1", NULL, NULL } };
	static const struct fake_user no_id[] = { { NULL, "x", NULL } };
	static const struct fake_user empty[] = { { "", "x", NULL } };
	static const struct fake_user line[] = { { "u-1", "a\nb", NULL } };
	static const struct fake_member half[] = { { "g-1", NULL } };
	const struct fake_directory rows[] = {
		{ no_name, NULL, NULL, 1, 0, 0 },
		{ no_id, NULL, NULL, 1, 0, 0 },
		{ empty, NULL, NULL, 1, 0, 0 },
		{ line, NULL, NULL, 1, 0, 0 },
		{ NULL, NULL, half, 0, 0, 1 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(4096);
		struct aw_staging staging = { .store = FAKE_STORE };
		struct aw_diag why = { .text = "" };

		fake_page(&page, &rows[i]);
		assert_int_equal(aw_staging_clear(&world->state), 0);
		if (aw_staging_add(&world->state, &staging, page.data, page.len,
			&why) != AW_DENIED)
			fail_msg("row %zu was taken", i);
		assert_true(why.text[0]);
		/* Half a message is none. */
		assert_int_equal(aw_staging_add(&world->state, &staging,
				     page.data, page.len - 1, &why),
		    AW_DENIED);
		assert_int_equal(world_number(world,
				     "SELECT count(*) FROM stage_users", NULL),
		    0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(ids_of_sets),
		T(bad_records),
	};

	return cmocka_run_group_tests_name("staging", tests, NULL, NULL);
}
