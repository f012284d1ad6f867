/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding entries of the ledger, and who stands in their way.
 */
#include "awsssod/ids_entry.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "awsssod/log.h"
#include "awsssod/register.h"
#include "common/id.h"
#include "common/name.h"

static int read_entry(sqlite3_stmt *row, struct aw_entry *ret)
{
	int r = 0;

	ret->n = sqlite3_column_int64(row, AW_ENTRY_N);
	ret->kind = (enum aw_kind)sqlite3_column_int(row, AW_ENTRY_KIND);
	ret->id = (uint32_t)sqlite3_column_int64(row, AW_ENTRY_POSIX_ID);
	ret->present = sqlite3_column_int(row, AW_ENTRY_PRESENT) != 0;
	ret->adopted = sqlite3_column_int(row, AW_ENTRY_ADOPTED) != 0;
	if (aw_copy(ret->store, sizeof(ret->store),
		aw_state_text(row, AW_ENTRY_STORE)) < 0 ||
	    aw_copy(ret->principal, sizeof(ret->principal),
		aw_state_text(row, AW_ENTRY_PRINCIPAL)) < 0 ||
	    aw_copy(ret->name, sizeof(ret->name),
		aw_state_text(row, AW_ENTRY_NAME)) < 0 ||
	    aw_copy(ret->home, sizeof(ret->home),
		aw_state_text(row, AW_ENTRY_HOME)) < 0)
		r = -EBADMSG;
	aw_state_stop(row);
	return r;
}

/* The row that was started, if there is one. */
static int take(
    struct aw_state *state, int r, sqlite3_stmt *row, struct aw_entry *ret)
{
	if (r == 0)
		r = aw_state_next(state, row);
	if (r == AW_END)
		return AW_UNKNOWN;
	return r < 0 ? r : read_entry(row, ret);
}

int aw_entry_of(struct aw_state *state, const char *store,
    const char *principal, struct aw_entry *ret)
{
	sqlite3_stmt *row = NULL;
	const int r =
	    aw_state_start(state, AW_Q_ENTRY_OF, &row, "ss", store, principal);

	return take(state, r, row, ret);
}

int aw_entry_find(struct aw_state *state, const char *store, const char *name,
    struct aw_entry *ret)
{
	sqlite3_stmt *row = NULL;
	int r;

	r = aw_state_start(state, AW_Q_ENTRY_CALLED, &row, "s", name);
	r = take(state, r, row, ret);
	return r == AW_UNKNOWN ? aw_entry_of(state, store, name, ret) : r;
}

/* --- newcomers ----------------------------------------------------------- */

static bool is_wanted(sqlite3_stmt *row, const struct aw_name_rules *rules,
    const char *who, char name[AW_NAME_SIZE], struct aw_diag *why)
{
	bool has_name;

	if (sqlite3_column_int(row, 1) != AW_KIND_USER)
		return false;
	name[0] = '\0';
	has_name =
	    aw_name_of_user(rules, aw_state_text(row, 2), name, why) == 0;
	return strcmp(aw_state_text(row, 2), who) == 0 ||
	       strcmp(aw_state_text(row, 3), who) == 0 ||
	       (has_name && strcmp(name, who) == 0);
}

int aw_entry_newcomer(struct aw_state *state, const struct aw_conf *conf,
    const char *who, struct aw_entry *ret, struct aw_diag *why)
{
	char principal[AW_PRINCIPAL_SIZE] = "", name[AW_NAME_SIZE], wanted[65];
	struct aw_name_rules rules;
	sqlite3_stmt *row = NULL;
	unsigned n = 0;
	int r;

	wanted[0] = '\0';
	r = aw_register_rules(state, conf, &rules);
	if (r == 0)
		r = aw_state_start(state, AW_Q_NEWCOMERS, &row, "");
	while (r == 0) {
		struct aw_diag reason = { .text = "" };

		r = aw_state_next(state, row);
		if (r != 0 || !is_wanted(row, &rules, who, name, &reason))
			continue;
		if (n++ == 0 && (aw_copy(principal, sizeof(principal),
				     aw_state_text(row, 3)) < 0 ||
				    aw_copy(wanted, sizeof(wanted), name) < 0))
			r = -EBADMSG;
		*why = reason;
	}
	if (r != AW_END)
		return r;
	if (n > 1)
		aw_diag_set(why, "more than one would be called that: give "
				 "the principal id (awssso status --skipped)");
	if (n == 0 || n > 1)
		return n == 0 ? AW_UNKNOWN : AW_DENIED;
	if (!wanted[0])
		return AW_DENIED;
	r = aw_entry_of(state, conf->identity_store_id, principal, ret);
	return r == 0 ? aw_copy(ret->name, sizeof(ret->name), wanted) : r;
}

/* --- what stands in the way -------------------------------------------------
 */

/* 0 nobody holds it, AW_DENIED with @holder, or a negative errno.  @started is
 * what starting the statement @row returned. */
static int who_holds(struct aw_state *state, int started, sqlite3_stmt *row,
    char holder[AW_PRINCIPAL_SIZE])
{
	int r = started;

	if (r == 0)
		r = aw_state_next(state, row);
	if (r == AW_END)
		return 0;
	if (r < 0)
		return r;
	r = aw_copy(holder, AW_PRINCIPAL_SIZE, aw_state_text(row, 0));
	aw_state_stop(row);
	return r < 0 ? -EBADMSG : AW_DENIED;
}

