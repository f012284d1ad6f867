/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another host's ledger is merged into this one's: awsssod/ids_import.c.
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
	{ ALICE, "alice@example.com", NULL },
	{ BOB, "bob@example.com", NULL },
	{ "u-frank", "frank@example.com", NULL },
	{ "u-dora1", "dora@example.com", NULL },
	{ "u-dora2", "Dora@example.com", NULL },
};
static const struct fake_group groups[] = { { "g-admins", "Admins" } };
static const struct fake_directory first = { users, groups, NULL, 5, 1, 0 };

static int set_up(void **state)
{
	*state = admin_start(&first);
	return 0;
}

/* Import one row behind one that is good; @told is said of it, "" nothing. */
static void import(struct fake *fake, const char *name,
    const struct import_row *row, bool theirs, uint64_t net, const char *told)
{
	const struct import_row both[] = {
		{ "u-new", "newbie", "/home/newbie", AW_KIND_USER,
		    AW_ID_MIN + 77 },
		*row,
	};
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_import(fd, both, 2, theirs, true);
	for (bool only = true; fake_next(fake, fd) == AW_MSG_ID_REC;
	     only = false)
		if (only && !strstr(fake_text(fake, AW_TAG_TEXT), told))
			fail_msg("%s: %s", name, fake_text(fake, AW_TAG_TEXT));
	assert_int_equal(fake->in.type, AW_MSG_DONE);
	if (aw_wire_num(&fake->in, AW_TAG_NET, 0) != net)
		fail_msg("%s: %s", name, fake_text(fake, AW_TAG_TEXT));
}

#define U AW_KIND_USER
#define G AW_KIND_GROUP

/* BOBS stands for the id that bob has. */
#define BOBS 1

static const struct conflict {
	const char *name;
	struct import_row row;
	bool even_theirs;
	const char *told;
} conflicts[] = {
	{ "the same id, another principal", { "u-x", "x1", "/home/x", U, BOBS },
	    false, "is that of u-bob" },
	{ "the same principal, another id",
	    { BOB, "bob", "/home/bob", U, AW_ID_MIN + 9 }, false,
	    "is bob with the id" },
	{ "the same principal, another name",
	    { BOB, "bobby", "/home/bob", U, BOBS }, false, "is bob with" },
	{ "the same name, another principal",
	    { "u-x", "bob", "/home/x", U, AW_ID_MIN + 9 }, true,
	    "the name bob is that of u-bob" },
	{ "a group here", { "g-admins", "admins2", "/home/x", U, 1999 }, true,
	    "another kind" },
	{ "the file against itself, by id",
	    { "u-x", "x1", "/home/x", U, AW_ID_MIN + 77 }, true,
	    "is that of u-new" },
	{ "by name", { "u-x", "newbie", "/home/x", U, AW_ID_MIN + 78 }, true,
	    "is that of u-new" },
	{ "a reserved name", { "u-x", "root", "/home/x", U, AW_ID_MIN + 78 },
	    true, "reserved" },
	{ "no id", { "u-x", "x1", "/home/x", U, 999 }, true, "nobody's id" },
	{ "a group's id outside of the range", { "g-x", "x1", NULL, G, 1234 },
	    true, "nobody's id" },
	{ "no home", { "u-x", "x1", NULL, U, AW_ID_MIN + 78 }, true,
	    "no usable path" },
	{ "a bad home", { "u-x", "x1", "/home/../x", U, AW_ID_MIN + 78 }, true,
	    "no usable path" },
};

static void conflicts_import_nothing(void **state)
{
	struct fake *fake = *state;
	const int64_t bobs = fake_number(
	    fake, "SELECT posix_id FROM principals WHERE principal = 'u-bob'");
	char before[1024];

	assert_int_equal(aw_copy(before, sizeof(before), ledger_line(fake)), 0);
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
		const struct conflict *c = &conflicts[i];
		struct import_row row = c->row;

		if (row.id == BOBS)
			row.id = (uint64_t)bobs;
		for (int theirs = 0; theirs <= c->even_theirs; theirs++)
			import(fake, c->name, &row, theirs, AW_NET_REFUSED,
			    c->told);
		if (strcmp(ledger_line(fake), before) != 0)
			fail_msg("%s: %s", c->name, ledger_line(fake));
	}
}

