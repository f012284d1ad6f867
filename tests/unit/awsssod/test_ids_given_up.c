/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What somebody gave up goes with the ledger to another host, and is nobody
 * else's there: awsssod/ids.c, ids_import.c.
 * covers: dir.6, R16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/id.h"
#include "common/own.h"
#include "tests/unit/awsssod/admin.h"
#include "tests/unit/awsssod/people.h"

static void import(struct fake *fake, const struct import_row *rows, size_t n,
    uint64_t net, const char *says)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_import(fd, rows, n, false, true);
	if (net == AW_NET_REFUSED) {
		fake_wait(fake, fd, AW_MSG_ID_REC);
		if (!strstr(fake_text(fake, AW_TAG_TEXT), says))
			fail_msg("%s: %s", says, fake_text(fake, AW_TAG_TEXT));
		says = "1 entries are in conflict";
	}
	fake_wait(fake, fd, AW_MSG_DONE);
	if (aw_wire_num(&fake->in, AW_TAG_NET, 0) != net ||
	    !strstr(fake_text(fake, AW_TAG_TEXT), says))
		fail_msg("%s: %s", says, fake_text(fake, AW_TAG_TEXT));
}

static void refused(struct fake *fake, uint16_t type, const char *who,
    uint64_t id, const char *name, const char *says)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 7);
	aw_wire_put_text(&out, AW_TAG_USER, who);
	if (id)
		aw_wire_put_num(&out, AW_TAG_POSIX_ID, id);
	aw_wire_put_text(&out, AW_TAG_NEW_USER, name);
	fake_send(fd, &out);
	fake_wait(fake, fd, AW_MSG_DONE);
	if (aw_wire_num(&fake->in, AW_TAG_NET, 0) != AW_NET_REFUSED ||
	    !strstr(fake_text(fake, AW_TAG_TEXT), says))
		fail_msg("%s: %s", who, fake_text(fake, AW_TAG_TEXT));
}

static int64_t reserved(const struct fake *fake)
{
	return fake_number(fake, "SELECT (SELECT count(*) FROM renames) +"
				 " (SELECT count(*) FROM renumbers)");
}

#define U   AW_KIND_USER
#define OLD (AW_ID_MIN + 76)
#define XAVER                                                    \
	{                                                        \
		"u-x", "xaver", "/home/xaver", U, AW_ID_MIN + 77 \
	}

static void nobody_elses(void **state)
{
	static const struct import_row rows[] = {
		XAVER,
		{ "u-x", "xavi", NULL, 0, 0 },
		{ "u-x", NULL, NULL, 0, OLD },
		/* more than once, and what is its own again */
		{ "u-x", "xavi", NULL, 0, 0 },
		{ "u-x", "xaver", NULL, 0, 0 },
		/* nobody may be called so anyway */
		{ "u-x", "root", NULL, 0, 0 },
	};
	static const struct fake_user more[] = {
		{ BOB, "bob@example.com", NULL },
		{ "u-xavi", "xavi@example.com", NULL },
	};
	const struct fake_directory d = { more, people.groups, people.members,
		2, people.n_groups, 0 };
	struct fake *fake = *state;

	import(fake, rows, sizeof(rows) / sizeof(rows[0]), AW_NET_OK,
	    "1 entries are new, 0 have been changed; 3 old names and ids");
	refused(fake, AW_MSG_IDS_RENAME, BOB, 0, "xavi", "was that of u-x");
	aw_sweep_start(&fake->daemon->sweep, true);
	fake_sweep(fake, &d, AW_NET_OK);
	assert_non_null(strstr(fake_string(fake, "SELECT skip FROM principals"
						 " WHERE principal = 'u-xavi'"),
	    "the name xavi was that of u-x"));
	refused(fake, AW_MSG_IDS_ADOPT, "u-xavi", OLD, NULL, "xavi was that");
	import(fake, rows, sizeof(rows) / sizeof(rows[0]), AW_NET_OK,
	    "0 entries are new, 0 have been changed");
	assert_int_equal(reserved(fake), 3);
	assert_int_equal(fake_number(fake, "SELECT EXISTS(SELECT 1 FROM"
					   " renumbers WHERE old_id ="
					   " 1879048268)"),
	    1);
}

