/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso/moment.c: times that were, and nothing else.
 * covers: spine.7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "awssso/moment.h"

#define NOW 1795564800 /* 2026-11-25T00:00:00Z */

static const struct {
	const char *text;
	int64_t want; /* 0: none */
} rows[] = {
	{ "2026-11-25T00:00:00Z", NOW },
	{ "2026-11-24t14:00:30z", NOW - 10 * 3600 + 30 },
	{ "2026-11-24T14:00:00+01:00", NOW - 11 * 3600 },
	{ "2026-11-24T14:00:00-01:30", NOW - 8 * 3600 - 1800 },
	{ "2026-11-25T00:30:00+01:00", NOW - 1800 },
	{ "2024-02-29T00:00:00Z", 1709164800 },
	{ "1970-01-01T00:00:01Z", 1 },
	{ "2h", NOW - 7200 },
	{ "-2h", NOW - 7200 },
	{ "-90", NOW - 90 },
	{ "0", NOW },
	/* not yet */
	{ "2026-11-25T00:00:01Z", 0 },
	{ "2026-11-24T23:30:00-01:00", 0 },
	{ "9999-12-31T23:59:59Z", 0 },
	/* never */
	{ "1970-01-01T00:00:00Z", 0 },
	{ "0001-01-01T00:00:00Z", 0 },
	{ "2026-02-30T00:00:00Z", 0 },
	{ "2025-02-29T00:00:00Z", 0 },
	{ "2026-00-10T00:00:00Z", 0 },
	{ "2026-13-10T00:00:00Z", 0 },
	{ "2026-11-24T24:00:00Z", 0 },
	{ "2026-11-24T14:60:00Z", 0 },
	{ "2026-11-24T14:00:60Z", 0 },
	/* no time */
	{ "", 0 },
	{ "-", 0 },
	{ "--2h", 0 },
	{ "2x", 0 },
	{ "yesterday", 0 },
	{ "2026-11-24", 0 },
	{ "2026-11-24T14:00:00", 0 },
	{ "2026-11-24 14:00:00Z", 0 },
	{ "2026-11-24T14:00:00ZZ", 0 },
	{ "2026-11-24T14:00:00+1:00", 0 },
	{ "2026-11-24T14:00:00+24:00", 0 },
	{ "2026-11-24T14:00:00+01:60", 0 },
	{ "2026-11-24T14:00:00+01:000", 0 },
	{ "2026-11-24T14:00:00*01:00", 0 },
	{ "20261-1-24T14:00:00Z", 0 },
};

static void moments(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t got = -7;
		const int r = aw_moment_parse(rows[i].text, NOW, &got);

		if (r != (rows[i].want ? 0 : -EINVAL) ||
		    got != (rows[i].want ? rows[i].want : -7))
			fail_msg("%s: %d, %lld", rows[i].text, r,
			    (long long)(got - NOW));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(moments) };

	return cmocka_run_group_tests_name("moment", tests, NULL, NULL);
}
