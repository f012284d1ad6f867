/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The statements that give names: to newcomers, to those who come with a sweep,
 * and as a publisher or another host's ledger gave them out.
 */
#include "awsssod/query_parts.h"

/* Why a registered principal is not shown, or NULL. */
#define LOCAL_CONFLICT                                                  \
	"CASE WHEN name IN (SELECT name FROM local_names) THEN 'this"   \
	" host has an account or group named ' || name || ': remove"    \
	" that one, or give this one another name (awssso ids rename '" \
	" || name || ' NAME)' WHEN posix_id IN (SELECT id FROM"         \
	" local_ids) THEN 'this host uses the id ' || posix_id || '"    \
	" itself: give that account or group of the host another id'"   \
	" WHEN EXISTS(" LOCAL_RANGE_OF(                                 \
	    "posix_id") ") THEN 'the id ' || posix_id || ' lies in"     \
			" a range of this host''s /etc/subuid or "      \
			"/etc/subgid: take it"                          \
			" from there' END"

/* Whom that may have changed for: from what the host has to ours, which are
 * many. */
#define MAY_CONFLICT                                              \
	"(SELECT p.n FROM local_names l CROSS JOIN principals p"  \
	"  ON p.name = l.name UNION ALL"                          \
	" SELECT p.n FROM local_ids l CROSS JOIN principals p"    \
	"  ON p.posix_id = l.id UNION ALL"                        \
	" SELECT p.n FROM local_ranges r CROSS JOIN principals p" \
	"  ON p.posix_id BETWEEN r.first AND r.last UNION ALL"    \
	" SELECT n FROM principals WHERE skip IS NOT NULL)"       \
	" AND name IS NOT NULL AND skip IS NOT " LOCAL_CONFLICT

/* The principal of a newcomer, in a sentence. */
#define NEWCOMER                                   \
	"' || (SELECT principal FROM principals p" \
	" WHERE p.n = newcomers.n) || '"

/* What is to be decided now: a batch, or a part of it. */
#define OF_BATCH "batch = ?1 AND n > ?2 AND n <= ?3"

/* Of those from ?1 to ?2 who come with a sweep, by row number. */
#define ARRIVING(kind)                                               \
	"(SELECT w.n FROM newcomers w CROSS JOIN principals q"       \
	" ON q.n = w.n WHERE w.batch = 0 AND w.n > ?1 AND w.n <= ?2" \
	" AND w.kind = " kind " AND q.present = 0)"

/* Whose row here p is not who the record o of another ledger is about. */
#define IS_ANOTHER "(p.store != o.store OR p.principal != o.principal)"

