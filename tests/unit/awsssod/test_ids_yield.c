/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two hosts that gave people each other's ids or names become one, when an
 * administrator says so: awsssod/ids_yield.c, ids_import.c.
 * covers: dir.6, R16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/id.h"
#include "common/own.h"
#include "tests/unit/awsssod/admin.h"
#include "tests/unit/awsssod/people.h"

static const struct fake_user users[] = {
	{ BOB, "bob@example.com", NULL },
	{ "u-carol", "carol@example.com", NULL },
	{ "u-erin", "erin@example.com", NULL },
};
static const struct fake_directory directory = { users, NULL, NULL, 3, 0, 0 };

#define U    AW_KIND_USER
#define A    (AW_ID_MIN + 1)
#define B    (AW_ID_MIN + 2)
#define C    (AW_ID_MIN + 3)
#define OLD  (AW_ID_MIN + 4)
#define ROWS 6

/* bob has A, carol B and erin C; OLD was once carol's, and so was "caro". */
static const struct import_row start[] = {
	{ BOB, "bob", "/home/bob", U, A },
	{ "u-carol", "carol", "/home/carol", U, B },
	{ "u-erin", "erin", "/home/erin", U, C },
	{ "u-carol", NULL, NULL, 0, OLD },
	{ "u-carol", "caro", NULL, 0, 0 },
};

static void import(struct fake *fake, const struct import_row *rows, size_t n,
    uint64_t net, const char *told)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_import(fd, rows, n, true, true);
	for (bool first = true; fake_next(fake, fd) == AW_MSG_ID_REC;
	     first = false)
		if (told && first &&
		    !strstr(fake_text(fake, AW_TAG_TEXT), told))
			fail_msg("%s: %s", told, fake_text(fake, AW_TAG_TEXT));
	assert_int_equal(fake->in.type, AW_MSG_DONE);
	if (aw_wire_num(&fake->in, AW_TAG_NET, 0) != net)
		fail_msg("%s: %s", told ? told : "start",
		    fake_text(fake, AW_TAG_TEXT));
}

static int set_up(void **state)
{
	struct fake *fake = admin_start(&directory);

	*state = fake;
	import(fake, start, sizeof(start) / sizeof(start[0]), AW_NET_OK, NULL);
	settle(fake);
	return 0;
}

static const char *who_has(const struct fake *fake)
{
	return fake_string(fake,
	    "SELECT group_concat(name || ' ' ||"
	    " CASE WHEN posix_id < 1879048192 THEN posix_id"
	    "  WHEN posix_id < 1879048201 THEN posix_id - 1879048192"
	    "  ELSE 'new' END ||"
	    " CASE WHEN home = '/home/' || name THEN '' ELSE home END, ', ')"
	    " FROM (SELECT * FROM principals WHERE name IS NOT NULL"
	    "  ORDER BY principal)");
}

/* What is reserved, for whom. */
static const char *kept(const struct fake *fake)
{
	return fake_string(fake,
	    "SELECT coalesce(group_concat(x, ', '), '') FROM (SELECT"
	    " p.name || ' ' || CASE WHEN old_id < 1879048192 THEN old_id ELSE"
	    "  old_id - 1879048192 END AS x FROM renumbers"
	    " JOIN principals p USING(n)"
	    " WHERE kept AND old_id < 1879048201 UNION"
	    " SELECT p.name || ' ' || old_name FROM renames"
	    " JOIN principals p USING(n) WHERE kept ORDER BY 1)");
}

