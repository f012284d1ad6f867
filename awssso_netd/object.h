/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetching the published directory, unless it is the one that is known: over
 * https by its ETag, from a file by what tells one file from another.  What it
 * says is not looked at here.
 */
#ifndef AW_AWSSSO_NETD_OBJECT_H
#define AW_AWSSSO_NETD_OBJECT_H

#include "awssso_netd/aws.h"
#include "awssso_netd/http.h"
#include "common/proto.h"
#include "common/text.h"

struct aw_object_end {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	bool unchanged;
	char etag[AW_HTTP_HEADER_SIZE]; /* "" if there is none */
	int fd;                         /* a sealed memfd, borrowed; or -1 */
};

struct aw_object_op;
/* The op is gone when this returns. */
typedef void aw_object_done_fn(void *user, const struct aw_object_end *end);

/* Fetch conf->published_from unless it is @etag ("": in any case).  @done is
 * called once, later.  Returns 0 with *@ret or a negative errno. */
int aw_object_start(struct aw_aws *aws, const char *etag,
    aw_object_done_fn *done, void *user, struct aw_object_op **ret) AW_MUST_USE;
void aw_object_cancel(struct aw_object_op *op); /* takes NULL */

#endif