/* What somebody has here is not given up for anybody. */
static void conflicts(void **state)
{
	struct fake *fake = *state;
	const uint64_t bobs = (uint64_t)fake_number(
	    fake, "SELECT posix_id FROM principals WHERE principal = 'u-bob'");
	const struct import_row rows[] = { XAVER,
		{ "u-x", NULL, NULL, 0, bobs } };
	const struct import_row row = { "u-x", NULL, NULL, 0, OLD };
	const struct import_row stranger = { "u-y", NULL, NULL, 0, OLD };
	const struct import_row name = { "u-x", "bob", NULL, 0, 0 };
	const struct import_row neither = { "u-x", NULL, NULL, 0, 0 };
	const struct import_row both = { "u-x", "xavi", NULL, 0, OLD };

	import(fake, rows, 2, AW_NET_REFUSED, "is that of u-bob");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM principals"
					   " WHERE principal = 'u-x'"),
	    0);
	import(fake, &stranger, 1, AW_NET_REFUSED, "has no entry");
	import(fake, rows, 1, AW_NET_OK, "1 entries are new");
	import(fake, &name, 1, AW_NET_REFUSED, "is that of u-bob");
	import(fake, &neither, 1, AW_NET_CONFIG, "nothing");
	import(fake, &both, 1, AW_NET_CONFIG, "nothing");
	assert_int_equal(reserved(fake), 0);
	import(fake, &row, 1, AW_NET_OK, "; 1 old names and ids are reserved");
	assert_int_equal(reserved(fake), 1);
}

static void ask_ids(int fd, uint64_t after)
{
	uint8_t data[64];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_IDS, 7);
	aw_wire_put_num(&out, AW_TAG_AFTER, after);
	fake_send(fd, &out);
}

/* The next record is of @principal; @old: an id that it gave up. */
static void next(struct fake *fake, int fd, const char *principal, bool old)
{
	fake_wait(fake, fd, AW_MSG_ID_REC);
	assert_string_equal(fake_text(fake, AW_TAG_PRINCIPAL_ID), principal);
	assert_int_equal(
	    (aw_wire_num(&fake->in, AW_TAG_FLAGS, 0) & AW_ID_GIVEN_UP) != 0,
	    old);
	assert_true(aw_wire_num(&fake->in, AW_TAG_POSIX_ID, 0) >= AW_ID_MIN);
}

/* Each behind its entry, however many there are; a page holds them all. */
static void listed(void **state)
{
	struct fake *fake = *state;
	struct aw_state *db = &fake->daemon->state;
	const int fd = fake_connect(fake, "ctl.sock");
	const int fd_2 = fake_connect(fake, "ctl.sock");
	int64_t n;

	for (int64_t i = 0; i < 60; i++) {
		n = fake_number(fake, i % 2 ? "SELECT n FROM principals"
					      " ORDER BY n LIMIT 1 OFFSET 1"
					    : "SELECT min(n) FROM principals");
		assert_int_equal(aw_state_run(db, AW_Q_RESERVE_ID, "iii", n,
				     (int64_t)1, (int64_t)AW_ID_MIN + 99 + i),
		    0);
	}
	ask_ids(fd, 0);
	for (int i = 0; i < 2; i++) {
		const char *who = fake_string(fake,
		    i ? "SELECT principal FROM principals ORDER BY n LIMIT 1"
			" OFFSET 1"
		      : "SELECT principal FROM principals ORDER BY n LIMIT 1");

		next(fake, fd, who, false);
		for (int k = 0; k < 30; k++)
			next(fake, fd, who, true);
	}
	fake_wait(fake, fd, AW_MSG_DONE);
	ask_ids(fd_2, aw_wire_num(&fake->in, AW_TAG_AFTER, 0));
	for (int i = 0; i < 3; i++)
		fake_wait(fake, fd_2, AW_MSG_ID_REC);
	fake_wait(fake, fd_2, AW_MSG_DONE);
	assert_int_equal(aw_wire_num(&fake->in, AW_TAG_AFTER, 0), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(fd_2), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(nobody_elses),
		T(conflicts),
		T(listed),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("ids_given_up", tests, NULL, NULL);
}
