/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other accounts than this host's: lines of the policy about them, and a
 * permission set that a PAM line requires in one.
 * covers: verdict.2, R4, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

#define THERE "444455556666"
#define FAR   "777788889999"

/* One of the policy's lines, and what is held here and there: NULL for nothing
 * to be had, "" for nothing held; "-" where nobody may ask. */
struct row {
	const char *name;
	bool deny;
	enum aw_rule_kind kind;
	const char *text;
	const char *set, *account; /* that the PAM line requires, or NULL */
	const char *here, *there;
	const char *event;
};

static const char *held(const struct row *row, const char *account)
{
	if (strcmp(account, FAKE_ACCT) == 0)
		return row->here;
	assert_string_equal(account, THERE);
	return row->there;
}

/* Answer PERSON, and ROLES for each account that is asked for; every one that
 * may be, is. */
static void answer(struct fake *fake, const struct row *row)
{
	int n = (!row->here || *row->here != '-') +
		(!row->there || *row->there != '-');

	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &right);
	for (; n > 0; n--) {
		const char *account, *role;

		fake_netd_wait(fake, AW_MSG_ROLES);
		account = fake_text(fake, AW_TAG_ACCOUNT);
		role = held(row, account);
		if (role && *role == '-')
			fail_msg("%s: %s was asked for", row->name, account);
		send_roles(fake, role ? AW_NET_OK : AW_NET_UNAVAIL,
		    role && *role ? role : NULL);
	}
}

static const struct row rows[] = {
	{ "a gate elsewhere", true, AW_RULE_USER, "x", "Admin", THERE, "-",
	    "Admin", "allowed" },
	{ "a gate elsewhere is not here", true, AW_RULE_USER, "x", "Admin",
	    THERE, "-", "Other", "no-permission-set" },
	/* The lines are about this account, whatever the gate's is. */
	{ "denied here, a gate elsewhere", true, AW_RULE_SET, "Bad", "Admin",
	    THERE, "Bad", "Admin", "policy" },
	{ "denied there only, which is no line", true, AW_RULE_SET, "Admin",
	    "Admin", THERE, "", "Admin", "allowed" },
	{ "any set here denies", true, AW_RULE_ACCOUNT, "auto", "Admin", THERE,
	    "X", "Admin", "policy" },
	{ "none here", true, AW_RULE_ACCOUNT, "auto", "Admin", THERE, "",
	    "Admin", "allowed" },
	{ "nobody knows of here", true, AW_RULE_SET, "Bad", "Admin", THERE,
	    NULL, "Admin", "policy" },
	{ "nobody knows of there", true, AW_RULE_SET, "Bad", "Admin", THERE, "",
	    NULL, "network" },
	/* and lines about others, whatever the gate's */
	{ "denied there", true, AW_RULE_SET, THERE "/Bad", NULL, NULL, "-",
	    "Bad", "policy" },
	{ "not denied there", true, AW_RULE_SET, THERE "/Bad", NULL, NULL, "-",
	    "Other", "allowed" },
	{ "nothing is known of there", true, AW_RULE_SET, THERE "/Bad", NULL,
	    NULL, "-", NULL, "policy" },
	{ "any set there denies", true, AW_RULE_ACCOUNT, THERE, "Admin",
	    FAKE_ACCT, "Admin", "X", "policy" },
	{ "none there", true, AW_RULE_ACCOUNT, THERE, "Admin", FAKE_ACCT,
	    "Admin", "", "allowed" },
};

static void by_the_account_phase(void **state)
{
	static struct aw_conf_access before;
	struct fake *fake = *state;
	struct aw_conf_access *access = &fake->daemon->conf.access;

	log_in(fake);
	before = *access;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		const struct row *row = &rows[i];
		const char *event = "allowed";

		*access = before;
		fake_rule(
		    &fake->daemon->conf, NULL, row->deny, row->kind, row->text);
		fake_ask(fake, fd,
		    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
			.user = "alice",
			.service = "sudo",
			.set = row->set,
			.account = row->account,
			.ksession = 9 });
		answer(fake, row);
		fake_wait(fake, fd, AW_MSG_VERDICT);
		if (fake_num(fake, AW_TAG_VERDICT) != AW_VERDICT_ALLOW)
			event = fake_string(fake, "SELECT event FROM events"
						  " ORDER BY n DESC LIMIT 1");
		if (strcmp(event, row->event) != 0)
			fail_msg("%s: %s", row->name, event);
	}
}

/* At a sign-in netd lists them all; what it says of one is of that one. */
static void by_a_sign_in(void **state)
{
	static const struct {
		const char *role;
		struct elsewhere there;
		const char *text;
		enum aw_verdict want;
	} cases[] = {
		{ "Other", { THERE, "Admin" }, THERE "/Admin",
		    AW_VERDICT_ALLOW },
		{ "Admin", { THERE, "Other" }, THERE "/Admin",
		    AW_VERDICT_POLICY },
		{ "Admin", { NULL, NULL }, THERE "/Admin", AW_VERDICT_POLICY },
		{ "Other", { THERE, "Admin" }, "Admin", AW_VERDICT_POLICY },
		{ "Admin", { FAR, "Admin" }, THERE "/Admin",
		    AW_VERDICT_POLICY },
	};
	struct fake *fake = *state;
	struct aw_conf *conf = &fake->daemon->conf;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		struct end end = right;
		char attempt[8];

		end.role = cases[i].role;
		elsewhere = cases[i].there;
		fake_allow(conf, AW_RULE_SET, cases[i].text);
		assert_int_equal(
		    aw_fmt(attempt, sizeof(attempt), "c%zu", i), 0);
		send_end(fake, begin(fake, fd, attempt), &end);
		fake_wait(fake, fd, AW_MSG_VERDICT);
		if (fake_num(fake, AW_TAG_VERDICT) != cases[i].want)
			fail_msg(
			    "case %zu: %s", i, fake_text(fake, AW_TAG_TEXT));
	}
}

/* FLOW names each account once, this host's first. */
static void where_a_sign_in_asks(void **state)
{
	static const char *const want[] = { FAKE_ACCT, FAR, THERE };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	struct aw_wire_field field = { 0 };
	size_t n = 0;

	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_SET, THERE "/Bad");
	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_ACCOUNT, THERE);
	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1",
		.set = "Admin",
		.account = FAR });
	fake_netd_wait(fake, AW_MSG_FLOW);
	while (aw_wire_next(&fake->in, &field) == 0) {
		if (field.tag != AW_TAG_ACCOUNT)
			continue;
		assert_true(n < 3);
		assert_memory_equal(field.text, want[n++], 12);
	}
	assert_int_equal(n, 3);
}

/* The host's groups are of its own account: what is held elsewhere is not
 * learned as if it were. */
static void nothing_is_learned_of_others(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_SET, THERE "/Bad");
	elsewhere = (struct elsewhere){ THERE, "Elsewhere" };
	send_end(fake, begin(fake, fd, "c1"), &right);
	elsewhere = (struct elsewhere){ NULL, NULL };
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE kind = 3"
			      " AND user_name = 'ReadOnly'"),
	    1);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE kind = 3"
			      " AND user_name = 'Elsewhere'"),
	    0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(by_the_account_phase),
		T(by_a_sign_in),
		T(where_a_sign_in_asks),
		T(nothing_is_learned_of_others),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests_name("elsewhere", tests, NULL, NULL);
}
