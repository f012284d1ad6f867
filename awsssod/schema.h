/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of state.db, and how those of an older release become them.
 *
 *   meta        small facts by name: store, domain, generation, read_at,
 *               held, shown_* (awsssod/shrink.h), members, published,
 *               published_* (awsssod/published_check.c)
 *   principals  users (kind 1), groups (kind 2) and permission sets (kind 3):
 *               what the directory says of each, and what the ledger gave it
 *               (name, posix_id, home).  The ledger's columns go from NULL to
 *               a value once.  adopted = 1: an administrator chose the id,
 *               which may then lie outside the range.
 *   renames     what an administrator renamed, written before the change.
 *               It alone permits a change of name or home.  kept = 1: the
 *               old name stays with the principal that had it, until an
 *               administrator gives it over: it becomes 0, never 1 again.
 *   renumbers   whose id an administrator took back for another ledger's, by
 *               awssso ids import, written before the change; it alone
 *               permits it.  kept = 1: the old id stays theirs.  A ledger
 *               that came from elsewhere brings such ids along, and kept
 *               names.
 *   members     who is in which group, by row number
 *   grants      which people and groups hold which permission set in this
 *               account, as far as a sweep could read it
 *   learned     which sets a person was seen to hold, in which session and
 *               when, where no sweep can read it
 *   sessions    login sessions, without tokens
 *   sweeps      the last readings of the directory
 *   events      the last verdicts, for "awssso why"
 *   history     what was, until when, of the people that have names here: in
 *               the group with that id (or, where grp is NULL, their status,
 *               AW_HISTORY_*: awsssod/history.h).  Triggers write it while
 *               meta has history_from, since when it is complete.
 *
 * A principal that has left keeps its row with present = 0: the tombstone.
 * missing = 1: a held sweep did not have it.  skip: why it has no name, or why
 * its name is not shown.
 */
#ifndef AW_AWSSSOD_SCHEMA_H
#define AW_AWSSSOD_SCHEMA_H

#define AW_SCHEMA_VERSION 7

/* Makes everything in an empty database, in one transaction. */
extern const char aw_schema_create[];
/* By the version that a database has: what makes it one of the next version,
 * in one transaction, while foreign keys are not enforced.  NULL for versions
 * that never were. */
extern const char *const aw_schema_migrate[AW_SCHEMA_VERSION];

/* The temporary tables of a connection. */
extern const char aw_schema_temporary[];

/* What a sweep is collected in: the attached database "stage", empty. */
extern const char aw_schema_stage[];

#endif
