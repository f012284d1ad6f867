/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/access.c.
 * covers: spine.5, verdict.2, R4, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "awsssod/access.h"
#include "common/own.h"
#include "tests/unit/awsssod/access_accounts.h"
#include "tests/unit/awsssod/fake.h"

#define NO      AW_ACCESS_NO
#define YES     AW_ACCESS_YES
#define UNKNOWN AW_ACCESS_UNKNOWN

/* alice, in g-1, who holds Admin as far as it is known. */
static void know_alice(
    const struct aw_conf *conf, char sets, struct aw_access_facts *ret)
{
	*ret = (struct aw_access_facts){ .sets_known = sets == 'k',
		.sets_read = sets == 'r' };
	aw_access_user(conf, ret, "alice", "alice@example.com", "u-1", false);
	aw_access_group(conf, ret, "g-1", "admins", 1);
	if (sets == 'k' || sets == 'g')
		aw_access_set(conf, ret, "Admin");
}

/* Sets: 'k' known, 'n' known to be none, 'g' granted by a sweep that is not the
 * last word, 'r' none granted by one, '?' nothing known. */
static const struct {
	const char *policy, *service;
	char sets;
	enum aw_access want;
	int rule; /* -1: none */
} cases[] = {
	/* nothing configured: nobody, whatever is unknown */
	{ "", "sshd", 'k', NO, -1 },
	{ "", "sshd", '?', NO, -1 },
	{ "-U", "sshd", 'k', NO, -1 },
	{ "+U+G", "sshd", '?', NO, -1 },
	{ "+U+u", "sshd", '?', YES, 1 },
	{ "+G+g", "sshd", '?', YES, 1 },
	{ "+s", "sshd", 'k', YES, 0 },
	{ "+s", "sshd", 'g', YES, 0 },
	{ "+s", "sshd", 'r', UNKNOWN, 0 },
	{ "+s", "sshd", '?', UNKNOWN, 0 },
	{ "+s", "sshd", 'n', NO, -1 },
	{ "+S", "sshd", 'k', NO, -1 },
	{ "+S", "sshd", 'g', UNKNOWN, 0 },
	{ "+a", "sshd", 'k', YES, 0 },
	{ "+a", "sshd", 'n', NO, -1 },
	{ "+a", "sshd", '?', UNKNOWN, 0 },
	{ "+s+u", "sshd", '?', YES, 1 },
	/* the first line that decides is told */
	{ "+u+g", "sshd", 'k', YES, 0 },
	{ "+S+s", "sshd", '?', UNKNOWN, 0 },
	/* one no is enough, wherever it stands */
	{ "+u-g", "sshd", 'k', NO, 1 },
	{ "-g+u", "sshd", 'k', NO, 0 },
	{ "-u+u", "sshd", 'k', NO, 0 },
	{ "+g-G", "sshd", 'k', YES, 0 },
	{ "+u-s", "sshd", 'k', NO, 1 },
	{ "+u-s", "sshd", 'g', NO, 1 },
	{ "+u-a", "sshd", 'k', NO, 1 },
	{ "+u-S", "sshd", 'k', YES, 0 },
	/* who may be denied is not let in, nor known to be kept out */
	{ "+u-s", "sshd", '?', UNKNOWN, 1 },
	{ "+u-S", "sshd", '?', UNKNOWN, 1 },
	{ "+U-s", "sshd", '?', NO, -1 },
	{ "+s-S", "sshd", '?', UNKNOWN, 0 },
	{ "+u-s-g", "sshd", '?', NO, 2 },
	/* the last sweep is enough to say that a no does not fit */
	{ "+u-s", "sshd", 'r', YES, 0 },
	{ "+s-S", "sshd", 'r', UNKNOWN, 0 },
	/* a service's own section: only its yes, and every no */
	{ "+usudo:+U", "sshd", 'k', YES, 0 },
	{ "+usudo:+U", "sudo", 'k', NO, -1 },
	{ "+usudo:", "sudo", 'k', NO, -1 },
	{ "+Usudo:+u", "sudo", 'k', YES, 1 },
	{ "+Usudo:+u", "sshd", 'k', NO, -1 },
	{ "-gsudo:+u", "sudo", 'k', NO, 0 },
	{ "+usudo:+u-g", "sudo", 'k', NO, 2 },
	{ "+usudo:+u-g", "sshd", 'k', YES, 0 },
	{ "+usudo:+s", "sudo-i", '?', YES, 0 },
	{ "+usudo:+s", "sudo", '?', UNKNOWN, 1 },
};

