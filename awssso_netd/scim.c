/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET, and what came of it.  The token is in the request's headers only, which
 * http.c wipes.
 */
#include "awssso_netd/scim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/http.h"
#include "awssso_netd/retry.h"
#include "awssso_netd/timer.h"
#include "common/own.h"
#include "common/sock.h"

#define LANE     (AW_HTTP_LANES - 1)
#define BODY_MAX (16 * 1024 * 1024) /* groups come with all their members */
#define URL_MAX  (16 * 1024)

struct aw_scim_op {
	struct aw_aws *aws;
	char operation[48];
	struct aw_buf url;
	struct aw_secret *token;
	unsigned attempt, attempts;
	uint64_t slack_ms, deadline_ms;
	struct aw_http_op *http;
	sd_event_source *timer;
	aw_scim_done_fn *done;
	void *user;
};

static void op_free(struct aw_scim_op *op)
{
	aw_http_cancel(op->http);
	sd_event_source_disable_unref(op->timer);
	aw_buf_done(&op->url);
	aw_secret_unref(op->token);
	free(op);
}

void aw_scim_cancel(struct aw_scim_op *op)
{
	if (op)
		op_free(op);
}

/* --- answers ----------------------------------------------------------- */

struct error_fields {
	const char *detail, *status;
};

/* A SCIM error body.  Its status is a text, by the RFC. */
static bool read_error(const char *body, size_t len, struct error_fields *ret,
    struct json_object **ret_json)
{
	static const struct aw_field fields[] = {
		AW_FIELD(struct error_fields, detail, "detail", AW_FIELD_LOOSE,
		    false, 4096),
		AW_FIELD(struct error_fields, status, "status", AW_FIELD_TEXT,
		    true, 8),
	};
	const struct aw_place place = { NULL, "", -1 };

	return aw_answer_parse(&place, body, len, ret_json, NULL) == 0 &&
	       aw_answer_read(&place, *ret_json, fields, 2, ret, NULL) == 0;
}

static enum aw_net judge_status(long status, bool is_scim)
{
	switch (status) {
	case 401:
		return AW_NET_CONFIG;
	case 403:
		return AW_NET_REFUSED;
	case 404:
		/* A proxy, or a wrong address, says nothing of a person. */
		return is_scim ? AW_NET_NOT_FOUND : AW_NET_CONFIG;
	case 429:
		return AW_NET_THROTTLED;
	case 501:
		return AW_NET_BAD_ANSWER;
	default:
		return status >= 500 ? AW_NET_UNAVAIL : AW_NET_BAD_ANSWER;
	}
}

static const char *advice(enum aw_net net)
{
	switch (net) {
	case AW_NET_CONFIG:
		return "; check scim_url, and whether the token still holds";
	case AW_NET_REFUSED:
		return "; the token may not read there";
	default:
		return "";
	}
}

enum aw_net aw_scim_judge(const char *operation, long status, const char *body,
    size_t len, struct aw_diag *why)
{
	struct error_fields error = { .detail = NULL };
	struct json_object *json = NULL;
	char detail[160], expected[16];
	enum aw_net net;
	bool is_scim;

	is_scim = read_error(body, len, &error, &json) &&
		  aw_fmt(expected, sizeof(expected), "%ld", status) == 0 &&
		  strcmp(error.status, expected) == 0;
	net = judge_status(status, is_scim);
	aw_diag_set(why, "%s: status %ld%s%s%s", operation, status,
	    is_scim && error.detail ? ": " : "",
	    is_scim && error.detail
		? aw_text_escape(detail, sizeof(detail), error.detail)
		: "",
	    advice(net));
	json_object_put(json);
	return net;
}

static void judge(const struct aw_scim_op *op,
    const struct aw_http_answer *http, struct aw_scim_answer *ret)
{
	const struct aw_place place = { NULL, op->operation, -1 };

	ret->status = http->status;
	if (http->error) {
		ret->status = 0;
		ret->net = http->error == -EMSGSIZE ? AW_NET_BAD_ANSWER
						    : AW_NET_UNAVAIL;
		aw_diag_set(&ret->why, "%s: %s", op->operation, http->why.text);
	} else if (http->status != 200) {
		ret->net = aw_scim_judge(op->operation, http->status,
		    http->body, http->len, &ret->why);
	} else {
		ret->net = aw_answer_parse(&place, http->body, http->len,
			       &ret->json, &ret->why) == 0
			       ? AW_NET_OK
			       : AW_NET_BAD_ANSWER;
	}
}

