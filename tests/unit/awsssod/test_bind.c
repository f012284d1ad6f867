/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/bind.c: who approved, and nobody else.
 * covers: spine.5, verdict.1, R1, R3
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

/* Who reads the audit log is told which of the facts it was. */
#define ACCOUNT  "the role session is of another account"
#define SET      "the role session is of another permission set"
#define PINNED   "not the role that identity_role names"
#define PERSON   "the directory described another person"
#define NAME     "the UserName cannot be a session name"
#define NOT_STS  "the role session's ARN is not STS's"
#define BY(name) "approved by \"" name "\""

#define FACT(m) offsetof(struct aw_bind_facts, m)
static const struct {
	const char *name;
	size_t fact;
	const char *value;
	enum aw_bind want;
	const char *why;
} facts_of[] = {
	{ "as it is", FACT(asked_set), "Login", AW_BIND_SAME, "" },
	{ "enabled", FACT(described_status), "ENABLED", AW_BIND_SAME, "" },
	{ "status empty", FACT(described_status), "", AW_BIND_SAME, "" },
	{ "disabled", FACT(described_status), "DISABLED", AW_BIND_DISABLED,
	    "disabled in the directory" },
	{ "asked account other", FACT(asked_account), "111122223334",
	    AW_BIND_BAD, ACCOUNT },
	{ "asked account empty", FACT(asked_account), "", AW_BIND_BAD,
	    ACCOUNT },
	{ "asked account missing", FACT(asked_account), NULL, AW_BIND_BAD,
	    ACCOUNT },
	{ "asked account prefix", FACT(asked_account), "11112222333",
	    AW_BIND_BAD, ACCOUNT },
	{ "STS account other", FACT(sts_account), "111122223334", AW_BIND_BAD,
	    ACCOUNT },
	{ "STS account empty", FACT(sts_account), "", AW_BIND_BAD, ACCOUNT },
	{ "STS account missing", FACT(sts_account), NULL, AW_BIND_BAD,
	    ACCOUNT },
	{ "asked set other", FACT(asked_set), "Logins", AW_BIND_BAD, SET },
	{ "asked set prefix", FACT(asked_set), "Logi", AW_BIND_BAD, SET },
	{ "asked set case", FACT(asked_set), "login", AW_BIND_BAD, SET },
	{ "asked set empty", FACT(asked_set), "", AW_BIND_BAD, SET },
	{ "asked set missing", FACT(asked_set), NULL, AW_BIND_BAD, SET },
	{ "ARN missing", FACT(arn), NULL, AW_BIND_BAD, NOT_STS },
	{ "ARN empty", FACT(arn), "", AW_BIND_BAD, NOT_STS },
	{ "ARN malformed", FACT(arn), "alice@example.com", AW_BIND_BAD,
	    NOT_STS },
	{ "ARN of another account", FACT(arn),
	    "arn:aws:sts::999922223333:assumed-role/"
	    "AWSReservedSSO_Login_" HEX "/alice@example.com",
	    AW_BIND_BAD, ACCOUNT },
	{ "approver other", FACT(arn), ARN("bob@example.com"), AW_BIND_OTHER,
	    BY("bob@example.com") },
	{ "approver longer", FACT(arn), ARN("alice@example.comm"),
	    AW_BIND_OTHER, BY("alice@example.comm") },
	{ "approver prefix", FACT(arn), ARN("alice@example.co"), AW_BIND_OTHER,
	    BY("alice@example.co") },
	{ "approver's domain only", FACT(arn), ARN("mallory@example.com"),
	    AW_BIND_OTHER, BY("mallory@example.com") },
	{ "approver's case", FACT(arn), ARN("Alice@example.com"), AW_BIND_OTHER,
	    BY("Alice@example.com") },
	{ "described id other", FACT(described_id), "u-bob", AW_BIND_BAD,
	    PERSON },
	{ "described id prefix", FACT(described_id), "u-alic", AW_BIND_BAD,
	    PERSON },
	{ "described id longer", FACT(described_id), "u-alice2", AW_BIND_BAD,
	    PERSON },
	{ "described id empty", FACT(described_id), "", AW_BIND_BAD, PERSON },
	{ "described id missing", FACT(described_id), NULL, AW_BIND_BAD,
	    PERSON },
	{ "described name other", FACT(described_name), "bob@example.com",
	    AW_BIND_OTHER, BY("alice@example.com") },
	{ "described name empty", FACT(described_name), "", AW_BIND_BAD, NAME },
	{ "described name missing", FACT(described_name), NULL, AW_BIND_BAD,
	    NAME },
	{ "described name short", FACT(described_name), "a", AW_BIND_BAD,
	    NAME },
};

/* The proof, with one fact replaced: every one of them is needed whole. */
static void r1_each_fact_counts(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(facts_of) / sizeof(facts_of[0]); i++) {
		struct aw_bind_facts facts = proof;
		struct aw_diag why;
		enum aw_bind got;

		memcpy((char *)&facts + facts_of[i].fact, &facts_of[i].value,
		    sizeof(facts_of[i].value));
		got = judge(&want_auto, &facts, &why);
		if (got != facts_of[i].want ||
		    strcmp(why.text, facts_of[i].why) != 0)
			fail_msg(
			    "%s: %d (%s)", facts_of[i].name, got, why.text);
	}
}

