/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking on a role at STS: AssumeRole with the host's own keys, or
 * AssumeRoleWithWebIdentity with a token and no keys at all.
 */
#ifndef AW_AWSSSO_NETD_ASSUME_H
#define AW_AWSSSO_NETD_ASSUME_H

#include "awssso_netd/call.h"

/* Start AssumeRole on role_arn of the settings, signed with the host's own
 * keys.  Returns as aw_call_start(). */
int aw_assume_role(struct aw_aws *aws, uint64_t deadline_ms,
    aw_call_done_fn *done, void *user, struct aw_call **ret) AW_MUST_USE;

/*
 * Start AssumeRoleWithWebIdentity on web_identity_role_arn, with the token that
 * the file holds now.  Returns as aw_call_start(), or the error of the file
 * with @why.
 */
int aw_assume_web(struct aw_aws *aws, uint64_t deadline_ms,
    aw_call_done_fn *done, void *user, struct aw_call **ret,
    struct aw_diag *why) AW_MUST_USE;

/*
 * What an answer to either brings.  Returns AW_NET_OK with *@ret to be
 * unreffed, or else what went wrong with @why, which names the setting or the
 * policy that has to change.
 */
enum aw_net aw_assume_read(const struct aw_conf *conf, bool is_web,
    const struct aw_call_answer *answer, struct aw_keys **ret,
    struct aw_diag *why) AW_MUST_USE;

/*
 * The session's name: role_session_name, or awssso- and as much of @host as
 * such a name may hold.
 */
void aw_assume_session(
    const struct aw_conf *conf, const char *host, char ret[65]);

#endif
