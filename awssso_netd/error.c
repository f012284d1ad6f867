/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error answers.  Reading is lenient, because an error may come with any body
 * or none; judging is a table, and what stands in none of its rows is never
 * taken for "not found" or "no".
 */
#include "awssso_netd/error.h"

#include <json-c/json.h>
#include <string.h>

#include "awssso_netd/retry.h"
#include "awssso_netd/xml.h"

#define ANY AW_SERVICE_N_

/* --- reading ----------------------------------------------------------- */

/* Cut from the first ':', keep what follows the last '#'. */
static void normalise(const char *text, char *ret, size_t size)
{
	const size_t len = strcspn(text, ":");
	const char *hash = memrchr(text, '#', len);
	const char *start = hash ? hash + 1 : text;

	if (aw_fmt(ret, size, "%.*s", (int)(text + len - start), start) < 0 ||
	    !aw_text_is_clean(ret, strlen(ret)))
		ret[0] = '\0';
}

/* The text of @object's first member among @names (NULL-terminated). */
static const char *member(struct json_object *object, const char *const *names)
{
	for (; *names; names++) {
		struct json_object *value;

		if (json_object_object_get_ex(object, *names, &value) &&
		    json_object_is_type(value, json_type_string))
			return json_object_get_string(value);
	}
	return "";
}

static void read_json(
    enum aw_service service, struct json_object *object, struct aw_error *ret)
{
	static const char *const oauth[] = { "error", NULL };
	static const char *const code[] = { "code", "Code", "__type", NULL };
	static const char *const message[] = { "message", "Message",
		"error_description", NULL };
	static const char *const resource[] = { "ResourceType", NULL };
	static const char *const reason[] = { "Reason", "reason", NULL };
	struct json_object *value;

	if (service == AW_SERVICE_OIDC && *member(object, oauth))
		normalise(member(object, oauth), ret->code, sizeof(ret->code));
	if (!ret->code[0])
		normalise(member(object, code), ret->code, sizeof(ret->code));
	(void)aw_text_escape(
	    ret->message, sizeof(ret->message), member(object, message));
	normalise(
	    member(object, resource), ret->resource, sizeof(ret->resource));
	normalise(member(object, reason), ret->reason, sizeof(ret->reason));
	if (json_object_object_get_ex(object, "RetryAfterSeconds", &value) &&
	    json_object_get_int64(value) > 0)
		ret->retry_after = json_object_get_int64(value);
}

static void read_xml(const char *body, size_t len, struct aw_error *ret)
{
	char message[sizeof(ret->message)];

	if (aw_xml_text(body, len, "Code", ret->code, sizeof(ret->code)) != 0)
		ret->code[0] = '\0';
	if (aw_xml_text(body, len, "Message", message, sizeof(message)) == 0)
		(void)aw_text_escape(
		    ret->message, sizeof(ret->message), message);
}

/* SSO-OIDC names its errors twice; one spelling is enough for us. */
static void to_oauth(struct aw_error *error)
{
	static const char *const names[][2] = {
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
		{ "InvalidClientMetadataException", "invalid_client_metadata" },
		{ "InternalServerException", "server_error" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(error->code, names[i][0]) == 0 &&
		    aw_copy(error->code, sizeof(error->code), names[i][1]) == 0)
			return;
}

void aw_error_read(enum aw_service service, const char *type, const char *body,
    size_t len, struct aw_error *ret)
{
	struct json_object *object = NULL, *inner;

	memset(ret, 0, sizeof(*ret));
	if (len > 0 && len <= INT32_MAX && memchr(body, '{', len))
		object = json_tokener_parse(body);
	if (!object && service == AW_SERVICE_STS)
		read_xml(body, len, ret);
	if (json_object_object_get_ex(object, "Error", &inner) &&
	    json_object_is_type(inner, json_type_object))
		read_json(service, inner, ret);
	else if (json_object_is_type(object, json_type_object))
		read_json(service, object, ret);
	if (*type && (service != AW_SERVICE_OIDC || !ret->code[0]))
		normalise(type, ret->code, sizeof(ret->code));
	if (service == AW_SERVICE_OIDC)
		to_oauth(ret);
	json_object_put(object);
}

/* --- judging ----------------------------------------------------------- */

static bool is_one_of(const char *code, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(code, list[i]) == 0)
			return true;
	return false;
}

bool aw_error_is_clock(const char *code)
{
	static const char *const codes[] = { "SignatureDoesNotMatch",
		"InvalidSignatureException", "RequestExpired",
		"RequestTimeTooSkewed" };

	return is_one_of(code, codes, sizeof(codes) / sizeof(codes[0]));
}

bool aw_error_is_keys(const char *code)
{
	static const char *const codes[] = { "ExpiredToken",
		"ExpiredTokenException", "InvalidClientTokenId",
		"UnrecognizedClientException" };

	return is_one_of(code, codes, sizeof(codes) / sizeof(codes[0]));
}

