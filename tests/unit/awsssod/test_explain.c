/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why it was decided so: awsssod/explain.c, and the events of status.c.
 * covers: spine.5
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static void why(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int auth = fake_connect(fake, "auth.sock");
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_end(fake, begin(fake, auth, "c1"),
	    &(struct end){ .net = AW_NET_DENIED });
	fake_verdict(fake, auth, AW_VERDICT_REFUSED, "denied");
	for (int i = 0; i < 2; i++) {
		fake_ctl_ask(fd, AW_MSG_WHY, i ? "alice" : NULL, false);
		fake_wait(fake, fd, AW_MSG_EVENT);
		assert_string_equal(fake_text(fake, AW_TAG_USER), "alice");
		assert_string_equal(fake_text(fake, AW_TAG_SERVICE), "sshd");
		assert_string_equal(fake_text(fake, AW_TAG_RHOST), "10.0.0.9");
		assert_int_equal(strlen(fake_text(fake, AW_TAG_CODE)), 5);
		assert_true(
		    fake_num(fake, AW_TAG_VERDICT) == AW_VERDICT_REFUSED);
		fake_wait(fake, fd, AW_MSG_DONE);
	}
	fake_ctl_ask(fd, AW_MSG_WHY, "bob", false);
	fake_wait(fake, fd, AW_MSG_DONE);
}

static void ask_explain(int fd, uint16_t type, const char *user,
    const char *service, const char *code)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 7);
	if (user)
		aw_wire_put_text(&out, AW_TAG_USER, user);
	if (service)
		aw_wire_put_text(&out, AW_TAG_SERVICE, service);
	if (code)
		aw_wire_put_text(&out, AW_TAG_CODE, code);
	fake_send(fd, &out);
}

/* What would be decided now, by which line, with nothing asked or kept. */
static void explains_a_person(void **state)
{
	static const struct {
		const char *user, *service;
		enum aw_verdict before, account;
		const char *rule;
	} rows[] = {
		{ "alice", "sshd", AW_VERDICT_ALLOW, AW_VERDICT_ALLOW,
		    "awssso.conf:0: [access] allow_groups = admins "
		    "(g-admins)" },
		{ "alice", "sudo", AW_VERDICT_POLICY, AW_VERDICT_POLICY,
		    "awssso.conf:0: [service sudo] deny_users = alice" },
		{ "alice", "cron", AW_VERDICT_ALLOW, AW_VERDICT_POLICY,
		    "awssso.conf:0: [service cron] allow_permission_sets = X" },
		{ "nobody", "sshd", AW_VERDICT_EXPIRED, AW_VERDICT_EXPIRED,
		    "" },
	};
	struct fake *fake = *state;
	struct aw_conf *conf = &fake->daemon->conf;
	int64_t events;

	fake_rule(conf, "sudo", true, AW_RULE_USER, "alice");
	fake_rule(conf, "cron", false, AW_RULE_SET, "X");
	events = fake_number(fake, "SELECT count(*) FROM events");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "ctl.sock");

		ask_explain(
		    fd, AW_MSG_EXPLAIN, rows[i].user, rows[i].service, NULL);
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		assert_string_equal(
		    fake_text(fake, AW_TAG_STAGE), "before a code");
		if (fake_num(fake, AW_TAG_VERDICT) != rows[i].before)
			fail_msg("%s: before a code", rows[i].service);
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		if (fake_num(fake, AW_TAG_VERDICT) != rows[i].account ||
		    strcmp(fake_text(fake, AW_TAG_RULE), rows[i].rule) != 0)
			fail_msg("%s %s: %s, %s", rows[i].user, rows[i].service,
			    fake_text(fake, AW_TAG_TEXT),
			    fake_text(fake, AW_TAG_RULE));
		for (int k = 0; k < 4; k++)
			fake_wait(fake, fd, AW_MSG_EXPLAINED);
		fake_wait(fake, fd, AW_MSG_DONE);
		assert_true(fake_num(fake, AW_TAG_GENERATION) > 0);
	}
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM events"), events);
	fake_netd_silent(fake, 20);
}

