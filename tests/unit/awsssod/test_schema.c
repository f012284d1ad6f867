/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/schema.c: a state.db of an older release goes on
 * living, and what an administrator changes obeys the ledger's rules.
 * covers: dir.6, R16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/schema.h"
#include "common/own.h"
#include "tests/unit/awsssod/world.h"

/* The schema of the first release, word for word. */
static const char version_1[] =
    "BEGIN;"
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE principals("
    " n INTEGER PRIMARY KEY,"
    " store TEXT NOT NULL,"
    " principal TEXT NOT NULL CHECK(principal != ''),"
    " kind INTEGER NOT NULL CHECK(kind IN (1, 2)),"
    " user_name TEXT NOT NULL," /* a group's DisplayName */
    " display TEXT NOT NULL DEFAULT '',"
    " disabled INTEGER NOT NULL DEFAULT 0,"
    " present INTEGER NOT NULL DEFAULT 1,"
    " missing INTEGER NOT NULL DEFAULT 0,"
    " name TEXT UNIQUE,"
    " posix_id INTEGER UNIQUE"
    "  CHECK(posix_id BETWEEN 1879048192 AND 2147352575),"
    " home TEXT,"
    " skip TEXT,"
    " UNIQUE(store, principal),"
    " CHECK((name IS NULL) = (posix_id IS NULL)),"
    " CHECK((home IS NULL) = (name IS NULL OR kind = 2)));"
    "CREATE INDEX principals_label ON principals(user_name);"
    "CREATE TABLE members("
    " grp INTEGER NOT NULL REFERENCES principals(n),"
    " usr INTEGER NOT NULL REFERENCES principals(n),"
    " PRIMARY KEY(grp, usr)) WITHOUT ROWID;"
    "CREATE INDEX members_usr ON members(usr);"
    "CREATE TABLE sessions("
    " n INTEGER PRIMARY KEY, user TEXT NOT NULL, service TEXT NOT NULL,"
    " tty TEXT, rhost TEXT, ksession INTEGER, pid INTEGER NOT NULL,"
    " start INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER);"
    "CREATE INDEX sessions_open ON sessions(n) WHERE closed IS NULL;"
    "CREATE TABLE sweeps("
    " n INTEGER PRIMARY KEY, at INTEGER NOT NULL, net INTEGER NOT NULL,"
    " users INTEGER NOT NULL, groups INTEGER NOT NULL,"
    " members INTEGER NOT NULL, requests INTEGER NOT NULL, text TEXT);"
    "CREATE TABLE events("
    " n INTEGER PRIMARY KEY, at INTEGER NOT NULL, code TEXT NOT NULL,"
    " event TEXT NOT NULL, verdict INTEGER NOT NULL, user TEXT NOT NULL,"
    " principal TEXT, service TEXT NOT NULL, rhost TEXT, text TEXT,"
    " detail TEXT);"
    "CREATE INDEX events_code ON events(code);"
    "CREATE INDEX events_user ON events(user);"
    /* The ledger is written once. */
    "CREATE TRIGGER ledger_keys BEFORE UPDATE OF store, principal, kind"
    " ON principals BEGIN"
    "  SELECT RAISE(ABORT, 'the ledger is write-once'); END;"
    "CREATE TRIGGER ledger_values BEFORE UPDATE OF name, posix_id, home"
    " ON principals WHEN OLD.name IS NOT NULL BEGIN"
    "  SELECT RAISE(ABORT, 'the ledger is write-once'); END;"
    "CREATE TRIGGER ledger_rows BEFORE DELETE"
    " ON principals WHEN OLD.name IS NOT NULL BEGIN"
    "  SELECT RAISE(ABORT, 'the ledger is write-once'); END;"
    "PRAGMA user_version = 1;"
    "COMMIT;";

static const char content[] =
    "INSERT INTO meta VALUES('store', 's'), ('generation', 7),"
    " ('domain', 'example.com');"
    "INSERT INTO principals(n, store, principal, kind, user_name, display,"
    " disabled, present, missing, name, posix_id, home, skip) VALUES"
    " (1, 's', 'u-1', 1, 'alice@example.com', 'Alice', 0, 1, 1, 'alice',"
    "  1879048192, '/home/alice', NULL),"
    " (2, 's', 'u-2', 1, 'bob@example.com', '', 1, 0, 0, 'bob',"
    "  2147352575, '/srv/bob', NULL),"
    " (5, 's', 'g-1', 2, 'Dev Team', '', 0, 1, 0, 'dev-team',"
    "  1900000000, NULL, 'hidden'),"
    " (9, 's', 'u-3', 1, 'root', '', 0, 1, 0, NULL, NULL, NULL, 'no');"
    "INSERT INTO members VALUES(5, 1), (5, 9);"
    "INSERT INTO sessions VALUES(1, 'alice', 'sshd', NULL, NULL, 1, 2, 3, 4,"
    " NULL);"
    "INSERT INTO events VALUES(1, 2, 'C', 'e', 1, 'alice', NULL, 'sshd',"
    " NULL, NULL, NULL);";

/* All of it as one text, by column name. */
static const char everything[] =
    "SELECT group_concat(n || '|' || store || '|' || principal || '|' || kind"
    " || '|' || user_name || '|' || display || '|' || disabled || '|' ||"
    " present || '|' || missing || '|' || coalesce(name, '-') || '|' ||"
    " coalesce(posix_id, '-') || '|' || coalesce(home, '-') || '|' ||"
    " coalesce(skip, '-'), ' ') FROM (SELECT * FROM principals ORDER BY n)";

static sqlite3 *open_plain(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	return db;
}

static void text_of(sqlite3 *db, const char *sql, char *buf, size_t size)
{
	sqlite3_stmt *stmt;

	assert_int_equal(
	    sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_int_equal(aw_copy(buf, size, aw_state_text(stmt, 0)), 0);
	(void)sqlite3_finalize(stmt);
}

static void from_version_1(void **state)
{
	static const struct {
		const char *sql;
		int64_t want;
	} rows[] = {
		{ "PRAGMA user_version", AW_SCHEMA_VERSION },
		{ "PRAGMA foreign_keys", 1 },
		{ "SELECT count(*) FROM members", 2 },
		{ "SELECT count(*) FROM sessions WHERE user = 'alice'", 1 },
		{ "SELECT count(*) FROM events WHERE code = 'C'", 1 },
		{ "SELECT count(*) FROM principals WHERE adopted != 0", 0 },
		{ "SELECT value = 7 FROM meta WHERE key = 'generation'", 1 },
		{ "SELECT count(*) FROM pragma_foreign_key_check", 0 },
		{ "SELECT strftime('%s', 'now') - value BETWEEN 0 AND 600"
		  " FROM meta WHERE key = 'history_from'",
		    1 },
	};
	struct fake *fake = fake_new();
	struct aw_diag why = { .text = "" };
	char before[1024], after[1024];
	struct world world = { .fake = fake };
	sqlite3 *db = open_plain(fake->state);

	(void)state;
	assert_int_equal(
	    sqlite3_exec(db, version_1, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(db, content, NULL, NULL, NULL), SQLITE_OK);
	text_of(db, everything, before, sizeof(before));
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	for (int i = 0; i < 2; i++) {
		if (aw_state_open(fake->state, &world.state, &why) != 0)
			fail_msg("%s", why.text);
		assert_false(world.state.fresh);
		text_of(world.state.db, everything, after, sizeof(after));
		assert_string_equal(before, after);
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++)
			if (world_number(&world, rows[k].sql, NULL) !=
			    rows[k].want)
				fail_msg("%s", rows[k].sql);
		aw_state_close(&world.state);
	}
	fake_free(fake);
}

/* Schema 2 as it was: with a trigger that the migration to 3 replaces. */
static const char version_2_trigger[] =
    "CREATE TRIGGER ledger_values"
    " BEFORE UPDATE OF name, posix_id, home, adopted ON principals"
    " WHEN OLD.name IS NOT NULL"
    " BEGIN SELECT RAISE(ABORT, 'the ledger is write-once'); END;";

/* Schemas 3 to 5 as they were: what the migration to 6 replaces. */
#define REFUSE "SELECT RAISE(ABORT, 'the ledger is write-once'); END;"
static const char before_6[] =
    "DROP TRIGGER ledger_values;"
    "DROP TRIGGER ledger_ids;"
    "DROP TRIGGER ledger_new_ids;"
    "DROP TABLE renumbers;"
    "CREATE TABLE renumbers("
    " i INTEGER PRIMARY KEY,"
    " n INTEGER NOT NULL REFERENCES principals(n),"
    " at INTEGER NOT NULL,"
    " old_id INTEGER NOT NULL, id INTEGER NOT NULL);"
    "CREATE INDEX renumbers_old ON renumbers(old_id);"
    "CREATE INDEX renumbers_n ON renumbers(n);"
    "CREATE TRIGGER ledger_values"
    " BEFORE UPDATE OF name, posix_id, home, adopted ON principals"
    " WHEN OLD.name IS NOT NULL AND NOT EXISTS(SELECT 1 FROM renumbers r"
    "  WHERE r.n = OLD.n AND r.id = NEW.posix_id) BEGIN " REFUSE
    "CREATE TRIGGER ledger_ids BEFORE UPDATE OF posix_id ON principals"
    " WHEN EXISTS(SELECT 1 FROM renumbers r"
    "  WHERE r.old_id = NEW.posix_id AND r.n != OLD.n) BEGIN " REFUSE
    "CREATE TRIGGER ledger_new_ids BEFORE INSERT ON principals"
    " WHEN EXISTS(SELECT 1 FROM renumbers r"
    "  WHERE r.old_id = NEW.posix_id) BEGIN " REFUSE
    "CREATE TRIGGER renumbers_values BEFORE UPDATE ON renumbers"
    " BEGIN " REFUSE "CREATE TRIGGER renumbers_rows BEFORE DELETE ON renumbers"
    " BEGIN " REFUSE
    "CREATE TRIGGER renumbers_others BEFORE INSERT ON renumbers"
    " WHEN NOT EXISTS(SELECT 1 FROM principals p WHERE p.n = NEW.n"
    "  AND p.posix_id = NEW.old_id) BEGIN " REFUSE "DROP TRIGGER renames_kept;"
    "DROP TRIGGER renames_values;"
    "CREATE TRIGGER renames_values BEFORE UPDATE ON renames BEGIN " REFUSE;

static void execute(sqlite3 *db, const char *sql)
{
	char *error = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
		fail_msg("%s: %s", sql, error);
}

/* An empty database of the schema @version. */
static void make_old(const char *path, int version)
{
	sqlite3 *old = open_plain(path);

	execute(old, version_1);
	for (int i = 1; i < version; i++)
		execute(old, aw_schema_migrate[i]);
	if (version == 2)
		execute(old, version_2_trigger);
	if (version >= 3 && version < 6)
		execute(old, before_6);
	assert_int_equal(sqlite3_close(old), SQLITE_OK);
}

/* What was taken back stays so, and what comes from elsewhere joins it. */
static void from_version_3(void **state)
{
	static const char before[] =
	    "INSERT INTO principals(n, store, principal, kind, user_name, name,"
	    " posix_id, home)"
	    " VALUES(1, 's', 'u-1', 1, '', 'al', 1879048192, '/home/a');"
	    "INSERT INTO renumbers(n, at, old_id, id)"
	    " VALUES(1, 5, 1879048192, 1879048200);"
	    "UPDATE principals SET posix_id = 1879048200;";
	static const char later[] =
	    "INSERT INTO renumbers(n, at, old_id, id, kept)"
	    " VALUES(1, 6, 1879048193, 1879048200, 1)";
	struct fake *fake = fake_new();
	struct world world = { .fake = fake };
	struct aw_diag why = { .text = "" };
	sqlite3 *old;

	(void)state;
	make_old(fake->state, 3);
	old = open_plain(fake->state);
	execute(old, before);
	assert_int_equal(sqlite3_close(old), SQLITE_OK);
	assert_int_equal(aw_state_open(fake->state, &world.state, &why), 0);
	execute(world.state.db, later);
	assert_int_equal(world_number(&world,
			     "SELECT sum(old_id - 1879048192 + at) FROM"
			     " renumbers WHERE n = 1 AND kept",
			     NULL),
	    5 + 6 + 1);
	aw_state_close(&world.state);
	fake_free(fake);
}

/* A migrated database has the very schema that a fresh one has. */
static void same_schema(void **state)
{
	static const char schema[] =
	    "SELECT group_concat(type || ' ' || name || ' ' ||"
	    " replace(coalesce(sql, ''), '\"', ''), char(10)) FROM"
	    " (SELECT * FROM sqlite_schema ORDER BY type, name)";
	struct fake *fake = fake_new();
	struct aw_diag why = { .text = "" };
	static char fresh[16384], migrated[16384];
	char path[160];
	struct aw_state db;

	(void)state;
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	text_of(db.db, schema, fresh, sizeof(fresh));
	aw_state_close(&db);
	for (int version = 1; version < AW_SCHEMA_VERSION; version++) {
		assert_int_equal(aw_fmt(path, sizeof(path), "%s/old%d.db",
				     fake->dir, version),
		    0);
		make_old(path, version);
		assert_int_equal(aw_state_open(path, &db, &why), 0);
		text_of(db.db, schema, migrated, sizeof(migrated));
		aw_state_close(&db);
		assert_string_equal(fresh, migrated);
	}
	fake_free(fake);
}

/* A migration that cannot end leaves the old database as it was. */
static void half_a_migration(void **state)
{
	struct fake *fake = fake_new();
	struct aw_diag why = { .text = "" };
	char version[8];
	struct aw_state db;
	sqlite3 *old = open_plain(fake->state);

	(void)state;
	assert_int_equal(
	    sqlite3_exec(old, version_1, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(old, content, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(
	    sqlite3_exec(old, "CREATE TABLE renames(x)", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_close(old), SQLITE_OK);
	assert_true(aw_state_open(fake->state, &db, &why) < 0);
	assert_true(why.text[0]);
	aw_state_close(&db);
	old = open_plain(fake->state);
	text_of(old, "PRAGMA user_version", version, sizeof(version));
	assert_string_equal(version, "1");
	text_of(
	    old, "SELECT count(*) FROM principals", version, sizeof(version));
	assert_string_equal(version, "4");
	assert_int_equal(sqlite3_close(old), SQLITE_OK);
	fake_free(fake);
}

static const struct {
	const char *sql;
	int want;
} ledger[] = {
	{ "INSERT INTO principals(n, store, principal, kind,"
	  " user_name, name, posix_id, home) VALUES"
	  " (1, 's', 'u-1', 1, '', 'alice', 1879048192, '/home/a'),"
	  " (2, 's', 'u-2', 1, '', 'bob', 1879048193, '/home/b')",
	    SQLITE_OK },
	{ "INSERT INTO principals(n, store, principal, kind,"
	  " user_name, name, posix_id) VALUES"
	  " (3, 's', 'ps:Admin', 3, 'Admin', 'aws-Admin', 1879048194)",
	    SQLITE_OK },
	/* ids outside the range: adopted ones of people only */
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, home)"
	  " VALUES('s', 'u-4', 1, '', 'carol', 1000, '/home/c')",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, adopted)"
	  " VALUES('s', 'g-4', 2, '', 'carol', 1000, 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, home, adopted)"
	  " VALUES('s', 'u-4', 1, '', 'carol', 999, '/home/c', 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, home, adopted)"
	  " VALUES('s', 'u-4', 1, '', 'carol', 2147352576, '/h/c', 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(n, store, principal, kind, user_name,"
	  " name, posix_id, home, adopted)"
	  " VALUES(4, 's', 'u-4', 1, '', 'carol', 1000, '/home/c', 1)",
	    SQLITE_OK },
	{ "UPDATE principals SET posix_id = 1001 WHERE n = 4",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET adopted = 0 WHERE n = 4", SQLITE_CONSTRAINT },
	{ "UPDATE principals SET adopted = 1 WHERE n = 1", SQLITE_CONSTRAINT },
	/* a new name only as written down before */
	{ "UPDATE principals SET name = 'al' WHERE n = 1", SQLITE_CONSTRAINT },
	{ "INSERT INTO renames(n, at, old_name, name, home, kept)"
	  " VALUES(1, 1, 'alice', 'al', '/home/al', 1)",
	    SQLITE_OK },
	{ "UPDATE principals SET name = 'al' WHERE n = 1", SQLITE_CONSTRAINT },
	{ "UPDATE principals SET name = 'al', home = '/home/al'"
	  " WHERE n = 2",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET name = 'al', home = '/home/al',"
	  " posix_id = 1879048200 WHERE n = 1",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET name = 'al', home = '/home/al'"
	  " WHERE n = 1",
	    SQLITE_OK },
	{ "UPDATE renames SET n = 2", SQLITE_CONSTRAINT },
	{ "DELETE FROM renames", SQLITE_CONSTRAINT },
	/* the old name is nobody else's, in any way */
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, home)"
	  " VALUES('s', 'u-5', 1, '', 'alice', 1879048197, '/home/x')",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(n, store, principal, kind, user_name)"
	  " VALUES(5, 's', 'u-5', 1, '')",
	    SQLITE_OK },
	{ "UPDATE principals SET name = 'alice', home = '/home/x',"
	  " posix_id = 1879048197 WHERE n = 5",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO renames(n, at, old_name, name, home, kept)"
	  " VALUES(2, 1, 'alice', 'bob', '/home/b', 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO renames(n, at, old_name, name, home, kept)"
	  " VALUES(2, 1, 'al', 'bob', '/home/b', 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO renames(n, at, old_name, name, home, kept)"
	  " VALUES(2, 1, 'bob', 'alice', '/home/a', 1)",
	    SQLITE_OK },
	{ "UPDATE principals SET name = 'alice', home = '/home/a'"
	  " WHERE n = 2",
	    SQLITE_CONSTRAINT },
	/* unless it was given free */
	{ "INSERT INTO principals(n, store, principal, kind, user_name,"
	  " present, name, posix_id, home) VALUES"
	  " (7, 's', 'u-7', 1, '', 0, 'gus', 1879048207, '/home/g')",
	    SQLITE_OK },
	{ "INSERT INTO renames(n, at, old_name, name, home, kept)"
	  " VALUES(7, 1, 'gus', 'gus-1', '/home/g', 0)",
	    SQLITE_OK },
	{ "UPDATE principals SET name = 'gus', home = '/home/x',"
	  " posix_id = 1879048208 WHERE n = 5",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET name = 'gus-1' WHERE n = 7", SQLITE_OK },
	{ "UPDATE principals SET name = 'gus', home = '/home/x',"
	  " posix_id = 1879048208 WHERE n = 5",
	    SQLITE_OK },
	/* but its own again */
	{ "INSERT INTO renames(n, at, old_name, name, home, kept)"
	  " VALUES(1, 2, 'al', 'alice', '/home/a', 1)",
	    SQLITE_OK },
	{ "UPDATE principals SET name = 'alice', home = '/home/a'"
	  " WHERE n = 1",
	    SQLITE_OK },
	/* another id only as written down before, by who had it */
	{ "INSERT INTO renumbers(n, at, old_id, id, kept)"
	  " VALUES(2, 1, 1879048192, 1879048300, 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO renumbers(n, at, old_id, id, kept)"
	  " VALUES(1, 1, 1879048192, 1879048300, 1)",
	    SQLITE_OK },
	{ "UPDATE principals SET posix_id = 1879048301 WHERE n = 1",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET posix_id = 1879048300, name = 'x'"
	  " WHERE n = 1",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET posix_id = 1879048300 WHERE n = 1",
	    SQLITE_OK },
	{ "UPDATE renumbers SET n = 2", SQLITE_CONSTRAINT },
	{ "DELETE FROM renumbers", SQLITE_CONSTRAINT },
	/* the old id is nobody else's, in any way */
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, home)"
	  " VALUES('s', 'u-8', 1, '', 'hal', 1879048192, '/home/h')",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(n, store, principal, kind, user_name)"
	  " VALUES(8, 's', 'u-8', 1, '')",
	    SQLITE_OK },
	{ "UPDATE principals SET name = 'hal', home = '/home/h',"
	  " posix_id = 1879048192 WHERE n = 8",
	    SQLITE_CONSTRAINT },
	/* one that came from elsewhere, likewise */
	{ "INSERT INTO renumbers(n, at, old_id, id, kept)"
	  " VALUES(2, 1, 1879048400, 1879048193, 1)",
	    SQLITE_OK },
	{ "INSERT INTO renumbers(n, at, old_id, id, kept)"
	  " VALUES(1, 1, 1879048400, 1879048300, 1)",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO renumbers(n, at, old_id, id, kept)"
	  " VALUES(1, 1, 1879048193, 1879048300, 1)",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET name = 'hal', home = '/home/h',"
	  " posix_id = 1879048400 WHERE n = 8",
	    SQLITE_CONSTRAINT },
	/* until it is given over, for good */
	{ "UPDATE renumbers SET kept = 0, n = 8 WHERE old_id = 1879048400",
	    SQLITE_CONSTRAINT },
	{ "UPDATE renumbers SET kept = 0 WHERE old_id = 1879048400",
	    SQLITE_OK },
	{ "UPDATE renumbers SET kept = 1 WHERE old_id = 1879048400",
	    SQLITE_CONSTRAINT },
	{ "UPDATE principals SET name = 'hal', home = '/home/h',"
	  " posix_id = 1879048400 WHERE n = 8",
	    SQLITE_OK },
	{ "INSERT INTO renumbers(n, at, old_id, id, kept)"
	  " VALUES(2, 1, 1879048400, 1879048193, 0)",
	    SQLITE_CONSTRAINT },
	/* and a name */
	{ "UPDATE renames SET kept = 0, name = 'x' WHERE old_name = 'al'",
	    SQLITE_CONSTRAINT },
	{ "UPDATE renames SET kept = 0 WHERE old_name = 'al'", SQLITE_OK },
	{ "UPDATE renames SET kept = 1 WHERE old_name = 'al'",
	    SQLITE_CONSTRAINT },
	{ "INSERT INTO principals(store, principal, kind, user_name,"
	  " name, posix_id, home)"
	  " VALUES('s', 'u-9', 1, '', 'al', 1879048500, '/home/l')",
	    SQLITE_OK },
};

/* What may be written to the ledger, one statement after the other. */
static void ledger_rules(void **state)
{
	struct world *world = *state;

	for (size_t i = 0; i < sizeof(ledger) / sizeof(ledger[0]); i++)
		if (sqlite3_exec(world->state.db, ledger[i].sql, NULL, NULL,
			NULL) != ledger[i].want)
			fail_msg("row %zu: %s: %s", i, ledger[i].sql,
			    sqlite3_errmsg(world->state.db));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(from_version_1),
		cmocka_unit_test(from_version_3),
		cmocka_unit_test(same_schema),
		cmocka_unit_test(half_a_migration),
		cmocka_unit_test_setup_teardown(
		    ledger_rules, world_set_up, world_tear_down),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
