/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sign-ins over net.sock, against the simulated AWS: flow.c, device.c,
 * identity.c, verb.c, token.c.
 * covers: spine.4, R1, R11
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define ARN_OF(set) ":assumed-role/AWSReservedSSO_" set "_"

/* An account beside the host's; NULL: none is asked for. */
static const char *there;

static void start_flow(struct sim *sim, uint64_t request, const char *who,
    uint64_t keep_s, uint64_t deadline_s)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_FLOW, request);
	aw_wire_put_text(&out, AW_TAG_CLIENT_NAME, "ssh to bastion as alice");
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, who);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, SIM_ACCT);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, there);
	aw_wire_put_num(&out, AW_TAG_KEEP_TOKEN, keep_s);
	aw_wire_put_num(&out, AW_TAG_DEADLINE, deadline_s);
	sim_send(sim, &out);
}

/* Start a flow and wait for its code, which stays good until the next. */
static const char *flow_code(
    struct sim *sim, uint64_t request, const char *who, uint64_t keep_s)
{
	static char code[65];

	start_flow(sim, request, who, keep_s, 30);
	sim_expect(sim, AW_MSG_FLOW_CODE, request);
	assert_int_equal(
	    aw_copy(code, sizeof(code), sim_text(sim, AW_TAG_USER_CODE)), 0);
	return code;
}

static void the_right_person(void **state)
{
	struct sim *sim = *state;
	const char *code = flow_code(sim, 7, SIM_ALICE, 0);

	assert_int_equal(sim_num(sim, AW_TAG_INTERVAL), 1);
	assert_in_range(sim_num(sim, AW_TAG_EXPIRES_IN), 28, 30);
	assert_memory_equal(sim_text(sim, AW_TAG_URI), "https://", 8);
	assert_non_null(strstr(sim_text(sim, AW_TAG_URI_COMPLETE), code));
	SIM_TELL(sim, "approve", code, "--as", "alice");
	sim_expect(sim, AW_MSG_FLOW_END, 7);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(sim_text(sim, AW_TAG_PRINCIPAL_ID), SIM_ALICE);
	assert_string_equal(
	    sim_text(sim, AW_TAG_USER_NAME), "alice@example.com");
	assert_string_equal(sim_text(sim, AW_TAG_USER_STATUS), "ENABLED");
	assert_string_equal(sim_text(sim, AW_TAG_STS_ACCOUNT), SIM_ACCT);
	assert_string_equal(sim_text(sim, AW_TAG_ASKED_ACCOUNT), SIM_ACCT);
	assert_non_null(
	    strstr(sim_text(sim, AW_TAG_ARN), "/alice@example.com"));
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, SIM_ADMINS), 1);
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, NULL), 1);
	assert_int_equal(sim_count(sim, AW_TAG_ROLE, "AdministratorAccess"), 1);
	assert_int_equal(sim_count(sim, AW_TAG_ROLE, "Login"), 1);
	assert_int_equal(sim_num(sim, AW_TAG_ROLES_KNOWN), 1);
	assert_int_equal(sim_count(sim, AW_TAG_AWS_REQUEST, NULL), 4);
	/* nothing is kept that nobody asked to keep */
	assert_int_equal(sim_count(sim, AW_TAG_TOKEN, NULL), 0);
}

/* The sets of each account stand behind its number; what cannot be listed is
 * left out, and the sign-in goes on without it. */