static void judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		aw_own_free struct aw_conf *conf =
		    access_policy(cases[i].policy);
		const struct aw_conf_rule *rule = NULL;
		struct aw_access_facts facts;
		enum aw_access got;
		int by;

		know_alice(conf, cases[i].sets, &facts);
		if (cases[i].sets == 'n')
			facts.sets_known = true;
		got = aw_access_judge(conf, cases[i].service, &facts, &rule);
		by = rule ? (int)(rule - conf->access.rule) : -1;
		if (got != cases[i].want || by != cases[i].rule)
			fail_msg("%s for %s (%c): %d by %d", cases[i].policy,
			    cases[i].service, cases[i].sets, got, by);
	}
}

/* What the portal says replaces what was known, both ways. */
static void live_sets_count_first(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("+s+S+u-a");
	struct aw_access_facts facts, live = { .sets_known = true };

	(void)state;
	know_alice(conf, 'g', &facts);
	aw_access_set(conf, &live, "Other");
	aw_access_use_sets(conf, &facts, &live, false);
	assert_true(facts.sets_known);
	assert_int_equal(facts.fits[0], 2 | 4 | 8);
	/* Nothing known: nothing of what was granted is left. */
	live = (struct aw_access_facts){ .sets_known = false };
	facts.sets_read = true;
	aw_access_use_sets(conf, &facts, &live, false);
	assert_true(facts.sets_known && facts.sets_read);
	assert_int_equal(facts.fits[0], 2 | 4 | 8);
	aw_access_use_sets(conf, &facts, &live, true);
	assert_false(facts.sets_known || facts.sets_read);
	assert_int_equal(facts.fits[0], 4);
}

/* Nothing is read behind the last line: what stood there is gone. */
static void the_last_line_is_the_last(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("+U+u+g+s+a");
	const struct aw_access_facts none = { .sets_known = true };
	struct aw_access_facts facts;
	const struct aw_conf_rule *rule;

	(void)state;
	for (size_t n = 1; n < 5; n++) {
		conf->access.n_rules = n;
		know_alice(conf, 'k', &facts);
		assert_int_equal(facts.fits[0], (UINT64_C(1) << n) - 2);
		facts.fits[0] = UINT64_C(1) << n;
		aw_access_use_sets(conf, &facts, &none, true);
		assert_int_equal(facts.fits[0], UINT64_C(1) << n);
		assert_int_equal(
		    aw_access_judge(conf, "sshd", &facts, &rule), NO);
		assert_null(rule);
	}
}

/* As long as a policy may be, what the portal says replaces line by line. */
static void every_line_is_replaced(void **state)
{
	struct aw_conf *conf = calloc(1, sizeof(*conf));
	char name[16];

	(void)state;
	assert_non_null(conf);
	for (int i = 0; i < AW_CONF_RULES_MAX; i++) {
		assert_int_equal(aw_fmt(name, sizeof(name), "n%d", i), 0);
		fake_rule(conf, NULL, false, AW_RULE_SET, name);
	}
	for (size_t i = 0; i < AW_CONF_RULES_MAX; i++) {
		struct aw_access_facts facts, live = { .sets_known = true };

		memset(&facts, 0xff, sizeof(facts.fits));
		assert_int_equal(aw_fmt(name, sizeof(name), "n%zu", i), 0);
		aw_access_set(conf, &live, name);
		aw_access_use_sets(conf, &facts, &live, true);
		assert_memory_equal(facts.fits, live.fits, sizeof(live.fits));
		assert_int_equal(live.fits[i / 64], UINT64_C(1) << (i % 64));
	}
	free(conf);
}