/* What else applies, by service: a section counts before [access]. */
static void explains_the_settings(void **state)
{
	static const struct {
		const char *service, *word, *text, *rule, *means;
	} rows[] = {
		{ "sshd", "require_publickey_first", "yes",
		    "awssso.conf:0: [access] require_publickey_first = yes",
		    "no code before" },
		{ "sshd", "session_reuse", "1800s", "", "needs no code" },
		{ "sshd", "reuse", "900s", "", "at ssh it never counts" },
		{ "sshd", "offline_grace", "0", "", "nothing goes on" },
		{ "sudo", "require_publickey_first", "no",
		    "awssso.conf:0: [service sudo] require_publickey_first = "
		    "no",
		    "a code is made" },
		{ "sudo", "session_reuse", "1800s", "", "needs no code" },
		{ "sudo", "reuse", "900s", "", "" },
		{ "sudo", "offline_grace", "4h",
		    "awssso.conf:0: [service sudo] offline_grace = 4h",
		    "counts for so long" },
	};
	struct fake *fake = *state;
	struct aw_conf *conf = &fake->daemon->conf;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	conf->session_reuse = 1800;
	fake_rule(conf, NULL, true, AW_RULE_KEY_FIRST, "yes");
	fake_rule(conf, "sudo", true, AW_RULE_KEY_FIRST, "no");
	fake_rule(conf, "sudo", true, AW_RULE_GRACE, "4h");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (i % 4 == 0) {
			ask_explain(
			    fd, AW_MSG_EXPLAIN, "alice", rows[i].service, NULL);
			fake_wait(fake, fd, AW_MSG_EXPLAINED);
			fake_wait(fake, fd, AW_MSG_EXPLAINED);
		}
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		assert_string_equal(
		    fake_text(fake, AW_TAG_STAGE), rows[i].word);
		assert_string_equal(fake_text(fake, AW_TAG_TEXT), rows[i].text);
		assert_string_equal(fake_text(fake, AW_TAG_RULE), rows[i].rule);
		assert_non_null(
		    strstr(fake_text(fake, AW_TAG_DETAIL), rows[i].means));
		assert_true(fake_num(fake, AW_TAG_VERDICT) == 999999);
		if (i % 4 == 3)
			fake_wait(fake, fd, AW_MSG_DONE);
	}
	/* with sets in the policy another key's approval never suffices */
	fake_rule(conf, "cron", false, AW_RULE_SET, "X");
	ask_explain(fd, AW_MSG_EXPLAIN, "alice", "sshd", NULL);
	for (int k = 0; k < 4; k++)
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
	assert_non_null(strstr(fake_text(fake, AW_TAG_DETAIL), "of no use"));
}

/* What changed @ago seconds ago, or longer, is dated so. */
static void happened(struct fake *fake, int ago)
{
	char sql[200];

	assert_int_equal(
	    aw_fmt(sql, sizeof(sql),
		"UPDATE history SET at = %lld WHERE at > %lld;"
		"UPDATE meta SET value = %lld WHERE key = 'history_from'",
		(long long)time(NULL) - ago, (long long)time(NULL) - ago,
		(long long)time(NULL) - 1000),
	    0);
	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db, sql, NULL, NULL, NULL),
	    SQLITE_OK);
}

static void ask_past(int fd, const char *user, const char *service, int ago)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_EXPLAIN, 7);
	aw_wire_put_text(&out, AW_TAG_USER, user);
	aw_wire_put_text(&out, AW_TAG_SERVICE, service);
	aw_wire_put_num(&out, AW_TAG_TIME, (uint64_t)(time(NULL) - ago));
	fake_send(fd, &out);
}

