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
 * second.  Old maps go when nobody holds them, at most one stays behind.
 */
#ifndef AW_COMMON_DIRECTORY_H
#define AW_COMMON_DIRECTORY_H

#include "common/limits.h"
#include "common/snapshot.h"

struct aw_dir; /* static storage, see AW_DIR_DEFINE in directory.c's header part */

struct aw_dir_pin {
	const struct aw_snap *snap;
	const struct aw_limits *limits;
	unsigned slot, shard;
};

/*
 * Returns 0 with @ret (to be put); AW_ABSENT or a negative errno when there is
 * no valid snapshot.  Never waits.
 */
int aw_dir_get(struct aw_dir *dir, struct aw_dir_pin *ret) AW_MUST_USE;

/*
 * Let go.  Returns 0, or AW_STALE when the file was superseded meanwhile: an
 * answer copied since the get may be torn (its body may have been punched out)
 * when a check failed; get again and repeat.
 */
int aw_dir_put(struct aw_dir *dir, const struct aw_dir_pin *pin);

/* @user may be shown on this host: id in the range or a listed "uid", home
 * under /home/ or a listed prefix. */
bool aw_dir_user_ok(const struct aw_dir_pin *pin,
    const struct aw_snap_user *user);
/* @group likewise: id in the range or a listed "gid". */
bool aw_dir_group_ok(const struct aw_dir_pin *pin,
    const struct aw_snap_group *group);

#endif
