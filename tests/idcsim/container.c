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
#include "tests/idcsim/crypto.h"
#include "tests/idcsim/service.h"
#include "tests/idcsim/sim.h"

void aw_sim_container_token(
    const struct aw_sim *sim, int64_t ends_ms, char ret[64])
{
	uint8_t digest[AW_SIM_HASH];
	char hash[AW_SIM_HEX];
	char text[48];

	aw_ignore(
	    aw_fmt(text, sizeof(text), "container %lld", (long long)ends_ms));
	aw_sim_hmac(
	    sim->secret, sizeof(sim->secret), text, strlen(text), digest);
	aw_sim_hex(digest, 16, hash);
	aw_ignore(aw_fmt(ret, 64, "%lld.%s", (long long)ends_ms, hash));
}

static bool has_token(const struct aw_sim_call *call)
{
	const char *token = aw_sim_req_header(call->req, "Authorization");
	char end[24];
	char mine[64];
	uint64_t ends_ms;

	if (token == NULL || call->effect.on[AW_SIM_EXPIRE] ||
	    aw_fmt(end, sizeof(end), "%.*s", (int)strcspn(token, "."), token) !=
		0 ||
	    aw_num_u64(end, 0, INT64_MAX, &ends_ms) != 0)
		return false;
	aw_sim_container_token(call->sim, (int64_t)ends_ms, mine);
	return aw_sim_same(mine, token) &&
	       (int64_t)ends_ms > aw_sim_now_ms(call->sim);
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
	if (has_token(call))
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
