/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a snapshot, for people and as JSON.  Every function returns 0 or
 * -EIO when the record is corrupt, and then has printed nothing.
 */
#ifndef AW_AWSSSO_RECORD_H
#define AW_AWSSSO_RECORD_H

#include <json-c/json.h>

#include "common/outcome.h"
#include "common/snapshot.h"

int aw_record_user_json(const struct aw_snap *snap,
    const struct aw_snap_user *user, struct json_object **ret) AW_MUST_USE;
int aw_record_group_json(const struct aw_snap *snap,
    const struct aw_snap_group *group, struct json_object **ret) AW_MUST_USE;

int aw_record_user_print(
    const struct aw_snap *snap, const struct aw_snap_user *user) AW_MUST_USE;
int aw_record_group_print(
    const struct aw_snap *snap, const struct aw_snap_group *group) AW_MUST_USE;

/*
 * Map the snapshot at @path; @named says that the person named the file, else
 * only a place that nobody but root and awsssod may write is trusted.  Returns
 * 0, or a negative errno or AW_ABSENT after saying why.
 */
int aw_record_open(
    const char *path, bool named, struct aw_snap *ret) AW_MUST_USE;

#endif
