/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sign-in with a code: from FLOW to the verdict.
 *
 *   flow_start -> FLOW --(FLOW_CODE)--> PROMPT --(FLOW_END)--> judge -> end
 *                  \--(silence, net trouble, replaced, hang-up)------> end
 *
 * awsssod/auth.h decides whether there is one at all.
 */
#ifndef AW_AWSSSOD_FLOW_H
#define AW_AWSSSOD_FLOW_H

#include "awsssod/ask.h"
#include "awsssod/attempt.h"
#include "awsssod/live.h"
#include "awsssod/person.h"
#include "awsssod/server.h"
#include "awsssod/verdict.h"

struct aw_flow {
	struct aw_daemon *daemon;
	struct aw_conn *conn;
	struct aw_ask ask;
	struct aw_person person;
	bool is_known; /* @person is filled */
	struct aw_live live;
	struct aw_attempt *attempt;      /* while a code is open */
	uint64_t request;                /* FLOW's id while it runs */
	struct aw_access_accounts asked; /* where it asks for sets */
	uint64_t deadline_ms;
	bool had_code;
	const struct aw_conf_rule *rule; /* the policy's, that decided */
	struct aw_access_facts sets; /* what is known of them when it ends */
};

/* Ask awssso-netd for a code.  Ends @flow when it cannot. */
void aw_flow_start(struct aw_flow *flow);

/* Give the verdict and free @flow.  @more may be NULL.  Returns the closed
 * attempt, so that a token can wait in it. */
struct aw_attempt *aw_flow_end(
    struct aw_flow *flow, enum aw_say say, const struct aw_verdict_more *more);

/* The peer is gone: end everything that runs for @flow, and free it. */
void aw_flow_free(void *flow);

#endif
