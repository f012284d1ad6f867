/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/sigv4_check.c: the official vectors, the vectors
 * for our own requests, and every way to be wrong.
 * covers: spine.9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/idcsim/call.h"
#include "tests/idcsim/sigv4_canon.h"
#include "tests/idcsim/sigv4_check.h"
#include "tests/idcsim/sim.h"

#define KEY   "AKIDEXAMPLE"
#define DATE  "20150830T123600Z"
#define AT_MS INT64_C(1440938160000)
#define TOKEN "EXAMPLETOKEN/+=="
#define LONG                                       \
	"6e86291e8372ff2a2260956d9b8aae1d763fbf31" \
	"5fa00fa31553b73ebf194267"
#define FORM     "application/x-www-form-urlencoded"
#define STS      "sts.us-east-1.amazonaws.com"
#define STS_BODY "Action=GetCallerIdentity&Version=2011-06-15"
#define USER_BODY                                                         \
	"{\"IdentityStoreId\":\"d-1234567890\",\"AlternateIdentifier\":{" \
	"\"UniqueAttribute\":{\"AttributePath\":\"userName\","            \
	"\"AttributeValue\":\"alice@example.com\"}}}"
#define AUTH(service, names, signature)                              \
	{                                                            \
		"Authorization",                                     \
		    "AWS4-HMAC-SHA256 Credential=" KEY               \
		    "/20150830/us-east-1/" service "/aws4_request, " \
		    "SignedHeaders=" names ", Signature=" signature  \
	}

struct vector {
	const char *name;
	const char *service;
	const char *token;
	struct aw_sim_req req;
};

