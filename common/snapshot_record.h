/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking one record of a snapshot apart, for common/snapshot.c.
 */
#ifndef AW_COMMON_SNAPSHOT_RECORD_H
#define AW_COMMON_SNAPSHOT_RECORD_H

#include "common/snapshot.h"

/*
 * The record at offset @at, which may be anything.  Return 0; AW_DENIED when
 * the record is whole but breaks a rule of common/snapshot.h; -EIO when it is
 * not whole.  @ret_next (may be NULL) is where the next record begins, set on
 * 0 and on AW_DENIED.
 */
int aw_snap_user_at(const struct aw_snap *snap, uint64_t at, uint64_t *ret_next,
    struct aw_snap_user *ret) AW_MUST_USE;
int aw_snap_group_at(const struct aw_snap *snap, uint64_t at,
    uint64_t *ret_next, struct aw_snap_group *ret) AW_MUST_USE;
int aw_snap_tomb_at(const struct aw_snap *snap, uint64_t at, uint64_t *ret_next,
    struct aw_snap_tomb *ret) AW_MUST_USE;

#endif
