/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set is json-c's hash table; a value says what is known of its id.
 */
#include "awssso_netd/idset.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE 64

enum {
	NEEDED = 1,
	SEEN = 2,
};

static unsigned flags_of(const struct lh_entry *entry)
{
	return (unsigned)(uintptr_t)lh_entry_v(entry);
}

static void set_flags(struct lh_entry *entry, unsigned flags)
{
	lh_entry_set_val(entry, (void *)(uintptr_t)flags);
}

static void free_key(struct lh_entry *entry)
{
	free(lh_entry_k(entry));
}

void aw_idset_done(struct aw_idset *set)
{
	if (set->table)
		lh_table_free(set->table);
	memset(set, 0, sizeof(*set));
}

int aw_idset_add(struct aw_idset *set, const char *id, bool needed)
{
	struct lh_entry *entry;
	char *copy;

	if (!set->table)
		set->table = lh_kchar_table_new(FIRST_SIZE, free_key);
	if (!set->table)
		return -ENOMEM;
	entry = lh_table_lookup_entry(set->table, id);
	if (entry) {
		set_flags(entry, flags_of(entry) | (needed ? NEEDED : 0));
		return 0;
	}
	copy = strdup(id);
	if (!copy)
		return -ENOMEM;
	if (lh_table_insert(set->table, copy,
		(void *)(uintptr_t)(needed ? NEEDED : 0)) < 0) {
		free(copy);
		return -ENOMEM;
	}
	set->missing++;
	set->at = NULL; /* the table may have moved */
	return 0;
}

bool aw_idset_see(struct aw_idset *set, const char *id)
{
	struct lh_entry *entry =
	    set->table ? lh_table_lookup_entry(set->table, id) : NULL;

	if (!entry)
		return false;
	if (!(flags_of(entry) & SEEN))
		set->missing--;
	set_flags(entry, flags_of(entry) | SEEN);
	return true;
}

void aw_idset_unsee(struct aw_idset *set)
{
	struct lh_entry *entry;

	if (!set->table)
		return;
	for (entry = lh_table_head(set->table); entry;
	     entry = lh_entry_next(entry))
		set_flags(entry, flags_of(entry) & ~(unsigned)SEEN);
	set->missing = (size_t)lh_table_length(set->table);
	set->at = NULL;
}

const char *aw_idset_missing(struct aw_idset *set)
{
	if (set->missing == 0)
		return NULL;
	if (!set->at)
		set->at = lh_table_head(set->table);
	while (flags_of(set->at) & SEEN)
		set->at = lh_entry_next(set->at);
	return lh_entry_k(set->at);
}

const char *aw_idset_needed(const struct aw_idset *set)
{
	const struct lh_entry *entry;

	if (set->missing == 0)
		return NULL;
	for (entry = lh_table_head(set->table); entry;
	     entry = lh_entry_next(entry))
		if ((flags_of(entry) & (NEEDED | SEEN)) == NEEDED)
			return lh_entry_k(entry);
	return NULL;
}
