/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pace and the patience of requests that nobody waits for in front of a
 * screen, whatever they are: one after the other.
 *
 *	next -> [slot] -> ask -> answer -+- waiting may help: [wait] -> slot
 *	                                 +- else: the caller's again
 *
 * They start on a grid of 1/rate seconds, so that the time they take is their
 * number divided by the rate; after a stall the grid begins anew, so that
 * nothing is caught up in a burst.  Throttling and outages are waited out for
 * as long as the server asks (an hour at most, even where patience ends
 * meanwhile), else with growing random pauses, and the same request is made
 * again: only an answer that more waiting would not change, and the end of
 * patience, reach the caller.
 */
#ifndef AW_AWSSSO_NETD_PACE_H
#define AW_AWSSSO_NETD_PACE_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/outcome.h"
#include "common/proto.h"
#include "common/text.h"

/* It waits, @why is a sentence; said again at least once a minute.  It must
 * not end or ask anything from in here. */
typedef void aw_pace_waits_fn(void *user, const char *why);

struct aw_pace {
	sd_event *event;
	uint64_t rate;        /* requests a second */
	uint64_t patience_ms; /* without one good answer */
	/* Make the request.  What it returns but 0 goes to @failed, as does
	 * what keeps a timer from being set.  @failed may end all. */
	int (*ask)(void *user);
	void (*failed)(void *user, int error);
	aw_pace_waits_fn *waits;
	void *user;

	uint64_t requests; /* made so far, those in vain included */
	uint64_t slot_us;  /* of the next request */
	uint64_t since_ms; /* of the last good answer, else the first request */
	uint64_t again_ms; /* when the request is made again */
	unsigned failures; /* in a row */
	bool served;       /* there was a good answer */
	struct aw_diag why;
	sd_event_source *slot, *wait;
};

/* Caller's storage; the members before "requests" are set, all others zero. */
void aw_pace_done(struct aw_pace *pace);

/* Have @ask called at its time.  Not before the last request has been
 * answered.  Returns 0 or a negative errno. */
int aw_pace_next(struct aw_pace *pace) AW_MUST_USE;

/*
 * The request was answered: @net with @why, and the server asks to wait for
 * @hint_ms (0: it does not say).  True: it will be made again, after @waits
 * was told; false: the answer is what there is.
 */
bool aw_pace_again(struct aw_pace *pace, enum aw_net net, uint64_t hint_ms,
    const struct aw_diag *why);

#endif
