/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/sigv4.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/sigv4.h"

#define DATE  "20150830T123600Z"
#define TOKEN "EXAMPLETOKEN/+=="
#define FORM  "application/x-www-form-urlencoded; charset=utf-8"
#define STS   "sts.us-east-1.amazonaws.com"

/* AWS's published test key. */
static struct aw_keys *example_keys(void)
{
	struct aw_keys *keys = NULL;

	assert_int_equal(aw_keys_new("AKIDEXAMPLE",
			     "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL,
			     INT64_MAX, &keys),
	    0);
	return keys;
}

struct vector {
	const char *name, *method, *service, *query, *body;
	struct aw_header headers[6];
	const char *canonical, *signature; /* NULL: not published */
};

static const struct vector vectors[] = {
	{ "get-vanilla", "GET", "service", "", "",
	    { { "host", "example.amazonaws.com" }, { "x-amz-date", DATE } },
	    "bb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf3"
	    "1" },
	{ "get-vanilla-with-session-token", "GET", "service", "", "",
	    { { "host", "example.amazonaws.com" }, { "x-amz-date", DATE },
		{ "x-amz-security-token",
		    "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73"
		    "ebf194267" } },
	    NULL,
	    "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f"
	    "8" },
	{ "post-x-www-form-urlencoded", "POST", "service", "", "Param1=value1",
	    { { "content-type", "application/x-www-form-urlencoded" },
		{ "host", "example.amazonaws.com" }, { "x-amz-date", DATE } },
	    NULL,
	    "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473"
	    "a" },
	{ "GetCallerIdentity", "POST", "sts", "",
	    "Action=GetCallerIdentity&Version=2011-06-15",
	    { { "content-type", FORM }, { "host", STS },
		{ "x-amz-date", DATE } },
	    "74f85d64795bc5f30af8b92378344f5c25c0d305498fca44ea38f6a5a1d5860f",
	    "52a8540fea00e731072179f763577cbe2a45eac2c5d32fb4d785f3eefac8816"
	    "5" },
	{ "GetCallerIdentity, JSON, with a token", "POST", "sts", "",
	    "Action=GetCallerIdentity&Version=2011-06-15",
	    { { "accept", "application/json" }, { "content-type", FORM },
		{ "host", STS }, { "x-amz-date", DATE },
		{ "x-amz-security-token", TOKEN } },
	    "22b83f56ab594ff76c0009538f3fa4ebf12d132a965023b8e2868a3b3f912666",
	    "8cbe8c8eb96b5da18394faa1e73e8cb2e2ccf70d27098cca7efd26d0b3afd71"
	    "6" },
	{ "GetUserId", "POST", "identitystore", "",
	    "{\"IdentityStoreId\":\"d-1234567890\",\"AlternateIdentifier\":"
	    "{\"UniqueAttribute\":{\"AttributePath\":\"userName\","
	    "\"AttributeValue\":\"alice@example.com\"}}}",
	    { { "content-type", "application/x-amz-json-1.1" },
		{ "host", "identitystore.us-east-1.amazonaws.com" },
		{ "x-amz-date", DATE }, { "x-amz-security-token", TOKEN },
		{ "x-amz-target", "AWSIdentityStore.GetUserId" } },
	    "eeaed1054199b30e64197a62e2456f7047a2ace3aeb06a0cbdb4193507ce5cde",
	    "df9909ecaa24800e9a5d85b53471a407f9a15573b140c91132315aaa1a62146"
	    "8" },
	{ "presigned GetCallerIdentity", "GET", "sts",
	    "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm="
	    "AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2F"
	    "us-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&"
	    "X-Amz-Expires=60&X-Amz-Security-Token=EXAMPLETOKEN%2F%2B%3D%3D&"
	    "X-Amz-SignedHeaders=host",
	    "", { { "host", STS } },
	    "53524ca48356876e7f06a72a698a62b77f21c1041df2a81cf647bc8ccf894b6c",
	    "358bedbcb6704ba17214b56a3e5c93c21c4bda80b9c207bec90af953692bdcb"
	    "0" },
};

static void agrees_with_published_vectors(void **state)
{
	struct aw_keys *keys = example_keys();

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		struct aw_sigv4_request request = { .method = v->method,
			.path = "/",
			.query = v->query,
			.headers = v->headers,
			.body = v->body,
			.body_len = strlen(v->body),
			.region = "us-east-1",
			.service = v->service,
			.date = DATE };
		struct aw_sigv4 got;

		while (
		    request.n_headers < 6 && v->headers[request.n_headers].name)
			request.n_headers++;
		if (aw_sigv4_sign(&request, keys, &got) != 0)
			fail_msg("%s: cannot sign", v->name);
		if (v->canonical && strcmp(got.canonical, v->canonical) != 0)
			fail_msg(
			    "%s: canonical request %s", v->name, got.canonical);
		if (strcmp(got.signature, v->signature) != 0)
			fail_msg("%s: signature %s", v->name, got.signature);
	}
	aw_keys_unref(keys);
}

static void authorization_names_what_was_signed(void **state)
{
	const struct aw_header headers[] = {
		{ "host", "example.amazonaws.com" }, { "x-amz-date", DATE }
	};
	const struct aw_sigv4_request request = { .method = "GET",
		.path = "/",
		.query = "",
		.headers = headers,
		.n_headers = 2,
		.body = "",
		.region = "us-east-1",
		.service = "service",
		.date = DATE };
	struct aw_keys *keys = example_keys();
	struct aw_sigv4 got;

	(void)state;
	assert_int_equal(aw_sigv4_sign(&request, keys, &got), 0);
	assert_string_equal(got.authorization,
	    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/"
	    "service/aws4_request, SignedHeaders=host;x-amz-date, Signature="
	    "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf"
	    "31");
	aw_keys_unref(keys);
}

static void bad_date_signs_nothing(void **state)
{
	const struct aw_sigv4_request request = { .method = "GET",
		.path = "/",
		.query = "",
		.body = "",
		.region = "r",
		.service = "s",
		.date = "20150830" };
	struct aw_keys *keys = example_keys();
	struct aw_sigv4 got = { .signature = "untouched" };

	(void)state;
	assert_int_equal(aw_sigv4_sign(&request, keys, &got), -EMSGSIZE);
	assert_string_equal(got.signature, "untouched");
	aw_keys_unref(keys);
}

static void dates(void **state)
{
	static const struct {
		int64_t epoch;
		int want;
		const char *text;
	} rows[] = {
		{ 1440938160, 0, DATE },
		{ 0, 0, "19700101T000000Z" },
		{ 253402300799, 0, "99991231T235959Z" },
		{ 253402300800, -ERANGE, "" },
		{ -1, -ERANGE, "" },
		{ INT64_MAX, -ERANGE, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[AW_SIGV4_DATE_SIZE] = "";

		if (aw_sigv4_date(rows[i].epoch, got) != rows[i].want ||
		    strcmp(got, rows[i].text) != 0)
			fail_msg("%lld: %s", (long long)rows[i].epoch, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_published_vectors),
		cmocka_unit_test(authorization_names_what_was_signed),
		cmocka_unit_test(bad_date_signs_nothing),
		cmocka_unit_test(dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
