/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/imds.c: metadata only for who has a token.
 * covers: spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include "tests/idcsim/store.h"

#define TTL   "x-aws-ec2-metadata-token-ttl-seconds"
#define TOKEN "x-aws-ec2-metadata-token"
#define META  "/latest/meta-data/"
#define ROLES META "iam/security-credentials/"

static unsigned ask(struct probe *probe, const char *path, const char *token)
{
	const struct aw_sim_header headers[] = {
		{ TOKEN, token },
		{ NULL, NULL },
	};

	return probe_ask(probe, "GET", path, token ? headers : NULL, "");
}

static void get_token(struct probe *probe, const char *ttl, char token[64])
{
	const struct aw_sim_header headers[] = { { TTL, ttl }, { NULL, NULL } };

	assert_int_equal(
	    probe_ask(probe, "PUT", "/latest/api/token", headers, ""), 200);
	assert_int_equal(aw_copy(token, 64, aw_buf_text(&probe->call.body)), 0);
}

static void tokens(void **state)
{
	static const struct {
		const char *method;
		const char *ttl;
		const char *forwarded;
		unsigned want;
	} rows[] = {
		{ "PUT", "1", NULL, 200 },
		{ "PUT", "21600", NULL, 200 },
		{ "PUT", "0", NULL, 400 },
		{ "PUT", "21601", NULL, 400 },
		{ "PUT", "x", NULL, 400 },
		{ "PUT", NULL, NULL, 400 },
		{ "PUT", "60", "192.0.2.1", 403 },
		{ "GET", "60", NULL, 404 },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct aw_sim_header headers[] = {
			{ rows[i].ttl ? TTL : "Accept",
			    rows[i].ttl ? rows[i].ttl : "*/*" },
			{ rows[i].forwarded ? "X-Forwarded-For" : NULL,
			    rows[i].forwarded },
			{ NULL, NULL },
		};
		const unsigned got = probe_ask(
		    probe, rows[i].method, "/latest/api/token", headers, "");

		if (got != rows[i].want)
			fail_msg("row %zu: %u", i, got);
	}
}

static void documents(void **state)
{
	static const struct {
		const char *path;
		const char *holds;
	} rows[] = {
		{ ROLES, "awssso-host" },
		{ META "placement/region", "us-east-1" },
		{ META "instance-id", "i-0a1b2c3d4e5f60718" },
		{ "/latest/dynamic/instance-identity/document",
		    "\"accountId\":\"" PROBE_ACCOUNT "\"" },
		{ ROLES "awssso-host", "\"Code\":\"Success\"" },
		{ ROLES "awssso-host",
		    "\"Expiration\":\"2015-08-30T18:36:00Z\"" },
	};
	struct probe *probe = *state;
	char token[64];
	char other[64];

	get_token(probe, "60", token);
	memcpy(other, token, sizeof(other));
	other[0] ^= 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		probe->sim.clock_ms = 0;
		if (ask(probe, rows[i].path, token) != 200 ||
		    !strstr(aw_buf_text(&probe->call.body), rows[i].holds))
			fail_msg("%s: %s", rows[i].path,
			    aw_buf_text(&probe->call.body));
		if (ask(probe, rows[i].path, NULL) != 401 ||
		    ask(probe, rows[i].path, other) != 401 ||
		    ask(probe, rows[i].path, "") != 401)
			fail_msg("%s: without a token", rows[i].path);
		probe->sim.clock_ms = 60000;
		if (ask(probe, rows[i].path, token) != 401)
			fail_msg("%s: with an old token", rows[i].path);
	}
	probe->sim.clock_ms = 0;
	assert_int_equal(ask(probe, ROLES "other", token), 404);
}

/* Keys are replaced before they end, and the old ones are good till then. */
static void keys(void **state)
{
	struct probe *probe = *state;
	char token[64];
	char id[32];

	get_token(probe, "21600", token);
	assert_int_equal(ask(probe, ROLES "awssso-host", token), 200);
	aw_ignore(aw_copy(id, sizeof(id), probe_text(probe, "AccessKeyId")));
	assert_memory_equal(id, "ASIA", 4);
	probe->sim.clock_ms = (21600 - 601) * 1000;
	assert_int_equal(ask(probe, ROLES "awssso-host", token), 200);
	assert_string_equal(probe_text(probe, "AccessKeyId"), id);
	probe->sim.clock_ms = (21600 - 600) * 1000;
	assert_int_equal(ask(probe, ROLES "awssso-host", token), 200);
	assert_string_not_equal(probe_text(probe, "AccessKeyId"), id);
	assert_non_null(aw_sim_keys_get(&probe->sim, id));
}

static void without_a_role(void **state)
{
	struct probe *probe = *state;
	char token[64];

	get_token(probe, "60", token);
	assert_int_equal(aw_sim_faults_add(&probe->sim.faults,
			     "ImdsCredentials", "deny", NULL, 0, NULL),
	    0);
	assert_int_equal(ask(probe, ROLES "awssso-host", token), 200);
	assert_string_equal(
	    probe_text(probe, "Code"), "AssumeRoleUnauthorizedAccess");
	assert_string_equal(probe_text(probe, "AccessKeyId"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    tokens, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    documents, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    keys, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    without_a_role, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
