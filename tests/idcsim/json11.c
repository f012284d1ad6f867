/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signed JSON 1.1 calls: rate, signature, right, body, in AWS's order.
 */
#include "tests/idcsim/json11.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/answer.h"
#include "tests/idcsim/sigv4_check.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define RATE 20 /* requests a second */

static void refuse_signature(
    struct aw_sim_call *call, enum aw_sim_sig why, const char *message)
{
	static const struct {
		const char *code;
		unsigned status;
	} answers[] = {
		[AW_SIM_SIG_MISSING] = { "MissingAuthenticationTokenException",
		    400 },
		[AW_SIM_SIG_INCOMPLETE] = { "IncompleteSignatureException",
		    400 },
		[AW_SIM_SIG_UNKNOWN_KEY] = { "UnrecognizedClientException",
		    400 },
		[AW_SIM_SIG_EXPIRED_KEY] = { "ExpiredTokenException", 400 },
		[AW_SIM_SIG_SKEW] = { "InvalidSignatureException", 403 },
		[AW_SIM_SIG_MISMATCH] = { "InvalidSignatureException", 403 },
	};

	aw_sim_error(call, answers[why].status, answers[why].code, message);
}

/* The Identity Store counts per operation, SSO admin all together. */
static bool is_throttled(struct aw_sim_call *call)
{
	struct aw_sim *sim = call->sim;
	const bool is_store = strcmp(call->service->name, "identitystore") == 0;

	return sim->throttle &&
	       !aw_sim_rate_take(&sim->rates,
		   is_store ? call->op->name : call->service->name, RATE,
		   aw_sim_now_ms(sim));
}

static int check_caller(struct aw_sim_call *call)
{
	const struct aw_sim_key *key = NULL;
	struct aw_diag diag = { .text = "" };
	const int r = aw_sim_sigv4_check(call->sim, call->req,
	    call->service->name, call->region, &key, &diag);

	if (r != 0) {
		refuse_signature(call, (enum aw_sim_sig)r, diag.text);
		return -EINVAL;
	}
	if (call->effect.on[AW_SIM_EXPIRE]) {
		aw_sim_error_expired(call);
		return -EINVAL;
	}
	if (!key->reads || call->effect.on[AW_SIM_DENY]) {
		aw_sim_error(call, 400, "AccessDeniedException",
		    "The caller is not authorized to perform this operation");
		return -EINVAL;
	}
	return 0;
}

void aw_sim_json11_invalid(struct aw_sim_call *call, const char *why)
{
	aw_sim_error(call, 400, "ValidationException", why);
}

static int read_body(struct aw_sim_call *call,
    const struct aw_sim_field *fields, struct json_object **ret)
{
	struct json_object *doc = NULL;
	struct aw_diag diag = { .text = "" };

	if (!aw_sim_req_is_type(call->req, "application/x-amz-json-1.1") ||
	    aw_sim_shape_parse(
		call->req->body, call->req->body_len, &doc, &diag) != 0 ||
	    !json_object_is_type(doc, json_type_object)) {
		(void)json_object_put(doc);
		aw_sim_error(call, 400, "SerializationException", diag.text);
		return -EINVAL;
	}
	if (aw_sim_shape_check(doc, fields, false, &diag) == 0) {
		*ret = doc;
		return 0;
	}
	(void)json_object_put(doc);
	aw_sim_json11_invalid(call, diag.text);
	return -EINVAL;
}

int aw_sim_json11_open(struct aw_sim_call *call,
    const struct aw_sim_field *fields, struct json_object **ret)
{
	if (is_throttled(call)) {
		aw_sim_error_throttled(call);
		return -EINVAL;
	}
	if (check_caller(call) != 0)
		return -EINVAL;
	return read_body(call, fields, ret);
}

int aw_sim_json11_page(struct aw_sim_call *call, struct json_object *body,
    size_t total, const char *scope, struct aw_sim_page *ret)
{
	struct json_object *max = json_object_object_get(body, "MaxResults");

	if (aw_sim_page_of(call, total,
		max ? (size_t)json_object_get_int64(max) : 0,
		aw_sim_str(body, "NextToken"), scope, ret) == 0)
		return 0;
	aw_sim_json11_invalid(call, "NextToken: not valid");
	return -EINVAL;
}

void aw_sim_json11_list(struct aw_sim_call *call, const char *name,
    struct json_object *rows, const struct aw_sim_page *page)
{
	struct json_object *answer = json_object_new_object();

	(void)json_object_object_add(answer, name, rows);
	if (page->next[0])
		(void)json_object_object_add(
		    answer, "NextToken", json_object_new_string(page->next));
	aw_sim_answer_json(call, answer);
}
