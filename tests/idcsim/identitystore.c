/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store: the directory as the host's own keys may read it.
 */
#include "tests/idcsim/service.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/answer.h"
#include "tests/idcsim/json11.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"
#include "tests/idcsim/store_json.h"

#define STORE_FIELD                                           \
	{                                                     \
		"IdentityStoreId", AW_SIM_STRING, true, 1, 36 \
	}
#define END_FIELD                    \
	{                            \
		NULL, 0, false, 0, 0 \
	}

static const struct aw_sim_field list_fields[] = {
	STORE_FIELD,
	AW_SIM_PAGING_FIELDS,
	{ "Filters", AW_SIM_ARRAY, false, 0, 1 },
	{ "Extensions", AW_SIM_STRINGS, false, 1, 10 },
	END_FIELD,
};
static const struct aw_sim_field filter_fields[] = {
	{ "AttributePath", AW_SIM_STRING, true, 1, 255 },
	{ "AttributeValue", AW_SIM_STRING, true, 1, 1024 },
	END_FIELD,
};
static const struct aw_sim_field user_fields[] = {
	STORE_FIELD,
	{ "UserId", AW_SIM_STRING, true, 1, 47 },
	{ "Extensions", AW_SIM_STRINGS, false, 1, 10 },
	END_FIELD,
};
static const struct aw_sim_field group_fields[] = {
	STORE_FIELD,
	{ "GroupId", AW_SIM_STRING, true, 1, 47 },
	END_FIELD,
};
static const struct aw_sim_field alternate_fields[] = {
	STORE_FIELD,
	{ "AlternateIdentifier", AW_SIM_OBJECT, true, 0, 0 },
	END_FIELD,
};
static const struct aw_sim_field members_fields[] = {
	STORE_FIELD,
	{ "GroupId", AW_SIM_STRING, true, 1, 47 },
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field member_of_fields[] = {
	STORE_FIELD,
	{ "MemberId", AW_SIM_OBJECT, true, 0, 0 },
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field in_groups_fields[] = {
	STORE_FIELD,
	{ "MemberId", AW_SIM_OBJECT, true, 0, 0 },
	{ "GroupIds", AW_SIM_STRINGS, true, 1, 100 },
	END_FIELD,
};
static const struct aw_sim_field member_fields[] = {
	{ "UserId", AW_SIM_STRING, true, 1, 47 },
	END_FIELD,
};

static void not_found(
    struct aw_sim_call *call, const char *type, const char *id)
{
	struct json_object *doc = json_object_new_object();

	(void)json_object_object_add(
	    doc, "ResourceType", json_object_new_string(type));
	(void)json_object_object_add(
	    doc, "ResourceId", json_object_new_string(id));
	(void)json_object_object_add(
	    doc, "RequestId", json_object_new_string(call->request_id));
	aw_sim_error_with(call, 400, "ResourceNotFoundException",
	    strcmp(type, "USER") == 0    ? "USER not found."
	    : strcmp(type, "GROUP") == 0 ? "GROUP not found."
					 : "IDENTITY_STORE not found.",
	    doc);
}

/* The request's body, its store checked; or NULL: it is answered. */
static struct json_object *open_body(
    struct aw_sim_call *call, const struct aw_sim_field *fields)
{
	struct json_object *body;
	const char *store;

	if (aw_sim_json11_open(call, fields, &body) != 0)
		return NULL;
	store = aw_sim_text(body, "IdentityStoreId");
	if (strcmp(store, call->sim->store_id) == 0)
		return body;
	not_found(call, "IDENTITY_STORE", store);
	(void)json_object_put(body);
	return NULL;
}

/* UUID, with or without ten hex digits in front. */
static bool is_resource_id(const char *id)
{
	static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
	const size_t len = strlen(id);

	if (len == 47 && id[10] == '-' && strspn(id, "0123456789abcdef") == 10)
		id += 11;
	else if (len != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		if (form[i] == 'x' ? !strchr("0123456789abcdefABCDEF", id[i])
				   : id[i] != '-')
			return false;
	}
	return true;
}

/* The document with this id, or NULL: it is answered. */
static struct json_object *open_by_id(struct aw_sim_call *call,
    struct json_object *map, const char *type, const char *id)
{
	struct json_object *doc;

	if (json_object_object_get_ex(map, id, &doc))
		return doc;
	if (is_resource_id(id))
		not_found(call, type, id);
	else
		aw_sim_json11_invalid(call, "not the form of an id");
	return NULL;
}

/* The person in the union MemberId, or NULL: it is answered. */
static struct json_object *open_member(
    struct aw_sim_call *call, struct json_object *body)
{
	struct json_object *member = json_object_object_get(body, "MemberId");
	struct aw_diag diag = { .text = "" };

	if (aw_sim_shape_check(member, member_fields, false, &diag) != 0) {
		aw_sim_json11_invalid(call, diag.text);
		return NULL;
	}
	return open_by_id(
	    call, call->sim->user_by_id, "USER", aw_sim_text(member, "UserId"));
}

/*
 * The rows of @all that the deprecated filter leaves: all without one, at
 * most one with.  Returns a list to be put, or NULL: it is answered.
 */
static struct json_object *filtered(struct aw_sim_call *call,
    struct json_object *body, struct json_object *all, const char *attribute)
{
	struct json_object *filters = json_object_object_get(body, "Filters");
	struct json_object *filter;
	struct json_object *rows;
	struct json_object *doc;
	struct aw_diag diag = { .text = "" };

	if (filters == NULL || json_object_array_length(filters) == 0)
		return json_object_get(all);
	filter = json_object_array_get_idx(filters, 0);
	if (!json_object_is_type(filter, json_type_object) ||
	    aw_sim_shape_check(filter, filter_fields, false, &diag) != 0 ||
	    strcmp(aw_sim_text(filter, "AttributePath"), attribute) != 0) {
		aw_sim_json11_invalid(call, "Filters: not valid");
		return NULL;
	}
	rows = json_object_new_array();
	doc = aw_sim_doc_by(
	    all, attribute, aw_sim_text(filter, "AttributeValue"));
	if (doc != NULL)
		(void)json_object_array_add(rows, json_object_get(doc));
	return rows;
}

static void list_docs(struct aw_sim_call *call, struct json_object *all,
    const char *name, const char *attribute,
    struct json_object *(*render)(
	const struct aw_sim *sim, struct json_object *doc))
{
	struct json_object *body = open_body(call, list_fields);
	struct json_object *rows;
	struct json_object *list;
	struct aw_sim_page page;

	if (body == NULL)
		return;
	rows = filtered(call, body, all, attribute);
	if (rows != NULL &&
	    aw_sim_json11_page(
		call, body, json_object_array_length(rows), name, &page) == 0) {
		list = json_object_new_array();
		for (size_t i = 0; i < page.n; i++)
			(void)json_object_array_add(
			    list, render(call->sim, json_object_array_get_idx(
							rows, page.first + i)));
		aw_sim_json11_list(call, name, list, &page);
	}
	(void)json_object_put(rows);
	(void)json_object_put(body);
}

static void list_users(struct aw_sim_call *call)
{
	list_docs(
	    call, call->sim->users, "Users", "UserName", aw_sim_user_json);
}

static void list_groups(struct aw_sim_call *call)
{
	list_docs(call, call->sim->groups, "Groups", "DisplayName",
	    aw_sim_group_json);
}

static void describe_user(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, user_fields);
	struct json_object *user;

	if (body == NULL)
		return;
	user = open_by_id(
	    call, call->sim->user_by_id, "USER", aw_sim_text(body, "UserId"));
	if (user != NULL) {
		aw_ignore(aw_fmt(call->user, sizeof(call->user), "%s",
		    aw_sim_text(user, "UserName")));
		aw_sim_answer_json(call, aw_sim_user_json(call->sim, user));
	}
	(void)json_object_put(body);
}

static void describe_group(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, group_fields);
	struct json_object *group;

	if (body == NULL)
		return;
	group = open_by_id(call, call->sim->group_by_id, "GROUP",
	    aw_sim_text(body, "GroupId"));
	if (group != NULL)
		aw_sim_answer_json(call, aw_sim_group_json(call->sim, group));
	(void)json_object_put(body);
}

