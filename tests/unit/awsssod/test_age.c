/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/age.c: no clock makes the directory younger.
 * covers: verdict.7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awsssod/age.h"
#include "tests/unit/awsssod/fake.h"

#define READ 1767225600 /* by the wall */

static const struct aw_clocks then = { READ, 5000 };

struct place {
	struct fake *fake;
	struct aw_state state;
};

static int set_up(void **state)
{
	static struct place place;
	struct aw_diag why = { .text = "" };

	place.fake = fake_new();
	*state = &place;
	return aw_state_open(place.fake->state, &place.state, &why);
}

static int tear_down(void **state)
{
	struct place *place = *state;

	aw_state_close(&place->state);
	fake_free(place->fake);
	return 0;
}

/* As another process finds it. */
static void start_anew(struct place *place)
{
	struct aw_diag why = { .text = "" };

	aw_state_close(&place->state);
	assert_int_equal(
	    aw_state_open(place->fake->state, &place->state, &why), 0);
}

static void ages(void **state)
{
	static const struct {
		const char *name;
		struct aw_clocks now;
		uint64_t want;
		uint64_t own; /* to who noted it; 0: as to others */
	} rows[] = {
		{ "at once", { READ, 5000 }, 0, 0 },
		{ "an hour", { READ + 3600, 8600 }, 3600, 0 },
		{ "set back half an hour", { READ + 1800, 8600 }, 3600, 0 },
		{ "set back to the reading", { READ, 8600 }, 3600, 0 },
		{ "set back before it", { READ - 1, 8600 }, AW_AGE_NOT_YET,
		    3600 },
		{ "far back", { 7, 90000 }, AW_AGE_NOT_YET, 85000 },
		{ "set forward", { READ + 90000, 8600 }, 90000, 0 },
		{ "started anew", { READ + 6000, 10 }, 6000, 0 },
		{ "started anew, long ago", { READ + 6000, 5500 }, 6000, 0 },
		{ "started anew, set back", { READ + 60, 4000 }, 4000, 0 },
		{ "started anew long ago, set back", { READ + 60, 5500 }, 500,
		    0 },
	};
	struct place *place = *state;

	assert_true(aw_age_get(&place->state, &then) == AW_AGE_NEVER);
	assert_int_equal(aw_age_set(&place->state, READ, &then), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_age_get(&place->state, &rows[i].now) !=
		    (rows[i].own ? rows[i].own : rows[i].want))
			fail_msg("%s", rows[i].name);
	start_anew(place);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_age_get(&place->state, &rows[i].now) != rows[i].want)
			fail_msg("to another process: %s", rows[i].name);
}

/* A sweep that came to nothing in the end has not been. */
static void undone(void **state)
{
	const struct aw_clocks back = { READ - 1, 5100 };
	struct place *place = *state;

	assert_int_equal(aw_age_set(&place->state, READ, &then), 0);
	start_anew(place);
	assert_int_equal(aw_state_begin(&place->state), 0);
	assert_int_equal(aw_age_set(&place->state, READ + 20,
			     &(struct aw_clocks){ READ + 20, 5020 }),
	    0);
	aw_state_rollback(&place->state);
	assert_true(aw_age_get(&place->state, &back) == AW_AGE_NOT_YET);
}

/* What was an hour old when it came goes on from there. */
static void of_a_publisher(void **state)
{
	const struct aw_clocks back = { READ - 3000, 5100 };
	struct place *place = *state;

	assert_int_equal(aw_age_set(&place->state, READ - 3600, &then), 0);
	assert_true(aw_age_get(&place->state, &then) == 3600);
	assert_true(aw_age_get(&place->state, &back) == 3700);
	/* from the future: as young as now, by the kernel */
	assert_int_equal(aw_age_set(&place->state, READ + 50, &then), 0);
	assert_true(aw_age_get(&place->state, &then) == AW_AGE_NOT_YET);
	assert_true(aw_age_get(&place->state,
			&(struct aw_clocks){ READ + 60, 5100 }) == 100);
}

static void real_clocks(void **state)
{
	struct aw_clocks one, two;

	(void)state;
	aw_clocks_read(&one);
	aw_clocks_read(&two);
	assert_true(one.wall_s >= READ && two.wall_s >= one.wall_s);
	assert_true(one.boot_s > 0 && two.boot_s >= one.boot_s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(ages),
		T(undone),
		T(of_a_publisher),
		cmocka_unit_test(real_clocks),
	};

	return cmocka_run_group_tests_name("age", tests, NULL, NULL);
}
