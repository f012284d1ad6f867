/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/error.c.
 * covers: spine.4, verdict.8, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awssso_netd/error.h"
#include "common/fault.h"

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

/* How AWS gives each error that we have words for, by the documents. */
static const struct {
	const char *want;
	enum aw_service service;
	long status;
	const char *code, *resource, *reason;
} faults[] = {
	{ "oidc.authorization_pending", OIDC, 400, "authorization_pending", "",
	    "" },
	{ "oidc.slow_down", OIDC, 400, "slow_down", "", "" },
	{ "oidc.access_denied", OIDC, 400, "access_denied", "", "" },
	{ "oidc.expired_token", OIDC, 400, "expired_token", "", "" },
	{ "oidc.invalid_grant", OIDC, 400, "invalid_grant", "", "" },
	{ "oidc.invalid_client", OIDC, 401, "invalid_client", "", "" },
	{ "oidc.unauthorized_client", OIDC, 400, "unauthorized_client", "",
	    "" },
	{ "oidc.unsupported_grant_type", OIDC, 400, "unsupported_grant_type",
	    "", "" },
	{ "oidc.invalid_scope", OIDC, 400, "invalid_scope", "", "" },
	{ "oidc.invalid_request", OIDC, 400, "invalid_request", "", "" },
	{ "oidc.InvalidRequestRegionException", OIDC, 400,
	    "InvalidRequestRegionException", "", "" },
	{ "oidc.invalid_client_metadata", OIDC, 400, "invalid_client_metadata",
	    "", "" },
	{ "oidc.invalid_redirect_uri", OIDC, 400, "invalid_redirect_uri", "",
	    "" },
	{ "oidc.server_error", OIDC, 500, "server_error", "", "" },
	{ "oidc.KMS_AccessDeniedException", OIDC, 400, "access_denied", "",
	    "KMS_AccessDeniedException" },
	{ "oidc.KMS_NotFoundException", OIDC, 400, "invalid_request", "",
	    "KMS_NotFoundException" },
	{ "oidc.KMS_DisabledException", OIDC, 400, "invalid_request", "",
	    "KMS_DisabledException" },
	{ "oidc.KMS_InvalidStateException", OIDC, 400, "invalid_request", "",
	    "KMS_InvalidStateException" },
	{ "oidc.KMS_InvalidKeyUsageException", OIDC, 400, "invalid_request", "",
	    "KMS_InvalidKeyUsageException" },
	{ "oidc.KMS", OIDC, 400, "invalid_request", "", "KMS_SomethingNew" },
	{ "portal.InvalidRequestException", PORTAL, 400,
	    "InvalidRequestException", "", "" },
	{ "portal.UnauthorizedException", PORTAL, 401, "UnauthorizedException",
	    "", "" },
	{ "portal.UnauthorizedException", PORTAL, 401, "", "", "" },
	{ "portal.ForbiddenException", PORTAL, 403, "ForbiddenException", "",
	    "" },
	{ "portal.ForbiddenException", PORTAL, 403, "", "", "" },
	{ "portal.ResourceNotFoundException", PORTAL, 404,
	    "ResourceNotFoundException", "", "" },
	{ "portal.TooManyRequestsException", PORTAL, 429,
	    "TooManyRequestsException", "", "" },
	{ "sts.InvalidClientTokenId", STS, 403, "InvalidClientTokenId", "",
	    "" },
	{ "sts.ExpiredToken", STS, 403, "ExpiredToken", "", "" },
	{ "sts.ExpiredTokenException", STS, 400, "ExpiredTokenException", "",
	    "" },
	{ "sts.SignatureDoesNotMatch", STS, 403, "SignatureDoesNotMatch", "",
	    "" },
	{ "sts.RequestExpired", STS, 403, "RequestExpired", "", "" },
	{ "sts.AccessDenied", STS, 403, "AccessDenied", "", "" },
	{ "sts.MissingAuthenticationToken", STS, 403,
	    "MissingAuthenticationToken", "", "" },
	{ "sts.IncompleteSignature", STS, 400, "IncompleteSignature", "", "" },
	{ "sts.Throttling", STS, 400, "Throttling", "", "" },
	{ "sts.RegionDisabledException", STS, 403, "RegionDisabledException",
	    "", "" },
	{ "sts.PackedPolicyTooLarge", STS, 400, "PackedPolicyTooLarge", "",
	    "" },
	{ "sts.MalformedPolicyDocument", STS, 400, "MalformedPolicyDocument",
	    "", "" },
	{ "sts.InvalidIdentityToken", STS, 400, "InvalidIdentityToken", "",
	    "" },
	{ "sts.IDPRejectedClaim", STS, 403, "IDPRejectedClaim", "", "" },
	{ "sts.IDPCommunicationError", STS, 400, "IDPCommunicationError", "",
	    "" },
	{ "sts.ValidationError", STS, 400, "ValidationError", "", "" },
	{ "identitystore.absent", STORE, 400, "ResourceNotFoundException",
	    "USER", "" },
	{ "identitystore.ResourceNotFoundException", STORE, 400,
	    "ResourceNotFoundException", "IDENTITY_STORE", "" },
	{ "identitystore.KMS_ACCESS_DENIED", STORE, 400,
	    "AccessDeniedException", "", "KMS_ACCESS_DENIED" },
	{ "identitystore.KMS_KEY_NOT_FOUND", STORE, 400,
	    "ResourceNotFoundException", "USER", "KMS_KEY_NOT_FOUND" },
	{ "aws.KMS", STORE, 400, "ValidationException", "",
	    "KMS_INVALID_STATE" },
	{ "aws.KMS", AW_SERVICE_SSO_ADMIN, 400, "AccessDeniedException", "",
	    "KMS_AccessDeniedException" },
	{ "aws.AccessDenied", STORE, 400, "AccessDeniedException", "", "" },
	{ "aws.Throttling", STORE, 400, "ThrottlingException", "",
	    "KMS_THROTTLING" },
	{ "aws.Throttling", STORE, 429, "", "", "" },
	{ "aws.signature", STORE, 403, "InvalidSignatureException", "", "" },
	{ "aws.keys", STORE, 400, "UnrecognizedClientException", "", "" },
	{ "aws.MissingAuthenticationToken", STORE, 403,
	    "MissingAuthenticationToken", "", "" },
	{ "aws.MissingAuthenticationTokenException", STORE, 400,
	    "MissingAuthenticationTokenException", "", "" },
	{ "aws.IncompleteSignatureException", STORE, 400,
	    "IncompleteSignatureException", "", "" },
	{ "aws.ValidationException", STORE, 400, "ValidationException", "",
	    "" },
	{ "aws.server", STORE, 500, "InternalServerException", "", "" },
	{ "aws.server", STS, 503, "", "", "" },
	{ "aws.407", STS, 407, "", "", "" },
	{ "aws.redirect", OIDC, 302, "", "", "" },
	{ "aws.refused", STORE, 403, "", "", "" },
	{ "aws.rejected", STORE, 400, "SomethingNew", "USER", "" },
};

