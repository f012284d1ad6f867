/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keys that a container's agent hands out (ECS, EKS Pod Identity): one GET,
 * with a token if the agent asks for one.  Never through a proxy.
 */
#ifndef AW_AWSSSO_NETD_CONTAINER_H
#define AW_AWSSSO_NETD_CONTAINER_H

#include "awssso_netd/aws.h"
#include "awssso_netd/environment.h"
#include "awssso_netd/key_answer.h"

#define AW_CONTAINER_URL 1024

/* Where to ask and with what.  Borrowed from settings and environment. */
struct aw_container_place {
	char url[AW_CONTAINER_URL];
	const char *token_file; /* wins over @token; NULL: none */
	const char *token;      /* NULL: none */
};

/*
 * The place by the settings, and where they say nothing by the environment; a
 * relative URI wins over a whole one.  Returns 0, or -EINVAL with @why: none is
 * named, or http to a host that is neither this machine nor AWS's agent.
 */
int aw_container_find(const struct aw_conf *conf,
    const struct aw_environment *environment, struct aw_container_place *ret,
    struct aw_diag *why) AW_MUST_USE;

struct aw_container_op;

/*
 * Ask at @place (copied; the token file is read at each attempt).  @done is
 * called once, later.  Returns 0 with *@ret for aw_container_cancel(), or a
 * negative errno.
 */
int aw_container_start(struct aw_aws *aws,
    const struct aw_container_place *place, aw_key_answer_fn *done, void *user,
    struct aw_container_op **ret) AW_MUST_USE;
void aw_container_cancel(struct aw_container_op *op);

#endif
