/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of return codes.  It fails closed: nothing but "the right person"
 * and "not ours" maps to a code that lets a stack go on.
 */
#include "pam_awssso/code.h"

#include <errno.h>
#include <security/pam_modules.h>

#include "common/proto.h"

struct row {
	const char *word;
	int code[AW_PAM_PHASES];
};

/* clang-format off */
static const struct row rows[AW_PAM_ROWS] = {
	/* AUTH, ACCOUNT, SETCRED, CHAUTHTOK, SESSION */
	[AW_PAM_FAILED] = { "failed",
		{ PAM_SERVICE_ERR, PAM_SERVICE_ERR, PAM_SERVICE_ERR,
		  PAM_SERVICE_ERR, PAM_SERVICE_ERR } },
	[AW_PAM_NO_MEMORY] = { "no memory",
		{ PAM_BUF_ERR, PAM_BUF_ERR, PAM_BUF_ERR,
		  PAM_BUF_ERR, PAM_BUF_ERR } },
	[AW_PAM_NOT_OURS] = { "not ours",
		{ PAM_USER_UNKNOWN, PAM_IGNORE, PAM_IGNORE,
		  PAM_IGNORE, PAM_SUCCESS } },
	[AW_PAM_ALLOWED] = { "allowed",
		{ PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS,
		  PAM_IGNORE, PAM_SUCCESS } },
	[AW_PAM_POLICY] = { "policy",
		{ PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_PERM_DENIED,
		  PAM_PERM_DENIED, PAM_SESSION_ERR } },
	[AW_PAM_REFUSED] = { "refused",
		{ PAM_MAXTRIES, PAM_PERM_DENIED, PAM_PERM_DENIED,
		  PAM_PERM_DENIED, PAM_SESSION_ERR } },
	[AW_PAM_EXPIRED] = { "disabled or absent",
		{ PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED, PAM_PERM_DENIED,
		  PAM_PERM_DENIED, PAM_SESSION_ERR } },
	[AW_PAM_UNAVAIL] = { "unavailable",
		{ PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL,
		  PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL,
		  PAM_SESSION_ERR } },
	[AW_PAM_CANCELLED] = { "cancelled",
		{ PAM_CONV_ERR, PAM_CONV_ERR, PAM_CONV_ERR,
		  PAM_CONV_ERR, PAM_SESSION_ERR } },
};
/* clang-format on */

int aw_pam_code_of(enum aw_pam_phase phase, enum aw_pam_row row)
{
	if ((unsigned)phase >= AW_PAM_PHASES || (unsigned)row >= AW_PAM_ROWS)
		return PAM_SERVICE_ERR;
	return rows[row].code[phase];
}

enum aw_pam_row aw_pam_row_of_verdict(uint64_t verdict)
{
	if (verdict >= AW_VERDICT_MAX_)
		return AW_PAM_UNAVAIL;
	switch ((enum aw_verdict)verdict) {
	case AW_VERDICT_ALLOW:
		return AW_PAM_ALLOWED;
	case AW_VERDICT_POLICY:
		return AW_PAM_POLICY;
	case AW_VERDICT_REFUSED:
		return AW_PAM_REFUSED;
	case AW_VERDICT_EXPIRED:
		return AW_PAM_EXPIRED;
	case AW_VERDICT_FAILED:
		return AW_PAM_FAILED;
	case AW_VERDICT_UNAVAIL:
	case AW_VERDICT_MAX_:
		break;
	}
	return AW_PAM_UNAVAIL;
}

enum aw_pam_row aw_pam_row_of_error(int error)
{
	switch (error) {
	case -ECANCELED:
		return AW_PAM_CANCELLED;
	case -ENOMEM:
		return AW_PAM_NO_MEMORY;
	case -EINVAL:
		return AW_PAM_FAILED;
	default:
		return AW_PAM_UNAVAIL;
	}
}

const char *aw_pam_row_word(enum aw_pam_row row)
{
	return (unsigned)row < AW_PAM_ROWS ? rows[row].word : "unknown";
}
