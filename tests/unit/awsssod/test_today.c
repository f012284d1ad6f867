/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/today.c: the verdicts of a day, across a restart and
 * midnight.
 * covers: hour.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include "awsssod/today.h"
#include "tests/unit/awsssod/world.h"

#define NOON INT64_C(1767268800) /* 2026-01-01, where it is noon at UTC */
#define HOUR 3600

static void put(struct world *world, int64_t at, int64_t verdict)
{
	assert_int_equal(
	    aw_state_run(&world->state, AW_Q_EVENT_ADD, "ississssss", at, "",
		"x", verdict, "alice", NULL, "sshd", NULL, "", ""),
	    0);
}

static void counts(void **state)
{
	struct world *world = *state;
	struct aw_today today = { .counted = false };

	/* Before anybody has asked. */
	aw_today_note(&today, AW_VERDICT_ALLOW);
	put(world, NOON - 13 * HOUR, AW_VERDICT_ALLOW);
	put(world, NOON - 12 * HOUR, AW_VERDICT_ALLOW);
	put(world, NOON, AW_VERDICT_ALLOW);
	put(world, NOON, AW_VERDICT_POLICY);
	put(world, NOON, 77);
	aw_today_count(&today, &world->state, NOON + 60);
	assert_int_equal(today.n[AW_VERDICT_ALLOW], 2);
	assert_int_equal(today.n[AW_VERDICT_POLICY], 1);
	assert_int_equal(today.n[AW_VERDICT_REFUSED], 0);
	/* Not counted again, but kept up to date. */
	put(world, NOON + 120, AW_VERDICT_REFUSED);
	aw_today_count(&today, &world->state, NOON + 12 * HOUR - 1);
	assert_int_equal(today.n[AW_VERDICT_REFUSED], 0);
	aw_today_note(&today, AW_VERDICT_REFUSED);
	aw_today_note(&today, AW_VERDICT_MAX_);
	assert_int_equal(today.n[AW_VERDICT_REFUSED], 1);
	/* The next day; and the clock set back. */
	aw_today_count(&today, &world->state, NOON + 12 * HOUR);
	for (int i = 0; i < AW_VERDICT_MAX_; i++)
		assert_int_equal(today.n[i], 0);
	aw_today_count(&today, &world->state, NOON);
	assert_int_equal(today.n[AW_VERDICT_ALLOW], 2);
	assert_int_equal(today.n[AW_VERDICT_REFUSED], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    counts, world_set_up, world_tear_down),
	};

	(void)setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
