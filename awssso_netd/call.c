/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One operation with all its attempts.  Everything that held a token is wiped
 * when the call is gone.
 */
#include "awssso_netd/call.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awssso_netd/answer.h"
#include "awssso_netd/creds.h"
#include "awssso_netd/http.h"
#include "awssso_netd/json.h"
#include "awssso_netd/retry.h"
#include "awssso_netd/sigv4.h"
#include "awssso_netd/timer.h"
#include "common/buf.h"
#include "common/own.h"
#include "common/sock.h"

#define URL_MAX         (16 * 1024) /* portal tokens are long */
#define SLACK_MS        5000
#define PORTAL_PAUSE_MS 1000
#define CLOCK_TOLERANCE 60 /* seconds; AWS tolerates 300 */
#define HEADERS_MAX     8

struct aw_call {
	struct aw_aws *aws;
	struct aw_creds *creds; /* of the host; NULL: not signed with them */
	struct aw_creds_wait wait;
	bool waits; /* for keys; the timer is its deadline */
	enum aw_service service;
	enum aw_call_auth auth;
	char operation[48];
	char region[36];
	struct aw_endpoint endpoint;
	struct aw_buf url;
	struct aw_buf body;
	bool has_body, xml;
	struct aw_secret *token;
	struct aw_keys *keys;
	int64_t skew; /* as known when this attempt was signed */
	unsigned attempt, attempts;
	uint64_t slack_ms, deadline_ms;
	/* each of these second chances is given once */
	bool fixed_clock, fixed_keys, asked_portal_twice;
	struct aw_http_op *op;
	sd_event_source *timer;
	aw_call_done_fn *done;
	void *user;
};

static void call_free(struct aw_call *call)
{
	aw_http_cancel(call->op);
	if (call->creds)
		aw_creds_unwait(call->creds, &call->wait);
	sd_event_source_disable_unref(call->timer);
	aw_buf_wipe(&call->url);
	aw_buf_wipe(&call->body);
	aw_secret_unref(call->token);
	aw_keys_unref(call->keys);
	free(call);
}

void aw_call_cancel(struct aw_call *call)
{
	if (call)
		call_free(call);
}

static void finish(struct aw_call *call, struct aw_call_answer *answer)
{
	if (answer->silent)
		aw_aws_region_down(call->aws, call->region);
	call->done(call->user, answer);
	call_free(call);
}

static void fail(struct aw_call *call, enum aw_net net, const char *why)
{
	struct aw_call_answer answer = { .net = net };

	aw_diag_set(&answer.why, "%s: %s", call->operation, why);
	finish(call, &answer);
}

/* --- sending ----------------------------------------------------------- */

struct headers {
	struct aw_header list[HEADERS_MAX];
	size_t n;
	char target[96];
	char date[AW_SIGV4_DATE_SIZE];
	struct aw_sigv4 signature;
};

static void add(struct headers *headers, const char *name, const char *value)
{
	headers->list[headers->n++] = (struct aw_header){ name, value };
}

static const char *content_type(const struct aw_call *call)
{
	if (call->service == AW_SERVICE_STS)
		return "application/x-www-form-urlencoded; charset=utf-8";
	return aw_service_info(call->service)->target
		   ? "application/x-amz-json-1.1"
		   : "application/json";
}

/* The fields in the order of their names, as the signature wants them. */
static int signed_headers(struct aw_call *call, struct headers *headers)
{
	const struct aw_service_info *info = aw_service_info(call->service);
	int r;

	call->skew = call->aws->skew;
	r = aw_sigv4_date(aw_aws_now(call->aws), headers->date);
	if (r < 0)
		return r;
	if (call->service == AW_SERVICE_STS && !call->xml)
		add(headers, "accept", "application/json");
	add(headers, "content-type", content_type(call));
	add(headers, "host", call->endpoint.host);
	add(headers, "x-amz-date", headers->date);
	if (call->keys->session[0])
		add(headers, "x-amz-security-token", call->keys->session);
	if (!info->target)
		return 0;
	add(headers, "x-amz-target", headers->target);
	return aw_fmt(headers->target, sizeof(headers->target), "%s.%s",
	    info->target, call->operation);
}