static void find_alternate(
    struct aw_sim_call *call, struct json_object *all, bool is_user)
{
	struct json_object *body = open_body(call, alternate_fields);
	const char *key = is_user ? "UserId" : "GroupId";
	struct json_object *answer;
	struct json_object *doc = NULL;
	struct aw_diag diag = { .text = "" };

	if (body == NULL)
		return;
	if (aw_sim_store_alternate(all, is_user,
		json_object_object_get(body, "AlternateIdentifier"), &doc,
		&diag) < 0) {
		aw_sim_json11_invalid(call, diag.text);
	} else if (doc == NULL) {
		not_found(call, is_user ? "USER" : "GROUP", "");
	} else {
		answer = json_object_new_object();
		(void)json_object_object_add(answer, "IdentityStoreId",
		    json_object_new_string(call->sim->store_id));
		(void)json_object_object_add(
		    answer, key, json_object_new_string(aw_sim_text(doc, key)));
		aw_sim_answer_json(call, answer);
	}
	(void)json_object_put(body);
}

static void get_user_id(struct aw_sim_call *call)
{
	find_alternate(call, call->sim->users, true);
}

static void get_group_id(struct aw_sim_call *call)
{
	find_alternate(call, call->sim->groups, false);
}

static void list_memberships(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, members_fields);
	struct json_object *group;
	struct json_object *members;
	struct json_object *list;
	struct aw_sim_page page;
	const char *id;

	if (body == NULL)
		return;
	id = aw_sim_text(body, "GroupId");
	group = open_by_id(call, call->sim->group_by_id, "GROUP", id);
	members = json_object_object_get(group, "Members");
	if (group != NULL &&
	    aw_sim_json11_page(call, body, json_object_array_length(members),
		id, &page) == 0) {
		list = json_object_new_array();
		for (size_t i = 0; i < page.n; i++)
			(void)json_object_array_add(
			    list, aw_sim_membership_json(call->sim, id,
				      json_object_get_string(
					  json_object_array_get_idx(
					      members, page.first + i))));
		aw_sim_json11_list(call, "GroupMemberships", list, &page);
	}
	(void)json_object_put(body);
}