/* The fault of row @i, which decides what the answer means. */
static const struct aw_fault *fault_of(size_t i)
{
	struct aw_error error = { .retry_after = 0 };
	struct aw_diag why = { .text = "" };
	enum aw_net net;

	assert_int_equal(
	    aw_copy(error.code, sizeof(error.code), faults[i].code) |
		aw_copy(error.resource, sizeof(error.resource),
		    faults[i].resource) |
		aw_copy(error.reason, sizeof(error.reason), faults[i].reason),
	    0);
	net = aw_error_judge(
	    faults[i].service, "Op", faults[i].status, &error, &why);
	assert_non_null(why.fault);
	assert_int_equal(net, why.fault->net);
	return why.fault;
}

/* Each answer has its row, and no row is without an answer. */
static void every_fault_is_met(void **state)
{
	bool met[128] = { false };
	const struct aw_fault *fault;

	(void)state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		fault = fault_of(i);
		if (strcmp(fault->id, faults[i].want) != 0)
			fail_msg("%s: %s", faults[i].want, fault->id);
		met[fault - aw_fault_at(0)] = true;
	}
	for (size_t i = 0; (fault = aw_fault_at(i)) != NULL; i++)
		if (!met[i])
			fail_msg("%s: no answer is that", fault->id);
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
		cmocka_unit_test(every_fault_is_met),
		cmocka_unit_test(causes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
