/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The audit log: awsssod/audit.c and the page that says what stands in it.
 * covers: verdict.9, R19
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "awsssod/audit.h"
#include "awsssod/catalogue.h"
#include "common/own.h"
#include "common/text.h"

static void audit_lines(void **state)
{
	static const struct {
		struct aw_audit audit;
		const char *want;
	} rows[] = {
		{ { .event = NULL }, "{\"awssso\":1}" },
		{ { .time = 1700000000, .session = 3, .generation = 9 },
		    "{\"awssso\":1,\"time\":\"2023-11-14T22:13:20Z\","
		    "\"session\":3,\"generation\":9}" },
		{ { .event = "policy",
		      .verdict = "policy",
		      .code = "AB12C",
		      .user = "alice",
		      .rhost = "",
		      .pid = 7 },
		    "{\"awssso\":1,\"event\":\"policy\",\"verdict\":\"policy\","
		    "\"code\":\"AB12C\",\"user\":\"alice\",\"pid\":7}" },
		/* nothing gets out of its string, or begins a line */
		{ { .user = "a\"b\\c\n\t\x7f", .rhost = "\",\"verdict\":\"" },
		    "{\"awssso\":1,\"user\":\"a\\\"b\\\\c\\u000a\\u0009\\u007f"
		    "\",\"rhost\":\"\\\",\\\"verdict\\\":\\\"\"}" },
		{ { .user = "\xc3\xa9" },
		    "{\"awssso\":1,\"user\":\"\xc3\xa9\"}" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own(aw_buf_done) struct aw_buf buf = AW_BUF_INIT(4096);

		aw_audit_json(&buf, &rows[i].audit);
		assert_int_equal(aw_buf_error(&buf), 0);
		assert_string_equal(aw_buf_text(&buf), rows[i].want);
	}
}

/* docs/audit.md, to be freed. */
static char *read_page(void)
{
	FILE *file = fopen(AW_SOURCE "/docs/audit.md", "re");
	char *text = NULL;
	size_t size = 0;

	assert_non_null(file);
	assert_true(getdelim(&text, &size, '\0', file) > 0);
	assert_int_equal(fclose(file), 0);
	return text;
}

static void assert_named(const char *page, const char *word)
{
	char cell[80];

	assert_int_equal(aw_fmt(cell, sizeof(cell), "`%s`", word), 0);
	if (!strstr(page, cell))
		fail_msg("docs/audit.md does not have %s", cell);
}

/* Whatever may stand in a line stands on the page. */
static void the_page_is_whole(void **state)
{
	aw_own_free char *page = read_page();
	const char *key;

	(void)state;
	for (size_t i = 0; (key = aw_audit_key(i)) != NULL; i++)
		assert_named(page, key);
	for (int i = 0; i < AW_SAY_COUNT_; i++) {
		char row[128];

		assert_int_equal(
		    aw_fmt(row, sizeof(row), "| `%s` | %s |",
			aw_say_event((enum aw_say)i),
			aw_verdict_word(aw_say_verdict((enum aw_say)i))),
		    0);
		if (!strstr(page, row))
			fail_msg("docs/audit.md does not have %s", row);
	}
	assert_named(page, AW_AUDIT_CODE_SHOWN);
	assert_named(page, AW_AUDIT_SESSION_OPEN);
	assert_named(page, AW_AUDIT_SESSION_END);
	assert_named(page, AW_AUDIT_REVOKED);
	assert_named(page, AW_AUDIT_ALERT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(audit_lines),
		cmocka_unit_test(the_page_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
