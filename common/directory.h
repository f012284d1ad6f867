/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process-wide view of the snapshot at one path, for code that runs in
 * other people's processes: many threads, forks, no allocation, no lock that
 * can block.
 *
 * aw_dir_get() pins the current map; aw_dir_put() lets it go.  Freshness costs
 * a load at each get (the superseded word) and a stat of the path once a
 * second of CLOCK_MONOTONIC_COARSE; nothing else is a system call while the
 * file stays.  A missing or bad snapshot is looked for again at most once a
 * second.  Old maps go when nobody holds them, at most one stays behind.  No
 * function here changes errno.
 *
 * What is remembered is in two pieces, because a process can be forked in the
 * middle of anything:
 *  - struct aw_dir_page: pins, locks and limits.  A child gets it zeroed
 *    (MADV_WIPEONFORK), so it never inherits another thread's pin or lock.
 *  - struct aw_dir: which maps there are.  A child keeps it, and its maps.  It
 *    lies within one page of memory, of which a fork sees a prefix of what
 *    another thread was writing; and that is good at any point: a slot is
 *    filled in before its base is set, its base before "current" names it, and
 *    its base is cleared before the map goes.  The worst is a map that the
 *    child has and does not know.
 */
#ifndef AW_COMMON_DIRECTORY_H
#define AW_COMMON_DIRECTORY_H

#include <assert.h>

#include "common/id.h"
#include "common/limits.h"
#include "common/snapshot.h"

#define AW_DIR_SLOTS  4
#define AW_DIR_SHARDS 16
#define AW_DIR_LOCKS  2
#define AW_DIR_PAGE   65536 /* no kernel of ours has larger pages */

/* One line of a processor's cache: threads do not disturb each other. */
struct aw_dir_shard {
	_Alignas(64) _Atomic uint32_t pins[AW_DIR_SLOTS];
};

struct aw_dir_page {
	_Alignas(AW_DIR_PAGE) struct aw_dir_shard shard[AW_DIR_SHARDS];
	_Alignas(64) _Atomic uint32_t lock;
	_Atomic uint32_t user_lock[AW_DIR_LOCKS];
	_Atomic uint32_t has_limits[AW_DIR_SLOTS];
	struct aw_limits limits[AW_DIR_SLOTS];
};
static_assert(sizeof(struct aw_dir_page) == AW_DIR_PAGE, "two pages");

struct aw_dir {
	_Alignas(1024) const char *path;
	const char *limits_path;
	uid_t root; /* see aw_snap_open(); also the owner of @limits_path */
	struct aw_dir_page *page;

	_Atomic uint32_t current; /* a slot + 1; 0: none */
	_Atomic int error;        /* why there is none, if it was looked for */
	_Atomic int wipes;        /* 1: @page is wiped on fork; -1: cannot be */
	_Atomic uint64_t look_at; /* when to look at the path again, ns */
	_Atomic uint64_t limits_at; /* when to look for missing limits again */
	struct aw_snap snap[AW_DIR_SLOTS];
};
static_assert(sizeof(struct aw_dir) == 1024, "may straddle a page");

/* A directory outside of all functions, with a page of its own. */
#define AW_DIR_INIT(path_, limits_path_, root_)                              \
	{                                                                    \
		.path = (path_), .limits_path = (limits_path_),              \
		.root = (root_), .page = &(struct aw_dir_page){ .lock = 0 }, \
	}

struct aw_dir_own; /* a map of one caller's own */

struct aw_dir_pin {
	const struct aw_snap *snap;
	const struct aw_limits *limits;
	unsigned slot, shard;
	struct aw_dir_own *own; /* or NULL */
};

/*
 * Returns 0 with @ret (to be put); AW_ABSENT or a negative errno when there is
 * no valid snapshot.  While a writer has renamed a new file in and not marked
 * the old one yet, either of the two is given.  Never waits: while another
 * thread renews the map, and where the kernel cannot wipe a page on fork, the
 * caller gets a map of its own.
 */
int aw_dir_get(struct aw_dir *dir, struct aw_dir_pin *ret) AW_MUST_USE;

/*
 * Let go.  Returns 0, or AW_STALE when the file was superseded meanwhile: an
 * answer copied since the get may be torn (its body may have been punched out
 * before or after a check); get again and repeat.
 */
int aw_dir_put(struct aw_dir *dir, const struct aw_dir_pin *pin);

/*
 * Unmap what nobody holds and forget it: for a destructor of a module that is
 * unloaded.  A later get begins anew.
 */
void aw_dir_done(struct aw_dir *dir);

/* Root's limits name @id, which is outside the range: 1; 0: they do not; or a
 * negative errno: they could not be read just now.  Opens no snapshot. */
int aw_dir_is_listed(struct aw_dir *dir, uint32_t id, bool is_group);

/* @user may be shown on this host: id in the range or a listed "uid", home
 * under /home/ or a listed prefix. */
bool aw_dir_user_ok(
    const struct aw_dir_pin *pin, const struct aw_snap_user *user);
/* @group likewise: id in the range or a listed "gid". */
bool aw_dir_group_ok(
    const struct aw_dir_pin *pin, const struct aw_snap_group *group);
/* A user's group @gid likewise. */
static inline bool aw_dir_gid_ok(const struct aw_dir_pin *pin, uint32_t gid)
{
	return aw_id_in_range(gid) || aw_limits_gid(pin->limits, gid);
}

/*
 * Spare locks, number 0 to AW_DIR_LOCKS - 1, that are free again in a forked
 * child.  aw_dir_trylock() returns whether it was taken.
 */
bool aw_dir_trylock(struct aw_dir *dir, unsigned number) AW_MUST_USE;
void aw_dir_unlock(struct aw_dir *dir, unsigned number);

#endif
