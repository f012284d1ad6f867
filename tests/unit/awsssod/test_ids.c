/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator changes in the ledger: awsssod/ids_change.c.
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

/* alice and the group frank are accounts of this host too; the doras would be
 * called the same; bob is as usual; erin comes later and is another bob. */
static const struct fake_user users[] = {
	{ ALICE, "alice@example.com", NULL },
	{ BOB, "bob@example.com", NULL },
	{ "u-frank", "frank@example.com", NULL },
	{ "u-dora1", "dora@example.com", NULL },
	{ "u-dora2", "Dora@example.com", NULL },
	{ "u-root", "root@example.com", NULL },
};
static const struct fake_user later[] = {
	{ ALICE, "alice@example.com", NULL },
	{ "u-erin", "bob@example.com", NULL },
	{ "u-frank", "frank@example.com", NULL },
	{ "u-dora1", "dora@example.com", NULL },
	{ "u-dora2", "Dora@example.com", NULL },
	{ "u-root", "root@example.com", NULL },
};
static const struct fake_group groups[] = { { "g-admins", "Admins" } };
static const struct fake_directory first = { users, groups, NULL, 6, 1, 0 };
static const struct fake_directory second = { later, groups, NULL, 6, 1, 0 };

static int set_up(void **state)
{
	*state = admin_start(&first);
	return 0;
}

/* --- adopt -----------------------------------------------------------------
 */

static const struct question bad_adoptions[] = {
	{ ADOPT, "gina", 1001, NULL, NULL, AW_NET_NOT_FOUND, "nobody" },
	{ ADOPT, "admins", 1001, NULL, NULL, AW_NET_REFUSED, "keeps it" },
	{ ADOPT, "bob", 1002, NULL, NULL, AW_NET_REFUSED, "keeps it for life" },
	{ ADOPT, BOB, 1002, NULL, NULL, AW_NET_REFUSED, "keeps it for life" },
	{ ADOPT, "dora", 1002, NULL, NULL, AW_NET_REFUSED, "more than one" },
	{ ADOPT, "root", 1002, NULL, NULL, AW_NET_NOT_FOUND, "nobody" },
	{ ADOPT, "u-root", 1002, NULL, NULL, AW_NET_REFUSED, "reserved" },
	{ ADOPT, "alice", 1002, NULL, NULL, AW_NET_REFUSED,
	    "the account alice of this host has the id 1001" },
	{ ADOPT, "frank", 1000, NULL, NULL, AW_NET_REFUSED, "local of this" },
	{ ADOPT, "frank", 1050, NULL, NULL, AW_NET_REFUSED, "staff2 of this" },
	{ ADOPT, "frank", 1001, NULL, NULL, AW_NET_REFUSED, "alice of this" },
	{ ADOPT, "frank", 265535, NULL, NULL, AW_NET_REFUSED, "/etc/subuid" },
	{ ADOPT, "frank", 0, NULL, NULL, AW_NET_REFUSED, "nobody's id" },
	{ ADOPT, "frank", 999, NULL, NULL, AW_NET_REFUSED, "nobody's id" },
	{ ADOPT, "frank", 65534, NULL, NULL, AW_NET_REFUSED, "nobody's id" },
	{ ADOPT, "frank", 65535, NULL, NULL, AW_NET_REFUSED, "nobody's id" },
	/* R18: what systemd gives out by itself */
	{ ADOPT, "frank", 60001, NULL, NULL, AW_NET_REFUSED, "systemd's" },
	{ ADOPT, "frank", 60513, NULL, NULL, AW_NET_REFUSED, "systemd's" },
	{ ADOPT, "frank", 61184, NULL, NULL, AW_NET_REFUSED, "systemd's" },
	{ ADOPT, "frank", 65519, NULL, NULL, AW_NET_REFUSED, "systemd's" },
	{ ADOPT, "frank", AW_ID_MAX + 1ull, NULL, NULL, AW_NET_REFUSED,
	    "nobody's id" },
	{ ADOPT, "frank", (1ull << 32) + 1060, NULL, NULL, AW_NET_REFUSED,
	    "nobody's id" },
	{ ADOPT, "alice", 1001, NULL, "/home/../etc", AW_NET_REFUSED,
	    "no usable path" },
	{ ADOPT, "alice", 1001, NULL, "home", AW_NET_REFUSED, "no usable" },
	{ ADOPT, NULL, 1001, NULL, NULL, AW_NET_REFUSED, "who?" },
};

