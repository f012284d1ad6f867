/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What our snapshot holds beside who has which id, so that a lost state.db
 * keeps its promises when it comes back: its notes (common/snapshot.h).
 *
 *   of the posix id of a principal
 *     ":was NAME"    a name it gave up, and nobody else may have
 *     ":had ID"      an id it gave up, likewise
 *   of the posix id 0
 *     ":KEY VALUE"   a fact of the table meta
 *   of a group's principal id
 *     ":policy_group NAME", ":local_group NAME"
 *                    what that name is pinned to (awsssod/pins.h)
 */
#ifndef AW_AWSSSOD_NOTE_H
#define AW_AWSSSOD_NOTE_H

#include <stddef.h>

#include "awsssod/person.h"
#include "awsssod/state.h"
#include "common/conf.h"
#include "common/snapshot.h"

/* The note of fact number @i, or of a pin of @conf: none of them is of a posix
 * id.  Returns 0; AW_ABSENT when it is not known, or was told; AW_END when
 * there is none of that number; or a negative errno. */
int aw_note_fact(struct aw_state *state, const struct aw_conf *conf, size_t i,
    struct aw_snap_note *ret) AW_MUST_USE;

/* Make it so again, in a database that has the principals already; it was
 * noted at @at.  What is not known here was noted by a newer release, and is
 * left.  Returns 0 or a negative errno. */
int aw_note_restore(struct aw_state *state, const struct aw_snap_note *note,
    int64_t at) AW_MUST_USE;

/* What it says that somebody gave up: *@was, a name, or NULL and *@had, an id.
 * Returns 0; AW_ABSENT, it says something else; or -EBADMSG. */
int aw_note_given_up(const struct aw_snap_note *note, const char **was,
    uint32_t *had) AW_MUST_USE;

/* The home of who has left: as it was, or as @conf makes it if an older release
 * wrote the snapshot.  Returns 0 or a negative errno. */
int aw_note_home(const struct aw_conf *conf, const struct aw_snap_tomb *tomb,
    char home[AW_PERSON_HOME_SIZE]) AW_MUST_USE;

#endif
