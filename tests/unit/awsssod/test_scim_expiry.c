/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/scim_expiry.c.
 * covers: dir.2
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <syslog.h>

#include "awsssod/scim_expiry.h"
#include "common/text.h"

#define DAY  86400
#define BASE 1767225600 /* 2026-01-01 */

static struct aw_conf conf;

static int set_up(void **state)
{
	(void)state;
	aw_conf_init(&conf);
	conf.source = AW_SOURCE_SCIM;
	return aw_copy(conf.scim_token_expires, sizeof(conf.scim_token_expires),
	    "2026-04-11"); /* 100 days behind BASE */
}

static void days_left(void **state)
{
	static const struct {
		const char *name;
		int day;
		int priority;
	} rows[] = {
		{ "long before", 0, 0 },
		{ "91 days", 9, 0 },
		{ "90 days", 10, LOG_NOTICE },
		{ "31 days", 69, LOG_NOTICE },
		{ "30 days", 70, LOG_WARNING },
		{ "8 days", 92, LOG_WARNING },
		{ "7 days", 93, LOG_ERR },
		{ "the day", 100, LOG_ERR },
		{ "after it", 200, LOG_ERR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const time_t now = BASE + (time_t)rows[i].day * DAY;
		const uint64_t want = rows[i].day < 100
					  ? (100u - (unsigned)rows[i].day) * DAY
					  : 0;
		uint64_t left;

		if (!aw_scim_expiry_left(&conf, now, &left) || left != want ||
		    aw_scim_expiry_priority(left) != rows[i].priority)
			fail_msg("%s", rows[i].name);
	}
}

static void no_day(void **state)
{
	uint64_t left;

	(void)state;
	conf.source = AW_SOURCE_IDENTITY_STORE;
	assert_false(aw_scim_expiry_left(&conf, BASE, &left));
	conf.source = AW_SOURCE_SCIM;
	conf.scim_token_expires[0] = '\0';
	assert_false(aw_scim_expiry_left(&conf, BASE, &left));
}

static void once_a_day(void **state)
{
	const time_t late = BASE + (time_t)95 * DAY;
	time_t told = 0;

	(void)state;
	aw_scim_expiry_tell(&conf, BASE, &told);
	assert_int_equal(told, 0);
	aw_scim_expiry_tell(&conf, late, &told);
	assert_int_equal(told, late);
	aw_scim_expiry_tell(&conf, late + DAY - 1, &told);
	assert_int_equal(told, late);
	aw_scim_expiry_tell(&conf, late + DAY, &told);
	assert_int_equal(told, late + DAY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(days_left, set_up),
		cmocka_unit_test_setup(no_day, set_up),
		cmocka_unit_test_setup(once_a_day, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