static const struct fake_user users_then[] = {
	{ ALICE, "alice@example.com", "DISABLED" },
	{ BOB, "bob@example.com", NULL },
	{ CAROL, "carol@example.com", NULL },
	{ DAVE, "dave@example.com", NULL },
};
static const struct fake_group groups_then[] = { { "g-admins", "admins" } };
static const struct fake_member members_then[] = {
	{ "g-admins", ALICE },
	{ "g-admins", DAVE },
};
static const struct fake_directory later = { users_then, groups_then,
	members_then, 4, 1, 2 };

static const struct {
	const char *user, *service;
	int ago;
	enum aw_verdict sign_in, account; /* 0: not on record */
	const char *says;
} past[] = {
	{ "alice", "sshd", 700, AW_VERDICT_ALLOW, AW_VERDICT_ALLOW,
	    "admins (g-admins)" },
	{ "alice", "sshd", 500, AW_VERDICT_EXPIRED, AW_VERDICT_EXPIRED, "" },
	{ "bob", "sshd", 700, AW_VERDICT_ALLOW, AW_VERDICT_ALLOW,
	    "admins (g-admins)" },
	{ "bob", "sshd", 500, AW_VERDICT_POLICY, AW_VERDICT_POLICY, "" },
	{ "carol", "sshd", 700, AW_VERDICT_EXPIRED, AW_VERDICT_EXPIRED, "" },
	{ "carol", "sshd", 500, AW_VERDICT_POLICY, AW_VERDICT_POLICY, "" },
	{ "dave", "sshd", 700, AW_VERDICT_POLICY, AW_VERDICT_POLICY, "" },
	{ "dave", "sshd", 500, AW_VERDICT_ALLOW, AW_VERDICT_ALLOW,
	    "admins (g-admins)" },
	{ "dave", "sshd", 50, AW_VERDICT_EXPIRED, AW_VERDICT_ALLOW,
	    "admins (g-admins)" },
	{ "dave", "cron", 500, AW_VERDICT_UNAVAIL, AW_VERDICT_UNAVAIL,
	    "allow_permission_sets = X" },
	{ "dave", "sshd", 1001, 0, 0, "not on record" },
	{ "nobody", "sshd", 500, 0, 0, "nobody" },
};

/* 600 s ago alice was disabled, carol was let in again, bob left the group and
 * dave joined it; 100 s ago a held sweep lacked dave. */
static void explains_the_past(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	fake_rule(&fake->daemon->conf, "cron", false, AW_RULE_SET, "X");
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_sweep(fake, &later, AW_NET_OK);
	happened(fake, 600);
	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db,
		"UPDATE principals SET missing = 1 WHERE name = 'dave'", NULL,
		NULL, NULL),
	    SQLITE_OK);
	happened(fake, 100);
	for (size_t i = 0; i < sizeof(past) / sizeof(past[0]); i++) {
		const enum aw_verdict want[] = { past[i].sign_in,
			past[i].account };

		ask_past(fd, past[i].user, past[i].service, past[i].ago);
		for (int k = 0; k < 2 && want[k]; k++) {
			fake_wait(fake, fd, AW_MSG_EXPLAINED);
			if (fake_num(fake, AW_TAG_VERDICT) != want[k])
				fail_msg("row %zu: %s", i,
				    aw_verdict_word(
					fake_num(fake, AW_TAG_VERDICT)));
		}
		if (want[1] &&
		    !strstr(fake_text(fake, AW_TAG_RULE), past[i].says))
			fail_msg(
			    "row %zu: %s", i, fake_text(fake, AW_TAG_RULE));
		fake_wait(fake, fd, AW_MSG_DONE);
		if (!want[0] &&
		    !strstr(fake_text(fake, AW_TAG_TEXT), past[i].says))
			fail_msg(
			    "row %zu: %s", i, fake_text(fake, AW_TAG_TEXT));
		assert_true(fake_num(fake, AW_TAG_NET) ==
			    (want[0] && want[0] != AW_VERDICT_UNAVAIL
				    ? AW_NET_OK
				    : AW_NET_NOT_FOUND));
	}
	/* outside of a scope nothing is known of the past */
	fake->daemon->conf.scope.n = 1;
	ask_past(fd, "alice", "sshd", 500);
	fake_wait(fake, fd, AW_MSG_EXPLAINED);
	fake_wait(fake, fd, AW_MSG_EXPLAINED);
	fake_wait(fake, fd, AW_MSG_DONE);
	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_GROUP, "others");
	ask_past(fd, "alice", "sshd", 500);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_NOT_FOUND);
}

