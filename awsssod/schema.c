/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema.  What a fresh database gets and what a migration makes is
 * spelled by the same macros, so that the two cannot differ.
 */
#include "awsssod/schema.h"

#include <stddef.h>

/* An adopted id is a person's, and was a local account's: below our range. */
#define PRINCIPALS(table)                                               \
	"CREATE TABLE " table "("                                       \
	" n INTEGER PRIMARY KEY,"                                       \
	" store TEXT NOT NULL,"                                         \
	" principal TEXT NOT NULL CHECK(principal != ''),"              \
	" kind INTEGER NOT NULL CHECK(kind IN (1, 2, 3)),"              \
	" user_name TEXT NOT NULL," /* a group's DisplayName */         \
	" display TEXT NOT NULL DEFAULT '',"                            \
	" disabled INTEGER NOT NULL DEFAULT 0,"                         \
	" present INTEGER NOT NULL DEFAULT 1,"                          \
	" missing INTEGER NOT NULL DEFAULT 0,"                          \
	" name TEXT UNIQUE,"                                            \
	" posix_id INTEGER UNIQUE,"                                     \
	" home TEXT,"                                                   \
	" skip TEXT,"                                                   \
	" adopted INTEGER NOT NULL DEFAULT 0 CHECK(adopted IN (0, 1))," \
	" UNIQUE(store, principal),"                                    \
	" CHECK(posix_id BETWEEN 1879048192 AND 2147352575"             \
	"  OR (adopted = 1 AND kind = 1 AND posix_id >= 1000"           \
	"      AND posix_id < 1879048192)),"                            \
	" CHECK((name IS NULL) = (posix_id IS NULL)),"                  \
	" CHECK((home IS NULL) = (name IS NULL OR kind != 1)));"

/* "present + 0": only who counts or lists all that are there spells it so.
 * Without statistics SQLite would take this index for a good way to anybody. */
#define INDEXES                                                  \
	"CREATE INDEX principals_label ON principals(user_name)" \
	" WHERE kind = 2;"                                       \
	"CREATE INDEX principals_present"                        \
	" ON principals(kind, present)"                          \
	" WHERE present + 0 = 1;"                                \
	"CREATE INDEX principals_skip"                           \
	" ON principals(kind, user_name) WHERE skip IS NOT NULL;"

/* By person, and nothing else: a second order would cost as much again, and a
 * large sweep fills this one from front to back. */
#define MEMBERS(table)                                    \
	"CREATE TABLE " table "("                         \
	" usr INTEGER NOT NULL REFERENCES principals(n)," \
	" grp INTEGER NOT NULL,"                          \
	" PRIMARY KEY(usr, grp)) WITHOUT ROWID;"

/* What a group's name stands for, in the policy (kind 1) or in [local_groups]
 * (2), from when it was first understood. */
#define PINS                        \
	"CREATE TABLE pins("        \
	" kind INTEGER NOT NULL,"   \
	" text TEXT NOT NULL,"      \
	" principal TEXT NOT NULL," \
	" at INTEGER NOT NULL,"     \
	" PRIMARY KEY(kind, text)) WITHOUT ROWID;"

#define REFUSE "SELECT RAISE(ABORT, 'the ledger is write-once'); END;"

/* What is on record stays as it is; only what was reserved may cease to be. */
#define RENAMES_VALUES                                                 \
	"CREATE TRIGGER renames_values BEFORE UPDATE"                  \
	" OF i, n, at, old_name, name, home ON renames BEGIN " REFUSE  \
	"CREATE TRIGGER renames_kept BEFORE UPDATE OF kept ON renames" \
	" WHEN NEW.kept BEGIN " REFUSE