int aw_entry_may_be_called(struct aw_state *state, const struct aw_entry *entry,
    const char *name, struct aw_diag *why)
{
	char holder[AW_PRINCIPAL_SIZE];
	sqlite3_stmt *row = NULL;
	int r;

	if (aw_name_judge(name, entry->kind != AW_KIND_USER) == 0) {
		aw_diag_set(why,
		    "%s can be nobody's name here: it is reserved, "
		    "or holds what a name may not hold",
		    name);
		return AW_DENIED;
	}
	r = aw_state_start(state, AW_Q_NAME_HOLDER, &row, "si", name, entry->n);
	r = who_holds(state, r, row, holder);
	if (r == AW_DENIED)
		aw_diag_set(why, "the name %s is that of %s", name, holder);
	if (r != 0)
		return r;
	r = aw_state_start(state, AW_Q_NAME_KEEPER, &row, "si", name, entry->n);
	r = who_holds(state, r, row, holder);
	if (r == AW_DENIED)
		aw_diag_set(why, "the name %s was that of %s, and stays its",
		    name, holder);
	return r;
}

static bool is_id(const struct aw_entry *entry, uint64_t id)
{
	if (aw_id_in_range(id))
		return true;
	return entry->kind == AW_KIND_USER && id < AW_ID_MIN &&
	       aw_id_is_a_persons(id);
}

int aw_entry_may_have(struct aw_state *state, const struct aw_entry *entry,
    uint64_t id, struct aw_diag *why)
{
	char holder[AW_PRINCIPAL_SIZE];
	sqlite3_stmt *row = NULL;
	int r;

	if (!is_id(entry, id)) {
		aw_diag_set(why,
		    "%llu can be nobody's id here: a person's is 1000 or more, "
		    "nobody's is above %u, and systemd's own (60001 to 60513, "
		    "61184 to 65519) and those that mean nobody (65534, "
		    "65535) are left to them",
		    (unsigned long long)id, AW_ID_MAX);
		return AW_DENIED;
	}
	r = aw_state_start(
	    state, AW_Q_ID_HOLDER, &row, "ii", (int64_t)id, entry->n);
	r = who_holds(state, r, row, holder);
	if (r == AW_DENIED)
		aw_diag_set(why, "the id %llu is that of %s",
		    (unsigned long long)id, holder);
	return r;
}

int aw_entry_rename(struct aw_state *state, const struct aw_entry *entry,
    const char *name, const char *home, bool kept)
{
	int r;

	r = aw_state_run(state, AW_Q_RENAME_NOTE, "iisssi", entry->n,
	    (int64_t)time(NULL), entry->name, name, home, (int64_t)kept);
	/* It may have been kept for its owner before. */
	if (r == 0 && !kept)
		r = aw_state_run(state, AW_Q_GIVE_NAME_OVER, "s", entry->name);
	return r < 0 ? r
		     : aw_state_run(
			   state, AW_Q_RENAME, "iss", entry->n, name, home);
}

int aw_entry_renumber(struct aw_state *state, struct aw_entry *entry,
    uint32_t id, bool adopted, struct aw_diag *what)
{
	const bool user = entry->kind == AW_KIND_USER;
	char chown[96];
	int r;

	aw_ignore(aw_fmt(chown, sizeof(chown),
	    "find / -uid %u -exec chown -h %u {} +", entry->id, id));
	r = aw_state_run(state, AW_Q_RENUMBER_NOTE, "iiii", entry->n,
	    (int64_t)time(NULL), (int64_t)entry->id, (int64_t)id);
	if (r == 0)
		r = aw_state_run(state, AW_Q_RENUMBER, "iii", entry->n,
		    (int64_t)id, (int64_t)adopted);
	if (r != 0)
		return r;
	/* A person's own group has the same id. */
	aw_diag_set(what,
	    "had the id %u: %s%.*sfind / -gid %u -exec chgrp -h %u {} +",
	    entry->id, user ? chown : "", user ? 2 : 0, "; ", entry->id, id);
	aw_log(LOG_NOTICE, "ids: %s has the id %u now and had %u",
	    entry->principal, id, entry->id);
	entry->id = id;
	return 0;
}

bool aw_entry_is_unnamed(const struct aw_entry *entry)
{
	return *entry->name == '?';
}

int aw_entry_unname(
    struct aw_state *state, struct aw_entry *entry, const char *home)
{
	char none[AW_NAME_SIZE];
	int r;

	if (aw_entry_is_unnamed(entry))
		return -EEXIST;
	aw_ignore(aw_fmt(none, sizeof(none), "?%lld", (long long)entry->n));
	r = aw_entry_rename(state, entry, none, home, false);
	return r < 0 ? r : aw_copy(entry->name, sizeof(entry->name), none);
}

int aw_entry_reserve_name(
    struct aw_state *state, int64_t n, int64_t at, const char *old_name)
{
	return aw_state_run(state, AW_Q_RESERVE_NAME, "iis", n, at, old_name);
}

int aw_entry_reserve_id(
    struct aw_state *state, int64_t n, int64_t at, uint32_t old_id)
{
	return aw_state_run(
	    state, AW_Q_RESERVE_ID, "iii", n, at, (int64_t)old_id);
}

int aw_entry_reserve(struct aw_state *state, const struct aw_entry *entry,
    const char *name, uint64_t id, struct aw_diag *why)
{
	const int64_t now = (int64_t)time(NULL);
	int r;

	r = *name ? aw_entry_may_be_called(state, entry, name, why)
		  : aw_entry_may_have(state, entry, id, why);
	if (r != 0)
		return r;
	return *name ? aw_entry_reserve_name(state, entry->n, now, name)
		     : aw_entry_reserve_id(state, entry->n, now, (uint32_t)id);
}
