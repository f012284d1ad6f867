/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SSO-OIDC's three operations: what we send, what we read, and how to go on
 * polling.  Pure.
 */
#ifndef AW_AWSSSO_NETD_OIDC_H
#define AW_AWSSSO_NETD_OIDC_H

#include <json-c/json.h>

#include "awssso_netd/error.h"
#include "common/buf.h"
#include "common/outcome.h"
#include "common/text.h"

/* Request bodies.  Return 0 or a negative errno. */
int aw_oidc_register_body(
    const char *client_name, struct aw_buf *ret) AW_MUST_USE;
int aw_oidc_authorize_body(const char *client_id, const char *client_secret,
    const char *start_url, struct aw_buf *ret) AW_MUST_USE;
int aw_oidc_token_body(const char *client_id, const char *client_secret,
    const char *device_code, struct aw_buf *ret) AW_MUST_USE;

/* Answers; texts are borrowed from the JSON.  Return 0 or -EBADMSG. */
struct aw_oidc_client {
	const char *id, *secret;
	int64_t expires; /* epoch seconds */
};
int aw_oidc_read_client(struct json_object *json, struct aw_oidc_client *ret,
    struct aw_diag *diag) AW_MUST_USE;

struct aw_oidc_device {
	const char *device_code, *user_code;
	const char *uri;
	const char *uri_complete; /* NULL: none */
	int64_t expires_in, interval;
};
int aw_oidc_read_device(struct json_object *json, struct aw_oidc_device *ret,
    struct aw_diag *diag) AW_MUST_USE;

struct aw_oidc_token {
	const char *token;
	int64_t expires_in;
};
int aw_oidc_read_token(struct json_object *json, struct aw_oidc_token *ret,
    struct aw_diag *diag) AW_MUST_USE;

/* How long to wait between two CreateToken requests. */
struct aw_poll {
	uint64_t interval_ms; /* the server's, raised for good by slow_down */
	uint64_t wait_ms;     /* before the next request */
};

void aw_poll_init(struct aw_poll *poll, int64_t interval_s);

/*
 * CreateToken was not answered by a token but with @net and @code.  True: wait
 * poll->wait_ms and ask again; false: that was the end.
 */
bool aw_poll_goes_on(struct aw_poll *poll, enum aw_net net, const char *code);

#endif