/* A policy as long as it may be: each line is its own. */
static void every_line_counts(void **state)
{
	struct aw_conf *conf = calloc(1, sizeof(*conf));
	char name[16];

	(void)state;
	assert_non_null(conf);
	for (int i = 0; i < AW_CONF_RULES_MAX; i++) {
		assert_int_equal(aw_fmt(name, sizeof(name), "n%d", i), 0);
		fake_rule(conf, NULL, false, AW_RULE_USER, name);
	}
	for (int i = 0; i < AW_CONF_RULES_MAX; i++) {
		struct aw_access_facts facts = { .sets_known = true };
		const struct aw_conf_rule *rule = NULL;

		assert_int_equal(aw_fmt(name, sizeof(name), "n%d", i), 0);
		aw_access_user(conf, &facts, name, "", "", false);
		assert_int_equal(
		    aw_access_judge(conf, "sshd", &facts, &rule), YES);
		assert_ptr_equal(rule, &conf->access.rule[i]);
	}
	free(conf);
}

static void anywhere(void **state)
{
	static const struct {
		const char *policy;
		bool want;
	} rows[] = {
		{ "+u", true },
		{ "+U", false },
		{ "+Usudo:+u", true },
		{ "-usudo:+u", false },
		{ "+s", false },
		{ "sudo:", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_free struct aw_conf *conf =
		    access_policy(rows[i].policy);
		struct aw_access_facts facts;

		know_alice(conf, '?', &facts);
		if (aw_access_anywhere(conf, &facts) != rows[i].want)
			fail_msg("%s", rows[i].policy);
	}
}

static void in_the_last_of_several_services(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("");
	struct aw_access_facts facts;

	(void)state;
	fake_rule(conf, "login", false, AW_RULE_USER, "bob");
	fake_rule(conf, "sshd", false, AW_RULE_USER, "carol");
	fake_rule(conf, "sudo", false, AW_RULE_USER, "alice");
	know_alice(conf, '?', &facts);
	assert_true(aw_access_anywhere(conf, &facts));
}

static void users(void **state)
{
	static const struct {
		const char *name, *user_name, *id;
		bool taken, want;
	} rows[] = {
		{ "alice", "x@example.com", "u-1", false, true },
		{ "Alice", "x@example.com", "u-1", false, false },
		{ "alic", "x@example.com", "u-1", false, false },
		{ "alice2", "x@example.com", "u-1", false, false },
		{ "bob", "bob@example.com", "u-bob", false, true },
		{ "bob", "bob@example.com", "u-bo", false, false },
		{ "carol", "carol@example.com", "u-2", false, true },
		{ "carol", "Carol@example.com", "u-2", false, false },
		/* somebody else's Linux name is no name of mine */
		{ "al2", "alice", "u-3", true, false },
		{ "al2", "alice", "u-3", false, true },
		{ "", "", "", false, false },
	};
	struct aw_conf *conf = calloc(1, sizeof(*conf));

	(void)state;
	assert_non_null(conf);
	fake_rule(conf, NULL, false, AW_RULE_USER, "alice");
	fake_rule(conf, NULL, false, AW_RULE_USER, "u-bob");
	fake_rule(conf, NULL, false, AW_RULE_USER, "carol@example.com");
	fake_rule(conf, NULL, false, AW_RULE_USER, "");
	/* no group and no set of that name makes one */
	fake_rule(conf, NULL, false, AW_RULE_GROUP, "Alice");
	fake_rule(conf, NULL, true, AW_RULE_GROUP, "alice");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_access_facts facts = { .sets_known = true };

		aw_access_user(conf, &facts, rows[i].name, rows[i].user_name,
		    rows[i].id, rows[i].taken);
		if (access_lets_in(conf, &facts) != rows[i].want)
			fail_msg("row %zu", i);
	}
	free(conf);
}

