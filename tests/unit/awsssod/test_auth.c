/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUTH from the request to the verdict, against a netd played by the test:
 * awsssod/auth.c, flow.c, judge.c.
 * covers: spine.5, R1, R8, R11, R36, R38
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static void prompt_says_all(void **state)
{
	static const char *const want[] = { "alice", "ssh to", "10.0.0.9",
		FAKE_URI "?user_code=ABCD-EFGH", "ABCD-EFGH", "Press Enter" };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	const char *text;

	(void)begin(fake, fd, "c1");
	assert_true(aw_wire_num(&fake->in, AW_TAG_EXPIRES_IN, 0) >= 105);
	assert_true(aw_wire_num(&fake->in, AW_TAG_EXPIRES_IN, 0) <= 110);
	text = fake_text(fake, AW_TAG_TEXT);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (!strstr(text, want[i]))
			fail_msg("no \"%s\" in: %s", want[i], text);
	assert_null(strchr(text, '\033'));
}

static const struct {
	const char *name;
	struct end end;
	enum aw_verdict want;
	const char *text, *event;
} ends[] = {
	{ "right person",
	    { AW_NET_OK, "alice@example.com", ALICE, "alice@example.com", NULL,
		"g-admins", "ReadOnly", 0 },
	    AW_VERDICT_ALLOW, "", "allowed" },
	{ "wrong approver",
	    { AW_NET_OK, "bob@example.com", ALICE, "alice@example.com", NULL,
		"g-admins", "ReadOnly", 5 },
	    AW_VERDICT_REFUSED, "somebody else", "wrong-approver" },
	{ "described another",
	    { AW_NET_OK, "bob@example.com", BOB, "bob@example.com", NULL,
		"g-admins", "ReadOnly", 5 },
	    AW_VERDICT_REFUSED, "does not prove", "unproven" },
	{ "no description",
	    { AW_NET_OK, "alice@example.com", NULL, NULL, NULL, "g-admins",
		"ReadOnly", 0 },
	    AW_VERDICT_REFUSED, "does not prove", "unproven" },
	{ "disabled meanwhile",
	    { AW_NET_OK, "alice@example.com", ALICE, "alice@example.com",
		"DISABLED", "g-admins", "ReadOnly", 0 },
	    AW_VERDICT_EXPIRED, "disabled", "disabled" },
	{ "left the group",
	    { AW_NET_OK, "alice@example.com", ALICE, "alice@example.com", NULL,
		NULL, "ReadOnly", 0 },
	    AW_VERDICT_POLICY, "not among", "policy" },
	{ "denied", { AW_NET_DENIED, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_REFUSED, "denied in the browser", "browser-denied" },
	{ "expired", { AW_NET_EXPIRED, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_REFUSED, "not approved in time", "code-expired" },
	{ "no role", { AW_NET_NO_ROLE, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_REFUSED, "permission set", "no-role" },
	{ "gone", { AW_NET_NOT_FOUND, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_EXPIRED, "does not know you", "absent" },
	{ "throttled",
	    { AW_NET_THROTTLED, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_UNAVAIL, "slow down", "throttled" },
	{ "network", { AW_NET_UNAVAIL, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_UNAVAIL, "cannot be reached", "network" },
	{ "host's right",
	    { AW_NET_REFUSED, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_FAILED, "lacks a right", "host-rights" },
	{ "nonsense", { 99, NULL, NULL, NULL, NULL, NULL, NULL, 0 },
	    AW_VERDICT_UNAVAIL, "makes no sense", "bad-answer" },
};

static void verdicts(void **state)
{
	char attempt[16];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct fake *fake;
		uint64_t flow;
		int fd;

		/* What one row changes in the directory is not the next's. */
		if (i > 0) {
			assert_int_equal(people_tear_down(state), 0);
			assert_int_equal(people_set_up(state), 0);
		}
		fake = *state;
		fd = fake_connect(fake, "auth.sock");
		print_message("row: %s\n", ends[i].name);
		assert_int_equal(
		    aw_fmt(attempt, sizeof(attempt), "c%zu", i), 0);
		flow = begin(fake, fd, attempt);
		send_end(fake, flow, &ends[i].end);
		fake_verdict(fake, fd, ends[i].want, ends[i].text);
		assert_string_equal(
		    fake_string(fake,
			"SELECT event FROM events ORDER BY n DESC LIMIT 1"),
		    ends[i].event);
		if (ends[i].end.token) {
			fake_netd_wait(fake, AW_MSG_DROP);
			assert_true(aw_wire_num(&fake->in, AW_TAG_TOKEN, 0) ==
				    ends[i].end.token);
		}
		assert_int_equal(close(fd), 0);
	}
}

/* The audit line names the approver, what the person reads does not. */
static void wrong_approver_stays_secret(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	struct end end = right;

	end.session = "bob@example.com";
	send_end(fake, begin(fake, fd, "c1"), &end);
	fake_verdict(fake, fd, AW_VERDICT_REFUSED, "somebody else");
	assert_null(strstr(fake_text(fake, AW_TAG_TEXT), "bob"));
	assert_non_null(
	    strstr(fake_string(fake, "SELECT detail FROM events"), "bob@"));
	assert_null(
	    strstr(fake_string(fake, "SELECT text FROM events"), "bob"));
}

/* One denial, one code, however often the same connection asks. */
static void same_attempt_same_answer(void **state)
{
	const struct fake_ask again = { AW_MSG_AUTH, "alice", .attempt = "c1",
		.rhost = "10.0.0.9" };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	char code[17];

	send_end(
	    fake, begin(fake, fd, "c1"), &(struct end){ .net = AW_NET_DENIED });
	fake_verdict(fake, fd, AW_VERDICT_REFUSED, "denied");
	assert_int_equal(
	    aw_copy(code, sizeof(code), fake_text(fake, AW_TAG_CODE)), 0);
	for (int i = 0; i < 2; i++) {
		aw_own_fd int next = fake_connect(fake, "auth.sock");

		fake_ask(fake, next, &again);
		fake_verdict(fake, next, AW_VERDICT_REFUSED, "denied");
		assert_string_equal(fake_text(fake, AW_TAG_CODE), code);
	}
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM events"), 1);
	fake_netd_silent(fake, 20);
}

/* Before the code: a known no gives none. */
static void no_code_for(void **state)
{
	static const struct {
		const char *user;
		enum aw_verdict want;
		const char *text;
		struct end person; /* the live answer, net 0: not asked */
	} rows[] = {
		{ "carol", AW_VERDICT_EXPIRED, "disabled",
		    { AW_NET_OK, NULL, CAROL, "carol@example.com", "DISABLED",
			"g-admins", NULL, 0 } },
		{ "dave", AW_VERDICT_POLICY, "not among",
		    { AW_NET_OK, NULL, DAVE, "dave@example.com", NULL, NULL,
			NULL, 0 } },
		{ "nobody-here", AW_VERDICT_EXPIRED, "does not know you",
		    { .net = 0 } },
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		const struct fake_ask ask = { AW_MSG_AUTH, rows[i].user,
			.attempt = "c1" };

		fake_ask(fake, fd, &ask);
		if (rows[i].person.net) {
			fake_netd_wait(fake, AW_MSG_PERSON);
			send_person(fake, &rows[i].person);
		}
		fake_verdict(fake, fd, rows[i].want, rows[i].text);
		fake_netd_silent(fake, 10);
	}
}

/* A no of the last sweep may have become a yes: asked live, once. */
static void stale_no_is_asked_again(void **state)
{
	const struct end now_in = { AW_NET_OK, NULL, DAVE, "dave@example.com",
		NULL, "g-admins", NULL, 0 };
	const struct fake_ask ask = { AW_MSG_AUTH, "dave", .attempt = "c1" };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd, &ask);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &now_in);
	fake_netd_wait(fake, AW_MSG_FLOW);
}

static void missing_shell(void **state)
{
	const struct fake_ask ask = { AW_MSG_AUTH, "alice", .attempt = "c1" };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	assert_int_equal(aw_copy(fake->daemon->conf.shell, AW_CONF_TEXT,
			     "/nonexistent/shell"),
	    0);
	fake_ask(fake, fd, &ask);
	fake_verdict(fake, fd, AW_VERDICT_FAILED, "/nonexistent/shell");
	fake_netd_silent(fake, 10);
}

static void netd_goes_away(void **state)
{
	const struct fake_ask ask = { AW_MSG_AUTH, "alice", .attempt = "c2" };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	aw_own_fd int later = fake_connect(fake, "auth.sock");

	(void)begin(fake, fd, "c1");
	fake_netd_hang_up(fake);
	fake_verdict(fake, fd, AW_VERDICT_UNAVAIL, "awssso-netd");
	fake_ask(fake, later, &ask);
	fake_verdict(fake, later, AW_VERDICT_UNAVAIL, "awssso-netd");
}

static void hang_up_cancels(void **state)
{
	struct fake *fake = *state;
	int fd = fake_connect(fake, "auth.sock");
	const uint64_t flow = begin(fake, fd, "c1");

	assert_int_equal(close(fd), 0);
	fake_netd_wait(fake, AW_MSG_CANCEL);
	assert_true(fake->in.request == flow);
	assert_int_equal(aw_attempts_count_open(&fake->daemon->attempts), 0);
}

/* An answer under an id that was not asked with is nobody's. */
static void foreign_answer_is_dropped(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	const uint64_t flow = begin(fake, fd, "c1");

	send_end(fake, flow + 1, &right);
	assert_int_equal(aw_attempts_count_open(&fake->daemon->attempts), 1);
	send_end(fake, flow, &(struct end){ .net = AW_NET_DENIED });
	fake_verdict(fake, fd, AW_VERDICT_REFUSED, "denied");
}

static void newest_wins(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int first = fake_connect(fake, "auth.sock");
	aw_own_fd int second = fake_connect(fake, "auth.sock");
	const struct fake_ask ask = { AW_MSG_AUTH, "alice", .attempt = "c2",
		.rhost = "10.0.0.9" };
	uint64_t flow = begin(fake, first, "c1");

	fake_ask(fake, second, &ask);
	fake_verdict(fake, first, AW_VERDICT_REFUSED, "newer sign-in");
	fake_netd_wait(fake, AW_MSG_CANCEL);
	assert_true(fake->in.request == flow);
	fake_netd_wait(fake, AW_MSG_FLOW);
	flow = fake->in.request;
	send_code(fake, flow);
	fake_wait(fake, second, AW_MSG_PROMPT);
	send_end(fake, flow, &right);
	fake_verdict(fake, second, AW_VERDICT_ALLOW, "");
}

static void required_set(void **state)
{
	static const struct {
		const char *set;
		enum aw_verdict want;
	} rows[] = {
		{ "ReadOnly", AW_VERDICT_ALLOW },
		{ "AdministratorAccess", AW_VERDICT_POLICY },
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < 2; i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		const struct fake_ask ask = { AW_MSG_AUTH, "alice", "sudo",
			.set = rows[i].set };

		fake_ask(fake, fd, &ask);
		fake_netd_wait(fake, AW_MSG_FLOW);
		send_end(fake, fake->in.request, &right);
		fake_verdict(
		    fake, fd, rows[i].want, i ? "AdministratorAccess" : "");
	}
}

/* Nobody is kept out by the length of a key, or of what comes with it. */
static void the_longest_question(void **state)
{
	static char info[AW_PROTO_AUTH_INFO_MAX + 1] = "publickey ssh-rsa ";
	char label[257];
	const struct fake_ask ask = { AW_MSG_AUTH, "alice", .rhost = label,
		.attempt = label, .info = info };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	memset(info + 18, 'A', sizeof(info) - 1 - 18);
	memset(label, 'x', sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	fake_ask(fake, fd, &ask);
	fake_netd_wait(fake, AW_MSG_FLOW);
}

/* No code without a key of this connection, where the policy says so. */
static void key_first(void **state)
{
	static const struct {
		const char *name, *service, *access, *own, *info;
		bool code;
	} rows[] = {
		{ "not asked for", "sshd", NULL, NULL, NULL, true },
		{ "no", "sshd", "no", NULL, NULL, true },
		{ "without", "sshd", "yes", NULL, NULL, false },
		{ "with", "sshd", "yes", NULL, "publickey a A", true },
		{ "of its own", "sshd", "no", "yes", NULL, false },
		{ "let off", "sshd", "yes", "no", NULL, true },
		{ "another's", "login", "no", "yes", NULL, true },
		{ "no session", "login", "yes", "no", NULL, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake *fake;
		aw_own_fd int fd = -1;
		const struct fake_ask ask = { AW_MSG_AUTH, "alice",
			rows[i].service, "10.0.0.9", "c1",
			.info = rows[i].info };

		assert_int_equal(people_tear_down(state), 0);
		assert_int_equal(people_set_up(state), 0);
		fake = *state;
		fd = fake_connect(fake, "auth.sock");
		print_message("row: %s\n", rows[i].name);
		if (rows[i].own) {
			/* its own section lets in whom [access] does */
			fake_rule(&fake->daemon->conf, "sshd", false,
			    AW_RULE_GROUP, "admins");
			fake_rule(&fake->daemon->conf, "sshd", true,
			    AW_RULE_KEY_FIRST, rows[i].own);
		}
		if (rows[i].access)
			fake_rule(&fake->daemon->conf, NULL, true,
			    AW_RULE_KEY_FIRST, rows[i].access);
		fake_ask(fake, fd, &ask);
		if (rows[i].code) {
			fake_netd_wait(fake, AW_MSG_FLOW);
			continue;
		}
		fake_verdict(fake, fd, AW_VERDICT_POLICY, "your ssh key");
		fake_netd_silent(fake, 10);
	}
}

/* Who is not root asks about nobody else (R7). */
static void others_may_not_ask(void **state)
{
	const struct fake_ask ask = { AW_MSG_AUTH, "alice", .attempt = "c1" };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake->daemon->settings.root = geteuid() + 1;
	fake_ask(fake, fd, &ask);
	fake_wait(fake, fd, AW_MSG_VERDICT);
	assert_true(
	    aw_wire_num(&fake->in, AW_TAG_VERDICT, 0) == AW_VERDICT_POLICY);
	fake_netd_silent(fake, 10);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(prompt_says_all),
		T(verdicts),
		T(wrong_approver_stays_secret),
		T(same_attempt_same_answer),
		T(no_code_for),
		T(stale_no_is_asked_again),
		T(missing_shell),
		T(netd_goes_away),
		T(hang_up_cancels),
		T(foreign_answer_is_dropped),
		T(newest_wins),
		T(required_set),
		T(the_longest_question),
		T(key_first),
		T(others_may_not_ask),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("auth", tests, NULL, NULL);
}
