/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Module options.
 * covers: spine.6, R9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "pam_awssso/options.h"

#define NONE               \
	{                  \
		.reuse = 0 \
	}

static const struct {
	const char *word[3];
	const char *why; /* NULL: good */
	struct aw_pam_options want;
} rows[] = {
	{ { NULL }, NULL, { .reuse = AW_PAM_REUSE_UNSET } },
	{ { "debug" }, NULL, { .reuse = AW_PAM_REUSE_UNSET, .debug = true } },
	{ { "reuse=0" }, NULL, { .reuse = 0 } },
	{ { "reuse=8h" }, NULL, { .reuse = 28800 } },
	{ { "reuse=15m", "prompt=poll" }, NULL,
	    { .reuse = 900, .prompt = AW_PAM_PROMPT_POLL } },
	{ { "reauth=always" }, NULL, { .reuse = 0 } },
	{ { "reauth=reuse" }, NULL, { .reuse = AW_PAM_REUSE_UNSET } },
	{ { "prompt=enter" }, NULL,
	    { .reuse = AW_PAM_REUSE_UNSET, .prompt = AW_PAM_PROMPT_ENTER } },
	{ { "prompt=auto" }, NULL, { .reuse = AW_PAM_REUSE_UNSET } },
	{ { "permission_set=Admin_+=,.@-9", "account=012345678901" }, NULL,
	    { .reuse = AW_PAM_REUSE_UNSET,
		.permission_set = "Admin_+=,.@-9",
		.account = "012345678901" } },
	{ { "permission_set=01234567890123456789012345678901" }, NULL,
	    { .reuse = AW_PAM_REUSE_UNSET,
		.permission_set = "01234567890123456789012345678901" } },

	{ { "nonsense" }, "unknown option 'nonsense'", NONE },
	{ { "" }, "unknown option ''", NONE },
	{ { "debug", "Debug" }, "unknown option 'Debug'", NONE },
	{ { "permission_sett=A" }, "unknown option 'permission_sett=A'", NONE },
	{ { "permission_se=A" }, "unknown option 'permission_se=A'", NONE },
	{ { "=x" }, "unknown option '=x'", NONE },
	{ { "a\nb" }, "unknown option 'a\\x0ab'", NONE },
	{ { "debug=1" }, "malformed option 'debug=1'", NONE },
	{ { "reuse" }, "malformed option 'reuse'", NONE },
	{ { "reuse=" }, "malformed option 'reuse='", NONE },
	{ { "reuse=28801" }, "malformed option 'reuse=28801'", NONE },
	{ { "reuse=-1" }, "malformed option 'reuse=-1'", NONE },
	{ { "reauth=never" }, "malformed option 'reauth=never'", NONE },
	{ { "reauth=always", "reuse=15m" }, "contradicting option 'reuse=15m'",
	    NONE },
	{ { "reuse=0", "reauth=always" },
	    "contradicting option 'reauth=always'", NONE },
	{ { "reuse=15m", "reauth=reuse" },
	    "contradicting option 'reauth=reuse'", NONE },
	{ { "reauth=always", "reauth=reuse" }, "repeated option 'reauth=reuse'",
	    NONE },
	{ { "prompt=Enter" }, "malformed option 'prompt=Enter'", NONE },
	{ { "permission_set=" }, "malformed option 'permission_set='", NONE },
	{ { "permission_set=a b" }, "malformed option 'permission_set=a b'",
	    NONE },
	{ { "permission_set=a/b" }, "malformed option 'permission_set=a/b'",
	    NONE },
	{ { "permission_set=012345678901234567890123456789012" },
	    "malformed option "
	    "'permission_set=012345678901234567890123456789012'",
	    NONE },
	{ { "account=12345678901" }, "malformed option 'account=12345678901'",
	    NONE },
	{ { "account=1234567890123" },
	    "malformed option 'account=1234567890123'", NONE },
	{ { "account=12345678901x" }, "malformed option 'account=12345678901x'",
	    NONE },
	{ { "debug", "debug" }, "repeated option 'debug'", NONE },
	{ { "permission_set=A", "permission_set=B" },
	    "repeated option 'permission_set=B'", NONE },
};

static bool same(const struct aw_pam_options *a, const struct aw_pam_options *b)
{
	return !strcmp(a->permission_set, b->permission_set) &&
	       !strcmp(a->account, b->account) && a->reuse == b->reuse &&
	       a->prompt == b->prompt && a->debug == b->debug;
}

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *argv[3] = { rows[i].word[0], rows[i].word[1],
			rows[i].word[2] };
		struct aw_pam_options got;
		struct aw_pam_options before;
		struct aw_diag why = { 0 };
		int argc = 0;
		int r;

		while (argc < 3 && argv[argc])
			argc++;
		memset(&got, 0x5a, sizeof(got));
		before = got;
		r = aw_pam_options_parse(argc, argv, &got, &why);
		if (rows[i].why) {
			if (r != -EINVAL ||
			    memcmp(&got, &before, sizeof(got)) != 0)
				fail_msg("row %zu: not refused", i);
			assert_string_equal(why.text, rows[i].why);
		} else if (r != 0 || !same(&got, &rows[i].want)) {
			fail_msg("row %zu: %d %s", i, r, why.text);
		}
	}
}

static void describes_every_option(void **state)
{
	(void)state;
	assert_int_equal(aw_pam_n_options, 6);
	for (size_t i = 0; i < aw_pam_n_options; i++) {
		assert_non_null(aw_pam_option_table[i].help);
		assert_non_null(aw_pam_option_table[i].set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(describes_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