static const struct row {
	enum aw_service service;
	const char *code;
	enum aw_net net;
	const char *advice;
} rows[] = {
	{ AW_SERVICE_OIDC, "authorization_pending", AW_NET_UNAVAIL,
	    "not approved yet" },
	{ AW_SERVICE_OIDC, "slow_down", AW_NET_THROTTLED,
	    "AWS asks for fewer requests" },
	{ AW_SERVICE_OIDC, "access_denied", AW_NET_DENIED,
	    "the sign-in was refused in the browser" },
	{ AW_SERVICE_OIDC, "expired_token", AW_NET_EXPIRED,
	    "the code ran out before it was approved" },
	{ AW_SERVICE_OIDC, "invalid_grant", AW_NET_EXPIRED,
	    "the code is not valid any more" },
	{ AW_SERVICE_OIDC, "invalid_client", AW_NET_UNAVAIL,
	    "the registration of this host was not accepted" },
	{ AW_SERVICE_OIDC, "invalid_request", AW_NET_CONFIG,
	    "request not accepted: check start_url and region" },
	{ AW_SERVICE_OIDC, "server_error", AW_NET_UNAVAIL,
	    "AWS reports an internal error" },
	{ AW_SERVICE_PORTAL, "UnauthorizedException", AW_NET_TOKEN_DEAD,
	    "the sign-in at AWS has ended" },
	{ AW_SERVICE_PORTAL, "401", AW_NET_TOKEN_DEAD,
	    "the sign-in at AWS has ended" },
	{ AW_SERVICE_PORTAL, "ForbiddenException", AW_NET_NO_ROLE,
	    "no assignment to that account and permission set" },
	{ AW_SERVICE_PORTAL, "403", AW_NET_NO_ROLE,
	    "no assignment to that account and permission set" },
	{ AW_SERVICE_PORTAL, "ResourceNotFoundException", AW_NET_NO_ROLE,
	    "no such account or permission set" },
	{ AW_SERVICE_IDENTITYSTORE, "ResourceNotFoundException", AW_NET_CONFIG,
	    "identity store not found: check identity_store_id and region" },
	{ ANY, "MissingAuthenticationToken", AW_NET_CONFIG,
	    "the request came without credentials" },
	{ ANY, "MissingAuthenticationTokenException", AW_NET_CONFIG,
	    "the request came without credentials" },
	{ ANY, "IncompleteSignatureException", AW_NET_CONFIG,
	    "AWS could not read the signature" },
	{ ANY, "ValidationException", AW_NET_CONFIG,
	    "request not accepted: check identity_store_id and region" },
	{ ANY, "407", AW_NET_CONFIG, "the proxy asks for a password" },
};

static const struct row *find_row(enum aw_service service, const char *code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((rows[i].service == service || rows[i].service == ANY) &&
		    strcmp(rows[i].code, code) == 0)
			return &rows[i];
	return NULL;
}

/* The instance's own KMS key stands in the way. */
static enum aw_net judge_kms(enum aw_service service, const char *operation,
    const char *code, struct aw_diag *why)
{
	if (service != AW_SERVICE_OIDC) {
		aw_diag_set(why,
		    "%s: the host's role may not use the KMS key of the "
		    "identity store: allow kms:Decrypt (%s)",
		    operation, code);
		return AW_NET_REFUSED;
	}
	aw_diag_set(why,
	    "%s: Identity Center cannot use its KMS key; its administrator "
	    "has to (%s)",
	    operation, code);
	return AW_NET_CONFIG;
}

static void advise_right(
    enum aw_service service, const char *operation, struct aw_diag *why)
{
	const char *action = aw_service_info(service)->action;

	aw_diag_set(why, "the host's role may not call %s:%s",
	    action ? action : "sso", operation);
}

/* Outcomes that follow from classes of codes.  False: none of them. */
static bool judge_class(enum aw_service service, const char *operation,
    long status, const struct aw_error *error, enum aw_net *ret,
    const char **ret_advice, struct aw_diag *why)
{
	const char *code = error->code;

	*ret_advice = NULL;
	if (aw_retry_is_throttle(code) || status == 429) {
		*ret = AW_NET_THROTTLED;
		*ret_advice = "AWS asks for fewer requests";
	} else if (status >= 500) {
		*ret = AW_NET_UNAVAIL;
		*ret_advice = "AWS reports an internal error";
	} else if (aw_error_is_clock(code)) {
		*ret = AW_NET_CONFIG;
		*ret_advice = "signature not accepted: check the host's clock "
			      "and its secret key";
	} else if (aw_error_is_keys(code)) {
		*ret = AW_NET_CONFIG;
		*ret_advice = "AWS does not know the host's credentials (any "
			      "more)";
	} else if (strncmp(code, "AccessDenied", 12) == 0) {
		*ret = AW_NET_REFUSED;
		advise_right(service, operation, why);
	} else {
		return false;
	}
	return true;
}

static void advise(const char *operation, const char *advice, const char *code,
    const char *message, struct aw_diag *why)
{
	aw_diag_set(why, "%s: %s (%s%s%s)", operation, advice, code,
	    *message ? ": " : "", message);
}

enum aw_net aw_error_judge(enum aw_service service, const char *operation,
    long status, const struct aw_error *error, struct aw_diag *why)
{
	const struct row *row;
	const char *advice;
	char number[24];
	const char *code = error->code;
	enum aw_net net;

	if (!*code && aw_fmt(number, sizeof(number), "%ld", status) == 0)
		code = number;
	if (strncmp(error->reason, "KMS", 3) == 0 &&
	    !aw_retry_is_throttle(code))
		return judge_kms(service, operation, code, why);
	if (strcmp(code, "ResourceNotFoundException") == 0 &&
	    (strcmp(error->resource, "USER") == 0 ||
		strcmp(error->resource, "GROUP") == 0)) {
		advise(operation, "the directory does not know it", code,
		    error->message, why);
		return AW_NET_NOT_FOUND;
	}
	row = find_row(service, code);
	if (row) {
		advise(operation, row->advice, code, error->message, why);
		return row->net;
	}
	if (judge_class(
		service, operation, status, error, &net, &advice, why)) {
		if (advice)
			advise(operation, advice, code, error->message, why);
		return net;
	}
	if (status < 400) {
		advise(operation, "answer expected, got a redirect", code, "",
		    why);
		return AW_NET_BAD_ANSWER;
	}
	advise(operation, "AWS does not accept the request", code,
	    error->message, why);
	return status == 401 || status == 403 ? AW_NET_REFUSED : AW_NET_CONFIG;
}
