/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys for a role: first the form of the request, then who is trusted, then
 * for how long, in STS's order and with its words.
 */
#include "tests/idcsim/assume.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/answer.h"
#include "tests/idcsim/role.h"
#include "tests/idcsim/sim.h"
#include "tests/idcsim/store.h"

#define LETTERS                                                          \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" \
	"_+=,.@-"
#define HOUR 3600

struct ask {
	struct json_object *role;
	char arn[2049], session[65];
	uint64_t seconds;
	char account[13], name[65];
};

static bool invalid(
    struct aw_sim_call *call, const char *value, const char *member)
{
	char text[256];

	aw_ignore(aw_fmt(text, sizeof(text),
	    "1 validation error detected: Value '%.80s' at '%s' failed to "
	    "satisfy constraint",
	    value, member));
	aw_sim_error(call, 400, "ValidationError", text);
	return false;
}

static bool has_form(
    const char *text, size_t min, size_t max, const char *letters)
{
	const size_t len = strlen(text);

	return len >= min && len <= max && strspn(text, letters) == len;
}

/* False: answered. */
static bool read_ask(struct aw_sim_call *call, struct ask *ret)
{
	const char *args = call->req->body;
	char seconds[16];

	ret->seconds = HOUR;
	if (aw_sim_arg_get(args, "RoleArn", ret->arn, sizeof(ret->arn)) != 0 ||
	    strlen(ret->arn) < 20)
		return invalid(call, ret->arn, "roleArn");
	if (aw_sim_arg_get(args, "RoleSessionName", ret->session,
		sizeof(ret->session)) != 0 ||
	    !has_form(ret->session, 2, 64, LETTERS))
		return invalid(call, ret->session, "roleSessionName");
	if (aw_sim_arg_get(args, "DurationSeconds", seconds, sizeof(seconds)) ==
		0 &&
	    aw_num_u64(seconds, 900, 43200, &ret->seconds) != 0)
		return invalid(call, seconds, "durationSeconds");
	ret->role = aw_sim_role_get(call->sim, ret->arn);
	return true;
}

static void deny(
    struct aw_sim_call *call, const char *who, const struct ask *ask)
{
	char text[3000];

	if (who == NULL)
		aw_ignore(aw_copy(text, sizeof(text),
		    "Not authorized to perform sts:AssumeRoleWithWebIdentity"));
	else
		aw_ignore(aw_fmt(text, sizeof(text),
		    "User: %s is not authorized to perform: sts:AssumeRole on "
		    "resource: %s",
		    who, ask->arn));
	aw_sim_error(call, 403, "AccessDenied", text);
}

/* --- answers ----------------------------------------------------------- */

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

static struct json_object *result_of(
    const struct aw_sim_key *key, const char *expires, const char *subject)
{
	struct json_object *result = json_object_new_object();
	struct json_object *keys = json_object_new_object();
	struct json_object *user = json_object_new_object();

	add(keys, "AccessKeyId", key->id);
	add(keys, "SecretAccessKey", key->secret);
	add(keys, "SessionToken", key->token);
	add(keys, "Expiration", expires);
	add(user, "AssumedRoleId", key->principal);
	add(user, "Arn", key->arn);
	if (subject != NULL)
		add(result, "SubjectFromWebIdentityToken", subject);
	(void)json_object_object_add(result, "AssumedRoleUser", user);
	(void)json_object_object_add(result, "Credentials", keys);
	return result;
}

/* @doc's members as elements. */
static void put_xml(struct aw_buf *out, struct json_object *doc)
{
	json_object_object_foreach(doc, key, value)
	{
		aw_buf_fmt(out, "<%s>", key);
		if (json_object_is_type(value, json_type_object))
			put_xml(out, value);
		else
			aw_sim_escape(out, json_object_get_string(value));
		aw_buf_fmt(out, "</%s>\n", key);
	}
}

static void answer(
    struct aw_sim_call *call, const struct aw_sim_key *key, const char *subject)
{
	const char *op = call->op->name;
	struct json_object *result;
	char expires[32];

	aw_sim_log_time(key->expires_ms, false, expires);
	result = result_of(key, expires, subject);
	aw_sim_answer_text(call, "");
	aw_buf_fmt(&call->body,
	    "<%sResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
	    "<%sResult>\n",
	    op, op);
	put_xml(&call->body, result);
	aw_buf_fmt(&call->body,
	    "</%sResult>\n<ResponseMetadata><RequestId>%s</RequestId>"
	    "</ResponseMetadata>\n</%sResponse>\n",
	    op, call->request_id, op);
	call->type = "text/xml";
	(void)json_object_put(result);
}