/* A name that fits two groups allows nobody; an id is never ambiguous. */
static void groups(void **state)
{
	static const struct {
		const char *id, *name;
		unsigned claims;
		bool want;
	} rows[] = {
		{ "g-2", "admins", 1, true },
		{ "g-2", "admins", 2, false },
		{ "g-2", "admins", 0, false },
		{ "g-2", "Admins", 1, false },
		{ "g-2", "admin", 1, false },
		{ "g-1", "whatever", 1, true },
		{ "g-1", "whatever", 7, true },
		{ "g-11", "whatever", 1, false },
		{ "g-9", "", 1, false },
	};
	struct aw_conf *conf = calloc(1, sizeof(*conf));

	(void)state;
	assert_non_null(conf);
	fake_rule(conf, NULL, false, AW_RULE_GROUP, "admins");
	fake_rule(conf, NULL, false, AW_RULE_GROUP, "g-1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_access_facts facts = { .sets_known = true };

		aw_access_group(
		    conf, &facts, rows[i].id, rows[i].name, rows[i].claims);
		if (access_lets_in(conf, &facts) != rows[i].want)
			fail_msg("row %zu", i);
	}
	free(conf);
}

/* A name that is pinned means its group, whatever bears it now; a line that
 * denies means both. */
static void r4_pinned_names(void **state)
{
	static const struct {
		const char *name;
		bool deny;
		const char *text, *pin;
		const char *group, *display;
		unsigned claims;
		bool fits;
	} rows[] = {
		{ "not yet", false, "admins", "", "g-1", "admins", 1, true },
		{ "the group", false, "admins", "g-1", "g-1", "admins", 1,
		    true },
		{ "under a later name", false, "admins", "g-1", "g-1", "ops", 1,
		    true },
		{ "among two", false, "admins", "g-1", "g-1", "admins", 2,
		    true },
		{ "another of its name", false, "admins", "g-1", "g-2",
		    "admins", 1, false },
		{ "an id that begins so", false, "admins", "g-1", "g-11", "ops",
		    1, false },
		{ "an id of one letter", false, "admins", "g", "g-2", "admins",
		    1, false },
		{ "denied", true, "admins", "g-1", "g-1", "ops", 1, true },
		{ "denied by the name", true, "admins", "g-1", "g-2", "admins",
		    2, true },
		{ "not denied", true, "admins", "g-1", "g-2", "ops", 1, false },
		{ "without a name", false, "", "", "g-1", "", 1, false },
		{ "without a name, denied", true, "", "", "g-1", "", 1, false },
		{ "without an id", false, "admins", "", "", "ops", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_free struct aw_conf *conf = access_policy("+U");
		struct aw_access_facts facts = { .sets_known = true };
		struct aw_conf_rule *rule = &conf->access.rule[1];

		fake_rule(
		    conf, NULL, rows[i].deny, AW_RULE_GROUP, rows[i].text);
		assert_int_equal(
		    aw_copy(rule->pin, sizeof(rule->pin), rows[i].pin), 0);
		aw_access_group(conf, &facts, rows[i].group, rows[i].display,
		    rows[i].claims);
		if (facts.fits[0] != (rows[i].fits ? 2u : 0))
			fail_msg("%s", rows[i].name);
		/* no line that is not about groups, nor one behind the last */
		rule->kind = AW_RULE_SET;
		facts.fits[0] = 0;
		aw_access_group(conf, &facts, rows[i].group, rows[i].display,
		    rows[i].claims);
		rule->kind = AW_RULE_GROUP;
		conf->access.n_rules = 1;
		aw_access_group(conf, &facts, rows[i].group, rows[i].display,
		    rows[i].claims);
		assert_int_equal(facts.fits[0], 0);
	}
}

/* Who may be meant by a line that denies is denied: a second group of that
 * name, or a UserName that is another's Linux name, takes no denial away. */
static void r4_a_doubt_denies(void **state)
{
	static const struct {
		const char *group, *user_name;
		unsigned claims;
		bool taken, want;
	} rows[] = {
		{ "other", "other", 1, false, true },
		{ "admins", "other", 1, false, false },
		{ "admins", "other", 2, false, false },
		{ "other", "bob", 1, false, false },
		{ "other", "bob", 1, true, false },
	};
	struct aw_conf *conf = calloc(1, sizeof(*conf));

	(void)state;
	assert_non_null(conf);
	fake_rule(conf, NULL, false, AW_RULE_USER, "alice");
	fake_rule(conf, NULL, true, AW_RULE_GROUP, "admins");
	fake_rule(conf, NULL, true, AW_RULE_USER, "bob");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_access_facts facts = { .sets_known = true };

		aw_access_user(conf, &facts, "alice", rows[i].user_name, "u-1",
		    rows[i].taken);
		aw_access_group(
		    conf, &facts, "g-9", rows[i].group, rows[i].claims);
		if (access_lets_in(conf, &facts) != rows[i].want)
			fail_msg("row %zu", i);
	}
	free(conf);
}

