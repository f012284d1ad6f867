/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may log in.  Whole values, case and all.
 */
#include "awsssod/access.h"

#include <string.h>

static bool lists(const struct aw_conf_list *list, const char *value)
{
	if (!*value)
		return false;
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i], value) == 0)
			return true;
	return false;
}

bool aw_access_user(const struct aw_conf *conf, const char *name,
    const char *user_name, const char *principal_id, bool name_taken)
{
	return lists(&conf->allow_users, name) ||
	       lists(&conf->allow_users, principal_id) ||
	       (!name_taken && lists(&conf->allow_users, user_name));
}

bool aw_access_group(const struct aw_conf *conf, const char *group_id,
    const char *display_name, unsigned n_claims)
{
	return lists(&conf->allow_groups, group_id) ||
	       (n_claims == 1 && lists(&conf->allow_groups, display_name));
}

bool aw_access_set(const struct aw_conf *conf, const char *set)
{
	return lists(&conf->allow_permission_sets, set);
}

enum aw_access aw_access_judge(
    const struct aw_conf *conf, const struct aw_access_facts *facts)
{
	const bool by_group = conf->allow_groups.n > 0;
	const bool by_set = conf->allow_permission_sets.n > 0;

	if (facts->user || (by_group && facts->groups == AW_ACCESS_YES) ||
	    (by_set && facts->sets == AW_ACCESS_YES))
		return AW_ACCESS_YES;
	if ((by_group && facts->groups == AW_ACCESS_UNKNOWN) ||
	    (by_set && facts->sets == AW_ACCESS_UNKNOWN))
		return AW_ACCESS_UNKNOWN;
	return AW_ACCESS_NO;
}
