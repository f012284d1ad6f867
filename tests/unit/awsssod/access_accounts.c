/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines about other accounts, and where to ask: what is told of one account
 * counts for that one alone.
 */
#include "tests/unit/awsssod/access_accounts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "common/own.h"
#include "tests/unit/awsssod/fake.h"

#define NO      AW_ACCESS_NO
#define YES     AW_ACCESS_YES
#define UNKNOWN AW_ACCESS_UNKNOWN

struct aw_conf *access_policy(const char *text)
{
	static const char letters[] = "ugsaUGS";
	static const struct {
		enum aw_rule_kind kind;
		const char *text;
	} values[] = {
		{ AW_RULE_USER, "alice" },
		{ AW_RULE_GROUP, "g-1" },
		{ AW_RULE_SET, "Admin" },
		{ AW_RULE_ACCOUNT, "auto" },
		{ AW_RULE_USER, "bob" },
		{ AW_RULE_GROUP, "g-2" },
		{ AW_RULE_SET, "Other" },
	};
	struct aw_conf *conf = calloc(1, sizeof(*conf));
	const char *service = NULL;
	struct aw_diag why;
	uint8_t section;

	assert_non_null(conf);
	while (*text) {
		const char *letter = strchr(letters, text[1]);
		const bool deny = *text == '-';

		if (strncmp(text, "sudo:", 5) == 0) {
			service = "sudo";
			assert_int_equal(aw_conf_access_section(&conf->access,
					     "service sudo", &section, &why),
			    0);
			text += 5;
			continue;
		}
		assert_non_null(letter);
		fake_rule(conf, service, deny, values[letter - letters].kind,
		    values[letter - letters].text);
		text += 2;
	}
	return conf;
}

bool access_lets_in(
    const struct aw_conf *conf, const struct aw_access_facts *facts)
{
	return aw_access_judge(conf, "sshd", facts, NULL) == AW_ACCESS_YES;
}

#define HOME  "111122223333"
#define THERE "444455556666"
#define FAR   "777788889999"

static const struct {
	const char *name;
	bool deny;
	enum aw_rule_kind kind;
	const char *text;
	/* account, set; "" for no set there; NULL: nothing was told */
	const char *told[3][2];
	bool is_read; /* and a sweep knew of no set */
	enum aw_access want;
} accounts[] = {
	{ "held", false, AW_RULE_SET, THERE "/Admin", { { THERE, "Admin" } },
	    false, YES },
	{ "held here", false, AW_RULE_SET, THERE "/Admin",
	    { { HOME, "Admin" }, { THERE, "" } }, false, NO },
	{ "held here, not told of there", false, AW_RULE_SET, THERE "/Admin",
	    { { HOME, "Admin" } }, false, UNKNOWN },
	{ "held elsewhere again", false, AW_RULE_SET, THERE "/Admin",
	    { { FAR, "Admin" }, { THERE, "Other" } }, false, NO },
	{ "held there, wanted here", false, AW_RULE_SET, "Admin",
	    { { THERE, "Admin" }, { HOME, "" } }, false, NO },
	{ "this host's by its number", false, AW_RULE_SET, HOME "/Admin",
	    { { HOME, "Admin" } }, false, YES },
	{ "any there", false, AW_RULE_ACCOUNT, THERE, { { THERE, "X" } }, false,
	    YES },
	{ "any here", false, AW_RULE_ACCOUNT, THERE,
	    { { HOME, "X" }, { THERE, "" } }, false, NO },
	{ "auto is here", false, AW_RULE_ACCOUNT, "auto",
	    { { THERE, "X" }, { HOME, "" } }, false, NO },
	{ "no sweep reads there", true, AW_RULE_SET, THERE "/Admin",
	    { { NULL } }, true, UNKNOWN },
	{ "one reads here", true, AW_RULE_SET, "Admin", { { NULL } }, true,
	    YES },
	{ "denied there", true, AW_RULE_SET, THERE "/Admin",
	    { { THERE, "Admin" } }, true, NO },
	{ "not denied there", true, AW_RULE_SET, THERE "/Admin",
	    { { THERE, "Other" }, { HOME, "Admin" } }, true, YES },
	{ "held here, wanted here", false, AW_RULE_SET, "Admin",
	    { { HOME, "Admin" } }, false, YES },
	{ "told here, wanted here", false, AW_RULE_SET, "Admin",
	    { { HOME, "Other" } }, false, NO },
	{ "told there, wanted here", false, AW_RULE_SET, "Admin",
	    { { THERE, "Admin" } }, false, UNKNOWN },
	{ "a person is no set", false, AW_RULE_USER, "Admin",
	    { { HOME, "Admin" } }, false, NO },
	{ "no account", false, AW_RULE_SET, "44445555666/Admin",
	    { { THERE, "Admin" }, { HOME, "Admin" } }, false, NO },
};

