/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements.  Kinds: 1 user, 2 group, 3 permission set.
 *
 * There are no statistics for SQLite to plan by: CROSS JOIN fixes the order
 * where another one would walk the whole directory for each row.
 */
#include "awsssod/query.h"

#include "awsssod/query_parts.h"

/* Of the group ?2 of the store ?1. */
#define GROUP_NUMBER                                                    \
	"(SELECT n FROM principals WHERE store = ?1 AND principal = ?2" \
	" AND kind = 2)"

#define UNREGISTERED \
	"(SELECT n FROM principals WHERE name IS NULL AND present = 0)"

#define PERSON                                                            \
	"SELECT n, principal, name, user_name, posix_id, home, disabled," \
	" present, missing, skip IS NOT NULL, EXISTS(SELECT 1 FROM"       \
	" principals o WHERE o.name = p.user_name AND o.n != p.n)"        \
	" FROM principals p WHERE kind = 1 AND "

/* enum aw_entry_column. */
#define ENTRY                                                          \
	"SELECT n, store, principal, kind, user_name, name, posix_id," \
	" home, present, disabled, adopted, skip FROM principals"

#define EVENT                                                                 \
	"SELECT at, user, service, verdict, code, text, rhost FROM (SELECT *" \
	" FROM events "

#define WHOLE_EVENT                                                    \
	"SELECT at, user, service, verdict, code, text, rhost, event," \
	" detail FROM events "

/* How many groups could be meant by the name of the group g. */
#define CLAIMS                                                      \
	"(SELECT count(*) FROM principals o WHERE o.kind = 2 AND"   \
	" o.present = 1 AND o.user_name = g.user_name)"             \
	" + EXISTS(SELECT 1 FROM principals i WHERE i.kind = 2 AND" \
	" i.present = 1 AND i.store = g.store AND i.principal = g.user_name)"

#define HISTORY_OLD "i <= (SELECT max(i) FROM history) - ?1 OR at < ?2"

/* What a sweep has staged of grants, by row number. */
#define GRANTS_STAGED                                                       \
	"SELECT g.n, h.n FROM stage_grants s CROSS JOIN principals g"       \
	" ON g.store = ?1 AND g.principal = 'ps:' || s.name AND g.kind = 3" \
	" CROSS JOIN principals h ON h.store = ?1"                          \
	" AND h.principal = s.holder AND h.kind = s.kind AND h.present = 1"