/* The ledger is written once; a name that was given is never another's. */
#define LEDGER                                                               \
	"CREATE TABLE renames("                                              \
	" i INTEGER PRIMARY KEY,"                                            \
	" n INTEGER NOT NULL REFERENCES principals(n),"                      \
	" at INTEGER NOT NULL, old_name TEXT NOT NULL,"                      \
	" name TEXT NOT NULL, home TEXT,"                                    \
	" kept INTEGER NOT NULL CHECK(kept IN (0, 1)));"                     \
	"CREATE INDEX renames_old ON renames(old_name);"                     \
	"CREATE INDEX renames_n ON renames(n);"                              \
	"CREATE TRIGGER ledger_keys BEFORE UPDATE OF store, principal, kind" \
	" ON principals BEGIN " REFUSE                                       \
	"CREATE TRIGGER ledger_rows BEFORE DELETE"                           \
	" ON principals WHEN OLD.name IS NOT NULL BEGIN " REFUSE             \
	"CREATE TRIGGER ledger_names BEFORE UPDATE OF name ON principals"    \
	" WHEN NEW.name IS NOT NULL AND EXISTS(SELECT 1 FROM renames r"      \
	"  WHERE r.old_name = NEW.name AND r.kept AND r.n != OLD.n) "        \
	"BEGIN " REFUSE                                                      \
	"CREATE TRIGGER ledger_new_names BEFORE INSERT ON principals"        \
	" WHEN NEW.name IS NOT NULL AND EXISTS(SELECT 1 FROM renames r"      \
	"  WHERE r.old_name = NEW.name AND r.kept) BEGIN " REFUSE            \
	    RENAMES_VALUES                                                   \
	"CREATE TRIGGER renames_rows BEFORE DELETE ON renames"               \
	" BEGIN " REFUSE                                                     \
	"CREATE TRIGGER renames_others BEFORE INSERT ON renames"             \
	" WHEN EXISTS(SELECT 1 FROM principals p"                            \
	"  WHERE p.name = NEW.old_name AND p.n != NEW.n) OR"                 \
	" EXISTS(SELECT 1 FROM renames r"                                    \
	"  WHERE r.old_name = NEW.old_name AND r.kept AND r.n != NEW.n) "    \
	"BEGIN " REFUSE

/* An id that was taken from somebody is never another's, unless it was given
 * over: then kept is 0. */
#define RENUMBERS(table)                                 \
	"CREATE TABLE " table "("                        \
	" i INTEGER PRIMARY KEY,"                        \
	" n INTEGER NOT NULL REFERENCES principals(n),"  \
	" at INTEGER NOT NULL,"                          \
	" old_id INTEGER NOT NULL, id INTEGER NOT NULL," \
	" kept INTEGER NOT NULL CHECK(kept IN (0, 1)));"

#define RENUMBERS_REST                                                      \
	"CREATE INDEX renumbers_old ON renumbers(old_id);"                  \
	"CREATE INDEX renumbers_n ON renumbers(n);"                         \
	"CREATE TRIGGER ledger_values"                                      \
	" BEFORE UPDATE OF name, posix_id, home, adopted ON principals"     \
	" WHEN OLD.name IS NOT NULL AND ((NEW.posix_id IS NOT OLD.posix_id" \
	"  AND NOT EXISTS(SELECT 1 FROM renumbers r WHERE r.n = OLD.n"      \
	"   AND r.old_id = OLD.posix_id AND r.id = NEW.posix_id))"          \
	"  OR (NEW.adopted IS NOT OLD.adopted"                              \
	"   AND NEW.posix_id IS OLD.posix_id)"                              \
	"  OR ((NEW.name IS NOT OLD.name OR NEW.home IS NOT OLD.home)"      \
	"   AND NOT EXISTS(SELECT 1 FROM renames r WHERE r.n = OLD.n"       \
	"    AND r.old_name = OLD.name AND r.name = NEW.name"               \
	"    AND r.home IS NEW.home))) BEGIN " REFUSE                       \
	"CREATE TRIGGER ledger_ids BEFORE UPDATE OF posix_id ON principals" \
	" WHEN NEW.posix_id IS NOT NULL AND EXISTS(SELECT 1 FROM"           \
	"  renumbers r WHERE r.old_id = NEW.posix_id AND r.kept"            \
	"  AND r.n != OLD.n) BEGIN " REFUSE                                 \
	"CREATE TRIGGER ledger_new_ids BEFORE INSERT ON principals"         \
	" WHEN NEW.posix_id IS NOT NULL AND EXISTS(SELECT 1 FROM"           \
	"  renumbers r WHERE r.old_id = NEW.posix_id AND r.kept) "          \
	"BEGIN " REFUSE "CREATE TRIGGER renumbers_values BEFORE UPDATE"     \
	" OF i, n, at, old_id, id ON renumbers BEGIN " REFUSE               \
	"CREATE TRIGGER renumbers_kept BEFORE UPDATE OF kept ON renumbers"  \
	" WHEN NEW.kept BEGIN " REFUSE                                      \
	"CREATE TRIGGER renumbers_rows BEFORE DELETE ON renumbers"          \
	" BEGIN " REFUSE                                                    \
	"CREATE TRIGGER renumbers_others BEFORE INSERT ON renumbers"        \
	" WHEN EXISTS(SELECT 1 FROM principals p"                           \
	"  WHERE p.posix_id = NEW.old_id AND p.n != NEW.n) OR"              \
	" EXISTS(SELECT 1 FROM renumbers r"                                 \
	"  WHERE r.old_id = NEW.old_id AND r.kept AND r.n != NEW.n) "       \
	"BEGIN " REFUSE

