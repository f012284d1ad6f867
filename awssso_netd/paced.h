/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to AWS at a pace (pace.h).  An outage is not waited out where
 * another region answers: whoever asks begins anew there.
 */
#ifndef AW_AWSSSO_NETD_PACED_H
#define AW_AWSSSO_NETD_PACED_H

#include "awssso_netd/call.h"
#include "awssso_netd/pace.h"
#include "common/buf.h"

struct aw_paced {
	struct aw_aws *aws;
	aw_call_done_fn *done;
	aw_pace_waits_fn *waits;
	void *user;
	struct aw_pace pace;
	struct aw_call_request request;
	struct aw_buf body;
	struct aw_call *call;
};

/* Caller's storage, all of it set here, for @user.  @rate and @patience_ms are
 * struct aw_pace's. */
void aw_paced_init(struct aw_paced *paced, struct aw_aws *aws, uint64_t rate,
    uint64_t patience_ms, aw_call_done_fn *done, aw_pace_waits_fn *waits,
    void *user);
void aw_paced_done(struct aw_paced *paced);

/*
 * Make @request at its time (attempts, slack and deadline are ours; @body is
 * copied, other texts are borrowed until it is answered); @done is called
 * once, later.  Not before the last one has been answered.  Returns 0 or a
 * negative errno.
 */
int aw_paced_ask(
    struct aw_paced *paced, const struct aw_call_request *request) AW_MUST_USE;

#endif
