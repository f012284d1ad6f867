/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/bind.c: who approved, and nobody else.
 * covers: spine.5, R1, R3
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/bind.h"

#define ACCT "111122223333"
#define HEX  "0123456789abcdef"
#define ARN(name) \
	"arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_Login_" HEX "/" name

static const struct aw_bind_want want_auto = { "u-alice", "auto" };
static const struct aw_bind_facts proof = {
	.asked_account = ACCT,
	.asked_set = "Login",
	.arn = ARN("alice@example.com"),
	.sts_account = ACCT,
	.described_id = "u-alice",
	.described_name = "alice@example.com",
};

static enum aw_bind judge(const struct aw_bind_want *want,
    const struct aw_bind_facts *facts, struct aw_diag *why)
{
	why->text[0] = '\0';
	return aw_bind_judge(want, facts, why);
}

#define FACT(m) offsetof(struct aw_bind_facts, m)
static const struct {
	const char *name;
	size_t fact;
	const char *value;
	enum aw_bind want;
} facts_of[] = {
	{ "as it is", FACT(asked_set), "Login", AW_BIND_SAME },
	{ "enabled", FACT(described_status), "ENABLED", AW_BIND_SAME },
	{ "status empty", FACT(described_status), "", AW_BIND_SAME },
	{ "disabled", FACT(described_status), "DISABLED", AW_BIND_DISABLED },
	{ "asked account other", FACT(asked_account), "111122223334",
	    AW_BIND_BAD },
	{ "asked account empty", FACT(asked_account), "", AW_BIND_BAD },
	{ "asked account missing", FACT(asked_account), NULL, AW_BIND_BAD },
	{ "asked account prefix", FACT(asked_account), "11112222333",
	    AW_BIND_BAD },
	{ "STS account other", FACT(sts_account), "111122223334", AW_BIND_BAD },
	{ "STS account empty", FACT(sts_account), "", AW_BIND_BAD },
	{ "STS account missing", FACT(sts_account), NULL, AW_BIND_BAD },
	{ "asked set other", FACT(asked_set), "Logins", AW_BIND_BAD },
	{ "asked set prefix", FACT(asked_set), "Logi", AW_BIND_BAD },
	{ "asked set case", FACT(asked_set), "login", AW_BIND_BAD },
	{ "asked set empty", FACT(asked_set), "", AW_BIND_BAD },
	{ "asked set missing", FACT(asked_set), NULL, AW_BIND_BAD },
	{ "ARN missing", FACT(arn), NULL, AW_BIND_BAD },
	{ "ARN empty", FACT(arn), "", AW_BIND_BAD },
	{ "ARN malformed", FACT(arn), "alice@example.com", AW_BIND_BAD },
	{ "ARN of another account", FACT(arn),
	    "arn:aws:sts::999922223333:assumed-role/"
	    "AWSReservedSSO_Login_" HEX "/alice@example.com",
	    AW_BIND_BAD },
	{ "approver other", FACT(arn), ARN("bob@example.com"), AW_BIND_OTHER },
	{ "approver longer", FACT(arn), ARN("alice@example.comm"),
	    AW_BIND_OTHER },
	{ "approver prefix", FACT(arn), ARN("alice@example.co"),
	    AW_BIND_OTHER },
	{ "approver's domain only", FACT(arn), ARN("mallory@example.com"),
	    AW_BIND_OTHER },
	{ "approver's case", FACT(arn), ARN("Alice@example.com"),
	    AW_BIND_OTHER },
	{ "described id other", FACT(described_id), "u-bob", AW_BIND_BAD },
	{ "described id prefix", FACT(described_id), "u-alic", AW_BIND_BAD },
	{ "described id longer", FACT(described_id), "u-alice2", AW_BIND_BAD },
	{ "described id empty", FACT(described_id), "", AW_BIND_BAD },
	{ "described id missing", FACT(described_id), NULL, AW_BIND_BAD },
	{ "described name other", FACT(described_name), "bob@example.com",
	    AW_BIND_OTHER },
	{ "described name empty", FACT(described_name), "", AW_BIND_BAD },
	{ "described name missing", FACT(described_name), NULL, AW_BIND_BAD },
	{ "described name short", FACT(described_name), "a", AW_BIND_BAD },
};

/* The proof, with one fact replaced: every one of them is needed whole. */
static void each_fact_counts(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(facts_of) / sizeof(facts_of[0]); i++) {
		struct aw_bind_facts facts = proof;
		struct aw_diag why;
		enum aw_bind got;

		memcpy((char *)&facts + facts_of[i].fact, &facts_of[i].value,
		    sizeof(facts_of[i].value));
		got = judge(&want_auto, &facts, &why);
		if (got != facts_of[i].want)
			fail_msg(
			    "%s: %d (%s)", facts_of[i].name, got, why.text);
		assert_int_equal(got == AW_BIND_SAME, !why.text[0]);
	}
}

