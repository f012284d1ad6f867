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
		T(explains_a_code),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
