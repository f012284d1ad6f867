/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetching.
 */
#include "awssso_netd/object.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso_netd/timer.h"
#include "common/file.h"
#include "common/own.h"
#include "common/sock.h"

#define LANE       (AW_HTTP_LANES - 2)
#define OBJECT_MAX (UINT64_C(1024) * 1024 * 1024)
#define TIMEOUT_MS (5 * 60 * 1000)
#define CHUNK      (64 * 1024)

struct aw_object_op {
	struct aw_aws *aws;
	char etag[AW_HTTP_HEADER_SIZE];
	int fd;
	struct aw_http_op *http;
	sd_event_source *timer;
	aw_object_done_fn *done;
	void *user;
};

void aw_object_cancel(struct aw_object_op *op)
{
	if (!op)
		return;
	aw_http_cancel(op->http);
	sd_event_source_disable_unref(op->timer);
	aw_own_fd_done(&op->fd);
	free(op);
}

static void finish(struct aw_object_op *op, struct aw_object_end *end)
{
	int r;

	end->fd = -1;
	if (end->net == AW_NET_OK && !end->unchanged) {
		r = aw_sock_memfd_seal(op->fd);
		if (r < 0) {
			end->net = AW_NET_UNAVAIL;
			aw_diag_set(&end->why, "published directory: %s",
			    strerrordesc_np(-r));
		}
		end->fd = op->fd;
	}
	op->done(op->user, end);
	aw_object_cancel(op);
}

/* --- https ------------------------------------------------------------- */

static enum aw_net judge(long status)
{
	if (status == 401 || status == 403)
		return AW_NET_REFUSED;
	if (status == 429)
		return AW_NET_THROTTLED;
	return status >= 500 ? AW_NET_UNAVAIL : AW_NET_CONFIG;
}

static void on_http(void *user, const struct aw_http_answer *answer)
{
	struct aw_object_op *op = user;
	struct aw_object_end end = { .net = AW_NET_OK };

	op->http = NULL;
	if (answer->error) {
		end.net = answer->error == -EMSGSIZE ? AW_NET_BAD_ANSWER
						     : AW_NET_UNAVAIL;
		aw_diag_set(
		    &end.why, "published directory: %s", answer->why.text);
	} else if (answer->status == 304 && op->etag[0]) {
		end.unchanged = true;
		aw_ignore(aw_copy(end.etag, sizeof(end.etag), op->etag));
	} else if (answer->status == 200) {
		aw_ignore(aw_copy(
		    end.etag, sizeof(end.etag), answer->header[AW_HTTP_ETAG]));
	} else {
		end.net = judge(answer->status);
		aw_diag_set(&end.why,
		    "published directory: status %ld; check published_from",
		    answer->status);
	}
	finish(op, &end);
}

static int fetch_url(struct aw_object_op *op)
{
	const struct aw_header known = { "if-none-match", op->etag };
	const struct aw_http_request request = {
		.lane = LANE,
		.method = "GET",
		.url = op->aws->conf->published_from,
		.headers = &known,
		.n_headers = op->etag[0] ? 1 : 0,
		.timeout_ms = TIMEOUT_MS,
		.body_max = OBJECT_MAX,
		.body_fd = op->fd,
	};

	return aw_http_start(op->aws->http, &request, on_http, op, &op->http);
}

/* --- a file ------------------------------------------------------------ */

/* Replaced, written or cut: each makes it another one. */
static int tell(const struct stat *st, char *buf, size_t size)
{
	return aw_fmt(buf, size, "%llx-%llx-%llx.%lx",
	    (unsigned long long)st->st_ino, (unsigned long long)st->st_size,
	    (unsigned long long)st->st_mtim.tv_sec,
	    (unsigned long)st->st_mtim.tv_nsec);
}

static int copy(int from, int to)
{
	aw_own_free char *chunk = malloc(CHUNK);
	uint64_t total = 0;
	ssize_t n;
	int r;

	if (!chunk)
		return -ENOMEM;
	while ((n = read(from, chunk, CHUNK)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		total += (uint64_t)n;
		if (total > OBJECT_MAX)
			return -EFBIG;
		r = aw_file_write(to, chunk, (size_t)n);
		if (r < 0)
			return r;
	}
	return 0;
}

static int read_file(struct aw_object_op *op, struct aw_object_end *end)
{
	aw_own_fd int fd = open(
	    op->aws->conf->published_from, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	r = tell(&st, end->etag, sizeof(end->etag));
	if (r < 0)
		return r;
	end->unchanged = strcmp(end->etag, op->etag) == 0;
	return end->unchanged ? 0 : copy(fd, op->fd);
}

static int on_file(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_object_op *op = user;
	struct aw_object_end end = { .net = AW_NET_OK };
	const int r = read_file(op, &end);

	if (r < 0) {
		end.net = AW_NET_CONFIG;
		aw_diag_set(&end.why, "%.200s: %s",
		    op->aws->conf->published_from, strerrordesc_np(-r));
	}
	finish(op, &end);
	return 0;
}

/* --- starting ---------------------------------------------------------- */

int aw_object_start(struct aw_aws *aws, const char *etag,
    aw_object_done_fn *done, void *user, struct aw_object_op **ret)
{
	struct aw_object_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->fd = -1;
	op->done = done;
	op->user = user;
	r = aw_copy(op->etag, sizeof(op->etag), etag);
	if (r == 0)
		r = aw_sock_memfd_new("awssso-published", &op->fd);
	if (r == 0)
		r = aws->conf->published_from[0] == '/'
			? aw_timer_set(aws->event, &op->timer, 0, on_file, op)
			: fetch_url(op);
	if (r < 0) {
		aw_object_cancel(op);
		return r;
	}
	*ret = op;
	return 0;
}
