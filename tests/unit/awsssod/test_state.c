/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/state.c, and of a daemon whose state is damaged.
 * covers: spine.5, R8, R21
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/schema.h"
#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static void modes(void **state)
{
	static const mode_t masks[] = { 0, 077 };
	const mode_t before = umask(0);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fake *fake = fake_new();
		struct aw_diag why = { .text = "" };
		struct aw_state db;
		struct stat st;
		char wal[160];

		(void)umask(masks[i]);
		assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
		assert_true(db.fresh);
		assert_false(db.broken);
		assert_int_equal(aw_state_set(&db, "k", "v"), 0);
		assert_int_equal(stat(fake->state, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(
		    aw_fmt(wal, sizeof(wal), "%s-wal", fake->state), 0);
		assert_int_equal(stat(wal, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		aw_state_close(&db);
		fake_free(fake);
	}
	(void)umask(before);
}

static void settings(void **state)
{
	static const struct {
		const char *sql;
		int64_t want;
	} rows[] = {
		{ "PRAGMA synchronous", 2 },
		{ "PRAGMA foreign_keys", 1 },
		{ "PRAGMA recursive_triggers", 1 },
		{ "PRAGMA user_version", AW_SCHEMA_VERSION },
	};
	struct fake *fake = fake_new();

	(void)state;
	fake_run(fake);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (fake_number(fake, rows[i].sql) != rows[i].want)
			fail_msg("%s", rows[i].sql);
	assert_string_equal(fake_string(fake, "PRAGMA journal_mode"), "wal");
	assert_string_equal(
	    fake_string(fake, "PRAGMA locking_mode"), "exclusive");
	fake_free(fake);
}

static void facts(void **state)
{
	struct fake *fake = fake_new();
	struct aw_diag why = { .text = "" };
	char text[8] = "before";
	struct aw_state db;
	int64_t n = 5;

	(void)state;
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	assert_int_equal(aw_state_get(&db, "k", text, sizeof(text)), AW_ABSENT);
	assert_int_equal(aw_state_get_num(&db, "k", &n), AW_ABSENT);
	assert_string_equal(text, "before");
	assert_int_equal(n, 5);
	assert_int_equal(aw_state_set(&db, "k", "12"), 0);
	assert_int_equal(aw_state_get(&db, "k", text, sizeof(text)), 0);
	assert_string_equal(text, "12");
	assert_int_equal(aw_state_get_num(&db, "k", &n), 0);
	assert_int_equal(n, 12);
	assert_int_equal(aw_state_set(&db, "k", "much too long"), 0);
	assert_int_equal(aw_state_get(&db, "k", text, sizeof(text)), -EMSGSIZE);
	/* Rolled back is as if it had not been. */
	assert_int_equal(aw_state_begin(&db), 0);
	assert_int_equal(aw_state_set_num(&db, "k", 77), 0);
	aw_state_rollback(&db);
	aw_state_rollback(&db);
	assert_int_equal(aw_state_get_num(&db, "k", &n), 0);
	assert_int_equal(n, 0);
	aw_state_close(&db);
	/* Another opening finds what was written, and is not fresh. */
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	assert_false(db.fresh);
	assert_int_equal(aw_state_get_num(&db, "k", &n), 0);
	aw_state_close(&db);
	fake_free(fake);
}

static void refused_files(void **state)
{
	struct fake *fake = fake_new();
	struct aw_diag why = { .text = "" };
	struct aw_state db, second;

	(void)state;
	/* not a regular file */
	assert_int_equal(mkfifo(fake->state, 0600), 0);
	assert_int_equal(aw_state_open(fake->state, &db, &why), -EPERM);
	aw_state_close(&db);
	assert_int_equal(unlink(fake->state), 0);
	/* a link */
	assert_int_equal(symlink(fake->passwd, fake->state), 0);
	assert_true(aw_state_open(fake->state, &db, &why) < 0);
	aw_state_close(&db);
	assert_int_equal(unlink(fake->state), 0);
	/* somebody has it */
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	assert_int_equal(aw_state_open(fake->state, &second, &why), -EBUSY);
	assert_true(why.text[0]);
	aw_state_close(&second);
	/* of a newer release */
	assert_int_equal(
	    sqlite3_exec(db.db, "PRAGMA user_version = 99", NULL, NULL, NULL),
	    SQLITE_OK);
	aw_state_close(&db);
	assert_int_equal(aw_state_open(fake->state, &db, &why), -EPROTO);
	aw_state_close(&db);
	fake_free(fake);
}

/* Do @sql to the closed database; or, without, make it none any more. */
static void damage(const char *path, const char *sql)
{
	char noise[4096];
	sqlite3 *db;
	int fd;

	if (sql) {
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
			fail_msg("%s: %s", sql, sqlite3_errmsg(db));
		assert_int_equal(sqlite3_close(db), SQLITE_OK);
		return;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	memset(noise, 0x5a, sizeof(noise));
	assert_int_equal(pwrite(fd, noise, sizeof(noise), 0), sizeof(noise));
	assert_int_equal(close(fd), 0);
}

/* Damaged: nobody comes in, nothing is swept, nothing is published, and who
 * asks is told so. */
static void nobody_comes_in(const char *sql)
{
	struct fake *fake = fake_new();
	const struct fake_ask auth = {
		.type = AW_MSG_AUTH, .user = "alice", .attempt = "c1"
	};
	const struct fake_ask account = {
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron"
	};
	const struct fake_ask open_one = {
		.type = AW_MSG_OPEN, .user = "alice", .attempt = "c1"
	};
	uint8_t data[64];
	struct aw_wire_out out;

	fake_run(fake);
	fake_sweep(fake, &people, AW_NET_OK);
	fake_stop(fake);
	damage(fake->state, sql);
	fake_run(fake);
	assert_true(fake->daemon->state.broken);
	{
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		fake_ask(fake, fd, &auth);
		fake_verdict(fake, fd, AW_VERDICT_FAILED, "damaged");
		fake_ask(fake, fd, &account);
		fake_verdict(fake, fd, AW_VERDICT_FAILED, "damaged");
		fake_ask(fake, fd, &open_one);
		fake_verdict(fake, fd, AW_VERDICT_FAILED, "damaged");
	}
	{
		aw_own_fd int fd = fake_connect(fake, "ctl.sock");

		aw_wire_begin(&out, data, sizeof(data), AW_MSG_SYNC, 7);
		fake_send(fd, &out);
		fake_wait(fake, fd, AW_MSG_DONE);
		assert_true(
		    aw_wire_num(&fake->in, AW_TAG_NET, 0) == AW_NET_CONFIG);
		aw_wire_begin(&out, data, sizeof(data), AW_MSG_STATUS, 7);
		fake_send(fd, &out);
		fake_wait(fake, fd, AW_MSG_STATUS_IS);
		assert_non_null(
		    strstr(fake_text(fake, AW_TAG_SWEEP_STATE), "damaged"));
	}
	fake_netd_silent(fake, 300);
	assert_false(fake->daemon->publish.is_due);
	fake_free(fake);
}

static void damaged(void **state)
{
	static const char *const rows[] = {
		NULL,
		"DROP TABLE pins",
		/* as a schema 5 that was never released had it */
		"DROP TABLE pins; CREATE TABLE pins(text TEXT PRIMARY KEY,"
		" principal TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
		"ALTER TABLE events DROP COLUMN detail",
		"DROP TABLE history",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		nobody_comes_in(rows[i]);
}

/* Whatever cannot be made ready is an error, and there is nothing to stop. */
static void not_ready(void **state)
{
	struct fake *fake = fake_new();
	sqlite3_stmt *row = (sqlite3_stmt *)fake;
	struct aw_diag why = { .text = "" };
	struct aw_state db;
	int64_t n = 5;

	(void)state;
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	assert_int_equal(
	    sqlite3_exec(db.db, "DROP TABLE pins", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(aw_state_start(&db, AW_Q_PINS, &row, ""), -EIO);
	assert_null(row);
	aw_state_stop(row);
	assert_int_equal(
	    aw_state_run(&db, AW_Q_PIN_DROP, "is", (int64_t)1, "x"), -EIO);
	assert_int_equal(
	    aw_state_number(&db, AW_Q_PIN, &n, "is", (int64_t)1, "x"), -EIO);
	assert_int_equal(n, 5);
	db.broken = true;
	row = (sqlite3_stmt *)fake;
	assert_int_equal(
	    aw_state_start(&db, AW_Q_META_GET, &row, "s", "k"), -EBADMSG);
	assert_null(row);
	aw_state_close(&db);
	/* the next opening says what is missing */
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	assert_true(db.broken);
	assert_non_null(strstr(why.text, "no such table: pins"));
	aw_state_close(&db);
	/* and so it does of pages that are in two tables */
	damage(fake->state,
	    "PRAGMA writable_schema = ON;"
	    "UPDATE sqlite_schema SET rootpage = (SELECT rootpage"
	    " FROM sqlite_schema WHERE name = 'meta') WHERE name = 'events'");
	why.text[0] = '\0';
	assert_int_equal(aw_state_open(fake->state, &db, &why), 0);
	assert_true(db.broken);
	assert_non_null(strstr(why.text, "malformed"));
	aw_state_close(&db);
	fake_free(fake);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modes),
		cmocka_unit_test(settings),
		cmocka_unit_test(facts),
		cmocka_unit_test(refused_files),
		cmocka_unit_test(damaged),
		cmocka_unit_test(not_ready),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
