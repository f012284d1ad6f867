/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small directory and its netd.
 */
#include "tests/unit/awsssod/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/own.h"

static const struct fake_user users[] = {
	{ ALICE, "alice@example.com", "ENABLED" },
	{ BOB, "bob@example.com", NULL },
	{ CAROL, "carol@example.com", "DISABLED" },
	{ DAVE, "dave@example.com", NULL },
};
static const struct fake_group groups[] = { { "g-admins", "admins" } };
static const struct fake_member members[] = {
	{ "g-admins", ALICE },
	{ "g-admins", BOB },
	{ "g-admins", CAROL },
};
const struct fake_directory people = { users, groups, members, 4, 1, 3 };

struct elsewhere elsewhere;
const struct end right = { AW_NET_OK, "alice@example.com", ALICE,
	"alice@example.com", NULL, "g-admins", "ReadOnly", 0 };

int people_set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	fake_run(fake);
	fake_sweep(fake, &people, AW_NET_OK);
	return 0;
}

int people_tear_down(void **state)
{
	fake_free(*state);
	return 0;
}

static void put_person(struct aw_wire_out *out, const struct end *end)
{
	aw_wire_put_text(out, AW_TAG_PRINCIPAL_ID, end->id);
	aw_wire_put_text(out, AW_TAG_USER_NAME, end->name);
	aw_wire_put_text(out, AW_TAG_USER_STATUS, end->status);
	aw_wire_put_text(out, AW_TAG_GROUP_ID, end->group);
}

void send_code(struct fake *fake, uint64_t flow)
{
	uint8_t data[1024];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_FLOW_CODE, flow);
	aw_wire_put_text(&out, AW_TAG_URI, FAKE_URI);
	aw_wire_put_text(
	    &out, AW_TAG_URI_COMPLETE, FAKE_URI "?user_code=ABCD-EFGH");
	aw_wire_put_text(&out, AW_TAG_USER_CODE, "ABCD-EFGH");
	aw_wire_put_num(&out, AW_TAG_EXPIRES_IN, 600);
	aw_wire_put_num(&out, AW_TAG_INTERVAL, 5);
	fake_netd_send(fake, &out, -1);
}

void send_end(struct fake *fake, uint64_t flow, const struct end *end)
{
	uint8_t data[2048];
	char arn[256];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_FLOW_END, flow);
	aw_wire_put_num(&out, AW_TAG_NET, end->net);
	if (end->session) {
		assert_int_equal(aw_fmt(arn, sizeof(arn),
				     "arn:aws:sts::" FAKE_ACCT
				     ":assumed-role/AWSReservedSSO_Login_"
				     "0123456789abcdef/%s",
				     end->session),
		    0);
		aw_wire_put_text(&out, AW_TAG_ARN, arn);
		aw_wire_put_text(&out, AW_TAG_ASKED_ACCOUNT, FAKE_ACCT);
		aw_wire_put_text(&out, AW_TAG_STS_ACCOUNT, FAKE_ACCT);
		aw_wire_put_text(&out, AW_TAG_ASKED_SET, "Login");
		put_person(&out, end);
		aw_wire_put_text(&out, AW_TAG_ROLE, end->role);
		aw_wire_put_num(&out, AW_TAG_ROLES_KNOWN, 1);
		aw_wire_put_text(&out, AW_TAG_ACCOUNT, elsewhere.account);
		aw_wire_put_text(&out, AW_TAG_ROLE, elsewhere.role);
	}
	if (end->token) {
		aw_wire_put_num(&out, AW_TAG_TOKEN, end->token);
		aw_wire_put_num(&out, AW_TAG_TOKEN_LIFE, 3600);
	}
	fake_netd_send(fake, &out, -1);
}

void send_person(struct fake *fake, const struct end *end)
{
	uint8_t data[1024];
	struct aw_wire_out out;

	aw_wire_begin(
	    &out, data, sizeof(data), AW_MSG_PERSON_IS, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, end->net);
	if (end->net == AW_NET_OK)
		put_person(&out, end);
	fake_netd_send(fake, &out, -1);
}

void send_roles(struct fake *fake, uint64_t net, const char *role)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(
	    &out, data, sizeof(data), AW_MSG_ROLES_ARE, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, net);
	aw_wire_put_text(&out, AW_TAG_ROLE, role);
	fake_netd_send(fake, &out, -1);
}

uint64_t begin(struct fake *fake, int fd, const char *attempt)
{
	const struct fake_ask ask = { AW_MSG_AUTH, "alice", .rhost = "10.0.0.9",
		.attempt = attempt, .enter = 1 };
	uint64_t flow;

	fake_ask(fake, fd, &ask);
	fake_netd_wait(fake, AW_MSG_FLOW);
	flow = fake->in.request;
	assert_string_equal(fake_text(fake, AW_TAG_PRINCIPAL_ID), ALICE);
	assert_string_equal(fake_text(fake, AW_TAG_ACCOUNT), FAKE_ACCT);
	assert_true(aw_wire_num(&fake->in, AW_TAG_DEADLINE, 0) == 110);
	send_code(fake, flow);
	fake_wait(fake, fd, AW_MSG_PROMPT);
	return flow;
}

void log_in(struct fake *fake)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	aw_own_fd int open_fd = fake_connect(fake, "auth.sock");
	struct end end = right;

	end.token = TOKEN;
	send_end(fake, begin(fake, fd, "c1"), &end);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	fake_ask(fake, open_fd,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 });
	fake_verdict(fake, open_fd, AW_VERDICT_ALLOW, "");
}
