/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was known of the people at an earlier time: whether they were there,
 * disabled, held back or hidden, and which groups they were in.
 *
 * state.db keeps what each change undid, with its time (triggers, see
 * awsssod/schema.h).  What is known now, with what was undone since a time put
 * back, is what was known then.  100,000 changes and 90 days are kept; a sweep
 * that changes very much, as the first one does, begins it anew.
 */
#ifndef AW_AWSSSOD_HISTORY_H
#define AW_AWSSSOD_HISTORY_H

#include "awsssod/access.h"
#include "awsssod/person.h"

/* A person's status; 0: nobody has that name. */
#define AW_HISTORY_PRESENT  1
#define AW_HISTORY_DISABLED 2
#define AW_HISTORY_MISSING  4
#define AW_HISTORY_HIDDEN   8

/* Since when it is complete, in epoch seconds.  Returns 0, AW_ABSENT when
 * nothing is kept yet, or a negative errno. */
int aw_history_from(struct aw_state *state, int64_t *ret) AW_MUST_USE;

/*
 * Put @person and @facts back to how they were known at @at, not before
 * aw_history_from(): the status and the groups.  Names are as they are now,
 * and nothing is known of permission sets.  Returns 0 or a negative errno.
 */
int aw_history_person(struct aw_state *state, const struct aw_conf *conf,
    int64_t at, struct aw_person *person,
    struct aw_access_facts *ret) AW_MUST_USE;

/* What is staged is going to be applied, in the same transaction: stop keeping
 * what it changes if that is too much.  Returns 0 or a negative errno. */
int aw_history_before(struct aw_state *state) AW_MUST_USE;
/* It has been: go on, or begin anew, and forget what is too much or too old.
 * @now is the wall clock's.  Returns 0 or a negative errno. */
int aw_history_after(struct aw_state *state, int64_t now) AW_MUST_USE;

#endif
