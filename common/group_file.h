/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ids of the host's own groups, from /etc/group itself and never through
 * NSS, which would ask us.
 */
#ifndef AW_COMMON_GROUP_FILE_H
#define AW_COMMON_GROUP_FILE_H

#include <stdint.h>

#include "common/conf_groups.h"

/*
 * Find the groups of @groups in the file @path.  @ret_gids has
 * AW_CONF_GROUPS_MAX places; that of an item whose group is not there, or has
 * an id that nobody may be given (0, one of the directory's range), is 0.
 * The first line of a name counts, as for libc.  Returns 0 or a negative errno.
 */
int aw_group_file_gids(const struct aw_conf_groups *groups, const char *path,
    uint32_t *ret_gids) AW_MUST_USE;

#endif
