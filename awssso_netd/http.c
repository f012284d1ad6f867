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

#include "awssso_netd/timer.h"
#include "common/buf.h"
#include "common/own.h"

#define CONNECT_MS      5000L
#define TIMEOUT_MS      15000L
#define HEADER_LINE_MAX (96 * 1024) /* session tokens are long */
#define HOST_CONNS      64L
#define IDLE_CONNS      16L

struct aw_http {
	sd_event *event;
	const struct aw_conf *conf;
	CURLM *multi;
	sd_event_source *timer;
	struct aw_buf no_proxy;
};

struct aw_http_op {
	struct aw_http *http;
	CURL *easy;
	struct curl_slist *headers;
	struct aw_buf request; /* the body that we send */
	struct aw_buf body;
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
};

/* --- one request ------------------------------------------------------- */

static void op_free(struct aw_http_op *op)
{
	if (op->easy) {
		(void)curl_multi_remove_handle(op->http->multi, op->easy);
		curl_easy_cleanup(op->easy);
	}
	for (struct curl_slist *h = op->headers; h; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(op->headers);
	aw_buf_wipe(&op->request);
	aw_buf_wipe(&op->body);
	free(op);
}

void aw_http_cancel(struct aw_http_op *op)
{
	if (op)
		op_free(op);
}

static size_t on_body(char *data, size_t size, size_t n, void *user)
{
	struct aw_http_op *op = user;

	aw_buf_add(&op->body, data, size * n);
	return aw_buf_error(&op->body) < 0 ? 0 : size * n;
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
	    timeout_ms && timeout_ms < CONNECT_MS ? timeout_ms : CONNECT_MS);
	bad |= curl_easy_setopt(
	    easy, CURLOPT_TIMEOUT_MS, timeout_ms ? timeout_ms : TIMEOUT_MS);
	bad |= curl_easy_setopt(easy, CURLOPT_USERAGENT, "awssso/" AW_VERSION);
	if (conf->ca_bundle[0])
		bad |= curl_easy_setopt(easy, CURLOPT_CAINFO, conf->ca_bundle);
	return bad;
}

static unsigned set_request(
    struct aw_http_op *op, const struct aw_http_request *request)
{
	CURL *easy = op->easy;
	unsigned bad = 0;

	bad |= curl_easy_setopt(easy, CURLOPT_URL, request->url);
	bad |= curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)op);
	bad |= curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, op->error);
	bad |= curl_easy_setopt(easy, CURLOPT_HTTPHEADER, op->headers);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	bad |= curl_easy_setopt(easy, CURLOPT_WRITEDATA, (void *)op);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	bad |= curl_easy_setopt(easy, CURLOPT_HEADERDATA, (void *)op);
	if (request->body) {
		bad |= curl_easy_setopt(easy, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDS, aw_buf_text(&op->request));
		bad |= curl_easy_setopt(
		    easy, CURLOPT_POSTFIELDSIZE, (long)op->request.len);
	}
	bad |= curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
	return bad;
}

static int prepare(struct aw_http_op *op, const struct aw_http_request *request)
{
	int r;

	op->body.max = AW_HTTP_BODY_MAX;
	op->request.max = AW_HTTP_BODY_MAX;
	if (request->body)
		aw_buf_add(&op->request, request->body, request->body_len);
	r = aw_buf_error(&op->request);
	if (r == 0)
		r = add_headers(op, request);
	if (r < 0)
		return r;
	op->easy = curl_easy_init();
	if (!op->easy)
		return -ENOMEM;
	if ((set_request(op, request) | set_proxy(op, request->direct) |
		set_bounds(op->easy, op->http->conf, request->timeout_ms)) != 0)
		return -EINVAL;
	return 0;
}

int aw_http_start(struct aw_http *http, const struct aw_http_request *request,
    aw_http_done_fn *done, void *user, struct aw_http_op **ret)
{
	struct aw_http_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->http = http;
	op->done = done;
	op->user = user;
	r = prepare(op, request);
	if (r == 0 && curl_multi_add_handle(http->multi, op->easy) != CURLM_OK)
		r = -ENOMEM;
	if (r < 0) {
		op_free(op);
		return r;
	}
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

	if (aw_buf_error(&op->body) == -EMSGSIZE) {
		answer->error = -EMSGSIZE;
		aw_diag_set(&answer->why, "answer larger than %d bytes",
		    AW_HTTP_BODY_MAX);
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
	    http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, HOST_CONNS);
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
	r = aw_buf_error(&http->no_proxy);
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
	sd_event_source_unref(http->timer);
	aw_buf_done(&http->no_proxy);
	free(http);
}
