/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP client: libcurl's multi interface on sd-event.  One thread, any
 * number of requests, connections kept alive.
 *
 * Bounds, for every request: connecting 5 s, all of it 15 s and 1 MiB of answer
 * unless the request says otherwise, no redirects, http and https only, TLS 1.2
 * at least, certificates always checked.  Proxy and CA bundle come from
 * awssso.conf, never from the environment.
 *
 * Each server has a lane, in which AW_HTTP_LANE_MAX requests run at a time and
 * the others wait for their turn: a burst costs little memory, no request's
 * time runs before it is sent, and a server that hangs holds up only its own.
 */
#ifndef AW_AWSSSO_NETD_HTTP_H
#define AW_AWSSSO_NETD_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "awssso_netd/header.h"
#include "common/conf.h"
#include "common/outcome.h"
#include "common/text.h"

#define AW_HTTP_BODY_MAX    (1024 * 1024)
#define AW_HTTP_LANE_MAX    32
#define AW_HTTP_LANES       12
#define AW_HTTP_HEADER_SIZE 160

struct aw_http;
struct aw_http_op;

/* Fields of an answer that somebody needs; cut off at their size. */
enum aw_http_header {
	AW_HTTP_REQUEST_ID,      /* x-amzn-RequestId */
	AW_HTTP_ERROR_TYPE,      /* x-amzn-ErrorType */
	AW_HTTP_RETRY_AFTER,     /* Retry-After: seconds, or a date */
	AW_HTTP_AMZ_RETRY_AFTER, /* x-amz-retry-after: milliseconds */
	AW_HTTP_DATE,
	AW_HTTP_ETAG,
	AW_HTTP_HEADER_N_
};

struct aw_http_request {
	unsigned lane; /* below AW_HTTP_LANES */
	const char *method;
	const char *url;
	const struct aw_header *headers;
	size_t n_headers;
	const char *body; /* NULL: none */
	size_t body_len;
	long timeout_ms;      /* from when it is sent; 0: as above */
	uint64_t deadline_ms; /* and not behind this; 0: none */
	bool direct;          /* never through the proxy */
	uint64_t body_max;    /* bytes of answer; 0: AW_HTTP_BODY_MAX */
	int body_fd; /* above 0: the answer's body goes there, borrowed */
};

struct aw_http_answer {
	int error; /* 0; -EMSGSIZE: answer too large; else nobody answered */
	struct aw_diag why; /* when @error */
	long status;
	const char *body; /* NUL-terminated; "" with body_fd */
	size_t len;
	char header[AW_HTTP_HEADER_N_][AW_HTTP_HEADER_SIZE]; /* "" if absent */
};

/* @answer is borrowed.  The op is gone when this returns. */
typedef void aw_http_done_fn(void *user, const struct aw_http_answer *answer);

/* @conf is borrowed until aw_http_free().  Returns 0 or a negative errno. */
int aw_http_new(sd_event *event, const struct aw_conf *conf,
    struct aw_http **ret) AW_MUST_USE;
/* No request may be under way. */
void aw_http_free(struct aw_http *http);

/*
 * Send @request (copied).  @done is called once, later, never from in here.
 * Returns 0 with *@ret for aw_http_cancel(), or -ENOMEM, -EMSGSIZE or -EINVAL.
 */
int aw_http_start(struct aw_http *http, const struct aw_http_request *request,
    aw_http_done_fn *done, void *user, struct aw_http_op **ret) AW_MUST_USE;

/* @done will not be called.  Takes NULL. */
void aw_http_cancel(struct aw_http_op *op);

#endif
