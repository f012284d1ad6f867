/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The border between what happened and what libpam is told: the table of
 * return codes, one row for each situation and one column for each phase.
 */
#ifndef AW_PAM_AWSSSO_CODE_H
#define AW_PAM_AWSSSO_CODE_H

#include <stdint.h>

enum aw_pam_phase {
	AW_PAM_AUTH,
	AW_PAM_ACCOUNT,
	AW_PAM_SETCRED,
	AW_PAM_CHAUTHTOK,
	AW_PAM_SESSION,
	AW_PAM_PHASES /* how many there are */
};

enum aw_pam_row {
	AW_PAM_FAILED, /* bad option or configuration, internal failure */
	AW_PAM_NO_MEMORY,
	AW_PAM_NOT_OURS,  /* a local account or a name nobody knows */
	AW_PAM_ALLOWED,   /* the right person, the policy is satisfied */
	AW_PAM_POLICY,    /* the access policy says no */
	AW_PAM_REFUSED,   /* in the browser, wrong approver, code expired... */
	AW_PAM_EXPIRED,   /* disabled or absent in the directory */
	AW_PAM_UNAVAIL,   /* nobody can tell right now */
	AW_PAM_CANCELLED, /* ^C, client gone */
	AW_PAM_ROWS       /* how many there are */
};

/*
 * The PAM code of @row in @phase.  A combination that the table does not have
 * is a failure as well; so is a value that is no row or phase.
 */
int aw_pam_code_of(enum aw_pam_phase phase, enum aw_pam_row row);

/* The row for awsssod's @verdict.  What is no verdict is AW_PAM_UNAVAIL. */
enum aw_pam_row aw_pam_row_of_verdict(uint64_t verdict);

/*
 * The row for a conversation that failed with the negative errno @error:
 * -ECANCELED, -ENOMEM and -EINVAL (our own request was wrong) have rows of
 * their own, all else is AW_PAM_UNAVAIL.
 */
enum aw_pam_row aw_pam_row_of_error(int error);

/* One word for @row in log lines. */
const char *aw_pam_row_word(enum aw_pam_row row);

#endif
