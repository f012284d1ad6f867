/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts to fields.
 */
#include "awssso_netd/reply.h"

#include <string.h>

#include "common/fault.h"

void aw_reply_why(struct aw_wire_out *out, const struct aw_diag *why)
{
	char text[sizeof(why->text)];

	if (!why || !why->text[0])
		return;
	if (why->fault)
		aw_wire_put_text(out, AW_TAG_FAULT, why->fault->id);
	/* A sentence that was cut off may end amid a character. */
	if (aw_text_is_clean(why->text, strlen(why->text)))
		aw_wire_put_text(out, AW_TAG_TEXT, why->text);
	else
		aw_wire_put_text(out, AW_TAG_TEXT,
		    aw_text_escape(text, sizeof(text), why->text));
}

void aw_reply_net(
    struct aw_wire_out *out, enum aw_net net, const struct aw_diag *why)
{
	aw_wire_put_num(out, AW_TAG_NET, (uint64_t)net);
	if (net != AW_NET_OK)
		aw_reply_why(out, why);
}

static void put_if(struct aw_wire_out *out, uint16_t tag, const char *text)
{
	if (*text)
		aw_wire_put_text(out, tag, text);
}

void aw_reply_person(struct aw_wire_out *out, const struct aw_person *person)
{
	const char *group;
	size_t at = 0;

	if (!person)
		return;
	aw_wire_put_text(out, AW_TAG_PRINCIPAL_ID, person->principal_id);
	aw_wire_put_text(out, AW_TAG_USER_NAME, person->user_name);
	aw_wire_put_text(out, AW_TAG_DISPLAY_NAME, person->display_name);
	put_if(out, AW_TAG_USER_STATUS, person->status);
	if (person->groups_unknown)
		aw_wire_put_num(out, AW_TAG_GROUPS_UNKNOWN, 1);
	if (person->is_assigned)
		aw_wire_put_num(out, AW_TAG_ASSIGNED, 1);
	while ((group = aw_person_next_group(person, &at)) != NULL)
		aw_wire_put_text(out, AW_TAG_GROUP_ID, group);
}

static void put_roles(
    struct aw_wire_out *out, const struct aw_portal_list *roles)
{
	const char *role, *account;
	size_t at = 0;

	while (aw_portal_list_next(roles, &at, &role, &account) == 0)
		aw_wire_put_text(out, AW_TAG_ROLE, role);
}

void aw_reply_roles(struct aw_wire_out *out, const struct aw_portal_list *roles)
{
	if (!roles)
		return;
	put_roles(out, roles);
	aw_wire_put_num(out, AW_TAG_ROLES_KNOWN, 1);
}

void aw_reply_request(
    struct aw_wire_out *out, const char *operation, const char *id)
{
	char text[AW_REQUEST_ID_SIZE + 64];

	if (id && *id &&
	    aw_fmt(text, sizeof(text), "%s %s", operation, id) == 0)
		aw_wire_put_text(out, AW_TAG_AWS_REQUEST, text);
}

void aw_reply_code(struct aw_wire_out *out, const struct aw_device_code *code)
{
	aw_wire_put_text(out, AW_TAG_URI, code->uri);
	aw_wire_put_text(out, AW_TAG_URI_COMPLETE, code->uri_complete);
	aw_wire_put_text(out, AW_TAG_USER_CODE, code->user_code);
	aw_wire_put_num(out, AW_TAG_EXPIRES_IN, code->expires_in);
	aw_wire_put_num(out, AW_TAG_INTERVAL, code->interval);
}

void aw_reply_flow(struct aw_wire_out *out, const struct aw_flow_end *end)
{
	const struct aw_identity_end *identity = end->identity;

	aw_reply_net(out, end->net, &end->why);
	aw_reply_person(out, end->person);
	if (end->net != AW_NET_OK || !identity)
		return;
	aw_wire_put_text(out, AW_TAG_ASKED_ACCOUNT, identity->asked_account);
	aw_wire_put_text(out, AW_TAG_ASKED_SET, identity->asked_set);
	aw_wire_put_text(out, AW_TAG_ARN, identity->sts->arn);
	aw_wire_put_text(out, AW_TAG_STS_ACCOUNT, identity->sts->account);
	aw_reply_roles(out, identity->roles);
	for (size_t i = 1; end->accounts && i < end->accounts->n; i++) {
		if (!identity->more[i - 1])
			continue;
		aw_wire_put_text(out, AW_TAG_ACCOUNT, end->accounts->id[i]);
		put_roles(out, identity->more[i - 1]);
	}
	aw_reply_request(out, "CreateToken", end->token_request_id);
	aw_reply_request(out, "GetRoleCredentials", identity->keys_request_id);
	aw_reply_request(out, "GetCallerIdentity", identity->sts_request_id);
	aw_reply_request(out, "DescribeUser", end->person_request_id);
}
