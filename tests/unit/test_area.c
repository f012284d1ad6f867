/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/area.c: what was added stays, new room is zero.
 * covers: spine.2
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/area.h"

static void grows_in_place(void **state)
{
	struct aw_area area = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t *to = aw_area_add(&area, sizeof(*to));

		assert_non_null(to);
		assert_int_equal(*to, 0);
		*to = i;
		assert_int_equal(area.len, (i + 1) * sizeof(*to));
		assert_true(area.size >= area.len);
	}
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(((const uint32_t *)area.data)[i], i);
	aw_area_done(&area);
	assert_null(area.data);
	assert_int_equal(area.len + area.size, 0);
	aw_area_done(&area);
}

static void takes_edges(void **state)
{
	struct aw_area area = { 0 };
	char *to;

	(void)state;
	assert_non_null(aw_area_add(&area, 0));
	assert_int_equal(area.len, 0);
	to = aw_area_add(&area, 65536);
	assert_non_null(to);
	to[65535] = 'x';
	to = aw_area_add(&area, 1);
	assert_non_null(to);
	assert_int_equal(to[-1], 'x');
	assert_null(aw_area_add(&area, SIZE_MAX));
	assert_null(aw_area_add(&area, SIZE_MAX / 2));
	assert_int_equal(area.len, 65537);
	assert_int_equal(((const char *)area.data)[65535], 'x');
	aw_area_done(&area);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_in_place),
		cmocka_unit_test(takes_edges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