static void what_cannot_be_adopted(void **state)
{
	struct fake *fake = *state;
	char before[1024];
	struct question taken = { ADOPT, "frank", 0, NULL, NULL, AW_NET_REFUSED,
		"is that of u-bob" };

	assert_int_equal(aw_copy(before, sizeof(before), ledger_line(fake)), 0);
	for (size_t i = 0; i < sizeof(bad_adoptions) / sizeof(bad_adoptions[0]);
	     i++)
		ask(fake, &bad_adoptions[i]);
	taken.id = (uint64_t)fake_number(
	    fake, "SELECT posix_id FROM principals WHERE principal = 'u-bob'");
	ask(fake, &taken);
	assert_string_equal(ledger_line(fake), before);
	assert_int_equal(fake_number(fake,
			     "SELECT value FROM meta WHERE key = 'generation'"),
	    1);
}

/* From a local account to one of the directory with the same id and home. */
static void alice_keeps_her_id(void **state)
{
	static const struct question adopt = { ADOPT, "alice", 1001, NULL,
		"/home/alice", AW_NET_OK, "alice (u-alice) has the id 1001" };
	static const struct question again = { ADOPT, "alice", 1001, NULL, NULL,
		AW_NET_OK, "adopted the id 1001 already" };
	static const struct question other = { ADOPT, "alice", 1002, NULL, NULL,
		AW_NET_REFUSED, "has the id 1001, and keeps it" };
	static const struct question taken = { ADOPT, "frank", 1001, NULL, NULL,
		AW_NET_REFUSED, "is that of u-alice" };
	struct fake *fake = *state;

	ask(fake, &adopt);
	ask(fake, &again);
	ask(fake, &other);
	/* While the local account is there, that one is who she is. */
	assert_non_null(strstr(entry(fake, ALICE),
	    "alice /home/alice 1 this host has an account"));
	no_local_alice(fake);
	sync_with(fake, &first);
	assert_string_equal(entry(fake, ALICE), "alice /home/alice 1 ");
	assert_int_equal(shown_id(fake, "alice"), 1001);
	assert_int_equal(
	    fake_number(fake,
		"SELECT posix_id FROM principals WHERE principal = 'u-alice'"),
	    1001);
	ask(fake, &taken);
}

