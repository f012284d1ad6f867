/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the whole directory: when, and what becomes of it.  One sweep at a
 * time; whatever goes wrong with it, the last good generation stays.
 */
#ifndef AW_AWSSSOD_SWEEP_H
#define AW_AWSSSOD_SWEEP_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "awsssod/directory_apply.h"
#include "awsssod/published.h"
#include "awsssod/staging.h"

struct aw_daemon;

struct aw_sweep {
	struct aw_daemon *daemon;
	sd_event_source *timer;
	uint64_t next_ms;              /* when the next one starts */
	uint64_t request;              /* SWEEP's id while one runs */
	struct aw_published_op *fetch; /* or this, for source = published */
	char etag[AW_PUBLISHED_ETAG];  /* of what was fetched last */
	bool sets_known;
	bool sets_later;
	char lacks[257];  /* what the last sweep could not read, though it ended
			     well: it is tried again sooner */
	bool accept_loss; /* the running one is meant to lose much */
	unsigned failures; /* in a row */
	uint64_t requests; /* of the last one to AWS, or the running one */
	uint64_t expected; /* of the running one, as netd knows; 0: not */
	uint64_t last;     /* of the last good one; 0: not known */
	char waits[256];   /* what the running one waits for, or "" */
	struct aw_staging staging;
	sd_event_source *step; /* while what came is being applied */
	struct aw_apply job;
	struct aw_applying applying;
	struct aw_published_end taken; /* what came of a publisher */
	uint64_t net;                  /* how the last one ended; 0: none yet */
	char text[320];                /* and why */
};

int aw_sweep_init(struct aw_sweep *sweep, struct aw_daemon *daemon) AW_MUST_USE;
void aw_sweep_done(struct aw_sweep *sweep);

/* Start one now, unless one runs.  @accept_loss: an administrator says that
 * what is gone is meant to be gone. */
void aw_sweep_start(struct aw_sweep *sweep, bool accept_loss);

/* Start one if nobody can tell how old the directory is, because the clock
 * stands before its reading, and none is under way or about to be tried again.
 * A publisher's is asked for every minute anyway. */
void aw_sweep_if_ageless(struct aw_sweep *sweep);

bool aw_sweep_is_running(const struct aw_sweep *sweep);

/* How many requests the running one will have made: as netd knows, else as
 * many as the last good one.  0: not known. */
uint64_t aw_sweep_expected(const struct aw_sweep *sweep);

/*
 * Seconds after which a daemon that has just started reads the directory, whose
 * copy is @age seconds old (UINT64_MAX: there is none): at once without one;
 * else after a part of a span that @random picks, because a whole fleet may
 * have been started at the same time.
 */
uint64_t aw_sweep_first_delay(uint64_t age, uint64_t interval, uint32_t random);

#endif
