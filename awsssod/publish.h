/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The snapshot: gathering changes, streaming the rows to a worker process as
 * its pipe drains, putting the finished file in place.
 *
 * Order: the ledger is committed before the first row is read; the worker
 * syncs the file before it ends; only then is it renamed.  A generation that
 * changes meanwhile starts it anew.
 */
#ifndef AW_AWSSSOD_PUBLISH_H
#define AW_AWSSSOD_PUBLISH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "awsssod/rows.h"

struct aw_daemon;

struct aw_publish {
	struct aw_daemon *daemon;
	const char *program; /* what is executed with --snapshot-worker */
	uint64_t gather_ms;  /* at least so long between two snapshots */
	uint64_t published_ms;
	int dir_fd;
	sd_event_source *soon, *punch, *pipe, *child;
	bool is_due;  /* something changed since the rows were read */
	int pipe_fd;  /* to the worker, while it runs */
	pid_t worker; /* 0: none */
	int old_fd;   /* the file that was replaced, until it is punched */
	uint64_t n_published;
	char trouble[160]; /* why the last attempt came to nothing, or "" */
	char mark[64];     /* of what is being written, see fingerprint() */
	struct aw_rows rows;
	uint8_t *chunk; /* rows on their way */
	size_t chunk_len, chunk_sent;
};

int aw_publish_init(
    struct aw_publish *publish, struct aw_daemon *daemon) AW_MUST_USE;
void aw_publish_done(struct aw_publish *publish);

/* Something that the snapshot shows has changed. */
void aw_publish_soon(struct aw_publish *publish);
/* Try now what failed, if anything did. */
void aw_publish_retry(struct aw_publish *publish);
/* Somebody waits: publish what has changed without gathering more, unless
 * that takes long.  False: nothing has changed. */
bool aw_publish_hurry(struct aw_publish *publish);
/* There is a new generation: what is being written is out of date. */
void aw_publish_anew(struct aw_publish *publish);

/* Something has changed that is not in place yet. */
bool aw_publish_is_busy(const struct aw_publish *publish);

/* Publish if what is in place is not what would be published now. */
void aw_publish_if_stale(struct aw_publish *publish);

#endif
