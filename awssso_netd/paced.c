/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call after the other.
 */
#include "awssso_netd/paced.h"

#include <errno.h>
#include <string.h>

#define BODY_MAX (96 * 1024)

static void on_answer(void *user, const struct aw_call_answer *answer);

static int ask(void *user)
{
	struct aw_paced *paced = user;

	paced->request.body = aw_buf_text(&paced->body);
	paced->request.body_len = paced->body.len;
	return aw_call_start(
	    paced->aws, &paced->request, on_answer, paced, &paced->call);
}

static void fail(void *user, int error)
{
	struct aw_paced *paced = user;
	struct aw_call_answer answer = {
		.net = error == -EINVAL ? AW_NET_CONFIG : AW_NET_UNAVAIL,
	};

	aw_diag_set(&answer.why, "%s: %s", paced->request.operation,
	    error == -EINVAL ? "check [identity-center] region and the "
			       "endpoint_url_* settings"
			     : strerrordesc_np(-error));
	paced->done(paced->user, &answer);
}

static void tell_waits(void *user, const char *why)
{
	struct aw_paced *paced = user;

	paced->waits(paced->user, why);
}

void aw_paced_init(struct aw_paced *paced, struct aw_aws *aws, uint64_t rate,
    uint64_t patience_ms, aw_call_done_fn *done, aw_pace_waits_fn *waits,
    void *user)
{
	*paced = (struct aw_paced){
		.aws = aws,
		.done = done,
		.waits = waits,
		.user = user,
		.pace = {
			.event = aws->event,
			.rate = rate,
			.patience_ms = patience_ms,
			.ask = ask,
			.failed = fail,
			.waits = tell_waits,
			.user = paced,
		},
	};
}

void aw_paced_done(struct aw_paced *paced)
{
	aw_call_cancel(paced->call);
	paced->call = NULL;
	aw_pace_done(&paced->pace);
	aw_buf_done(&paced->body);
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
	return aw_pace_next(&paced->pace);
}

static void on_answer(void *user, const struct aw_call_answer *answer)
{
	struct aw_paced *paced = user;
	bool elsewhere;

	paced->call = NULL;
	elsewhere = answer->silent && strcmp(aw_aws_region(paced->aws),
					  paced->request.region) != 0;
	if (elsewhere || !aw_pace_again(&paced->pace, answer->net,
			     answer->hint_ms, &answer->why))
		paced->done(paced->user, answer);
}
