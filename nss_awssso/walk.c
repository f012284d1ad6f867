/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Enumeration across replaced snapshots.
 */
#include "nss_awssso/walk.h"

#include <errno.h>

#include "nss_awssso/paths.h"

int aw_nss_walk_reset(struct aw_nss_walk *walk)
{
	if (!aw_dir_trylock(&aw_nss_dir, walk->lock))
		return -EAGAIN;
	walk->cursor = 0;
	walk->done = 0;
	aw_dir_unlock(&aw_nss_dir, walk->lock);
	return 0;
}

static int skip(const struct aw_snap *snap, uint32_t n, uint64_t *cursor,
    aw_nss_walk_next_fn *next)
{
	for (uint32_t i = 0; i < n; i++) {
		const int r = next(snap, cursor);

		if (r != 0)
			return r;
	}
	return 0;
}

int aw_nss_walk_resume(struct aw_nss_walk *walk, const struct aw_snap *snap,
    aw_nss_walk_find_fn *find, aw_nss_walk_next_fn *next)
{
	uint64_t cursor = 0;
	int r;

	if (walk->cursor == 0 || walk->seed == snap->seed) {
		walk->seed = snap->seed;
		return 0;
	}
	r = find(snap, walk->last, &cursor);
	if (r < 0)
		return r;
	if (r == 0)
		r = next(snap, &cursor);
	else
		r = skip(snap, walk->done - 1, &cursor, next);
	if (r != 0)
		return r;
	walk->seed = snap->seed;
	walk->cursor = cursor;
	return 0;
}

void aw_nss_walk_step(struct aw_nss_walk *walk, uint64_t cursor, uint32_t id)
{
	walk->cursor = cursor;
	walk->done++;
	walk->last = id;
}
