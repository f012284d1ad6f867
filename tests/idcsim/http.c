/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd, and nothing that knows AWS.
 *
 * A request that has to wait (latency on request) is suspended, so that the
 * others are not: the list of those waiting is walked on each run.
 */
#include "tests/idcsim/http.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>

#include <microhttpd.h>

#include "common/own.h"
#include "common/sock.h"
#include "tests/idcsim/address.h"
#include "tests/idcsim/sim.h"

#define MEMORY_MAX (256 * 1024) /* headers of one request */
#define IDLE_S     120

struct exchange {
	LIST_ENTRY(exchange) link; /* while it waits */
	struct MHD_Connection *connection;
	char *target;
	struct aw_buf body;
	struct aw_sim_req req;
	struct aw_sim_call call;
	bool has_begun;
	bool is_answered;
	bool is_waiting;
	uint64_t due_ms;
	size_t sent; /* of an answer that is cut */
};

struct aw_sim_http {
	struct aw_sim *sim;
	enum aw_sim_door door;
	struct MHD_Daemon *daemon;
	char address[64];
	LIST_HEAD(exchange_list, exchange) waiting;
};

static void exchange_free(struct exchange *ex)
{
	if (ex->is_waiting)
		LIST_REMOVE(ex, link);
	if (ex->is_answered)
		aw_sim_call_done(&ex->call);
	aw_buf_done(&ex->body);
	free(ex->target);
	free(ex);
}

/* The only place where the target is seen as it was sent. */
static void *begin(
    void *cls AW_UNUSED, const char *target, struct MHD_Connection *connection)
{
	struct exchange *ex = calloc(1, sizeof(*ex));

	if (ex == NULL)
		return NULL;
	ex->connection = connection;
	ex->body.max = AW_SIM_BODY_MAX;
	ex->target = strdup(target);
	if (ex->target == NULL) {
		exchange_free(ex);
		return NULL;
	}
	return ex;
}

static void finished(void *cls AW_UNUSED,
    struct MHD_Connection *connection AW_UNUSED, void **state,
    enum MHD_RequestTerminationCode why AW_UNUSED)
{
	if (*state != NULL)
		exchange_free(*state);
	*state = NULL;
}

static enum MHD_Result take_header(void *cls, enum MHD_ValueKind kind AW_UNUSED,
    const char *name, const char *value)
{
	struct aw_sim_req *req = cls;

	if (req->n_headers == AW_SIM_HEADERS_MAX)
		return MHD_NO;
	req->header[req->n_headers].name = name;
	req->header[req->n_headers].value = value ? value : "";
	req->n_headers++;
	return MHD_YES;
}

static void answer(
    struct aw_sim_http *http, struct exchange *ex, const char *method)
{
	struct aw_sim_req *req = &ex->req;

	req->door = http->door;
	req->method = method;
	req->target = ex->target;
	req->body = aw_buf_text(&ex->body);
	req->body_len = ex->body.len;
	(void)MHD_get_connection_values(
	    ex->connection, MHD_HEADER_KIND, take_header, req);
	aw_sim_call_init(&ex->call, http->sim, req);
	ex->is_answered = true;
	if (aw_buf_error(&ex->body) != 0)
		ex->call.status = 413;
	else if (aw_sim_req_split(req) != 0)
		ex->call.status = 400;
	else
		aw_sim_route(&ex->call);
}

/* Half an answer, then the connection breaks. */
static ssize_t send_half(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct exchange *ex = cls;
	const size_t half = ex->call.body.len / 2;
	size_t n;

	if (pos >= half)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = half - (size_t)pos;
	if (n > max)
		n = max;
	memcpy(buf, ex->call.body.data + pos, n);
	return (ssize_t)n;
}

static struct MHD_Response *response_of(struct exchange *ex)
{
	struct aw_sim_call *call = &ex->call;

	if (call->effect.on[AW_SIM_CUT])
		return MHD_create_response_from_callback(
		    call->body.len, 4096, send_half, ex, NULL);
	/* Kept by the exchange until the last byte has left. */
	return MHD_create_response_from_buffer(
	    call->body.len, call->body.data, MHD_RESPMEM_PERSISTENT);
}

/* The Date header is what clients set their clock by: it is ours. */
static void add_date(struct MHD_Response *response, const struct aw_sim *sim)
{
	const time_t now = (time_t)(aw_sim_now_ms(sim) / 1000);
	char text[40];
	struct tm tm;

	if (sim->clock_ms != 0 && gmtime_r(&now, &tm) != NULL &&
	    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0)
		(void)MHD_add_response_header(response, "Date", text);
}

static enum MHD_Result send_answer(struct exchange *ex)
{
	struct aw_sim_call *call = &ex->call;
	struct MHD_Response *response;
	enum MHD_Result r;

