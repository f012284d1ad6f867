/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ARN of a person's role session, as STS returns it:
 *
 *   arn:PARTITION:sts::ACCOUNT:assumed-role/
 *       AWSReservedSSO_SET_0123456789abcdef/USERNAME
 *
 * Pure: no I/O, no clock.  Nothing is folded or trimmed; an ARN that is not
 * exactly of this form is refused whole.
 */
#ifndef AW_AWSSSOD_ARN_H
#define AW_AWSSSOD_ARN_H

#include <stdbool.h>

#include "common/outcome.h"
#include "common/text.h"

#define AW_ARN_SET_MAX     32 /* bytes of a permission-set name */
#define AW_ARN_SESSION_MAX 64 /* bytes of a role session name */

struct aw_arn {
	char account[13];
	char set[AW_ARN_SET_MAX + 1];
	char session[AW_ARN_SESSION_MAX + 1];
};

/* Returns 0; AW_DENIED with @diag saying what is wrong with it. */
int aw_arn_parse(
    const char *arn, struct aw_arn *ret, struct aw_diag *diag) AW_MUST_USE;

/* @name can be an STS session name, 2..64 of [A-Za-z0-9_+=,.@-]: nobody whose
 * UserName cannot is ever recognised by an ARN. */
bool aw_arn_is_session_name(const char *name);

/* @account is 12 digits. */
bool aw_arn_is_account(const char *account);

#endif
