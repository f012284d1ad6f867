/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of principal ids that are looked for: which of them have been seen,
 * and which not yet.
 */
#ifndef AW_AWSSSO_NETD_IDSET_H
#define AW_AWSSSO_NETD_IDSET_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"

struct lh_entry;
struct lh_table;

/* Zeroed: empty. */
struct aw_idset {
	struct lh_table *table;
	struct lh_entry *at; /* what is before it has been seen */
	size_t missing;      /* not seen yet */
};

void aw_idset_done(struct aw_idset *set);

/* Add a copy of @id, unless it is there.  @needed: it has to be seen.  Returns
 * 0 or -ENOMEM. */
int aw_idset_add(struct aw_idset *set, const char *id, bool needed) AW_MUST_USE;

/* @id has been seen.  False: it is not in the set. */
bool aw_idset_see(struct aw_idset *set, const char *id);
/* None has been seen. */
void aw_idset_unsee(struct aw_idset *set);

/* One that was not seen, the oldest first, or NULL.  Borrowed. */
const char *aw_idset_missing(struct aw_idset *set);
/* The same, of those that have to be seen. */
const char *aw_idset_needed(const struct aw_idset *set);

#endif