static void in_other_accounts(void **state)
{
	struct sim *sim = *state;
	struct aw_wire_field field = { 0 };
	size_t here = 0, elsewhere = 0;
	bool is_behind = false;
	const char *code;

	there = SIM_THERE;
	SIM_TELL(
	    sim, "set", "set", "Login", "alice", "on", "--account", SIM_THERE);
	SIM_TELL(sim, "set", "set", "Login", "alice", "on", "--account", there);
	code = flow_code(sim, 7, SIM_ALICE, 0);
	SIM_TELL(sim, "approve", code, "--as", "alice");
	sim_expect(sim, AW_MSG_FLOW_END, 7);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(sim_num(sim, AW_TAG_ROLES_KNOWN), 1);
	while (aw_wire_next(&sim->in, &field) == 0) {
		if (field.tag == AW_TAG_ACCOUNT) {
			assert_memory_equal(field.text, there, 12);
			assert_false(is_behind);
			is_behind = true;
		}
		here += field.tag == AW_TAG_ROLE && !is_behind;
		elsewhere += field.tag == AW_TAG_ROLE && is_behind;
	}
	assert_true(is_behind);
	assert_int_equal(here, 2);
	assert_int_equal(elsewhere, 1);
	SIM_TELL(
	    sim, "set", "set", "Login", "alice", "off", "--account", SIM_THERE);
	SIM_TELL(
	    sim, "set", "set", "Login", "alice", "off", "--account", there);
	/* where nothing is held that is known, too */
	there = "999999999999";
	code = flow_code(sim, 8, SIM_ALICE, 0);
	SIM_TELL(sim, "approve", code, "--as", "alice");
	sim_expect(sim, AW_MSG_FLOW_END, 8);
	there = NULL;
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(sim_count(sim, AW_TAG_ROLE, NULL), 2);
}

/* Several at once on one connection, told apart by their request ids. */
static void several_at_once(void **state)
{
	static const struct {
		uint64_t request;
		const char *who, *approver; /* NULL: denied */
		uint64_t net;
		const char *session;
	} rows[] = {
		{ 1, SIM_ALICE, "bob", AW_NET_OK, "/bob@example.com" },
		{ 2, SIM_BOB, "bob", AW_NET_OK, "/bob@example.com" },
		{ 3, SIM_ALICE, NULL, AW_NET_DENIED, NULL },
		{ 4, SIM_ALICE, "dave", AW_NET_NO_ROLE, NULL },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < 4; i++) {
		const char *code =
		    flow_code(sim, rows[i].request, rows[i].who, 0);

		if (rows[i].approver)
			SIM_TELL(
			    sim, "approve", code, "--as", rows[i].approver);
		else
			SIM_TELL(sim, "deny", code);
	}
	for (size_t n = 0; n < 4; n++) {
		size_t i;

		sim_next(sim);
		assert_int_equal(sim->in.type, AW_MSG_FLOW_END);
		i = (size_t)sim->in.request - 1;
		assert_true(i < 4);
		if (sim_num(sim, AW_TAG_NET) != rows[i].net)
			fail_msg("row %zu: %s", i, sim_text(sim, AW_TAG_TEXT));
		if (!rows[i].session) {
			assert_string_equal(sim_text(sim, AW_TAG_ARN), "");
			continue;
		}
		/* who approved, and whom it was for: facts, no verdict */
		assert_non_null(
		    strstr(sim_text(sim, AW_TAG_ARN), rows[i].session));
		assert_string_equal(
		    sim_text(sim, AW_TAG_PRINCIPAL_ID), rows[i].who);
	}
}

/* Whoever cannot come in is told before a code is approved in vain. */
static void absent_and_disabled(void **state)
{
	struct sim *sim = *state;

	start_flow(sim, 1, SIM_NOBODY, 0, 30);
	sim_next(sim);
	if (sim->in.type == AW_MSG_FLOW_CODE)
		sim_next(sim);
	assert_int_equal(sim->in.type, AW_MSG_FLOW_END);
	sim_expect_net(sim, AW_NET_NOT_FOUND, "does not know");
	assert_string_equal(sim_text(sim, AW_TAG_USER_STATUS), "");

	start_flow(sim, 2, SIM_CAROL, 0, 30);
	sim_next(sim);
	if (sim->in.type == AW_MSG_FLOW_CODE)
		sim_next(sim);
	assert_int_equal(sim->in.type, AW_MSG_FLOW_END);
	sim_expect_net(sim, AW_NET_NOT_FOUND, "disabled");
	assert_string_equal(sim_text(sim, AW_TAG_USER_STATUS), "DISABLED");
}

