/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes of answers, errors above all: what a client of AWS branches on.
 */
#include "tests/idcsim/answer.h"

#include <string.h>

#include <json-c/json.h>

#include "common/text.h"
#include "tests/idcsim/sim.h"

#define OIDC_NAMESPACE \
	":http://internal.amazon.com/coral/com.amazonaws.sso.oidc/"

static void put_body(struct aw_sim_call *call, struct json_object *doc)
{
	aw_buf_done(&call->body);
	aw_buf_str(&call->body,
	    json_object_to_json_string_ext(
		doc, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	(void)json_object_put(doc);
	call->type = call->service && call->service->dialect == AW_SIM_JSON11
			 ? "application/x-amz-json-1.1"
			 : "application/json";
}

void aw_sim_answer_json(struct aw_sim_call *call, struct json_object *doc)
{
	call->status = 200;
	put_body(call, doc);
}

void aw_sim_answer_text(struct aw_sim_call *call, const char *text)
{
	call->status = 200;
	call->type = "text/plain";
	aw_buf_done(&call->body);
	aw_buf_str(&call->body, text);
}

static void add(struct json_object *doc, const char *key, const char *value)
{
	(void)json_object_object_add(doc, key, json_object_new_string(value));
}

/* What the OIDC service calls in its body what its header calls @code. */
static const char *oauth_name(const char *code)
{
	static const struct {
		const char *code;
		const char *name;
	} names[] = {
		{ "AuthorizationPendingException", "authorization_pending" },
		{ "SlowDownException", "slow_down" },
		{ "ExpiredTokenException", "expired_token" },
		{ "AccessDeniedException", "access_denied" },
		{ "InvalidGrantException", "invalid_grant" },
		{ "InvalidClientException", "invalid_client" },
		{ "UnauthorizedClientException", "unauthorized_client" },
		{ "UnsupportedGrantTypeException", "unsupported_grant_type" },
		{ "InvalidScopeException", "invalid_scope" },
		{ "InvalidRequestException", "invalid_request" },
		{ "InvalidRequestRegionException", "invalid_request" },
		{ "InvalidClientMetadataException", "invalid_client_metadata" },
		{ "InvalidRedirectUriException", "invalid_redirect_uri" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].code, code) == 0)
			return names[i].name;
	}
	return "server_error";
}

static void add_scim(
    struct json_object *doc, unsigned status, const char *message)
{
	struct json_object *schemas = json_object_new_array();
	char text[16];

	aw_ignore(aw_fmt(text, sizeof(text), "%u", status));
	(void)json_object_array_add(
	    schemas, json_object_new_string(
			 "urn:ietf:params:scim:api:messages:2.0:Error"));
	(void)json_object_object_add(doc, "schemas", schemas);
	add(doc, "detail", message);
	add(doc, "status", text);
}

static void error_json(struct aw_sim_call *call, const char *code,
    const char *message, struct json_object *doc)
{
	switch (call->service->dialect) {
	case AW_SIM_OIDC:
		aw_ignore(aw_fmt(call->error_type, sizeof(call->error_type),
		    "%s" OIDC_NAMESPACE, code));
		add(doc, "error", oauth_name(code));
		add(doc, "error_description", message);
		break;
	case AW_SIM_PORTAL:
		aw_ignore(
		    aw_copy(call->error_type, sizeof(call->error_type), code));
		add(doc, "message", message);
		add(doc, "__type", call->error_type);
		break;
	case AW_SIM_SCIM:
		add_scim(doc, call->status, message);
		break;
	case AW_SIM_JSON11:
	case AW_SIM_QUERY:
	case AW_SIM_TEXT:
	case AW_SIM_HTML:
	default:
		add(doc, "__type", code);
		add(doc, "Message", message);
		break;
	}
	put_body(call, doc);
}

static bool wants_json(const struct aw_sim_call *call)
{
	const char *accept = aw_sim_req_header(call->req, "Accept");

	return accept != NULL && strcmp(accept, "application/json") == 0;
}

static void error_query(
    struct aw_sim_call *call, const char *code, const char *message)
{
	const char *type = call->status < 500 ? "Sender" : "Receiver";
	struct json_object *doc;
	struct json_object *error;

	if (wants_json(call)) {
		error = json_object_new_object();
		add(error, "Code", code);
		add(error, "Message", message);
		add(error, "Type", type);
		doc = json_object_new_object();
		(void)json_object_object_add(doc, "Error", error);
		add(doc, "RequestId", call->request_id);
		put_body(call, doc);
		return;
	}
	aw_buf_done(&call->body);
	aw_buf_fmt(&call->body,
	    "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/"
	    "\">\n  <Error>\n    <Type>%s</Type>\n    <Code>%s</Code>\n"
	    "    <Message>",
	    type, code);
	aw_sim_escape(&call->body, message);
	aw_buf_fmt(&call->body,
	    "</Message>\n  </Error>\n"
	    "  <RequestId>%s</RequestId>\n</ErrorResponse>\n",
	    call->request_id);
	call->type = "text/xml";
}