static const struct vector vectors[] = {
	{ "get-vanilla", "service", "",
	    { .method = "GET",
		.target = "/",
		.header = { { "Host", "example.amazonaws.com" },
		    { "X-Amz-Date", DATE },
		    AUTH("service", "host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae"
			"1d763fbf31") } } },
	{ "get-vanilla-with-session-token", "service", LONG,
	    { .method = "GET",
		.target = "/",
		.header = { { "Host", "example.amazonaws.com" },
		    { "X-Amz-Date", DATE }, { "X-Amz-Security-Token", LONG },
		    AUTH("service", "host;x-amz-date;x-amz-security-token",
			"07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66"
			"dd9f74e7f8") } } },
	{ "post-x-www-form-urlencoded, botocore's", "service", "",
	    { .method = "POST",
		.target = "/",
		.body = "Param1=value1",
		.header = { { "Content-Type", FORM },
		    { "Host", "example.amazonaws.com" }, { "X-Amz-Date", DATE },
		    AUTH("service", "content-type;host;x-amz-date",
			"ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196"
			"a0fe09473a") } } },
	{ "post-x-www-form-urlencoded, aws-c-auth's", "service", "",
	    { .method = "POST",
		.target = "/",
		.body = "Param1=value1",
		.header = { { "Content-Type", FORM },
		    { "Host", "example.amazonaws.com" },
		    { "Content-Length", "13" }, { "X-Amz-Date", DATE },
		    { "x-amz-content-sha256",
			"9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4"
			"c7b24d0b6e" },
		    AUTH("service",
			"content-length;content-type;host;"
			"x-amz-content-sha256;x-amz-date",
			"d3875051da38690788ef43de4db0d8f280229d82040bfac253562e"
			"56c3f20e0b") } } },
	{ "GetCallerIdentity", "sts", "",
	    { .method = "POST",
		.target = "/",
		.body = STS_BODY,
		.header = { { "Content-Type", FORM "; charset=utf-8" },
		    { "Host", STS }, { "X-Amz-Date", DATE },
		    AUTH("sts", "content-type;host;x-amz-date",
			"52a8540fea00e731072179f763577cbe2a45eac2c5d32fb4d785f3"
			"eefac88165") } } },
	{ "GetCallerIdentity, JSON, token", "sts", TOKEN,
	    { .method = "POST",
		.target = "/",
		.body = STS_BODY,
		.header = { { "Content-Type", FORM "; charset=utf-8" },
		    { "Accept", "application/json" }, { "Host", STS },
		    { "X-Amz-Date", DATE }, { "X-Amz-Security-Token", TOKEN },
		    AUTH("sts",
			"accept;content-type;host;x-amz-date;"
			"x-amz-security-token",
			"8cbe8c8eb96b5da18394faa1e73e8cb2e2ccf70d27098cca7efd26"
			"d0b3afd716") } } },
	{ "GetUserId", "identitystore", TOKEN,
	    { .method = "POST",
		.target = "/",
		.body = USER_BODY,
		.header = { { "Content-Type", "application/x-amz-json-1.1" },
		    { "Host", "identitystore.us-east-1.amazonaws.com" },
		    { "X-Amz-Target", "AWSIdentityStore.GetUserId" },
		    { "X-Amz-Date", DATE }, { "X-Amz-Security-Token", TOKEN },
		    AUTH("identitystore",
			"content-type;host;x-amz-date;"
			"x-amz-security-token;x-amz-target",
			"df9909ecaa24800e9a5d85b53471a407f9a15573b140c91132315a"
			"aa1a621468") } } },
	{ "presigned GetCallerIdentity", "sts", TOKEN,
	    { .method = "GET",
		.target = "/?Action=GetCallerIdentity&Version=2011-06-15"
			  "&X-Amz-Algorithm=AWS4-HMAC-SHA256"
			  "&X-Amz-Credential=" KEY
			  "%2F20150830%2Fus-east-1%2Fsts%2Faws4_request"
			  "&X-Amz-Date=" DATE "&X-Amz-Expires=60"
			  "&X-Amz-Security-Token=EXAMPLETOKEN%2F%2B%3D%3D"
			  "&X-Amz-SignedHeaders=host&X-Amz-Signature="
			  "358bedbcb6704ba17214b56a3e5c93c21c4bda80b9c207bec90a"
			  "f953692bdcb0",
		.header = { { "Host", STS } } } },
};
#define N_VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void prepare(
    struct aw_sim *sim, const struct vector *vector, struct aw_sim_req *req)
{
	memset(sim, 0, sizeof(*sim));
	sim->frozen_ms = AT_MS;
	memcpy(sim->keys.host.id, KEY, sizeof(KEY));
	memcpy(sim->keys.host.secret,
	    "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", 41);
	memcpy(sim->keys.host.token, vector->token, strlen(vector->token) + 1);
	*req = vector->req;
	req->n_headers = 0;
	while (req->header[req->n_headers].name != NULL)
		req->n_headers++;
	req->body_len = req->body ? strlen(req->body) : 0;
	assert_int_equal(aw_sim_req_split(req), 0);
}

static int check(
    struct aw_sim *sim, const struct aw_sim_req *req, const char *service)
{
	const struct aw_sim_key *key = NULL;
	struct aw_diag diag = { .text = "" };
	const int r =
	    aw_sim_sigv4_check(sim, req, service, "us-east-1", &key, &diag);

	assert_true((r == 0) == (key != NULL));
	assert_true((r == 0) == (diag.text[0] == '\0'));
	return r;
}

static void good(void **state)
{
	struct aw_sim sim;
	struct aw_sim_req req;

	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		prepare(&sim, &vectors[i], &req);
		if (check(&sim, &req, vectors[i].service) != 0)
			fail_msg("%s: refused", vectors[i].name);
	}
}