/* What counts is what the directory says after the approval. */
static void disabled_in_between(void **state)
{
	struct sim *sim = *state;
	const char *code = flow_code(sim, 1, SIM_BOB, 0);

	SIM_TELL(sim, "approve", code, "--as", "bob");
	SIM_TELL(sim, "set", "user", "bob", "disabled");
	sim_expect(sim, AW_MSG_FLOW_END, 1);
	SIM_TELL(sim, "set", "user", "bob", "enabled");
	assert_string_equal(sim_text(sim, AW_TAG_USER_STATUS), "DISABLED");
}

static void the_deadline_is_ours(void **state)
{
	struct sim *sim = *state;

	start_flow(sim, 1, SIM_ALICE, 0, 1);
	sim_expect(sim, AW_MSG_FLOW_CODE, 1);
	sim_expect(sim, AW_MSG_FLOW_END, 1);
	sim_expect_net(sim, AW_NET_EXPIRED, "ran out");
}

static void cancelled(void **state)
{
	struct sim *sim = *state;
	const char *code = flow_code(sim, 1, SIM_ALICE, 0);

	sim_ask(sim, AW_MSG_CANCEL, 1);
	sim_ask(sim, AW_MSG_CANCEL, 99); /* there is none: nothing happens */
	SIM_TELL(sim, "approve", code, "--as", "alice");
	sim_quiet(sim, 1300);
}

/* Registered once a client name, however often it signs in. */
static void registration_is_kept(void **state)
{
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, "\"RegisterClient\"");

	(void)flow_code(sim, 1, SIM_ALICE, 0);
	(void)flow_code(sim, 2, SIM_ALICE, 0);
	assert_int_equal(sim_logged(sim, "\"RegisterClient\""), before + 1);
}

static uint64_t sign_in(struct sim *sim, uint64_t keep_s)
{
	const char *code = flow_code(sim, 50, SIM_ALICE, keep_s);

	SIM_TELL(sim, "approve", code, "--as", "alice");
	sim_expect(sim, AW_MSG_FLOW_END, 50);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(sim_num(sim, AW_TAG_TOKEN_LIFE), keep_s);
	return sim_num(sim, AW_TAG_TOKEN);
}

static void ask_roles(struct sim *sim, uint64_t request, uint64_t token)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_ROLES, request);
	aw_wire_put_num(&out, AW_TAG_TOKEN, token);
	aw_wire_put_text(&out, AW_TAG_ACCOUNT, SIM_ACCT);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_ROLES_ARE, request);
}

static void a_kept_token_shows_roles_until_dropped(void **state)
{
	struct sim *sim = *state;
	const uint64_t token = sign_in(sim, 600);
	struct aw_wire_out out;

	assert_true(token != 0);
	ask_roles(sim, 1, token);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(sim_count(sim, AW_TAG_ROLE, NULL), 2);
	SIM_TELL(sim, "set", "set", "AdministratorAccess", "alice", "off");
	ask_roles(sim, 2, token);
	SIM_TELL(sim, "set", "set", "AdministratorAccess", "alice", "on");
	assert_int_equal(sim_count(sim, AW_TAG_ROLE, "AdministratorAccess"), 0);
	assert_int_equal(sim_count(sim, AW_TAG_ROLE, "Login"), 1);
	/* an odd 401 under load is asked about again, a second one is true */
	SIM_TELL(sim, "fault", "ListAccountRoles", "expire", "--count", "1");
	ask_roles(sim, 3, token);
	sim_expect_net(sim, AW_NET_OK, "");
	SIM_TELL(sim, "fault", "ListAccountRoles", "expire", "--count", "2");
	ask_roles(sim, 4, token);
	sim_expect_net(sim, AW_NET_TOKEN_DEAD, "has ended");
	ask_roles(sim, 5, token);
	sim_expect_net(sim, AW_NET_TOKEN_DEAD, "not kept");
	sim_begin(&out, AW_MSG_DROP, 0);
	aw_wire_put_num(&out, AW_TAG_TOKEN, token);
	sim_send(sim, &out);
	ask_roles(sim, 6, 12345);
	sim_expect_net(sim, AW_NET_TOKEN_DEAD, "not kept");
}

