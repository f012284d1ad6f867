/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's own groups with members from the directory: [local_groups] of
 * the settings, put together with /etc/group and the directory.
 *
 * Nothing here writes /etc/group, and a gid that is given is shown by the NSS
 * module only where root's nss.limits lists it.
 */
#ifndef AW_AWSSSOD_LOCAL_GROUP_H
#define AW_AWSSSOD_LOCAL_GROUP_H

#include <stdint.h>

#include "awsssod/state.h"
#include "common/conf.h"

/* The host's group @gid has whoever is in the group that is row @from. */
struct aw_local_link {
	uint32_t gid;
	uint32_t gid_index; /* which of the distinct gids */
	int64_t from;
};
struct aw_local_groups {
	size_t n, n_gids;
	struct aw_local_link link[AW_CONF_GROUPS_MAX];
	uint32_t gid[AW_CONF_GROUPS_MAX]; /* distinct */
};

/*
 * Resolve the settings.  An item that names no group, or more than one (R4),
 * or whose group the host does not have, gives nothing; @tell is called with
 * each of these and why.  Returns 0 or a negative errno.
 */
typedef void aw_local_tell_fn(
    void *user, const struct aw_conf_group *item, const char *why);
int aw_local_groups_resolve(struct aw_state *state, const struct aw_conf *conf,
    const char *group_file, aw_local_tell_fn *tell, void *user,
    struct aw_local_groups *ret) AW_MUST_USE;

#endif
