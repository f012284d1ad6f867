/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/identitystore.c: what a client other than AWS's
 * could send. covers: spine.9, R28
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/store.h"

#define STORE  "{\"IdentityStoreId\":\"" PROBE_STORE "\""
#define TARGET "AWSIdentityStore."

static unsigned ask(
    struct probe *probe, const char *operation, const char *body)
{
	char target[96];

	aw_ignore(aw_fmt(target, sizeof(target), TARGET "%s", operation));
	return probe_signed(probe, "identitystore", target, body);
}

static const struct {
	const char *operation;
	const char *body;
	const char *want; /* __type, "" for success */
} request_rows[] = {
	{ "ListUsers", STORE "}", "" },
	{ "ListUsers", STORE ",\"MaxResults\":1}", "" },
	{ "ListUsers", STORE ",\"Filters\":[]}", "" },
	{ "ListUsers", STORE ",\"Unknown\":1}", "ValidationException" },
	{ "ListUsers", STORE ",\"MaxResults\":\"1\"}", "ValidationException" },
	{ "ListUsers", STORE ",\"MaxResults\":101}", "ValidationException" },
	{ "ListUsers", STORE ",\"NextToken\":\"x\"}", "ValidationException" },
	{ "ListUsers", STORE ",\"Filters\":[7]}", "ValidationException" },
	{ "ListUsers",
	    STORE ",\"Filters\":[{\"AttributePath\":"
		  "\"userName\",\"AttributeValue\":\"x\"}]}",
	    "ValidationException" },
	{ "ListUsers", "{}", "ValidationException" },
	{ "ListUsers", "[]", "SerializationException" },
	{ "ListUsers", "{", "SerializationException" },
	{ "ListUsers", "", "SerializationException" },
	{ "ListUsers", "{\"IdentityStoreId\":\"d-0000000000\"}",
	    "ResourceNotFoundException" },
	{ "ListEverything", STORE "}", "UnknownOperationException" },
	{ "DescribeUser", STORE ",\"UserId\":\"" PROBE_ALICE "\"}", "" },
	{ "DescribeUser", STORE ",\"UserId\":\"alice\"}",
	    "ValidationException" },
	{ "DescribeUser", STORE ",\"UserId\":\"" PROBE_GROUP "\"}",
	    "ResourceNotFoundException" },
	{ "GetUserId", STORE ",\"AlternateIdentifier\":{}}",
	    "ValidationException" },
	{ "GetUserId",
	    STORE ",\"AlternateIdentifier\":{"
		  "\"UniqueAttribute\":{\"AttributePath\":\"userName\","
		  "\"AttributeValue\":\"x\"},\"ExternalId\":{"
		  "\"Issuer\":\"x\","
		  "\"Id\":\"x\"}}}",
	    "ValidationException" },
	{ "GetUserId",
	    STORE ",\"AlternateIdentifier\":{"
		  "\"UniqueAttribute\":{\"AttributePath\":\"userName\","
		  "\"AttributeValue\":\"ALICE@example.com\"}}}",
	    "ResourceNotFoundException" },
	{ "GetGroupId",
	    STORE ",\"AlternateIdentifier\":{"
		  "\"UniqueAttribute\":{\"AttributePath\":\"userName\","
		  "\"AttributeValue\":\"x\"}}}",
	    "ValidationException" },
	{ "ListGroupMemberships", STORE ",\"GroupId\":\"" PROBE_GROUP "\"}",
	    "" },
	{ "ListGroupMembershipsForMember",
	    STORE ",\"MemberId\":{\"GroupId\":\"x\"}}", "ValidationException" },
	{ "ListGroupMembershipsForMember",
	    STORE ",\"MemberId\":{\"UserId\":\"" PROBE_BOB "\"}}", "" },
	{ "IsMemberInGroups",
	    STORE ",\"MemberId\":{\"UserId\":\"" PROBE_BOB
		  "\"},\"GroupIds\":[]}",
	    "ValidationException" },
	{ "IsMemberInGroups",
	    STORE ",\"MemberId\":{\"UserId\":\"" PROBE_BOB
		  "\"},\"GroupIds\":[\"" PROBE_GROUP "\"]}",
	    "" },
	{ "IsMemberInGroups",
	    STORE ",\"MemberId\":{\"UserId\":\"" PROBE_BOB
		  "\"},\"GroupIds\":[\"" PROBE_GROUP "\",\"" PROBE_ALICE "\"]}",
	    "ResourceNotFoundException" },
};

static void requests(void **state)
{
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(request_rows) / sizeof(request_rows[0]);
	     i++) {
		const unsigned status =
		    ask(probe, request_rows[i].operation, request_rows[i].body);

		if (status != (request_rows[i].want[0] ? 400 : 200) ||
		    strcmp(probe_text(probe, "__type"), request_rows[i].want) !=
			0)
			fail_msg("%s %s: %u %s", request_rows[i].operation,
			    request_rows[i].body, status,
			    aw_buf_text(&probe->call.body));
		assert_string_equal(
		    probe->call.type, "application/x-amz-json-1.1");
	}
}

/* An unsigned request learns nothing, not even whether it is in form. */
static void unsigned_ones(void **state)
{
	struct probe *probe = *state;
	const struct aw_sim_header headers[] = {
		{ "Content-Type", "application/x-amz-json-1.1" },
		{ "X-Amz-Target", TARGET "ListUsers" },
		{ NULL, NULL },
	};

	assert_int_equal(
	    probe_ask(probe, "POST", "/", headers, STORE "}"), 400);
	assert_string_equal(
	    probe_text(probe, "__type"), "MissingAuthenticationTokenException");
	assert_int_equal(probe_ask(probe, "POST", "/", headers, "{"), 400);
	assert_string_equal(
	    probe_text(probe, "__type"), "MissingAuthenticationTokenException");
}

static void rates(void **state)
{
	struct probe *probe = *state;

	for (int i = 0; i < 30; i++)
		assert_int_equal(ask(probe, "ListUsers", STORE "}"), 200);
	probe->sim.throttle = true;
	for (int i = 0; i < 20; i++)
		assert_int_equal(ask(probe, "ListUsers", STORE "}"), 200);
	assert_int_equal(ask(probe, "ListUsers", STORE "}"), 400);
	assert_string_equal(probe_text(probe, "__type"), "ThrottlingException");
	assert_int_equal(ask(probe, "ListGroups", STORE "}"), 200);
	probe->sim.clock_ms = 50;
	assert_int_equal(ask(probe, "ListUsers", STORE "}"), 200);
}

static void memberships_have_lasting_ids(void **state)
{
	struct probe *probe = *state;
	struct json_object *row;
	char id[48];

	assert_int_equal(ask(probe, "ListGroupMemberships",
			     STORE ",\"GroupId\":\"" PROBE_GROUP "\"}"),
	    200);
	row = json_object_array_get_idx(
	    json_object_object_get(probe->doc, "GroupMemberships"), 0);
	aw_sim_membership_id(PROBE_GROUP, PROBE_ALICE, id);
	assert_string_equal(aw_sim_text(row, "MembershipId"), id);
	assert_int_equal(strlen(id), 47);
	assert_memory_equal(id, "1234567890-", 11);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    requests, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    unsigned_ones, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    rates, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    memberships_have_lasting_ids, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