static const char *const sql[AW_Q_COUNT_] = {
	[AW_Q_META_GET] = "SELECT value FROM meta WHERE key = ?1",
	[AW_Q_META_SET] =
	    "INSERT INTO meta VALUES(?1, ?2)"
	    " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
	[AW_Q_GENERATION_NEXT] =
	    "UPDATE meta SET value = value + 1 WHERE key = 'generation'",

	[AW_Q_MEMBERS_MORE] =
	    "UPDATE meta SET value = value + ?1 WHERE key = 'members'",
	[AW_Q_MEMBERS_COUNT] =
	    "INSERT INTO meta SELECT 'members', count(*) FROM members"
	    " WHERE true ON CONFLICT(key) DO UPDATE SET value = excluded.value",

	[AW_Q_LOCAL_NAMES_CLEAR] = "DELETE FROM local_names",
	[AW_Q_LOCAL_IDS_CLEAR] = "DELETE FROM local_ids",
	[AW_Q_LOCAL_NAME] = "INSERT OR IGNORE INTO local_names VALUES(?1)",
	[AW_Q_LOCAL_ID] = "INSERT OR IGNORE INTO local_ids VALUES(?1)",
	[AW_Q_LOCAL_RANGES_CLEAR] = "DELETE FROM local_ranges",
	[AW_Q_LOCAL_RANGE] =
	    "INSERT OR IGNORE INTO local_ranges VALUES(?1, ?2)",

	[AW_Q_ID_TAKEN] = "SELECT 1 FROM principals WHERE posix_id = ?1"
			  " UNION ALL"
			  " SELECT 1 FROM renumbers WHERE old_id = ?1 AND kept"
			  " UNION ALL SELECT 1 FROM local_ids WHERE id = ?1"
			  " UNION ALL " LOCAL_RANGE_OF("?1"),
	[AW_Q_ENTRY_CALLED] = ENTRY " WHERE name = ?1",
	[AW_Q_ENTRY_OF] = ENTRY " WHERE store = ?1 AND principal = ?2",
	[AW_Q_NAME_HOLDER] =
	    "SELECT principal FROM principals WHERE name = ?1 AND n != ?2",
	[AW_Q_NAME_KEEPER] =
	    "SELECT p.principal FROM renames r CROSS JOIN principals p"
	    " ON p.n = r.n WHERE r.old_name = ?1 AND r.kept AND r.n != ?2",
	[AW_Q_ID_HOLDER] =
	    "SELECT principal FROM principals WHERE posix_id = ?1 AND n != ?2"
	    " UNION ALL SELECT p.principal FROM renumbers r CROSS JOIN"
	    " principals p ON p.n = r.n WHERE r.old_id = ?1 AND r.kept"
	    "  AND r.n != ?2",
	[AW_Q_IS_LOCAL_NAME] = "SELECT 1 FROM local_names WHERE name = ?1",
	[AW_Q_IS_IN_LOCAL_RANGE] = LOCAL_RANGE_OF("?1"),
	[AW_Q_RENUMBER_NOTE] =
	    "INSERT INTO renumbers(n, at, old_id, id, kept)"
	    " VALUES(?1, ?2, ?3, ?4,"
	    "  NOT EXISTS(SELECT 1 FROM gave_way WHERE n = ?1))",
	[AW_Q_RENUMBER] =
	    "UPDATE principals SET posix_id = ?2, adopted = ?3 WHERE n = ?1",
	[AW_Q_IMPORT] = "INSERT INTO principals(store, principal, kind,"
			" user_name, present, name, posix_id, home, adopted)"
			" VALUES(?1, ?2, ?3, '', 0, ?4, ?5, ?6, ?7)",
	[AW_Q_GIVE] = "UPDATE principals SET name = ?2, posix_id = ?3,"
		      " home = ?4, adopted = ?5, skip = NULL"
		      " WHERE n = ?1",
	/* What it had elsewhere, or before state.db was lost. */
	[AW_Q_RESERVE_NAME] =
	    "INSERT INTO renames(n, at, old_name, name, home, kept)"
	    " SELECT n, ?2, ?3, name, home, 1 FROM principals WHERE n = ?1"
	    " AND NOT EXISTS(SELECT 1 FROM renames r"
	    "  WHERE r.n = ?1 AND r.old_name = ?3 AND r.kept)",
	[AW_Q_RESERVE_ID] = "INSERT INTO renumbers(n, at, old_id, id, kept)"
			    " SELECT n, ?2, ?3, posix_id, 1 FROM principals"
			    " WHERE n = ?1 AND NOT EXISTS(SELECT 1 FROM"
			    "  renumbers r WHERE r.n = ?1 AND r.old_id = ?3"
			    "  AND r.kept)",
	[AW_Q_RENAME_NOTE] =
	    "INSERT INTO renames(n, at, old_name, name, home, kept)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	[AW_Q_RENAME] = "UPDATE principals SET name = ?2, home = ?3,"
			" skip = NULL WHERE n = ?1",
	[AW_Q_RESTORE] = "INSERT INTO principals(store, principal, kind,"
			 " user_name, display, disabled, present, name,"
			 " posix_id, home, adopted)"
			 " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
			 " ?3 = 1 AND ?9 < 1879048192)",

	[AW_Q_RESTORE_MEMBER] =
	    "INSERT OR IGNORE INTO members SELECT u.n, g.n FROM principals g"
	    " JOIN principals u ON u.name = ?2 AND u.kind = 1"
	    " WHERE g.name = ?1 AND g.kind = 2",
	[AW_Q_ROW_OF_ID] = "SELECT n FROM principals WHERE posix_id = ?1",

	[AW_Q_STAGE_CLEAR_USERS] = "DELETE FROM stage_users",
	[AW_Q_STAGE_CLEAR_GROUPS] = "DELETE FROM stage_groups",
	[AW_Q_STAGE_CLEAR_SEEN] = "DELETE FROM stage_seen WHERE kind = ?1",
	[AW_Q_STAGE_FIND] =
	    "SELECT n, kind, present, user_name = ?3 AND display = ?4 AND"
	    " disabled = ?5 AND present = 1 AND missing = 0,"
	    " present = 0 AND name IS NULL FROM principals"
	    " WHERE store = ?1 AND principal = ?2",
	[AW_Q_STAGE_SEEN] = "INSERT OR IGNORE INTO stage_seen VALUES(?1, ?2)",
	[AW_Q_STAGE_ROW] =
	    "INSERT OR IGNORE INTO principals(store, principal, kind,"
	    " user_name, present) VALUES(?1, ?2, ?3, '', 0)",
	[AW_Q_STAGE_DROP_ADDED] =
	    "DELETE FROM stage_added WHERE usr = ?1 OR grp = ?1",
	[AW_Q_STAGE_DROP_NOBODY] =
	    "DELETE FROM stage_added WHERE usr IN " UNREGISTERED
	    " OR grp IN " UNREGISTERED,
	[AW_Q_STAGE_DROP_ROW] = "DELETE FROM principals WHERE n = ?1",
	[AW_Q_STAGE_USER] =
	    "INSERT OR REPLACE INTO stage_users VALUES(?1, ?2, ?3, ?4)",
	[AW_Q_STAGE_GROUP] =
	    "INSERT OR REPLACE INTO stage_groups VALUES(?1, ?2)",
	[AW_Q_STAGE_UNUSER] = "DELETE FROM stage_users WHERE principal = ?1",
	[AW_Q_STAGE_UNGROUP] = "DELETE FROM stage_groups WHERE principal = ?1",
	[AW_Q_STAGE_RESOLVE] =
	    "SELECT g.n, u.n, EXISTS(SELECT 1 FROM members m"
	    "  WHERE m.usr = u.n AND m.grp = g.n)"
	    " FROM principals g CROSS JOIN principals u"
	    " WHERE g.store = ?1 AND g.principal = ?2 AND g.kind = 2"
	    " AND u.store = ?1 AND u.principal = ?3 AND u.kind = 1",
	[AW_Q_STAGE_PAIR] = "INSERT OR IGNORE INTO stage_pairs VALUES(?1, ?2)",
	[AW_Q_STAGE_ADDED] = "INSERT OR IGNORE INTO stage_added VALUES(?1, ?2)",
	[AW_Q_STAGE_AGAIN_PAIRS] =
	    "DELETE FROM stage_pairs WHERE grp = " GROUP_NUMBER,
	[AW_Q_STAGE_AGAIN_ADDED] =
	    "DELETE FROM stage_added WHERE grp = " GROUP_NUMBER,
	[AW_Q_STAGE_CONTRADICTIONS] =
	    "SELECT count(*) FROM stage_groups g CROSS JOIN stage_users u"
	    " ON u.principal = g.principal",
	[AW_Q_TOUCH] = "INSERT OR IGNORE INTO touched VALUES(?1)",
	[AW_Q_TOUCHED_CLEAR] = "DELETE FROM touched",
	[AW_Q_TOUCHED_USERS] =
	    "DELETE FROM stage_users WHERE principal IN (SELECT p.principal"
	    " FROM touched t CROSS JOIN principals p ON p.n = t.n"
	    " WHERE p.store = ?1)",
	[AW_Q_TOUCHED_SEEN] =
	    "INSERT OR IGNORE INTO stage_seen SELECT p.kind, p.n"
	    " FROM touched t CROSS JOIN principals p ON p.n = t.n",
	[AW_Q_TOUCHED_ADDED] =
	    "DELETE FROM stage_added WHERE usr IN (SELECT n FROM touched)",
	[AW_Q_TOUCHED_GONE] =
	    "DELETE FROM stage_gone WHERE usr IN (SELECT n FROM touched)",

	[AW_Q_COUNT_PRESENT] =
	    "SELECT count(*) FROM principals INDEXED BY principals_present"
	    " WHERE kind = ?1 AND present + 0 = 1",
	[AW_Q_COUNT_UNREAD] = "SELECT count(*) FROM " UNREAD,
	[AW_Q_MEMBERS_FROM] =
	    "SELECT usr, grp, grp IN " UNREAD " FROM members"
	    " WHERE (usr, grp) > (?1, ?2) ORDER BY usr, grp LIMIT ?3",
	[AW_Q_PAIRS_FROM] =
	    "SELECT usr, grp FROM stage_pairs WHERE (usr, grp) > (?1, ?2)"
	    " ORDER BY usr, grp",
	[AW_Q_STAGE_GONE] = "INSERT OR IGNORE INTO stage_gone VALUES(?1, ?2)",
	[AW_Q_RENAMED] =
	    "SELECT p.name, p.user_name, s.user_name FROM stage_users s"
	    " CROSS JOIN principals p ON p.store = ?1"
	    "  AND p.principal = s.principal"
	    " WHERE p.name IS NOT NULL AND p.user_name != ''"
	    " AND p.user_name != s.user_name LIMIT ?2",
	[AW_Q_APPLY_USERS] =
	    "INSERT INTO principals(store, principal, kind, user_name,"
	    " display, disabled) SELECT ?1, principal, 1, user_name, display,"
	    " disabled FROM stage_users s WHERE true"
	    /* In the order of the rows: one way through a large table. */
	    " ORDER BY (SELECT n FROM principals p WHERE p.store = ?1"
	    "  AND p.principal = s.principal)"
	    " ON CONFLICT(store, principal) DO UPDATE SET"
	    " user_name = excluded.user_name, display = excluded.display,"
	    " disabled = excluded.disabled, present = 1, missing = 0"
	    " WHERE user_name != excluded.user_name OR"
	    " display != excluded.display OR disabled != excluded.disabled"
	    " OR present = 0 OR missing = 1",
	[AW_Q_APPLY_GROUPS] =
	    "INSERT INTO principals(store, principal, kind, user_name)"
	    " SELECT ?1, principal, 2, display FROM stage_groups WHERE true"
	    " ON CONFLICT(store, principal) DO UPDATE SET"
	    " user_name = excluded.user_name, present = 1, missing = 0"
	    " WHERE user_name != excluded.user_name OR present = 0"
	    " OR missing = 1",
	[AW_Q_APPLY_MEMBERS] =
	    "INSERT OR IGNORE INTO members SELECT usr, grp FROM stage_added",
	[AW_Q_FIND_LOST] =
	    "INSERT INTO stage_lost SELECT kind, n FROM principals"
	    " INDEXED BY principals_present"
	    " WHERE kind = ?1 AND present + 0 = 1 AND n NOT IN"
	    "  (SELECT n FROM stage_seen WHERE kind = ?1)",
	[AW_Q_COUNT_LOST] = "SELECT count(*) FROM stage_lost WHERE kind = ?1"
			    " AND n NOT IN " UNREAD,
	[AW_Q_COUNT_GONE] =
	    "SELECT count(*) FROM stage_gone WHERE grp NOT IN " UNREAD,
	[AW_Q_MARK_MISSING] =
	    "UPDATE principals SET missing = 1 WHERE missing = 0"
	    " AND n IN (SELECT n FROM stage_lost WHERE kind = 1)",
	[AW_Q_LOSE_MEMBERS] = "DELETE FROM members WHERE (usr, grp) IN"
			      " (SELECT usr, grp FROM stage_gone)",
	[AW_Q_LOSE_PRINCIPALS] =
	    "UPDATE principals SET present = 0, missing = 0"
	    " WHERE n IN (SELECT n FROM stage_lost)",
	[AW_Q_COUNT_UNREGISTERED] = "SELECT count(*) FROM principals"
				    " WHERE name IS NULL AND present = 0",
	/* Row numbers are used again: nothing may refer to one that goes. */
	[AW_Q_FORGET_MEMBERS] = "DELETE FROM members WHERE usr IN " UNREGISTERED
				" OR grp IN " UNREGISTERED,
	[AW_Q_FORGET_GRANTED] = "DELETE FROM grants WHERE grp IN " UNREGISTERED
				" OR holder IN " UNREGISTERED,
	[AW_Q_FORGET_LEARNERS] =
	    "DELETE FROM learned WHERE grp IN " UNREGISTERED
	    " OR usr IN " UNREGISTERED,
	[AW_Q_FORGET_UNREGISTERED] =
	    "DELETE FROM principals WHERE n IN " UNREGISTERED,
	[AW_Q_SWEEP_ADD] = "INSERT INTO sweeps(at, net, users, groups, members,"
			   " requests, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
			   " ?7)",
	[AW_Q_SWEEP_LAST] = "SELECT requests FROM sweeps WHERE net = ?1"
			    " ORDER BY n DESC LIMIT 1",
	[AW_Q_SWEEP_TRIM] = "DELETE FROM sweeps WHERE n <="
			    " (SELECT max(n) FROM sweeps) - ?1",

	[AW_Q_PERSON_BY_NAME] = PERSON "name = ?1",
	[AW_Q_PERSON_BY_UID] = PERSON "posix_id = ?1",
	[AW_Q_PERSON_GROUPS] = "SELECT g.principal, g.user_name, " CLAIMS
			       " FROM members m JOIN principals g ON g.n = "
			       "m.grp WHERE m.usr = ?1 AND g.present = 1"
			       " UNION ALL SELECT principal, '', 0 FROM"
			       " live_outside WHERE usr = ?1",
	[AW_Q_HISTORY_STATUS] = "SELECT was FROM history WHERE n = ?1"
				" AND grp IS NULL AND at > ?2 ORDER BY i"
				" LIMIT 1",
	/* The first change behind a time says what was at that time. */
	[AW_Q_HISTORY_GROUPS] =
	    "WITH was(grp, was) AS (SELECT grp, was FROM history h"
	    " WHERE n = ?1 AND grp IS NOT NULL AND at > ?2 AND NOT EXISTS("
	    "  SELECT 1 FROM history e WHERE e.n = ?1 AND e.grp = h.grp"
	    "  AND e.at > ?2 AND e.i < h.i))"
	    " SELECT g.principal, g.user_name, " CLAIMS
	    " FROM members m JOIN principals g ON g.n = m.grp"
	    " WHERE m.usr = ?1 AND g.present = 1"
	    " AND g.principal NOT IN (SELECT grp FROM was)"
	    " UNION ALL SELECT w.grp, coalesce(g.user_name, ''), " CLAIMS
	    " FROM was w LEFT JOIN principals g ON g.store = ?3"
	    "  AND g.principal = w.grp AND g.kind = 2 AND g.present = 1"
	    " WHERE w.was = 1",
	[AW_Q_HISTORY_COMING] = "SELECT (SELECT count(*) FROM stage_users)"
				" + (SELECT count(*) FROM stage_added)"
				" + (SELECT count(*) FROM stage_gone)"
				" + (SELECT count(*) FROM stage_lost)"
				" + (SELECT count(*) FROM newcomers)",
	[AW_Q_HISTORY_OLD] = "SELECT max(at) FROM history WHERE " HISTORY_OLD,
	[AW_Q_HISTORY_CUT] = "DELETE FROM history WHERE " HISTORY_OLD,
	[AW_Q_HISTORY_CLEAR] = "DELETE FROM history",
	[AW_Q_META_DROP] = "DELETE FROM meta WHERE key = ?1",
	[AW_Q_PERSON_UPDATE] =
	    "UPDATE principals SET user_name = ?2, display = ?3,"
	    " disabled = ?4, missing = 0 WHERE n = ?1 AND"
	    " (user_name != ?2 OR display != ?3 OR disabled != ?4 OR"
	    "  missing = 1)",
	[AW_Q_PERSON_MISSING] = "UPDATE principals SET missing = 1"
				" WHERE n = ?1 AND missing = 0",
	[AW_Q_GROUP_PLACEHOLDER] =
	    "INSERT INTO principals(store, principal, kind,"
	    " user_name, skip) SELECT ?1, principal, 2, '',"
	    " 'not read yet: the next sweep does (awssso sync)'"
	    " FROM live_groups WHERE true ON CONFLICT(store, principal)"
	    " DO UPDATE SET present = 1, skip = excluded.skip"
	    " WHERE present = 0 AND name IS NULL AND kind = 2",
	[AW_Q_GROUP_PRESENT] =
	    "SELECT 1 FROM principals WHERE store = ?1 AND principal = ?2"
	    " AND kind = 2 AND present = 1"
	    " AND n NOT IN " UNREAD,
	[AW_Q_HINT_ADD] =
	    "INSERT INTO principals(store, principal, kind, user_name,"
	    " display, disabled) VALUES(?1, ?2, 1, ?3, ?4, ?5)"
	    " ON CONFLICT(store, principal) DO UPDATE SET"
	    " user_name = excluded.user_name, display = excluded.display,"
	    " disabled = excluded.disabled, present = 1, missing = 0",
	[AW_Q_LIVE_CLEAR] = "DELETE FROM live_groups",
	[AW_Q_LIVE_ADD] = "INSERT OR IGNORE INTO live_groups VALUES(?1)",
	[AW_Q_LIVE_LOSE] =
	    "DELETE FROM members WHERE usr = ?1 AND grp NOT IN"
	    " (SELECT p.n FROM live_groups l CROSS JOIN principals p"
	    "  ON p.store = ?2"
	    "  AND p.principal = l.principal AND p.kind = 2)",
	[AW_Q_LIVE_GAIN] =
	    "INSERT OR IGNORE INTO members SELECT ?1, p.n FROM live_groups l"
	    " CROSS JOIN principals p ON p.store = ?2 AND p.principal = "
	    "l.principal"
	    " AND p.kind = 2 AND p.present = 1",
	[AW_Q_LIVE_OUTSIDE_CLEAR] = "DELETE FROM live_outside WHERE usr = ?1",
	[AW_Q_LIVE_OUTSIDE] =
	    "INSERT INTO live_outside SELECT ?1, principal FROM live_groups l"
	    " WHERE NOT EXISTS(SELECT 1 FROM principals p WHERE p.store = ?2"
	    "  AND p.principal = l.principal AND p.kind = 2"
	    "  AND p.present = 1)",
	[AW_Q_LIVE_OUTSIDE_LOSE] = "DELETE FROM live_outside WHERE usr NOT IN"
				   " (SELECT n FROM touched)",

	[AW_Q_STAGE_CLEAR_SETS] = "DELETE FROM stage_sets",
	[AW_Q_STAGE_CLEAR_GRANTS] = "DELETE FROM stage_grants",
	[AW_Q_STAGE_SET] = "INSERT OR IGNORE INTO stage_sets VALUES(?1)",
	[AW_Q_STAGE_GRANT] =
	    "INSERT OR IGNORE INTO stage_grants VALUES(?1, ?2, ?3)",
	[AW_Q_SETS_CONTRADICTIONS] =
	    "SELECT count(*) FROM stage_sets s CROSS JOIN principals p"
	    " ON p.store = ?1 AND p.principal = 'ps:' || s.name"
	    " AND p.kind != 3",
	[AW_Q_APPLY_SETS] =
	    "INSERT INTO principals(store, principal, kind, user_name)"
	    " SELECT ?1, 'ps:' || name, 3, name FROM stage_sets WHERE true"
	    " ON CONFLICT(store, principal) DO UPDATE SET present = 1,"
	    " missing = 0, user_name = excluded.user_name"
	    " WHERE present = 0 OR missing = 1",
	[AW_Q_APPLY_GRANTS] = "INSERT OR IGNORE INTO grants " GRANTS_STAGED,
	[AW_Q_LOST_SETS] =
	    "SELECT count(*) FROM principals WHERE kind = 3 AND present = 1"
	    " AND (store != ?1 OR user_name NOT IN"
	    "  (SELECT name FROM stage_sets))",
	[AW_Q_LOSE_SETS] =
	    "UPDATE principals SET present = 0, missing = 0 WHERE kind = 3"
	    " AND present = 1 AND (store != ?1 OR user_name NOT IN"
	    "  (SELECT name FROM stage_sets))",
	[AW_Q_LOSE_GRANTS] =
	    "DELETE FROM grants WHERE (grp, holder) NOT IN (" GRANTS_STAGED ")",
	[AW_Q_LOST_GRANTS] = "SELECT count(*) FROM grants WHERE (grp, holder)"
			     " NOT IN (" GRANTS_STAGED ")",
	[AW_Q_FORGET_SETS] = "UPDATE principals SET present = 0, missing = 0"
			     " WHERE kind = 3 AND present = 1",
	[AW_Q_FORGET_GRANTS] = "DELETE FROM grants",
	[AW_Q_FORGET_LEARNED] = "DELETE FROM learned",
	[AW_Q_COUNT_GRANTS] = "SELECT count(*) FROM grants",
	[AW_Q_COUNT_LEARNED] =
	    "SELECT count(*) FROM (SELECT DISTINCT grp, usr FROM learned)",
	[AW_Q_SETS_GRANTED] =
	    "SELECT s.user_name FROM grants a CROSS JOIN principals s"
	    " ON s.n = a.grp WHERE s.present = 1 AND a.holder IN"
	    " (SELECT ?1 UNION ALL SELECT m.grp FROM members m"
	    "  CROSS JOIN principals g ON g.n = m.grp"
	    "  WHERE m.usr = ?1 AND g.present = 1)",

	[AW_Q_GROUP_BY_ID] =
	    "SELECT n FROM principals WHERE store = ?1 AND principal = ?2"
	    " AND kind = 2 AND present = 1",
	/* In [local_groups] a permission set's group may be meant as well. */
	/* A set has its group's name while it is not provisioned, too. */
	[AW_Q_PIN_FIND] = "SELECT principal FROM principals WHERE kind = 2"
			  " AND present = 1 AND user_name = ?2 UNION ALL"
			  " SELECT principal FROM principals WHERE ?1 = 2"
			  " AND kind = 3 AND name = ?2"
			  " LIMIT 2",
	[AW_Q_PIN] = "SELECT principal FROM pins WHERE kind = ?1 AND text = ?2",
	[AW_Q_PIN_ADD] = "INSERT INTO pins(kind, text, principal, at)"
			 " VALUES(?1, ?2, ?3, ?4)",
	[AW_Q_PINS] = "SELECT text, kind FROM pins",
	[AW_Q_PIN_DROP] = "DELETE FROM pins WHERE kind = ?1 AND text = ?2",
	[AW_Q_GROUPS_CALLED] =
	    "SELECT n FROM principals WHERE user_name = ?1 AND kind = 2"
	    " AND present = 1 AND NOT ?2 UNION ALL"
	    " SELECT n FROM principals WHERE name = ?1 AND kind = 3 LIMIT 2",
	[AW_Q_MEMBERS_OF] = "SELECT usr FROM members WHERE grp = ?1"
			    " AND usr > ?2 ORDER BY usr LIMIT ?3",

	[AW_Q_LIVE_SETS_CLEAR] = "DELETE FROM live_sets",
	[AW_Q_LIVE_SETS_ADD] = "INSERT OR IGNORE INTO live_sets VALUES(?1)",
	[AW_Q_LIVE_SETS_KNOW] =
	    "INSERT INTO principals(store, principal, kind, user_name)"
	    " SELECT ?1, 'ps:' || name, 3, name FROM live_sets WHERE true"
	    " ON CONFLICT(store, principal) DO UPDATE SET present = 1,"
	    " user_name = excluded.user_name WHERE present = 0 AND kind = 3",
	[AW_Q_LEARNED_LOSE] =
	    "DELETE FROM learned WHERE usr = ?1 AND grp NOT IN"
	    " (SELECT n FROM principals WHERE kind = 3 AND store = ?2"
	    "  AND user_name IN (SELECT name FROM live_sets))",
	[AW_Q_LEARNED_NEWS] =
	    "SELECT count(*) FROM live_sets l CROSS JOIN principals g"
	    " ON g.store = ?2 AND g.principal = 'ps:' || l.name AND g.kind = 3"
	    " WHERE NOT EXISTS(SELECT 1 FROM learned x"
	    "  WHERE x.grp = g.n AND x.usr = ?1)",
	[AW_Q_LEARNED_ADD] =
	    "INSERT INTO learned SELECT g.n, ?1, ?3, ?4 FROM live_sets l"
	    " CROSS JOIN principals g ON g.store = ?2"
	    " AND g.principal = 'ps:' || l.name AND g.kind = 3 WHERE true"
	    " ON CONFLICT(grp, usr, session) DO UPDATE SET at = excluded.at",
	[AW_Q_LEARNED_OPEN] = "UPDATE OR REPLACE learned SET session = ?3"
			      " WHERE usr = ?1 AND session = ?2",
	[AW_Q_LEARNED_CLOSE] = "DELETE FROM learned WHERE session = ?1",
	[AW_Q_LEARNED_EXPIRE] =
	    "DELETE FROM learned WHERE at > ?1 + 60 OR at <= ?1 - ?2"
	    " OR (session < 0 AND at <= ?1 - ?3) OR (session > 0 AND"
	    "  NOT EXISTS(SELECT 1 FROM sessions s"
	    "   WHERE s.n = session AND s.closed IS NULL))",

	[AW_Q_LAST_ROW] = "SELECT max(n) FROM principals",
	/* What only root's nss.limits allows. */
	[AW_Q_NEED_LIMITS] =
	    "SELECT EXISTS(SELECT 1 FROM principals WHERE adopted = 1"
	    " OR (home IS NOT NULL AND home NOT GLOB '/home/*'))",
	[AW_Q_SNAP_USERS] =
	    "SELECT n, principal, user_name, name, posix_id, display, home,"
	    " disabled, EXISTS(SELECT 1 FROM principals o"
	    "  WHERE o.name = p.user_name AND o.n != p.n)"
	    " FROM principals p WHERE n > ?1 AND kind = 1 AND present = 1"
	    " AND name IS NOT NULL AND skip IS NULL ORDER BY n LIMIT ?2",
	[AW_Q_SNAP_GROUPS] =
	    "SELECT n, principal, user_name, name, posix_id, kind"
	    " FROM principals WHERE n > ?1 AND kind IN (2, 3) AND present = 1"
	    " AND name IS NOT NULL AND skip IS NULL ORDER BY n LIMIT ?2",
	[AW_Q_SNAP_MEMBERS] =
	    "SELECT usr, grp FROM members WHERE (usr, grp) > (?1, ?2)"
	    " ORDER BY usr, grp LIMIT ?3",
	[AW_Q_SNAP_GRANTS] =
	    "SELECT a.grp, a.holder, h.kind FROM grants a CROSS JOIN"
	    " principals h ON h.n = a.holder WHERE (a.grp, a.holder) > (?1, ?2)"
	    " ORDER BY a.grp, a.holder LIMIT ?3",
	[AW_Q_SNAP_LEARNED] =
	    "SELECT grp, usr FROM learned WHERE (grp, usr) > (?1, ?2)"
	    " GROUP BY grp, usr ORDER BY grp, usr LIMIT ?3",
	[AW_Q_SNAP_TOMBS] =
	    "SELECT n, principal, name, posix_id, kind, home FROM principals"
	    " WHERE n > ?1 AND name IS NOT NULL AND"
	    " (present = 0 OR skip IS NOT NULL) ORDER BY n LIMIT ?2",
	/* As awsssod/note.h has them. */
	[AW_Q_SNAP_OLD_NAMES] =
	    "SELECT r.n, r.i, p.posix_id, ':was ' || r.old_name"
	    " FROM renames r CROSS JOIN principals p ON p.n = r.n"
	    " WHERE (r.n, r.i) > (?1, ?2) AND r.kept"
	    " ORDER BY r.n, r.i LIMIT ?3",
	[AW_Q_SNAP_OLD_IDS] =
	    "SELECT r.n, r.i, p.posix_id, ':had ' || r.old_id"
	    " FROM renumbers r CROSS JOIN principals p ON p.n = r.n"
	    " WHERE (r.n, r.i) > (?1, ?2) AND r.kept"
	    " ORDER BY r.n, r.i LIMIT ?3",

	[AW_Q_SESSION_OPEN] =
	    "INSERT INTO sessions(user, service, tty, rhost, ksession, pid,"
	    " start, opened) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
	[AW_Q_SESSION_CLOSE] = "UPDATE sessions SET closed = ?2 WHERE n = ?1",
	[AW_Q_SESSIONS_LEFT] =
	    "SELECT n, user, service, tty, rhost, ksession, pid, start, opened"
	    " FROM sessions WHERE closed IS NULL",
	[AW_Q_SESSIONS_CLOSE] =
	    "UPDATE sessions SET closed = ?1 WHERE closed IS NULL",
	[AW_Q_SESSION_REOPEN] =
	    "UPDATE sessions SET closed = NULL WHERE n = ?1",
	[AW_Q_SESSION_TRIM] = "DELETE FROM sessions WHERE closed IS NOT NULL"
			      " AND n <= (SELECT max(n) FROM sessions) - ?1",
	[AW_Q_SESSION_FROM] = "SELECT n FROM sessions WHERE user = ?1"
			      " AND rhost = ?2 LIMIT 1",

	[AW_Q_EVENT_ADD] = "INSERT INTO events(at, code, event, verdict, user,"
			   " principal, service, rhost, text, detail)"
			   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
	[AW_Q_EVENT_TRIM] = "DELETE FROM events WHERE n <="
			    " (SELECT max(n) FROM events) - ?1",
	[AW_Q_EVENT_CODE] = "SELECT 1 FROM events WHERE code = ?1",
	[AW_Q_EVENT_OF_CODE] =
	    WHOLE_EVENT "WHERE code = ?1 ORDER BY n DESC LIMIT 1",
	[AW_Q_EVENT_BEFORE] =
	    WHOLE_EVENT "WHERE user = ?1 AND service = ?2 AND at <= ?3"
			" ORDER BY n DESC LIMIT 1",
	[AW_Q_EVENTS] = EVENT "ORDER BY n DESC LIMIT ?1) ORDER BY n",
	[AW_Q_EVENTS_OF] =
	    EVENT "WHERE user = ?2 ORDER BY n DESC LIMIT ?1) ORDER BY n",
	[AW_Q_EVENTS_SINCE] = "SELECT verdict, count(*) FROM events"
			      " WHERE at >= ?1 GROUP BY verdict",
	/* In the order of the index: each page starts where the last ended. */
	[AW_Q_SKIPPED] = ENTRY
	" INDEXED BY principals_skip WHERE skip IS NOT NULL AND present = 1"
	" AND (kind, user_name, n) > (SELECT kind, user_name, n"
	"  FROM principals WHERE n = ?1 UNION ALL SELECT 0, '', 0 LIMIT 1)"
	" ORDER BY kind, user_name, n LIMIT ?2",
	[AW_Q_IDS] = ENTRY " WHERE n > ?1 ORDER BY n LIMIT ?2",
	[AW_Q_GIVEN_UP] =
	    "SELECT old_name, NULL FROM renames WHERE n = ?1 AND kept"
	    " UNION SELECT NULL, old_id FROM renumbers WHERE n = ?1"
	    " AND kept",
	[AW_Q_COUNT_SKIPPED] = "SELECT count(*) FROM principals"
			       " WHERE skip IS NOT NULL AND present = 1",
};

const char *aw_query_sql(enum aw_query query)
{
	return sql[query] ? sql[query] : aw_query_names[query];
}
