/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fetch of the host's keys, from wherever [credentials] says.
 *
 *	AW_FETCH_OWN    imds | file | container | web-identity
 *	AW_FETCH_ROLE   AssumeRole on role_arn, signed with the own keys
 */
#ifndef AW_AWSSSO_NETD_FETCH_H
#define AW_AWSSSO_NETD_FETCH_H

#include "awssso_netd/aws.h"
#include "awssso_netd/environment.h"
#include "awssso_netd/key_answer.h"

enum aw_fetch_stage {
	AW_FETCH_OWN,
	AW_FETCH_ROLE,
};

struct aw_fetch;

/*
 * Start.  @done is called once, later, never from in here.  @environment is
 * borrowed for as long.  Returns 0 with *@ret for aw_fetch_cancel(), or a
 * negative errno.
 */
int aw_fetch_start(struct aw_aws *aws, enum aw_fetch_stage stage,
    const struct aw_environment *environment, aw_key_answer_fn *done,
    void *user, struct aw_fetch **ret) AW_MUST_USE;
void aw_fetch_cancel(struct aw_fetch *fetch);

#endif
