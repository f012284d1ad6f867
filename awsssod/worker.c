/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From messages to a file.  What a record may hold is judged by the writer in
 * common/, whoever sent it.
 */
#include "awsssod/worker.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/own.h"
#include "common/proto.h"
#include "common/snapshot_write.h"

struct worker {
	FILE *in;
	uint8_t *message; /* AW_WIRE_MAX */
	struct aw_snapw *writer;
};

static void worker_done(struct worker *worker)
{
	if (worker->in)
		(void)fclose(worker->in);
	aw_own_free_done(&worker->message);
	aw_snapw_free(worker->writer);
}

/* Messages follow each other without a frame of their own: the length stands
 * at offset 8 of the header (common/wire.h). */
static int read_message(struct worker *worker, struct aw_wire_in *ret)
{
	uint32_t len;

	if (fread(worker->message, AW_WIRE_HEADER, 1, worker->in) != 1)
		return -EPIPE;
	memcpy(&len, worker->message + 8, sizeof(len));
	len = le32toh(len);
	if (len < AW_WIRE_HEADER || len > AW_WIRE_MAX)
		return -EBADMSG;
	if (len > AW_WIRE_HEADER &&
	    fread(worker->message + AW_WIRE_HEADER, len - AW_WIRE_HEADER, 1,
		worker->in) != 1)
		return -EPIPE;
	return aw_wire_open(worker->message, len, ret);
}

