/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identity binding: is the person who approved the one who was asked for?
 *
 * Pure: no I/O, no clock, no state.  Every comparison is of whole values that
 * are not empty (R1); whatever is missing, malformed or different is a no.
 * The principal was fixed before awssso-netd heard of the request, so nothing
 * in the facts can choose whom they are about.
 */
#ifndef AW_AWSSSOD_BIND_H
#define AW_AWSSSOD_BIND_H

#include "common/outcome.h"
#include "common/text.h"

/* What awsssod knew before it asked. */
struct aw_bind_want {
	const char *principal_id;  /* UserId bound to the Linux account */
	const char *identity_role; /* "auto" or ACCOUNT/SET */
};

/* What awssso-netd reports after the approval.  NULL counts as empty. */
struct aw_bind_facts {
	const char *asked_account, *asked_set; /* GetRoleCredentials */
	const char *arn, *sts_account;         /* GetCallerIdentity */
	const char *described_id;              /* DescribeUser */
	const char *described_name;
	const char *described_status; /* may be absent: AWS leaves it out */
};

enum aw_bind {
	AW_BIND_SAME = 1, /* 0 is no answer */
	AW_BIND_BAD,      /* the facts do not prove who approved */
	AW_BIND_OTHER,    /* somebody else approved */
	AW_BIND_DISABLED, /* the right person, disabled in the directory */
};

/* Returns one of enum aw_bind; @diag (for the audit log) says why it is not
 * AW_BIND_SAME. */
enum aw_bind aw_bind_judge(const struct aw_bind_want *want,
    const struct aw_bind_facts *facts, struct aw_diag *diag) AW_MUST_USE;

#endif
