/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/fixture.c: what it takes and how it names what it
 * does not. covers: spine.9, R28
 */
#include "tests/unit/idcsim/probe.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/fixture.h"

static int parse(const char *text, struct aw_sim *sim, struct aw_diag *diag)
{
	memset(sim, 0, sizeof(*sim));
	assert_int_equal(aw_sim_init(sim), 0);
	return aw_sim_fixture_parse(sim, text, strlen(text), diag);
}

/* The probe's fixture with its first @find replaced. */
static void edit(const char *find, const char *replace, char *buf, size_t size)
{
	const char *at = strstr(probe_fixture, find);

	assert_non_null(at);
	assert_int_equal(
	    aw_fmt(buf, size, "%.*s%s%s", (int)(at - probe_fixture),
		probe_fixture, replace, at + strlen(find)),
	    0);
}

static void good(void **state)
{
	static struct aw_sim sim;
	struct aw_diag diag = { .text = "" };

	(void)state;
	assert_int_equal(parse(probe_fixture, &sim, &diag), 0);
	assert_string_equal(sim.region, "us-east-1");
	assert_string_equal(sim.partition, "aws");
	assert_string_equal(sim.host_account, PROBE_ACCOUNT);
	assert_string_equal(sim.start_host, "d-1234567890.awsapps.com");
	assert_string_equal(sim.start_path, "/start");
	assert_string_equal(
	    sim.instance_arn, "arn:aws:sso:::instance/ssoins-1111222233334444");
	assert_int_equal(sim.interval, 5);
	assert_int_equal(sim.code_life, 600);
	assert_int_equal(sim.page_size, 100);
	assert_false(sim.throttle);
	assert_int_equal(json_object_object_length(sim.user_by_id), 4);
	aw_sim_done(&sim);
}

static void options(void **state)
{
	static struct aw_sim sim;
	struct aw_diag diag = { .text = "" };
	char text[8192];

	(void)state;
	edit("\"accounts\"",
	    "\"host_account\":\"" PROBE_OTHER "\","
	    "\"instance_arn\":\"arn:x\",\"device\":{\"interval\":1,"
	    "\"expires_in\":9},\"token_expires_in\":60,\"page_size\":3,"
	    "\"throttle\":true,\"comment\":0,\"accounts\"",
	    text, sizeof(text));
	assert_int_equal(parse(text, &sim, &diag), -EINVAL);
	assert_string_equal(diag.text, "instance_arn: not from 10 to 100 long");
	aw_sim_done(&sim);
	edit("\"accounts\"",
	    "\"host_account\":\"" PROBE_OTHER "\","
	    "\"instance_arn\":\"arn:aws:sso:::instance/x\",\"device\":"
	    "{\"interval\":1,\"expires_in\":9},\"token_expires_in\":60,"
	    "\"page_size\":3,\"throttle\":true,\"comment\":0,\"accounts\"",
	    text, sizeof(text));
	assert_int_equal(parse(text, &sim, &diag), 0);
	assert_string_equal(sim.host_account, PROBE_OTHER);
	assert_string_equal(sim.instance_arn, "arn:aws:sso:::instance/x");
	assert_int_equal(sim.interval, 1);
	assert_int_equal(sim.code_life, 9);
	assert_int_equal(sim.token_life, 60);
	assert_int_equal(sim.page_size, 3);
	assert_true(sim.throttle);
	aw_sim_done(&sim);
}

