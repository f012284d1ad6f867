/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/limits.c: root's exceptions, and that a file with one
 * bad line allows nothing.
 * covers: spine.3, R15, R18
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/limits.h"

static struct aw_limits limits;

static int parse(const char *text, struct aw_diag *diag)
{
	memset(&limits, 'u', sizeof(limits));
	return aw_limits_parse(text, strlen(text), &limits, diag);
}

static void takes_good_files(void **state)
{
	(void)state;
	assert_int_equal(parse("# adopted\nuid 1000\n\n \tgid 27 # mapped\n"
			       "uid\t4294967294\nhome /srv/home/\ngid 1",
			     NULL),
	    0);
	assert_int_equal(limits.n_uids, 2);
	assert_int_equal(limits.n_gids, 2);
	assert_int_equal(limits.n_homes, 1);
	assert_true(aw_limits_uid(&limits, 1000));
	assert_true(aw_limits_uid(&limits, 4294967294u));
	assert_false(aw_limits_uid(&limits, 27));
	assert_true(aw_limits_gid(&limits, 27));
	assert_true(aw_limits_gid(&limits, 1));
	assert_false(aw_limits_gid(&limits, 1000));
	assert_false(aw_limits_gid(&limits, 0));
	assert_true(aw_limits_home(&limits, "/srv/home/alice"));
	assert_false(aw_limits_home(&limits, "/srv/home"));
	assert_false(aw_limits_home(&limits, "/srv/homer/alice"));
	assert_int_equal(parse("", NULL), 0);
	assert_int_equal(limits.n_uids + limits.n_gids + limits.n_homes, 0);
}

static void refuses_bad_files(void **state)
{
	static const struct {
		const char *name, *text, *line;
	} rows[] = {
		{ "gid 0 (R15)", "gid 0\n", "line 1:" },
		{ "uid of a system account (R18)", "uid 1000\nuid 999\n",
		    "line 2:" },
		{ "uid 0", "uid 0", "line 1:" },
		{ "uid -1", "uid 4294967295", "line 1:" },
		{ "gid -1", "gid 4294967295", "line 1:" },
		{ "no number", "uid alice", "line 1:" },
		{ "sign", "gid +5", "line 1:" },
		{ "number too long", "gid 99999999999999999999", "line 1:" },
		{ "two numbers", "gid 5 6", "line 1:" },
		{ "nothing behind", "uid", "line 1:" },
		{ "unknown word", "\n\nuser 1000\n", "line 3:" },
		{ "glued", "uid1000", "line 1:" },
		{ "home without end", "home /srv/home", "line 1:" },
		{ "home relative", "home srv/", "line 1:" },
		{ "home is everywhere", "home /", "line 1:" },
		{ "home is the system's", "home /etc/", "line 1:" },
		{ "home is below", "home /etc/cron.d/", "line 1:" },
		{ "home is above", "home /var/", "line 1:" },
		{ "home is ours", "home /var/lib/awssso/public/", "line 1:" },
		{ "home empty component", "home //", "line 1:" },
		{ "home climbs", "home /srv/../etc/", "line 1:" },
		{ "home with colon", "home /srv:/", "line 1:" },
		{ "carriage return", "uid 1000\r\n", "line 1:" },
		{ "comment glued", "uid 10#00\n", "line 1:" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag diag = { .text = "" };

		if (parse(rows[i].text, &diag) != -EINVAL)
			fail_msg("%s: taken", rows[i].name);
		if (strncmp(diag.text, rows[i].line, strlen(rows[i].line)))
			fail_msg("%s: %s", rows[i].name, diag.text);
		if (limits.n_uids + limits.n_gids + limits.n_homes != 0 ||
		    aw_limits_uid(&limits, 1000))
			fail_msg("%s: allows something", rows[i].name);
	}
	assert_int_equal(
	    aw_limits_parse("uid 10\0", 7, &limits, NULL), -EINVAL);
}

/* @n lines @line. */
static int parse_many(const char *line, unsigned n)
{
	static char text[16 * 300];
	const size_t len = strlen(line);

	for (unsigned i = 0; i < n; i++)
		memcpy(text + i * len, line, len);
	return aw_limits_parse(text, n * len, &limits, NULL);
}

static void has_room_for_its_maximum(void **state)
{
	(void)state;
	assert_int_equal(parse_many("uid 1000\n", AW_LIMITS_MAX), 0);
	assert_int_equal(limits.n_uids, AW_LIMITS_MAX);
	assert_int_equal(parse_many("uid 1000\n", AW_LIMITS_MAX + 1), -EINVAL);
	assert_int_equal(parse_many("gid 1\n", AW_LIMITS_MAX), 0);
	assert_int_equal(parse_many("gid 1\n", AW_LIMITS_MAX + 1), -EINVAL);
	assert_int_equal(parse_many("home /a/\n", 16), 0);
	assert_int_equal(parse_many("home /a/\n", 17), -EINVAL);
}

static void bounds_a_prefix(void **state)
{
	char text[256] = "home /";

	(void)state;
	memset(text + 6, 'a', 125);
	memcpy(text + 131, "/", 2);
	assert_int_equal(parse(text, NULL), 0);
	memset(text + 6, 'a', 126);
	memcpy(text + 132, "/", 2);
	assert_int_equal(parse(text, NULL), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_good_files),
		cmocka_unit_test(refuses_bad_files),
		cmocka_unit_test(has_room_for_its_maximum),
		cmocka_unit_test(bounds_a_prefix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
