/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/oidc.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/oidc.h"

static void bodies(void **state)
{
	struct aw_buf body = AW_BUF_INIT(4096);

	(void)state;
	assert_int_equal(
	    aw_oidc_register_body("ssh to \"b\" as alice", &body), 0);
	assert_string_equal(aw_buf_text(&body),
	    "{\"clientName\":\"ssh to \\\"b\\\" as alice\",\"clientType\":"
	    "\"public\",\"scopes\":[\"sso:account:access\"]}");
	aw_buf_done(&body);
	assert_int_equal(aw_oidc_authorize_body(
			     "i", "s", "https://d-1.awsapps.com/start", &body),
	    0);
	assert_string_equal(aw_buf_text(&body),
	    "{\"clientId\":\"i\",\"clientSecret\":\"s\",\"startUrl\":"
	    "\"https://d-1.awsapps.com/start\"}");
	aw_buf_done(&body);
	assert_int_equal(aw_oidc_token_body("i", "s", "c", &body), 0);
	assert_string_equal(aw_buf_text(&body),
	    "{\"clientId\":\"i\",\"clientSecret\":\"s\",\"grantType\":"
	    "\"urn:ietf:params:oauth:grant-type:device_code\","
	    "\"deviceCode\":\"c\"}");
	aw_buf_done(&body);
}

/* A body that does not fit is an error, not half a body. */
static void body_too_large(void **state)
{
	struct aw_buf body = AW_BUF_INIT(16);

	(void)state;
	assert_int_equal(aw_oidc_token_body("i", "s", "c", &body), -EMSGSIZE);
	aw_buf_done(&body);
}

static struct json_object *parse(const char *text)
{
	const struct aw_place place = { NULL, "test", -1 };
	struct json_object *json = NULL;

	if (aw_answer_parse(&place, text, strlen(text), &json, NULL) != 0)
		fail_msg("not JSON: %s", text);
	return json;
}

#define DEVICE(uri, complete, expires, more)                 \
	"{\"deviceCode\":\"dc\",\"userCode\":\"ABCD-EFGH\"," \
	"\"verificationUri\":\"" uri "\"," complete          \
	"\"expiresIn\":" expires more "}"
#define URI "https://d-1.awsapps.com/start/#/device"

