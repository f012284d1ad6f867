/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl's multi interface on sd-event: libcurl says which sockets and which
 * timeout it waits for, sd-event says when, and what has finished is handed to
 * its owner from here, outside of libcurl's callbacks, so that an owner may
 * start and cancel requests at will.
 */
#include "awssso_netd/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <unistd.h>

#include "awssso_netd/timer.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/own.h"
#include "common/sock.h"

#define CONNECT_MS      5000L
#define TIMEOUT_MS      15000u
#define HEADER_LINE_MAX (96 * 1024) /* session tokens are long */
#define IDLE_CONNS      64L

TAILQ_HEAD(op_list, aw_http_op);

struct lane {
	struct op_list waiting;
	unsigned running;
};

struct aw_http {
	sd_event *event;
	const struct aw_conf *conf;
	CURLM *multi;
	sd_event_source *timer, *turn;
	struct aw_buf no_proxy;
	struct lane lane[AW_HTTP_LANES];
};

struct aw_http_op {
	struct aw_http *http;
	struct lane *lane;
	TAILQ_ENTRY(aw_http_op) link; /* while it waits: no @easy */
	CURL *easy;
	char *url;
	char method[8];
	long timeout_ms;
	uint64_t deadline_ms;
	bool direct, has_body;
	struct curl_slist *headers;
	struct aw_buf request; /* the body that we send */
	struct aw_buf body;
	uint64_t body_max, body_len;
	int body_fd;
	char error[CURL_ERROR_SIZE];
	struct aw_http_answer answer;
	aw_http_done_fn *done;
	void *user;
};

static const char *const header_names[AW_HTTP_HEADER_N_] = {
	[AW_HTTP_REQUEST_ID] = "x-amzn-requestid",
	[AW_HTTP_ERROR_TYPE] = "x-amzn-errortype",
	[AW_HTTP_RETRY_AFTER] = "retry-after",
	[AW_HTTP_AMZ_RETRY_AFTER] = "x-amz-retry-after",
	[AW_HTTP_DATE] = "date",
	[AW_HTTP_ETAG] = "etag",
};

/* --- one request ------------------------------------------------------- */