/* And the last decision that is on record by then. */
static void recalls_a_decision(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int auth = fake_connect(fake, "auth.sock");
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_end(fake, begin(fake, auth, "c1"),
	    &(struct end){ .net = AW_NET_DENIED });
	fake_verdict(fake, auth, AW_VERDICT_REFUSED, "denied");
	happened(fake, 0);
	assert_int_equal(sqlite3_exec(fake->daemon->state.db,
			     "UPDATE events SET at ="
			     " at - 300",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	for (int ago = 290; ago <= 310; ago += 20) {
		ask_past(fd, "alice", "sshd", ago);
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		if (ago < 300) {
			fake_wait(fake, fd, AW_MSG_EVENT);
			assert_true(fake_num(fake, AW_TAG_VERDICT) ==
				    AW_VERDICT_REFUSED);
			assert_non_null(strstr(
			    fake_text(fake, AW_TAG_DETAIL), "generation"));
		}
		fake_wait(fake, fd, AW_MSG_DONE);
	}
	ask_past(fd, "alice", "sudo", 290);
	fake_wait(fake, fd, AW_MSG_EXPLAINED);
	fake_wait(fake, fd, AW_MSG_EXPLAINED);
	fake_wait(fake, fd, AW_MSG_DONE);
	/* who is not root hears what was said, not what it rested on */
	fake->daemon->server.conns->is_other = true;
	fake->daemon->server.n_others++;
	ask_past(fd, "alice", "sshd", 290);
	fake_wait(fake, fd, AW_MSG_EXPLAINED);
	fake_wait(fake, fd, AW_MSG_EXPLAINED);
	fake_wait(fake, fd, AW_MSG_EVENT);
	assert_non_null(strstr(fake_text(fake, AW_TAG_TEXT), "denied"));
	assert_string_equal(fake_text(fake, AW_TAG_DETAIL), "");
	assert_string_equal(fake_text(fake, AW_TAG_ACTION), "");
}

static void explains_a_code(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int auth = fake_connect(fake, "auth.sock");
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	char code[17];

	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_USER, "alice");
	fake_ask(fake, auth,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sshd",
		.attempt = "c9" });
	fake_verdict(fake, auth, AW_VERDICT_POLICY, "not among");
	assert_int_equal(aw_copy(code, sizeof(code),
			     fake_string(fake, "SELECT code FROM events"
					       " ORDER BY n DESC LIMIT 1")),
	    0);
	ask_explain(fd, AW_MSG_EXPLAIN_CODE, NULL, NULL, code);
	fake_wait(fake, fd, AW_MSG_EVENT);
	assert_string_equal(fake_text(fake, AW_TAG_USER), "alice");
	assert_non_null(strstr(fake_text(fake, AW_TAG_DETAIL),
	    "awssso.conf:0: [access] deny_users = alice; generation "));
	assert_non_null(strstr(fake_text(fake, AW_TAG_ACTION), "deny line"));
	fake_wait(fake, fd, AW_MSG_DONE);
	ask_explain(fd, AW_MSG_EXPLAIN_CODE, NULL, NULL, "NONE0");
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_NOT_FOUND);
}
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(why),
		T(explains_a_person),
		T(explains_the_settings),
		T(explains_the_past),
		T(recalls_a_decision),
		T(explains_a_code),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
