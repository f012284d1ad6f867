/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSO admin: instances, permission sets and who is assigned to them.
 */
#include "tests/idcsim/service.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/answer.h"
#include "tests/idcsim/json11.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define INSTANCE_FIELD                                       \
	{                                                    \
		"InstanceArn", AW_SIM_STRING, true, 10, 1224 \
	}
#define ACCOUNT_FIELD                                    \
	{                                                \
		"AccountId", AW_SIM_STRING, true, 12, 12 \
	}
#define SET_FIELD                                                 \
	{                                                         \
		"PermissionSetArn", AW_SIM_STRING, true, 10, 1224 \
	}
#define END_FIELD                    \
	{                            \
		NULL, 0, false, 0, 0 \
	}

static const struct aw_sim_field instances_fields[] = {
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field instance_fields[] = {
	INSTANCE_FIELD,
	END_FIELD,
};
static const struct aw_sim_field sets_fields[] = {
	INSTANCE_FIELD,
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field provisioned_fields[] = {
	INSTANCE_FIELD,
	ACCOUNT_FIELD,
	{ "ProvisioningStatus", AW_SIM_STRING, false, 1, 64 },
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field set_fields[] = {
	INSTANCE_FIELD,
	SET_FIELD,
	END_FIELD,
};
static const struct aw_sim_field assignments_fields[] = {
	INSTANCE_FIELD,
	ACCOUNT_FIELD,
	SET_FIELD,
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field principal_fields[] = {
	INSTANCE_FIELD,
	{ "PrincipalId", AW_SIM_STRING, true, 1, 47 },
	{ "PrincipalType", AW_SIM_STRING, true, 4, 5 },
	{ "Filter", AW_SIM_OBJECT, false, 0, 0 },
	AW_SIM_PAGING_FIELDS,
	END_FIELD,
};
static const struct aw_sim_field filter_fields[] = {
	{ "AccountId", AW_SIM_STRING, false, 12, 12 },
	END_FIELD,
};

static void not_found(struct aw_sim_call *call, const char *what)
{
	aw_sim_error(call, 400, "ResourceNotFoundException", what);
}

/* The request's body, its instance checked; or NULL: it is answered. */
static struct json_object *open_body(
    struct aw_sim_call *call, const struct aw_sim_field *fields)
{
	struct json_object *body;

	if (aw_sim_json11_open(call, fields, &body) != 0)
		return NULL;
	if (strcmp(aw_sim_text(body, "InstanceArn"), call->sim->instance_arn) ==
	    0)
		return body;
	not_found(call, "Instance not found");
	(void)json_object_put(body);
	return NULL;
}

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static struct json_object *instance_json(const struct aw_sim *sim)
{
	struct json_object *doc = json_object_new_object();

	add(doc, "InstanceArn", sim->instance_arn);
	add(doc, "IdentityStoreId", sim->store_id);
	add(doc, "OwnerAccountId",
	    aw_sim_text(
		json_object_array_get_idx(sim->accounts, 0), "AccountId"));
	add(doc, "Status", "ACTIVE");
	(void)json_object_object_add(doc, "CreatedDate",
	    json_object_new_double_s(1727780645.123, "1727780645.123"));
	return doc;
}

/* Answer with the page of @rows (taken) that @body asks for. */
static void answer_rows(struct aw_sim_call *call, struct json_object *body,
    const char *name, struct json_object *rows, const char *scope)
{
	struct json_object *list;
	struct aw_sim_page page;

	if (aw_sim_json11_page(call, body, json_object_array_length(rows),
		scope, &page) == 0) {
		list = json_object_new_array();
		for (size_t i = 0; i < page.n; i++)
			(void)json_object_array_add(
			    list, json_object_get(json_object_array_get_idx(
				      rows, page.first + i)));
		aw_sim_json11_list(call, name, list, &page);
	}
	(void)json_object_put(rows);
}

static void list_instances(struct aw_sim_call *call)
{
	struct json_object *body;
	struct json_object *rows;

	if (aw_sim_json11_open(call, instances_fields, &body) != 0)
		return;
	rows = json_object_new_array();
	(void)json_object_array_add(rows, instance_json(call->sim));
	answer_rows(call, body, "Instances", rows, "");
	(void)json_object_put(body);
}

static void describe_instance(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, instance_fields);

	if (body == NULL)
		return;
	aw_sim_answer_json(call, instance_json(call->sim));
	(void)json_object_put(body);
}

static bool has_assignment_in(struct json_object *set, const char *account)
{
	struct json_object *all = json_object_object_get(set, "Assignments");

	return aw_sim_doc_by(all, "AccountId", account) != NULL;
}

/* The ARNs of all permission sets, or of those with assignments in @account. */
static void answer_sets(
    struct aw_sim_call *call, struct json_object *body, const char *account)
{
	struct json_object *sets = call->sim->sets;
	struct json_object *rows = json_object_new_array();

	for (size_t i = 0; i < json_object_array_length(sets); i++) {
		struct json_object *set = json_object_array_get_idx(sets, i);

		if (account == NULL || has_assignment_in(set, account))
			(void)json_object_array_add(
			    rows, json_object_new_string(
				      aw_sim_text(set, "PermissionSetArn")));
	}
	answer_rows(call, body, "PermissionSets", rows, account ? account : "");
}

static void list_sets(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, sets_fields);

	if (body == NULL)
		return;
	answer_sets(call, body, NULL);
	(void)json_object_put(body);
}

/* Nobody changes a set here after it was provisioned, so none lags behind. */
static void list_provisioned(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, provisioned_fields);
	const char *status;

	if (body == NULL)
		return;
	status = aw_sim_text(body, "ProvisioningStatus");
	if (status[0] == '\0' ||
	    strcmp(status, "LATEST_PERMISSION_SET_PROVISIONED") == 0)
		answer_sets(call, body, aw_sim_text(body, "AccountId"));
	else if (strcmp(status, "LATEST_PERMISSION_SET_NOT_PROVISIONED") == 0)
		answer_rows(call, body, "PermissionSets",
		    json_object_new_array(), "not");
	else
		aw_sim_json11_invalid(call, "ProvisioningStatus: not valid");
	(void)json_object_put(body);
}

static void describe_set(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, set_fields);
	struct json_object *set;
	struct json_object *shown;
	struct json_object *answer;

	if (body == NULL)
		return;
	set = aw_sim_doc_by(call->sim->sets, "PermissionSetArn",
	    aw_sim_text(body, "PermissionSetArn"));
	(void)json_object_put(body);
	if (set == NULL) {
		not_found(call, "PermissionSet not found");
		return;
	}
	shown = json_object_new_object();
	add(shown, "Name", aw_sim_text(set, "Name"));
	add(shown, "PermissionSetArn", aw_sim_text(set, "PermissionSetArn"));
	if (aw_sim_str(set, "Description"))
		add(shown, "Description", aw_sim_text(set, "Description"));
	add(shown, "SessionDuration", "PT1H");
	(void)json_object_object_add(shown, "CreatedDate",
	    json_object_new_double_s(1727780645.123, "1727780645.123"));
	answer = json_object_new_object();
	(void)json_object_object_add(answer, "PermissionSet", shown);
	aw_sim_answer_json(call, answer);
}

