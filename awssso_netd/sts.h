/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STS GetCallerIdentity: whose keys these are.
 */
#ifndef AW_AWSSSO_NETD_STS_H
#define AW_AWSSSO_NETD_STS_H

#include "awssso_netd/call.h"

struct aw_sts_identity {
	char arn[512]; /* those of roles have less than 200 bytes */
	char account[13];
};

/* Start GetCallerIdentity as @auth says, with @keys for AW_CALL_KEYS. */
int aw_sts_start(struct aw_aws *aws, enum aw_call_auth auth,
    struct aw_keys *keys, const char *region, uint64_t deadline_ms,
    aw_call_done_fn *done, void *user, struct aw_call **ret) AW_MUST_USE;

/*
 * Read an answer, JSON or XML.  Returns 0; or -EBADMSG with @diag: not one
 * answer, a field missing, not ASCII or too long.
 */
int aw_sts_read(const char *body, size_t len, struct aw_sts_identity *ret,
    struct aw_diag *diag) AW_MUST_USE;

#endif