/* Lines about other accounts: by what the portal told of that one alone. */
void access_elsewhere(void **state)
{
	(void)state;
	/* as the first account that is named, or behind up to seven others */
	for (size_t n = 0; n < 8 * sizeof(accounts) / sizeof(accounts[0]);
	     n++) {
		const size_t i = n / 8;
		aw_own_free struct aw_conf *conf = access_policy("");
		struct aw_access_facts live = { .sets_known = false };
		struct aw_access_facts facts = { .sets_read =
						     accounts[i].is_read };
		enum aw_access got;

		for (size_t k = 0; k < n % 8; k++) {
			char account[13];

			assert_int_equal(aw_fmt(account, sizeof(account),
					     "10000000000%zu", k),
			    0);
			fake_rule(
			    conf, "cron", false, AW_RULE_ACCOUNT, account);
		}
		/* what is denied is allowed otherwise */
		fake_rule(conf, NULL, accounts[i].deny, accounts[i].kind,
		    accounts[i].text);
		if (accounts[i].deny) {
			fake_rule(conf, NULL, false, AW_RULE_USER, "alice");
			aw_access_user(conf, &facts, "alice", "", "", false);
		}
		for (size_t k = 0; k < 3 && accounts[i].told[k][0]; k++) {
			aw_access_told(
			    conf, &live, accounts[i].told[k][0], HOME);
			aw_access_set_in(conf, &live, accounts[i].told[k][0],
			    HOME, accounts[i].told[k][1]);
		}
		aw_access_use_sets(conf, &facts, &live, false);
		got = aw_access_judge(conf, "sshd", &facts, NULL);
		if (got != accounts[i].want)
			fail_msg(
			    "%s, behind %zu: %d", accounts[i].name, n % 8, got);
	}
}

/* A line about persons or groups is none about sets, whatever it says. */
void access_only_lines_about_sets(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("");
	struct aw_access_facts facts = { .sets_known = true };

	(void)state;
	fake_rule(conf, NULL, false, AW_RULE_USER, "Admin");
	fake_rule(conf, NULL, false, AW_RULE_GROUP, "Admin");
	aw_access_set(conf, &facts, "Admin");
	assert_false(access_lets_in(conf, &facts));
}

/* The first line counts, and what stood behind the last one does not. */
void access_from_the_first_to_the_last(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("+s");
	struct aw_access_accounts ask = { .n = 0 };

	(void)state;
	fake_rule(conf, NULL, false, AW_RULE_ACCOUNT, THERE);
	conf->access.n_rules = 1;
	aw_access_ask_in(conf, HOME, &ask);
	assert_int_equal(ask.n, 1);
	assert_string_equal(ask.id[0], HOME);
}

/* No account is none: nothing is told of anybody's. */
void access_no_account_is_none(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("+s");
	struct aw_access_facts facts = { .sets_known = false };

	(void)state;
	fake_rule(conf, NULL, false, AW_RULE_ACCOUNT, THERE);
	aw_access_told(conf, &facts, "", HOME);
	assert_false(facts.sets_known);
	assert_int_equal(facts.elsewhere, 0);
	aw_access_told(conf, &facts, FAR, HOME);
	assert_false(facts.sets_known);
	assert_int_equal(facts.elsewhere, 0);
	aw_access_told(conf, &facts, THERE, HOME);
	assert_false(facts.sets_known);
	assert_int_equal(facts.elsewhere, 1);
}

/* More than can be meant to be asked in are not, and spoil nothing. */
void access_no_more_than_fit(void **state)
{
	struct {
		struct aw_access_accounts ask;
		char behind[26];
	} place = { .ask = { .n = 0 } };

	(void)state;
	for (int i = 0; i < 12; i++) {
		char account[13];

		assert_int_equal(
		    aw_fmt(account, sizeof(account), "%012d", 100 + i), 0);
		aw_access_ask(&place.ask, account);
	}
	assert_int_equal(place.ask.n, AW_ACCESS_ACCOUNTS);
	assert_string_equal(place.ask.id[9], "000000000109");
	for (size_t i = 0; i < sizeof(place.behind); i++)
		assert_int_equal(place.behind[i], 0);
	/* what is known is asked once, also as the last one */
	place.ask.n = 2;
	aw_access_ask(&place.ask, "000000000101");
	assert_int_equal(place.ask.n, 2);
	aw_access_ask(&place.ask, "000000000102");
	assert_int_equal(place.ask.n, 3);
}

/* Where to ask: once each, and nowhere without a line about sets. */
void access_where_to_ask(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("+u");
	struct aw_access_accounts ask = { .n = 0 };

	(void)state;
	aw_access_ask_in(conf, HOME, &ask);
	assert_int_equal(ask.n, 0);
	aw_access_ask(&ask, FAR);
	aw_access_ask(&ask, "");
	aw_access_ask(&ask, FAR);
	fake_rule(conf, NULL, true, AW_RULE_ACCOUNT, THERE);
	fake_rule(conf, "sudo", false, AW_RULE_SET, "Admin");
	fake_rule(conf, NULL, false, AW_RULE_SET, THERE "/Admin");
	fake_rule(conf, NULL, false, AW_RULE_SET, FAR "/Admin");
	fake_rule(conf, NULL, false, AW_RULE_USER, "555566667777/Admin");
	aw_access_ask_in(conf, "", &ask);
	assert_int_equal(ask.n, 2);
	aw_access_ask_in(conf, HOME, &ask);
	assert_int_equal(ask.n, 3);
	assert_string_equal(ask.id[0], FAR);
	assert_string_equal(ask.id[1], THERE);
	assert_string_equal(ask.id[2], HOME);
	/* by its number, it is this host's */
	aw_conf_access_at_home(&conf->access, THERE);
	ask.n = 0;
	aw_access_ask_in(conf, THERE, &ask);
	assert_int_equal(ask.n, 2);
	assert_string_equal(ask.id[0], THERE);
	assert_string_equal(ask.id[1], FAR);
}
