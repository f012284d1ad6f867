/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/portal.c: tokens, assignments, and the header they
 * come in. covers: spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/store.h"

#define KEYS  "/federation/credentials"
#define ROLES "/assignment/roles"
#define LISTS "/assignment/accounts"
#define ROLE_ARN \
	"arn:aws:sts::" PROBE_OTHER ":assumed-role/AWSReservedSSO_Login_"

static unsigned ask(struct probe *probe, const char *target, const char *bearer)
{
	const struct aw_sim_header headers[] = {
		{ "x-amz-sso_bearer_token", bearer },
		{ NULL, NULL },
	};

	return probe_ask(probe, "GET", target, headers, "");
}

static void requests(void **state)
{
	static const struct {
		const char *who;
		const char *target;
		unsigned want;
		const char *error;
	} rows[] = {
		{ "alice", LISTS, 200, "" },
		{ "dave", LISTS, 200, "" },
		{ "alice", LISTS "?max_result=100", 200, "" },
		{ "alice", LISTS "?max_result=0", 400,
		    "InvalidRequestException" },
		{ "alice", LISTS "?max_result=101", 400,
		    "InvalidRequestException" },
		{ "alice", LISTS "?maxResults=10", 400,
		    "InvalidRequestException" },
		{ "alice", LISTS "?next_token=x", 400,
		    "InvalidRequestException" },
		{ "alice", LISTS "?max_result=%", 400,
		    "InvalidRequestException" },
		{ "alice", ROLES, 400, "InvalidRequestException" },
		{ "alice", ROLES "?account_id=" PROBE_ACCOUNT, 200, "" },
		{ "alice", ROLES "?account_id=000000000000", 403,
		    "ForbiddenException" },
		{ "dave", ROLES "?account_id=" PROBE_ACCOUNT, 403,
		    "ForbiddenException" },
		{ "alice", KEYS "?account_id=" PROBE_ACCOUNT, 400,
		    "InvalidRequestException" },
		{ "alice", KEYS "?role_name=Login", 400,
		    "InvalidRequestException" },
		{ "alice", KEYS "?role_name=Login&account_id=" PROBE_ACCOUNT,
		    200, "" },
		{ "alice", KEYS "?role_name=Admin&account_id=" PROBE_ACCOUNT,
		    200, "" },
		{ "alice", KEYS "?role_name=Admin&account_id=" PROBE_OTHER, 403,
		    "ForbiddenException" },
		{ "bob", KEYS "?role_name=Admin&account_id=" PROBE_ACCOUNT, 403,
		    "ForbiddenException" },
		{ "bob", KEYS "?role_name=login&account_id=" PROBE_ACCOUNT, 403,
		    "ForbiddenException" },
		{ "bob",
		    KEYS "?role_name=AWSReservedSSO_Login_0123456789abcdef"
			 "&account_id=" PROBE_ACCOUNT,
		    403, "ForbiddenException" },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const unsigned got = ask(
		    probe, rows[i].target, probe_bearer(probe, rows[i].who));

		if (got != rows[i].want ||
		    strcmp(probe->call.error_type, rows[i].error) != 0)
			fail_msg("%s %s: %u %s", rows[i].who, rows[i].target,
			    got, probe->call.error_type);
		if (got >= 400)
			assert_true(probe_text(probe, "message")[0] != '\0');
	}
}

static void tokens(void **state)
{
	struct probe *probe = *state;
	const char *good = probe_bearer(probe, "alice");
	char bearer[1300];
	const struct aw_sim_header headers[][2] = {
		{ { NULL, NULL } },
		{ { "Authorization", bearer }, { NULL, NULL } },
		{ { "x-amz-sso_bearer_token", "" }, { NULL, NULL } },
		{ { "x-amz-sso_bearer_token", bearer }, { NULL, NULL } },
		{ { "x-amz-sso-bearer-token", good }, { NULL, NULL } },
	};

	aw_ignore(aw_fmt(bearer, sizeof(bearer), "Bearer %s", good));
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		if (probe_ask(probe, "GET", LISTS, headers[i], "") != 401)
			fail_msg("row %zu", i);
		assert_string_equal(
		    probe->call.error_type, "UnauthorizedException");
	}
	probe->sim.clock_ms = 3599999;
	assert_int_equal(ask(probe, LISTS, good), 200);
	probe->sim.clock_ms = 3600000;
	assert_int_equal(ask(probe, LISTS, good), 401);
}

static void the_person_is_gone(void **state)
{
	struct probe *probe = *state;
	const char *bearer = probe_bearer(probe, "bob");

	assert_int_equal(probe_command(probe, "set user bob disabled"), 0);
	assert_int_equal(ask(probe, LISTS, bearer), 200);
	assert_int_equal(probe_command(probe, "delete-user bob"), 0);
	assert_int_equal(ask(probe, LISTS, bearer), 401);
}

/* The keys stand for the role of the set and for the person. */
static void keys(void **state)
{
	struct probe *probe = *state;
	struct json_object *got;
	const struct aw_sim_key *key;

	assert_int_equal(
	    ask(probe, KEYS "?role_name=Login&account_id=" PROBE_OTHER,
		probe_bearer(probe, "bob")),
	    200);
	got = json_object_object_get(probe->doc, "roleCredentials");
	assert_int_equal(
	    json_object_get_int64(json_object_object_get(got, "expiration")),
	    PROBE_TIME_MS + 3600000);
	key = aw_sim_keys_get(&probe->sim, aw_sim_text(got, "accessKeyId"));
	assert_non_null(key);
	assert_false(key->reads);
	assert_string_equal(key->secret, aw_sim_text(got, "secretAccessKey"));
	assert_string_equal(key->token, aw_sim_text(got, "sessionToken"));
	assert_string_equal(key->account, PROBE_OTHER);
	assert_memory_equal(key->arn, ROLE_ARN, sizeof(ROLE_ARN) - 1);
	assert_string_equal(
	    key->arn + strlen(key->arn) - 16, "/bob@example.com");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    requests, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    tokens, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    the_person_is_gone, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    keys, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
