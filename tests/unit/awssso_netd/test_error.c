/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/error.c.
 * covers: spine.4, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awssso_netd/error.h"

#define OIDC   AW_SERVICE_OIDC
#define PORTAL AW_SERVICE_PORTAL
#define STORE  AW_SERVICE_IDENTITYSTORE
#define STS    AW_SERVICE_STS

static const struct {
	const char *name;
	enum aw_service service;
	const char *type, *body, *code, *message, *resource, *reason;
	int64_t retry_after;
} answers[] = {
	{ "OIDC as captured", OIDC,
	    "InvalidGrantException:http://internal.amazon.com/coral/"
	    "com.amazonaws.sso.oidc/",
	    "{\"error\":\"invalid_grant\",\"error_description\":"
	    "\"Invalid refresh token provided\"}",
	    "invalid_grant", "Invalid refresh token provided", "", "", 0 },
	{ "OIDC: body before header", OIDC, "SlowDownException",
	    "{\"error\":\"authorization_pending\"}", "authorization_pending",
	    "", "", "", 0 },
	{ "OIDC: header alone", OIDC, "AuthorizationPendingException:http://x/",
	    "", "authorization_pending", "", "", "", 0 },
	{ "OIDC: KMS", OIDC, "",
	    "{\"error\":\"access_denied\",\"reason\":"
	    "\"KMS_AccessDeniedException\"}",
	    "access_denied", "", "", "KMS_AccessDeniedException", 0 },
	{ "portal", PORTAL, "UnauthorizedException",
	    "{\"message\":\"Session token not found or invalid\"}",
	    "UnauthorizedException", "Session token not found or invalid", "",
	    "", 0 },
	{ "store: __type with a prefix", STORE, "",
	    "{\"__type\":\"com.amazonaws.identitystore#"
	    "ThrottlingException\",\"Message\":\"Rate exceeded\","
	    "\"RetryAfterSeconds\":7}",
	    "ThrottlingException", "Rate exceeded", "", "", 7 },
	{ "store: not found", STORE, "",
	    "{\"__type\":\"ResourceNotFoundException\","
	    "\"ResourceType\":\"USER\",\"Message\":\"USER not "
	    "found.\"}",
	    "ResourceNotFoundException", "USER not found.", "USER", "", 0 },
	{ "STS in XML", STS, "",
	    "<ErrorResponse><Error><Type>Sender</Type><Code>"
	    "InvalidClientTokenId</Code><Message>The security token "
	    "is invalid</Message></Error></ErrorResponse>",
	    "InvalidClientTokenId", "The security token is invalid", "", "",
	    0 },
	{ "STS in JSON", STS, "",
	    "{\"Error\":{\"Code\":\"ExpiredToken\",\"Message\":"
	    "\"old\",\"Type\":\"Sender\"},\"RequestId\":\"x\"}",
	    "ExpiredToken", "old", "", "", 0 },
	{ "no body", STORE, "", "", "", "", "", "", 0 },
	{ "not JSON", STORE, "", "<html>{oops", "", "", "", "", 0 },
	{ "JSON, no object", STORE, "", "[\"x\"]", "", "", "", "", 0 },
	{ "types of all kinds", STORE, "",
	    "{\"__type\":7,\"message\":[1],\"RetryAfterSeconds\":-3}", "", "",
	    "", "", 0 },
	{ "code too long", STORE, "",
	    "{\"__type\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
	    "", "", "", "", 0 },
	{ "a message that would end a line", STORE, "",
	    "{\"__type\":\"X\",\"message\":\"a\\nb\\u001bc\"}", "X",
	    "a\\x0ab\\x1bc", "", "", 0 },
};

static void what_an_answer_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		struct aw_error got;

		aw_error_read(answers[i].service, answers[i].type,
		    answers[i].body, strlen(answers[i].body), &got);
		if (strcmp(got.code, answers[i].code) != 0 ||
		    strcmp(got.message, answers[i].message) != 0 ||
		    strcmp(got.resource, answers[i].resource) != 0 ||
		    strcmp(got.reason, answers[i].reason) != 0 ||
		    got.retry_after != answers[i].retry_after)
			fail_msg("%s: code %s, message %s, resource %s, reason "
				 "%s, after %lld",
			    answers[i].name, got.code, got.message,
			    got.resource, got.reason,
			    (long long)got.retry_after);
	}
}

