/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fetch, from the question to the last staged record.
 */
#include "awsssod/published.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "awsssod/daemon.h"
#include "awsssod/published_stage.h"
#include "common/file.h"
#include "common/own.h"

#define FETCH_MS (6 * 60 * 1000)
#define CHUNK    (1024 * 1024)

enum step {
	STEP_COPY,
	STEP_STAGE,
};

struct aw_published_op {
	struct aw_daemon *daemon;
	uint64_t request;
	bool anew;
	bool is_known; /* by its head: only its bytes are compared with it */
	int object_fd, copy_fd; /* copy_fd: -1 when it is known */
	enum step step;
	uint64_t copied;
	EVP_MD_CTX *ctx;
	bool is_mapped;
	struct aw_snap snap;
	struct aw_published_stage stage;
	sd_event_source *turn;
	struct aw_published_end end;
	aw_published_fn *done;
	void *user;
};

void aw_published_cancel(struct aw_published_op *op)
{
	if (!op)
		return;
	if (op->request) {
		aw_netd_forget(&op->daemon->netd, op->request);
		aw_netd_cancel(&op->daemon->netd, op->request);
	}
	sd_event_source_disable_unref(op->turn);
	EVP_MD_CTX_free(op->ctx);
	if (op->is_mapped)
		aw_snap_close(&op->snap);
	aw_own_fd_done(&op->object_fd);
	aw_own_fd_done(&op->copy_fd);
	free(op);
}

static void finish(struct aw_published_op *op, enum aw_net net)
{
	op->end.net = net;
	op->done(op->user, &op->end);
	aw_published_cancel(op);
}

/* @error is AW_DENIED, with op->end.why set, or a negative errno. */
static void fail(struct aw_published_op *op, int error)
{
	if (error < 0)
		aw_diag_set(&op->end.why,
		    "cannot take the published directory: %s",
		    strerror(-error));
	finish(op, error < 0 ? AW_NET_UNAVAIL : AW_NET_BAD_ANSWER);
}

static int deny(struct aw_published_op *op, const char *why)
{
	aw_diag_set(&op->end.why, "the published directory %s", why);
	return AW_DENIED;
}

/* --- our own copy ------------------------------------------------------ */

/* A file without a name, where state.db is. */
static int open_copy(const char *state_path, int *ret_fd)
{
	const char *slash = strrchr(state_path, '/');
	char dir[4096];

	if (!slash)
		return -EINVAL;
	if (aw_fmt(dir, sizeof(dir), "%.*s", (int)(slash - state_path) + 1,
		state_path) < 0)
		return -ENAMETOOLONG;
	*ret_fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	return *ret_fd < 0 ? -errno : 0;
}

/* 0 with what was read, and written to the copy, if any; with 0 at the end; or
 * a negative errno. */
static int copy_chunk(struct aw_published_op *op, size_t *ret_n)
{
	aw_own_free uint8_t *chunk = malloc(CHUNK);
	ssize_t n;
	int r;

	if (!chunk)
		return -ENOMEM;
	n = pread(op->object_fd, chunk, CHUNK,
	    (off_t)(AW_PUBLISHED_HEAD + op->copied));
	if (n < 0)
		return -errno;
	r = op->is_known ? 0 : aw_file_write(op->copy_fd, chunk, (size_t)n);
	if (r < 0)
		return r;
	if (n > 0 && EVP_DigestUpdate(op->ctx, chunk, (size_t)n) != 1)
		return -EIO;
	*ret_n = (size_t)n;
	return 0;
}

/* It is all read: is it what the head says? */
static int check_bytes(struct aw_published_op *op)
{
	const struct aw_published *head = &op->end.head;
	uint8_t digest[32];

	if (EVP_DigestFinal_ex(op->ctx, digest, NULL) != 1)
		return -EIO;
	if (op->copied != head->length ||
	    memcmp(digest, head->sha256, sizeof(digest)) != 0)
		return deny(op, "is not what its publisher signed");
	return 0;
}

/* The copy is the signed one: is it a snapshot of ours? */
static int open_snapshot(struct aw_published_op *op)
{
	char path[64];
	int r;

	r = aw_fmt(path, sizeof(path), "/proc/self/fd/%d", op->copy_fd);
	if (r == 0)
		r = aw_snap_open_named(path, &op->snap);
	if (r == -EPROTO)
		return deny(op, "has a snapshot of another release: update "
				"awssso here");
	if (r != 0)
		return r == -EIO || r > 0 ? deny(op, "has no whole snapshot")
					  : r;
	op->is_mapped = true;
	if (aw_snap_verify(&op->snap) < 0)
		return deny(op, "has a damaged snapshot");
	if (strcmp(aw_snap_store(&op->snap),
		op->daemon->conf.identity_store_id) != 0)
		return deny(op, "is of another identity store");
	if (op->snap.generation != op->end.head.generation)
		return deny(op, "names another generation than its snapshot");
	return 0;
}