	if (call->effect.on[AW_SIM_CLOSE])
		return MHD_NO;
	response = response_of(ex);
	if (response == NULL)
		return MHD_NO;
	(void)MHD_add_response_header(response, "Content-Type", call->type);
	(void)MHD_add_response_header(
	    response, "x-amzn-RequestId", call->request_id);
	if (call->error_type[0])
		(void)MHD_add_response_header(
		    response, "x-amzn-ErrorType", call->error_type);
	if (call->location[0])
		(void)MHD_add_response_header(
		    response, "Location", call->location);
	if (strncmp(call->type, "text/html", 9) == 0)
		(void)MHD_add_response_header(response,
		    "Content-Security-Policy",
		    "default-src 'none'; style-src 'unsafe-inline'; "
		    "script-src 'unsafe-inline'; connect-src 'self'; "
		    "form-action 'self'; base-uri 'none'");
	(void)MHD_add_response_header(response, "Cache-Control", "no-store");
	add_date(response, call->sim);
	r = MHD_queue_response(ex->connection, call->status, response);
	MHD_destroy_response(response);
	return r;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection,
    const char *url AW_UNUSED, const char *method,
    const char *version AW_UNUSED, const char *data, size_t *data_len,
    void **state)
{
	struct aw_sim_http *http = cls;
	struct exchange *ex = *state;
	uint64_t delay;

	if (ex == NULL)
		return MHD_NO;
	if (!ex->has_begun) {
		ex->has_begun = true;
		return MHD_YES;
	}
	if (*data_len > 0) {
		aw_buf_add(&ex->body, data, *data_len);
		*data_len = 0;
		return MHD_YES;
	}
	if (ex->is_answered)
		return send_answer(ex);
	answer(http, ex, method);
	delay = ex->call.effect.arg[AW_SIM_LATENCY];
	if (delay == 0)
		return send_answer(ex);
	ex->due_ms = aw_sock_now_ms() + delay;
	ex->is_waiting = true;
	LIST_INSERT_HEAD(&http->waiting, ex, link);
	MHD_suspend_connection(connection);
	return MHD_YES;
}

static int start(struct aw_sim_http *http, int fd, const char *cert,
    const char *key, struct aw_diag *diag)
{
	const unsigned flags =
	    MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | (cert ? MHD_USE_TLS : 0);
	const struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0,
		    (void *)(uintptr_t)(cert ? cert : "") },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0,
		    (void *)(uintptr_t)(key ? key : "") },
		{ MHD_OPTION_END, 0, NULL },
	};
	const struct MHD_OptionItem none[] = { { MHD_OPTION_END, 0, NULL } };

	http->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, http,
	    MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)MEMORY_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_URI_LOG_CALLBACK, begin, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, finished, NULL, MHD_OPTION_ARRAY,
	    cert ? tls : none, MHD_OPTION_END);
	if (http->daemon != NULL)
		return 0;
	aw_diag_set(diag, "%s: the HTTP server does not start%s", http->address,
	    cert ? " (are certificate and key good?)" : "");
	return -EIO;
}

int aw_sim_http_open(struct aw_sim *sim, enum aw_sim_door door,
    const char *address, const char *cert, const char *key,
    struct aw_sim_http **ret, struct aw_diag *diag)
{
	aw_own_free struct aw_sim_http *http = NULL;
	aw_own_fd int fd = -1;
	int r;

	http = calloc(1, sizeof(*http));
	if (http == NULL)
		return -ENOMEM;
	http->sim = sim;
	http->door = door;
	LIST_INIT(&http->waiting);
	r = aw_sim_address_listen(
	    address, &fd, http->address, sizeof(http->address), diag);
	if (r < 0)
		return r;
	r = start(http, fd, cert, key, diag);
	if (r < 0)
		return r;
	(void)aw_take_fd(&fd); /* the server closes it */
	*ret = aw_take_ptr(http);
	return 0;
}

static void resume(struct aw_sim_http *http, uint64_t now_ms)
{
	struct exchange *ex = LIST_FIRST(&http->waiting);

	while (ex != NULL) {
		struct exchange *const next = LIST_NEXT(ex, link);

		if (ex->due_ms <= now_ms) {
			LIST_REMOVE(ex, link);
			ex->is_waiting = false;
			MHD_resume_connection(ex->connection);
		}
		ex = next;
	}
}

void aw_sim_http_close(struct aw_sim_http *http)
{
	if (http == NULL)
		return;
	/* A suspended connection would keep the server from stopping. */
	resume(http, UINT64_MAX);
	MHD_stop_daemon(http->daemon);
	free(http);
}

const char *aw_sim_http_address(const struct aw_sim_http *http)
{
	return http->address;
}

int aw_sim_http_fd(const struct aw_sim_http *http)
{
	const union MHD_DaemonInfo *info =
	    MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	return info ? info->epoll_fd : -1;
}

int aw_sim_http_run(struct aw_sim_http *http)
{
	const uint64_t now_ms = aw_sock_now_ms();
	const struct exchange *ex;
	MHD_UNSIGNED_LONG_LONG theirs;
	uint64_t wait = UINT64_MAX;

	resume(http, now_ms);
	(void)MHD_run(http->daemon);
	if (MHD_get_timeout(http->daemon, &theirs) == MHD_YES)
		wait = theirs;
	for (ex = LIST_FIRST(&http->waiting); ex != NULL;
	     ex = LIST_NEXT(ex, link)) {
		if (ex->due_ms - now_ms < wait)
			wait = ex->due_ms - now_ms;
	}
	if (wait == UINT64_MAX)
		return -1;
	return wait > 60000 ? 60000 : (int)wait;
}