static const struct {
	struct import_row rows[ROWS];
	uint64_t net;
	const char *told, *have, *kept;
} cases[] = {
	/* each other's id, and back */
	{ { { BOB, "bob", "/home/bob", U, B },
	      { "u-carol", "carol", "/home/carol", U, A } },
	    AW_NET_OK, "had the id 1879048194: find / -uid 1879048194",
	    "bob 2, carol 1, erin 3", "carol 4, carol caro" },
	{ { { BOB, "bob", "/home/bob", U, A },
	      { "u-carol", "carol", "/home/carol", U, B } },
	    AW_NET_OK, "; find / -gid 1879048193 -exec chgrp -h ",
	    "bob 1, carol 2, erin 3", "carol 4, carol caro" },
	/* three in a circle; and with their names */
	{ { { "u-erin", "erin", "/home/erin", U, B },
	      { BOB, "bob", "/home/bob", U, C },
	      { "u-carol", "carol", "/home/carol", U, A } },
	    AW_NET_OK, "had the id", "bob 3, carol 1, erin 2",
	    "carol 4, carol caro" },
	{ { { BOB, "carol", "/home/carol", U, A },
	      { "u-carol", "erin", "/home/erin", U, B },
	      { "u-erin", "bob", "/home/bob", U, C } },
	    AW_NET_OK, "had the id", "carol 1, erin 2, bob 3",
	    "erin 4, erin caro" },
	{ { { BOB, "bob", "/home/bob", U, A },
	      { "u-carol", "carol", "/home/carol", U, B },
	      { "u-erin", "erin", "/home/erin", U, C } },
	    AW_NET_OK, NULL, "bob 1, carol 2, erin 3", "carol 4, carol caro" },
	/* no circle: what nobody has there stays reserved */
	{ { { BOB, "bob", "/home/bob", U, B },
	      { "u-carol", "carol", "/home/carol", U, AW_ID_MIN + 5 } },
	    AW_NET_OK, "had the id", "bob 2, carol 5, erin 3",
	    "bob 1, carol 4, carol caro" },
	{ { { "u-carol", "carol", "/home/carol", U, B },
	      { BOB, "bob", "/home/bob", U, A } },
	    AW_NET_OK, "had the id", "bob 1, carol 2, erin 3",
	    "bob 1, carol 4, carol 5, carol caro" },
	/* adopted ids, as useradd counts them */
	{ { { BOB, "bob", "/home/bob", U, 1011 },
	      { "u-carol", "carol", "/home/carol", U, 1012 } },
	    AW_NET_OK, "had the id", "bob 1011, carol 1012, erin 3",
	    "bob 1, carol 2, carol 4, carol 5, carol caro" },
	{ { { BOB, "bob", "/home/bob", U, 1012 },
	      { "u-carol", "carol", "/home/carol", U, 1011 } },
	    AW_NET_OK, "had the id", "bob 1012, carol 1011, erin 3",
	    "bob 1, carol 2, carol 4, carol 5, carol caro" },
	/* one cannot have two, nor two one; nothing is told of what was not */
	{ { { BOB, "bob", "/home/bob", U, C },
	      { BOB, "bob", "/home/bob", U, AW_ID_MIN + 6 } },
	    AW_NET_REFUSED, "stands in the file twice",
	    "bob 1012, carol 1011, erin 3",
	    "bob 1, carol 2, carol 4, carol 5, carol caro" },
	{ { { BOB, "bob", "/home/bob", U, C },
	      { "u-carol", "carol", "/home/carol", U, C } },
	    AW_NET_REFUSED, "the id 1879048195 is that of u-bob",
	    "bob 1012, carol 1011, erin 3",
	    "bob 1, carol 2, carol 4, carol 5, carol caro" },
	/* what is reserved */
	{ { { BOB, "bob", "/home/bob", U, OLD } }, AW_NET_OK,
	    "had the id 1879048196, which was reserved and is another's now",
	    "bob 4, carol 1011, erin 3",
	    "bob 1, bob 1012, carol 2, carol 5, carol caro" },
	{ { { "u-erin", "caro", "/home/caro", U, C } }, AW_NET_OK,
	    "had the name caro, which was reserved",
	    "bob 4, carol 1011, caro 3", "bob 1, bob 1012, carol 2, carol 5" },
	{ { { "u-erin", NULL, NULL, 0, A } }, AW_NET_OK,
	    "had the id 1879048193, which was reserved",
	    "bob 4, carol 1011, caro 3", "bob 1012, caro 1, carol 2, carol 5" },
	/* what a stranger has there; a name is not made up */
	{ { { "u-zoe", "zoe", "/home/zoe", U, C } }, AW_NET_OK, "had the id",
	    "bob 4, carol 1011, caro new, zoe 3",
	    "bob 1012, caro 1, carol 2, carol 5" },
	{ { { "u-yan", "bob", "/home/bob", U, AW_ID_MIN + 8 } }, AW_NET_REFUSED,
	    "the name bob is that of u-bob",
	    "bob 4, carol 1011, caro new, zoe 3",
	    "bob 1012, caro 1, carol 2, carol 5" },
};

static void theirs_counts(void **state)
{
	struct fake *fake = *state;
	char have[256];
	int64_t left;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = 0;

		while (n < ROWS && cases[i].rows[n].principal)
			n++;
		import(fake, cases[i].rows, n, cases[i].net, cases[i].told);
		assert_int_equal(aw_copy(have, sizeof(have), who_has(fake)), 0);
		if (strcmp(have, cases[i].have) != 0 ||
		    strcmp(kept(fake), cases[i].kept) != 0)
			fail_msg("%zu: %s; %s", i, have, kept(fake));
		assert_int_equal(
		    aw_state_number(&fake->daemon->state, AW_Q_INCOMING_ID,
			&left, "i", (int64_t)cases[i].rows[0].id),
		    AW_ABSENT);
	}
	sync_with(fake, &directory);
	assert_int_equal(shown_id(fake, "bob"), OLD);
	assert_int_equal(shown_id(fake, "carol"), 1011);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    theirs_counts, set_up, admin_tear_down),
	};
	const int worker = fake_worker(argc, argv);

	return worker >= 0 ? worker : cmocka_run_group_tests(tests, NULL, NULL);
}
