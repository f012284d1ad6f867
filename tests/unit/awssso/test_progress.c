/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso/progress.c: the line, and that it promises no end while it waits.
 * covers: dir.1
 */
#include "awssso/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/proto.h"

static void lines(void **state)
{
	static const struct {
		const char *name;
		uint64_t done, all, rate;
		bool bar;
		const char *waits, *want;
	} rows[] = {
		{ "not known yet", 3, 0, 1, false, "", "3 requests" },
		{ "under way", 10, 11, 1, false, "",
		    "90 %, 10 of about 11 requests, about 1 s left" },
		{ "faster", 10, 30, 20, false, "",
		    "33 %, 10 of about 30 requests, about 1 s left" },
		{ "no rate", 10, 11, 0, false, "",
		    "90 %, 10 of about 11 requests" },
		{ "more than expected", 12, 11, 1, false, "",
		    "99 %, 12 of about 11 requests" },
		{ "waits", 10, 11, 1, false, "why; again in 30 s",
		    "90 %, 10 of about 11 requests; waits: why; again in 30 "
		    "s" },
		{ "waits, told elsewhere", 10, 11, 1, false, NULL,
		    "90 %, 10 of about 11 requests" },
		{ "a bar", 1, 2, 0, true, "",
		    "[############            ] 50 %, 1 of about 2 requests" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_talk talk = AW_TALK_INIT;
		char line[AW_PROGRESS_SIZE];
		struct aw_wire_out out;
		uint8_t data[256];

		aw_wire_begin(&out, data, sizeof(data), AW_MSG_PROGRESS, 1);
		aw_wire_put_num(&out, AW_TAG_REQUESTS, rows[i].done);
		aw_wire_put_num(&out, AW_TAG_EXPECTED, rows[i].all);
		aw_wire_put_num(&out, AW_TAG_RATE, rows[i].rate);
		assert_int_equal(aw_wire_end(&out), 0);
		assert_int_equal(aw_wire_open(data, out.len, &talk.in), 0);
		(void)aw_progress_line(&talk, rows[i].bar, rows[i].waits, line);
		if (strcmp(line, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].name, line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(lines) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