static void what_was_wanted(void **state)
{
	static const struct {
		struct aw_bind_want want;
		enum aw_bind result;
	} rows[] = {
		{ { "u-alice", "auto" }, AW_BIND_SAME },
		{ { "u-alice", ACCT "/Login" }, AW_BIND_SAME },
		{ { "u-alice", ACCT "/Logi" }, AW_BIND_BAD },
		{ { "u-alice", ACCT "/Logins" }, AW_BIND_BAD },
		{ { "u-alice", ACCT "/" }, AW_BIND_BAD },
		{ { "u-alice", ACCT }, AW_BIND_BAD },
		{ { "u-alice", "111122223334/Login" }, AW_BIND_BAD },
		{ { "u-alice", "1/Login" }, AW_BIND_BAD },
		{ { "u-alice", "" }, AW_BIND_BAD },
		{ { "u-alice", NULL }, AW_BIND_BAD },
		{ { "", "auto" }, AW_BIND_BAD },
		{ { NULL, "auto" }, AW_BIND_BAD },
		{ { "u-bob", "auto" }, AW_BIND_BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag why;

		if (judge(&rows[i].want, &proof, &why) != rows[i].result)
			fail_msg("row %zu: %s", i, why.text);
	}
}

/* Two empty values are not the same person. */
static void nothing_is_nobody(void **state)
{
	const struct aw_bind_want want = { "", "auto" };
	struct aw_bind_facts facts = proof;
	struct aw_diag why;

	(void)state;
	facts.described_id = "";
	assert_int_equal(judge(&want, &facts, &why), AW_BIND_BAD);
	facts.described_id = NULL;
	assert_int_equal(judge(&want, &facts, &why), AW_BIND_BAD);
}

/* Names that are equal, alike, prefixes of each other, renamed, swapped or
 * given again: whoever approves, only the bound person passes. */
struct person {
	const char *id, *name;
};
static const struct person people[] = {
	{ "9067-1", "alice@example.com" },
	{ "9067-2", "alice@example.org" },
	{ "9067-3", "Alice@example.com" },
	{ "9067-4", "alice" },
	{ "9067-5", "alice@example.com.au" },
	{ "9067-6", "lice@example.com" },
	{ "9067-7", "bob@example.com" },
	{ "9067-8", "al" },
	{ "9067-1x", "alice-2@example.com" },
	{ "9067-", "a_b" },
};
#define PEOPLE (sizeof(people) / sizeof(people[0]))

/* What honest services say when @approver approves for @asked, who is named
 * @name_now in the directory. */
static enum aw_bind approve(const struct person *asked, const char *name_now,
    const char *approver, const char *described_id)
{
	const struct aw_bind_want want = { asked->id, "auto" };
	struct aw_bind_facts facts = proof;
	struct aw_diag why;
	char arn[256];

	assert_int_equal(aw_fmt(arn, sizeof(arn), ARN("%s"), approver), 0);
	facts.arn = arn;
	facts.described_id = described_id;
	facts.described_name = name_now;
	return judge(&want, &facts, &why);
}

static void all_pairs(void **state)
{
	(void)state;
	for (size_t asked = 0; asked < PEOPLE; asked++)
		for (size_t who = 0; who < PEOPLE; who++) {
			const enum aw_bind got =
			    approve(&people[asked], people[asked].name,
				people[who].name, people[asked].id);

			if ((got == AW_BIND_SAME) != (asked == who))
				fail_msg("%s approved for %s: %d",
				    people[who].name, people[asked].name, got);
			/* A netd that describes the approver instead. */
			if (asked != who &&
			    approve(&people[asked], people[who].name,
				people[who].name,
				people[who].id) == AW_BIND_SAME)
				fail_msg("%s described for %s",
				    people[who].name, people[asked].name);
		}
}

static void renamed_and_recreated(void **state)
{
	const struct person *alice = &people[0];
	const struct person *bob = &people[6];

	(void)state;
	/* Renamed: the new name counts, the old one does not. */
	assert_int_equal(approve(alice, "al.new@example.com",
			     "al.new@example.com", alice->id),
	    AW_BIND_SAME);
	assert_int_equal(
	    approve(alice, "al.new@example.com", alice->name, alice->id),
	    AW_BIND_OTHER);
	/* Swapped names: each is still who their id says. */
	assert_int_equal(
	    approve(alice, bob->name, bob->name, alice->id), AW_BIND_SAME);
	assert_int_equal(
	    approve(alice, bob->name, alice->name, alice->id), AW_BIND_OTHER);
	/* Re-created under another id: the old account is not theirs. */
	assert_int_equal(
	    approve(alice, alice->name, alice->name, "9067-99"), AW_BIND_BAD);
	/* Deleted: nothing was described. */
	assert_int_equal(approve(alice, NULL, alice->name, NULL), AW_BIND_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fact_counts),
		cmocka_unit_test(what_was_wanted),
		cmocka_unit_test(nothing_is_nobody),
		cmocka_unit_test(all_pairs),
		cmocka_unit_test(renamed_and_recreated),
	};

	return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
