/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/buf.c.
 * covers: spine.2
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/buf.h"

static void grows_to_its_limit(void **state)
{
	struct aw_buf buf = AW_BUF_INIT(1000);

	(void)state;
	assert_string_equal(aw_buf_text(&buf), "");
	for (int i = 0; i < 999; i++)
		aw_buf_add(&buf, "x", 1);
	assert_int_equal(aw_buf_error(&buf), 0);
	assert_int_equal(buf.len, 999);
	assert_int_equal(strlen(aw_buf_text(&buf)), 999);
	aw_buf_add(&buf, "x", 1);
	assert_int_equal(aw_buf_error(&buf), -EMSGSIZE);
	assert_int_equal(buf.len, 999);
	aw_buf_done(&buf);
}

static void errors_stick(void **state)
{
	struct aw_buf buf = AW_BUF_INIT(8);

	(void)state;
	aw_buf_str(&buf, "12345678");
	assert_int_equal(aw_buf_error(&buf), -EMSGSIZE);
	aw_buf_str(&buf, "1");
	aw_buf_fmt(&buf, "%d", 2);
	assert_int_equal(aw_buf_error(&buf), -EMSGSIZE);
	assert_string_equal(aw_buf_text(&buf), "");
	aw_buf_done(&buf);
	aw_buf_str(&buf, "1234567");
	assert_int_equal(aw_buf_error(&buf), 0);
	aw_buf_wipe(&buf);
	assert_string_equal(aw_buf_text(&buf), "");
}

static void refuses_lengths_that_wrap(void **state)
{
	struct aw_buf buf = AW_BUF_INIT(SIZE_MAX);

	(void)state;
	aw_buf_str(&buf, "a");
	aw_buf_add(&buf, "", SIZE_MAX);
	assert_int_equal(aw_buf_error(&buf), -EMSGSIZE);
	aw_buf_done(&buf);
}

static void formats(void **state)
{
	struct aw_buf buf = AW_BUF_INIT(4096);

	(void)state;
	for (int i = 0; i < 100; i++)
		aw_buf_fmt(&buf, "%03d,", i);
	assert_int_equal(aw_buf_error(&buf), 0);
	assert_int_equal(buf.len, 400);
	assert_memory_equal(aw_buf_text(&buf) + 396, "099,", 5);
	aw_buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_to_its_limit),
		cmocka_unit_test(errors_stick),
		cmocka_unit_test(refuses_lengths_that_wrap),
		cmocka_unit_test(formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
