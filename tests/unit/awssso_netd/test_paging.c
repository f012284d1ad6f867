/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/paging.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "awssso_netd/paging.h"
#include "common/text.h"

static void pages_follow_one_another(void **state)
{
	struct aw_paging paging = { .next = NULL };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char token[16];

		assert_int_equal(aw_fmt(token, sizeof(token), "t%d", i), 0);
		assert_int_equal(aw_paging_step(&paging, token), 0);
		assert_string_equal(paging.next, token);
	}
	assert_int_equal(aw_paging_step(&paging, NULL), AW_END);
	aw_paging_done(&paging);
	assert_null(paging.next);
	assert_int_equal(aw_paging_step(&paging, NULL), AW_END);
}

/* Tails and circles of every small size are noticed, and soon. */
static void circles_end(void **state)
{
	(void)state;
	for (unsigned tail = 0; tail < 20; tail++) {
		for (unsigned circle = 1; circle < 20; circle++) {
			struct aw_paging paging = { .next = NULL };
			unsigned i = 0;
			int r = 0;

			while (r == 0 && i < 200) {
				char token[16];
				const unsigned n =
				    i < tail ? i : tail + (i - tail) % circle;

				i++;
				assert_int_equal(
				    aw_fmt(token, sizeof(token), "%u", n), 0);
				r = aw_paging_step(&paging, token);
			}
			if (r != -EBADMSG || i > 3 * (tail + circle) + 2)
				fail_msg("tail %u, circle %u: %d after %u",
				    tail, circle, r, i);
			if (circle == 1)
				assert_true(i == tail + 2);
			aw_paging_done(&paging);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_follow_one_another),
		cmocka_unit_test(circles_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
