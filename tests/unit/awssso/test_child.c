/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that a command runs end, are killed in time, and say what they say
 * to whom they should: awssso/child.c.
 * covers: hour.2, hour.3
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awssso/child.h"

static void outcomes(void **state)
{
	static const struct {
		const char *script; /* NULL: there is no such program */
		unsigned seconds;
		int want;
		const char *says;
	} rows[] = {
		{ "exit 0", 10, 0, "" },
		{ "echo out; echo err >&2; exit 3", 10, 3, "out\nerr\n" },
		{ "kill -9 $$", 10, 128 + 9, "" },
		{ "pwd; echo /etc/passw?", 10, 0, "/\n/etc/passwd\n" },
		{ "cat; echo end", 10, 0, "end\n" },
		{ "echo first; sleep 30", 1, -ETIMEDOUT, "first\n" },
		/* who outlives it holds nobody up */
		{ "sleep 30 >/dev/null 2>&1 & exit 4", 10, 4, "" },
		{ "sleep 3 & echo $HOME$AWSSSO_TEST; exit 5", 20, 5, "\n" },
		/* more than a pipe holds; more than the reader wants */
		{ "head -c 100000 /dev/zero | tr '\\0' x", 20, 0, NULL },
		{ "head -c 300000 /dev/zero", 20, -EMSGSIZE, NULL },
		{ NULL, 10, -ENOENT, "" },
	};

	(void)state;
	(void)setenv("AWSSSO_TEST", "inherited", 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const argv[] = {
			rows[i].script ? "/bin/sh" : "/nonexistent/program",
			"-c", rows[i].script, NULL
		};
		struct aw_buf out = AW_BUF_INIT(200000);
		const time_t before = time(NULL);
		const int r = aw_child_run(argv, rows[i].seconds, &out);

		if (r != rows[i].want ||
		    (rows[i].says &&
			strcmp(aw_buf_text(&out), rows[i].says) != 0) ||
		    time(NULL) - before > 15)
			fail_msg(
			    "%s: %d: %s", rows[i].script, r, aw_buf_text(&out));
		if (!rows[i].says && r == 0)
			assert_int_equal(out.len, 100000);
		aw_buf_done(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes),
	};

	return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
