/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/arn.c.
 * covers: spine.5, verdict.1, R1
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/arn.h"

#define HEX   "0123456789abcdef"
#define ACCT  "111122223333"
#define ROLE  "AWSReservedSSO_Login_" HEX
#define GOOD  "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/alice@example.com"
#define SET32 "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
#define NAME64                                                           \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghij" \
	"kl"

static void good(void **state)
{
	static const struct {
		const char *arn, *set, *session;
	} rows[] = {
		{ GOOD, "Login", "alice@example.com" },
		{ "arn:aws-abcdefghijkl:sts::" ACCT ":assumed-role/" ROLE "/al",
		    "Login", "al" },
		{ "arn:aws-us-gov:sts::" ACCT ":assumed-role/" ROLE "/al",
		    "Login", "al" },
		{ "arn:aws-cn:sts::" ACCT ":assumed-role/" ROLE "/" NAME64,
		    "Login", NAME64 },
		{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_A_b_" HEX
		  "_" HEX "/x.y",
		    "A_b_" HEX, "x.y" },
		{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_" SET32
		  "_" HEX "/x+=,.@-_9",
		    SET32, "x+=,.@-_9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_arn arn;
		struct aw_diag why = { .text = "" };

		if (aw_arn_parse(rows[i].arn, &arn, &why) != 0)
			fail_msg("%s: %s", rows[i].arn, why.text);
		assert_string_equal(arn.account, ACCT);
		assert_string_equal(arn.set, rows[i].set);
		assert_string_equal(arn.session, rows[i].session);
	}
}

#define SAYS(what)  "the role session's ARN " what
#define NOT_STS     SAYS("is not STS's")
#define NO_ACCOUNT  SAYS("has no account")
#define NOT_ASSUMED SAYS("is not an assumed role's")
#define NOT_A_SET   SAYS("is not of a permission set's role")
#define NO_NAME     SAYS("has no usable session name")

static const struct {
	const char *arn, *why;
} bad_ones[] = {
	{ "", NOT_STS },
	{ "arn", NOT_STS },
	{ "ARN:aws:sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ " " GOOD, NOT_STS },
	{ "arn:aws:iam::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn:aws:sts:eu-west-1:" ACCT ":assumed-role/" ROLE "/alice",
	    NOT_STS },
	{ "arn:awx:sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn:aw:sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn:aws9:sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn:aws:sts::11112222333:assumed-role/" ROLE "/alice", NO_ACCOUNT },
	{ "arn:aws:sts::1111222233334:assumed-role/" ROLE "/alice",
	    NO_ACCOUNT },
	{ "arn:aws:sts::11112222333a:assumed-role/" ROLE "/alice", NO_ACCOUNT },
	{ "arn:aws:sts:::assumed-role/" ROLE "/alice", NO_ACCOUNT },
	{ "arn:aws:sts::" ACCT ":role/" ROLE "/alice", NOT_ASSUMED },
	{ "arn:aws:sts::" ACCT ":federated-user/alice", NOT_ASSUMED },
	{ "arn:aws:sts::" ACCT ":user/" ROLE "/alice", NOT_ASSUMED },
	{ "arn:aws:sts::" ACCT ":assumed-role/Login/alice", NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/awsreservedsso_Login_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/xAWSReservedSSO_Login_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO__" HEX "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_" HEX "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_Login" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT
	  ":assumed-role/AWSReservedSSO_Login_0123456789abcdeF/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT
	  ":assumed-role/AWSReservedSSO_Login_0123456789abcde/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT
	  ":assumed-role/AWSReservedSSO_Login_0123456789abcdefg/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_" SET32 "X_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_Lo gin_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE, NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/a", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/" NAME64 "x", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/alice/", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/alice/bob", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role//" ROLE "/alice", NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/aws-reserved/" ROLE "/alice",
	    NOT_A_SET },
	{ GOOD " ", NO_NAME },
	{ GOOD "\n", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/al\xc3\xa9", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/al:ice", NO_NAME },
	{ "aws:sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn::sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn:aws-abcdefghijklm:sts::" ACCT ":assumed-role/" ROLE "/alice",
	    NOT_STS },
	{ "arn:aws~:sts::" ACCT ":assumed-role/" ROLE "/alice", NOT_STS },
	{ "arn:aws:sts::" ACCT, NOT_ASSUMED },
	{ "arn:aws:sts::" ACCT ":", NOT_ASSUMED },
	{ "arn:aws:sts::" ACCT ":" ROLE "/alice", NOT_ASSUMED },
	{ "arn:aws:sts::11112222333~:assumed-role/" ROLE "/alice", NO_ACCOUNT },
	{ "arn:aws:sts::" ACCT
	  ":assumed-role/AWSReservedSSO_Login_0123456789abcde~/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_Lo~gin_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_", NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "/al~ice", NO_NAME },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO-Login_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT ":assumed-role/AWSReservedSSO_Login~_" HEX
	  "/alice",
	    NOT_A_SET },
	{ "arn:aws:sts::" ACCT "~:assumed-role/" ROLE "/alice", NO_ACCOUNT },
	{ "arn:aws:sts::" ACCT ":assumed-role/" ROLE "~x/alice", NOT_A_SET },
};

static void bad(void **state)
{

	(void)state;
	for (size_t i = 0; i < sizeof(bad_ones) / sizeof(bad_ones[0]); i++) {
		struct aw_arn arn = { .session = "untouched" };
		struct aw_diag why = { .text = "" };

		if (aw_arn_parse(bad_ones[i].arn, &arn, &why) != AW_DENIED)
			fail_msg("taken: %s", bad_ones[i].arn);
		if (strcmp(why.text, bad_ones[i].why) != 0)
			fail_msg("%s: %s", bad_ones[i].arn, why.text);
		assert_string_equal(arn.session, "untouched");
	}
}

static void session_names(void **state)
{
	(void)state;
	assert_true(aw_arn_is_session_name("ab"));
	assert_true(aw_arn_is_session_name(NAME64));
	assert_false(aw_arn_is_session_name(""));
	assert_false(aw_arn_is_session_name("a"));
	assert_false(aw_arn_is_session_name(NAME64 "x"));
	assert_false(aw_arn_is_session_name("a~b"));
	assert_false(aw_arn_is_session_name("a b"));
	assert_false(aw_arn_is_session_name("a/b"));
	assert_false(aw_arn_is_session_name("z\xc3\xbc"));
	assert_true(aw_arn_is_account(ACCT));
	assert_false(aw_arn_is_account(ACCT "4"));
	assert_false(aw_arn_is_account("11112222333"));
	assert_false(aw_arn_is_account("11112222333x"));
	assert_false(aw_arn_is_account("11112222333~"));
	assert_false(aw_arn_is_account(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good),
		cmocka_unit_test(bad),
		cmocka_unit_test(session_names),
	};

	return cmocka_run_group_tests_name("arn", tests, NULL, NULL);
}