static void devices(void **state)
{
	static const struct {
		const char *text, *says;
		int64_t interval;
	} rows[] = {
		{ DEVICE(URI, "\"verificationUriComplete\":\"" URI "?x\",",
		      "600", ",\"interval\":1"),
		    NULL, 1 },
		{ DEVICE(URI, "", "600", ""), NULL, 5 },
		{ DEVICE("javascript:alert(1)", "", "600", ""),
		    "verificationUri: not a web page", 0 },
		{ DEVICE(URI, "\"verificationUriComplete\":\"data:x\",", "600",
		      ""),
		    "verificationUriComplete: not a web page", 0 },
		{ DEVICE(URI, "", "0", ""), "expiresIn: out of range", 0 },
		{ DEVICE(URI, "", "86401", ""), "expiresIn: out of range", 0 },
		{ DEVICE(URI, "", "600", ",\"interval\":3601"),
		    "interval: out of range", 0 },
		{ DEVICE("https://x/\\n", "", "600", ""), "verificationUri",
		    0 },
		{ "{}", "StartDeviceAuthorization: deviceCode: missing", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = parse(rows[i].text);
		struct aw_oidc_device got;
		struct aw_diag why = { .text = "" };
		const int r = aw_oidc_read_device(json, &got, &why);

		if (r != (rows[i].says ? -EBADMSG : 0) ||
		    (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("%s: %d %s", rows[i].text, r, why.text);
		if (r == 0) {
			assert_string_equal(got.user_code, "ABCD-EFGH");
			assert_string_equal(got.device_code, "dc");
			assert_int_equal(got.expires_in, 600);
			assert_int_equal(got.interval, rows[i].interval);
		}
		json_object_put(json);
	}
}

static void clients_and_tokens(void **state)
{
	static const struct {
		bool token;
		const char *text, *says;
	} rows[] = {
		{ false,
		    "{\"clientId\":\"i\",\"clientSecret\":\"s\","
		    "\"clientSecretExpiresAt\":1900000000}",
		    NULL },
		{ false, "{\"clientId\":\"i\",\"clientSecret\":\"s\"}",
		    "RegisterClient: clientSecretExpiresAt: missing" },
		{ false, "{\"clientId\":\"\"}",
		    "RegisterClient: clientId: empty" },
		{ true,
		    "{\"accessToken\":\"t\",\"tokenType\":\"Bearer\","
		    "\"expiresIn\":28800}",
		    NULL },
		{ true, "{\"accessToken\":\"t\",\"expiresIn\":1}", NULL },
		{ true,
		    "{\"accessToken\":\"t\",\"tokenType\":\"DPoP\","
		    "\"expiresIn\":1}",
		    "CreateToken: tokenType: not Bearer" },
		{ true, "{\"accessToken\":\"t\"}",
		    "CreateToken: expiresIn: missing" },
		{ true, "{\"accessToken\":\"t\\r\\nX: y\",\"expiresIn\":1}",
		    "CreateToken: accessToken: holds bytes" },
		{ true, "{\"expiresIn\":1}",
		    "CreateToken: accessToken: missing" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = parse(rows[i].text);
		struct aw_oidc_client client;
		struct aw_oidc_token token;
		struct aw_diag why = { .text = "" };
		const int r = rows[i].token
				  ? aw_oidc_read_token(json, &token, &why)
				  : aw_oidc_read_client(json, &client, &why);

		if (r != (rows[i].says ? -EBADMSG : 0) ||
		    (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("%s: %d %s", rows[i].text, r, why.text);
		json_object_put(json);
	}
}

/* A run of answers, and what the pause before the next request is. */
static void polling(void **state)
{
	static const struct {
		const char *name;
		int64_t interval;
		struct {
			enum aw_net net;
			const char *code;
			uint64_t want_ms; /* 0: the end */
		} step[8];
	} rows[] = {
		{ "pending keeps the interval", 5,
		    { { AW_NET_UNAVAIL, "authorization_pending", 5000 },
			{ AW_NET_UNAVAIL, "authorization_pending", 5000 } } },
		{ "slow_down raises it for good", 5,
		    { { AW_NET_THROTTLED, "slow_down", 10000 },
			{ AW_NET_UNAVAIL, "authorization_pending", 10000 },
			{ AW_NET_THROTTLED, "slow_down", 15000 },
			{ AW_NET_UNAVAIL, "authorization_pending", 15000 } } },
		{ "silence doubles the pause, an answer ends that", 5,
		    { { AW_NET_UNAVAIL, "", 10000 },
			{ AW_NET_UNAVAIL, "", 20000 },
			{ AW_NET_UNAVAIL, "", 30000 },
			{ AW_NET_UNAVAIL, "", 30000 },
			{ AW_NET_UNAVAIL, "authorization_pending", 5000 } } },
		{ "a longer interval is never cut", 40,
		    { { AW_NET_UNAVAIL, "", 40000 },
			{ AW_NET_UNAVAIL, "", 40000 } } },
		{ "overload is no denial", 1,
		    { { AW_NET_THROTTLED, "ThrottlingException", 2000 },
			{ AW_NET_UNAVAIL, "server_error", 4000 } } },
		{ "no interval at all", 0,
		    { { AW_NET_UNAVAIL, "authorization_pending", 1000 } } },
		{ "denied", 5, { { AW_NET_DENIED, "access_denied", 0 } } },
		{ "expired", 5, { { AW_NET_EXPIRED, "expired_token", 0 } } },
		{ "used", 5, { { AW_NET_EXPIRED, "invalid_grant", 0 } } },
		{ "unknown client", 5,
		    { { AW_NET_UNAVAIL, "invalid_client", 0 } } },
		{ "malformed", 5, { { AW_NET_BAD_ANSWER, "", 0 } } },
		{ "something else", 5, { { AW_NET_CONFIG, "what", 0 } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_poll poll;

		aw_poll_init(&poll, rows[i].interval);
		assert_true(poll.wait_ms >= 1000);
		for (size_t j = 0; j < 8 && rows[i].step[j].code; j++) {
			const bool on = aw_poll_goes_on(
			    &poll, rows[i].step[j].net, rows[i].step[j].code);
			const uint64_t want = rows[i].step[j].want_ms;

			if (on != (want != 0) || (on && poll.wait_ms != want))
				fail_msg("%s, step %zu: %d, %llu ms",
				    rows[i].name, j, on,
				    (unsigned long long)poll.wait_ms);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies),
		cmocka_unit_test(body_too_large),
		cmocka_unit_test(devices),
		cmocka_unit_test(clients_and_tokens),
		cmocka_unit_test(polling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