static void release(struct aw_http_op *op)
{
	if (op->easy) {
		(void)curl_multi_remove_handle(op->http->multi, op->easy);
		curl_easy_cleanup(op->easy);
	}
	free(op->url);
	for (struct curl_slist *h = op->headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(op->headers);
	aw_buf_wipe(&op->request);
	aw_buf_wipe(&op->body);
	free(op);
}

static void wake(struct aw_http *http)
{
	(void)sd_event_source_set_enabled(http->turn, SD_EVENT_ONESHOT);
}

/* Let it go; those that wait behind it have their turn later. */
static void op_free(struct aw_http_op *op)
{
	if (op->easy)
		op->lane->running--;
	else
		TAILQ_REMOVE(&op->lane->waiting, op, link);
	wake(op->http);
	release(op);
}

void aw_http_cancel(struct aw_http_op *op)
{
	if (op)
		op_free(op);
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct aw_http_op *op = user;
	const size_t len = size * n;

	op->body_len += len;
	if (op->body_len > op->body_max)
		return 0;
	if (op->body_fd > 0)
		return aw_file_write(op->body_fd, data, len) < 0 ? 0 : len;
	aw_buf_add(&op->body, data, len);
	return aw_buf_error(&op->body) < 0 ? 0 : len;
}

/* A wanted field's value, without blanks around, clean text only. */
static void keep_header(
    char ret[AW_HTTP_HEADER_SIZE], const char *value, size_t len)
{
	while (len > 0 && (*value == ' ' || *value == '\t')) {
		value++;
		len--;
	}
	while (len > 0 && strchr(" \t\r\n", value[len - 1]))
		len--;
	if (len >= AW_HTTP_HEADER_SIZE)
		len = AW_HTTP_HEADER_SIZE - 1;
	if (!aw_text_is_clean(value, len))
		len = 0;
	memcpy(ret, value, len);
	ret[len] = '\0';
}

static size_t on_header(char *data, size_t size, size_t n, void *user)
{
	struct aw_http_op *op = user;
	const size_t len = size * n;

	for (size_t i = 0; i < AW_HTTP_HEADER_N_; i++) {
		const size_t name_len = strlen(header_names[i]);

		if (len > name_len && data[name_len] == ':' &&
		    strncasecmp(data, header_names[i], name_len) == 0)
			keep_header(op->answer.header[i], data + name_len + 1,
			    len - name_len - 1);
	}
	return len;
}

static int add_headers(
    struct aw_http_op *op, const struct aw_http_request *request)
{
	for (size_t i = 0; i < request->n_headers; i++) {
		aw_own(aw_buf_wipe) struct aw_buf line =
		    AW_BUF_INIT(HEADER_LINE_MAX);
		struct curl_slist *list;

		/* An empty value takes away a field that libcurl would add. */
		aw_buf_fmt(&line, "%s:%s%s", request->headers[i].name,
		    *request->headers[i].value ? " " : "",
		    request->headers[i].value);
		if (aw_buf_error(&line) < 0)
			return -EINVAL;
		list = curl_slist_append(op->headers, line.data);
		if (!list)
			return -ENOMEM;
		op->headers = list;
	}
	return 0;
}

/* libcurl reads http_proxy and no_proxy from the environment unless told. */
static unsigned set_proxy(struct aw_http_op *op, bool direct)
{
	const struct aw_http *http = op->http;
	unsigned bad = 0;

	bad |= curl_easy_setopt(
	    op->easy, CURLOPT_PROXY, direct ? "" : http->conf->proxy);
	bad |= curl_easy_setopt(
	    op->easy, CURLOPT_NOPROXY, aw_buf_text(&http->no_proxy));
	return bad;
}

static unsigned set_bounds(
    CURL *easy, const struct aw_conf *conf, long timeout_ms)
{
	unsigned bad = 0;

#if LIBCURL_VERSION_NUM >= 0x075500
	bad |= curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	bad |= curl_easy_setopt(
	    easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
	/* A resolver that hangs must not freeze us when a request ends. */
	bad |= curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
#endif
	bad |= curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(
	    easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	bad |= curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
	    timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS);
	bad |= curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, timeout_ms);
	bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "awssso/" AW_VERSION);
	if (conf->ca_bundle[0])
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, conf->ca_bundle);
	return bad;
}

static unsigned set_request(struct aw_http_op *op)
{
	CURL *easy = op->easy;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_URL, op->url);
	bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)op);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, op->error);
	bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, op->headers);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, (void *)op);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, (void *)op);
	if (op->has_body) {
		bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDS, aw_buf_text(&op->request));
		bad |= curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDSIZE, (long)op->request.len);
	}
	bad |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, op->method);
	return bad;
}

/* What is left of a request's time; 0: none. */
static long time_left(const struct aw_http_op *op)
{
	const uint64_t now = aw_sock_now_ms();
	const uint64_t most =
	    op->timeout_ms ? (uint64_t)op->timeout_ms : TIMEOUT_MS;

	if (op->deadline_ms == 0 || op->deadline_ms > now + most)
		return (long)most;
	return op->deadline_ms > now ? (long)(op->deadline_ms - now) : 0;
}

/* Hand the request to libcurl.  0 or a negative errno; @op->easy is set as
 * soon as there is one. */
static int run(struct aw_http_op *op)
{
	const long left = time_left(op);

	if (left == 0)
		return -ETIMEDOUT;
	op->easy = curl_easy_init();
	if (!op->easy)
		return -ENOMEM;
	if ((set_request(op) | set_proxy(op, op->direct) |
		set_bounds(op->easy, op->http->conf, left)) != 0)
		return -EINVAL;
	return curl_multi_add_handle(op->http->multi, op->easy) == CURLM_OK
		   ? 0
		   : -ENOMEM;
}

