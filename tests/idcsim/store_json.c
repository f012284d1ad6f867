/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rendering the Identity Store's documents, and finding one by another name.
 */
#include "tests/idcsim/store_json.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/shape.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

/* Seconds with a fraction, as the service writes them. */
static void add_time(struct json_object *doc, const char *key)
{
	if (!json_object_object_get_ex(doc, key, NULL))
		(void)json_object_object_add(doc, key,
		    json_object_new_double_s(1727780645.123, "1727780645.123"));
}

/* The members of @from, as they are, but for those we keep to ourselves. */
static struct json_object *copy_of(
    const struct aw_sim *sim, struct json_object *from)
{
	struct json_object *doc = json_object_new_object();
	struct json_object_iterator it = json_object_iter_begin(from);
	const struct json_object_iterator end = json_object_iter_end(from);

	add(doc, "IdentityStoreId", sim->store_id);
	for (; !json_object_iter_equal(&it, &end); json_object_iter_next(&it)) {
		const char *key = json_object_iter_peek_name(&it);

		if (strcmp(key, "Members") != 0)
			(void)json_object_object_add(doc, key,
			    json_object_get(json_object_iter_peek_value(&it)));
	}
	add_time(doc, "CreatedAt");
	add_time(doc, "UpdatedAt");
	return doc;
}

struct json_object *aw_sim_user_json(
    const struct aw_sim *sim, struct json_object *user)
{
	return copy_of(sim, user);
}

struct json_object *aw_sim_group_json(
    const struct aw_sim *sim, struct json_object *group)
{
	return copy_of(sim, group);
}

static struct json_object *member_id(const char *user_id)
{
	struct json_object *doc = json_object_new_object();

	add(doc, "UserId", user_id);
	return doc;
}

struct json_object *aw_sim_membership_json(
    const struct aw_sim *sim, const char *group_id, const char *user_id)
{
	struct json_object *doc = json_object_new_object();
	char id[48];

	aw_sim_membership_id(group_id, user_id, id);
	add(doc, "IdentityStoreId", sim->store_id);
	add(doc, "MembershipId", id);
	add(doc, "GroupId", group_id);
	(void)json_object_object_add(doc, "MemberId", member_id(user_id));
	add_time(doc, "CreatedAt");
	add_time(doc, "UpdatedAt");
	return doc;
}

struct json_object *aw_sim_member_result_json(
    const char *group_id, const char *user_id, bool is_member)
{
	struct json_object *doc = json_object_new_object();

	add(doc, "GroupId", group_id);
	(void)json_object_object_add(doc, "MemberId", member_id(user_id));
	(void)json_object_object_add(
	    doc, "MembershipExists", json_object_new_boolean(is_member));
	return doc;
}

static const struct aw_sim_field union_fields[] = {
	{ "UniqueAttribute", AW_SIM_OBJECT, false, 0, 0 },
	{ "ExternalId", AW_SIM_OBJECT, false, 0, 0 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field attribute_fields[] = {
	{ "AttributePath", AW_SIM_STRING, true, 1, 255 },
	{ "AttributeValue", AW_SIM_STRING, true, 1, 1024 },
	{ NULL, 0, false, 0, 0 },
};
static const struct aw_sim_field external_fields[] = {
	{ "Issuer", AW_SIM_STRING, true, 1, 256 },
	{ "Id", AW_SIM_STRING, true, 1, 256 },
	{ NULL, 0, false, 0, 0 },
};

/* The element of the array @list of @doc that has @one and, unless it is
 * NULL, @two. */
static bool has_element(struct json_object *doc, const char *list,
    const char *const one[2], const char *const two[2])
{
	struct json_object *all = json_object_object_get(doc, list);

	for (size_t i = 0; all != NULL && i < json_object_array_length(all);
	     i++) {
		struct json_object *item = json_object_array_get_idx(all, i);

		if (strcmp(aw_sim_text(item, one[0]), one[1]) == 0 &&
		    (two == NULL ||
			strcmp(aw_sim_text(item, two[0]), two[1]) == 0))
			return true;
	}
	return false;
}

static struct json_object *by_element(struct json_object *all, const char *list,
    const char *const one[2], const char *const two[2])
{
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *doc = json_object_array_get_idx(all, i);

		if (has_element(doc, list, one, two))
			return doc;
	}
	return NULL;
}

/* userName and emails.value of people, displayName of groups: lower camel
 * case here, though nowhere else. */
static int by_attribute(struct json_object *all, bool is_user,
    struct json_object *attribute, struct json_object **ret,
    struct aw_diag *diag)
{
	const char *path;
	const char *value;

	if (aw_sim_shape_check(attribute, attribute_fields, false, diag) != 0)
		return -EINVAL;
	path = aw_sim_text(attribute, "AttributePath");
	value = aw_sim_text(attribute, "AttributeValue");
	if (is_user && strcmp(path, "userName") == 0) {
		*ret = aw_sim_doc_by(all, "UserName", value);
	} else if (is_user && strcmp(path, "emails.value") == 0) {
		*ret = by_element(all, "Emails",
		    (const char *const[2]){ "Value", value }, NULL);
	} else if (!is_user && strcmp(path, "displayName") == 0) {
		*ret = aw_sim_doc_by(all, "DisplayName", value);
	} else {
		aw_diag_set(diag, "AttributePath: not supported");
		return -EINVAL;
	}
	return 0;
}

int aw_sim_store_alternate(struct json_object *all, bool is_user,
    struct json_object *id, struct json_object **ret, struct aw_diag *diag)
{
	struct json_object *attribute;
	struct json_object *external;

	if (aw_sim_shape_check(id, union_fields, false, diag) != 0)
		return -EINVAL;
	attribute = json_object_object_get(id, "UniqueAttribute");
	external = json_object_object_get(id, "ExternalId");
	if ((attribute == NULL) == (external == NULL)) {
		aw_diag_set(
		    diag, "AlternateIdentifier: not exactly one member");
		return -EINVAL;
	}
	if (attribute != NULL)
		return by_attribute(all, is_user, attribute, ret, diag);
	if (aw_sim_shape_check(external, external_fields, false, diag) != 0)
		return -EINVAL;
	*ret = by_element(all, "ExternalIds",
	    (const char *const[2]){ "Issuer", aw_sim_text(external, "Issuer") },
	    (const char *const[2]){ "Id", aw_sim_text(external, "Id") });
	return 0;
}