static uint32_t num32(const struct aw_wire_in *in, uint16_t tag)
{
	const uint64_t n = aw_wire_num(in, tag, UINT64_MAX);

	return n <= UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

static int take_head(struct worker *worker, const struct aw_wire_in *in)
{
	char store[AW_STORE_SIZE];
	const struct aw_snapw_head head = {
		.store_id = store,
		.generation = aw_wire_num(in, AW_TAG_GENERATION, 0),
		.created = aw_wire_num(in, AW_TAG_TIME, 0),
		.needs_limits = aw_wire_num(in, AW_TAG_LIMITS, 1) != 0,
	};

	if (worker->writer ||
	    aw_wire_text(in, AW_TAG_STORE, store, sizeof(store)) < 0)
		return -EBADMSG;
	return aw_snapw_new(&head, &worker->writer);
}

static int take_user(
    struct worker *worker, const struct aw_wire_in *in, struct aw_diag *diag)
{
	char principal[AW_PRINCIPAL_SIZE], user_name[AW_USER_NAME_MAX + 1];
	char name[AW_NAME_SIZE], gecos[257], home[257], shell[257];
	const struct aw_snapw_user user = {
		.principal_id = principal,
		.user_name = user_name,
		.name = name,
		.gecos = gecos,
		.home = home,
		.shell = shell,
		.id = num32(in, AW_TAG_POSIX_ID),
		.flags = num32(in, AW_TAG_FLAGS),
	};

	if (aw_wire_text(
		in, AW_TAG_PRINCIPAL_ID, principal, sizeof(principal)) < 0 ||
	    aw_wire_text(in, AW_TAG_USER_NAME, user_name, sizeof(user_name)) <
		0 ||
	    aw_wire_text(in, AW_TAG_USER, name, sizeof(name)) < 0 ||
	    aw_wire_text(in, AW_TAG_GECOS, gecos, sizeof(gecos)) < 0 ||
	    aw_wire_text(in, AW_TAG_HOME, home, sizeof(home)) < 0 ||
	    aw_wire_text(in, AW_TAG_SHELL, shell, sizeof(shell)) < 0)
		return -EBADMSG;
	return aw_snapw_add_user(worker->writer, &user, NULL, diag);
}

static int take_group(
    struct worker *worker, const struct aw_wire_in *in, struct aw_diag *diag)
{
	char principal[AW_PRINCIPAL_SIZE], name[AW_NAME_SIZE];
	char display[AW_SNAP_DISPLAY_SIZE];
	const struct aw_snapw_group group = {
		.principal_id = principal,
		.name = name,
		.display = display,
		.id = num32(in, AW_TAG_POSIX_ID),
		.flags = num32(in, AW_TAG_FLAGS),
	};

	if (aw_wire_text(
		in, AW_TAG_PRINCIPAL_ID, principal, sizeof(principal)) < 0 ||
	    aw_wire_text(in, AW_TAG_USER, name, sizeof(name)) < 0 ||
	    aw_wire_text(in, AW_TAG_DISPLAY_NAME, display, sizeof(display)) < 0)
		return -EBADMSG;
	/* What is for people only must not keep a snapshot from being made. */
	if (!aw_text_is_clean(display, strlen(display)))
		display[0] = '\0';
	return aw_snapw_add_group(worker->writer, &group, NULL, diag);
}

static int take_tomb(struct worker *worker, const struct aw_wire_in *in)
{
	struct aw_snap_tomb tomb = {
		.id = num32(in, AW_TAG_POSIX_ID),
		.flags = num32(in, AW_TAG_FLAGS),
	};

	if (aw_wire_text(in, AW_TAG_PRINCIPAL_ID, tomb.principal_id,
		sizeof(tomb.principal_id)) < 0 ||
	    aw_wire_text(in, AW_TAG_USER, tomb.name, sizeof(tomb.name)) < 0 ||
	    aw_wire_text(in, AW_TAG_HOME, tomb.home, sizeof(tomb.home)) < 0)
		return -EBADMSG;
	return aw_snapw_add_tomb(worker->writer, &tomb);
}

static int take_note(struct worker *worker, const struct aw_wire_in *in)
{
	struct aw_snap_note note = { .id = num32(in, AW_TAG_POSIX_ID) };

	if (aw_wire_text(in, AW_TAG_TEXT, note.text, sizeof(note.text)) < 0 ||
	    aw_wire_text(in, AW_TAG_PRINCIPAL_ID, note.principal_id,
		sizeof(note.principal_id)) < 0)
		return -EBADMSG;
	return aw_snapw_add_note(worker->writer, &note);
}

/* 0, AW_END at SNAP_END, or a negative errno. */
static int take(
    struct worker *worker, const struct aw_wire_in *in, struct aw_diag *diag)
{
	if (in->type == AW_MSG_SNAP_HEAD)
		return take_head(worker, in);
	if (!worker->writer)
		return -EBADMSG;
	switch (in->type) {
	case AW_MSG_SNAP_USER:
		return take_user(worker, in, diag);
	case AW_MSG_SNAP_GROUP:
		return take_group(worker, in, diag);
	case AW_MSG_SNAP_TOMB:
		return take_tomb(worker, in);
	case AW_MSG_SNAP_NOTE:
		return take_note(worker, in);
	case AW_MSG_SNAP_MEMBER:
		return aw_snapw_add_member(worker->writer,
		    num32(in, AW_TAG_GROUP_INDEX),
		    num32(in, AW_TAG_USER_INDEX));
	case AW_MSG_SNAP_GRANT:
		return aw_snapw_add_grant(worker->writer,
		    num32(in, AW_TAG_SET_INDEX), num32(in, AW_TAG_GROUP_INDEX));
	case AW_MSG_SNAP_HOST:
		return aw_snapw_add_host_group(
		    worker->writer, num32(in, AW_TAG_POSIX_ID), NULL);
	case AW_MSG_SNAP_END:
		return AW_END;
	default:
		return -EBADMSG;
	}
}

static int write_file(struct worker *worker, int dir_fd, struct aw_diag *diag)
{
	aw_own_fd int fd = -1;
	int r;

	if (unlinkat(dir_fd, AW_WORKER_TEMP, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(dir_fd, AW_WORKER_TEMP,
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	r = aw_snapw_write(worker->writer, fd, diag);
	if (r < 0)
		return r;
	/* Last, so that whoever may read it never reads half of it. */
	return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

int aw_worker_run(int in_fd, int dir_fd, struct aw_diag *diag)
{
	aw_own(worker_done) struct worker worker = { .in = NULL };
	aw_own_fd int own = fcntl(in_fd, F_DUPFD_CLOEXEC, 5);
	struct aw_wire_in in;
	int r = 0;

	worker.in = own < 0 ? NULL : fdopen(own, "r");
	if (!worker.in)
		return -errno;
	(void)aw_take_fd(&own);
	worker.message = malloc(AW_WIRE_MAX);
	if (!worker.message)
		return -ENOMEM;
	while (r == 0) {
		r = read_message(&worker, &in);
		if (r == 0)
			r = take(&worker, &in, diag);
	}
	if (r != AW_END)
		return r;
	return write_file(&worker, dir_fd, diag);
}
