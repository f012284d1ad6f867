/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a directory snapshot: collect, write to a descriptor, publish.
 *
 * A file is never changed once its name is public, but for one word in its
 * header that tells readers that it has been superseded, and its body, which
 * is punched out when no reader should need it any more.
 */
#ifndef AW_COMMON_SNAPSHOT_WRITE_H
#define AW_COMMON_SNAPSHOT_WRITE_H

#include <stdint.h>

#include "common/snapshot.h"

struct aw_snapw; /* collects one snapshot */

struct aw_snapw_head {
	const char *store_id;
	uint64_t generation;
	uint64_t created;
	bool needs_limits;
};
struct aw_snapw_user {
	const char *principal_id, *user_name;
	const char *name, *gecos, *home, *shell;
	uint32_t id;
	uint32_t flags;
};
struct aw_snapw_group {
	const char *principal_id, *name;
	uint32_t id;
	uint32_t flags;
	const char *display; /* DisplayName; NULL: not known */
};

/* Returns 0 with *@ret for aw_snapw_free(), -EINVAL or -ENOMEM. */
int aw_snapw_new(
    const struct aw_snapw_head *head, struct aw_snapw **ret) AW_MUST_USE;
void aw_snapw_free(struct aw_snapw *writer);

/*
 * Add a user, a group, a tombstone; strings are copied.  *@ret_index (may be
 * NULL) counts from 0 per kind.  Returns 0; -EINVAL when the record breaks a
 * promise of struct aw_snap_user / aw_snap_group (@diag says which);
 * -ENOMEM; -EFBIG.
 */
int aw_snapw_add_user(struct aw_snapw *writer, const struct aw_snapw_user *user,
    uint32_t *ret_index, struct aw_diag *diag) AW_MUST_USE;
int aw_snapw_add_group(struct aw_snapw *writer,
    const struct aw_snapw_group *group, uint32_t *ret_index,
    struct aw_diag *diag) AW_MUST_USE;
int aw_snapw_add_tomb(
    struct aw_snapw *writer, const struct aw_snap_tomb *tomb) AW_MUST_USE;
/* A note: its text begins with ':'.  Returns 0, -EINVAL, -ENOMEM. */
int aw_snapw_add_note(
    struct aw_snapw *writer, const struct aw_snap_note *note) AW_MUST_USE;
/*
 * A group that the host owns, by its @gid: those who are made its members have
 * the gid in their lists, but no lookup finds the group here.  They come behind
 * all others, and *@ret_index counts on.  Returns 0; -EINVAL for 0, -1, an id
 * of our own range, or when the head did not say needs_limits; -ENOMEM.
 */
int aw_snapw_add_host_group(
    struct aw_snapw *writer, uint32_t gid, uint32_t *ret_index) AW_MUST_USE;
/* The user and group of these indexes belong together; in any order, doubles
 * are dropped.  Returns 0, -EINVAL (no such index) or -ENOMEM. */
int aw_snapw_add_member(
    struct aw_snapw *writer, uint32_t group, uint32_t user) AW_MUST_USE;
/* Whoever is in the group @from is in the group @to as well, and so on from
 * there.  Returns as aw_snapw_add_member(). */
int aw_snapw_add_grant(
    struct aw_snapw *writer, uint32_t to, uint32_t from) AW_MUST_USE;

/*
 * Write the whole file to @fd (empty, seekable) and fsync it.  Two users or
 * groups with one name or id are refused with -EEXIST and @diag.  Returns 0 or
 * a negative errno.
 */
int aw_snapw_write(
    struct aw_snapw *writer, int fd, struct aw_diag *diag) AW_MUST_USE;

/*
 * Make the finished file @temp in the directory @dir_fd the snapshot: rename
 * it over AW_SNAPSHOT_NAME, fsync the directory, then mark the file that was
 * there as superseded.  Whoever dies in between leaves a whole snapshot under
 * the name.  *@ret_old (may be NULL) is a descriptor of the old file for
 * aw_snapw_punch(), or -1.  Returns 0 or a negative errno.
 */
int aw_snapw_publish(int dir_fd, const char *temp, int *ret_old) AW_MUST_USE;

/* Give the blocks of a superseded file back; its header stays.  Call it about
 * a minute after publishing.  Returns 0 or a negative errno (-EOPNOTSUPP). */
int aw_snapw_punch(int old_fd) AW_MUST_USE;

#endif
