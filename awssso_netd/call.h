/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One operation of an AWS service: finds the endpoint, fetches keys, signs,
 * sends, retries, and says what came of it.  A call that waits for keys keeps
 * its own deadline.
 *
 *	start -> [keys] -> sign, send -> answer --> done
 *	            ^                      |
 *	            +---- wait <-----------+  (retry.h, stale keys, wrong clock,
 *	                                       one odd 401 of the portal)
 */
#ifndef AW_AWSSSO_NETD_CALL_H
#define AW_AWSSSO_NETD_CALL_H

#include <json-c/json.h>

#include "awssso_netd/aws.h"
#include "awssso_netd/endpoint.h"
#include "awssso_netd/error.h"
#include "awssso_netd/secret.h"
#include "common/outcome.h"
#include "common/proto.h"
#include "common/text.h"

#define AW_REQUEST_ID_SIZE 80

enum aw_call_auth {
	AW_CALL_PLAIN,  /* unsigned */
	AW_CALL_BEARER, /* @token in the portal's header field */
	AW_CALL_HOST,   /* signed with the keys of role_arn, or AW_CALL_OWN */
	AW_CALL_OWN,    /* signed with the host's own keys */
	AW_CALL_KEYS,   /* signed with @keys */
};

struct aw_call_request {
	enum aw_service service;
	const char *operation;
	const char *region;
	const char *path; /* "/token"; a query in it is escaped already */
	const char *body; /* NULL: GET */
	size_t body_len;
	enum aw_call_auth auth;
	struct aw_secret *token; /* AW_CALL_BEARER */
	struct aw_keys *keys;    /* AW_CALL_KEYS */
	bool xml;                /* of STS: as its documents promise */
	unsigned attempts;       /* 0: AW_RETRY_ATTEMPTS */
	uint64_t slack_ms;       /* of the server's retry hints; 0: 5 s */
	uint64_t deadline_ms;    /* no retry behind it; 0: none */
};

struct aw_call_answer {
	enum aw_net net;
	struct aw_diag why; /* unless AW_NET_OK */
	struct aw_error error;
	bool silent;              /* nobody answered at all */
	uint64_t hint_ms;         /* how long to wait, says the server; or 0 */
	struct json_object *json; /* AW_NET_OK, but for STS */
	const char *body;
	size_t len;
	char request_id[AW_REQUEST_ID_SIZE]; /* of the last attempt, or "" */
};

struct aw_call;
/* @answer is borrowed.  The call is gone when this returns. */
typedef void aw_call_done_fn(void *user, const struct aw_call_answer *answer);

/*
 * Start (all of @request is copied or referenced).  @done is called once,
 * later, never from in here.  Returns 0 with *@ret for aw_call_cancel(), or a
 * negative errno.
 */
int aw_call_start(struct aw_aws *aws, const struct aw_call_request *request,
    aw_call_done_fn *done, void *user, struct aw_call **ret) AW_MUST_USE;

/* How far AWS's clock is before ours, in seconds, if @answer tells. */
struct aw_http_answer;
bool aw_call_clock(const struct aw_http_answer *answer, int64_t *ret);

/* @done will not be called.  Takes NULL. */
void aw_call_cancel(struct aw_call *call);

#endif
