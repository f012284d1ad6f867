/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that hold temporary keys: JSON of the metadata service and of the
 * container agents, XML of STS.  Pure.
 */
#ifndef AW_AWSSSO_NETD_KEY_ANSWER_H
#define AW_AWSSSO_NETD_KEY_ANSWER_H

#include "awssso_netd/secret.h"
#include "common/outcome.h"
#include "common/proto.h"
#include "common/text.h"

/* What came of asking for keys. */
struct aw_key_answer {
	enum aw_net net;
	struct aw_diag why;   /* unless AW_NET_OK */
	struct aw_keys *keys; /* AW_NET_OK; borrowed: ref to keep */
};

/* @answer is borrowed.  Whatever was asked is gone when this returns. */
typedef void aw_key_answer_fn(void *user, const struct aw_key_answer *answer);

/*
 * Read { Code, AccessKeyId, SecretAccessKey, Token, Expiration }.  @place names
 * the source in @why.  A Code other than Success is no keys; @has_code: it must
 * be there.  Returns 0 with *@ret to be unreffed, -EBADMSG with @why or
 * -ENOMEM.
 */
int aw_key_answer_json(const char *place, const char *text, size_t len,
    bool has_code, struct aw_keys **ret, struct aw_diag *why) AW_MUST_USE;

/* The same for STS's answer to @operation. */
int aw_key_answer_xml(const char *operation, const char *text, size_t len,
    struct aw_keys **ret, struct aw_diag *why) AW_MUST_USE;

/* "2026-11-24T04:00:00Z", with or without a fraction, as epoch seconds.
 * Returns 0 or -EINVAL. */
int aw_key_answer_time(const char *text, int64_t *ret) AW_MUST_USE;

#endif