/* Add to @rows what of @set's assignments has each of these, unless NULL. */
static void add_assignments(struct json_object *rows, struct json_object *set,
    const char *account, const char *type, const char *id)
{
	struct json_object *all = json_object_object_get(set, "Assignments");

	for (size_t i = 0; i < json_object_array_length(all); i++) {
		struct json_object *one = json_object_array_get_idx(all, i);
		struct json_object *row;

		if ((account &&
			strcmp(aw_sim_text(one, "AccountId"), account) != 0) ||
		    (type &&
			strcmp(aw_sim_text(one, "PrincipalType"), type) != 0) ||
		    (id && strcmp(aw_sim_text(one, "PrincipalId"), id) != 0))
			continue;
		row = json_object_new_object();
		add(row, "AccountId", aw_sim_text(one, "AccountId"));
		add(row, "PermissionSetArn",
		    aw_sim_text(set, "PermissionSetArn"));
		add(row, "PrincipalType", aw_sim_text(one, "PrincipalType"));
		add(row, "PrincipalId", aw_sim_text(one, "PrincipalId"));
		(void)json_object_array_add(rows, row);
	}
}

static void list_assignments(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, assignments_fields);
	struct json_object *set;
	struct json_object *rows;
	const char *account;

	if (body == NULL)
		return;
	account = aw_sim_text(body, "AccountId");
	set = aw_sim_doc_by(call->sim->sets, "PermissionSetArn",
	    aw_sim_text(body, "PermissionSetArn"));
	if (set == NULL) {
		not_found(call, "PermissionSet not found");
	} else {
		rows = json_object_new_array();
		add_assignments(rows, set, account, NULL, NULL);
		answer_rows(call, body, "AccountAssignments", rows, account);
	}
	(void)json_object_put(body);
}

/* Those of the principal itself: not those it has through a group. */
static void list_for_principal(struct aw_sim_call *call)
{
	struct json_object *body = open_body(call, principal_fields);
	struct json_object *filter;
	struct json_object *rows;
	struct json_object *sets = call->sim->sets;
	struct aw_diag diag = { .text = "" };
	const char *type;

	if (body == NULL)
		return;
	type = aw_sim_text(body, "PrincipalType");
	filter = json_object_object_get(body, "Filter");
	if (strcmp(type, "USER") != 0 && strcmp(type, "GROUP") != 0) {
		aw_sim_json11_invalid(call, "PrincipalType: not valid");
	} else if (filter != NULL && aw_sim_shape_check(filter, filter_fields,
					 false, &diag) != 0) {
		aw_sim_json11_invalid(call, diag.text);
	} else {
		rows = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(sets); i++)
			add_assignments(rows,
			    json_object_array_get_idx(sets, i),
			    aw_sim_str(filter, "AccountId"), type,
			    aw_sim_text(body, "PrincipalId"));
		answer_rows(call, body, "AccountAssignments", rows,
		    aw_sim_text(body, "PrincipalId"));
	}
	(void)json_object_put(body);
}

static const struct aw_sim_op ops[] = {
	{ "ListInstances", list_instances, NULL, NULL },
	{ "DescribeInstance", describe_instance, NULL, NULL },
	{ "ListPermissionSets", list_sets, NULL, NULL },
	{ "ListPermissionSetsProvisionedToAccount", list_provisioned, NULL,
	    NULL },
	{ "DescribePermissionSet", describe_set, NULL, NULL },
	{ "ListAccountAssignments", list_assignments, NULL, NULL },
	{ "ListAccountAssignmentsForPrincipal", list_for_principal, NULL,
	    NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	return aw_sim_op_by_target(ops, req, "SWBExternalService.");
}

const struct aw_sim_service aw_sim_ssoadmin = { "sso", AW_SIM_JSON11, find };
