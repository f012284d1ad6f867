/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the whole directory, whatever its source: what a producer of a
 * sweep's records is, and its receiver.
 *
 * A producer asks its source one request at a time, at the configured pace;
 * every page is handed out as records (common/proto.h) before the next is
 * asked for, so memory does not grow with the users.  What cannot be waited
 * out, and any answer that is not as it should be, ends the sweep: it is whole
 * or void.  When a list has to be read again from its beginning, an AGAIN_REC
 * takes back what was handed out of it, so that two halves never mix.
 *
 * The producers: sweep_store.c (Identity Store), scim_sweep.h (SCIM).
 */
#ifndef AW_AWSSSO_NETD_SWEEP_H
#define AW_AWSSSO_NETD_SWEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "awssso_netd/aws.h"
#include "common/proto.h"
#include "common/text.h"

/* Records handed out and not taken back, and requests to the source. */
struct aw_sweep_counts {
	uint64_t users, groups, members, requests;
	uint64_t sets, grants, set_requests;
	uint64_t updated; /* when a row was changed last; 0: not known */
	bool sets_known;  /* the SET_RECs and GRANT_RECs are complete */
	bool sets_later;  /* AWS did not say; not that they may not be read */
};

struct aw_sweep_page {
	const void *data; /* records; NULL: there are none, it only waits */
	size_t len;
	const char *waits; /* for what, a sentence; NULL with @data */
	uint64_t requests; /* so far */
	uint64_t expected; /* in all, as far as is known; 0: not at all */
};

struct aw_sweep_end {
	enum aw_net net;
	struct aw_diag why; /* with AW_NET_OK only when sets_later */
	struct aw_sweep_counts n;
};

struct aw_sweep_handler {
	/* With data the sweep stands still until aw_sweep_go_on(), which must
	 * not be called from in here. */
	void (*page)(void *user, const struct aw_sweep_page *page);
	/* Called once; the sweep is gone when it returns. */
	void (*end)(void *user, const struct aw_sweep_end *end);
};

struct aw_sweep;

/* What a producer is: its struct begins with a struct aw_sweep. */
struct aw_sweep_kind {
	void (*go_on)(struct aw_sweep *sweep);
	void (*cancel)(struct aw_sweep *sweep);
};
struct aw_sweep {
	const struct aw_sweep_kind *kind;
};

/* Start the producer of the setting source.  @handler is borrowed for good and
 * not called from in here.  Returns 0 with *@ret or a negative errno. */
int aw_sweep_start(struct aw_aws *aws, const struct aw_sweep_handler *handler,
    void *user, struct aw_sweep **ret) AW_MUST_USE;
/* The page has been taken.  Without one waiting this does nothing. */
void aw_sweep_go_on(struct aw_sweep *sweep);
void aw_sweep_cancel(struct aw_sweep *sweep);

/* The producers; the same contract. */
int aw_sweep_store_start(struct aw_aws *aws,
    const struct aw_sweep_handler *handler, void *user,
    struct aw_sweep **ret) AW_MUST_USE;

#endif