void aw_sim_error_with(struct aw_sim_call *call, unsigned status,
    const char *code, const char *message, struct json_object *doc)
{
	const enum aw_sim_dialect dialect =
	    call->service ? call->service->dialect : AW_SIM_TEXT;

	call->status = status;
	aw_ignore(aw_copy(call->error, sizeof(call->error), code));
	if (dialect == AW_SIM_OIDC || dialect == AW_SIM_PORTAL ||
	    dialect == AW_SIM_JSON11 || dialect == AW_SIM_SCIM) {
		error_json(call, code, message, doc);
		return;
	}
	(void)json_object_put(doc);
	if (dialect == AW_SIM_QUERY) {
		error_query(call, code, message);
		return;
	}
	aw_sim_answer_text(call, message);
	call->status = status;
}

void aw_sim_error(struct aw_sim_call *call, unsigned status, const char *code,
    const char *message)
{
	aw_sim_error_with(
	    call, status, code, message, json_object_new_object());
}

void aw_sim_error_internal(struct aw_sim_call *call, unsigned status)
{
	const bool is_query = call->service->dialect == AW_SIM_QUERY;

	aw_sim_error(call, status,
	    status == 503 && is_query ? "ServiceUnavailable"
	    : is_query                ? "InternalFailure"
				      : "InternalServerException",
	    "An internal error occurred, please try again.");
}

/* As a fault says, else a second. */
static int64_t retry_after(const struct aw_sim_call *call)
{
	const uint64_t seconds = call->effect.arg[AW_SIM_THROTTLE];

	return seconds ? (int64_t)seconds : 1;
}

void aw_sim_error_throttled(struct aw_sim_call *call)
{
	struct json_object *doc;

	switch (call->service->dialect) {
	case AW_SIM_OIDC:
		aw_sim_error(call, 400, "SlowDownException",
		    "Too many requests have been made.");
		return;
	case AW_SIM_PORTAL:
		aw_sim_error(call, 429, "TooManyRequestsException",
		    "HTTP 429 Unknown Code");
		return;
	case AW_SIM_JSON11:
		doc = json_object_new_object();
		if (strcmp(call->service->name, "identitystore") == 0)
			(void)json_object_object_add(doc, "RetryAfterSeconds",
			    json_object_new_int64(retry_after(call)));
		aw_sim_error_with(
		    call, 400, "ThrottlingException", "Rate exceeded", doc);
		return;
	case AW_SIM_QUERY:
		aw_sim_error(call, 400, "Throttling", "Rate exceeded");
		return;
	case AW_SIM_SCIM:
		aw_sim_error(call, 429, "ThrottlingException", "Rate exceeded");
		return;
	case AW_SIM_TEXT:
	case AW_SIM_HTML:
	default:
		aw_sim_error(call, 503, "TooManyRequests", "Too many requests");
		return;
	}
}

void aw_sim_error_denied(struct aw_sim_call *call)
{
	switch (call->service->dialect) {
	case AW_SIM_PORTAL:
		aw_sim_error(call, 403, "ForbiddenException", "No access");
		return;
	case AW_SIM_QUERY:
		aw_sim_error(call, 403, "AccessDenied", "Access denied");
		return;
	case AW_SIM_TEXT:
		aw_sim_error(call, 403, "Forbidden", "Forbidden");
		return;
	case AW_SIM_SCIM:
		aw_sim_error(
		    call, 403, "AccessDeniedException", "Access denied");
		return;
	case AW_SIM_OIDC:
	case AW_SIM_JSON11:
	case AW_SIM_HTML:
	default:
		aw_sim_error(
		    call, 400, "AccessDeniedException", "Access denied");
		return;
	}
}

void aw_sim_error_expired(struct aw_sim_call *call)
{
	switch (call->service->dialect) {
	case AW_SIM_PORTAL:
		aw_sim_error(call, 401, "UnauthorizedException",
		    "Session token not found or invalid");
		return;
	case AW_SIM_QUERY:
		aw_sim_error(call, 403, "ExpiredToken",
		    "The security token included in the request is expired");
		return;
	case AW_SIM_TEXT:
		aw_sim_error(call, 401, "Unauthorized", "Unauthorized");
		return;
	case AW_SIM_SCIM:
		aw_sim_error(call, 401, "UnauthorizedException",
		    "The bearer token is not valid");
		return;
	case AW_SIM_OIDC:
		aw_sim_error(call, 400, "ExpiredTokenException",
		    "Device code has expired");
		return;
	case AW_SIM_JSON11:
	case AW_SIM_HTML:
	default:
		aw_sim_error(call, 400, "ExpiredTokenException",
		    "The security token included in the request is expired");
		return;
	}
}

void aw_sim_error_unknown(struct aw_sim_call *call)
{
	if (call->service->dialect == AW_SIM_QUERY)
		aw_sim_error(
		    call, 400, "InvalidAction", "Could not find operation");
	else if (call->service->dialect == AW_SIM_JSON11)
		aw_sim_error(call, 400, "UnknownOperationException", "");
	else
		aw_sim_error(
		    call, 404, "UnknownOperationException", "Not found");
}

void aw_sim_escape(struct aw_buf *out, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			aw_buf_str(out, "&amp;");
			break;
		case '<':
			aw_buf_str(out, "&lt;");
			break;
		case '>':
			aw_buf_str(out, "&gt;");
			break;
		case '"':
			aw_buf_str(out, "&quot;");
			break;
		case '\'':
			aw_buf_str(out, "&#39;");
			break;
		default:
			aw_buf_add(out, text, 1);
		}
	}
}
