/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator changes in the ledger: awsssod/ids_*.c.
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
#include "common/snapshot.h"
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

#define NOBODYS \
	"root:x:0:0::/root:/bin/sh\nlocal:x:1000:1000::/home/l:/bin/sh\n"

static int set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	fake_file(
	    fake->passwd, NOBODYS "alice:x:1001:1001::/home/alice:/bin/sh\n");
	fake_file(fake->group, "root:x:0:\nlocal:x:1000:\nalice:x:1001:\n"
			       "frank:x:60:\nstaff2:x:1050:\n");
	fake_file(fake->subuid, "local:200000:65536\n");
	fake_run(fake);
	fake_sweep(fake, &first, AW_NET_OK);
	return 0;
}

static int tear_down(void **state)
{
	fake_free(*state);
	return 0;
}

static void sync_with(struct fake *fake, const struct fake_directory *d)
{
	aw_sweep_start(&fake->daemon->sweep, true);
	fake_sweep(fake, d, AW_NET_OK);
	for (int i = 0;
	     i < 500 && (aw_sweep_is_running(&fake->daemon->sweep) ||
			    aw_publish_is_busy(&fake->daemon->publish));
	     i++)
		fake_turn(fake, 10);
	assert_false(aw_publish_is_busy(&fake->daemon->publish));
	assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
}

struct question {
	uint16_t type;
	const char *who;
	uint64_t id;
	const char *new_name, *home;
	uint64_t net;
	const char *says;
};

static void ask(struct fake *fake, const struct question *q)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[2048];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), q->type, 7);
	aw_wire_put_text(&out, AW_TAG_USER, q->who);
	if (q->id)
		aw_wire_put_num(&out, AW_TAG_POSIX_ID, q->id);
	aw_wire_put_text(&out, AW_TAG_NEW_USER, q->new_name);
	aw_wire_put_text(&out, AW_TAG_HOME, q->home);
	fake_send(fd, &out);
	fake_wait(fake, fd, AW_MSG_DONE);
	if (aw_wire_num(&fake->in, AW_TAG_NET, 0) != q->net ||
	    !strstr(fake_text(fake, AW_TAG_TEXT), q->says))
		fail_msg("%s %llu %s %s: %s: %s", q->who,
		    (unsigned long long)q->id, q->new_name ? q->new_name : "",
		    q->home ? q->home : "",
		    aw_net_word(aw_wire_num(&fake->in, AW_TAG_NET, 0)),
		    fake_text(fake, AW_TAG_TEXT));
}

/* The whole ledger in one line. */
static const char *ledger(const struct fake *fake)
{
	return fake_string(fake,
	    "SELECT group_concat(principal || ' ' || posix_id || ' ' || name"
	    " || ' ' || coalesce(home, '-') || ' ' || adopted) FROM"
	    " (SELECT * FROM principals WHERE name IS NOT NULL ORDER BY n)");
}

static const char *entry(const struct fake *fake, const char *principal)
{
	char sql[256];

	assert_int_equal(
	    aw_fmt(sql, sizeof(sql),
		"SELECT coalesce(name, '-') || ' ' || coalesce(home, '-') || "
		"' ' || adopted || ' ' || coalesce(skip, '') FROM principals"
		" WHERE principal = '%s'",
		principal),
	    0);
	return fake_string(fake, sql);
}

/* The id that the snapshot shows for @name. */
static uint32_t shown_id(const struct fake *fake, const char *name)
{
	struct aw_snap_user user;
	struct aw_snap snap;
	char path[160];
	uint32_t id;

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/directory.1", fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
	id = user.id;
	aw_snap_close(&snap);
	return id;
}

/* --- adopt -----------------------------------------------------------------
 */