/* Everybody who may be meant: principal, UserName, Linux name. */
static void ways_to_say_who(void **state)
{
	static const struct question rows[] = {
		{ ADOPT, "u-dora2", 1002, NULL, NULL, AW_NET_OK, "u-dora2" },
		{ ADOPT, "alice@example.com", 1001, NULL, NULL, AW_NET_OK,
		    "home /home/alice" },
		{ ADOPT, "frank", AW_ID_MIN + 5, NULL, "/srv/f", AW_NET_OK,
		    "home /srv/f" },
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask(fake, &rows[i]);
}

static void only_where_ids_are_given_out(void **state)
{
	static const struct question rows[] = {
		{ ADOPT, "alice", 1001, NULL, NULL, AW_NET_REFUSED,
		    "publisher's" },
		{ RENAME, "bob", 0, "bobby", NULL, AW_NET_REFUSED,
		    "publisher's" },
	};
	struct fake *fake = *state;

	fake->daemon->conf.source = AW_SOURCE_PUBLISHED;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask(fake, &rows[i]);
	fake->daemon->conf.source = AW_SOURCE_IDENTITY_STORE;
}

/* --- rename ----------------------------------------------------------------
 */

static void what_cannot_be_renamed(void **state)
{
	static const struct question rows[] = {
		{ RENAME, "gina", 0, "gina2", NULL, AW_NET_NOT_FOUND,
		    "neither" },
		{ RENAME, "bob", 0, "root", NULL, AW_NET_REFUSED, "reserved" },
		{ RENAME, "bob", 0, "Bob", NULL, AW_NET_REFUSED, "may not" },
		{ RENAME, "bob", 0, "b:b", NULL, AW_NET_REFUSED, "may not" },
		{ RENAME, "bob", 0, "123", NULL, AW_NET_REFUSED, "may not" },
		{ RENAME, "bob", 0, "admins", NULL, AW_NET_REFUSED,
		    "is that of g-admins" },
		{ RENAME, "admins", 0, "bob", NULL, AW_NET_REFUSED,
		    "is that of u-bob" },
		{ RENAME, "bob", 0, "local", NULL, AW_NET_REFUSED,
		    "account or group named local" },
		{ RENAME, "u-dora1", 0, "frank", NULL, AW_NET_REFUSED,
		    "account or group named frank" },
		{ RENAME, "bob", 0, "bobby", "/home/../b", AW_NET_REFUSED,
		    "no usable path" },
		{ RENAME, "bob", 0, NULL, NULL, AW_NET_REFUSED, "to what" },
	};
	struct fake *fake = *state;
	char before[1024];

	assert_int_equal(aw_copy(before, sizeof(before), ledger_line(fake)), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask(fake, &rows[i]);
	assert_string_equal(ledger_line(fake), before);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM renames"), 0);
}

/* The old name is kept for who had it, and can be taken back. */
static void there_and_back(void **state)
{
	static const struct question rows[] = {
		{ RENAME, "bob", 0, "bobby", NULL, AW_NET_OK,
		    "mv /home/bob /home/bobby" },
		{ RENAME, "bobby", 0, "bobby", NULL, AW_NET_OK, "already" },
		{ RENAME, "u-dora1", 0, "bob", NULL, AW_NET_REFUSED,
		    "was that of u-bob" },
		{ RENAME, "admins", 0, "bob", NULL, AW_NET_REFUSED,
		    "was that of u-bob" },
		{ RENAME, "admins", 0, "ops", NULL, AW_NET_OK, "is ops now" },
		{ RENAME, BOB, 0, "bob", "/home/bobby", AW_NET_OK, "is bob" },
		{ RENAME, "u-dora1", 0, "dora", NULL, AW_NET_OK,
		    "u-dora1 is dora, id " },
		{ RENAME, "u-dora2", 0, "dora", NULL, AW_NET_REFUSED,
		    "is that of u-dora1" },
	};
	struct fake *fake = *state;
	const int64_t id = fake_number(
	    fake, "SELECT posix_id FROM principals WHERE principal = 'u-bob'");

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask(fake, &rows[i]);
	assert_string_equal(entry(fake, BOB), "bob /home/bobby 0 ");
	assert_string_equal(entry(fake, "g-admins"), "ops - 0 ");
	assert_int_equal(
	    fake_number(fake,
		"SELECT posix_id FROM principals WHERE principal = 'u-bob'"),
	    id);
	sync_with(fake, &first);
	assert_string_equal(entry(fake, BOB), "bob /home/bobby 0 ");
}

/* Deleted and made anew under the same name is somebody else: told so, and
 * with another id once the name has been given up, also one that was kept for
 * its owner before. */
static void another_bob(void **state)
{
	static const struct question there_and_back[] = {
		{ RENAME, BOB, 0, "bobby", NULL, AW_NET_OK, "is bobby now" },
		{ RENAME, BOB, 0, "bob", NULL, AW_NET_OK, "is bob now" },
	};
	static const struct question give_up = { RENAME, BOB, 0, "old-bob",
		NULL, AW_NET_OK, "is old-bob now" };
	struct fake *fake = *state;

	ask(fake, &there_and_back[0]);
	ask(fake, &there_and_back[1]);
	sync_with(fake, &second);
	assert_non_null(strstr(entry(fake, "u-erin"), "belongs to u-bob"));
	assert_non_null(
	    strstr(entry(fake, "u-erin"), "awssso ids rename u-bob NAME"));
	ask(fake, &give_up);
	sync_with(fake, &second);
	assert_string_equal(entry(fake, "u-erin"), "bob /home/bob 0 ");
	assert_int_equal(
	    fake_number(fake, "SELECT count(DISTINCT posix_id) FROM principals"
			      " WHERE principal IN ('u-bob', 'u-erin')"),
	    2);
}

/* A newcomer who would get what somebody was called is skipped, and the sweep
 * goes on. */
static void a_kept_name_is_nobodys(void **state)
{
	static const struct question rename = { RENAME, BOB, 0, "bobby", NULL,
		AW_NET_OK, "" };
	static const struct fake_user more[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "bob@example.com", NULL },
		{ "u-erin", "BOB@example.com", NULL },
	};
	const struct fake_directory d = { more, groups, NULL, 3, 1, 0 };
	struct fake *fake = *state;

	ask(fake, &rename);
	sync_with(fake, &d);
	assert_non_null(
	    strstr(entry(fake, "u-erin"), "the name bob was that of u-bob"));
}

/* --- long names -------------------------------------------------------------
 */

/* A DisplayName is longer than a UserName: it is listed, cut between
 * characters, and so is who comes behind it; renaming and importing go by the
 * whole entry. */
static void a_group_with_a_long_name(void **state)
{
	static char label[1025];
	static const struct fake_group long_groups[] = { { "g-long", label },
		{ "g-next", "next" } };
	const struct fake_directory d = { users, long_groups, NULL, 6, 2, 0 };
	static const struct question rename = { RENAME, "g-long", 0, "long",
		NULL, AW_NET_OK, "g-long is long" };
	const struct import_row row = { "g-long", "longer", NULL, AW_KIND_GROUP,
		AW_ID_MIN + 9 };
	struct fake *fake = *state;
	aw_own_fd int fd = -1;
	uint8_t data[64];
	struct aw_wire_out out;
	char shown[1024];
	unsigned listed = 0;

	for (size_t i = 0; i + 1 < sizeof(label); i += 2)
		memcpy(label + i, "\u00e9", 2);
	sync_with(fake, &d);
	ask(fake, &rename);
	fd = fake_connect(fake, "ctl.sock");
	send_import(fd, &row, 1, true, true);
	while (fake_next(fake, fd) == AW_MSG_ID_REC)
		continue;
	assert_int_equal(fake->in.type, AW_MSG_DONE);
	assert_int_equal(aw_wire_num(&fake->in, AW_TAG_NET, 0), AW_NET_OK);
	assert_string_equal(entry(fake, "g-long"), "longer - 0 ");
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_IDS, 8);
	fake_send(fd, &out);
	while (listed < 2) {
		fake_wait(fake, fd, AW_MSG_ID_REC);
		/* Names and ids given up come as records of their own. */
		if (aw_wire_text(
			&fake->in, AW_TAG_USER_NAME, shown, sizeof(shown)) != 0)
			continue;
		if (strcmp(fake_text(fake, AW_TAG_PRINCIPAL_ID), "g-long") == 0)
			assert_int_equal(strlen(shown), 512);
		listed += fake_text(fake, AW_TAG_PRINCIPAL_ID)[0] == 'g';
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, admin_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(what_cannot_be_adopted),
		TEST(alice_keeps_her_id),
		TEST(ways_to_say_who),
		TEST(only_where_ids_are_given_out),
		TEST(what_cannot_be_renamed),
		TEST(there_and_back),
		TEST(another_bob),
		TEST(a_kept_name_is_nobodys),
		TEST(a_group_with_a_long_name),
	};
	const int r = fake_worker(argc, argv);

	return r >= 0 ? r : cmocka_run_group_tests(tests, NULL, NULL);
}
