/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an enumeration is.  One for users and one for groups in a process, as
 * the interface has it; each guarded by a lock that nobody waits for.
 */
#ifndef AW_NSS_AWSSSO_WALK_H
#define AW_NSS_AWSSSO_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "common/snapshot.h"

struct aw_nss_walk {
	unsigned lock;   /* number of its lock, see aw_dir_trylock() */
	uint64_t seed;   /* tells the file that @cursor belongs to */
	uint64_t cursor; /* 0: at the beginning */
	uint32_t done;   /* records that lie behind us */
	uint32_t last;   /* id of the last one */
};

/* Back to the beginning.  Returns 0, or -EAGAIN when another thread is in it.
 */
int aw_nss_walk_reset(struct aw_nss_walk *walk) AW_MUST_USE;

/*
 * Make @walk's cursor fit @snap.  When that is another file than the last
 * time, the walk goes on behind the record that was answered last, or, when
 * that is gone, behind as many records as were before it.  @find looks a
 * record up by id and @next steps, both over listed records only.  Returns 0;
 * AW_END when there is nothing to go on with; -EIO.
 */
typedef int aw_nss_walk_find_fn(
    const struct aw_snap *snap, uint32_t id, uint64_t *ret_at);
typedef int aw_nss_walk_next_fn(const struct aw_snap *snap, uint64_t *cursor);
int aw_nss_walk_resume(struct aw_nss_walk *walk, const struct aw_snap *snap,
    aw_nss_walk_find_fn *find, aw_nss_walk_next_fn *next) AW_MUST_USE;

/* The record before @cursor has been answered. */
void aw_nss_walk_step(struct aw_nss_walk *walk, uint64_t cursor, uint32_t id);

#endif