/* A learned set's session: its row, or below 0 that of a sign-in whose session
 * has yet to open. */
#define SETS                                                 \
	"CREATE TABLE grants("                               \
	" grp INTEGER NOT NULL REFERENCES principals(n),"    \
	" holder INTEGER NOT NULL REFERENCES principals(n)," \
	" PRIMARY KEY(grp, holder)) WITHOUT ROWID;"          \
	"CREATE INDEX grants_holder ON grants(holder);"      \
	"CREATE TABLE learned("                              \
	" grp INTEGER NOT NULL REFERENCES principals(n),"    \
	" usr INTEGER NOT NULL REFERENCES principals(n),"    \
	" session INTEGER NOT NULL, at INTEGER NOT NULL,"    \
	" PRIMARY KEY(grp, usr, session)) WITHOUT ROWID;"    \
	"CREATE INDEX learned_usr ON learned(usr);"

/* 0: there is nobody of that name; else as AW_HISTORY_ has it. */
#define STATUS(row)                                                        \
	"CASE WHEN " row ".name IS NULL OR NOT " row ".present THEN 0"     \
	" ELSE 1 + 2 * " row ".disabled + 4 * " row ".missing + 8 * (" row \
	".skip IS NOT NULL) END"

#define HISTORY_KEPT "EXISTS(SELECT 1 FROM meta WHERE key = 'history_from')"
#define HISTORY_ADD                                                            \
	"INSERT INTO history(at, n, grp, was) SELECT strftime('%s', 'now') + " \
	"0,"

/* Who comes with a large sweep is not present while groups are filled. */
#define HISTORY_MEMBERS(verb, row, was)                                      \
	"CREATE TRIGGER history_members_" verb " AFTER " verb " ON members"  \
	" WHEN " HISTORY_KEPT " AND EXISTS(SELECT 1 FROM principals p"       \
	"  WHERE p.n = " row ".usr AND p.present = 1 AND p.name IS NOT NULL" \
	") BEGIN " HISTORY_ADD " " row ".usr, principal, " was               \
	" FROM principals WHERE n = " row ".grp; END;"

#define HISTORY                                                              \
	"CREATE TABLE history("                                              \
	" i INTEGER PRIMARY KEY, at INTEGER NOT NULL, n INTEGER NOT NULL,"   \
	" grp TEXT, was INTEGER NOT NULL);"                                  \
	"CREATE INDEX history_n ON history(n);"                              \
	"CREATE TRIGGER history_status"                                      \
	" AFTER UPDATE OF name, present, disabled, missing, skip"            \
	" ON principals WHEN NEW.kind = 1 AND " STATUS("OLD") " != " STATUS( \
	    "NEW") " AND " HISTORY_KEPT " BEGIN " HISTORY_ADD                \
		   " NEW.n, NULL, " STATUS("OLD") "; END;" HISTORY_MEMBERS(  \
		       "INSERT", "NEW", "0")                                 \
		       HISTORY_MEMBERS("DELETE", "OLD", "1")

