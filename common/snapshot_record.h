/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking one record of a snapshot apart, for common/snapshot.c.
 */
#ifndef AW_COMMON_SNAPSHOT_RECORD_H
#define AW_COMMON_SNAPSHOT_RECORD_H

#include "common/snapshot.h"

enum aw_snap_by {
	AW_SNAP_ANY,
	AW_SNAP_BY_NAME,
	AW_SNAP_BY_ID,
};

/* Which record is asked for, and where its strings shall go. */
struct aw_snap_ask {
	enum aw_snap_by by;
	const char *name;
	size_t len;
	uint32_t id;
	char *buf; /* NULL: they stay in the map */
	size_t size;
};

/*
 * The record at offset @at, which may be anything.  Return 0; AW_DENIED when
 * the record is whole but not the one asked for, or breaks a rule of
 * common/snapshot.h; -EIO when it is not whole; -ERANGE when @ask->buf is too
 * small.  @ret_next (may be NULL) is where the next record begins, set on 0
 * and on AW_DENIED.  Groups stay in the map.
 */
int aw_snap_user_at(const struct aw_snap *snap, uint64_t at,
    const struct aw_snap_ask *ask, uint64_t *ret_next,
    struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_group_at(const struct aw_snap *snap, uint64_t at,
    const struct aw_snap_ask *ask, uint64_t *ret_next,
    struct aw_snap_group *ret) AW_MUST_USE;
int aw_snap_tomb_at(const struct aw_snap *snap, uint64_t at, uint64_t *ret_next,
    struct aw_snap_tomb *ret) AW_MUST_USE;
int aw_snap_note_at(const struct aw_snap *snap, uint64_t at, uint64_t *ret_next,
    struct aw_snap_note *ret) AW_MUST_USE;

#endif
