/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of the ledger, and what stands in the way of a name or an id for
 * it.  Every rule here is also one of the database's or of the sweep; this is
 * where an administrator is told which, and by whom it is held.
 */
#ifndef AW_AWSSSOD_IDS_ENTRY_H
#define AW_AWSSSOD_IDS_ENTRY_H

#include "awsssod/local.h"
#include "awsssod/person.h"
#include "awsssod/state.h"
#include "common/conf.h"
#include "common/proto.h"

struct aw_entry {
	int64_t n;
	char store[65];
	char principal[AW_PRINCIPAL_SIZE];
	enum aw_kind kind;
	char name[AW_NAME_SIZE]; /* "": none given yet */
	char home[AW_PERSON_HOME_SIZE];
	uint32_t id;
	bool present;
	bool adopted;
};

/* The entry called @name; else the one of the principal @name in @store.  0,
 * AW_UNKNOWN, or a negative errno. */
int aw_entry_find(struct aw_state *state, const char *store, const char *name,
    struct aw_entry *ret) AW_MUST_USE;
/* The entry of @principal in @store alone. */
int aw_entry_of(struct aw_state *state, const char *store,
    const char *principal, struct aw_entry *ret) AW_MUST_USE;

/*
 * The one present person without a name who is the principal @who, has that
 * UserName, or would be called so by the rules of @conf.  0 with the name in
 * @ret->name; AW_UNKNOWN; AW_DENIED with @why: more than one, or no name can
 * be made; or a negative errno.
 */
int aw_entry_newcomer(struct aw_state *state, const struct aw_conf *conf,
    const char *who, struct aw_entry *ret, struct aw_diag *why) AW_MUST_USE;

/*
 * May @entry be called @name?  0; AW_DENIED with @why when it can be no name,
 * is reserved, is another entry's or was; or a negative errno.
 */
int aw_entry_may_be_called(struct aw_state *state, const struct aw_entry *entry,
    const char *name, struct aw_diag *why) AW_MUST_USE;

/*
 * Call @entry @name, with the home @home (NULL: a group's), and write the old
 * name down before: it stays its own if @kept, else it is free.  Part of the
 * caller's transaction.  0 or a negative errno.
 */
int aw_entry_rename(struct aw_state *state, const struct aw_entry *entry,
    const char *name, const char *home, bool kept) AW_MUST_USE;

/*
 * Give @entry (.id of it, too) the id @id, and log it; @what says what becomes
 * of its files.  The old id stays reserved, unless the entry gave way
 * (AW_Q_GAVE_WAY).  0 or a negative errno.
 */
int aw_entry_renumber(struct aw_state *state, struct aw_entry *entry,
    uint32_t id, bool adopted, struct aw_diag *what) AW_MUST_USE;

/*
 * Take the name of @entry, which another is to have, for the time being: until
 * aw_entry_rename() in the same transaction it has one that nobody can have,
 * set in @entry too, and the home @home (NULL for a group).  0, -EEXIST when it
 * has such a name already, or a negative errno.
 */
int aw_entry_unname(struct aw_state *state, struct aw_entry *entry,
    const char *home) AW_MUST_USE;

/* Has it been taken so? */
bool aw_entry_is_unnamed(const struct aw_entry *entry);

/*
 * Reserve what the named entry @n had elsewhere, or once, and nobody else may
 * have: a name or an id; it counts from @at on.  Part of the caller's
 * transaction.  0, also when it is so already; -EEXIST: it is another's; or a
 * negative errno.
 */
int aw_entry_reserve_name(struct aw_state *state, int64_t n, int64_t at,
    const char *old_name) AW_MUST_USE;
int aw_entry_reserve_id(
    struct aw_state *state, int64_t n, int64_t at, uint32_t old_id) AW_MUST_USE;

/* May @entry have the id @id, as far as the ledger goes?  Same returns. */
int aw_entry_may_have(struct aw_state *state, const struct aw_entry *entry,
    uint64_t id, struct aw_diag *why) AW_MUST_USE;

/*
 * Reserve the name @name, or when that is "" the id @id, for @entry (.n and
 * .kind) from now on if it may have it: as aw_entry_may_be_called() or
 * aw_entry_may_have(), and then as aw_entry_reserve_name() or _id().
 */
int aw_entry_reserve(struct aw_state *state, const struct aw_entry *entry,
    const char *name, uint64_t id, struct aw_diag *why) AW_MUST_USE;

#endif
