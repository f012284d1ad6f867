/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device authorization flow at SSO-OIDC, from the client's registration to
 * the person's access token.
 *
 *	register -> authorize -> code() -> wait -> poll -> end(token or why not)
 *	   ^            |                    ^       |
 *	   +------------+ invalid_client     +-------+ pending, slow_down,
 *silence (once), next region (silence)
 */
#ifndef AW_AWSSSO_NETD_DEVICE_H
#define AW_AWSSSO_NETD_DEVICE_H

#include "awssso_netd/call.h"
#include "awssso_netd/oidc.h"

struct aw_device_code {
	const char *user_code;
	const char *uri;
	const char *uri_complete; /* NULL: none */
	uint64_t expires_in;      /* seconds, at most until the deadline */
	uint64_t interval;        /* seconds */
};

struct aw_device_end {
	enum aw_net net;
	struct aw_diag why;      /* unless AW_NET_OK */
	struct aw_secret *token; /* borrowed: ref to keep */
	uint64_t expires_in;     /* seconds */
	const char *region;      /* that the token is of; from the settings */
	const char *request_id;
};

struct aw_device;

/* Both get their arguments borrowed.  @code is called at most once, @end once;
 * the device is gone when @end returns. */
struct aw_device_handler {
	void (*code)(void *user, const struct aw_device_code *code);
	void (*end)(void *user, const struct aw_device_end *end);
};

/*
 * Start a flow that the approver's page shows as @client_name, to be over at
 * @deadline_ms.  @handler is borrowed for good.  Returns 0 with *@ret for
 * aw_device_cancel(), or a negative errno.
 */
int aw_device_start(struct aw_aws *aws, const char *client_name,
    uint64_t deadline_ms, const struct aw_device_handler *handler, void *user,
    struct aw_device **ret) AW_MUST_USE;
void aw_device_cancel(struct aw_device *device);

#endif