static void r1_what_was_wanted(void **state)
{
	static const struct {
		struct aw_bind_want want;
		enum aw_bind result;
		const char *why;
	} rows[] = {
		{ { "u-alice", "auto" }, AW_BIND_SAME, "" },
		{ { "u-alice", ACCT "/Login" }, AW_BIND_SAME, "" },
		{ { "u-alice", ACCT "/Logi" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", ACCT "/Logins" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", ACCT "/" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", ACCT }, AW_BIND_BAD, PINNED },
		{ { "u-alice", "111122223334/Login" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", ACCT "1/Login" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", "1/Login" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", "/Login" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", "Login" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", "Auto" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", "" }, AW_BIND_BAD, PINNED },
		{ { "u-alice", NULL }, AW_BIND_BAD, PINNED },
		{ { "", "auto" }, AW_BIND_BAD, PERSON },
		{ { NULL, "auto" }, AW_BIND_BAD, PERSON },
		{ { "u-bob", "auto" }, AW_BIND_BAD, PERSON },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_diag why;

		if (judge(&rows[i].want, &proof, &why) != rows[i].result ||
		    strcmp(why.text, rows[i].why) != 0)
			fail_msg("row %zu: %s", i, why.text);
	}
}

/* The longest of both names fits a role that is pinned. */
static void r1_longest_role(void **state)
{
#define SET32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	const struct aw_bind_want want = { "u-alice", ACCT "/" SET32 };
	struct aw_bind_facts facts = proof;
	struct aw_diag why;

	(void)state;
	facts.asked_set = SET32;
	facts.arn = "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_" SET32
		    "_" HEX "/alice@example.com";
	assert_int_equal(judge(&want, &facts, &why), AW_BIND_SAME);
}

/* Two empty values are not the same person. */
static void r1_nothing_is_nobody(void **state)
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

static void r1_all_pairs(void **state)
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

/* --- names that nobody thought of ------------------------------------------
 */

#define SEED    20240229u
#define PERSONS 400
#define LONGEST 66 /* two more than a session name may have */

struct made {
	char name[LONGEST + 8];
	char id[48];
};

static uint32_t next(uint32_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 17;
	*random ^= *random << 5;
	return *random;
}

/* Letters that look alike, in both cases, in Unicode, and some that no session
 * name may hold. */
static void add_letter(struct made *made, uint32_t random)
{
	static const char *const letters[] = { "a", "A", "b", "B", "0", "1",
		"_", "+", "=", ",", ".", "@", "-", "\xc3\xa4", "\xc3\x84",
		"\xd0\xb0", " ", "/", ":", "%", "\"" };
	const size_t len = strlen(made->name);
	/* mostly what a name may hold */
	const size_t n =
	    random % 16 ? 13 : sizeof(letters) / sizeof(letters[0]);

	assert_int_equal(aw_copy(made->name + len, sizeof(made->name) - len,
			     letters[(random >> 8) % n]),
	    0);
}

/* Every other one is what an earlier one is, with a letter more or less, or in
 * the other case. */
static void make_person(struct made *all, size_t i, uint32_t *random)
{
	struct made *made = &all[i];
	const struct made *other = &all[i ? next(random) % i : 0];
	const uint32_t kind = next(random) % 8;

	made->name[0] = '\0';
	if (i && kind < 4)
		*made = *other;
	if (kind == 0 && *made->name)
		made->name[strlen(made->name) - 1] = '\0';
	else if (kind == 1 && *made->name)
		made->name[next(random) % strlen(made->name)] ^= 0x20;
	else if (kind < 4)
		add_letter(made, next(random));
	else
		for (uint32_t n = next(random) % (LONGEST + 1);
		     strlen(made->name) < n;)
			add_letter(made, next(random));
	if (strlen(made->name) > LONGEST)
		made->name[LONGEST] = '\0';
	/* ids are beginnings of each other, too */
	assert_int_equal(aw_fmt(made->id, sizeof(made->id), "9067-%zu", i), 0);
}

static bool can_approve(const char *name)
{
	const size_t len = strlen(name);

	return len >= 2 && len <= 64 && strspn(name, "abAB01_+=,.@-") == len;
}

/* R1: the person herself, under a name that proves it, and nobody else. */
static void r1_all_pairs_of_generated_names(void **state)
{
	static struct made all[PERSONS];
	uint32_t random = SEED;
	size_t same = 0;

	(void)state;
	for (size_t i = 0; i < PERSONS; i++)
		make_person(all, i, &random);
	for (size_t i = 0; i < PERSONS * PERSONS; i++) {
		const struct made *asked = &all[i / PERSONS];
		const struct made *who = &all[i % PERSONS];
		const struct person person = { asked->id, asked->name };
		const bool equal = strcmp(asked->name, who->name) == 0;
		const enum aw_bind got =
		    approve(&person, asked->name, who->name, asked->id);

		if ((got == AW_BIND_SAME) !=
		    (equal && can_approve(asked->name)))
			fail_msg("seed %u: \"%s\" for \"%s\": %d", SEED,
			    who->name, asked->name, got);
		same += got == AW_BIND_SAME;
		if (asked != who && approve(&person, who->name, who->name,
					who->id) == AW_BIND_SAME)
			fail_msg("seed %u: %s described for %s", SEED, who->id,
			    asked->id);
	}
	print_message("# seed %u, %d people, %zu approvals of theirs\n", SEED,
	    PERSONS, same);
	assert_true(same > PERSONS / 4);
}

static void r1_renamed_and_recreated(void **state)
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
		cmocka_unit_test(r1_each_fact_counts),
		cmocka_unit_test(r1_what_was_wanted),
		cmocka_unit_test(r1_longest_role),
		cmocka_unit_test(r1_nothing_is_nobody),
		cmocka_unit_test(r1_all_pairs),
		cmocka_unit_test(r1_all_pairs_of_generated_names),
		cmocka_unit_test(r1_renamed_and_recreated),
	};

	return cmocka_run_group_tests_name("bind", tests, NULL, NULL);
}