static int copy_step(struct aw_published_op *op)
{
	size_t n = 0;
	int r;

	r = copy_chunk(op, &n);
	if (r < 0)
		return r;
	op->copied += n;
	if (n > 0)
		return 0;
	r = check_bytes(op);
	if (r == 0 && op->is_known) {
		op->end.unchanged = true;
		return AW_END;
	}
	if (r == 0)
		r = open_snapshot(op);
	if (r == 0) {
		op->stage.snap = &op->snap;
		op->step = STEP_STAGE;
	}
	return r;
}

/* A bit of work, and then whoever else has something to do. */
static int on_turn(sd_event_source *source, void *user)
{
	struct aw_published_op *op = user;
	int r;

	r = op->step == STEP_COPY
		? copy_step(op)
		: aw_published_stage(&op->stage, &op->end.why);
	if (r == 0)
		r = sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
	if (r == AW_END)
		finish(op, AW_NET_OK);
	else if (r < 0 || r == AW_DENIED)
		fail(op, r);
	return 0;
}

/* --- the object -------------------------------------------------------- */

static int take_object(struct aw_published_op *op, int fd)
{
	struct aw_daemon *daemon = op->daemon;
	uint8_t raw[AW_PUBLISHED_HEAD] = { 0 };
	struct stat st;
	int r;

	if (fd < 0 || !aw_sock_memfd_is_sealed(fd))
		return deny(op, "did not come with its bytes");
	op->object_fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (op->object_fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (pread(fd, raw, sizeof(raw), 0) < 0)
		return -errno;
	r = aw_published_check(&daemon->state, &daemon->conf, raw,
	    (uint64_t)st.st_size, time(NULL), &op->end.head, &op->end.why);
	if (r != 0 && r != AW_STALE)
		return r;
	op->is_known = r == AW_STALE && !op->anew;
	op->ctx = EVP_MD_CTX_new();
	if (!op->ctx || EVP_DigestInit_ex(op->ctx, EVP_sha256(), NULL) != 1)
		return -ENOMEM;
	if (!op->is_known)
		r = open_copy(daemon->settings.state, &op->copy_fd);
	if (r < 0)
		return r;
	r = sd_event_add_defer(daemon->event, &op->turn, on_turn, op);
	return r < 0 ? r : 0;
}

static void on_answer(void *user, const struct aw_wire_in *in, int fd)
{
	struct aw_published_op *op = user;
	struct aw_published_end *end = &op->end;
	enum aw_net net;
	int r;

	op->request = 0;
	if (!in) {
		aw_diag_set(&end->why, "awssso-netd does not answer");
		finish(op, AW_NET_UNAVAIL);
		return;
	}
	net = (enum aw_net)aw_wire_num(in, AW_TAG_NET, 0);
	if (aw_wire_text(in, AW_TAG_ETAG, end->etag, sizeof(end->etag)) < 0)
		end->etag[0] = '\0';
	end->unchanged = aw_wire_num(in, AW_TAG_UNCHANGED, 0) == 1;
	if (net != AW_NET_OK) {
		aw_ignore(aw_wire_text(
		    in, AW_TAG_TEXT, end->why.text, sizeof(end->why.text)));
		finish(op, net);
		return;
	}
	if (end->unchanged) {
		finish(op, AW_NET_OK);
		return;
	}
	r = take_object(op, fd);
	if (r != 0)
		fail(op, r);
}

int aw_published_start(struct aw_daemon *daemon, const char *etag, bool anew,
    struct aw_staging *staging, aw_published_fn *done, void *user,
    struct aw_published_op **ret)
{
	struct aw_published_op *op = calloc(1, sizeof(*op));
	struct aw_wire_out out;
	int r;

	if (!op)
		return -ENOMEM;
	op->daemon = daemon;
	op->object_fd = -1;
	op->copy_fd = -1;
	op->stage.state = &daemon->state;
	op->stage.conf = &daemon->conf;
	op->stage.staging = staging;
	op->done = done;
	op->user = user;
	aw_netd_begin(&daemon->netd, AW_MSG_FETCH, &out);
	op->anew = anew;
	if (*etag && !anew)
		aw_wire_put_text(&out, AW_TAG_ETAG, etag);
	r = aw_netd_ask(
	    &daemon->netd, &out, FETCH_MS, on_answer, op, &op->request);
	if (r < 0) {
		op->request = 0;
		aw_published_cancel(op);
		return r;
	}
	*ret = op;
	return 0;
}
