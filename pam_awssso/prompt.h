/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the code and the verdict: showing what awsssod wants the person to
 * see, and waiting in the way that the application can stand.
 */
#ifndef AW_PAM_AWSSSO_PROMPT_H
#define AW_PAM_AWSSSO_PROMPT_H

#include "common/outcome.h"
#include "pam_awssso/call.h"
#include "pam_awssso/context.h"

/*
 * call->in is a PROMPT.  Show it and wait, no longer than it says.  Returns 0
 * with call->in being the VERDICT; -ECANCELED when the person or the
 * application gave up; -ENOMEM; -EBADMSG; or what aw_pam_call_next() fails
 * with.
 */
int aw_pam_prompt(
    const struct aw_pam *pam, struct aw_pam_call *call) AW_MUST_USE;

#endif
