/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instance metadata service, version 2 only: the keys of the instance's
 * role, and the account and region it runs in.  At its IPv4 or IPv6 address,
 * never through a proxy.
 */
#ifndef AW_AWSSSO_NETD_IMDS_H
#define AW_AWSSSO_NETD_IMDS_H

#include "awssso_netd/http.h"
#include "awssso_netd/secret.h"
#include "common/conf.h"
#include "common/outcome.h"
#include "common/proto.h"
#include "common/text.h"

enum aw_imds_what {
	AW_IMDS_KEYS,
	AW_IMDS_DOCUMENT, /* the instance identity document */
};

struct aw_imds_answer {
	enum aw_net net;
	struct aw_diag why;           /* unless @net is AW_NET_OK */
	struct aw_keys *keys;         /* AW_IMDS_KEYS; borrowed: ref to keep */
	char account[16], region[36]; /* AW_IMDS_DOCUMENT */
};

/* The URL that the metadata service has by these settings.  Borrowed. */
const char *aw_imds_base(const struct aw_conf *conf);

struct aw_imds_op;
/* @answer is borrowed.  The op is gone when this returns. */
typedef void aw_imds_done_fn(void *user, const struct aw_imds_answer *answer);

/*
 * Ask for @what.  @done is called once, later.  Returns 0 with *@ret for
 * aw_imds_cancel(), or a negative errno.
 */
int aw_imds_start(struct aw_http *http, const struct aw_conf *conf,
    enum aw_imds_what what, aw_imds_done_fn *done, void *user,
    struct aw_imds_op **ret) AW_MUST_USE;
void aw_imds_cancel(struct aw_imds_op *op);

/* The texts of the two JSON answers, parsed into @ret (@net and what goes with
 * it).  Pure. */
void aw_imds_read_keys(
    const char *text, size_t len, struct aw_imds_answer *ret);
void aw_imds_read_document(
    const char *text, size_t len, struct aw_imds_answer *ret);

#endif
