/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The published directory (source = published): fetched by awssso-netd, proven
 * and staged here, a bit at a time so that nobody who signs in waits for it.
 *
 *	FETCH -> head: form, key, signature, not older, not of the future
 *	      -> the one in force: is it still, byte for byte?  Nothing more
 *	      -> copied to a file of our own while it is hashed
 *	      -> the snapshot: checksums, store, generation
 *	      -> staged as a sweep is, with its names, ids and homes
 *
 * What is not proven to the end changes nothing.
 */
#ifndef AW_AWSSSOD_PUBLISHED_H
#define AW_AWSSSOD_PUBLISHED_H

#include "awsssod/staging.h"
#include "common/conf.h"
#include "common/proto.h"
#include "common/published.h"

#define AW_PUBLISHED_ETAG 161

struct aw_daemon;

/* How it ended. */
struct aw_published_end {
	enum aw_net net; /* AW_NET_OK: staged whole, or unchanged */
	struct aw_diag why;
	bool unchanged;
	struct aw_published head;
	char etag[AW_PUBLISHED_ETAG];
};
/* The op is gone when this returns; it may not start another one. */
typedef void aw_published_fn(void *user, const struct aw_published_end *end);

/* Fetch, unless it is @etag or the one in force; with @anew whatever it is.
 * @staging is borrowed; @done is called once,
 * later.  Returns 0 with *@ret or a negative errno. */
struct aw_published_op;
int aw_published_start(struct aw_daemon *daemon, const char *etag, bool anew,
    struct aw_staging *staging, aw_published_fn *done, void *user,
    struct aw_published_op **ret) AW_MUST_USE;
void aw_published_cancel(struct aw_published_op *op); /* takes NULL */

/*
 * Is the head @raw of an object of @size bytes signed by the key of @conf, and
 * may it follow what @state has seen of that key?  Returns 0 with *@ret;
 * AW_STALE, with *@ret too, when it is the very one in force; AW_DENIED with
 * @diag; or a negative errno.
 */
int aw_published_check(struct aw_state *state, const struct aw_conf *conf,
    const uint8_t *raw, uint64_t size, int64_t now, struct aw_published *ret,
    struct aw_diag *diag) AW_MUST_USE;

/* It has been applied: nothing older counts from now on.  0 or a negative
 * errno. */
int aw_published_keep(
    struct aw_state *state, const struct aw_published *head) AW_MUST_USE;

#endif
