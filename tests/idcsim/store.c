/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking the directory.  Changes to it are in change.c.
 */
#include "tests/idcsim/store.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"

const char *aw_sim_str(struct json_object *doc, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(doc, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

const char *aw_sim_text(struct json_object *doc, const char *key)
{
	const char *value = aw_sim_str(doc, key);

	return value ? value : "";
}

int aw_sim_index_of(struct json_object *list, const char *text)
{
	const size_t n = json_object_array_length(list);

	for (size_t i = 0; i < n; i++) {
		const char *item =
		    json_object_get_string(json_object_array_get_idx(list, i));

		if (item != NULL && strcmp(item, text) == 0)
			return (int)i;
	}
	return -1;
}

struct json_object *aw_sim_doc_by(
    struct json_object *list, const char *key, const char *value)
{
	const size_t n = json_object_array_length(list);

	for (size_t i = 0; i < n; i++) {
		struct json_object *doc = json_object_array_get_idx(list, i);

		if (strcmp(aw_sim_text(doc, key), value) == 0)
			return doc;
	}
	return NULL;
}

bool aw_sim_user_is_disabled(struct json_object *user)
{
	return strcmp(aw_sim_text(user, "UserStatus"), "DISABLED") == 0;
}

static bool is_local_part(const char *user_name, const char *who)
{
	const size_t len = strlen(who);

	return len > 0 && strncmp(user_name, who, len) == 0 &&
	       user_name[len] == '@';
}

int aw_sim_find_user(struct aw_sim *sim, const char *who,
    struct json_object **ret, struct aw_diag *diag)
{
	struct json_object *user;
	struct json_object *found = NULL;

	if (json_object_object_get_ex(sim->user_by_id, who, &user) ||
	    (user = aw_sim_doc_by(sim->users, "UserName", who)) != NULL) {
		*ret = user;
		return 0;
	}
	for (size_t i = 0; i < json_object_array_length(sim->users); i++) {
		user = json_object_array_get_idx(sim->users, i);
		if (!is_local_part(aw_sim_text(user, "UserName"), who))
			continue;
		if (found != NULL) {
			aw_diag_set(diag, "%s: more than one person", who);
			return AW_UNKNOWN;
		}
		found = user;
	}
	if (found == NULL) {
		aw_diag_set(diag, "%s: no such person", who);
		return AW_UNKNOWN;
	}
	*ret = found;
	return 0;
}

int aw_sim_find_group(struct aw_sim *sim, const char *which,
    struct json_object **ret, struct aw_diag *diag)
{
	struct json_object *group;

	if (!json_object_object_get_ex(sim->group_by_id, which, &group))
		group = aw_sim_doc_by(sim->groups, "DisplayName", which);
	if (group == NULL) {
		aw_diag_set(diag, "%s: no such group", which);
		return AW_UNKNOWN;
	}
	*ret = group;
	return 0;
}

bool aw_sim_is_member(struct json_object *group, const char *user_id)
{
	struct json_object *members;

	return json_object_object_get_ex(group, "Members", &members) &&
	       aw_sim_index_of(members, user_id) >= 0;
}

static bool assignment_reaches(
    struct aw_sim *sim, struct json_object *assignment, const char *user_id)
{
	const char *principal = aw_sim_text(assignment, "PrincipalId");
	struct json_object *group;

	if (strcmp(aw_sim_text(assignment, "PrincipalType"), "USER") == 0)
		return strcmp(principal, user_id) == 0;
	return json_object_object_get_ex(sim->group_by_id, principal, &group) &&
	       aw_sim_is_member(group, user_id);
}

bool aw_sim_is_assigned(struct aw_sim *sim, struct json_object *set,
    const char *account, const char *user_id)
{
	struct json_object *all;
	size_t n;

	if (!json_object_object_get_ex(set, "Assignments", &all))
		return false;
	n = json_object_array_length(all);
	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(all, i);

		if (account != NULL &&
		    strcmp(aw_sim_text(one, "AccountId"), account) != 0)
			continue;
		if (assignment_reaches(sim, one, user_id))
			return true;
	}
	return false;
}

void aw_sim_membership_id(
    const char *group_id, const char *user_id, char ret[48])
{
	const size_t len = strlen(group_id);
	char h[AW_SIM_HEX];

	aw_sim_hash_pair(group_id, user_id, h);
	/* The store's ten digits, if the other ids have them too. */
	aw_ignore(aw_fmt(ret, 48, "%.*s%.8s-%.4s-4%.3s-8%.3s-%.12s",
	    len == 47 && group_id[10] == '-' ? 11 : 0, group_id, h, h + 8,
	    h + 12, h + 15, h + 18));
}