const char *const aw_query_names[AW_Q_COUNT_] = {
	/* The domain is what follows the last '@'.  Who is known and as before
	 * is not staged. */
	[AW_Q_MAJOR_DOMAIN] =
	    "SELECT CASE WHEN instr(user_name, '@') > 0 THEN"
	    "  lower(replace(user_name, rtrim(user_name,"
	    "   replace(user_name, '@', '')), '')) ELSE '' END"
	    "  AS domain FROM (SELECT user_name FROM stage_users UNION ALL"
	    "  SELECT user_name FROM principals p WHERE kind = 1"
	    "   AND present = 1 AND store = ?1 AND NOT EXISTS(SELECT 1"
	    "    FROM stage_users s WHERE s.principal = p.principal))"
	    " GROUP BY domain ORDER BY count(*) DESC, domain LIMIT 1",
	[AW_Q_NEWCOMERS_CLEAR] = "DELETE FROM newcomers WHERE batch = ?1",
	[AW_Q_NEWCOMERS] = "SELECT n, kind, user_name, principal"
			   " FROM principals WHERE name IS NULL AND present = 1"
			   " AND n NOT IN " UNREAD,
	/* A sweep's own, and those who stay and compete with them. */
	[AW_Q_NEWCOMERS_COMING] =
	    "SELECT p.n, p.kind, coalesce(u.user_name, g.display, p.user_name),"
	    " p.principal, b.name FROM principals p"
	    " LEFT JOIN stage_users u ON p.kind = 1"
	    "  AND u.principal = p.principal"
	    " LEFT JOIN stage_groups g ON p.kind = 2"
	    "  AND g.principal = p.principal"
	    " LEFT JOIN published b ON b.principal = p.principal"
	    " WHERE p.name IS NULL AND p.n > ?2 AND p.store = ?1"
	    " AND (u.principal IS NOT NULL OR g.principal IS NOT NULL OR"
	    "  EXISTS(SELECT 1 FROM stage_seen s"
	    "   WHERE s.kind = p.kind AND s.n = p.n))"
	    " ORDER BY p.n LIMIT ?3",
	[AW_Q_NEWCOMER_ADD] =
	    "INSERT INTO newcomers VALUES(?1, ?2, ?3, ?4, ?5)",
	[AW_Q_NEWCOMERS_LAST] =
	    "SELECT max(n) FROM (SELECT n FROM newcomers WHERE batch = ?1"
	    " AND n > ?2 ORDER BY n LIMIT ?3)",
	[AW_Q_NEWCOMERS_LOCAL] =
	    "UPDATE newcomers SET reason = 'this host has an account or group"
	    " named ' || name || ': remove that one, keep its id (awssso ids"
	    " adopt ' || name || ' ID), or give this one another name (awssso"
	    " ids rename " NEWCOMER " NAME)'"
	    " WHERE " OF_BATCH " AND name IN (SELECT name FROM local_names)",
	[AW_Q_NEWCOMERS_TAKEN] =
	    "UPDATE newcomers SET reason = 'the name ' || name || ' belongs"
	    " to ' || (SELECT principal || CASE present WHEN 0 THEN"
	    "  ', who has left; to give it away rename that one (awssso ids"
	    " rename ' || principal || ' NAME), or' ELSE ':' END"
	    "  FROM principals p WHERE p.name = newcomers.name) ||"
	    " ' give this one another name (awssso ids rename " NEWCOMER
	    " NAME)'"
	    " WHERE " OF_BATCH " AND reason IS NULL AND EXISTS(SELECT 1"
	    "  FROM principals p WHERE p.name = newcomers.name"
	    "  AND p.n != newcomers.n)",
	[AW_Q_NEWCOMERS_RESERVED] =
	    "UPDATE newcomers SET reason = 'the name ' || name || ' was'"
	    " || (SELECT ' that of ' || p.principal FROM renames r CROSS JOIN"
	    "  principals p ON p.n = r.n WHERE r.old_name = newcomers.name"
	    "  AND r.kept) || ': give this one another name (awssso ids rename"
	    " " NEWCOMER " NAME)'"
	    " WHERE " OF_BATCH " AND reason IS NULL AND EXISTS(SELECT 1"
	    "  FROM renames r WHERE r.old_name = newcomers.name AND r.kept"
	    "  AND r.n != newcomers.n)",
	/* A user's name is that of a private group too: groups give way. */
	[AW_Q_NEWCOMERS_TWICE] =
	    "UPDATE newcomers SET reason = 'more than one would be named ' ||"
	    " name || ': give each a name (awssso ids rename " NEWCOMER
	    " NAME), or a suffix to one of their domains (domains in [names])'"
	    " WHERE " OF_BATCH " AND reason IS NULL AND EXISTS(SELECT 1"
	    "  FROM newcomers o INDEXED BY newcomers_name"
	    "  WHERE o.batch = ?1 AND o.name = newcomers.name"
	    "  AND o.n != newcomers.n"
	    "  AND (o.kind = 1 OR newcomers.kind != 1))",
	[AW_Q_NEWCOMERS_NAMED] =
	    "SELECT w.n, w.kind, p.principal, w.name, b.posix_id, b.home"
	    " FROM newcomers w CROSS JOIN principals p ON p.n = w.n"
	    " LEFT JOIN published b ON b.principal = p.principal"
	    " WHERE w.batch = ?1 AND w.n > ?2 AND w.n <= ?3"
	    " AND w.name IS NOT NULL AND w.reason IS NULL"
	    " AND p.name IS NULL AND p.present = ?1"
	    /* a publisher's that is somebody's until they are renamed */
	    " AND (b.name IS NULL OR NOT EXISTS(SELECT 1 FROM principals o"
	    "  WHERE o.name = b.name)) ORDER BY w.n",
	[AW_Q_NEWCOMER_REFUSE] =
	    "UPDATE newcomers SET reason = ?3 WHERE batch = ?1 AND n = ?2",
	[AW_Q_NEWLY_SKIPPED] =
	    "SELECT p.user_name, p.principal, w.reason FROM newcomers w"
	    " CROSS JOIN principals p ON p.n = w.n WHERE w.batch = 1"
	    " AND w.reason IS NOT NULL AND p.skip IS NOT w.reason LIMIT ?1",
	/* They are not there yet: nobody sees what is known of them. */
	[AW_Q_ARRIVE_USERS] =
	    "UPDATE principals SET (user_name, display, disabled) ="
	    " (SELECT s.user_name, s.display, s.disabled FROM stage_users s"
	    "  WHERE s.principal = principals.principal)"
	    " WHERE n IN " ARRIVING(
		"1") " AND EXISTS(SELECT 1 FROM stage_users s"
		     "  WHERE s.principal = principals.principal)",
	[AW_Q_ARRIVE_GROUPS] =
	    "UPDATE principals SET user_name = (SELECT s.display"
	    "  FROM stage_groups s WHERE s.principal = principals.principal)"
	    " WHERE n IN " ARRIVING(
		"2") " AND EXISTS(SELECT 1 FROM stage_groups s"
		     "  WHERE s.principal = principals.principal)",
	[AW_Q_ARRIVE_UNSTAGE] =
	    "DELETE FROM stage_users WHERE principal IN (SELECT p.principal"
	    " FROM principals p WHERE p.n IN " ARRIVING("1") ")",
	[AW_Q_ARRIVE_MEMBERS] =
	    "INSERT OR IGNORE INTO members SELECT a.usr, a.grp"
	    " FROM stage_added a WHERE a.usr > ?1 AND a.usr <= ?2"
	    " AND a.usr IN " ARRIVING(
		"1") " AND (EXISTS(SELECT 1 FROM newcomers w"
		     "  WHERE w.batch = 0 AND w.n = a.grp) OR"
		     "  EXISTS(SELECT 1 FROM principals p"
		     "   WHERE p.n = a.grp AND p.present = 1))",
	[AW_Q_ARRIVE_UNADD] = "DELETE FROM stage_added WHERE usr > ?1"
			      " AND usr <= ?2 AND usr IN " ARRIVING("1"),
	[AW_Q_ARRIVED] = "UPDATE principals SET present = 1, missing = 0"
			 " WHERE present = 0"
			 " AND n IN (SELECT n FROM newcomers WHERE batch = 0)",
	[AW_Q_SKIP_NEWCOMERS] =
	    "UPDATE principals SET skip ="
	    " (SELECT reason FROM newcomers w WHERE w.batch = 1"
	    "  AND w.n = principals.n)"
	    " WHERE name IS NULL"
	    " AND n IN (SELECT n FROM newcomers WHERE batch = 1)"
	    " AND skip IS NOT (SELECT reason FROM newcomers w"
	    "  WHERE w.batch = 1 AND w.n = principals.n)",
	[AW_Q_SKIP_LOCAL] = "UPDATE principals SET skip = " LOCAL_CONFLICT
			    " WHERE n IN " MAY_CONFLICT,
	[AW_Q_LOCAL_NEWS] =
	    "SELECT name, " LOCAL_CONFLICT
	    " FROM principals WHERE present = 1 AND n IN " MAY_CONFLICT
	    " LIMIT ?1",

	/* What a publisher gave out. */
	[AW_Q_PUBLISHED_ADD] =
	    "INSERT INTO published VALUES(?1, ?2, ?3, ?4, ?5)",
	[AW_Q_PUBLISHED_DISABLE] =
	    "UPDATE principals SET disabled = 1 WHERE store = ?1 AND kind = 1"
	    " AND disabled = 0 AND present = 1 AND principal IN"
	    " (SELECT principal FROM stage_users WHERE disabled = 1)",
	[AW_Q_PUBLISHED_CONFLICTS] =
	    "SELECT b.name, b.posix_id, p.name, p.posix_id FROM published b"
	    " CROSS JOIN principals p ON p.store = ?1"
	    "  AND p.principal = b.principal WHERE p.kind != b.kind OR"
	    "  (p.name IS NOT NULL AND p.posix_id != b.posix_id)"
	    " UNION ALL SELECT b.name, b.posix_id, p.name, p.posix_id"
	    " FROM published b CROSS JOIN principals p ON p.name = b.name"
	    "  WHERE (p.store != ?1 OR p.principal != b.principal)"
	    /* who gives it up at the same time is no conflict */
	    "  AND NOT EXISTS(SELECT 1 FROM published o WHERE p.store = ?1"
	    "   AND o.principal = p.principal AND o.name != p.name)"
	    " UNION ALL SELECT b.name, b.posix_id, p.name, p.posix_id"
	    " FROM published b CROSS JOIN principals p"
	    "  ON p.posix_id = b.posix_id"
	    "  WHERE p.store != ?1 OR p.principal != b.principal"
	    " UNION ALL SELECT b.name, b.posix_id, p.name, r.old_id"
	    " FROM published b CROSS JOIN renumbers r"
	    "  ON r.old_id = b.posix_id AND r.kept CROSS JOIN principals p ON "
	    "p.n = r.n"
	    "  WHERE p.store != ?1 OR p.principal != b.principal"
	    " UNION ALL SELECT b.name, b.posix_id, r.old_name, p.posix_id"
	    " FROM published b CROSS JOIN renames r"
	    "  ON r.old_name = b.name AND r.kept"
	    "  CROSS JOIN principals p ON p.n = r.n"
	    "  WHERE p.store != ?1 OR p.principal != b.principal",
	[AW_Q_PUBLISHED_RENAMED] =
	    "SELECT p.n, p.name, b.name, b.home FROM published b"
	    " CROSS JOIN principals p ON p.store = ?1"
	    "  AND p.principal = b.principal"
	    " WHERE p.name IS NOT NULL AND p.name != b.name"
	    " AND (?2 = 0 OR NOT EXISTS(SELECT 1 FROM principals o"
	    "  WHERE o.name = b.name)) LIMIT 1",
	[AW_Q_PUBLISHED_GIVE] =
	    "UPDATE principals SET name = b.name, posix_id = b.posix_id,"
	    " home = b.home, skip = NULL,"
	    " adopted = b.kind = 1 AND b.posix_id < 1879048192"
	    " FROM published b WHERE principals.store = ?1"
	    " AND principals.principal = b.principal"
	    " AND principals.name IS NULL",
	[AW_Q_PUBLISHED_RESERVE] =
	    "INSERT INTO principals(store, principal, kind, user_name,"
	    " present, name, posix_id, home, adopted)"
	    " SELECT ?1, principal, kind, '', 0, name, posix_id, home,"
	    " kind = 1 AND posix_id < 1879048192 FROM published b"
	    " WHERE NOT EXISTS(SELECT 1 FROM principals p"
	    "  WHERE p.store = ?1 AND p.principal = b.principal)",
	[AW_Q_PUBLISHED_ADD_OLD] =
	    "INSERT INTO published_old(posix_id, old_name, old_id)"
	    " VALUES(?1, ?2, nullif(?3, 0))",
	[AW_Q_PUBLISHED_NEXT_OLD] =
	    "SELECT o.i, p.n, p.kind, o.old_name, o.old_id"
	    " FROM published_old o CROSS JOIN principals p"
	    "  ON p.posix_id = o.posix_id"
	    " WHERE p.store = ?1 AND p.name IS NOT NULL AND o.i > ?2"
	    " ORDER BY o.i LIMIT 1",

	[AW_Q_INCOMING_CLEAR] = "DELETE FROM incoming",
	[AW_Q_GAVE_WAY_CLEAR] = "DELETE FROM gave_way",
	[AW_Q_INCOMING_ADD] = "INSERT INTO incoming VALUES(?1, ?2, ?3, ?4, ?5)",
	[AW_Q_INCOMING_ID] = "SELECT 1 FROM incoming WHERE posix_id = ?1",
	[AW_Q_INCOMING_OTHER] =
	    "SELECT 1 FROM incoming WHERE principal = ?2 AND store = ?1"
	    " AND has AND (name != ?3 OR posix_id != ?4)",
	[AW_Q_ID_IN_WAY] =
	    "SELECT o.rowid, p.store, p.principal FROM incoming o"
	    " CROSS JOIN principals p ON p.posix_id = o.posix_id"
	    " WHERE o.rowid > ?1 AND " IS_ANOTHER " ORDER BY o.rowid LIMIT 1",
	/* Who would have no name without it keeps it. */
	[AW_Q_NAME_IN_WAY] =
	    "SELECT o.rowid, p.store, p.principal FROM incoming o"
	    " CROSS JOIN principals p ON p.name = o.name"
	    " WHERE o.rowid > ?1 AND " IS_ANOTHER
	    " AND EXISTS(SELECT 1 FROM incoming i"
	    "  WHERE i.principal = p.principal AND i.store = p.store"
	    "  AND i.has AND i.name != p.name) ORDER BY o.rowid LIMIT 1",
	[AW_Q_KEPT_ID_IN_WAY] =
	    "SELECT o.rowid, p.store, p.principal, r.old_id FROM incoming o"
	    " CROSS JOIN renumbers r ON r.old_id = o.posix_id AND r.kept"
	    " CROSS JOIN principals p ON p.n = r.n"
	    " WHERE o.rowid > ?1 AND " IS_ANOTHER " ORDER BY o.rowid LIMIT 1",
	[AW_Q_KEPT_NAME_IN_WAY] =
	    "SELECT o.rowid, p.store, p.principal, r.old_name FROM incoming o"
	    " CROSS JOIN renames r ON r.old_name = o.name AND r.kept"
	    " CROSS JOIN principals p ON p.n = r.n"
	    " WHERE o.rowid > ?1 AND " IS_ANOTHER " ORDER BY o.rowid LIMIT 1",
	[AW_Q_GAVE_WAY] = "INSERT OR IGNORE INTO gave_way VALUES(?1)",
	/* Those whom no record gives another. */
	[AW_Q_GAVE_WAY_LEFT] =
	    "SELECT count(*) FROM gave_way g CROSS JOIN principals p"
	    " ON p.n = g.n WHERE NOT EXISTS(SELECT 1 FROM incoming i"
	    "  WHERE i.principal = p.principal AND i.store = p.store"
	    "  AND i.has)",
	[AW_Q_GIVE_ID_OVER] =
	    "UPDATE renumbers SET kept = 0 WHERE old_id = ?1 AND kept",
	[AW_Q_GIVE_NAME_OVER] =
	    "UPDATE renames SET kept = 0 WHERE old_name = ?1 AND kept",
};