static uint64_t retry_after_ms(const struct aw_http_answer *http)
{
	return aw_retry_hint_ms(
	    http->header[AW_HTTP_RETRY_AFTER], 1000, time(NULL));
}

static bool again(
    struct aw_scim_op *op, const struct aw_http_answer *http, uint64_t *ret_ms)
{
	if (http->error == -EMSGSIZE ||
	    (http->error == 0 && !aw_retry_is_worth(http->status, "")) ||
	    op->attempt + 1 >= op->attempts)
		return false;
	*ret_ms = aw_retry_delay_ms(op->attempt++, aw_retry_random(),
	    retry_after_ms(http), op->slack_ms);
	return op->deadline_ms == 0 ||
	       aw_sock_now_ms() + *ret_ms < op->deadline_ms;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user);

static void on_http(void *user, const struct aw_http_answer *http)
{
	struct aw_scim_op *op = user;
	struct aw_scim_answer answer = { .json = NULL };
	uint64_t delay_ms;

	op->http = NULL;
	if ((http->error || http->status != 200) &&
	    again(op, http, &delay_ms) &&
	    aw_timer_set(op->aws->event, &op->timer, delay_ms, on_timer, op) ==
		0)
		return;
	judge(op, http, &answer);
	if (!http->error)
		answer.hint_ms = retry_after_ms(http);
	op->done(op->user, &answer);
	json_object_put(answer.json);
	op_free(op);
}

/* --- asking ------------------------------------------------------------ */

static int send_request(struct aw_scim_op *op)
{
	aw_own(aw_buf_wipe) struct aw_buf bearer = AW_BUF_INIT(16 * 1024);
	struct aw_header headers[2] = {
		{ "accept", "application/scim+json, application/json" },
		{ "authorization", "" },
	};
	const struct aw_http_request request = {
		.lane = LANE,
		.method = "GET",
		.url = aw_buf_text(&op->url),
		.headers = headers,
		.n_headers = 2,
		.deadline_ms = op->deadline_ms,
		.body_max = BODY_MAX,
	};

	aw_buf_fmt(&bearer, "Bearer %s", op->token->text);
	headers[1].value = aw_buf_text(&bearer);
	if (aw_buf_error(&bearer) < 0)
		return aw_buf_error(&bearer);
	return aw_http_start(op->aws->http, &request, on_http, op, &op->http);
}

static int on_timer(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_scim_op *op = user;
	struct aw_scim_answer answer = { .net = AW_NET_UNAVAIL };
	const int r = send_request(op);

	if (r == 0)
		return 0;
	aw_diag_set(&answer.why, "%s: %s", op->operation, strerrordesc_np(-r));
	op->done(op->user, &answer);
	op_free(op);
	return 0;
}

static int fill(struct aw_scim_op *op, const struct aw_scim_request *request)
{
	const char *base = op->aws->conf->scim_url;
	size_t len = strlen(base);
	int r;

	while (len > 0 && base[len - 1] == '/')
		len--;
	op->url.max = URL_MAX;
	aw_buf_add(&op->url, base, len);
	aw_buf_str(&op->url, request->path);
	r = aw_buf_error(&op->url);
	if (r == 0)
		r = aw_copy(
		    op->operation, sizeof(op->operation), request->operation);
	return r;
}

int aw_scim_start(struct aw_aws *aws, const struct aw_scim_request *request,
    aw_scim_done_fn *done, void *user, struct aw_scim_op **ret)
{
	struct aw_scim_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->token = aw_secret_ref(request->token);
	op->attempts =
	    request->attempts ? request->attempts : AW_RETRY_ATTEMPTS;
	op->slack_ms = request->slack_ms;
	op->deadline_ms = request->deadline_ms;
	op->done = done;
	op->user = user;
	r = fill(op, request);
	/* From a timer, so that whatever fails at once is told later too. */
	if (r == 0)
		r = aw_timer_set(aws->event, &op->timer, 0, on_timer, op);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}
