/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of sweeps becoming the directory: awsssod/staging.c,
 * directory_apply.c, register.c, ledger.c, local.c.
 * covers: spine.5, R4, R13, R14, R16, R17, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awsssod/directory_apply.h"
#include "awsssod/ledger.h"
#include "awsssod/person.h"
#include "awsssod/staging.h"
#include "common/own.h"
#include "tests/unit/awsssod/fake.h"

struct world {
	struct fake *fake; /* for its files; the daemon does not run */
	struct aw_state state;
	struct aw_apply apply;
};

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct aw_diag why = { "" };

	assert_non_null(world);
	world->fake = fake_new();
	if (aw_state_open(world->fake->state, &world->state, &why) < 0)
		fail_msg("%s", why.text);
	world->apply = (struct aw_apply){ .conf = &world->fake->conf,
		.passwd = world->fake->passwd,
		.group = world->fake->group,
		.sha256 = aw_ledger_sha256,
		.now = 1000 };
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	aw_state_close(&world->state);
	world->fake->daemon = NULL;
	fake_free(world->fake);
	free(world);
	return 0;
}

/* Stage @d and apply it.  Returns what aw_apply_sweep() does. */
static int sweep(
    struct world *world, const struct fake_directory *d, struct aw_applied *ret)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(256 << 20);
	struct aw_staging staging;
	struct aw_diag why = { "" };

	fake_page(&page, d);
	assert_int_equal(aw_buf_error(&page), 0);
	assert_int_equal(aw_staging_clear(&world->state, &staging), 0);
	if (aw_staging_add(
		&world->state, &staging, page.data, page.len, &why) != 0)
		fail_msg("staging: %s", why.text);
	assert_int_equal(staging.users, d->n_users);
	assert_int_equal(staging.groups, d->n_groups);
	assert_int_equal(staging.members, d->n_members);
	memset(ret, 0, sizeof(*ret));
	return aw_apply_sweep(&world->state, &world->apply, ret, &why);
}

static sqlite3_stmt *row_of(
    struct world *world, const char *sql, const char *value)
{
	sqlite3_stmt *stmt;

