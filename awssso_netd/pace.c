/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid, and how long to be patient.
 */
#include "awssso_netd/pace.h"

#include <string.h>

#include "awssso_netd/retry.h"
#include "awssso_netd/timer.h"
#include "common/sock.h"

#define STALL_US     250000 /* more than this behind is not caught up */
#define FIRST_TRIES  3      /* when the server cannot be reached at all */
#define SIGN_LIFE_MS 60000

void aw_pace_done(struct aw_pace *pace)
{
	pace->slot = sd_event_source_disable_unref(pace->slot);
	pace->wait = sd_event_source_disable_unref(pace->wait);
}

/* --- the grid ---------------------------------------------------------- */

/* Take the next slot.  Returns the milliseconds until then. */
static uint64_t take_slot(struct aw_pace *pace)
{
	const uint64_t period = 1000000 / pace->rate;
	const uint64_t stall = period > STALL_US ? period : STALL_US;
	const uint64_t now = aw_sock_now_ms() * 1000;
	uint64_t at;

	if (pace->slot_us + stall < now)
		pace->slot_us = now;
	at = pace->slot_us;
	pace->slot_us += period;
	return at > now ? (at - now) / 1000 : 0;
}

static int on_slot(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_pace *pace = user;
	int r;

	r = pace->ask(pace->user);
	if (r == 0)
		pace->requests++;
	else
		pace->failed(pace->user, r);
	return 0;
}

int aw_pace_next(struct aw_pace *pace)
{
	if (pace->since_ms == 0)
		pace->since_ms = aw_sock_now_ms();
	return aw_timer_set(
	    pace->event, &pace->slot, take_slot(pace), on_slot, pace);
}

/* --- patience ---------------------------------------------------------- */

/* Waiting may help, and patience has not ended. */
static bool may_wait(const struct aw_pace *pace, enum aw_net net)
{
	if (net != AW_NET_THROTTLED && net != AW_NET_UNAVAIL)
		return false;
	/* Nothing is lost yet, and whoever asks wants to know soon. */
	if (!pace->served && net == AW_NET_UNAVAIL)
		return pace->failures + 1 < FIRST_TRIES;
	return aw_sock_now_ms() - pace->since_ms < pace->patience_ms;
}

static void say(const struct aw_pace *pace, uint64_t left_ms)
{
	struct aw_diag text;

	aw_diag_set(&text, "%.180s; again in %llu s", pace->why.text,
	    (unsigned long long)(left_ms + 999) / 1000);
	pace->waits(pace->user, text.text);
}

static int wait_on(struct aw_pace *pace);

static int on_wait(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_pace *pace = user;
	int r;

	r = pace->again_ms > aw_sock_now_ms() ? wait_on(pace)
					      : aw_pace_next(pace);
	if (r < 0)
		pace->failed(pace->user, r);
	return 0;
}

/* Say that we wait, now and once a minute. */
static int wait_on(struct aw_pace *pace)
{
	const uint64_t now = aw_sock_now_ms();
	const uint64_t left = pace->again_ms > now ? pace->again_ms - now : 0;

	say(pace, left);
	return aw_timer_set(pace->event, &pace->wait,
	    left < SIGN_LIFE_MS ? left : SIGN_LIFE_MS, on_wait, pace);
}

bool aw_pace_again(struct aw_pace *pace, enum aw_net net, uint64_t hint_ms,
    const struct aw_diag *why)
{
	const uint64_t delay = aw_retry_delay_ms(
	    pace->failures, aw_retry_random(), hint_ms, AW_RETRY_HINT_MAX_MS);

	if (may_wait(pace, net)) {
		pace->failures++;
		pace->why = *why;
		pace->again_ms = aw_sock_now_ms() + delay;
		if (wait_on(pace) == 0)
			return true;
	}
	if (net != AW_NET_UNAVAIL && net != AW_NET_THROTTLED) {
		pace->served = true;
		pace->since_ms = aw_sock_now_ms();
	}
	pace->failures = 0;
	return false;
}