/* R8: a group that denies, and that has not been read since state.db was made,
 * may be this person's: no yes, and no certain no either. */
static void an_unread_group_may_deny(void **state)
{
	struct aw_conf *conf = calloc(1, sizeof(*conf));
	struct aw_access_facts facts = { .sets_known = true };
	const struct aw_conf_rule *rule = NULL;

	(void)state;
	assert_non_null(conf);
	fake_rule(conf, NULL, false, AW_RULE_USER, "alice");
	fake_rule(conf, NULL, true, AW_RULE_GROUP, "admins");
	aw_access_user(
	    conf, &facts, "alice", "alice@example.com", "u-1", false);
	assert_int_equal(
	    aw_access_judge(conf, "sshd", &facts, &rule), AW_ACCESS_YES);
	conf->access.rule[1].unread = true;
	assert_int_equal(
	    aw_access_judge(conf, "sshd", &facts, &rule), AW_ACCESS_UNKNOWN);
	assert_ptr_equal(rule, &conf->access.rule[1]);
	assert_false(access_lets_in(conf, &facts));
	free(conf);
}

static void sets(void **state)
{
	static const struct {
		const char *set;
		bool want;
	} rows[] = { { "Admin", true }, { "admin", false }, { "Admi", false },
		{ "", false } };
	aw_own_free struct aw_conf *conf = access_policy("+s");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_access_facts facts = { .sets_known = true };

		aw_access_set(conf, &facts, rows[i].set);
		if (access_lets_in(conf, &facts) != rows[i].want)
			fail_msg("row %zu", i);
	}
}

/* Nothing is no set: who holds it holds nothing in the account. */
static void no_set_is_in_no_account(void **state)
{
	aw_own_free struct aw_conf *conf = access_policy("+a");
	struct aw_access_facts facts = { .sets_known = true };

	(void)state;
	aw_access_set(conf, &facts, "");
	assert_false(access_lets_in(conf, &facts));
}

static void asks_for_sets_when_they_count(void **state)
{
	static const struct {
		const char *policy;
		bool want;
	} rows[] = { { "", false }, { "+u-g", false }, { "+s", true },
		{ "-S", true }, { "+u+a", true }, { "-a", true } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_free struct aw_conf *conf =
		    access_policy(rows[i].policy);

		if (aw_access_wants_sets(conf) != rows[i].want)
			fail_msg("%s", rows[i].policy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge),
		cmocka_unit_test(live_sets_count_first),
		cmocka_unit_test(the_last_line_is_the_last),
		cmocka_unit_test(every_line_is_replaced),
		cmocka_unit_test(every_line_counts),
		cmocka_unit_test(anywhere),
		cmocka_unit_test(in_the_last_of_several_services),
		cmocka_unit_test(users),
		cmocka_unit_test(groups),
		cmocka_unit_test(r4_pinned_names),
		cmocka_unit_test(r4_a_doubt_denies),
		cmocka_unit_test(an_unread_group_may_deny),
		cmocka_unit_test(sets),
		cmocka_unit_test(no_set_is_in_no_account),
		cmocka_unit_test(asks_for_sets_when_they_count),
		cmocka_unit_test(access_elsewhere),
		cmocka_unit_test(access_only_lines_about_sets),
		cmocka_unit_test(access_from_the_first_to_the_last),
		cmocka_unit_test(access_no_account_is_none),
		cmocka_unit_test(access_no_more_than_fit),
		cmocka_unit_test(access_where_to_ask),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
