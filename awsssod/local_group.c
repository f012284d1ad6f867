/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From names in the settings to ids and rows.
 */
#include "awsssod/local_group.h"
#include "awsssod/sets.h"

#include <errno.h>
#include <string.h>

#include "common/group_file.h"

/* The row of the one group that @name means; why there is none.  @set: it can
 * only be a permission set's. */
static int find_row(struct aw_state *state, const char *store, const char *name,
    bool set, int64_t *ret, const char **ret_why)
{
	sqlite3_stmt *row;
	int64_t n[2] = { 0 };
	int found = 0;
	int r;

	/* An id is never anybody else's, whatever a group is called. */
	r = aw_state_number(state, AW_Q_GROUP_BY_ID, ret, "ss", store, name);
	if (r != AW_ABSENT)
		return r;
	r = aw_state_start(
	    state, AW_Q_GROUPS_CALLED, &row, "si", name, (int64_t)set);
	while (r == 0 && found < 2) {
		r = aw_state_next(state, row);
		if (r == 0)
			n[found++] = sqlite3_column_int64(row, 0);
	}
	if (r < 0)
		return r;
	if (r == 0)
		aw_state_stop(row);
	*ret = n[0];
	*ret_why = found == 0 && set ? "there is no such permission set; a "
				       "group that is called like one is "
				       "meant by its GroupId only"
		   : found == 0      ? "the directory has no such group or "
				       "permission set"
				: "more than one group is called that: give "
				  "its GroupId";
	return found == 1 ? 0 : AW_UNKNOWN;
}

static uint32_t index_of(struct aw_local_groups *groups, uint32_t gid)
{
	uint32_t i = 0;

	while (i < groups->n_gids && groups->gid[i] != gid)
		i++;
	if (i == groups->n_gids)
		groups->gid[groups->n_gids++] = gid;
	return i;
}

int aw_local_groups_resolve(struct aw_state *state, const struct aw_conf *conf,
    const char *group_file, aw_local_tell_fn *tell, void *user,
    struct aw_local_groups *ret)
{
	const struct aw_conf_groups *groups = &conf->local_groups;
	uint32_t gids[AW_CONF_GROUPS_MAX];
	int r;

	*ret = (struct aw_local_groups){ .n = 0 };
	if (groups->n == 0)
		return 0;
	r = aw_group_file_gids(groups, group_file, gids);
	for (size_t i = 0; r >= 0 && i < groups->n; i++) {
		const char *why = "this host has no such group, or its id may "
				  "not be given";
		int64_t from = 0;

		r = gids[i] == 0
			? AW_UNKNOWN
			: find_row(state, conf->identity_store_id,
			      groups->item[i].pin[0] ? groups->item[i].pin
						     : groups->item[i].from,
			      aw_sets_are_called(conf, groups->item[i].from),
			      &from, &why);
		if (r == AW_UNKNOWN)
			tell(user, &groups->item[i], why);
		if (r != 0)
			continue;
		ret->link[ret->n++] = (struct aw_local_link){ .gid = gids[i],
			.gid_index = index_of(ret, gids[i]),
			.from = from };
	}
	return r < 0 ? r : 0;
}
