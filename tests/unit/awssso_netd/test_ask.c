/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single questions over net.sock, against the simulated AWS: person.c, host.c,
 * creds.c, imds.c, call.c, verb.c, server.c.
 * covers: spine.4, dir.8, R11
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void ask_person(struct sim *sim, uint64_t request, const char *who)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_PERSON, request);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, who);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_PERSON_IS, request);
}

static void persons(void **state)
{
	struct sim *sim = *state;

	ask_person(sim, 1, SIM_BOB);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(sim_text(sim, AW_TAG_USER_NAME), "bob@example.com");
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, SIM_ADMINS), 1);
	ask_person(sim, 2, SIM_DAVE);
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, NULL), 0);
	ask_person(sim, 3, SIM_NOBODY);
	sim_expect_net(sim, AW_NET_NOT_FOUND, "");
	assert_string_equal(sim_text(sim, AW_TAG_USER_NAME), "");
}

static void ask_lookup(
    struct sim *sim, uint64_t request, const char *const names[3])
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_LOOKUP, request);
	for (size_t i = 0; i < 3 && names[i]; i++)
		aw_wire_put_text(&out, AW_TAG_USER_NAME, names[i]);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_PERSON_IS, request);
}

/* The first UserName that the directory knows; all of them are asked for only
 * when none before is known. */
static void lookups(void **state)
{
	static const struct {
		const char *names[3];
		uint64_t net;
		const char *id;
	} rows[] = {
		{ { "bob@example.com" }, AW_NET_OK, SIM_BOB },
		{ { "bob@elsewhere.org", "bob", "bob@example.com" }, AW_NET_OK,
		    SIM_BOB },
		{ { "alice@example.com", "bob@example.com" }, AW_NET_OK,
		    SIM_ALICE },
		{ { "nobody@example.com", "nobody" }, AW_NET_NOT_FOUND, "" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ask_lookup(sim, i + 1, rows[i].names);
		if (sim_num(sim, AW_TAG_NET) != rows[i].net)
			fail_msg("row %zu: %s: %s", i,
			    aw_net_word(sim_num(sim, AW_TAG_NET)),
			    sim_text(sim, AW_TAG_TEXT));
		assert_string_equal(
		    sim_text(sim, AW_TAG_PRINCIPAL_ID), rows[i].id);
	}
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, NULL), 0);
	SIM_TELL(sim, "fault", "GetUserId", "throttle");
	ask_lookup(sim, 9, rows[0].names);
	sim_expect_net(sim, AW_NET_THROTTLED, "GetUserId: ");
	SIM_TELL(sim, "fault", "clear");
	SIM_TELL(sim, "fault", "GetUserId", "malformed");
	ask_lookup(sim, 10, rows[0].names);
	sim_expect_net(sim, AW_NET_BAD_ANSWER, "GetUserId: ");
}

/* Where the scope is who is assigned, a person's own assignments are asked
 * for, whatever pages they come in; groups' are not theirs. */
static void lookups_tell_who_is_assigned(void **state)
{
	static const struct {
		const char *name, *scope;
		const char *fault[7];
		uint64_t want;
	} rows[] = {
		{ "alice@example.com", "assigned", { "fault", "clear" }, 1 },
		{ "alice@example.com", "assigned",
		    { "fault", "ListAccountAssignmentsForPrincipal", "empty" },
		    1 },
		{ "alice@example.com", "assigned",
		    { "fault", "ListAccountAssignmentsForPrincipal", "deny" },
		    0 },
		{ "alice@example.com", "assigned",
		    { "fault", "ListAccountAssignmentsForPrincipal",
			"malformed" },
		    0 },
		{ "alice@example.com", "assigned",
		    { "fault", "ListInstances", "deny" }, 0 },
		{ "bob@example.com", "assigned", { "fault", "clear" }, 0 },
		{ "dave@example.com", "assigned", { "fault", "clear" }, 0 },
		{ "alice@example.com", SIM_ADMINS, { "fault", "clear" }, 0 },
	};
	struct sim *sim = *state;

	sim->conf.scope.n = 1;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(aw_copy(sim->conf.scope.item[0], AW_CONF_TEXT,
				     rows[i].scope),
		    0);
		SIM_TELL(sim, "fault", "clear");
		sim_tell(sim, rows[i].fault);
		ask_lookup(sim, i + 1, (const char *[3]){ rows[i].name });
		sim_expect_net(sim, AW_NET_OK, "");
		assert_string_equal(
		    sim_text(sim, AW_TAG_USER_NAME), rows[i].name);
		if (sim_num(sim, AW_TAG_ASSIGNED) != rows[i].want)
			fail_msg("row %zu: %s", i, rows[i].name);
	}
	assert_int_equal(
	    sim_logged(sim, "ListAccountAssignmentsForPrincipal"), 7);
}

