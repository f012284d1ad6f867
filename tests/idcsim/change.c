/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing the directory while it is being used, as an administrator would.
 * The contracts are in store.h.
 */
#include "tests/idcsim/store.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/crypto.h"
#include "tests/idcsim/sim.h"

static void set_text(
    struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

/* Identity Center notes the time of a change to the object itself. */
static void touch(const struct aw_sim *sim, struct json_object *doc)
{
	(void)json_object_object_add(doc, "UpdatedAt",
	    json_object_new_double((double)aw_sim_now_ms(sim) / 1000.0));
}

int aw_sim_set_status(
    struct aw_sim *sim, const char *who, bool is_enabled, struct aw_diag *diag)
{
	struct json_object *user;
	const int r = aw_sim_find_user(sim, who, &user, diag);

	if (r != 0)
		return r;
	set_text(user, "UserStatus", is_enabled ? "ENABLED" : "DISABLED");
	touch(sim, user);
	return 0;
}

static void set_in_list(struct json_object *list, const char *text, bool is_on)
{
	const int at = aw_sim_index_of(list, text);

	if (is_on && at < 0)
		(void)json_object_array_add(list, json_object_new_string(text));
	if (!is_on && at >= 0)
		(void)json_object_array_del_idx(list, (size_t)at, 1);
}

int aw_sim_set_member(struct aw_sim *sim, const char *group_name,
    const char *who, bool is_on, struct aw_diag *diag)
{
	struct json_object *group;
	struct json_object *user;
	struct json_object *members;
	int r;

	r = aw_sim_find_group(sim, group_name, &group, diag);
	if (r == 0)
		r = aw_sim_find_user(sim, who, &user, diag);
	if (r != 0)
		return r;
	if (json_object_object_get_ex(group, "Members", &members))
		set_in_list(members, aw_sim_text(user, "UserId"), is_on);
	return 0;
}

static int find_assignment(
    struct json_object *all, const char *account, const char *principal_id)
{
	const size_t n = json_object_array_length(all);

	for (size_t i = 0; i < n; i++) {
		struct json_object *one = json_object_array_get_idx(all, i);

		if (strcmp(aw_sim_text(one, "AccountId"), account) == 0 &&
		    strcmp(aw_sim_text(one, "PrincipalId"), principal_id) == 0)
			return (int)i;
	}
	return -1;
}

static void assign(struct json_object *all, const char *account,
    const char *type, const char *principal_id, bool is_on)
{
	const int at = find_assignment(all, account, principal_id);
	struct json_object *one;

	if (!is_on && at >= 0)
		(void)json_object_array_del_idx(all, (size_t)at, 1);
	if (!is_on || at >= 0)
		return;
	one = json_object_new_object();
	set_text(one, "AccountId", account);
	set_text(one, "PrincipalType", type);
	set_text(one, "PrincipalId", principal_id);
	(void)json_object_array_add(all, one);
}

/* A group's name wins: people have a UserId to be told by. */
static int find_principal(struct aw_sim *sim, const char *name,
    const char **ret_type, const char **ret_id, struct aw_diag *diag)
{
	struct json_object *doc;

	if (aw_sim_find_group(sim, name, &doc, NULL) == 0) {
		*ret_type = "GROUP";
		*ret_id = aw_sim_text(doc, "GroupId");
		return 0;
	}
	if (aw_sim_find_user(sim, name, &doc, NULL) == 0) {
		*ret_type = "USER";
		*ret_id = aw_sim_text(doc, "UserId");
		return 0;
	}
	aw_diag_set(diag, "%s: no such person or group", name);
	return AW_UNKNOWN;
}

int aw_sim_set_assigned(struct aw_sim *sim, const char *set_name,
    const char *principal, const char *account, bool is_on,
    struct aw_diag *diag)
{
	struct json_object *set = aw_sim_doc_by(sim->sets, "Name", set_name);
	struct json_object *all;
	const char *type;
	const char *id;
	int r;

	if (set == NULL ||
	    !json_object_object_get_ex(set, "Assignments", &all)) {
		aw_diag_set(diag, "%s: no such permission set", set_name);
		return AW_UNKNOWN;
	}
	r = find_principal(sim, principal, &type, &id, diag);
	if (r != 0)
		return r;
	if (account != NULL &&
	    aw_sim_doc_by(sim->accounts, "AccountId", account) == NULL) {
		aw_diag_set(diag, "%s: no such account", account);
		return AW_UNKNOWN;
	}
	for (size_t i = 0; i < json_object_array_length(sim->accounts); i++) {
		const char *each = aw_sim_text(
		    json_object_array_get_idx(sim->accounts, i), "AccountId");

		if (account == NULL || strcmp(each, account) == 0)
			assign(all, each, type, id, is_on);
	}
	return 0;
}

static int check_name(
    struct aw_sim *sim, const char *user_name, struct aw_diag *diag)
{
	if (user_name[0] == '\0' || strlen(user_name) > 512 ||
	    strpbrk(user_name, " \t\r\n") != NULL ||
	    !aw_text_is_clean(user_name, strlen(user_name))) {
		aw_diag_set(diag, "not a possible UserName");
		return AW_DENIED;
	}
	if (aw_sim_doc_by(sim->users, "UserName", user_name) != NULL) {
		aw_diag_set(diag, "%s: there is one already", user_name);
		return AW_DENIED;
	}
	return 0;
}

/* In the form that the others have: with the store's digits or without. */
static void new_id(const struct aw_sim *sim, char ret[48])
{
	char uuid[37];

	aw_sim_uuid(uuid);
	if (strncmp(sim->store_id, "d-", 2) == 0)
		aw_ignore(aw_fmt(ret, 48, "%s-%s", sim->store_id + 2, uuid));
	else
		aw_ignore(aw_copy(ret, 48, uuid));
}

int aw_sim_add_user(struct aw_sim *sim, const char *user_name,
    const char *display_name, struct aw_diag *diag)
{
	struct json_object *user;
	char id[48];
	int r;

	r = check_name(sim, user_name, diag);
	if (r != 0)
		return r;
	new_id(sim, id);
	user = json_object_new_object();
	set_text(user, "UserId", id);
	set_text(user, "UserName", user_name);
	set_text(user, "DisplayName", display_name ? display_name : user_name);
	set_text(user, "UserStatus", "ENABLED");
	(void)json_object_array_add(sim->users, user);
	(void)json_object_object_add(
	    sim->user_by_id, id, json_object_get(user));
	return 0;
}

int aw_sim_delete_user(
    struct aw_sim *sim, const char *who, struct aw_diag *diag)
{
	struct json_object *user;
	char id[64];
	int r;

	r = aw_sim_find_user(sim, who, &user, diag);
	if (r != 0)
		return r;
	r = aw_copy(id, sizeof(id), aw_sim_text(user, "UserId"));
	if (r < 0)
		return r;
	/* Memberships go with the person; assignments then point nowhere. */
	for (size_t i = 0; i < json_object_array_length(sim->groups); i++) {
		struct json_object *members;

		if (json_object_object_get_ex(
			json_object_array_get_idx(sim->groups, i), "Members",
			&members))
			set_in_list(members, id, false);
	}
	json_object_object_del(sim->user_by_id, id);
	for (size_t i = 0; i < json_object_array_length(sim->users); i++) {
		if (json_object_array_get_idx(sim->users, i) != user)
			continue;
		(void)json_object_array_del_idx(sim->users, i, 1);
		break;
	}
	return 0;
}

int aw_sim_rename_user(struct aw_sim *sim, const char *who,
    const char *user_name, struct aw_diag *diag)
{
	struct json_object *user;
	int r;

	r = aw_sim_find_user(sim, who, &user, diag);
	if (r == 0)
		r = check_name(sim, user_name, diag);
	if (r != 0)
		return r;
	set_text(user, "UserName", user_name);
	touch(sim, user);
	return 0;
}