#define ADOPT  AW_MSG_IDS_ADOPT
#define RENAME AW_MSG_IDS_RENAME

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

	assert_int_equal(aw_copy(before, sizeof(before), ledger(fake)), 0);
	for (size_t i = 0; i < sizeof(bad_adoptions) / sizeof(bad_adoptions[0]);
	     i++)
		ask(fake, &bad_adoptions[i]);
	taken.id = (uint64_t)fake_number(
	    fake, "SELECT posix_id FROM principals WHERE principal = 'u-bob'");
	ask(fake, &taken);
	assert_string_equal(ledger(fake), before);
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
	fake_file(fake->passwd, NOBODYS);
	fake_file(fake->group, "root:x:0:\nfrank:x:60:\n");
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

	assert_int_equal(aw_copy(before, sizeof(before), ledger(fake)), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask(fake, &rows[i]);
	assert_string_equal(ledger(fake), before);
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
 * with another id once the name has been given up. */
static void another_bob(void **state)
{
	static const struct question give_up = { RENAME, BOB, 0, "old-bob",
		NULL, AW_NET_OK, "is old-bob now" };
	struct fake *fake = *state;

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

/* --- import ----------------------------------------------------------------
 */

struct import_row {
	const char *principal, *name, *home;
	uint64_t kind, id;
};

static void send_import(
    int fd, const struct import_row *rows, size_t n, bool theirs, bool sealed)
{
	aw_own(aw_buf_done) struct aw_buf records = AW_BUF_INIT(65536);
	aw_own_fd int memfd = -1;
	uint8_t data[1024];
	struct aw_wire_out out;

	for (size_t i = 0; i < n; i++) {
		aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, 0);
		aw_wire_put_text(&out, AW_TAG_STORE, FAKE_STORE);
		aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, rows[i].principal);
		aw_wire_put_num(&out, AW_TAG_KIND, rows[i].kind);
		aw_wire_put_num(&out, AW_TAG_POSIX_ID, rows[i].id);
		aw_wire_put_text(&out, AW_TAG_USER, rows[i].name);
		aw_wire_put_text(&out, AW_TAG_HOME, rows[i].home);
		assert_int_equal(aw_wire_end(&out), 0);
		aw_buf_add(&records, data, out.len);
	}
	assert_int_equal(aw_buf_error(&records), 0);
	if (sealed)
		assert_int_equal(
		    aw_sock_memfd("t", records.data, records.len, &memfd), 0);
	else
		assert_int_equal(aw_sock_memfd_new("t", &memfd), 0);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_IDS_IMPORT, 7);
	if (theirs)
		aw_wire_put_num(&out, AW_TAG_ACCEPT_LOSS, 1);
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_sock_send(fd, data, out.len, memfd, 0), 0);
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
	if (*told) {
		fake_wait(fake, fd, AW_MSG_ID_REC);
		if (!strstr(fake_text(fake, AW_TAG_TEXT), told))
			fail_msg("%s: %s", name, fake_text(fake, AW_TAG_TEXT));
	}
	fake_wait(fake, fd, AW_MSG_DONE);
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
	    true, "is that of u-bob" },
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

	assert_int_equal(aw_copy(before, sizeof(before), ledger(fake)), 0);
	for (size_t i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
		const struct conflict *c = &conflicts[i];
		struct import_row row = c->row;

		if (row.id == BOBS)
			row.id = (uint64_t)bobs;
		for (int theirs = 0; theirs <= c->even_theirs; theirs++)
			import(fake, c->name, &row, theirs, AW_NET_REFUSED,
			    c->told);
		if (strcmp(ledger(fake), before) != 0)
			fail_msg("%s: %s", c->name, ledger(fake));
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

/* R16: an id that was taken back is nobody's. */
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
	import(fake, "his old one", &other, true, AW_NET_REFUSED,
	    "is that of u-bob");
	ask(fake, &adopt);
	sync_with(fake, &first);
	assert_int_equal(shown_id(fake, "robert"), AW_ID_MIN + 9);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

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
		TEST(conflicts_import_nothing),
		TEST(nonsense_imports_nothing),
		TEST(what_is_new_is_given),
		TEST(theirs_count),
	};
	const int r = fake_worker(argc, argv);

	return r >= 0 ? r : cmocka_run_group_tests(tests, NULL, NULL);
}