/* Each kind of trouble has its own outcome, and none is "no such person". */
static void trouble(void **state)
{
	static const struct {
		const char *fault[7];
		uint64_t net;
		const char *says;
	} rows[] = {
		{ { "fault", "DescribeUser", "deny" }, AW_NET_REFUSED,
		    "the host's role may not call identitystore:DescribeUser" },
		{ { "fault", "DescribeUser", "malformed" }, AW_NET_BAD_ANSWER,
		    "DescribeUser: " },
		{ { "fault", "DescribeUser", "oversized", "2000000" },
		    AW_NET_BAD_ANSWER, "larger than" },
		{ { "fault", "ListGroupMembershipsForMember", "malformed" },
		    AW_NET_BAD_ANSWER, "ListGroupMembershipsForMember: " },
		{ { "fault", "DescribeUser", "throttle", "--count", "1" },
		    AW_NET_OK, "" },
		{ { "fault", "DescribeUser", "status", "503", "--count", "1" },
		    AW_NET_OK, "" },
		{ { "fault", "DescribeUser", "close", "--count", "1" },
		    AW_NET_OK, "" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sim_tell(sim, rows[i].fault);
		ask_person(sim, i + 1, SIM_BOB);
		if (sim_num(sim, AW_TAG_NET) != rows[i].net ||
		    !strstr(sim_text(sim, AW_TAG_TEXT), rows[i].says))
			fail_msg("%s %s: %s: %s", rows[i].fault[1],
			    rows[i].fault[2],
			    aw_net_word(sim_num(sim, AW_TAG_NET)),
			    sim_text(sim, AW_TAG_TEXT));
		SIM_TELL(sim, "fault", "clear");
	}
}

/* Trouble that lasts, at two services at the same time. */
static void lasting_trouble(void **state)
{
	struct sim *sim = *state;
	struct aw_wire_out out;

	SIM_TELL(sim, "fault", "DescribeUser", "throttle");
	SIM_TELL(sim, "fault", "GetCallerIdentity", "close");
	sim_begin(&out, AW_MSG_PERSON, 1);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, SIM_BOB);
	sim_send(sim, &out);
	sim_ask(sim, AW_MSG_HOST, 2);
	for (int i = 0; i < 2; i++) {
		sim_next(sim);
		if (sim->in.request == 1)
			sim_expect_net(sim, AW_NET_THROTTLED, "DescribeUser: ");
		else
			sim_expect_net(
			    sim, AW_NET_UNAVAIL, "no answer from 127.0.0.1");
	}
}

/* A clock that is off by an hour is found out from the Date field. */
static void wrong_clock(void **state)
{
	struct sim *sim = *state;

	SIM_TELL(sim, "clock", "+3600");
	ask_person(sim, 1, SIM_BOB);
	SIM_TELL(sim, "clock", "reset");
	sim_expect_net(sim, AW_NET_OK, "");
	assert_in_range(sim->aws->skew, 3590, 3610);
	ask_person(sim, 2, SIM_BOB);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_in_range(sim->aws->skew + 10, 0, 20);
}

static void the_host(void **state)
{
	struct sim *sim = *state;

	sim_ask(sim, AW_MSG_HOST, 1);
	sim_expect(sim, AW_MSG_HOST_IS, 1);
	assert_string_equal(sim_text(sim, AW_TAG_ACCOUNT), SIM_ACCT);
	assert_string_equal(sim_text(sim, AW_TAG_REGION), "");
	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	sim_ask(sim, AW_MSG_HOST, 2);
	sim_expect(sim, AW_MSG_HOST_IS, 2);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(sim_text(sim, AW_TAG_ACCOUNT), SIM_ACCT);
	assert_string_equal(sim_text(sim, AW_TAG_REGION), "us-east-1");
	/* What anybody can write who answers there is not believed alone. */
	SIM_TELL(sim, "fault", "ImdsDocument", "foreign");
	sim_ask(sim, AW_MSG_HOST, 3);
	sim_expect(sim, AW_MSG_HOST_IS, 3);
	sim_expect_net(sim, AW_NET_CONFIG, "999900001111");
	SIM_TELL(sim, "fault", "clear");
	SIM_TELL(sim, "fault", "GetCallerIdentity", "error",
	    "403/InvalidClientTokenId");
	sim_ask(sim, AW_MSG_HOST, 4);
	sim_expect(sim, AW_MSG_HOST_IS, 4);
	assert_true(sim_num(sim, AW_TAG_NET) != AW_NET_OK);
	SIM_TELL(sim, "fault", "clear");
}