static const struct {
	enum aw_service service;
	long status;
	const char *code, *resource, *reason;
	enum aw_net want;
	const char *says;
} meanings[] = {
	{ OIDC, 400, "access_denied", "", "", AW_NET_DENIED,
	    "refused in the browser" },
	{ OIDC, 400, "access_denied", "", "KMS_AccessDeniedException",
	    AW_NET_CONFIG, "KMS" },
	{ OIDC, 400, "expired_token", "", "", AW_NET_EXPIRED, "" },
	{ OIDC, 400, "invalid_grant", "", "", AW_NET_EXPIRED, "" },
	{ OIDC, 401, "invalid_client", "", "", AW_NET_UNAVAIL, "" },
	{ OIDC, 400, "invalid_request", "", "", AW_NET_CONFIG, "start_url" },
	{ OIDC, 400, "unauthorized_client", "", "", AW_NET_CONFIG, "" },
	{ OIDC, 400, "slow_down", "", "", AW_NET_THROTTLED, "" },
	{ OIDC, 500, "server_error", "", "", AW_NET_UNAVAIL, "" },
	{ PORTAL, 401, "UnauthorizedException", "", "", AW_NET_TOKEN_DEAD, "" },
	{ PORTAL, 401, "", "", "", AW_NET_TOKEN_DEAD, "" },
	{ PORTAL, 403, "ForbiddenException", "", "", AW_NET_NO_ROLE,
	    "no assignment" },
	{ PORTAL, 403, "", "", "", AW_NET_NO_ROLE, "" },
	{ PORTAL, 404, "ResourceNotFoundException", "", "", AW_NET_NO_ROLE,
	    "" },
	{ PORTAL, 429, "TooManyRequestsException", "", "", AW_NET_THROTTLED,
	    "" },
	{ STORE, 400, "ResourceNotFoundException", "USER", "", AW_NET_NOT_FOUND,
	    "" },
	{ STORE, 400, "ResourceNotFoundException", "GROUP", "",
	    AW_NET_NOT_FOUND, "" },
	/* the same code, and yet nobody is absent */
	{ STORE, 400, "ResourceNotFoundException", "IDENTITY_STORE", "",
	    AW_NET_CONFIG, "identity_store_id" },
	{ STORE, 400, "ResourceNotFoundException", "", "", AW_NET_CONFIG,
	    "identity_store_id" },
	{ STORE, 400, "ResourceNotFoundException", "USER", "KMS_KEY_NOT_FOUND",
	    AW_NET_REFUSED, "kms:Decrypt" },
	{ STORE, 400, "AccessDeniedException", "", "", AW_NET_REFUSED,
	    "the host's role may not call identitystore:Op" },
	{ STORE, 400, "AccessDeniedException", "", "KMS_ACCESS_DENIED",
	    AW_NET_REFUSED, "kms:Decrypt" },
	{ STORE, 400, "ThrottlingException", "", "", AW_NET_THROTTLED, "" },
	{ STORE, 400, "ThrottlingException", "", "KMS_THROTTLING",
	    AW_NET_THROTTLED, "" },
	{ STORE, 400, "ValidationException", "", "", AW_NET_CONFIG, "" },
	{ STORE, 400, "UnrecognizedClientException", "", "", AW_NET_CONFIG,
	    "credentials" },
	{ STORE, 403, "InvalidSignatureException", "", "", AW_NET_CONFIG,
	    "clock" },
	{ STORE, 500, "InternalServerException", "", "", AW_NET_UNAVAIL, "" },
	{ STS, 403, "SignatureDoesNotMatch", "", "", AW_NET_CONFIG, "" },
	{ STS, 403, "AccessDenied", "", "", AW_NET_REFUSED, "sts:Op" },
	{ STS, 503, "", "", "", AW_NET_UNAVAIL, "" },
	/* what nobody has heard of is never "no such user" */
	{ STORE, 400, "SomethingNew", "USER", "", AW_NET_CONFIG,
	    "SomethingNew" },
	{ STORE, 404, "", "", "", AW_NET_CONFIG, "404" },
	{ STORE, 403, "", "", "", AW_NET_REFUSED, "403" },
	{ STORE, 302, "", "", "", AW_NET_BAD_ANSWER, "redirect" },
	{ STORE, 204, "", "", "", AW_NET_BAD_ANSWER, "" },
	{ STORE, 407, "", "", "", AW_NET_CONFIG, "proxy" },
};

static void what_it_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		struct aw_error error = { .retry_after = 0 };
		struct aw_diag why = { .text = "" };
		enum aw_net got;

		assert_int_equal(
		    aw_copy(error.code, sizeof(error.code), meanings[i].code) |
			aw_copy(error.resource, sizeof(error.resource),
			    meanings[i].resource) |
			aw_copy(error.reason, sizeof(error.reason),
			    meanings[i].reason),
		    0);
		got = aw_error_judge(meanings[i].service, "Op",
		    meanings[i].status, &error, &why);
		if (got != meanings[i].want ||
		    !strstr(why.text, meanings[i].says) || !why.text[0])
			fail_msg("%ld %s %s: %s: %s", meanings[i].status,
			    meanings[i].code, meanings[i].resource,
			    aw_net_word((uint64_t)got), why.text);
	}
}

static void causes(void **state)
{
	(void)state;
	assert_true(aw_error_is_clock("InvalidSignatureException"));
	assert_true(aw_error_is_clock("RequestTimeTooSkewed"));
	assert_true(aw_error_is_clock("SignatureDoesNotMatch"));
	assert_false(aw_error_is_clock("ExpiredToken"));
	assert_true(aw_error_is_keys("ExpiredToken"));
	assert_true(aw_error_is_keys("ExpiredTokenException"));
	assert_true(aw_error_is_keys("UnrecognizedClientException"));
	assert_false(aw_error_is_keys("AccessDenied"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_answer_says),
		cmocka_unit_test(what_it_means),
		cmocka_unit_test(causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
