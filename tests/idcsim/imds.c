/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instance metadata service, version 2: nothing without a session token.
 */
#include "tests/idcsim/service.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/token.h"

#define ROLES "/latest/meta-data/iam/security-credentials/"

static void put_token(struct aw_sim_call *call)
{
	const char *ttl = aw_sim_req_header(
	    call->req, "x-aws-ec2-metadata-token-ttl-seconds");
	uint64_t seconds;
	char token[64];

	if (ttl == NULL || aw_num_u64(ttl, 1, 21600, &seconds) != 0) {
		aw_sim_error(call, 400, "BadRequest", "Bad Request");
		return;
	}
	/* A request that came through a proxy is not the instance's own. */
	if (aw_sim_req_header(call->req, "X-Forwarded-For") != NULL) {
		aw_sim_error_denied(call);
		return;
	}
	aw_sim_token(call->sim, "imds",
	    aw_sim_now_ms(call->sim) + (int64_t)seconds * 1000, token);
	aw_sim_answer_text(call, token);
}

/* Answer with @text if the request may see it. */
static void show(struct aw_sim_call *call, const char *text)
{
	if (aw_sim_has_token(call, "imds", "x-aws-ec2-metadata-token"))
		aw_sim_answer_text(call, text);
	else
		aw_sim_error(call, 401, "Unauthorized", "Unauthorized");
}

static void get_role(struct aw_sim_call *call)
{
	show(call, AW_SIM_HOST_ROLE);
}

static void get_region(struct aw_sim_call *call)
{
	show(call, call->sim->region);
}

static void get_instance(struct aw_sim_call *call)
{
	show(call, AW_SIM_INSTANCE);
}

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static void show_doc(struct aw_sim_call *call, struct json_object *doc)
{
	show(call,
	    json_object_to_json_string_ext(
		doc, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	(void)json_object_put(doc);
}

static void get_document(struct aw_sim_call *call)
{
	struct json_object *doc = json_object_new_object();
	char zone[40];

	aw_ignore(aw_fmt(zone, sizeof(zone), "%sa", call->sim->region));
	add(doc, "accountId",
	    call->effect.on[AW_SIM_FOREIGN] ? "999900001111"
					    : call->sim->host_account);
	add(doc, "architecture", "x86_64");
	add(doc, "availabilityZone", zone);
	add(doc, "instanceId", AW_SIM_INSTANCE);
	add(doc, "instanceType", "t3.micro");
	add(doc, "privateIp", "192.0.2.10");
	add(doc, "region", call->sim->region);
	add(doc, "version", "2017-09-30");
	show_doc(call, doc);
}

static void get_keys(struct aw_sim_call *call)
{
	const struct aw_sim_key *role = aw_sim_keys_role(call->sim);
	struct json_object *doc = json_object_new_object();
	char time_text[32];

	if (call->effect.on[AW_SIM_DENY]) {
		add(doc, "Code", "AssumeRoleUnauthorizedAccess");
		add(doc, "Message", "EC2 cannot assume the role.");
		show_doc(call, doc);
		return;
	}
	add(doc, "Code", "Success");
	aw_sim_log_time(aw_sim_now_ms(call->sim), false, time_text);
	add(doc, "LastUpdated", time_text);
	add(doc, "Type", "AWS-HMAC");
	add(doc, "AccessKeyId", role->id);
	add(doc, "SecretAccessKey", role->secret);
	add(doc, "Token", role->token);
	aw_sim_log_time(call->effect.on[AW_SIM_STALE]
			    ? aw_sim_now_ms(call->sim) - AW_SIM_STALE_MS
			    : role->expires_ms,
	    false, time_text);
	add(doc, "Expiration", time_text);
	show_doc(call, doc);
}

static const struct aw_sim_op ops[] = {
	{ "ImdsToken", put_token, "PUT", "/latest/api/token" },
	{ "ImdsRole", get_role, "GET", ROLES },
	{ "ImdsCredentials", get_keys, "GET", ROLES AW_SIM_HOST_ROLE },
	{ "ImdsRegion", get_region, "GET",
	    "/latest/meta-data/placement/region" },
	{ "ImdsInstance", get_instance, "GET",
	    "/latest/meta-data/instance-id" },
	{ "ImdsDocument", get_document, "GET",
	    "/latest/dynamic/instance-identity/document" },
	{ "ImdsDocument", get_document, "GET",
	    "/latest/dynamic/instance-identity/document/" },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	return aw_sim_op_by_path(ops, req);
}

const struct aw_sim_service aw_sim_imds = { "imds", AW_SIM_TEXT, find };
