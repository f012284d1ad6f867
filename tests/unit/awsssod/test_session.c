/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACCOUNT, OPEN, CLOSE and what a session's token is good for:
 * awsssod/account.c, session.c, live.c.
 * covers: spine.5, R8, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static const struct end gone = { .net = AW_NET_NOT_FOUND };
static const struct end off = { AW_NET_OK, NULL, ALICE, "alice@example.com",
	"DISABLED", "g-admins", NULL, 0 };
static const struct end left = { AW_NET_OK, NULL, ALICE, "alice@example.com",
	NULL, NULL, NULL, 0 };

/* Ask and take the verdict; a live question is answered with @person, unless
 * that is NULL: then there must be none. */
static void ask_verdict(struct fake *fake, const struct fake_ask *ask,
    const struct end *person, enum aw_verdict want, const char *text)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd, ask);
	if (person) {
		fake_netd_wait(fake, AW_MSG_PERSON);
		send_person(fake, person);
	}
	fake_verdict(fake, fd, want, text);
}

/* Homes in the test's directory: alice's is there, and whose it is. */
static void make_home(struct fake *fake, const char *user)
{
	char path[160];

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/%s", fake->dir, user), 0);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	assert_int_equal(
	    aw_fmt(fake->conf.home, AW_CONF_TEXT, "%s/%%u", fake->dir), 0);
	fake_run(fake);
	fake_sweep(fake, &people, AW_NET_OK);
	return 0;
}

/* Sign alice in under @attempt with a token. */
static void sign_in(struct fake *fake, const char *attempt)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	struct end end = right;

	end.token = TOKEN;
	send_end(fake, begin(fake, fd, attempt), &end);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

static void account_by_key(void **state)
{
	const struct {
		const char *user;
		const struct end *person;
		enum aw_verdict want;
		const char *text;
	} rows[] = {
		{ "alice", &right, AW_VERDICT_ALLOW, "" },
		{ "alice", &gone, AW_VERDICT_EXPIRED, "does not know" },
		{ "alice", &right, AW_VERDICT_ALLOW, "" },
		{ "alice", &off, AW_VERDICT_EXPIRED, "disabled" },
		{ "alice", &left, AW_VERDICT_POLICY, "not among" },
		{ "alice", &(struct end){ .net = AW_NET_UNAVAIL },
		    AW_VERDICT_POLICY, "not among" },
		{ "alice", &right, AW_VERDICT_ALLOW, "" },
		{ "alice", &(struct end){ .net = AW_NET_THROTTLED },
		    AW_VERDICT_ALLOW, "" },
		{ "nobody-here", NULL, AW_VERDICT_EXPIRED, "does not know" },
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ask_verdict(fake,
		    &(struct fake_ask){
			.type = AW_MSG_ACCOUNT, .user = rows[i].user },
		    rows[i].person, rows[i].want, rows[i].text);
}

/* cron and its like are judged by the directory, at no cost to AWS. */
static void account_of_batch(void **state)
{
	static const char *const services[] = { "cron", "crond", "atd",
		"systemd-user" };
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		ask_verdict(fake,
		    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
			.user = "alice",
			.service = services[i] },
		    NULL, AW_VERDICT_ALLOW, "");
		ask_verdict(fake,
		    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
			.user = "carol",
			.service = services[i] },
		    NULL, AW_VERDICT_EXPIRED, "disabled");
		ask_verdict(fake,
		    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
			.user = "dave",
			.service = services[i] },
		    NULL, AW_VERDICT_POLICY, "not among");
	}
}

static void too_old(void **state)
{
	struct fake *fake = *state;
	const struct end unavailable = { .net = AW_NET_UNAVAIL };

	assert_int_equal(aw_state_set_num(&fake->daemon->state, "read_at",
			     time(NULL) - 86400 - 10),
	    0);
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron" },
	    NULL, AW_VERDICT_UNAVAIL, "too long");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT, .user = "alice" },
	    &unavailable, AW_VERDICT_UNAVAIL, "too long");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT, .user = "alice" },
	    &right, AW_VERDICT_ALLOW, "");
	/* Read in the future is old as well. */
	assert_int_equal(aw_state_set_num(&fake->daemon->state, "read_at",
			     time(NULL) + 1000),
	    0);
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron" },
	    NULL, AW_VERDICT_UNAVAIL, "too long");
}

/* What was learned live but cannot be written down is no reason to go by what
 * was known before. */
static void facts_that_cannot_be_kept(void **state)
{
	struct fake *fake = *state;

	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db,
		"CREATE TEMP TRIGGER full BEFORE UPDATE ON main.principals"
		" BEGIN SELECT RAISE(ABORT, 'full'); END",
		NULL, NULL, NULL),
	    SQLITE_OK);
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT, .user = "alice" }, &off,
	    AW_VERDICT_FAILED, "failed on this host");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT, .user = "alice" },
	    &right, AW_VERDICT_ALLOW, "");
}

