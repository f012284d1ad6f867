/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error answers.  Reading is lenient, because an error may come with any body
 * or none; judging is a table (common/fault.c), and what stands in none of its
 * rows is never taken for "not found" or "no".
 */
#include "awssso_netd/error.h"

#include <json-c/json.h>
#include <string.h>

#include "awssso_netd/retry.h"
#include "awssso_netd/xml.h"
#include "common/fault.h"

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
		{ "InvalidRedirectUriException", "invalid_redirect_uri" },
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

static bool is_denial(const char *code)
{
	return strncmp(code, "AccessDenied", 12) == 0;
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

static const char *const words[AW_SERVICE_N_] = {
	[AW_SERVICE_OIDC] = "oidc",
	[AW_SERVICE_PORTAL] = "portal",
	[AW_SERVICE_IDENTITYSTORE] = "identitystore",
	[AW_SERVICE_STS] = "sts",
	[AW_SERVICE_SSO_ADMIN] = "sso",
	[AW_SERVICE_SCIM] = "scim",
};

/* The code of an answer that names none, from its HTTP status. */
static const char *bare_code(
    enum aw_service service, long status, char *buf, size_t size)
{
	if (service == AW_SERVICE_PORTAL && status == 401)
		return "UnauthorizedException";
	if (service == AW_SERVICE_PORTAL && status == 403)
		return "ForbiddenException";
	return aw_fmt(buf, size, "%ld", status) == 0 ? buf : "";
}

/* The instance's own KMS key stands in the way. */
static const struct aw_fault *fault_of_kms(const char *word, const char *reason)
{
	const struct aw_fault *fault = aw_fault_of(word, reason);

	return fault ? fault : aw_fault_of(word, "KMS");
}

/* What follows from classes of codes. */
static const char *class_of(const char *code, long status)
{
	if (aw_retry_is_throttle(code) || status == 429)
		return "Throttling";
	if (status >= 500)
		return "server";
	if (aw_error_is_clock(code))
		return "signature";
	if (aw_error_is_keys(code))
		return "keys";
	if (is_denial(code))
		return "AccessDenied";
	if (status < 400)
		return "redirect";
	return status == 401 || status == 403 ? "refused" : "rejected";
}

static const struct aw_fault *find_fault(enum aw_service service,
    const char *code, long status, const struct aw_error *error)
{
	const char *word = words[service];
	const struct aw_fault *fault;

	if (strncmp(error->reason, "KMS", 3) == 0 &&
	    !aw_retry_is_throttle(code))
		return fault_of_kms(word, error->reason);
	if (strcmp(code, "ResourceNotFoundException") == 0 &&
	    (strcmp(error->resource, "USER") == 0 ||
		strcmp(error->resource, "GROUP") == 0))
		return aw_fault_find("identitystore.absent");
	fault = aw_fault_of(word, code);
	return fault ? fault : aw_fault_of("aws", class_of(code, status));
}

enum aw_net aw_error_judge(enum aw_service service, const char *operation,
    long status, const struct aw_error *error, struct aw_diag *why)
{
	const struct aw_fault *fault;
	char number[24];
	const char *code = error->code;
	const char *action = aw_service_info(service)->action;

	if (!*code)
		code = bare_code(service, status, number, sizeof(number));
	fault = find_fault(service, code, status, error);
	if (is_denial(code) && !error->reason[0])
		aw_diag_set(why, "the host's role may not call %s:%s",
		    action ? action : "sso", operation);
	else
		aw_diag_set(why, "%s: %s (%s%s%s)", operation, fault->what,
		    code, error->message[0] ? ": " : "", error->message);
	why->fault = fault;
	return fault->net;
}
