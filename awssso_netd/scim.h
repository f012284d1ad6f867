/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question to the SCIM endpoint, with all its attempts.
 */
#ifndef AW_AWSSSO_NETD_SCIM_H
#define AW_AWSSSO_NETD_SCIM_H

#include <json-c/json.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/secret.h"
#include "common/buf.h"
#include "common/proto.h"
#include "common/text.h"

struct aw_scim_request {
	const char *operation; /* "SCIM Users": what texts call it */
	const char *path;      /* "/Users?count=100", escaped */
	struct aw_secret *token;
	unsigned attempts;    /* 0: AW_RETRY_ATTEMPTS */
	uint64_t slack_ms;    /* of Retry-After; 0: none */
	uint64_t deadline_ms; /* no attempt behind it; 0: none */
};

struct aw_scim_answer {
	enum aw_net net; /* AW_NET_NOT_FOUND: the endpoint itself says so */
	struct aw_diag why;
	long status;              /* HTTP's, 0: nobody answered */
	uint64_t hint_ms;         /* how long to wait, says the server; or 0 */
	struct json_object *json; /* AW_NET_OK; borrowed */
};

struct aw_scim_op;
/* The op is gone when this returns. */
typedef void aw_scim_done_fn(void *user, const struct aw_scim_answer *answer);

/* Start (all of @request is copied or referenced).  @done is called once,
 * later.  Returns 0 with *@ret or a negative errno. */
int aw_scim_start(struct aw_aws *aws, const struct aw_scim_request *request,
    aw_scim_done_fn *done, void *user, struct aw_scim_op **ret) AW_MUST_USE;
void aw_scim_cancel(struct aw_scim_op *op); /* takes NULL */

/*
 * What an answer of HTTP @status, not 200, with @body means; never AW_NET_OK.
 * Pure.
 */
enum aw_net aw_scim_judge(const char *operation, long status, const char *body,
    size_t len, struct aw_diag *why);

#endif