/* After a sign-in its own facts count: the directory is not asked again. */
static void account_after_sign_in(void **state)
{
	struct fake *fake = *state;

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1" },
	    NULL, AW_VERDICT_ALLOW, "");
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_ACCOUNT, .user = "alice", .attempt = "c2" },
	    &off, AW_VERDICT_EXPIRED, "disabled");
}

/* The gate of sudo: one round trip with this session's token. */
static void gate(void **state)
{
	static const struct {
		uint64_t net;
		const char *role;
		enum aw_verdict want;
		const char *text;
	} rows[] = {
		{ AW_NET_OK, "Admin", AW_VERDICT_ALLOW, "" },
		{ AW_NET_OK, "Admins", AW_VERDICT_POLICY, "Admin" },
		{ AW_NET_OK, NULL, AW_VERDICT_POLICY, "Admin" },
		{ AW_NET_UNAVAIL, NULL, AW_VERDICT_UNAVAIL, "" },
		{ AW_NET_THROTTLED, "Admin", AW_VERDICT_UNAVAIL, "" },
		{ AW_NET_BAD_ANSWER, "Admin", AW_VERDICT_UNAVAIL, "" },
		{ AW_NET_OK, "Admin", AW_VERDICT_ALLOW, "" },
		/* the last: the token is dead, and stays so */
		{ AW_NET_TOKEN_DEAD, NULL, AW_VERDICT_POLICY, "sudo -k" },
	};
	const struct fake_ask sudo = { .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = "Admin",
		.ksession = 9 };
	struct fake *fake = *state;

	/* without a session, without a token: no question, a plain no */
	ask_verdict(fake, &sudo, NULL, AW_VERDICT_POLICY, "awssso login");
	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		fake_ask(fake, fd, &sudo);
		fake_netd_wait(fake, AW_MSG_PERSON);
		send_person(fake, &right);
		fake_netd_wait(fake, AW_MSG_ROLES);
		assert_true(aw_wire_num(&fake->in, AW_TAG_TOKEN, 0) == TOKEN);
		assert_string_equal(fake_text(fake, AW_TAG_ACCOUNT), FAKE_ACCT);
		send_roles(fake, rows[i].net, rows[i].role);
		fake_verdict(fake, fd, rows[i].want, rows[i].text);
	}
	fake_netd_wait(fake, AW_MSG_DROP);
	ask_verdict(fake, &sudo, NULL, AW_VERDICT_POLICY, "awssso login");
}

/* A session without a kernel id is known by its leader, an ancestor; one of
 * another person, or another session id, is not it. */
static void which_session(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask sudo = { .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = "Admin" };
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "bob",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	ask_verdict(fake, &sudo, NULL, AW_VERDICT_POLICY, "awssso login");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1" },
	    NULL, AW_VERDICT_ALLOW, "");
	fake_ask(fake, fd, &sudo);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &right);
	fake_netd_wait(fake, AW_MSG_ROLES);
	send_roles(fake, AW_NET_OK, "Admin");
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

/* sudo within `reuse` of the proof: nothing to type, but asked live. */
static void reuse(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask sudo = { .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sudo",
		.ksession = 9,
		.reuse = 900 };
	const struct fake_ask strict = { .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sudo",
		.ksession = 9,
		.reuse = 0 };
	struct aw_session *session;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	aw_own_fd int late = fake_connect(fake, "auth.sock");

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	ask_verdict(fake, &sudo, &right, AW_VERDICT_ALLOW, "");
	assert_string_equal(fake_string(fake, "SELECT event FROM events"
					      " ORDER BY n DESC LIMIT 1"),
	    "reused");
	fake_ask(fake, fd, &strict);
	fake_netd_wait(fake, AW_MSG_FLOW);
	session = fake->daemon->sessions.first;
	session->approved_ms = 1;
	fake_ask(fake, late, &sudo);
	fake_verdict(fake, fd, AW_VERDICT_REFUSED, "newer");
	fake_netd_wait(fake, AW_MSG_CANCEL);
	fake_netd_wait(fake, AW_MSG_FLOW);
}

/* R1: whoever else runs in a session, by sudo or left over from one, is not its
 * person; and a session is a person's, whoever has the name by now. */
static void reuse_is_its_own_persons(void **state)
{
	struct fake *fake = *state;
	struct fake_ask su = { .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "su",
		.ksession = 9,
		.real_uid = 1001,
		.reuse = 900 };
	struct aw_session *session;

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	session = fake->daemon->sessions.first;
	for (int i = 0; i < 3; i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		if (i == 1)
			su.real_uid = UINT32_MAX; /* does not say */
		if (i == 2) {
			su.real_uid = 0; /* her own */
			assert_int_equal(
			    aw_copy(session->principal,
				sizeof(session->principal), "u-another"),
			    0);
		}
		fake_ask(fake, fd, &su);
		fake_netd_wait(fake, AW_MSG_FLOW);
		aw_own_fd_done(&fd);
		fake_netd_wait(fake, AW_MSG_CANCEL);
	}
}