/* The instance's own keys: fetched once, for all who wait. */
static void keys_of_the_instance(void **state)
{
	struct sim *sim = *state;
	unsigned before = sim_logged(sim, "/latest/api/token");
	struct aw_wire_out out;

	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	for (uint64_t i = 1; i <= 5; i++) {
		sim_begin(&out, AW_MSG_PERSON, i);
		aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, SIM_BOB);
		sim_send(sim, &out);
	}
	for (int i = 0; i < 5; i++) {
		sim_next(sim);
		sim_expect_net(sim, AW_NET_OK, "");
	}
	assert_int_equal(sim_logged(sim, "/latest/api/token"), before + 1);
}

static void no_keys(void **state)
{
	struct sim *sim = *state;

	assert_int_equal(aw_copy(sim->conf.credentials_file, AW_CONF_TEXT,
			     "/nonexistent/keys"),
	    0);
	ask_person(sim, 1, SIM_BOB);
	sim_expect_net(sim, AW_NET_CONFIG, "/nonexistent/keys");
	sim->conf.credentials_file[0] = '\0';
	ask_person(sim, 2, SIM_BOB);
	sim_expect_net(sim, AW_NET_CONFIG, "[credentials] file is not set");
}

/* The proxy is the configured one or none: never the environment's, never for
 * what no_proxy names, never for instance metadata. */
static void proxies(void **state)
{
	static const char dead[] = "http://127.0.0.1:9";
	struct sim *sim = *state;

	assert_int_equal(setenv("http_proxy", dead, 1), 0);
	assert_int_equal(setenv("all_proxy", dead, 1), 0);
	ask_person(sim, 1, SIM_BOB);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(
	    aw_copy(sim->conf.proxy, sizeof(sim->conf.proxy), dead), 0);
	assert_int_equal(setenv("no_proxy", "*", 1), 0);
	ask_person(sim, 2, SIM_BOB);
	sim_expect_net(sim, AW_NET_UNAVAIL, "no answer");
	sim->conf.credentials_source = AW_CREDENTIALS_IMDS;
	sim_ask(sim, AW_MSG_HOST, 3);
	sim_expect(sim, AW_MSG_HOST_IS, 3);
	/* The instance answered past the proxy; STS is behind it. */
	sim_expect_net(sim, AW_NET_UNAVAIL, "GetCallerIdentity: no answer");
	assert_true(sim_logged(sim, "/latest/meta-data/iam") > 0);
	sim_stop(sim);
	sim->conf.no_proxy.n = 1;
	assert_int_equal(
	    aw_copy(sim->conf.no_proxy.item[0], AW_CONF_TEXT, "127.0.0.1"), 0);
	sim_start(sim);
	ask_person(sim, 4, SIM_BOB);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(unsetenv("http_proxy") | unsetenv("all_proxy") |
			     unsetenv("no_proxy"),
	    0);
}

/* What is not a request ends the connection, and nothing else. */
static void nonsense(void **state)
{
	static const uint16_t types[] = { AW_MSG_FLOW, AW_MSG_PERSON,
		AW_MSG_ROLES, AW_MSG_FLOW_END, AW_MSG_AUTH };
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		sim_ask(sim, types[i], 1);
		for (int turn = 0; turn < 20; turn++)
			assert_true(sd_event_run(sim->event, 1000) >= 0);
		sim_reconnect(sim);
	}
	ask_person(sim, 1, SIM_BOB);
	sim_expect_net(sim, AW_NET_OK, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(persons),
		SIM_TEST(lookups),
		SIM_TEST(lookups_tell_who_is_assigned),
		SIM_TEST(trouble),
		SIM_TEST(lasting_trouble),
		SIM_TEST(wrong_clock),
		SIM_TEST(the_host),
		SIM_TEST(keys_of_the_instance),
		SIM_TEST(no_keys),
		SIM_TEST(proxies),
		SIM_TEST(nonsense),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