/* The ids of the groups that @user_id is in: a list to be put. */
static struct json_object *groups_of(struct aw_sim *sim, const char *user_id)
{
	struct json_object *ids = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(sim->groups); i++) {
		struct json_object *group =
		    json_object_array_get_idx(sim->groups, i);

		if (aw_sim_is_member(group, user_id))
			(void)json_object_array_add(
			    ids, json_object_new_string(
				     aw_sim_text(group, "GroupId")));
	}
	return ids;
}

static void list_member_of(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, member_of_fields);
	struct json_object *user;
	struct json_object *ids = NULL;
	struct json_object *list;
	struct aw_sim_page page;
	const char *id;

	if (body == NULL)
		return;
	user = open_member(call, body);
	id = aw_sim_text(user, "UserId");
	if (user != NULL)
		ids = groups_of(call->sim, id);
	if (ids != NULL && aw_sim_json11_page(call, body,
			       json_object_array_length(ids), id, &page) == 0) {
		list = json_object_new_array();
		for (size_t i = 0; i < page.n; i++)
			(void)json_object_array_add(
			    list, aw_sim_membership_json(call->sim,
				      json_object_get_string(
					  json_object_array_get_idx(
					      ids, page.first + i)),
				      id));
		aw_sim_json11_list(call, "GroupMemberships", list, &page);
	}
	(void)json_object_put(ids);
	(void)json_object_put(body);
}

static void is_member_in(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, in_groups_fields);
	struct json_object *ids;
	struct json_object *user;
	struct json_object *results;
	struct json_object *answer;

	if (body == NULL)
		return;
	user = open_member(call, body);
	ids = json_object_object_get(body, "GroupIds");
	results = json_object_new_array();
	for (size_t i = 0; user && i < json_object_array_length(ids); i++) {
		const char *id =
		    json_object_get_string(json_object_array_get_idx(ids, i));
		struct json_object *group =
		    open_by_id(call, call->sim->group_by_id, "GROUP", id);

		if (group == NULL)
			user = NULL; /* it is answered */
		else
			(void)json_object_array_add(
			    results, aw_sim_member_result_json(id,
					 aw_sim_text(user, "UserId"),
					 aw_sim_is_member(group,
					     aw_sim_text(user, "UserId"))));
	}
	answer = json_object_new_object();
	(void)json_object_object_add(answer, "Results", results);
	if (user != NULL)
		aw_sim_answer_json(call, answer);
	else
		(void)json_object_put(answer);
	(void)json_object_put(body);
}

static const struct aw_sim_op ops[] = {
	{ "ListUsers", list_users, NULL, NULL },
	{ "DescribeUser", describe_user, NULL, NULL },
	{ "GetUserId", get_user_id, NULL, NULL },
	{ "ListGroups", list_groups, NULL, NULL },
	{ "DescribeGroup", describe_group, NULL, NULL },
	{ "GetGroupId", get_group_id, NULL, NULL },
	{ "ListGroupMemberships", list_memberships, NULL, NULL },
	{ "ListGroupMembershipsForMember", list_member_of, NULL, NULL },
	{ "IsMemberInGroups", is_member_in, NULL, NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	return aw_sim_op_by_target(ops, req, "AWSIdentityStore.");
}

const struct aw_sim_service aw_sim_identitystore = { "identitystore",
	AW_SIM_JSON11, find };
