/* SPDX-License-Identifier: Apache-2.0 */
/*
 * REVOKE: what was approved ends, in sessions and in sign-ins under way:
 * awsssod/revoke.c.
 * covers: verdict.6, R8
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static void sign_in(struct fake *fake, const char *attempt, uint64_t token)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	struct end end = right;

	end.token = token;
	send_end(fake, begin(fake, fd, attempt), &end);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

static void open_session(
    struct fake *fake, const char *attempt, uint32_t ksession)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.service = "sshd",
		.rhost = "10.0.0.9",
		.attempt = attempt,
		.ksession = ksession });
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

/* Ask to revoke @user; DONE stays in @fake.  Returns how many sessions were
 * listed. */
static unsigned end_all(struct fake *fake, const char *user)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[128];
	struct aw_wire_out out;
	unsigned n = 0;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_REVOKE, 7);
	aw_wire_put_text(&out, AW_TAG_USER, user);
	fake_send(fd, &out);
	while (fake_next(fake, fd) == AW_MSG_SESSION_REC)
		n++;
	assert_int_equal(fake->in.type, AW_MSG_DONE);
	return n;
}

static void gate(struct fake *fake, enum aw_verdict want, const char *text)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = "Admin",
		.ksession = 9 });
	fake_verdict(fake, fd, want, text);
}

static void tokens_of_sessions_end(void **state)
{
	struct fake *fake = *state;

	sign_in(fake, "c1", TOKEN);
	open_session(fake, "c1", 9);
	/* somebody else's stay */
	assert_int_equal(end_all(fake, "bob"), 0);
	assert_true(fake->daemon->sessions.first->token == TOKEN);
	assert_int_equal(end_all(fake, "alice"), 1);
	assert_true(aw_wire_num(&fake->in, AW_TAG_SESSIONS, 0) == 1);
	fake_netd_wait(fake, AW_MSG_DROP);
	assert_true(aw_wire_num(&fake->in, AW_TAG_TOKEN, 0) == TOKEN);
	assert_int_equal(fake->daemon->sessions.n, 1);
	assert_true(fake->daemon->sessions.first->approved_ms == 0);
	gate(fake, AW_VERDICT_POLICY, "awssso login");
}

/* An approval whose session has yet to open brings no token along, and its
 * connection must be approved anew. */
static void approvals_that_wait_end(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	sign_in(fake, "c1", TOKEN);
	assert_int_equal(end_all(fake, "alice"), 0);
	fake_netd_wait(fake, AW_MSG_DROP);
	open_session(fake, "c1", 9);
	assert_true(fake->daemon->sessions.first->token == 0);
	(void)begin(fake, fd, "c1");
}

static void codes_end(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	(void)begin(fake, fd, "c1");
	assert_int_equal(end_all(fake, "alice"), 0);
	assert_true(aw_wire_num(&fake->in, AW_TAG_FLOWS, 0) == 1);
	fake_verdict(fake, fd, AW_VERDICT_REFUSED, "ended your sign-ins");
	fake_netd_wait(fake, AW_MSG_CANCEL);
	assert_string_equal(fake_string(fake, "SELECT event FROM events"
					      " ORDER BY n DESC LIMIT 1"),
	    "revoked");
}

/* A host with many sessions of one person: counted, not all listed. */
static void many_sessions(void **state)
{
	struct fake *fake = *state;

	for (uint32_t i = 0; i < 70; i++)
		open_session(fake, "c1", 100 + i);
	assert_int_equal(end_all(fake, "alice"), 64);
	assert_true(aw_wire_num(&fake->in, AW_TAG_SESSIONS, 0) == 70);
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(tokens_of_sessions_end),
		T(approvals_that_wait_end),
		T(codes_end),
		T(many_sessions),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
