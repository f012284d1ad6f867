/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests to AWS that nobody waits for in front of a screen: one after the
 * other, at a pace, and patient.
 *
 * They start on a grid of 1/rate seconds, so that the time they take is their
 * number divided by the rate; after a stall the grid begins anew, so that
 * nothing is caught up in a burst.  Throttling and outages are waited out for
 * as long as the server asks, else with growing random pauses, and the same
 * request is made again: only an answer that more waiting would not change,
 * and the end of patience, reach the caller.
 */
#ifndef AW_AWSSSO_NETD_PACED_H
#define AW_AWSSSO_NETD_PACED_H

#include "awssso_netd/call.h"
#include "common/buf.h"

/* It waits, @why is a sentence; said again at least once a minute.  It must
 * not end or ask anything from in here. */
typedef void aw_paced_waits_fn(void *user, const char *why);

struct aw_paced {
	struct aw_aws *aws;
	unsigned rate;        /* requests a second */
	uint64_t patience_ms; /* without one good answer */
	aw_call_done_fn *done;
	aw_paced_waits_fn *waits;
	void *user;

	uint64_t requests; /* made so far, those in vain included */
	uint64_t slot_us;  /* of the next request */
	uint64_t since_ms; /* of the last good answer, else the first request */
	uint64_t again_ms; /* when the request is made again; 0: not waiting */
	unsigned failures; /* in a row */
	bool served;       /* there was a good answer */
	struct aw_diag why;
	struct aw_call_request request;
	struct aw_buf body;
	struct aw_call *call;
	sd_event_source *slot, *wait;
};

/* Caller's storage; the first six members are set, all others zero. */
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
