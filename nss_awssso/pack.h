/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records in the form that libc wants: a struct whose pointers lead into the
 * caller's buffer.
 */
#ifndef AW_NSS_AWSSSO_PACK_H
#define AW_NSS_AWSSSO_PACK_H

#include <grp.h>
#include <pwd.h>

#include "common/snapshot.h"

/* @user's strings are in the caller's buffer already. */
void aw_nss_pack_user(const struct aw_snap_user *user, struct passwd *ret);

/*
 * @group into @buf of @size bytes, of any alignment.  Returns 0; -ERANGE when
 * it has no room, then nothing has been written; -EIO when the map was changed
 * under our eyes.
 */
int aw_nss_pack_group(const struct aw_snap_group *group, char *buf, size_t size,
    struct group *ret) AW_MUST_USE;

#endif