static void give_keys(
    struct aw_sim_call *call, struct ask *ask, const char *subject)
{
	struct json_object *reads =
	    json_object_object_get(ask->role, "ReadsDirectory");

	aw_sim_role_split(ask->arn, ask->account, ask->name);
	aw_ignore(aw_copy(call->user, sizeof(call->user), ask->session));
	answer(call,
	    aw_sim_keys_assumed(call->sim, ask->account, ask->name,
		ask->session, ask->seconds,
		reads == NULL || json_object_get_boolean(reads)),
	    subject);
}

/* --- operations -------------------------------------------------------- */

/* False: answered. */
static bool is_short_enough(
    struct aw_sim_call *call, const struct ask *ask, bool is_chained)
{
	struct json_object *value =
	    json_object_object_get(ask->role, "MaxSessionDuration");
	const uint64_t most =
	    value ? (uint64_t)json_object_get_int64(value) : HOUR;

	if (is_chained && ask->seconds > HOUR) {
		aw_sim_error(call, 400, "ValidationError",
		    "The requested DurationSeconds exceeds the 1 hour session "
		    "limit for roles assumed by role chaining.");
		return false;
	}
	if (ask->seconds > most) {
		aw_sim_error(call, 400, "ValidationError",
		    "The requested DurationSeconds exceeds the "
		    "MaxSessionDuration set for this role.");
		return false;
	}
	return true;
}

void aw_sim_assume_role(struct aw_sim_call *call, const struct aw_sim_key *key)
{
	const char *args = call->req->body;
	static struct ask ask;
	char external[1225];
	int r;

	memset(&ask, 0, sizeof(ask));
	if (!read_ask(call, &ask))
		return;
	r = aw_sim_arg_get(args, "ExternalId", external, sizeof(external));
	if (r == 0 && !has_form(external, 2, 1224, LETTERS ":/")) {
		(void)invalid(call, external, "externalId");
		return;
	}
	if (ask.role == NULL || call->effect.on[AW_SIM_DENY] ||
	    !aw_sim_role_trusts(
		call->sim, ask.role, key, r == 0 ? external : NULL)) {
		deny(call, key->arn, &ask);
		return;
	}
	if (is_short_enough(call, &ask, key->token[0] != '\0'))
		give_keys(call, &ask, NULL);
}

static void refuse_token(
    struct aw_sim_call *call, enum aw_sim_web why, const struct ask *ask)
{
	switch (why) {
	case AW_SIM_WEB_EXPIRED:
		aw_sim_error(call, 400, "ExpiredTokenException",
		    "Token expired: current date/time must be before the "
		    "expiration date/time");
		return;
	case AW_SIM_WEB_PROVIDER:
		aw_sim_error(call, 400, "InvalidIdentityToken",
		    "No OpenIDConnect provider found in your account");
		return;
	case AW_SIM_WEB_SUBJECT:
		deny(call, NULL, ask);
		return;
	case AW_SIM_WEB_GOOD:
	case AW_SIM_WEB_INVALID:
	default:
		aw_sim_error(call, 400, "InvalidIdentityToken",
		    "The ID Token provided is not a valid JWT");
	}
}

void aw_sim_assume_web(struct aw_sim_call *call)
{
	const char *args = call->req->body;
	static struct ask ask;
	enum aw_sim_web why = AW_SIM_WEB_INVALID;
	const char *subject = NULL;
	char token[4096];

	memset(&ask, 0, sizeof(ask));
	if (!read_ask(call, &ask))
		return;
	if (aw_sim_arg_get(args, "WebIdentityToken", token, sizeof(token)) !=
		0 ||
	    strlen(token) < 4) {
		(void)invalid(call, "", "webIdentityToken");
		return;
	}
	if (ask.role != NULL)
		why = aw_sim_role_judge(call->sim, ask.role, token, &subject);
	if (call->effect.on[AW_SIM_EXPIRE])
		why = AW_SIM_WEB_EXPIRED;
	if (ask.role == NULL || call->effect.on[AW_SIM_DENY])
		deny(call, NULL, &ask);
	else if (why != AW_SIM_WEB_GOOD)
		refuse_token(call, why, &ask);
	else if (is_short_enough(call, &ask, false))
		give_keys(call, &ask, subject);
}