static void run_first(struct lane *lane)
{
	struct aw_http_op *op = TAILQ_FIRST(&lane->waiting);
	const int r = run(op);

	TAILQ_REMOVE(&lane->waiting, op, link);
	if (r == 0) {
		lane->running++;
		return;
	}
	op->answer.error = r;
	aw_diag_set(&op->answer.why, "%s", strerrordesc_np(-r));
	op->answer.body = "";
	op->done(op->user, &op->answer);
	release(op);
}

/* From the event loop, so that whoever starts or cancels a request is never
 * called back from in there. */
static int on_turn(sd_event_source *source AW_UNUSED, void *user)
{
	struct aw_http *http = user;

	for (size_t i = 0; i < AW_HTTP_LANES; i++) {
		struct lane *lane = &http->lane[i];

		while (lane->running < AW_HTTP_LANE_MAX &&
		       !TAILQ_EMPTY(&lane->waiting))
			run_first(lane);
	}
	return 0;
}

static int copy_request(
    struct aw_http_op *op, const struct aw_http_request *request)
{
	int r;

	op->body_max = request->body_max ? request->body_max : AW_HTTP_BODY_MAX;
	op->body_fd = request->body_fd;
	op->body.max = op->body_max;
	op->request.max = AW_HTTP_BODY_MAX;
	op->timeout_ms = request->timeout_ms;
	op->deadline_ms = request->deadline_ms;
	op->direct = request->direct;
	op->has_body = request->body != NULL;
	op->url = strdup(request->url);
	if (!op->url)
		return -ENOMEM;
	if (request->body)
		aw_buf_add(&op->request, request->body, request->body_len);
	r = aw_buf_error(&op->request);
	if (r == 0)
		r = aw_copy(op->method, sizeof(op->method), request->method);
	return r < 0 ? r : add_headers(op, request);
}

int aw_http_start(struct aw_http *http, const struct aw_http_request *request,
    aw_http_done_fn *done, void *user, struct aw_http_op **ret)
{
	struct aw_http_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->http = http;
	op->lane = &http->lane[request->lane % AW_HTTP_LANES];
	op->done = done;
	op->user = user;
	r = copy_request(op, request);
	if (r < 0) {
		release(op);
		return r;
	}
	TAILQ_INSERT_TAIL(&op->lane->waiting, op, link);
	wake(http);
	*ret = op;
	return 0;
}

/* --- what became of it ------------------------------------------------- */

static void explain(
    const struct aw_http_op *op, CURLcode code, struct aw_diag *why)
{
	char reason[200];

	(void)aw_text_escape(reason, sizeof(reason),
	    op->error[0] ? op->error : curl_easy_strerror(code));
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		aw_diag_set(why,
		    "certificate not trusted (behind a TLS proxy set "
		    "ca_bundle): %s",
		    reason);
	else
		aw_diag_set(why, "%s", reason);
}

static void finish(struct aw_http_op *op, CURLcode code)
{
	struct aw_http_answer *answer = &op->answer;

	if (op->body_len > op->body_max) {
		answer->error = -EMSGSIZE;
		aw_diag_set(&answer->why, "answer larger than %llu bytes",
		    (unsigned long long)op->body_max);
	} else if (code != CURLE_OK) {
		answer->error = code == CURLE_OPERATION_TIMEDOUT
				    ? -ETIMEDOUT
				    : -EHOSTUNREACH;
		explain(op, code, &answer->why);
	}
	(void)curl_easy_getinfo(
	    op->easy, CURLINFO_RESPONSE_CODE, &answer->status);
	answer->body = aw_buf_text(&op->body);
	answer->len = op->body.len;
	op->done(op->user, answer);
	op_free(op);
}

