/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/oidc.c: the device flow, state by state.
 * covers: spine.9, R28
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/flow.h"
#include "tests/idcsim/store.h"

#define GRANT "urn:ietf:params:oauth:grant-type:device_code"

/* The last answer is this error of the OIDC service. */
static void assert_error(const struct probe *probe, const char *what,
    unsigned status, const char *code, const char *error)
{
	char header[160];

	aw_ignore(aw_fmt(header, sizeof(header),
	    "%s:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/",
	    code));
	if (probe->call.status != status ||
	    strcmp(probe->call.error_type, header) != 0 ||
	    strcmp(probe_text(probe, "error"), error) != 0 ||
	    probe_text(probe, "error_description")[0] == '\0' ||
	    strcmp(probe->call.type, "application/json") != 0)
		fail_msg("%s: %u %s %s", what, probe->call.status,
		    probe->call.error_type, aw_buf_text(&probe->call.body));
}

static struct aw_sim_client *new_client(struct probe *probe)
{
	struct aw_sim_client *client = aw_sim_client_new(&probe->sim, "x");

	client->may_device = true;
	client->has_scope = true;
	return client;
}

static unsigned poll(
    struct probe *probe, const struct aw_sim_client *client, const char *device)
{
	char body[4096];

	aw_ignore(aw_fmt(body, sizeof(body),
	    "{\"clientId\":\"%s\",\"clientSecret\":\"%s\",\"grantType\":"
	    "\"" GRANT "\",\"deviceCode\":\"%s\"}",
	    client->id, client->secret, device));
	return probe_json(probe, "/token", body);
}

static void bad_bodies(void **state)
{
	static const struct {
		const char *target;
		const char *body;
	} rows[] = {
		{ "/client/register", "" },
		{ "/client/register", "{" },
		{ "/client/register", "[]" },
		{ "/client/register", "{}" },
		{ "/client/register", "{\"clientName\":\"x\"}" },
		{ "/client/register",
		    "{\"clientName\":7,\"clientType\":\"public\"}" },
		{ "/client/register",
		    "{\"clientName\":\"x\",\"clientType\":\"public\","
		    "\"scopes\":\"sso:account:access\"}" },
		{ "/client/register",
		    "{\"clientName\":\"x\",\"clientType\":\"public\","
		    "\"scopes\":[7]}" },
		{ "/client/register",
		    "{\"clientName\":\"x\",\"clientType\":\"public\","
		    "\"unknown\":1}" },
		{ "/client/register",
		    "{\"client_name\":\"x\",\"client_type\":\"public\"}" },
		{ "/client/register",
		    "{\"clientName\":\"x\",\"clientType\":\"public\","
		    "\"grantTypes\":[\"authorization_code\"]}" },
		{ "/device_authorization", "{}" },
		{ "/token", "{}" },
		{ "/token", "{\"clientId\":\"x\",\"clientSecret\":\"x\"}" },
	};
	const struct aw_sim_header form[] = {
		{ "Content-Type", "application/x-www-form-urlencoded" },
		{ NULL, NULL },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)probe_json(probe, rows[i].target, rows[i].body);
		assert_error(probe, rows[i].body, 400,
		    "InvalidRequestException", "invalid_request");
	}
	(void)probe_ask(probe, "POST", "/client/register", form,
	    "{\"clientName\":\"x\",\"clientType\":\"public\"}");
	assert_error(
	    probe, "form", 400, "InvalidRequestException", "invalid_request");
}

static void a_form_is_not_taken(void **state)
{
	struct probe *probe = *state;

	assert_int_equal(
	    probe_ask(probe, "GET", "/client/register", NULL, ""), 404);
	assert_int_equal(
	    probe_ask(probe, "POST", "/oauth/token", NULL, ""), 404);
}

static void long_names_are_kept_whole_characters(void **state)
{
	struct probe *probe = *state;
	char name[300];

	memset(name, 'a', 254);
	memcpy(name + 254, "\xc3\xa4", 3);
	assert_int_equal(
	    strlen(aw_sim_client_new(&probe->sim, name)->name), 254);
	name[253] = '\0';
	assert_string_equal(aw_sim_client_new(&probe->sim, name)->name, name);
}

static void intervals(void **state)
{
	static const struct {
		int after_ms; /* since the poll before */
		const char *want;
	} rows[] = {
		{ 0, "authorization_pending" },
		{ 4740, "slow_down" },
		{ 9740, "slow_down" },
		{ 15000, "authorization_pending" },
		{ 14760, "authorization_pending" },
		{ 14740, "slow_down" },
	};
	struct probe *probe = *state;
	struct aw_sim_client *client = new_client(probe);
	struct aw_sim_code *code = aw_sim_code_new(&probe->sim, client);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		probe->sim.clock_ms += rows[i].after_ms;
		(void)poll(probe, client, code->device);
		if (strcmp(probe_text(probe, "error"), rows[i].want) != 0)
			fail_msg("row %zu: %s", i, probe_text(probe, "error"));
	}
}