const char aw_schema_create[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
    /* clang-format off */
    PRINCIPALS("principals") INDEXES MEMBERS("members")
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
    LEDGER RENUMBERS("renumbers") RENUMBERS_REST SETS PINS HISTORY
    /* clang-format on */
    "PRAGMA user_version = 7;"
    "COMMIT;";

const char *const aw_schema_migrate[AW_SCHEMA_VERSION] = {
	/* Ids, names and homes as they are; dropping a table drops its
	 * triggers and indexes. */
	/* clang-format off */
	[1] = "BEGIN IMMEDIATE;"
	    PRINCIPALS("principals_2")
	    "INSERT INTO principals_2(n, store, principal, kind, user_name,"
	    " display, disabled, present, missing, name, posix_id, home, skip)"
	    " SELECT n, store, principal, kind, user_name, display, disabled,"
	    " present, missing, name, posix_id, home, skip FROM principals;"
	    "DROP TABLE principals;"
	    "ALTER TABLE principals_2 RENAME TO principals;"
	    MEMBERS("members_2")
	    "INSERT INTO members_2 SELECT usr, grp FROM members"
	    " ORDER BY usr, grp;"
	    "DROP TABLE members;"
	    "ALTER TABLE members_2 RENAME TO members;"
	    INDEXES LEDGER SETS
	    "PRAGMA user_version = 2;"
	    "COMMIT;",
	/* ledger_values is another one; the first migration makes none. */
	[2] = "BEGIN IMMEDIATE;"
	    "DROP TRIGGER IF EXISTS ledger_values;"
	    RENUMBERS("renumbers") RENUMBERS_REST
	    "PRAGMA user_version = 3;"
	    "COMMIT;",
	/* A trigger that the migration to 6 makes. */
	[3] = "PRAGMA user_version = 4;",
	[4] = "BEGIN IMMEDIATE;"
	    PINS
	    "PRAGMA user_version = 5;"
	    "COMMIT;",
	/* What was reserved can be given over.  Triggers go before what they
	 * look at. */
	[5] = "BEGIN IMMEDIATE;"
	    "DROP TRIGGER ledger_values;"
	    "DROP TRIGGER ledger_ids;"
	    "DROP TRIGGER ledger_new_ids;"
	    RENUMBERS("renumbers_2")
	    "INSERT INTO renumbers_2(i, n, at, old_id, id, kept)"
	    " SELECT i, n, at, old_id, id, 1 FROM renumbers;"
	    "DROP TABLE renumbers;"
	    "ALTER TABLE renumbers_2 RENAME TO renumbers;"
	    "DROP TRIGGER renames_values;"
	    "DROP TRIGGER IF EXISTS renames_kept;"
	    RENUMBERS_REST RENAMES_VALUES
	    "PRAGMA user_version = 6;"
	    "COMMIT;",
	/* What is known now is so from now on. */
	[6] = "BEGIN IMMEDIATE;"
	    HISTORY
	    "INSERT INTO meta SELECT 'history_from', strftime('%s', 'now') + 0"
	    " WHERE EXISTS(SELECT 1 FROM meta WHERE key = 'generation');"
	    "PRAGMA user_version = 7;"
	    "COMMIT;",
	/* clang-format on */
};

const char aw_schema_temporary[] =
    /* Permission sets by name, and who holds them. */
    "CREATE TEMP TABLE stage_sets(name TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TEMP TABLE stage_grants(name TEXT, kind INTEGER, holder TEXT,"
    " PRIMARY KEY(name, kind, holder)) WITHOUT ROWID;"
    "CREATE TEMP TABLE live_sets(name TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TEMP TABLE local_names(name TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TEMP TABLE local_ids(id INTEGER PRIMARY KEY);"
    "CREATE TEMP TABLE local_ranges(last INTEGER, first INTEGER,"
    " PRIMARY KEY(last, first)) WITHOUT ROWID;"
    "CREATE TEMP TABLE live_groups(principal TEXT PRIMARY KEY)"
    " WITHOUT ROWID;"
    /* Groups outside the scope that live answers named since the last sweep:
     * they count for the policy, and the host does not have them. */
    "CREATE TEMP TABLE live_outside(usr INTEGER, principal TEXT,"
    " PRIMARY KEY(usr, principal)) WITHOUT ROWID;"
    /* Another ledger that is being imported: names and ids that somebody has or
     * had there; and whose id or name gave way to it, by row number. */
    "CREATE TEMP TABLE incoming(store TEXT, principal TEXT, name TEXT,"
    " posix_id INTEGER, has INTEGER);"
    "CREATE INDEX incoming_id ON incoming(posix_id);"
    "CREATE INDEX incoming_name ON incoming(name);"
    "CREATE INDEX incoming_who ON incoming(principal, store);"
    "CREATE TEMP TABLE gave_way(n INTEGER PRIMARY KEY);"
    /* Who was asked about while a sweep ran, by row number. */
    "CREATE TEMP TABLE touched(n INTEGER PRIMARY KEY);";

/* Nothing of it need survive anything: no journal, no sync. */
const char aw_schema_stage[] =
    "PRAGMA stage.journal_mode=OFF;"
    "PRAGMA stage.synchronous=OFF;"
    "PRAGMA stage.cache_size=-6144;"
    /* Users and groups that are new, or not as they are known. */
    "CREATE TABLE stage.stage_users(principal TEXT PRIMARY KEY,"
    " user_name TEXT, display TEXT, disabled INTEGER) WITHOUT ROWID;"
    "CREATE TABLE stage.stage_groups(principal TEXT PRIMARY KEY,"
    " display TEXT) WITHOUT ROWID;"
    /* All that have a row and are there, by its number. */
    "CREATE TABLE stage.stage_seen(kind INTEGER, n INTEGER,"
    " PRIMARY KEY(kind, n)) WITHOUT ROWID;"
    /* Memberships by row number: those that are known, and the others. */
    "CREATE TABLE stage.stage_pairs(usr INTEGER, grp INTEGER,"
    " PRIMARY KEY(usr, grp)) WITHOUT ROWID;"
    "CREATE TABLE stage.stage_added(usr INTEGER, grp INTEGER,"
    " PRIMARY KEY(usr, grp)) WITHOUT ROWID;"
    /* What is known and was not among them. */
    "CREATE TABLE stage.stage_lost(kind INTEGER, n INTEGER,"
    " PRIMARY KEY(kind, n)) WITHOUT ROWID;"
    "CREATE TABLE stage.stage_gone(usr INTEGER, grp INTEGER,"
    " PRIMARY KEY(usr, grp)) WITHOUT ROWID;"
    /* Names, ids and homes that a publisher gave out. */
    "CREATE TABLE stage.published(principal TEXT PRIMARY KEY,"
    " kind INTEGER NOT NULL, name TEXT NOT NULL, posix_id INTEGER NOT NULL,"
    " home TEXT) WITHOUT ROWID;"
    /* And a name, or else an id, that the one of an id gave up. */
    "CREATE TABLE stage.published_old(i INTEGER PRIMARY KEY,"
    " posix_id INTEGER NOT NULL, old_name TEXT, old_id INTEGER);"
    /* Of a sweep (batch 0), and of whoever is given names right away (1). */
    "CREATE TABLE stage.newcomers(batch INTEGER, n INTEGER, kind INTEGER,"
    " name TEXT, reason TEXT, PRIMARY KEY(batch, n)) WITHOUT ROWID;"
    "CREATE INDEX stage.newcomers_name ON newcomers(batch, name);";
