/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grid, and how long to be patient.
 */
#include "awssso_netd/paced.h"

#include <errno.h>
#include <string.h>

#include "awssso_netd/retry.h"
#include "awssso_netd/timer.h"
#include "common/sock.h"

#define BODY_MAX     (96 * 1024)
#define STALL_US     250000 /* more than this behind is not caught up */
#define SLACK_MS     (15 * 60 * 1000)
#define FIRST_TRIES  3 /* when AWS cannot be reached at all */
#define SIGN_LIFE_MS 60000

void aw_paced_done(struct aw_paced *paced)
{
	aw_call_cancel(paced->call);
	paced->call = NULL;
	paced->slot = sd_event_source_disable_unref(paced->slot);
	paced->wait = sd_event_source_disable_unref(paced->wait);
	aw_buf_done(&paced->body);
}

/* --- the grid ---------------------------------------------------------- */

/* Take the next slot.  Returns the milliseconds until then. */
static uint64_t take_slot(struct aw_paced *paced)
{
	const uint64_t period = 1000000 / paced->rate;
	const uint64_t stall = period > STALL_US ? period : STALL_US;
	const uint64_t now = aw_sock_now_ms() * 1000;
	uint64_t at;

	if (paced->slot_us + stall < now)
		paced->slot_us = now;
	at = paced->slot_us;
	paced->slot_us += period;
	return at > now ? (at - now) / 1000 : 0;
}

static void on_answer(void *user, const struct aw_call_answer *answer);

static void fail(struct aw_paced *paced, int error)
{
	struct aw_call_answer answer = {
		.net = error == -EINVAL ? AW_NET_CONFIG : AW_NET_UNAVAIL,
	};

	aw_diag_set(&answer.why, "%s: %s", paced->request.operation,
	    error == -EINVAL ? "check [identity-center] region and the "
			       "endpoint_url_* settings"
			     : strerrordesc_np(-error));
	paced->done(paced->user, &answer);
}

static int on_slot(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_paced *paced = user;
	int r;

	paced->request.body = aw_buf_text(&paced->body);
	paced->request.body_len = paced->body.len;
	paced->requests++;
	r = aw_call_start(
	    paced->aws, &paced->request, on_answer, paced, &paced->call);
	if (r < 0)
		fail(paced, r);
	return 0;
}

static int ask_in_time(struct aw_paced *paced)
{
	return aw_timer_set(
	    paced->aws->event, &paced->slot, take_slot(paced), on_slot, paced);
}

int aw_paced_ask(struct aw_paced *paced, const struct aw_call_request *request)
{
	paced->request = *request;
	paced->request.attempts = 1;
	aw_buf_done(&paced->body);
	paced->body.max = BODY_MAX;
	aw_buf_add(&paced->body, request->body, request->body_len);
	if (aw_buf_error(&paced->body) < 0)
		return aw_buf_error(&paced->body);
	if (paced->since_ms == 0)
		paced->since_ms = aw_sock_now_ms();
	return ask_in_time(paced);
}

/* --- patience ---------------------------------------------------------- */

/* Waiting another @delay_ms may help, and is within bounds. */
static bool may_wait(const struct aw_paced *paced,
    const struct aw_call_answer *answer, uint64_t delay_ms)
{
	if (answer->net != AW_NET_THROTTLED && answer->net != AW_NET_UNAVAIL)
		return false;
	/* Another region is up: whoever asked begins anew there. */
	if (answer->silent &&
	    strcmp(aw_aws_region(paced->aws), paced->request.region) != 0)
		return false;
	/* Nothing is lost yet, and whoever asks wants to know soon. */
	if (!paced->served && answer->net == AW_NET_UNAVAIL)
		return paced->failures + 1 < FIRST_TRIES;
	return aw_sock_now_ms() + delay_ms - paced->since_ms <
	       paced->patience_ms;
}

static void say(const struct aw_paced *paced, uint64_t left_ms)
{
	struct aw_diag text;

	aw_diag_set(&text, "%.180s; again in %llu s", paced->why.text,
	    (unsigned long long)(left_ms + 999) / 1000);
	paced->waits(paced->user, text.text);
}

static int wait_on(struct aw_paced *paced);

static int on_wait(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_paced *paced = user;
	int r;

	r = paced->again_ms > aw_sock_now_ms() ? wait_on(paced)
					       : ask_in_time(paced);
	if (r < 0)
		fail(paced, r);
	return 0;
}

/* Say that we wait, now and once a minute. */
static int wait_on(struct aw_paced *paced)
{
	const uint64_t now = aw_sock_now_ms();
	const uint64_t left = paced->again_ms > now ? paced->again_ms - now : 0;

	say(paced, left);
	return aw_timer_set(paced->aws->event, &paced->wait,
	    left < SIGN_LIFE_MS ? left : SIGN_LIFE_MS, on_wait, paced);
}

static void on_answer(void *user, const struct aw_call_answer *answer)
{
	struct aw_paced *paced = user;
	const uint64_t delay = aw_retry_delay_ms(
	    paced->failures, aw_retry_random(), answer->hint_ms, SLACK_MS);

	paced->call = NULL;
	if (may_wait(paced, answer, delay)) {
		paced->failures++;
		paced->why = answer->why;
		paced->again_ms = aw_sock_now_ms() + delay;
		if (wait_on(paced) == 0)
			return;
	}
	if (answer->net != AW_NET_UNAVAIL && answer->net != AW_NET_THROTTLED) {
		paced->served = true;
		paced->since_ms = aw_sock_now_ms();
	}
	paced->failures = 0;
	paced->done(paced->user, answer);
}