static int sign(struct aw_call *call, struct headers *headers)
{
	char path[AW_CONF_TEXT + 2];
	const struct aw_sigv4_request request = {
		.method = "POST",
		.path = path,
		.query = "",
		.headers = headers->list,
		.n_headers = headers->n,
		.body = aw_buf_text(&call->body),
		.body_len = call->body.len,
		.region = call->region,
		.service = aw_service_info(call->service)->signing,
		.date = headers->date,
	};
	int r;

	r = aw_fmt(path, sizeof(path), "%s/", call->endpoint.path);
	if (r == 0)
		r = aw_sigv4_sign(&request, call->keys, &headers->signature);
	if (r == 0)
		add(headers, "authorization", headers->signature.authorization);
	return r;
}

static int make_headers(struct aw_call *call, struct headers *headers)
{
	int r;

	switch (call->auth) {
	case AW_CALL_HOST:
	case AW_CALL_OWN:
	case AW_CALL_KEYS:
		r = signed_headers(call, headers);
		return r < 0 ? r : sign(call, headers);
	case AW_CALL_BEARER:
		add(headers, "x-amz-sso_bearer_token", call->token->text);
		break;
	case AW_CALL_PLAIN:
		break;
	}
	add(headers, "content-type", call->has_body ? content_type(call) : "");
	if (!call->xml)
		add(headers, "accept", "application/json");
	return 0;
}

static void on_http(void *user, const struct aw_http_answer *answer);

static int send_request(struct aw_call *call)
{
	struct headers headers = { .n = 0 };
	struct aw_http_request request = {
		.lane = call->service,
		.method = call->has_body ? "POST" : "GET",
		.url = aw_buf_text(&call->url),
		.headers = headers.list,
		.body = call->has_body ? aw_buf_text(&call->body) : NULL,
		.body_len = call->body.len,
		.deadline_ms = call->deadline_ms,
	};
	int r;

	r = make_headers(call, &headers);
	request.n_headers = headers.n;
	if (r == 0)
		r = aw_http_start(
		    call->aws->http, &request, on_http, call, &call->op);
	return r;
}

static void on_keys(struct aw_creds_wait *wait, struct aw_keys *keys,
    enum aw_net net, const struct aw_diag *why)
{
	struct aw_call *call =
	    (struct aw_call *)((char *)wait - offsetof(struct aw_call, wait));
	int r;

	call->waits = false;
	(void)sd_event_source_set_enabled(call->timer, SD_EVENT_OFF);
	if (!keys) {
		fail(call, net, why->text);
		return;
	}
	call->keys = aw_keys_ref(keys);
	r = send_request(call);
	if (r < 0)
		fail(call, AW_NET_UNAVAIL, strerrordesc_np(-r));
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user);

/* Others may have longer time than this call: it waits for its own. */
static int wait_for_keys(struct aw_call *call)
{
	const uint64_t now = aw_sock_now_ms();

	call->waits = true;
	if (call->deadline_ms == 0)
		return 0;
	return aw_timer_set(call->aws->event, &call->timer,
	    call->deadline_ms > now ? call->deadline_ms - now : 0, on_timer,
	    call);
}

/* Begin an attempt.  0 or a negative errno. */
static int begin(struct aw_call *call)
{
	int r;

	if (call->creds) {
		aw_keys_unref(call->keys);
		call->keys = NULL;
		r = aw_creds_get(call->creds, &call->wait, &call->keys);
		if (r == AW_PENDING)
			return wait_for_keys(call);
		if (r < 0)
			return r;
	}
	return send_request(call);
}

static int on_timer(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_call *call = user;
	int r;

	if (call->waits) {
		fail(call, AW_NET_UNAVAIL,
		    "the host's credentials did not come in time");
		return 0;
	}
	r = begin(call);
	if (r < 0)
		fail(call, AW_NET_UNAVAIL, strerrordesc_np(-r));
	return 0;
}

/* --- answers ----------------------------------------------------------- */

