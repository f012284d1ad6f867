/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SQLite behind a handful of calls: statements are prepared once, every error
 * becomes a negative errno in one place, corruption is remembered.
 */
#include "awsssod/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/schema.h"
#include "common/own.h"

static int error_of(struct aw_state *state, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		state->broken = true;
		return -EBADMSG;
	case SQLITE_CONSTRAINT:
		return -EEXIST;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int execute(struct aw_state *state, const char *sql)
{
	if (state->broken)
		return -EBADMSG;
	return error_of(state, sqlite3_exec(state->db, sql, NULL, NULL, NULL));
}

/* The number that a PRAGMA without a table answers. */
static int ask_number(struct aw_state *state, const char *sql, int *ret)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(state->db, sql, -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return error_of(state, rc);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*ret = sqlite3_column_int(stmt, 0);
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_ROW ? 0 : error_of(state, rc);
}

/* quick_check answers rows of complaints, or the one row "ok". */
static int check_whole(struct aw_state *state)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(
	    state->db, "PRAGMA quick_check(1)", -1, &stmt, NULL);
	if (rc != SQLITE_OK)
		return error_of(state, rc);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW && strcmp(aw_state_text(stmt, 0), "ok") != 0)
		rc = SQLITE_CORRUPT;
	(void)sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? -EIO : error_of(state, rc);
}

/* One version after the other.  A migration that failed has changed nothing:
 * its transaction is open, and is undone. */
static int migrate(struct aw_state *state, int version)
{
	int r = 0;

	for (; r == 0 && version < AW_SCHEMA_VERSION; version++)
		r = execute(state, aw_schema_migrate[version]);
	if (r < 0)
		aw_state_rollback(state);
	return r;
}

