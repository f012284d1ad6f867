/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which account and region this host is in: STS says whose the host's own keys
 * are, and an instance's identity document has to say the same, which anybody
 * who answers at the metadata service's address could write.  Only the document
 * knows the region.  The account of a role that those keys assume does not
 * count.
 */
#ifndef AW_AWSSSO_NETD_HOST_H
#define AW_AWSSSO_NETD_HOST_H

#include "awssso_netd/aws.h"
#include "common/proto.h"
#include "common/text.h"

struct aw_host_end {
	enum aw_net net;
	struct aw_diag why;           /* unless AW_NET_OK */
	const char *account, *region; /* AW_NET_OK; "" if not known */
};

struct aw_host_op;
/* @end is borrowed.  The op is gone when this returns. */
typedef void aw_host_done_fn(void *user, const struct aw_host_end *end);

/* @done is called once, later.  Returns 0 with *@ret or a negative errno. */
int aw_host_start(struct aw_aws *aws, uint64_t deadline_ms,
    aw_host_done_fn *done, void *user, struct aw_host_op **ret) AW_MUST_USE;
void aw_host_cancel(struct aw_host_op *op);

#endif
