/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.db: what awsssod remembers, in SQLite.  One writer, WAL, every commit
 * on disk before it counts.  The tables and all statements are in query.c.
 *
 * A database that turns out to be corrupt, now or later, sets @broken, and
 * from then on every call fails with -EBADMSG: whoever decides must then say
 * no, and nothing is swept into it.
 */
#ifndef AW_AWSSSOD_STATE_H
#define AW_AWSSSOD_STATE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "awsssod/query.h"
#include "common/outcome.h"
#include "common/text.h"

struct aw_state {
	sqlite3 *db;
	sqlite3_stmt *stmt[AW_Q_COUNT_];
	bool broken;
	bool fresh; /* the file was made just now */
	/* When the directory was read, by both clocks, as this process noted it
	 * (awsssod/age.c); 0: it has not. */
	int64_t own_read_at, own_read_boot_s;
};

/*
 * Open, or make, the database at @path (0600, of our uid).  Returns 0; also 0
 * with @broken set, and @diag, when the file is damaged or has not all the
 * tables and columns that it should have; or a negative errno with @diag:
 * -EPROTO (made by a newer release), -EBUSY (another awsssod has it)...
 * Whatever was returned, aw_state_close() it.
 */
int aw_state_open(
    const char *path, struct aw_state *ret, struct aw_diag *diag) AW_MUST_USE;
void aw_state_close(struct aw_state *state);

/*
 * Begin with an empty staging database, a file beside state.db (0600), which
 * has no journal and is never synced; what was in it is gone.  Afterwards no
 * statement is under way.  When it fails, 0 is not returned and there is none:
 * every statement that needs one fails then, and no other.
 */
int aw_state_stage(struct aw_state *state);

/*
 * Bind a statement's values: @kinds has a letter for each, 's' a const char *
 * (NULL is NULL), 'i' an int64_t.
 *
 * _run executes it to its end.  _start makes it ready for aw_state_next(),
 * borrowed until the statement is used again; when it fails *@ret is NULL, and
 * there is nothing to stop.  _number reads the number that it yields; AW_ABSENT
 * when there is no row, or NULL in it.
 * Returns 0 or a negative errno (-EEXIST: a constraint refused it).
 */
int aw_state_run(struct aw_state *state, enum aw_query query, const char *kinds,
    ...) AW_MUST_USE;
int aw_state_start(struct aw_state *state, enum aw_query query,
    sqlite3_stmt **ret, const char *kinds, ...) AW_MUST_USE;
int aw_state_number(struct aw_state *state, enum aw_query query, int64_t *ret,
    const char *kinds, ...) AW_MUST_USE;

/* Step to the next row.  0, AW_END, or a negative errno; after the last two
 * the statement is reset.  Leave earlier with aw_state_stop(); NULL is none. */
int aw_state_next(struct aw_state *state, sqlite3_stmt *stmt) AW_MUST_USE;
void aw_state_stop(sqlite3_stmt *stmt);

/* Column @column as a string, "" for NULL.  Borrowed until the next step. */
const char *aw_state_text(sqlite3_stmt *stmt, int column);

/* Transactions do not nest.  Rolling back without one is harmless. */
int aw_state_begin(struct aw_state *state) AW_MUST_USE;
int aw_state_commit(struct aw_state *state) AW_MUST_USE;
void aw_state_rollback(struct aw_state *state);

/* Rows that the last insert, update or delete touched. */
int64_t aw_state_changes(const struct aw_state *state);
/* The number of the row that was inserted last. */
int64_t aw_state_last_row(const struct aw_state *state);

/* Small facts by name.  _get returns 0, AW_ABSENT, or a negative errno. */
int aw_state_get(struct aw_state *state, const char *key, char *buf,
    size_t size) AW_MUST_USE;
int aw_state_get_num(
    struct aw_state *state, const char *key, int64_t *ret) AW_MUST_USE;
int aw_state_set(
    struct aw_state *state, const char *key, const char *value) AW_MUST_USE;
int aw_state_set_num(
    struct aw_state *state, const char *key, int64_t value) AW_MUST_USE;

#endif