static int make_schema(struct aw_state *state, struct aw_diag *diag)
{
	int version = 0, r;

	r = ask_number(state, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (version < 0 || version > AW_SCHEMA_VERSION) {
		aw_diag_set(diag, "state.db is of a newer release (schema %d)",
		    version);
		return -EPROTO;
	}
	if (version > 0)
		return migrate(state, version);
	state->fresh = true;
	return execute(state, aw_schema_create);
}

static int set_up(struct aw_state *state, struct aw_diag *diag)
{
	int r;

	r = execute(state, "PRAGMA locking_mode=EXCLUSIVE;"
			   "PRAGMA journal_mode=WAL;"
			   "PRAGMA synchronous=FULL;"
			   "PRAGMA foreign_keys=OFF;"
			   /* REPLACE must not slip past a trigger. */
			   "PRAGMA recursive_triggers=ON;"
			   "PRAGMA trusted_schema=OFF;"
			   /* A sweep may be of any size, this may not. */
			   "PRAGMA main.cache_size=-16384;"
			   "PRAGMA main.journal_size_limit=16777216;"
			   "PRAGMA temp_store=FILE;");
	if (r < 0)
		return r;
	r = check_whole(state);
	if (r < 0)
		return r;
	r = make_schema(state, diag);
	if (r < 0)
		return r;
	r = execute(state, "PRAGMA foreign_keys=ON");
	if (r == 0)
		r = execute(state, aw_schema_temporary);
	return r;
}

/* SQLite would make the file by the umask: make it ours alone first. */
static int make_file(const char *path)
{
	aw_own_fd int fd = open(
	    path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return -EPERM;
	return fchmod(fd, 0600) < 0 ? -errno : 0;
}

/* What a statement names and the tables lack is damage: better found now than
 * by the first person whose sign-in needs it. */
static int check_statements(struct aw_state *state)
{
	for (enum aw_query q = 0; q < AW_Q_COUNT_; q++) {
		sqlite3_stmt *stmt;
		const int rc = sqlite3_prepare_v2(
		    state->db, aw_query_sql((enum aw_query)q), -1, &stmt, NULL);

		(void)sqlite3_finalize(stmt);
		if (rc == SQLITE_ERROR) {
			state->broken = true;
			return -EBADMSG;
		}
		if (rc != SQLITE_OK)
			return error_of(state, rc);
	}
	return 0;
}

int aw_state_open(const char *path, struct aw_state *ret, struct aw_diag *diag)
{
	int r;

	memset(ret, 0, sizeof(*ret));
	r = make_file(path);
	if (r == 0)
		r = error_of(ret,
		    sqlite3_open_v2(path, &ret->db,
			SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
	if (r < 0) {
		aw_diag_set(diag, "%s: %s", path, strerror(-r));
		return r;
	}
	r = set_up(ret, diag);
	/* Sign-ins go on without one: who sweeps tries again, and says so. */
	if (r == 0 && aw_state_stage(ret) == 0)
		r = check_statements(ret);
	/* A complaint of quick_check's is no error of SQLite's. */
	if (r < 0 && diag && !diag->text[0])
		aw_diag_set(diag, "%s: %s", path,
		    sqlite3_errcode(ret->db) == SQLITE_OK
			? sqlite3_errstr(SQLITE_CORRUPT)
			: sqlite3_errmsg(ret->db));
	return ret->broken ? 0 : r;
}

static void forget_statements(struct aw_state *state)
{
	for (enum aw_query q = 0; q < AW_Q_COUNT_; q++) {
		(void)sqlite3_finalize(state->stmt[q]);
		state->stmt[q] = NULL;
	}
}

static int stage_path(struct aw_state *state, char *buf, size_t size)
{
	const char *name = sqlite3_db_filename(state->db, "main");

	return name ? aw_fmt(buf, size, "%s-stage", name) : -EBADF;
}

/* Whatever state it is in: a disk that ran full leaves it unusable. */
static void drop_stage(struct aw_state *state)
{
	char path[4096];

	if (!state->db || stage_path(state, path, sizeof(path)) < 0)
		return;
	/* They would look for its tables where the next one has none. */
	forget_statements(state);
	(void)sqlite3_exec(state->db, "DETACH stage", NULL, NULL, NULL);
	(void)unlink(path);
}

static int attach(struct aw_state *state, const char *path)
{
	sqlite3_stmt *stmt;
	int rc;

	rc = sqlite3_prepare_v2(
	    state->db, "ATTACH ?1 AS stage", -1, &stmt, NULL);
	if (rc == SQLITE_OK) {
		(void)sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
		(void)sqlite3_step(stmt);
		rc = sqlite3_finalize(stmt);
	}
	return error_of(state, rc);
}

int aw_state_stage(struct aw_state *state)
{
	char path[4096];
	int r;

	if (state->broken)
		return -EBADMSG;
	drop_stage(state);
	r = stage_path(state, path, sizeof(path));
	if (r == 0)
		r = make_file(path);
	if (r == 0)
		r = attach(state, path);
	if (r == 0)
		r = execute(state, aw_schema_stage);
	if (r < 0)
		drop_stage(state);
	return r;
}

void aw_state_close(struct aw_state *state)
{
	forget_statements(state);
	drop_stage(state);
	(void)sqlite3_close(state->db);
	memset(state, 0, sizeof(*state));
}

static int prepare(
    struct aw_state *state, enum aw_query query, sqlite3_stmt **ret)
{
	sqlite3_stmt **stmt = &state->stmt[query];
	int rc;

	if (state->broken)
		return -EBADMSG;
	if (!*stmt) {
		rc = sqlite3_prepare_v3(state->db, aw_query_sql(query), -1,
		    SQLITE_PREPARE_PERSISTENT, stmt, NULL);
		if (rc != SQLITE_OK)
			return error_of(state, rc);
	}
	aw_state_stop(*stmt);
	*ret = *stmt;
	return 0;
}

static int bind(
    struct aw_state *state, sqlite3_stmt *stmt, const char *kinds, va_list args)
{
	int rc = SQLITE_OK;

	for (int i = 0; kinds[i] && rc == SQLITE_OK; i++) {
		if (kinds[i] == 's')
			rc = sqlite3_bind_text(stmt, i + 1,
			    va_arg(args, const char *), -1, SQLITE_TRANSIENT);
		else
			rc = sqlite3_bind_int64(
			    stmt, i + 1, va_arg(args, int64_t));
	}
	return error_of(state, rc);
}

static int start(struct aw_state *state, enum aw_query query,
    sqlite3_stmt **ret, const char *kinds, va_list args)
{
	sqlite3_stmt *stmt;
	int r;

	*ret = NULL;
	r = prepare(state, query, &stmt);
	if (r < 0)
		return r;
	r = bind(state, stmt, kinds, args);
	if (r < 0)
		return r;
	*ret = stmt;
	return 0;
}

int aw_state_start(struct aw_state *state, enum aw_query query,
    sqlite3_stmt **ret, const char *kinds, ...)
{
	va_list args;
	int r;

	va_start(args, kinds);
	r = start(state, query, ret, kinds, args);
	va_end(args);
	return r;
}

int aw_state_run(
    struct aw_state *state, enum aw_query query, const char *kinds, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	int r;

	va_start(args, kinds);
	r = start(state, query, &stmt, kinds, args);
	va_end(args);
	while (r == 0)
		r = aw_state_next(state, stmt);
	return r == AW_END ? 0 : r;
}

int aw_state_number(struct aw_state *state, enum aw_query query, int64_t *ret,
    const char *kinds, ...)
{
	sqlite3_stmt *stmt;
	va_list args;
	int r;

	va_start(args, kinds);
	r = start(state, query, &stmt, kinds, args);
	va_end(args);
	if (r == 0)
		r = aw_state_next(state, stmt);
	if (r == AW_END)
		return AW_ABSENT;
	if (r < 0)
		return r;
	if (sqlite3_column_type(stmt, 0) == SQLITE_NULL)
		r = AW_ABSENT;
	else
		*ret = sqlite3_column_int64(stmt, 0);
	aw_state_stop(stmt);
	return r;
}

int aw_state_next(struct aw_state *state, sqlite3_stmt *stmt)
{
	const int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 0;
	aw_state_stop(stmt);
	return rc == SQLITE_DONE ? AW_END : error_of(state, rc);
}

void aw_state_stop(sqlite3_stmt *stmt)
{
	if (!stmt)
		return;
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
}

const char *aw_state_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text ? (const char *)text : "";
}

int aw_state_begin(struct aw_state *state)
{
	return execute(state, "BEGIN IMMEDIATE");
}

int aw_state_commit(struct aw_state *state)
{
	return execute(state, "COMMIT");
}

void aw_state_rollback(struct aw_state *state)
{
	if (state->db && !sqlite3_get_autocommit(state->db))
		(void)sqlite3_exec(state->db, "ROLLBACK", NULL, NULL, NULL);
}

int64_t aw_state_changes(const struct aw_state *state)
{
	return sqlite3_changes(state->db);
}

int64_t aw_state_last_row(const struct aw_state *state)
{
	return sqlite3_last_insert_rowid(state->db);
}

int aw_state_get(
    struct aw_state *state, const char *key, char *buf, size_t size)
{
	sqlite3_stmt *stmt;
	int r;

	r = aw_state_start(state, AW_Q_META_GET, &stmt, "s", key);
	if (r == 0)
		r = aw_state_next(state, stmt);
	if (r == AW_END)
		return AW_ABSENT;
	if (r < 0)
		return r;
	r = aw_copy(buf, size, aw_state_text(stmt, 0));
	aw_state_stop(stmt);
	return r;
}

int aw_state_get_num(struct aw_state *state, const char *key, int64_t *ret)
{
	return aw_state_number(state, AW_Q_META_GET, ret, "s", key);
}

int aw_state_set(struct aw_state *state, const char *key, const char *value)
{
	return aw_state_run(state, AW_Q_META_SET, "ss", key, value);
}

int aw_state_set_num(struct aw_state *state, const char *key, int64_t value)
{
	char text[24];
	const int r = aw_fmt(text, sizeof(text), "%lld", (long long)value);

	return r < 0 ? r : aw_state_set(state, key, text);
}