/* Whatever is changed, the signature is no longer good. */
static void wrong(void **state)
{
	struct aw_sim sim;
	struct aw_sim_req req;

	(void)state;
	for (size_t i = 0; i < N_VECTORS; i++) {
		const struct vector *vector = &vectors[i];

		prepare(&sim, vector, &req);
		sim.keys.host.secret[39] = 'z';
		if (check(&sim, &req, vector->service) != AW_SIM_SIG_MISMATCH)
			fail_msg("%s: wrong secret", vector->name);
		prepare(&sim, vector, &req);
		req.method = "PUT";
		if (check(&sim, &req, vector->service) != AW_SIM_SIG_MISMATCH)
			fail_msg("%s: other method", vector->name);
		prepare(&sim, vector, &req);
		req.body = "x";
		req.body_len = 1;
		if (check(&sim, &req, vector->service) != AW_SIM_SIG_MISMATCH)
			fail_msg("%s: other body", vector->name);
		prepare(&sim, vector, &req);
		if (check(&sim, &req, "other") != AW_SIM_SIG_MISMATCH)
			fail_msg("%s: other service", vector->name);
		prepare(&sim, vector, &req);
		sim.keys.host.token[0] ^= 1;
		if (check(&sim, &req, vector->service) !=
		    AW_SIM_SIG_UNKNOWN_KEY)
			fail_msg("%s: other token", vector->name);
		prepare(&sim, vector, &req);
		sim.keys.host.id[0] = 'B';
		if (check(&sim, &req, vector->service) !=
		    AW_SIM_SIG_UNKNOWN_KEY)
			fail_msg("%s: other key", vector->name);
	}
}

static void times(void **state)
{
	static const struct {
		int64_t off_ms;
		int64_t expires_ms;
		int want;
	} rows[] = {
		{ 300000, 0, 0 },
		{ -300000, 0, 0 },
		{ 300001, 0, AW_SIM_SIG_SKEW },
		{ -300001, 0, AW_SIM_SIG_SKEW },
		{ 0, AT_MS + 1, 0 },
		{ 0, AT_MS, AW_SIM_SIG_EXPIRED_KEY },
	};
	struct aw_sim sim;
	struct aw_sim_req req;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		prepare(&sim, &vectors[0], &req);
		sim.clock_ms = rows[i].off_ms;
		sim.keys.host.expires_ms = rows[i].expires_ms;
		if (check(&sim, &req, "service") != rows[i].want)
			fail_msg("row %zu", i);
	}
}

#define SCOPE KEY "/20150830/us-east-1/service/aws4_request"
#define SIGNATURE \
	"5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
static const struct {
	const char *name;
	const char *header;
	int want;
} form_rows[] = {
	{ "no blanks",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    ",SignedHeaders=host;x-amz-date,Signature=" SIGNATURE,
	    0 },
	{ "other order",
	    "AWS4-HMAC-SHA256 Signature=" SIGNATURE
	    ", SignedHeaders=host;x-amz-date, Credential=" SCOPE,
	    0 },
	{ "bearer", "Bearer x", AW_SIM_SIG_INCOMPLETE },
	{ "no credential",
	    "AWS4-HMAC-SHA256 SignedHeaders=host;"
	    "x-amz-date, Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "no signature",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    ", SignedHeaders=host;x-amz-date",
	    AW_SIM_SIG_INCOMPLETE },
	{ "no names",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE ", Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "scope too short",
	    "AWS4-HMAC-SHA256 Credential=" KEY "/20150830/us-east-1/service, "
	    "SignedHeaders=host;x-amz-date,"
	    " Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "scope too long",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    "/x, SignedHeaders=host;x-amz-date, Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "host not signed",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    ", SignedHeaders=x-amz-date, Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "date not signed",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    ", SignedHeaders=host, Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "names not sorted",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    ", SignedHeaders=x-amz-date;host, Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "a name twice",
	    "AWS4-HMAC-SHA256 Credential=" SCOPE
	    ", SignedHeaders=host;host;x-amz-date, "
	    "Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "a header that is not there",
	    "AWS4-HMAC-SHA256 "
	    "Credential=" SCOPE ", SignedHeaders=accept;host;x-amz-date,"
	    " Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "other day",
	    "AWS4-HMAC-SHA256 Credential=" KEY
	    "/20150831/us-east-1/service/aws4_request, "
	    "SignedHeaders=host;x-amz-date, Signature=" SIGNATURE,
	    AW_SIM_SIG_INCOMPLETE },
	{ "other region",
	    "AWS4-HMAC-SHA256 Credential=" KEY
	    "/20150830/us-west-2/service/aws4_request, "
	    "SignedHeaders=host;x-amz-date, Signature=" SIGNATURE,
	    AW_SIM_SIG_MISMATCH },
	{ "prefix of the signature",
	    "AWS4-HMAC-SHA256 "
	    "Credential=" SCOPE ", SignedHeaders=host;x-amz-date, "
	    "Signature=5fa00f",
	    AW_SIM_SIG_MISMATCH },
};