	assert_int_equal(
	    sqlite3_prepare_v2(world->state.db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	if (value)
		(void)sqlite3_bind_text(stmt, 1, value, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("no row: %s (%s)", sql, value ? value : "");
	return stmt;
}

static int64_t number(struct world *world, const char *sql, const char *value)
{
	sqlite3_stmt *stmt = row_of(world, sql, value);
	const int64_t n = sqlite3_column_int64(stmt, 0);

	(void)sqlite3_finalize(stmt);
	return n;
}

/* The Linux name of @principal; "" when it has none. */
static const char *name_of(struct world *world, const char *principal)
{
	static char name[AW_NAME_SIZE];
	sqlite3_stmt *stmt = row_of(world,
	    "SELECT name FROM principals WHERE principal = ?1", principal);

	assert_int_equal(
	    aw_copy(name, sizeof(name), aw_state_text(stmt, 0)), 0);
	(void)sqlite3_finalize(stmt);
	return name;
}

static int64_t id_of(struct world *world, const char *principal)
{
	return number(world,
	    "SELECT posix_id FROM principals WHERE principal = ?1", principal);
}

static int execute(struct world *world, const char *sql)
{
	return sqlite3_exec(world->state.db, sql, NULL, NULL, NULL);
}

static const struct fake_user two[] = {
	{ "u-1", "alice@example.com", NULL },
	{ "u-2", "bob@example.com", NULL },
};
static const struct fake_group dev[] = { { "g-1", "Dev Team" } };
static const struct fake_member both[] = { { "g-1", "u-1" }, { "g-1", "u-2" } };

static void first_sweep(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { two, dev, both, 2, 1, 2 };
	struct aw_applied applied;
	struct aw_person alice;

	assert_int_equal(sweep(world, &d, &applied), 0);
	assert_true(applied.changed);
	assert_false(applied.held);
	assert_string_equal(name_of(world, "u-1"), "alice");
	assert_string_equal(name_of(world, "u-2"), "bob");
	assert_string_equal(name_of(world, "g-1"), "dev-team");
	assert_true(aw_id_in_range((uint64_t)id_of(world, "u-1")));
	assert_true(id_of(world, "u-1") != id_of(world, "u-2"));
	assert_int_equal(
	    number(world, "SELECT count(*) FROM members", NULL), 2);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_string_equal(alice.home, "/home/alice");
	assert_string_equal(alice.principal, "u-1");
	assert_true(alice.present && !alice.disabled && !alice.missing);
	assert_int_equal(
	    aw_person_by_name(&world->state, "alic", &alice), AW_UNKNOWN);
	/* The same again changes nothing. */
	assert_int_equal(sweep(world, &d, &applied), 0);
	assert_false(applied.changed);
	assert_int_equal(
	    number(
		world, "SELECT value FROM meta WHERE key = 'generation'", NULL),
	    1);
}

/* The id is where the hash of the immutable id says, or beside it. */
static void ids_probe(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { two, NULL, NULL, 1, 0, 0 };
	struct aw_applied applied;
	char line[128];
	uint32_t id;

	assert_int_equal(aw_id_candidate(aw_ledger_sha256, "u-1", 0, &id), 0);
	/* A local account has it already, as uid, and the next as gid. */
	assert_int_equal(
	    aw_fmt(line, sizeof(line), "x:x:%u:%u::/:/bin/sh\n", id, id + 1),
	    0);
	fake_file(world->fake->passwd, line);
	assert_int_equal(aw_fmt(line, sizeof(line), "y:x:%u:\n", id + 2), 0);
	fake_file(world->fake->group, line);
	assert_int_equal(sweep(world, &d, &applied), 0);
	assert_int_equal(id_of(world, "u-1"), id + 3);
}

static void write_once(void **state)
{
	static const char *const forbidden[] = {
		"UPDATE principals SET posix_id = 1879048199"
		" WHERE principal = 'u-1'",
		"UPDATE principals SET posix_id = NULL WHERE principal = 'u-1'",
		"UPDATE principals SET name = 'root2' WHERE principal = 'u-1'",
		"UPDATE principals SET name = 'bob' WHERE principal = 'u-1'",
		"UPDATE principals SET home = '/' WHERE principal = 'u-1'",
		"UPDATE principals SET principal = 'u-9'"
		" WHERE principal = 'u-1'",
		"UPDATE principals SET store = 's' WHERE principal = 'u-1'",
		"UPDATE principals SET kind = 2 WHERE principal = 'u-1'",
		"DELETE FROM principals WHERE principal = 'u-1'",
		"REPLACE INTO principals(store, principal, kind, user_name)"
		" SELECT store, principal, 1, 'x' FROM principals"
		" WHERE principal = 'u-1'",
		"REPLACE INTO principals(store, principal, kind, user_name,"
		" name, posix_id, home) SELECT store, 'u-9', 1, 'x', 'eve',"
		" posix_id, '/home/eve' FROM principals WHERE principal = "
		"'u-1'",
	};
	struct world *world = *state;
	const struct fake_directory d = { two, dev, both, 2, 1, 2 };
	struct aw_applied applied;

	assert_int_equal(sweep(world, &d, &applied), 0);
	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++)
		if (execute(world, forbidden[i]) != SQLITE_CONSTRAINT)
			fail_msg("allowed: %s", forbidden[i]);
	assert_int_equal(aw_ledger_register(&world->state, aw_ledger_sha256, 1,
			     "u-1", "again", "/home/again", NULL),
	    -EEXIST);
	assert_string_equal(name_of(world, "u-1"), "alice");
}

/* Gone people leave a tombstone: nobody ever gets the name or the id. */
static void tombstones(void **state)
{
	static const struct fake_user again[] = {
		{ "u-2", "bob@example.com", NULL },
		{ "u-3", "alice@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory before = { two, NULL, NULL, 2, 0, 0 };
	const struct fake_directory after = { again, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	int64_t id;

	assert_int_equal(sweep(world, &before, &applied), 0);
	id = id_of(world, "u-1");
	assert_int_equal(sweep(world, &after, &applied), 0);
	assert_int_equal(number(world,
			     "SELECT present FROM principals"
			     " WHERE principal = ?1",
			     "u-1"),
	    0);
	assert_int_equal(id_of(world, "u-1"), id);
	assert_string_equal(name_of(world, "u-3"), "");
	assert_int_equal(number(world,
			     "SELECT skip LIKE '%belongs to u-1%'"
			     " FROM principals WHERE principal = ?1",
			     "u-3"),
	    1);
	/* Back under the same immutable id: the same account. */
	assert_int_equal(sweep(world, &before, &applied), 0);
	assert_int_equal(id_of(world, "u-1"), id);
	assert_int_equal(number(world,
			     "SELECT present FROM principals"
			     " WHERE principal = ?1",
			     "u-1"),
	    1);
}

static void renames_change_nothing(void **state)
{
	static const struct fake_user renamed[] = {
		{ "u-1", "bob@example.com", NULL },
		{ "u-2", "alice", "DISABLED" },
	};
	struct world *world = *state;
	const struct fake_directory before = { two, NULL, NULL, 2, 0, 0 };
	const struct fake_directory after = { renamed, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	struct aw_person person;

	assert_int_equal(sweep(world, &before, &applied), 0);
	assert_int_equal(sweep(world, &after, &applied), 0);
	assert_true(applied.changed);
	assert_string_equal(name_of(world, "u-1"), "alice");
	assert_string_equal(name_of(world, "u-2"), "bob");
	assert_int_equal(aw_person_by_name(&world->state, "bob", &person), 0);
	assert_string_equal(person.user_name, "alice");
	assert_true(person.disabled && person.name_taken);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &person), 0);
	assert_false(person.name_taken);
}

static void collisions(void **state)
{
	static const struct fake_user users[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "ALICE@example.com", NULL },
		{ "u-3", "local@example.com", NULL },
		{ "u-4", "root@example.com", NULL },
		{ "u-5", "staff2@example.com", NULL },
		{ "u-6", "team@example.com", NULL },
		{ "u-7", "12345@example.com", NULL },
		{ "u-8", "good@example.com", NULL },
	};
	static const struct fake_group groups[] = {
		{ "g-1", "team" },
		{ "g-2", "sudo" },
		{ "g-3", "Two Words" },
		{ "g-4", "two words" },
		{ "g-5", "local" },
	};
	static const struct {
		const char *id, *reason;
	} skipped[] = {
		{ "u-1", "more than one" },
		{ "u-2", "more than one" },
		{ "u-3", "this host has" },
		{ "u-4", "" },
		{ "u-5", "this host has" },
		{ "u-6", "more than one" },
		{ "u-7", "" },
		{ "g-1", "more than one" },
		{ "g-2", "" },
		{ "g-3", "more than one" },
		{ "g-4", "more than one" },
		{ "g-5", "this host has" },
	};
	struct world *world = *state;
	const struct fake_directory d = { users, groups, NULL, 8, 5, 0 };
	const struct fake_directory one = { users, groups, NULL, 1, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(sweep(world, &d, &applied), 0);
	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++) {
		sqlite3_stmt *stmt = row_of(world,
		    "SELECT name, skip FROM principals WHERE principal = ?1",
		    skipped[i].id);

		if (*aw_state_text(stmt, 0) || !*aw_state_text(stmt, 1) ||
		    !strstr(aw_state_text(stmt, 1), skipped[i].reason))
			fail_msg("%s: \"%s\", \"%s\"", skipped[i].id,
			    aw_state_text(stmt, 0), aw_state_text(stmt, 1));
		(void)sqlite3_finalize(stmt);
	}
	assert_string_equal(name_of(world, "u-8"), "good");
	assert_int_equal(number(world,
			     "SELECT count(*) FROM principals"
			     " WHERE name IS NOT NULL",
			     NULL),
	    1);
	/* With the rival gone the name is free: nobody ever had it. */
	world->apply.accept_loss = true;
	assert_int_equal(sweep(world, &one, &applied), 0);
	assert_string_equal(name_of(world, "u-1"), "alice");
}

/* Whoever has a name keeps it against newcomers. */
static void first_come(void **state)
{
	static const struct fake_user more[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "Alice@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory one = { more, NULL, NULL, 1, 0, 0 };
	const struct fake_directory both_now = { more, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(sweep(world, &one, &applied), 0);
	assert_int_equal(sweep(world, &both_now, &applied), 0);
	assert_string_equal(name_of(world, "u-1"), "alice");
	assert_string_equal(name_of(world, "u-2"), "");
}

/* An account that the host makes later hides ours, as long as it is there. */
static void local_comes_later(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { two, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	struct aw_person alice;

	assert_int_equal(sweep(world, &d, &applied), 0);
	fake_file(world->fake->passwd, "alice:x:1001:1001::/home/alice:\n");
	assert_int_equal(sweep(world, &d, &applied), 0);
	assert_true(applied.changed);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_true(alice.hidden);
	fake_file(world->fake->passwd, "+\n#alice:x:1:1::/:\nbroken\n");
	assert_int_equal(sweep(world, &d, &applied), 0);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_false(alice.hidden);
}

static void domains_are_pinned(void **state)
{
	static const struct fake_user first[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "bob@example.com", NULL },
		{ "u-3", "carol@partner.example", NULL },
	};
	static const struct fake_user later[] = {
		{ "u-4", "dave@partner.example", NULL },
		{ "u-5", "erin@partner.example", NULL },
		{ "u-6", "frank@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory d1 = { first, NULL, NULL, 3, 0, 0 };
	const struct fake_directory d2 = { later, NULL, NULL, 3, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(sweep(world, &d1, &applied), 0);
	assert_string_equal(name_of(world, "u-1"), "alice");
	assert_string_equal(name_of(world, "u-3"), "carol@partner.example");
	/* The majority of a later sweep changes nothing. */
	assert_int_equal(sweep(world, &d2, &applied), 0);
	assert_string_equal(name_of(world, "u-4"), "dave@partner.example");
	assert_string_equal(name_of(world, "u-6"), "frank");
}

static void shrink_limits(void **state)
{
	static const struct {
		int64_t had, lost;
		bool want;
	} rows[] = {
		{ 0, 0, false },
		{ 3, 3, false },
		{ 5, 5, false },
		{ 6, 6, true },
		{ 50, 5, false },
		{ 50, 6, true },
		{ 59, 5, false },
		{ 60, 6, false },
		{ 60, 7, true },
		{ 100, 10, false },
		{ 100, 11, true },
		{ 1000000, 100000, false },
		{ 1000000, 100001, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_apply_is_shrink(rows[i].had, rows[i].lost) !=
		    rows[i].want)
			fail_msg("%lld of %lld", (long long)rows[i].lost,
			    (long long)rows[i].had);
}

enum { MANY = 40 };
struct crowd {
	char text[MANY][3][40];
	struct fake_user users[MANY];
	struct fake_group groups[MANY];
	struct fake_member members[MANY];
};

static struct crowd *crowd_new(void)
{
	struct crowd *crowd = calloc(1, sizeof(*crowd));

	assert_non_null(crowd);
	for (int i = 0; i < MANY; i++) {
		char(*text)[40] = crowd->text[i];

		assert_int_equal(aw_fmt(text[0], 40, "u-%d", i) |
				     aw_fmt(text[1], 40, "p%d@example.com", i) |
				     aw_fmt(text[2], 40, "grp%d", i),
		    0);
		crowd->users[i] = (struct fake_user){ text[0], text[1], NULL };
		crowd->groups[i] = (struct fake_group){ text[2], text[2] };
		crowd->members[i] = (struct fake_member){ text[2], text[0] };
	}
	return crowd;
}

/* Each of the three counts by itself; what is held loses nothing, but what
 * was added and disabled counts. */
static void held(void **state)
{
	static const struct {
		const char *what;
		size_t users, groups, members;
		bool want;
	} rows[] = {
		{ "nothing", MANY, MANY, MANY, false },
		{ "five users", MANY - 5, MANY, MANY - 5, false },
		{ "six users", MANY - 6, MANY, MANY - 6, true },
		{ "five groups", MANY, MANY - 5, MANY - 5, false },
		{ "six groups", MANY, MANY - 6, MANY - 6, true },
		{ "six memberships", MANY, MANY, MANY - 6, true },
		{ "everything", 0, 0, 0, true },
	};
	aw_own_free struct crowd *crowd = crowd_new();
	const struct fake_directory all = { crowd->users, crowd->groups,
		crowd->members, MANY, MANY, MANY };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_directory d = { crowd->users, crowd->groups,
			crowd->members, rows[i].users, rows[i].groups,
			rows[i].members };
		struct world *world = *state;
		struct aw_applied applied;

		assert_int_equal(sweep(world, &all, &applied), 0);
		assert_int_equal(sweep(world, &d, &applied), 0);
		if (applied.held != rows[i].want)
			fail_msg("%s", rows[i].what);
		assert_int_equal(
		    number(world, "SELECT count(*) FROM members", NULL),
		    applied.held ? MANY : rows[i].members);
		assert_int_equal(
		    number(world,
			"SELECT count(*) FROM"
			" principals WHERE kind = 1 AND present = 1",
			NULL),
		    applied.held ? MANY : rows[i].users);
		assert_int_equal(applied.held, applied.text[0] != '\0');
		assert_int_equal(tear_down(state), 0);
		assert_int_equal(set_up(state), 0);
	}
}

static void held_still_adds_and_disables(void **state)
{
	aw_own_free struct crowd *crowd = crowd_new();
	const struct fake_directory all = { crowd->users, NULL, NULL, MANY, 0,
		0 };
	const struct fake_user left[] = {
		{ "u-0", "p0@example.com", "DISABLED" },
		{ "u-new", "new@example.com", NULL },
	};
	const struct fake_directory few = { left, NULL, NULL, 2, 0, 0 };
	struct world *world = *state;
	struct aw_applied applied;
	struct aw_person person;

	assert_int_equal(sweep(world, &all, &applied), 0);
	assert_int_equal(sweep(world, &few, &applied), 0);
	assert_true(applied.held && applied.changed);
	assert_int_equal(applied.lost_users, MANY - 1);
	assert_string_equal(name_of(world, "u-new"), "new");
	assert_int_equal(aw_person_by_name(&world->state, "p0", &person), 0);
	assert_true(person.disabled && !person.missing);
	assert_int_equal(aw_person_by_name(&world->state, "p1", &person), 0);
	assert_true(person.present && person.missing);
	/* Whole again: nobody is missing. */
	assert_int_equal(sweep(world, &all, &applied), 0);
	assert_false(applied.held);
	assert_int_equal(aw_person_by_name(&world->state, "p1", &person), 0);
	assert_false(person.missing);
	/* An administrator says that it is meant. */
	world->apply.accept_loss = true;
	assert_int_equal(sweep(world, &few, &applied), 0);
	assert_false(applied.held);
	assert_int_equal(aw_person_by_name(&world->state, "p1", &person), 0);
	assert_false(person.present);
}

/* A user's id that turns up as a group's, or the other way: void, whole. */
static void contradictions(void **state)
{
	static const struct fake_group as_group[] = { { "u-1", "x" } };
	struct world *world = *state;
	const struct fake_directory at_once = { two, as_group, NULL, 2, 1, 0 };
	const struct fake_directory first = { two, dev, both, 2, 1, 2 };
	const struct fake_directory later = { NULL, as_group, NULL, 0, 1, 0 };
	struct aw_applied applied;

	assert_int_equal(sweep(world, &at_once, &applied), AW_DENIED);
	assert_int_equal(
	    number(world, "SELECT count(*) FROM principals", NULL), 0);
	assert_int_equal(sweep(world, &first, &applied), 0);
	assert_int_equal(sweep(world, &later, &applied), AW_DENIED);
	assert_string_equal(name_of(world, "u-1"), "alice");
	assert_int_equal(
	    number(world, "SELECT count(*) FROM members", NULL), 2);
}

static void bad_records(void **state)
{
	static const struct fake_user no_name[] = { { "u-1", NULL, NULL } };
	static const struct fake_user no_id[] = { { NULL, "x", NULL } };
	static const struct fake_user empty[] = { { "", "x", NULL } };
	static const struct fake_user line[] = { { "u-1", "a\nb", NULL } };
	static const struct fake_member half[] = { { "g-1", NULL } };
	const struct fake_directory rows[] = {
		{ no_name, NULL, NULL, 1, 0, 0 },
		{ no_id, NULL, NULL, 1, 0, 0 },
		{ empty, NULL, NULL, 1, 0, 0 },
		{ line, NULL, NULL, 1, 0, 0 },
		{ NULL, NULL, half, 0, 0, 1 },
	};
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(4096);
		struct aw_staging staging;
		struct aw_diag why = { "" };

		fake_page(&page, &rows[i]);
		assert_int_equal(aw_staging_clear(&world->state, &staging), 0);
		if (aw_staging_add(&world->state, &staging, page.data, page.len,
			&why) != AW_DENIED)
			fail_msg("row %zu was taken", i);
		assert_true(why.text[0]);
		/* Half a message is none. */
		assert_int_equal(aw_staging_add(&world->state, &staging,
				     page.data, page.len - 1, &why),
		    AW_DENIED);
		assert_int_equal(
		    number(world, "SELECT count(*) FROM stage_users", NULL), 0);
	}
}

/* 100,000 people, no two of one id; and it does not take a minute. */
static void hundred_thousand(void **state)
{
	enum { N = 100000 };
	aw_own_free struct fake_user *users = calloc(N, sizeof(*users));
	aw_own_free char(*text)[2][40] = calloc(N, sizeof(*text));
	const struct fake_directory d = { users, NULL, NULL, N, 0, 0 };
	struct world *world = *state;
	struct aw_applied applied;
	uint64_t began;

	assert_non_null(users);
	assert_non_null(text);
	for (int i = 0; i < N; i++) {
		assert_int_equal(
		    aw_fmt(text[i][0], 40, "9067-%d", i) |
			aw_fmt(text[i][1], 40, "p%d@example.com", i),
		    0);
		users[i] = (struct fake_user){ text[i][0], text[i][1], NULL };
	}
	began = aw_sock_now_ms();
	assert_int_equal(sweep(world, &d, &applied), 0);
	print_message("%d people: %llu ms\n", N,
	    (unsigned long long)(aw_sock_now_ms() - began));
	assert_true(aw_sock_now_ms() - began < 20000);
	began = aw_sock_now_ms();
	assert_int_equal(sweep(world, &d, &applied), 0);
	assert_false(applied.changed);
	print_message("again, unchanged: %llu ms\n",
	    (unsigned long long)(aw_sock_now_ms() - began));
	assert_int_equal(
	    number(
		world, "SELECT count(DISTINCT posix_id) FROM principals", NULL),
	    N);
	assert_int_equal(number(world,
			     "SELECT count(*) FROM principals WHERE"
			     " posix_id BETWEEN 1879048192 AND 2147352575",
			     NULL),
	    N);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		T(first_sweep),
		T(ids_probe),
		T(write_once),
		T(tombstones),
		T(renames_change_nothing),
		T(collisions),
		T(first_come),
		T(local_comes_later),
		T(domains_are_pinned),
		T(shrink_limits),
		T(held),
		T(held_still_adds_and_disables),
		T(contradictions),
		T(bad_records),
		T(hundred_thousand),
	};

	return cmocka_run_group_tests_name(
	    "directory_apply", tests, NULL, NULL);
}
