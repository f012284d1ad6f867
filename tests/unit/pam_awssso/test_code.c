/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of return codes, cell by cell.
 * covers: spine.6, R8, R9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <security/pam_modules.h>
#include <string.h>

#include "common/proto.h"
#include "pam_awssso/code.h"

#define ALL(code)                            \
	{                                    \
		code, code, code, code, code \
	}

static const struct {
	const char *name;
	enum aw_pam_row row;
	int want[AW_PAM_PHASES];
} table[] = {
	/* AUTH, ACCOUNT, SETCRED, CHAUTHTOK, SESSION */
	{ "not ours", AW_PAM_NOT_OURS,
	    { PAM_USER_UNKNOWN, PAM_IGNORE, PAM_IGNORE, PAM_IGNORE,
		PAM_SUCCESS } },
	{ "allowed", AW_PAM_ALLOWED,
	    { PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS, PAM_IGNORE,
		PAM_SUCCESS } },
	{ "policy", AW_PAM_POLICY,
	    { PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_PERM_DENIED, PAM_PERM_DENIED,
		PAM_SESSION_ERR } },
	{ "refused", AW_PAM_REFUSED,
	    { PAM_MAXTRIES, PAM_PERM_DENIED, PAM_PERM_DENIED, PAM_PERM_DENIED,
		PAM_SESSION_ERR } },
	{ "expired", AW_PAM_EXPIRED,
	    { PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED, PAM_PERM_DENIED,
		PAM_PERM_DENIED, PAM_SESSION_ERR } },
	{ "unavailable", AW_PAM_UNAVAIL,
	    { PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL,
		PAM_AUTHINFO_UNAVAIL, PAM_SESSION_ERR } },
	{ "cancelled", AW_PAM_CANCELLED,
	    { PAM_CONV_ERR, PAM_CONV_ERR, PAM_CONV_ERR, PAM_CONV_ERR,
		PAM_SESSION_ERR } },
	{ "failed", AW_PAM_FAILED, ALL(PAM_SERVICE_ERR) },
	{ "no memory", AW_PAM_NO_MEMORY, ALL(PAM_BUF_ERR) },
	{ "no row", AW_PAM_ROWS, ALL(PAM_SERVICE_ERR) },
	{ "a negative row", (enum aw_pam_row) - 1, ALL(PAM_SERVICE_ERR) },
};

static void has_a_code_for_each_row_and_phase(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (int p = 0; p < AW_PAM_PHASES; p++) {
			const int got =
			    aw_pam_code_of((enum aw_pam_phase)p, table[i].row);

			if (got != table[i].want[p])
				fail_msg("%s, phase %d: %d, not %d",
				    table[i].name, p, got, table[i].want[p]);
		}
	assert_int_equal(
	    aw_pam_code_of(AW_PAM_PHASES, AW_PAM_ALLOWED), PAM_SERVICE_ERR);
	assert_int_equal(
	    aw_pam_code_of((enum aw_pam_phase) - 1, AW_PAM_ALLOWED),
	    PAM_SERVICE_ERR);
}

/* R9: whatever is not "the right person" or "not ours" lets no stack go on. */
static void nothing_else_opens_a_door(void **state)
{
	(void)state;
	for (int row = 0; row < AW_PAM_ROWS; row++)
		for (int p = 0; p < AW_PAM_PHASES; p++) {
			const int got = aw_pam_code_of(
			    (enum aw_pam_phase)p, (enum aw_pam_row)row);

			if (row == AW_PAM_ALLOWED || row == AW_PAM_NOT_OURS)
				continue;
			if (got == PAM_SUCCESS || got == PAM_IGNORE)
				fail_msg("row %d, phase %d opens", row, p);
		}
}

static void translates_verdicts(void **state)
{
	static const struct {
		uint64_t verdict;
		enum aw_pam_row want;
	} rows[] = {
		{ 0, AW_PAM_UNAVAIL },
		{ AW_VERDICT_ALLOW, AW_PAM_ALLOWED },
		{ AW_VERDICT_POLICY, AW_PAM_POLICY },
		{ AW_VERDICT_REFUSED, AW_PAM_REFUSED },
		{ AW_VERDICT_EXPIRED, AW_PAM_EXPIRED },
		{ AW_VERDICT_UNAVAIL, AW_PAM_UNAVAIL },
		{ AW_VERDICT_FAILED, AW_PAM_FAILED },
		{ AW_VERDICT_MAX_, AW_PAM_UNAVAIL },
		{ 0x100000001, AW_PAM_UNAVAIL },
		{ UINT64_MAX, AW_PAM_UNAVAIL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_pam_row_of_verdict(rows[i].verdict) != rows[i].want)
			fail_msg("verdict %llx",
			    (unsigned long long)rows[i].verdict);
}

static void translates_errors(void **state)
{
	static const struct {
		int error;
		enum aw_pam_row want;
	} rows[] = {
		{ -ECANCELED, AW_PAM_CANCELLED },
		{ -ENOMEM, AW_PAM_NO_MEMORY },
		{ -EINVAL, AW_PAM_FAILED },
		{ -ENOENT, AW_PAM_UNAVAIL },
		{ -ETIMEDOUT, AW_PAM_UNAVAIL },
		{ -EBADMSG, AW_PAM_UNAVAIL },
		{ 0, AW_PAM_UNAVAIL },
		{ 1, AW_PAM_UNAVAIL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_pam_row_of_error(rows[i].error) != rows[i].want)
			fail_msg("error %d", rows[i].error);
}

static void has_a_word_for_each_row(void **state)
{
	static const struct {
		enum aw_pam_row row;
		const char *want;
	} words[] = {
		{ AW_PAM_FAILED, "failed" },
		{ AW_PAM_NO_MEMORY, "no memory" },
		{ AW_PAM_NOT_OURS, "not ours" },
		{ AW_PAM_ALLOWED, "allowed" },
		{ AW_PAM_POLICY, "policy" },
		{ AW_PAM_REFUSED, "refused" },
		{ AW_PAM_EXPIRED, "disabled or absent" },
		{ AW_PAM_UNAVAIL, "unavailable" },
		{ AW_PAM_CANCELLED, "cancelled" },
		{ AW_PAM_ROWS, "unknown" },
		{ (enum aw_pam_row) - 1, "unknown" },
	};

	(void)state;
	assert_int_equal(
	    sizeof(words) / sizeof(words[0]), (size_t)AW_PAM_ROWS + 2);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_string_equal(
		    aw_pam_row_word(words[i].row), words[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(has_a_code_for_each_row_and_phase),
		cmocka_unit_test(nothing_else_opens_a_door),
		cmocka_unit_test(translates_verdicts),
		cmocka_unit_test(translates_errors),
		cmocka_unit_test(has_a_word_for_each_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