static void forms(void **state)
{
	struct aw_sim sim;
	struct aw_sim_req req;

	(void)state;
	for (size_t i = 0; i < sizeof(form_rows) / sizeof(form_rows[0]); i++) {
		int r;

		prepare(&sim, &vectors[0], &req);
		req.header[2].value = form_rows[i].header;
		r = check(&sim, &req, "service");
		if (r != form_rows[i].want)
			fail_msg("%s: %d", form_rows[i].name, r);
	}
	prepare(&sim, &vectors[0], &req);
	req.n_headers = 2;
	assert_int_equal(check(&sim, &req, "service"), AW_SIM_SIG_MISSING);
	prepare(&sim, &vectors[0], &req);
	req.header[1].value = "20150830T123600";
	assert_int_equal(check(&sim, &req, "service"), AW_SIM_SIG_INCOMPLETE);
	/* A header that could change the meaning, added behind the signer. */
	prepare(&sim, &vectors[0], &req);
	req.header[req.n_headers].name = "X-Amz-Target";
	req.header[req.n_headers++].value = "AWSIdentityStore.DeleteUser";
	assert_int_equal(check(&sim, &req, "service"), AW_SIM_SIG_INCOMPLETE);
}

/* Spellings of one request have one canonical form. */
static void canonical(void **state)
{
	static const struct {
		const char *target;
		const char *same_as; /* or, with '!' in front, not */
	} rows[] = {
		{ "/a/../b", "/b" },
		{ "/a/./b//c/", "/a/b/c/" },
		{ "/..", "/" },
		{ "/a/", "!/a" },
		{ "/?b=2&a=1", "/?a=1&b=2" },
		{ "/?a=2&a=1", "/?a=1&a=2" },
		{ "/?a", "/?a=" },
		{ "/?a=%20b", "/?a=+b" },
		{ "/?a-b=1&a=2", "/?a=2&a-b=1" },
		{ "/?a=%2f", "/?a=/" },
		{ "/?a=b", "!/?a=c" },
		{ "/?a=b", "!/?a%3Db" },
	};
	struct aw_sim sim;
	struct aw_sim_req req;
	char one[AW_SIM_HEX];
	char two[AW_SIM_HEX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool is_same = rows[i].same_as[0] != '!';

		prepare(&sim, &vectors[0], &req);
		req.target = rows[i].target;
		assert_int_equal(aw_sim_req_split(&req), 0);
		assert_int_equal(
		    aw_sim_sigv4_canon(&req, "host", false, one), 0);
		req.target = rows[i].same_as + !is_same;
		assert_int_equal(aw_sim_req_split(&req), 0);
		assert_int_equal(
		    aw_sim_sigv4_canon(&req, "host", false, two), 0);
		if ((strcmp(one, two) == 0) != is_same)
			fail_msg("%s, %s", rows[i].target, rows[i].same_as);
	}
	prepare(&sim, &vectors[0], &req);
	assert_int_equal(
	    aw_sim_sigv4_canon(&req, "host;x-amz-date", false, one), 0);
	assert_string_equal(one, "bb579772317eb040ac9ed261061d46c1f17a8133879d"
				 "6129b6e1c25292927e63");
	req.header[0].value = "  example.amazonaws.com\t ";
	assert_int_equal(
	    aw_sim_sigv4_canon(&req, "host;x-amz-date", false, two), 0);
	assert_string_equal(one, two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(wrong),
		cmocka_unit_test(times),
		cmocka_unit_test(forms),
		cmocka_unit_test(canonical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