static void hand_out(struct aw_http *http)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(http->multi, &left)) != NULL) {
		const CURLcode code = message->data.result;
		char *op = NULL;

		if (message->msg == CURLMSG_DONE &&
		    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
			&op) == CURLE_OK)
			finish((struct aw_http_op *)(void *)op, code);
	}
}

/* --- libcurl on sd-event ----------------------------------------------- */

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *user)
{
	struct aw_http *http = user;
	int mask = 0, running;

	(void)source;
	if (revents & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (revents & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (revents & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	(void)curl_multi_socket_action(http->multi, fd, mask, &running);
	hand_out(http);
	return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
	struct aw_http *http = user;
	int running;

	(void)source;
	(void)usec;
	(void)curl_multi_socket_action(
	    http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	hand_out(http);
	return 0;
}

static int set_timer(CURLM *multi, long timeout_ms, void *user)
{
	struct aw_http *http = user;

	(void)multi;
	if (timeout_ms >= 0)
		return aw_timer_set(http->event, &http->timer,
			   (uint64_t)timeout_ms, on_timer, http) < 0
			   ? -1
			   : 0;
	if (http->timer)
		(void)sd_event_source_set_enabled(http->timer, SD_EVENT_OFF);
	return 0;
}

static int set_socket(
    CURL *easy, curl_socket_t fd, int what, void *user, void *socket_user)
{
	struct aw_http *http = user;
	sd_event_source *source = socket_user;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		sd_event_source_unref(source);
		(void)curl_multi_assign(http->multi, fd, NULL);
		return 0;
	}
	if (what != CURL_POLL_OUT)
		events |= EPOLLIN;
	if (what != CURL_POLL_IN)
		events |= EPOLLOUT;
	if (source)
		return sd_event_source_set_io_events(source, events) < 0 ? -1
									 : 0;
	if (sd_event_add_io(http->event, &source, fd, events, on_io, http) < 0)
		return -1;
	(void)curl_multi_assign(http->multi, fd, source);
	return 0;
}

static int set_multi(struct aw_http *http)
{
	unsigned bad = 0;

	bad |= (unsigned)curl_multi_setopt(
	    http->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
	bad |=
	    (unsigned)curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
	bad |= (unsigned)curl_multi_setopt(
	    http->multi, CURLMOPT_TIMERFUNCTION, set_timer);
	bad |=
	    (unsigned)curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
	bad |= (unsigned)curl_multi_setopt(
	    http->multi, CURLMOPT_MAXCONNECTS, IDLE_CONNS);
	return bad ? -EINVAL : 0;
}

int aw_http_new(
    sd_event *event, const struct aw_conf *conf, struct aw_http **ret)
{
	struct aw_http *http = calloc(1, sizeof(*http));
	int r;

	if (!http)
		return -ENOMEM;
	http->event = event;
	http->conf = conf;
	http->no_proxy.max = sizeof(conf->no_proxy);
	for (size_t i = 0; i < conf->no_proxy.n; i++)
		aw_buf_fmt(&http->no_proxy, "%s%s", i > 0 ? "," : "",
		    conf->no_proxy.item[i]);
	for (size_t i = 0; i < AW_HTTP_LANES; i++)
		TAILQ_INIT(&http->lane[i].waiting);
	r = aw_buf_error(&http->no_proxy);
	if (r == 0)
		r = sd_event_add_defer(event, &http->turn, on_turn, http);
	if (r > 0)
		r = 0;
	http->multi = curl_multi_init();
	if (r == 0)
		r = http->multi ? set_multi(http) : -ENOMEM;
	if (r < 0) {
		aw_http_free(http);
		return r;
	}
	*ret = http;
	return 0;
}

void aw_http_free(struct aw_http *http)
{
	if (!http)
		return;
	if (http->multi)
		(void)curl_multi_cleanup(http->multi);
	sd_event_source_disable_unref(http->timer);
	sd_event_source_disable_unref(http->turn);
	aw_buf_done(&http->no_proxy);
	free(http);
}