static const struct {
	const char *find;
	const char *replace;
	const char *want;
} bad_rows[] = {
	{ "\"region\"", "\"x\"", "region: missing" },
	{ "\"roles\"", "\"roles\":7,\"x\"", "roles: not an array" },
	{ "\"roles\":[", "\"roles\":[7,", "roles[0].not an object" },
	{ "\"RoleArn\"", "\"x\"", "roles[0].x: unknown field" },
	{ ":role/", ":user/", "roles[0].RoleArn: not the ARN of a role" },
	{ "\"Issuer\"", "\"x\"", "roles[0].x: unknown field" },
	{ "7200", "60", "roles[0].MaxSessionDuration: not from 3600 to 43200" },
	{ "\"us-east-1\"", "7", "region: not a string" },
	{ "us-east-1", "US EAST", "region: not a region" },
	{ "\"identity_store_id\"", "\"x\"", "identity_store_id: missing" },
	{ "\"start_url\"", "\"x\"", "start_url: missing" },
	{ "https:", "http:", "start_url: does not begin with https://" },
	{ "d-1234567890.awsapps", "x:1/",
	    "start_url: not a URL that this program can be" },
	{ "\"accounts\"", "\"x\"", "accounts: missing" },
	{ "\"users\":[", "\"users\":7,\"x\":[", "users: not an array" },
	{ "\"groups\"", "\"x\"", "groups: missing" },
	{ "\"permission_sets\"", "\"x\"", "permission_sets: missing" },
	{ "\"AccountId\"", "\"x\"", "accounts[0].AccountId: missing" },
	{ PROBE_ACCOUNT, "11112222333x",
	    "accounts[0].AccountId: not 12 digits" },
	{ PROBE_ACCOUNT, PROBE_OTHER, "accounts[1].AccountId: twice" },
	{ "\"AccountName\"", "\"x\"", "accounts[0].AccountName: missing" },
	{ "\"EmailAddress\"", "\"x\"", "accounts[0].EmailAddress: missing" },
	{ "\"UserId\"", "\"x\"", "users[0].UserId: missing" },
	{ PROBE_ALICE, PROBE_BOB, "users[1].UserId: twice" },
	{ PROBE_ALICE, "a b", "users[0].UserId: not an id" },
	{ "\"UserName\"", "\"x\"", "users[0].UserName: missing" },
	{ "alice@example.com", "al ice", "users[0].UserName: not a UserName" },
	{ "bob@example.com", "alice@example.com", "users[1].UserName: twice" },
	{ "\"Alice <&>\"", "[]", "users[0].DisplayName: not a string" },
	{ "\"ENABLED\"", "\"MAYBEED\"",
	    "users[0].UserStatus: not ENABLED or DISABLED" },
	{ "{\"UserId\"", "7,{\"UserId\"", "users[0]: not an object" },
	{ "\"GroupId\"", "\"x\"", "groups[0].GroupId: missing" },
	{ PROBE_GROUP, "a b", "groups[0].GroupId: not an id" },
	{ "\"Engineers\"", "\"\"",
	    "groups[0].DisplayName: not from 1 to 4096 long" },
	{ "\"Members\"", "\"x\"", "groups[0].Members: missing" },
	{ "\"Members\":[", "\"Members\":[\"x\",",
	    "groups[0].Members[0]: no such user" },
	{ "\"Members\":[", "\"Members\":[7,",
	    "groups[0].Members[0]: not a string" },
	{ "\"Name\"", "\"x\"", "permission_sets[0].Name: missing" },
	{ "\"Login\"", "\"Log in\"",
	    "permission_sets[0].Name: not a permission set's name" },
	{ "\"Login\"", "\"Admin\"", "permission_sets[1].Name: twice" },
	{ "ps-1", "ps-2", "permission_sets[1].PermissionSetArn: twice" },
	{ "\"Assignments\"", "\"x\"",
	    "permission_sets[0].Assignments: missing" },
	{ "\"Assignments\":[{\"AccountId\"", "\"Assignments\":[{\"x\"",
	    "permission_sets[0].Assignments[0].AccountId: missing" },
	{ "\"Assignments\":[{\"AccountId\":\"" PROBE_ACCOUNT,
	    "\"Assignments\":[{\"AccountId\":\"000000000000",
	    "permission_sets[0].Assignments[0].AccountId: no such "
	    "account" },
	{ "\"PrincipalType\":\"GROUP\"", "\"PrincipalType\":\"ROLES\"",
	    "permission_sets[0].Assignments[0].PrincipalType: not USER "
	    "or GROUP" },
	{ "\"PrincipalId\"", "\"x\"",
	    "permission_sets[0].Assignments[0].PrincipalId: missing" },
	{ "\"accounts\"",
	    "\"host_account\":\"000000000000\","
	    "\"accounts\"",
	    "host_account: no such account" },
	{ "\"accounts\"", "\"page_size\":101,\"accounts\"",
	    "page_size: not from 1 to 100" },
	{ "\"accounts\"", "\"device\":{\"interval\":0},\"accounts\"",
	    "device.interval: not from 1 to 60" },
	{ "\"accounts\"", "\"throttle\":1,\"accounts\"",
	    "throttle: not true or false" },
	{ "{\"region\"", "\n\n{\"region\" oops",
	    "line 3: object property name separator ':' expected" },
};

static void bad(void **state)
{
	static struct aw_sim sim;
	char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(bad_rows[0]); i++) {
		struct aw_diag diag = { .text = "" };

		edit(bad_rows[i].find, bad_rows[i].replace, text, sizeof(text));
		if (parse(text, &sim, &diag) != -EINVAL ||
		    strcmp(diag.text, bad_rows[i].want) != 0)
			fail_msg("want \"%s\", got \"%s\"", bad_rows[i].want,
			    diag.text);
		aw_sim_done(&sim);
	}
}

static void not_json(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} rows[] = {
		{ "[]", "not a JSON object" },
		{ "{", "line 1: ends in the middle" },
		{ "\n{} {}", "line 2: " }, /* json-c says it in its own words */
		{ "{\"region\":\"\\u0000us\"}",
		    "region: not from 1 to 31 long" },
	};
	static struct aw_sim sim;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag diag = { .text = "" };

		if (parse(rows[i].text, &sim, &diag) != -EINVAL ||
		    strncmp(diag.text, rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg(
			    "want \"%s\", got \"%s\"", rows[i].want, diag.text);
		aw_sim_done(&sim);
	}
}

static void files(void **state)
{
	struct aw_sim sim = { 0 };
	struct aw_diag diag = { .text = "" };

	(void)state;
	assert_int_equal(aw_sim_init(&sim), 0);
	assert_int_equal(
	    aw_sim_fixture_load(&sim, "/nowhere/x", &diag), -ENOENT);
	assert_int_equal(aw_sim_fixture_load(&sim, "/", &diag), -EINVAL);
	assert_int_equal(
	    aw_sim_fixture_load(&sim, "/dev/null", &diag), -EINVAL);
	assert_int_equal(aw_sim_fixture_load(&sim,
			     AW_SOURCE "/tests/fixtures/example.json", &diag),
	    0);
	aw_sim_done(&sim);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(options),
		cmocka_unit_test(bad),
		cmocka_unit_test(not_json),
		cmocka_unit_test(files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
