/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/sts.c and xml.c.
 * covers: spine.4, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/sts.h"
#include "awssso_netd/xml.h"

#define ARN                                                            \
	"arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Login_" \
	"0123456789abcdef/alice@example.com"
#define ACCT "111122223333"
#define XML(arn, account)                                                    \
	"<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/"  \
	"2011-06-15/\">\n  <GetCallerIdentityResult>\n    " arn              \
	"\n    <UserId>AROAEXAMPLE:alice@example.com</UserId>\n    " account \
	"\n  </GetCallerIdentityResult>\n</GetCallerIdentityResponse>"
#define JSON(fields)                                                           \
	"{\"GetCallerIdentityResponse\":{\"GetCallerIdentityResult\":{" fields \
	"},\"ResponseMetadata\":{\"RequestId\":\"r\"}}}"

static void answers(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ JSON("\"Account\":\"" ACCT "\",\"Arn\":\"" ARN
		       "\",\"UserId\":\"x\""),
		    NULL },
		{ XML("<Arn>" ARN "</Arn>", "<Account>" ACCT "</Account>"),
		    NULL },
		{ " \n" XML(
		      "<Arn>" ARN "</Arn>", "<Account>" ACCT "</Account>"),
		    NULL },
		{ JSON("\"Account\":\"" ACCT "\""),
		    "GetCallerIdentity: Arn: missing" },
		{ JSON("\"Arn\":\"" ARN "\""),
		    "GetCallerIdentity: Account: missing" },
		{ JSON("\"Arn\":\"" ARN "\",\"Account\":\"1111222233334\""),
		    "Account: too long" },
		{ "{\"GetCallerIdentityResponse\":{}}",
		    "GetCallerIdentityResult: missing" },
		{ "{}", "GetCallerIdentityResponse: missing" },
		{ "", "empty answer" },
		{ "hello", "malformed" },
		{ XML("", "<Account>" ACCT "</Account>"), "Arn: missing" },
		{ XML("<Arn>" ARN "</Arn>", ""), "Account: missing" },
		{ XML("<Arn></Arn>", "<Account>" ACCT "</Account>"),
		    "Arn: empty" },
		{ XML("<Arn>" ARN, "<Account>" ACCT "</Account>"),
		    "Arn: malformed" },
		{ XML("<Arn>" ARN "</Arn><Arn>" ARN "</Arn>",
		      "<Account>" ACCT "</Account>"),
		    "Arn: malformed" },
		{ XML("<Arn>a&amp;b</Arn>", "<Account>" ACCT "</Account>"),
		    "Arn: malformed" },
		{ XML("<Arn>a<b/>c</Arn>", "<Account>" ACCT "</Account>"),
		    "Arn: malformed" },
		{ XML("<Arn>" ARN "</Arn>", "<Account>1111222233334</Account>"),
		    "Account: too long" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_sts_identity got = { .arn = "untouched" };
		struct aw_diag why = { .text = "" };
		const int r =
		    aw_sts_read(rows[i].text, strlen(rows[i].text), &got, &why);

		if (r != (rows[i].says ? -EBADMSG : 0) ||
		    (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("%s: %d %s", rows[i].text, r, why.text);
		assert_string_equal(got.arn, r == 0 ? ARN : "untouched");
		if (r == 0)
			assert_string_equal(got.account, ACCT);
	}
}

static void elements(void **state)
{
	static const struct {
		const char *xml, *name;
		int want;
		const char *text;
	} rows[] = {
		{ "<a>x</a>", "a", 0, "x" },
		{ "<a></a>", "a", 0, "" },
		{ "<b>x</b>", "a", AW_ABSENT, "keep" },
		{ "<a >x</a>", "a", AW_ABSENT, "keep" },
		{ "<a>1234567</a>", "a", 0, "1234567" },
		{ "<a>12345678</a>", "a", -EMSGSIZE, "keep" },
		{ "<a>x", "a", -EBADMSG, "keep" },
		{ "<a>x</a><a>y</a>", "a", -EBADMSG, "keep" },
		{ "<a>\x01</a>", "a", -EBADMSG, "keep" },
		{ "<a>&lt;</a>", "a", -EBADMSG, "keep" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[8] = "keep";
		const int r = aw_xml_text(rows[i].xml, strlen(rows[i].xml),
		    rows[i].name, got, sizeof(got));

		if (r != rows[i].want || strcmp(got, rows[i].text) != 0)
			fail_msg("%s: %d %s", rows[i].xml, r, got);
	}
}

/* The text ends where its length says, not at a NUL behind it. */
static void length_counts(void **state)
{
	char got[8] = "";

	(void)state;
	assert_int_equal(
	    aw_xml_text("<a>x</a>", 7, "a", got, sizeof(got)), -EBADMSG);
	assert_int_equal(
	    aw_xml_text("<a>x</a>", 2, "a", got, sizeof(got)), AW_ABSENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(elements),
		cmocka_unit_test(length_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
