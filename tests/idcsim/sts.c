/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STS: GetCallerIdentity, signed, by POST or by a presigned GET; what assumes
 * a role is in assume.c.
 */
#include "tests/idcsim/service.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/assume.h"
#include "tests/idcsim/host.h"
#include "tests/idcsim/sigv4_check.h"
#include "tests/idcsim/sim.h"

#define VERSION "2011-06-15"

static bool wants_json(const struct aw_sim_call *call)
{
	const char *accept = aw_sim_req_header(call->req, "Accept");

	return accept != NULL && strcmp(accept, "application/json") == 0;
}

static void answer_xml(struct aw_sim_call *call, const struct aw_sim_key *key)
{
	const char *const parts[][2] = {
		{ "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws."
		  "com/doc/2011-06-15/\">\n  <GetCallerIdentityResult>\n"
		  "    <Arn>",
		    key->arn },
		{ "</Arn>\n    <UserId>", key->principal },
		{ "</UserId>\n    <Account>", key->account },
		{ "</Account>\n  </GetCallerIdentityResult>\n"
		  "  <ResponseMetadata>\n    <RequestId>",
		    call->request_id },
		{ "</RequestId>\n  </ResponseMetadata>\n"
		  "</GetCallerIdentityResponse>\n",
		    "" },
	};

	aw_sim_answer_text(call, "");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		aw_buf_str(&call->body, parts[i][0]);
		aw_sim_escape(&call->body, parts[i][1]);
	}
	call->type = "text/xml";
}

static void add(
    struct json_object *doc, const char *key, struct json_object *value)
{
	(void)json_object_object_add(doc, key, value);
}

static void answer_json(struct aw_sim_call *call, const struct aw_sim_key *key)
{
	struct json_object *result = json_object_new_object();
	struct json_object *metadata = json_object_new_object();
	struct json_object *response = json_object_new_object();
	struct json_object *answer = json_object_new_object();

	add(result, "Account", json_object_new_string(key->account));
	add(result, "Arn", json_object_new_string(key->arn));
	add(result, "UserId", json_object_new_string(key->principal));
	add(metadata, "RequestId", json_object_new_string(call->request_id));
	add(response, "GetCallerIdentityResult", result);
	add(response, "ResponseMetadata", metadata);
	add(answer, "GetCallerIdentityResponse", response);
	aw_sim_answer_json(call, answer);
}

static void refuse(
    struct aw_sim_call *call, enum aw_sim_sig why, const char *message)
{
	static const char *const codes[] = {
		[AW_SIM_SIG_MISSING] = "MissingAuthenticationToken",
		[AW_SIM_SIG_INCOMPLETE] = "IncompleteSignature",
		[AW_SIM_SIG_UNKNOWN_KEY] = "InvalidClientTokenId",
		[AW_SIM_SIG_EXPIRED_KEY] = "ExpiredToken",
		[AW_SIM_SIG_SKEW] = "SignatureDoesNotMatch",
		[AW_SIM_SIG_MISMATCH] = "SignatureDoesNotMatch",
	};

	aw_sim_error(call, why == AW_SIM_SIG_INCOMPLETE ? 400 : 403, codes[why],
	    message);
}

/* Who signed, or NULL when that is answered. */
static const struct aw_sim_key *signer(struct aw_sim_call *call)
{
	const struct aw_sim_key *key = NULL;
	struct aw_sim_host host;
	struct aw_diag diag = { .text = "" };
	int r;

	aw_sim_host_parse(aw_sim_req_header(call->req, "Host"), &host);
	/* Signed for the region that was asked, whichever that is. */
	r = aw_sim_sigv4_check(call->sim, call->req, "sts",
	    host.region[0] ? host.region : NULL, &key, &diag);
	if (r == 0 && !call->effect.on[AW_SIM_EXPIRE])
		return key;
	if (r == 0)
		aw_sim_error_expired(call);
	else
		refuse(call, (enum aw_sim_sig)r, diag.text);
	return NULL;
}

static void get_caller_identity(struct aw_sim_call *call)
{
	const struct aw_sim_key *key = signer(call);
	const char *session;

	if (key == NULL)
		return;
	session = strchr(key->principal, ':');
	aw_ignore(aw_copy(call->user, sizeof(call->user),
	    session ? session + 1 : key->principal));
	if (wants_json(call))
		answer_json(call, key);
	else
		answer_xml(call, key);
}

static void assume_role(struct aw_sim_call *call)
{
	const struct aw_sim_key *key = signer(call);

	if (key != NULL)
		aw_sim_assume_role(call, key);
}

static const struct aw_sim_op ops[] = {
	{ "GetCallerIdentity", get_caller_identity, NULL, NULL },
	{ "AssumeRole", assume_role, "POST", NULL },
	{ "AssumeRoleWithWebIdentity", aw_sim_assume_web, "POST", NULL },
	{ NULL, NULL, NULL, NULL },
};

static const struct aw_sim_op *find(
    const struct aw_sim *sim AW_UNUSED, const struct aw_sim_req *req)
{
	const char *args = req->query;
	char action[64];
	char version[16];

	if (strcmp(req->path, "/") != 0)
		return NULL;
	if (strcmp(req->method, "POST") == 0) {
		if (!aw_sim_req_is_type(
			req, "application/x-www-form-urlencoded"))
			return NULL;
		args = req->body;
	}
	if (aw_sim_arg_get(args, "Action", action, sizeof(action)) != 0 ||
	    aw_sim_arg_get(args, "Version", version, sizeof(version)) != 0 ||
	    strcmp(version, VERSION) != 0)
		return NULL;
	for (const struct aw_sim_op *op = ops; op->name; op++) {
		if (strcmp(op->name, action) == 0 &&
		    (op->method == NULL ||
			strcmp(op->method, req->method) == 0))
			return op;
	}
	return NULL;
}

const struct aw_sim_service aw_sim_sts = { "sts", AW_SIM_QUERY, find };
