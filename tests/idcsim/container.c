/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agents that hand a container its role's keys: of ECS, where a path that
 * nobody can guess is enough, and of EKS Pod Identity, which wants a token.
 */
#include "tests/idcsim/container.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/service.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/token.h"

void aw_sim_container_token(
    const struct aw_sim *sim, int64_t ends_ms, char ret[64])
{
	aw_sim_token(sim, "container", ends_ms, ret);
}

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static void refuse(struct aw_sim_call *call, unsigned status, const char *code,
    const char *message)
{
	struct json_object *doc = json_object_new_object();

	add(doc, "code", code);
	add(doc, "message", message);
	aw_sim_answer_json(call, doc);
	call->status = status;
	aw_ignore(aw_copy(call->error, sizeof(call->error), code));
}

static void give_keys(struct aw_sim_call *call)
{
	const struct aw_sim_key *key = aw_sim_keys_task(call->sim);
	const int64_t now = aw_sim_now_ms(call->sim);
	struct json_object *doc;
	char text[32];

	if (call->effect.on[AW_SIM_DENY]) {
		refuse(call, 404, "NoIdInRequest",
		    "unable to get credentials for this task");
		return;
	}
	doc = json_object_new_object();
	aw_sim_log_time(call->effect.on[AW_SIM_STALE] ? now - AW_SIM_STALE_MS
						      : key->expires_ms,
	    false, text);
	add(doc, "AccessKeyId", key->id);
	add(doc, "SecretAccessKey", key->secret);
	add(doc, "Token", key->token);
	add(doc, "Expiration", text);
	add(doc, "AccountId", key->account);
	aw_sim_answer_json(call, doc);
}

static void get_pod_keys(struct aw_sim_call *call)
{
	if (aw_sim_has_token(call, "container", "Authorization"))
		give_keys(call);
	else
		refuse(call, 401, "AccessDeniedException",
		    "the token is missing or not valid");
}

static const struct aw_sim_op ops[] = {
	{ "TaskCredentials", give_keys, "GET", AW_SIM_TASK_PATH },
	{ "PodCredentials", get_pod_keys, "GET", "/v1/credentials" },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	return aw_sim_op_by_path(ops, req);
}

const struct aw_sim_service aw_sim_container = { "container", AW_SIM_TEXT,
	find };