bool aw_call_clock(const struct aw_http_answer *answer, int64_t *ret)
{
	const time_t date = curl_getdate(answer->header[AW_HTTP_DATE], NULL);

	if (date == (time_t)-1)
		return false;
	*ret = (int64_t)date - (int64_t)time(NULL);
	return true;
}

static bool is_signed(const struct aw_call *call)
{
	return call->creds || call->auth == AW_CALL_KEYS;
}

/* Milliseconds that the server asks us to wait, 0 if it does not. */
static uint64_t hint_ms(
    const struct aw_http_answer *http, const struct aw_error *error)
{
	const time_t now = time(NULL);
	uint64_t hint;

	hint = aw_retry_hint_ms(http->header[AW_HTTP_AMZ_RETRY_AFTER], 1, now);
	if (hint == 0)
		hint = aw_retry_hint_ms(
		    http->header[AW_HTTP_RETRY_AFTER], 1000, now);
	if (hint > 0)
		return hint;
	return error->retry_after < AW_RETRY_HINT_MAX_MS / 1000
		   ? (uint64_t)error->retry_after * 1000
		   : AW_RETRY_HINT_MAX_MS;
}

/*
 * Second chances that have a cause we can remove.  True: try again after
 * *@ret_ms.
 */
static bool has_remedy(struct aw_call *call, const struct aw_http_answer *http,
    const struct aw_error *error, uint64_t *ret_ms)
{
	int64_t offset;

	*ret_ms = 0;
	if (is_signed(call) && !call->fixed_clock &&
	    aw_error_is_clock(error->code) && aw_call_clock(http, &offset) &&
	    llabs(offset - call->skew) > CLOCK_TOLERANCE) {
		call->fixed_clock = true;
		call->aws->skew = offset;
		return true;
	}
	if (call->creds && !call->fixed_keys && aw_error_is_keys(error->code)) {
		call->fixed_keys = true;
		aw_creds_drop(call->creds, call->keys);
		return true;
	}
	/* Under bursts the portal answers 401 to tokens that are alive. */
	if (call->auth == AW_CALL_BEARER && !call->asked_portal_twice &&
	    http->status == 401) {
		call->asked_portal_twice = true;
		*ret_ms = PORTAL_PAUSE_MS;
		return true;
	}
	return false;
}

static bool again(struct aw_call *call, const struct aw_http_answer *http,
    const struct aw_error *error, uint64_t *ret_ms)
{
	if (http->error == -EMSGSIZE)
		return false;
	if (http->error == 0 && has_remedy(call, http, error, ret_ms))
		return true;
	if (http->error == 0 && !aw_retry_is_worth(http->status, error->code))
		return false;
	if (call->attempt + 1 >= call->attempts)
		return false;
	*ret_ms = aw_retry_delay_ms(call->attempt++, aw_retry_random(),
	    hint_ms(http, error), call->slack_ms);
	return call->deadline_ms == 0 ||
	       aw_sock_now_ms() + *ret_ms < call->deadline_ms;
}

/* A body of status 200.  STS speaks XML as well and is read by sts.c. */
static void read_body(const struct aw_call *call, struct aw_call_answer *answer)
{
	const struct aw_place place = { NULL, call->operation, -1 };

	answer->net = AW_NET_OK;
	if (call->service != AW_SERVICE_STS &&
	    aw_answer_parse(&place, answer->body, answer->len, &answer->json,
		&answer->why) < 0)
		answer->net = AW_NET_BAD_ANSWER;
}

static void judge(const struct aw_call *call, const struct aw_http_answer *http,
    struct aw_call_answer *answer)
{
	if (http->error == -EMSGSIZE) {
		answer->net = AW_NET_BAD_ANSWER;
		aw_diag_set(
		    &answer->why, "%s: %s", call->operation, http->why.text);
	} else if (http->error) {
		answer->net = AW_NET_UNAVAIL;
		answer->silent = true;
		aw_diag_set(&answer->why, "%s: no answer from %.120s: %s",
		    call->operation, call->endpoint.host, http->why.text);
	} else if (http->status == 200) {
		read_body(call, answer);
	} else {
		answer->net = aw_error_judge(call->service, call->operation,
		    http->status, &answer->error, &answer->why);
	}
}