static void lives(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_client *client = new_client(probe);
	struct aw_sim_code *code = aw_sim_code_new(&probe->sim, client);

	probe->sim.clock_ms = 599999;
	(void)poll(probe, client, code->device);
	assert_error(probe, "just alive", 400, "AuthorizationPendingException",
	    "authorization_pending");
	assert_true(aw_sim_code_is_open(&probe->sim, code));
	probe->sim.clock_ms = 600000;
	(void)poll(probe, client, code->device);
	assert_error(
	    probe, "dead", 400, "ExpiredTokenException", "expired_token");
	assert_int_equal(
	    aw_sim_approve(&probe->sim, code->user_code, "alice", NULL),
	    AW_ABSENT);
	probe->sim.clock_ms = 7776000 * INT64_C(1000) - 1;
	assert_non_null(
	    aw_sim_client_get(&probe->sim, client->id, client->secret));
	probe->sim.clock_ms++;
	(void)poll(probe, client, code->device);
	assert_error(probe, "the client", 401, "InvalidClientException",
	    "invalid_client");
}

/* The code is the client's that asked for it, and good for one token. */
static void codes(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_client *client = new_client(probe);
	struct aw_sim_code *code = aw_sim_code_new(&probe->sim, client);
	struct aw_sim_client *other = new_client(probe);

	assert_int_equal(
	    aw_sim_approve(&probe->sim, code->user_code, "alice", NULL), 0);
	(void)poll(probe, other, code->device);
	assert_error(probe, "other client", 400, "InvalidGrantException",
	    "invalid_grant");
	assert_int_equal(poll(probe, client, code->device), 200);
	assert_string_equal(probe_text(probe, "tokenType"), "Bearer");
	assert_string_equal(probe->call.user, "alice@example.com");
	assert_string_equal(probe->call.user_code, code->user_code);
	probe->sim.clock_ms = 900000;
	(void)poll(probe, client, code->device);
	assert_error(
	    probe, "again", 400, "InvalidGrantException", "invalid_grant");
}

static void approvals(void **state)
{
	static const struct {
		const char *who;
		int want;
	} rows[] = {
		{ "carol", AW_DENIED }, { "mallory", AW_UNKNOWN },
		{ "", AW_UNKNOWN }, { "example.com", AW_UNKNOWN },
		{ PROBE_BOB, 0 }, { "bob", AW_ABSENT }, /* it is decided */
	};
	struct probe *probe = *state;
	struct aw_sim_code *code =
	    aw_sim_code_new(&probe->sim, new_client(probe));
	char typed[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag diag = { .text = "" };
		const int r = aw_sim_approve(
		    &probe->sim, code->user_code, rows[i].who, &diag);

		if (r != rows[i].want || (r == 0) != (diag.text[0] == '\0'))
			fail_msg("%s: %d %s", rows[i].who, r, diag.text);
	}
	assert_string_equal(code->user_id, PROBE_BOB);
	aw_ignore(aw_fmt(typed, sizeof(typed), "%.4s%s", code->user_code,
	    code->user_code + 5));
	typed[0] = (char)(typed[0] | 0x20);
	assert_ptr_equal(aw_sim_code_by_user_code(&probe->sim, typed), code);
	typed[7] = '\0';
	assert_null(aw_sim_code_by_user_code(&probe->sim, typed));
	assert_null(aw_sim_code_by_user_code(&probe->sim, ""));
}

static void faults(void **state)
{
	static const struct {
		const char *kind;
		unsigned status;
		const char *code;
		const char *error;
	} rows[] = {
		{ "deny", 400, "AccessDeniedException", "access_denied" },
		{ "expire", 400, "ExpiredTokenException", "expired_token" },
		{ "slow_down", 400, "SlowDownException", "slow_down" },
		{ "throttle", 400, "SlowDownException", "slow_down" },
		{ "status", 500, "InternalServerException", "server_error" },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_sim_client *client = new_client(probe);
		struct aw_sim_code *code = aw_sim_code_new(&probe->sim, client);

		assert_int_equal(
		    aw_sim_faults_add(&probe->sim.faults, "CreateToken",
			rows[i].kind, NULL, 1, NULL),
		    0);
		(void)poll(probe, client, code->device);
		assert_error(probe, rows[i].kind, rows[i].status, rows[i].code,
		    rows[i].error);
	}
}

/* The oldest make room, and the newest work. */
static void rings(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_client *client = new_client(probe);
	struct aw_sim_code *code = NULL;
	char first[512];

	code = aw_sim_code_new(&probe->sim, client);
	memcpy(first, code->device, sizeof(first));
	for (int i = 0; i < AW_SIM_FLOWS_MAX; i++)
		code = aw_sim_code_new(&probe->sim, client);
	assert_null(aw_sim_code_by_device(&probe->sim, first));
	assert_ptr_equal(
	    aw_sim_code_by_device(&probe->sim, code->device), code);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    bad_bodies, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    a_form_is_not_taken, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    long_names_are_kept_whole_characters, probe_setup,
		    probe_teardown),
		cmocka_unit_test_setup_teardown(
		    intervals, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    lives, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    codes, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    approvals, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    faults, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    rings, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