static void nonsense_imports_nothing(void **state)
{
	struct fake *fake = *state;
	const struct import_row none = { "", "x1", "/home/x", U, AW_ID_MIN };
	const struct import_row odd = { "u-x", "x1", "/home/x", 9, AW_ID_MIN };
	const struct import_row set = { "ps:Foo", "x1", "/home/x", U,
		AW_ID_MIN };
	const struct import_row no_set = { "u-x", "x1", "", AW_KIND_SET,
		AW_ID_MIN };
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[64];
	struct aw_wire_out out;

	import(fake, "no principal", &none, false, AW_NET_CONFIG, "");
	import(fake, "no kind", &odd, false, AW_NET_CONFIG, "");
	import(fake, "a set as a user", &set, false, AW_NET_CONFIG, "");
	import(fake, "no set", &no_set, false, AW_NET_CONFIG, "");
	send_import(fd, &odd, 1, false, false);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(aw_wire_num(&fake->in, AW_TAG_NET, 0) == AW_NET_CONFIG);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_IDS_IMPORT, 7);
	fake_send(fd, &out);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(aw_wire_num(&fake->in, AW_TAG_NET, 0) == AW_NET_CONFIG);
	assert_int_equal(
	    fake_number(fake,
		"SELECT count(*) FROM principals WHERE principal = 'u-new'"),
	    0);
}

/* Not known here, known without a name, known as it is there. */
static void what_is_new_is_given(void **state)
{
	struct fake *fake = *state;
	const struct import_row frank = { "u-frank", "franky", "/srv/f", U,
		1234 };
	const struct import_row bob = { BOB, "bob", "/home/elsewhere", U,
		(uint64_t)fake_number(fake, "SELECT posix_id FROM principals"
					    " WHERE principal = 'u-bob'") };
	static const struct fake_user more[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "bob@example.com", NULL },
		{ "u-frank", "frank@example.com", NULL },
		{ "u-new", "somebody@example.com", NULL },
	};
	const struct fake_directory d = { more, groups, NULL, 4, 1, 0 };

	import(fake, "frank", &frank, false, AW_NET_OK, "");
	import(fake, "bob", &bob, false, AW_NET_OK, "");
	assert_string_equal(entry(fake, "u-frank"), "franky /srv/f 1 ");
	assert_string_equal(entry(fake, BOB), "bob /home/bob 0 ");
	assert_int_equal(fake_number(fake, "SELECT present FROM principals"
					   " WHERE principal = 'u-new'"),
	    0);
	sync_with(fake, &d);
	assert_string_equal(entry(fake, "u-new"), "newbie /home/newbie 0 ");
	assert_int_equal(shown_id(fake, "newbie"), AW_ID_MIN + 77);
}

/* R16: an id that was taken back is nobody's, for who does not say more. */
static void theirs_count(void **state)
{
	struct fake *fake = *state;
	static const char of_bob[] =
	    "SELECT posix_id FROM principals WHERE principal = 'u-bob'";
	const int64_t old = fake_number(fake, of_bob);
	const struct import_row bob = { BOB, "robert", "/home/robert", U,
		AW_ID_MIN + 9 };
	struct import_row other = { "u-x", "x1", "/home/x", U, (uint64_t)old };
	const struct question adopt = { ADOPT, "u-dora1", (uint64_t)old, NULL,
		NULL, AW_NET_REFUSED, "is that of u-bob" };

	import(fake, "bob", &bob, true, AW_NET_OK, "had the id");
	assert_string_equal(entry(fake, BOB), "robert /home/robert 0 ");
	assert_int_equal(fake_number(fake, of_bob), AW_ID_MIN + 9);
	import(fake, "his old one", &other, false, AW_NET_REFUSED,
	    "is that of u-bob");
	ask(fake, &adopt);
	import(fake, "his old one", &other, true, AW_NET_OK, "was reserved");
	sync_with(fake, &first);
	assert_int_equal(shown_id(fake, "robert"), AW_ID_MIN + 9);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, set_up, admin_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(conflicts_import_nothing),
		TEST(nonsense_imports_nothing),
		TEST(what_is_new_is_given),
		TEST(theirs_count),
	};
	const int r = fake_worker(argc, argv);

	return r >= 0 ? r : cmocka_run_group_tests(tests, NULL, NULL);
}