/* Reuse does not outlive the person. */
static void reuse_is_no_pass(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask sudo = { .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sudo",
		.ksession = 9,
		.reuse = 900 };

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	ask_verdict(fake, &sudo, &off, AW_VERDICT_EXPIRED, "disabled");
}

/* sudo's own approval serves the session it was asked from. */
static void sudo_gives_the_session_a_token(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask sudo = { .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sudo",
		.ksession = 9 };
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	struct end end = right;

	end.token = TOKEN;
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_OPEN, .user = "alice", .ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	fake_ask(fake, fd, &sudo);
	fake_netd_wait(fake, AW_MSG_FLOW);
	send_end(fake, fake->in.request, &end);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	assert_true(fake->daemon->sessions.first->token == TOKEN);
}

static void closing_drops_the_token(void **state)
{
	struct fake *fake = *state;

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM sessions"
					   " WHERE closed IS NULL"),
	    1);
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_CLOSE, .user = "alice", .attempt = "c1" },
	    NULL, AW_VERDICT_ALLOW, "");
	fake_netd_wait(fake, AW_MSG_DROP);
	assert_true(aw_wire_num(&fake->in, AW_TAG_TOKEN, 0) == TOKEN);
	assert_int_equal(fake->daemon->sessions.n, 0);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM sessions"
					   " WHERE closed IS NULL"),
	    0);
}

/* However the leader dies. */
static void death_ends_the_session(void **state)
{
	struct fake *fake = *state;
	const pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		const int fd = fake_connect(fake, "auth.sock");

		fake_ask(fake, fd,
		    &(struct fake_ask){ .type = AW_MSG_OPEN,
			.user = "alice",
			.attempt = "c1" });
		/* The answer stays unread; the end comes after it was given. */
		_exit(
		    aw_sock_recv(fd, fake->data, sizeof(fake->data),
			aw_sock_now_ms() + FAKE_MS, &(size_t){ 0 }, NULL) != 0);
	}
	for (int i = 0; i < 100 && fake->daemon->sessions.n == 0; i++)
		fake_turn(fake, 20);
	assert_int_equal(fake->daemon->sessions.n, 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (int i = 0; i < 100 && fake->daemon->sessions.n > 0; i++)
		fake_turn(fake, 20);
	assert_int_equal(fake->daemon->sessions.n, 0);
}

static void homes(void **state)
{
	struct fake *fake = *state;

	make_home(fake, "alice"); /* by us, so not hers */
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_OPEN, .user = "alice", .attempt = "c1" },
	    NULL, AW_VERDICT_POLICY, "does not belong to you");
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_OPEN, .user = "bob", .attempt = "c1" },
	    NULL, AW_VERDICT_ALLOW, "");
	ask_verdict(fake,
	    &(struct fake_ask){
		.type = AW_MSG_OPEN, .user = "carol", .attempt = "c1" },
	    NULL, AW_VERDICT_EXPIRED, "disabled");
	assert_int_equal(fake->daemon->sessions.n, 1);
}

/* A new netd has no tokens; sessions live on without theirs. */
static void netd_restarts(void **state)
{
	struct fake *fake = *state;

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	fake_netd_hang_up(fake);
	assert_int_equal(fake->daemon->sessions.n, 1);
	assert_true(fake->daemon->sessions.first->token == 0);
}

/* awsssod restarts: the session is found again by its leader. */
static void daemon_restarts(void **state)
{
	struct fake *fake = *state;

	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_OPEN,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.ksession = 9 },
	    NULL, AW_VERDICT_ALLOW, "");
	fake_stop(fake);
	fake_run(fake);
	assert_int_equal(fake->daemon->sessions.n, 1);
	assert_string_equal(fake->daemon->sessions.first->user, "alice");
	assert_int_equal(fake->daemon->sessions.first->ksession, 9);
	assert_true(fake->daemon->sessions.first->token == 0);
}

/* Sets as the policy: held live, unknown is no. */
static void policy_by_set(void **state)
{
	struct fake *fake = *state;
	struct aw_conf *conf = &fake->daemon->conf;

	fake_allow(conf, AW_RULE_SET, "ReadOnly");
	/* by key: nothing shows which sets she holds */
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT, .user = "alice" },
	    &right, AW_VERDICT_POLICY, "not among");
	sign_in(fake, "c1");
	ask_verdict(fake,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1" },
	    NULL, AW_VERDICT_ALLOW, "");
	fake_allow(conf, AW_RULE_SET, "Other");
	{
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		send_end(fake, begin(fake, fd, "c2"), &right);
		fake_verdict(fake, fd, AW_VERDICT_POLICY, "not among");
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, people_tear_down)
		T(account_by_key),
		T(account_of_batch),
		T(too_old),
		T(facts_that_cannot_be_kept),
		T(account_after_sign_in),
		T(gate),
		T(which_session),
		T(reuse),
		T(reuse_is_its_own_persons),
		T(reuse_is_no_pass),
		T(sudo_gives_the_session_a_token),
		T(closing_drops_the_token),
		T(death_ends_the_session),
		T(homes),
		T(netd_restarts),
		T(daemon_restarts),
		T(policy_by_set),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
