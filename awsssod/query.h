/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every SQL statement of awsssod, by name, and the schema.
 *
 *   meta        small facts by name: store, domain, generation, read_at,
 *               held, published
 *   principals  users (kind 1) and groups (kind 2): what the directory says
 *               of each, and what the ledger gave it (name, posix_id, home).
 *               The ledger's columns go from NULL to a value once.
 *   members     who is in which group, by row number
 *   sessions    login sessions, without tokens
 *   sweeps      the last readings of the directory
 *   events      the last verdicts, for "awssso why"
 *
 * A principal that has left keeps its row with present = 0: the tombstone.
 * missing = 1: a held sweep did not have it.  skip: why it has no name, or why
 * its name is not shown.
 */
#ifndef AW_AWSSSOD_QUERY_H
#define AW_AWSSSOD_QUERY_H

enum aw_query {
	AW_Q_META_GET,
	AW_Q_META_SET,
	AW_Q_GENERATION_NEXT,
	/* local accounts */
	AW_Q_LOCAL_NAMES_CLEAR,
	AW_Q_LOCAL_IDS_CLEAR,
	AW_Q_LOCAL_NAME,
	AW_Q_LOCAL_ID,
	/* the ledger */
	AW_Q_ID_TAKEN,
	AW_Q_REGISTER,
	AW_Q_RESTORE,
	AW_Q_RESTORE_MEMBER,
	/* newcomers */
	AW_Q_MAJOR_DOMAIN,
	AW_Q_NEWCOMERS_CLEAR,
	AW_Q_NEWCOMERS,
	AW_Q_NEWCOMER_ADD,
	AW_Q_NEWCOMERS_LOCAL,
	AW_Q_NEWCOMERS_TAKEN,
	AW_Q_NEWCOMERS_TWICE,
	AW_Q_NEWCOMERS_NAMED,
	AW_Q_NEWCOMER_REFUSE,
	AW_Q_SKIP_NEWCOMERS,
	AW_Q_SKIP_LOCAL,
	/* staging */
	AW_Q_STAGE_CLEAR_USERS,
	AW_Q_STAGE_CLEAR_GROUPS,
	AW_Q_STAGE_CLEAR_PAIRS,
	AW_Q_STAGE_CLEAR_ADDED,
	AW_Q_STAGE_CLEAR_LATER,
	AW_Q_STAGE_USER,
	AW_Q_STAGE_GROUP,
	AW_Q_STAGE_RESOLVE,
	AW_Q_STAGE_PAIR,
	AW_Q_STAGE_ADDED,
	AW_Q_STAGE_LATER,
	AW_Q_STAGE_CONTRADICTIONS,
	/* applying a sweep */
	AW_Q_COUNT_PRESENT,
	AW_Q_COUNT_MEMBERS,
	AW_Q_APPLY_USERS,
	AW_Q_APPLY_GROUPS,
	AW_Q_APPLY_LATER,
	AW_Q_APPLY_PAIRS,
	AW_Q_APPLY_MEMBERS,
	AW_Q_LOST_USERS,
	AW_Q_LOST_GROUPS,
	AW_Q_LOST_MEMBERS,
	AW_Q_MARK_MISSING,
	AW_Q_LOSE_MEMBERS,
	AW_Q_LOSE_USERS,
	AW_Q_LOSE_GROUPS,
	AW_Q_FORGET_UNREGISTERED,
	AW_Q_SWEEP_ADD,
	AW_Q_SWEEP_TRIM,
	/* one person */
	AW_Q_PERSON_BY_NAME,
	AW_Q_PERSON_BY_UID,
	AW_Q_PERSON_GROUPS,
	AW_Q_PERSON_UPDATE,
	AW_Q_PERSON_MISSING,
	AW_Q_GROUP_PLACEHOLDER,
	AW_Q_GROUP_PRESENT,
	AW_Q_HINT_ADD,
	AW_Q_LIVE_CLEAR,
	AW_Q_LIVE_ADD,
	AW_Q_LIVE_LOSE,
	AW_Q_LIVE_GAIN,
	/* publishing */
	AW_Q_LAST_ROW,
	AW_Q_FOREIGN_HOMES,
	AW_Q_SNAP_USERS,
	AW_Q_SNAP_GROUPS,
	AW_Q_SNAP_MEMBERS,
	AW_Q_SNAP_TOMBS,
	/* sessions */
	AW_Q_SESSION_OPEN,
	AW_Q_SESSION_CLOSE,
	AW_Q_SESSIONS_LEFT,
	AW_Q_SESSIONS_CLOSE,
	AW_Q_SESSION_REOPEN,
	AW_Q_SESSION_TRIM,
	/* events and status */
	AW_Q_EVENT_ADD,
	AW_Q_EVENT_TRIM,
	AW_Q_EVENT_CODE,
	AW_Q_EVENTS,
	AW_Q_EVENTS_OF,
	AW_Q_SKIPPED,
	AW_Q_COUNT_SKIPPED,
	AW_Q_COUNT_
};

extern const char aw_query_schema[];
extern const char aw_query_staging[];
extern const char *const aw_query_sql[AW_Q_COUNT_];

#endif
