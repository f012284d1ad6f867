/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What here stands in the way of another host's ledger gives way to it, when
 * an administrator says that theirs counts: names and ids of people here that
 * are other people's there, and those that are reserved for somebody.  An id
 * that is in the way becomes a free one first, so that two people can have each
 * other's, and files can follow in the order that is told.  Everything is part
 * of the caller's transaction.
 */
#ifndef AW_AWSSSOD_IDS_YIELD_H
#define AW_AWSSSOD_IDS_YIELD_H

#include "awsssod/ids_entry.h"

/* Forget the other ledger.  0 or a negative errno. */
int aw_ids_yield_clear(struct aw_state *state) AW_MUST_USE;

/* One record of the other ledger: @is has what @is->principal has there, or
 * when @given_up the name or the id that it had.  0; AW_DENIED: it has
 * something else in an earlier record; or a negative errno. */
int aw_ids_yield_note(struct aw_state *state, const struct aw_entry *is,
    bool given_up) AW_MUST_USE;

/* Called with who gave way, as they are now, and a sentence about it.  0 or a
 * negative errno. */
typedef int aw_ids_yield_tell_fn(
    void *user, const struct aw_entry *entry, const struct aw_diag *what);

/*
 * Make way for all that was noted.  Who is not in the other ledger, and has an
 * id that is another's there, is left with a new one; such a name stays, and is
 * a conflict.  *@changed grows by each who is left so.  0 or a negative errno.
 */
int aw_ids_yield(struct aw_state *state, aw_ids_yield_tell_fn *tell, void *user,
    int64_t *changed) AW_MUST_USE;

#endif
