/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/rate.c: twenty a second and not one more.
 * covers: spine.9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/idcsim/rate.h"

static void bucket(void **state)
{
	struct aw_sim_rates rates = { 0 };

	(void)state;
	for (int i = 0; i < 20; i++)
		assert_true(aw_sim_rate_take(&rates, "a", 20, 1000));
	assert_false(aw_sim_rate_take(&rates, "a", 20, 1000));
	assert_true(aw_sim_rate_take(&rates, "b", 20, 1000));
	assert_false(aw_sim_rate_take(&rates, "a", 20, 1049));
	assert_true(aw_sim_rate_take(&rates, "a", 20, 1050));
	assert_false(aw_sim_rate_take(&rates, "a", 20, 1050));
	/* A pause fills it, but not above its brim; a clock set back does not.
	 */
	for (int i = 0; i < 20; i++)
		assert_true(aw_sim_rate_take(&rates, "a", 20, 99000));
	assert_false(aw_sim_rate_take(&rates, "a", 20, 99000));
	assert_false(aw_sim_rate_take(&rates, "a", 20, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
