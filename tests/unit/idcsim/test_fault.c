/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/fault.c: which faults there are, and when they are
 * over. covers: spine.9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/buf.h"
#include "tests/idcsim/fault.h"

static const struct {
	const char *kind;
	const char *arg;
	int want;
	const char *says;
} kind_rows[] = {
	{ "latency", "100", 0, "X latency 100\n" },
	{ "latency", NULL, -EINVAL, "latency: needs a number" },
	{ "latency", "x", -EINVAL, "latency: not a number from 1 to 3600000" },
	{ "throttle", NULL, 0, "X throttle 1\n" },
	{ "throttle", "9", 0, "X throttle 9\n" },
	{ "stale-token", NULL, 0, "X stale-token\n" },
	{ "repeat-token", NULL, 0, "X repeat-token\n" },
	{ "malformed", "1", -EINVAL, "malformed: takes no argument" },
	{ "status", NULL, 0, "X status 500\n" },
	{ "status", "503", 0, "X status 503\n" },
	{ "status", "404", -EINVAL, "status: not a number from 500 to 599" },
	{ "malformed", NULL, 0, "X malformed\n" },
	{ "oversized", NULL, 0, "X oversized 8388608\n" },
	{ "truncate-page", NULL, 0, "X truncate-page\n" },
	{ "empty", NULL, 0, "X empty\n" },
	{ "gone", NULL, 0, "X gone\n" },
	{ "lose-token", NULL, 0, "X lose-token\n" },
	{ "close", NULL, 0, "X close\n" },
	{ "cut", NULL, 0, "X cut\n" },
	{ "deny", NULL, 0, "X deny\n" },
	{ "expire", NULL, 0, "X expire\n" },
	{ "slow_down", NULL, 0, "X slow_down\n" },
	{ "foreign", NULL, 0, "X foreign\n" },
	{ "error", "400/Some", 0, "X error 400/Some\n" },
	{ "error", "403/Some/KMS", 0, "X error 403/Some/KMS\n" },
	{ "error", "200/Some", -EINVAL,
	    "error: STATUS/CODE[/REASON], STATUS from 400 on" },
	{ "error", "400/", -EINVAL,
	    "error: STATUS/CODE[/REASON], STATUS from 400 on" },
	{ "error", "Some", -EINVAL,
	    "error: STATUS/CODE[/REASON], STATUS from 400 on" },
	{ "error", NULL, -EINVAL,
	    "error: STATUS/CODE[/REASON], STATUS from 400 on" },
	{ "nonsense", NULL, -EINVAL, "nonsense: no such kind of fault" },
};

static void kinds(void **state)
{
	struct aw_sim_faults faults;

	(void)state;
	aw_sim_faults_init(&faults);
	for (size_t i = 0; i < sizeof(kind_rows) / sizeof(kind_rows[0]); i++) {
		struct aw_buf out = AW_BUF_INIT(4096);
		struct aw_diag diag = { .text = "" };
		const int r = aw_sim_faults_add(&faults, "X", kind_rows[i].kind,
		    kind_rows[i].arg, 0, &diag);

		aw_sim_faults_print(&faults, &out);
		if (r != kind_rows[i].want ||
		    strcmp(
			r ? diag.text : aw_buf_text(&out), kind_rows[i].says))
			fail_msg("%s: %d, %s%s", kind_rows[i].kind, r,
			    diag.text, aw_buf_text(&out));
		aw_buf_done(&out);
		aw_sim_faults_clear(&faults);
	}
}

static void reach(void **state)
{
	static const struct {
		const char *operation;
		bool want;
	} rows[] = {
		{ "*", true },
		{ "service", true },
		{ "Operation", true },
		{ "Operatio", false },
		{ "operation", false },
		{ "", false },
	};
	struct aw_sim_faults faults;

	(void)state;
	aw_sim_faults_init(&faults);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_sim_effect effect;

		assert_int_equal(aw_sim_faults_add(&faults, rows[i].operation,
				     "status", "502", 0, NULL),
		    0);
		effect = aw_sim_faults_take(&faults, "service", "Operation");
		if (effect.on[AW_SIM_STATUS] != rows[i].want)
			fail_msg("%s", rows[i].operation);
		assert_int_equal(
		    effect.arg[AW_SIM_STATUS], rows[i].want ? 502 : 0);
		aw_sim_faults_clear(&faults);
	}
}

static void counts(void **state)
{
	struct aw_sim_faults faults;
	struct aw_buf out = AW_BUF_INIT(4096);

	(void)state;
	aw_sim_faults_init(&faults);
	assert_int_equal(
	    aw_sim_faults_add(&faults, "*", "close", NULL, 2, NULL), 0);
	assert_int_equal(
	    aw_sim_faults_add(&faults, "*", "latency", "5", 0, NULL), 0);
	for (int i = 0; i < 4; i++) {
		const struct aw_sim_effect effect =
		    aw_sim_faults_take(&faults, "s", "o");

		assert_int_equal(effect.on[AW_SIM_CLOSE], i < 2);
		assert_int_equal(effect.arg[AW_SIM_LATENCY], 5);
	}
	aw_sim_faults_print(&faults, &out);
	assert_string_equal(aw_buf_text(&out), "* latency 5\n");
	aw_buf_done(&out);
	aw_sim_faults_clear(&faults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kinds),
		cmocka_unit_test(reach),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