static void on_http(void *user, const struct aw_http_answer *http)
{
	struct aw_call *call = user;
	struct aw_call_answer answer = {
		.body = http->body,
		.len = http->len,
	};
	uint64_t delay_ms;
	int64_t offset;

	call->op = NULL;
	if (http->error == 0 && aw_call_clock(http, &offset)) {
		call->aws->offset = offset;
		call->aws->answered = true;
	}
	if (http->error == 0 && http->status != 200)
		aw_error_read(call->service, http->header[AW_HTTP_ERROR_TYPE],
		    http->body, http->len, &answer.error);
	if ((http->error || http->status != 200) &&
	    again(call, http, &answer.error, &delay_ms) &&
	    aw_timer_set(
		call->aws->event, &call->timer, delay_ms, on_timer, call) == 0)
		return;
	judge(call, http, &answer);
	if (http->error == 0)
		answer.hint_ms = hint_ms(http, &answer.error);
	if (aw_copy(answer.request_id, sizeof(answer.request_id),
		http->header[AW_HTTP_REQUEST_ID]) < 0)
		answer.request_id[0] = '\0';
	/* finish() frees the call, not what the answer borrows from http. */
	finish(call, &answer);
	if (answer.json) {
		aw_json_wipe(answer.json);
		json_object_put(answer.json);
	}
}

/* --- starting ---------------------------------------------------------- */

static int fill(struct aw_call *call, const struct aw_call_request *request)
{
	struct aw_diag why;
	int r;

	call->url.max = URL_MAX;
	call->body.max = AW_HTTP_BODY_MAX;
	r = aw_endpoint_find(call->aws->conf, request->service, request->region,
	    &call->endpoint, &why);
	if (r < 0)
		return r;
	aw_buf_fmt(&call->url, "%s%s", call->endpoint.url, request->path);
	if (request->body)
		aw_buf_add(&call->body, request->body, request->body_len);
	if ((r = aw_buf_error(&call->url)) < 0 ||
	    (r = aw_buf_error(&call->body)) < 0 ||
	    (r = aw_copy(call->operation, sizeof(call->operation),
		 request->operation)) < 0 ||
	    (r = aw_copy(call->region, sizeof(call->region), request->region)) <
		0)
		return r;
	call->aws->contacted |= 1u << request->service;
	return 0;
}

static struct aw_creds *creds_of(
    const struct aw_aws *aws, enum aw_call_auth auth)
{
	if (auth == AW_CALL_HOST && aws->role)
		return aws->role;
	return auth == AW_CALL_HOST || auth == AW_CALL_OWN ? aws->own : NULL;
}

int aw_call_start(struct aw_aws *aws, const struct aw_call_request *request,
    aw_call_done_fn *done, void *user, struct aw_call **ret)
{
	struct aw_call *call = calloc(1, sizeof(*call));
	int r;

	if (!call)
		return -ENOMEM;
	call->aws = aws;
	call->wait.ready = on_keys;
	call->service = request->service;
	call->auth = request->auth;
	call->creds = creds_of(aws, request->auth);
	call->xml = request->xml;
	call->has_body = request->body != NULL;
	call->token = request->token ? aw_secret_ref(request->token) : NULL;
	call->keys = request->keys ? aw_keys_ref(request->keys) : NULL;
	call->attempts =
	    request->attempts ? request->attempts : AW_RETRY_ATTEMPTS;
	call->slack_ms = request->slack_ms ? request->slack_ms : SLACK_MS;
	call->deadline_ms = request->deadline_ms;
	call->done = done;
	call->user = user;
	r = fill(call, request);
	/* The first attempt starts from a timer as well, so that whatever
	 * fails at once is reported like everything else: later. */
	if (r == 0)
		r = aw_timer_set(aws->event, &call->timer, 0, on_timer, call);
	if (r < 0) {
		call_free(call);
		return r;
	}
	*ret = call;
	return 0;
}
