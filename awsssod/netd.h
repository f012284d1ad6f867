/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line to awssso-netd: one connection, many requests, told apart by
 * random one-time ids (an answer with an id that nobody waits for is dropped).
 *
 * Each request ends in exactly one of: its last answer; silence (a call with
 * no answer: time is up, or the connection is gone); aw_netd_forget().
 */
#ifndef AW_AWSSSOD_NETD_H
#define AW_AWSSSOD_NETD_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/wire.h"

#define AW_NETD_PENDING_MAX 4096 /* sign-ins that wait, and questions */

/* An answer, or NULL: there will be none.  @fd (-1: none) is borrowed.  The
 * request is over unless @answer is FLOW_CODE or PAGE. */
typedef void aw_netd_fn(void *user, const struct aw_wire_in *answer, int fd);

/* The connection came up or went down. */
typedef void aw_netd_state_fn(void *user, bool is_up);

struct aw_netd_pending {
	uint64_t id; /* 0: unused */
	uint16_t type;
	uint64_t deadline_ms;
	aw_netd_fn *fn;
	void *user;
};

struct aw_netd {
	sd_event *event;
	const char *path;
	int fd;
	sd_event_source *io, *retry, *timer;
	unsigned backoff_ms;
	bool is_up; /* on_state was told so */
	aw_netd_state_fn *on_state;
	void *on_state_user;
	uint8_t *in, *out; /* AW_WIRE_MAX each */
	struct aw_netd_pending pending[AW_NETD_PENDING_MAX];
};

/* Connect to @path, now and again until aw_netd_done().  Returns 0 also when
 * nobody listens there yet, or a negative errno. */
int aw_netd_init(struct aw_netd *netd, sd_event *event, const char *path,
    aw_netd_state_fn *on_state, void *user) AW_MUST_USE;
void aw_netd_done(struct aw_netd *netd);

/* Begin a request of type @type in @netd's own storage; the caller adds the
 * fields.  Nothing else may be begun in between. */
void aw_netd_begin(
    struct aw_netd *netd, uint16_t type, struct aw_wire_out *ret);

/*
 * Send what was begun and call @fn for its answers.  Returns 0 with @ret_id;
 * or a negative errno, when @fn will not be called: -ENOTCONN, -EAGAIN (netd
 * does not read), -EBUSY (too many wait)...
 */
int aw_netd_ask(struct aw_netd *netd, struct aw_wire_out *out,
    unsigned timeout_ms, aw_netd_fn *fn, void *user,
    uint64_t *ret_id) AW_MUST_USE;

/* The error of AWS's that an answer names, NULL for none. */
const struct aw_fault *aw_netd_fault(const struct aw_wire_in *in);

/* The request has @timeout_ms from now on. */
void aw_netd_extend(struct aw_netd *netd, uint64_t id, unsigned timeout_ms);

/* Nobody waits for @id any more (0 or unknown: nothing happens). */
void aw_netd_forget(struct aw_netd *netd, uint64_t id);

/* Send a message that has no answer: CANCEL or PAGE_OK of request @id, or
 * DROP of @token. */
void aw_netd_cancel(struct aw_netd *netd, uint64_t id);
void aw_netd_page_ok(struct aw_netd *netd, uint64_t id);
void aw_netd_drop(struct aw_netd *netd, uint64_t token);

#endif