/* Whoever hangs up leaves nothing behind. */
static void hanging_up_ends_everything(void **state)
{
	struct sim *sim = *state;
	const uint64_t token = sign_in(sim, 600);
	const char *code = flow_code(sim, 1, SIM_ALICE, 600);

	sim_reconnect(sim);
	SIM_TELL(sim, "approve", code, "--as", "alice");
	ask_roles(sim, 2, token);
	sim_expect_net(sim, AW_NET_TOKEN_DEAD, "not kept");
	sim_quiet(sim, 1300);
}

static void a_pinned_role(void **state)
{
	struct sim *sim = *state;
	const char *code;

	assert_int_equal(
	    aw_copy(sim->conf.identity_role, AW_CONF_TEXT, SIM_ACCT "/Login"),
	    0);
	code = flow_code(sim, 1, SIM_BOB, 0);
	SIM_TELL(sim, "approve", code, "--as", "bob");
	sim_expect(sim, AW_MSG_FLOW_END, 1);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(sim_text(sim, AW_TAG_ASKED_SET), "Login");
	assert_non_null(strstr(sim_text(sim, AW_TAG_ARN), ARN_OF("Login")));
	assert_int_equal(aw_copy(sim->conf.identity_role, AW_CONF_TEXT,
			     SIM_ACCT "/AdministratorAccess"),
	    0);
	code = flow_code(sim, 2, SIM_BOB, 0);
	SIM_TELL(sim, "approve", code, "--as", "bob");
	sim_expect(sim, AW_MSG_FLOW_END, 2);
	sim_expect_net(sim, AW_NET_NO_ROLE, "no assignment");
}

/* The second region serves when nobody answers in the first; which is then
 * left alone for a while. */
static void two_regions(struct sim *sim)
{
	assert_int_equal(
	    aw_copy(sim->conf.regions.item[1], AW_CONF_TEXT, "eu-west-1"), 0);
	sim->conf.regions.n = 2;
}

static void the_next_region(void **state)
{
	struct sim *sim = *state;

	two_regions(sim);
	SIM_TELL(
	    sim, "fault", "RegisterClient", "status", "503", "--count", "2");
	(void)flow_code(sim, 1, SIM_ALICE, 0);
	assert_string_equal(aw_aws_region(sim->aws), "eu-west-1");
	aw_aws_region_down(sim->aws, "eu-west-1");
	assert_string_equal(aw_aws_region(sim->aws), "us-east-1");
}

/* The region in which a sign-in was begun is the one that it ends in, however
 * long the approval took. */
static void the_same_region_to_the_end(void **state)
{
	static const char first[] =
	    "\"DescribeUser\",\"status\":200,\"request_id\"";
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, first);
	const char *code;

	two_regions(sim);
	aw_aws_region_down(sim->aws, "us-east-1");
	code = flow_code(sim, 1, SIM_ALICE, 0);
	sim->aws->down_until_ms[0] = 0;
	SIM_TELL(sim, "approve", code, "--as", "alice");
	sim_expect(sim, AW_MSG_FLOW_END, 1);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(sim_logged(sim, first), before);
}

static void a_forgotten_registration_is_made_anew(void **state)
{
	struct sim *sim = *state;
	const unsigned before = sim_logged(sim, "\"RegisterClient\"");

	(void)flow_code(sim, 1, SIM_ALICE, 0);
	/* 90 days on AWS's clock; ours has not noticed */
	SIM_TELL(sim, "clock", "+7776001");
	(void)flow_code(sim, 2, SIM_ALICE, 0);
	SIM_TELL(sim, "clock", "reset");
	assert_int_equal(sim_logged(sim, "\"RegisterClient\""), before + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(the_right_person),
		SIM_TEST(several_at_once),
		SIM_TEST(absent_and_disabled),
		SIM_TEST(disabled_in_between),
		SIM_TEST(the_deadline_is_ours),
		SIM_TEST(cancelled),
		SIM_TEST(registration_is_kept),
		SIM_TEST(in_other_accounts),
		SIM_TEST(a_kept_token_shows_roles_until_dropped),
		SIM_TEST(hanging_up_ends_everything),
		SIM_TEST(a_pinned_role),
		SIM_TEST(the_next_region),
		SIM_TEST(the_same_region_to_the_end),
		SIM_TEST(a_forgotten_registration_is_made_anew),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
