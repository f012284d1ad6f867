/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/text.c.
 * covers: spine.2, R19
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/text.h"

static void numbers(void **state)
{
	static const struct {
		const char *input;
		uint64_t min, max;
		int want;
		uint64_t value;
	} rows[] = {
		{ "0", 0, 9, 0, 0 },
		{ "007", 0, 9, 0, 7 },
		{ "9", 0, 9, 0, 9 },
		{ "10", 0, 9, -ERANGE, 0 },
		{ "1", 2, 9, -ERANGE, 0 },
		{ "", 0, 9, -EINVAL, 0 },
		{ "-1", 0, 9, -EINVAL, 0 },
		{ "+1", 0, 9, -EINVAL, 0 },
		{ " 1", 0, 9, -EINVAL, 0 },
		{ "1 ", 0, 9, -EINVAL, 0 },
		{ "1x", 0, 9, -EINVAL, 0 },
		{ "0x1", 0, 9, -EINVAL, 0 },
		{ "18446744073709551615", 0, UINT64_MAX, 0, UINT64_MAX },
		{ "18446744073709551616", 0, UINT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999", 0, UINT64_MAX, -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t got = 4711;
		const int r =
		    aw_num_u64(rows[i].input, rows[i].min, rows[i].max, &got);

		if (r != rows[i].want || got != (r == 0 ? rows[i].value : 4711))
			fail_msg("\"%s\": %d, %llu", rows[i].input, r,
			    (unsigned long long)got);
	}
}

static void spans(void **state)
{
	static const struct {
		const char *input;
		int want;
		uint64_t value;
	} rows[] = {
		{ "15", 0, 15 },
		{ "15s", 0, 15 },
		{ "15m", 0, 900 },
		{ "8h", 0, 28800 },
		{ "1d", 0, 86400 },
		{ "2d", -ERANGE, 0 },
		{ "m", -EINVAL, 0 },
		{ "", -EINVAL, 0 },
		{ "15w", -EINVAL, 0 },
		{ "1h1m", -EINVAL, 0 },
		{ "18446744073709551615d", -ERANGE, 0 },
		{ "213503982334602d", -ERANGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t got = 4711;
		const int r = aw_num_span(rows[i].input, 1, 86400, &got);

		if (r != rows[i].want || got != (r == 0 ? rows[i].value : 4711))
			fail_msg("\"%s\": %d, %llu", rows[i].input, r,
			    (unsigned long long)got);
	}
}

static void formats_whole_or_nothing(void **state)
{
	char buf[8] = "before";

	(void)state;
	assert_int_equal(aw_fmt(buf, sizeof(buf), "%s", "1234567"), 0);
	assert_string_equal(buf, "1234567");
	assert_int_equal(aw_fmt(buf, sizeof(buf), "%s", "12345678"), -EMSGSIZE);
	assert_string_equal(buf, "");
	assert_int_equal(aw_copy(buf, sizeof(buf), "1234567"), 0);
	assert_string_equal(buf, "1234567");
	assert_int_equal(aw_copy(buf, sizeof(buf), "12345678"), -EMSGSIZE);
	assert_string_equal(buf, "");
}

static void diag_is_cut_not_overrun(void **state)
{
	struct aw_diag diag;
	char big[2 * sizeof(diag.text)];

	(void)state;
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	aw_diag_set(&diag, "%s", big);
	assert_int_equal(strlen(diag.text), sizeof(diag.text) - 1);
	aw_diag_set(NULL, "nobody listens");
}

static void clean_text(void **state)
{
	static const struct {
		const char *input;
		bool want;
	} rows[] = {
		{ "", true },
		{ "plain", true },
		{ "tab\there", false },
		{ "line\nfeed", false },
		{ "\x7f", false },
		{ "gr\xc3\xbc\xc3\x9f", true },
		{ "\xe2\x96\x88 block", true },
		{ "\xf0\x9f\x98\x80", true },
		{ "\xc2\x85 is NEL, a C1 control", false },
		{ "\xc0\xaf overlong", false },
		{ "\xe0\x80\xaf overlong", false },
		{ "\xf0\x80\x80\xaf overlong", false },
		{ "\xed\xa0\x80 surrogate", false },
		{ "\xf4\x90\x80\x80 too large", false },
		{ "\xc3", false },
		{ "\xe2\x96", false },
		{ "\x80", false },
		{ "\xff", false },
		{ "\xc3(", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_text_is_clean(rows[i].input, strlen(rows[i].input)) !=
		    rows[i].want)
			fail_msg("row %zu \"%s\"", i, rows[i].input);
	assert_false(aw_text_is_clean("a\0b", 3));
}

static void escapes(void **state)
{
	static const struct {
		const char *input;
		const char *want;
	} rows[] = {
		{ "alice", "alice" },
		{ "a\nb", "a\\x0ab" },
		{ "\033[31m", "\\x1b[31m" },
		{ "say \"no\" \\", "say \\x22no\\x22 \\x5c" },
		{ "\xc3\xbc", "\xc3\xbc" },
		{ "\xc3", "\\xc3" },
		{ "0123456789abcdefghijklmnopqrstuvwxyz",
		    "0123456789abcdefghijklmnopqrstu" },
		{ "0123456789abcdefghijklmnopqr\n..",
		    "0123456789abcdefghijklmnopqr" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[32];

		assert_string_equal(
		    aw_text_escape(buf, sizeof(buf), rows[i].input),
		    rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(spans),
		cmocka_unit_test(formats_whole_or_nothing),
		cmocka_unit_test(diag_is_cut_not_overrun),
		cmocka_unit_test(clean_text),
		cmocka_unit_test(escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
