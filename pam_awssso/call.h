/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One conversation with awsssod on auth.sock: a question, then answers.  An
 * answer that is not exactly one for this question ends it.
 */
#ifndef AW_PAM_AWSSSO_CALL_H
#define AW_PAM_AWSSSO_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/wire.h"
#include "pam_awssso/context.h"

struct aw_pam_call {
	int fd;
	uint64_t request;
	uint64_t deadline_ms; /* of the first answer */
	uint8_t *data;        /* AW_WIRE_SMALL bytes */
	struct aw_wire_in in; /* the latest answer, borrows @data */
};
#define AW_PAM_CALL_INIT \
	{                \
		.fd = -1 \
	}

/* Hangs up, which ends what the question started. */
void aw_pam_call_done(struct aw_pam_call *call);

/* The prompt of @pam's service waits for Enter. */
bool aw_pam_call_enter(const struct aw_pam *pam);

/*
 * Ask awsssod the question @type about @pam.  Returns 0 (aw_pam_call_done()
 * in any case), -ENOMEM, -EINVAL (what is to be said has no place in a
 * message) or the negative errno of the socket.
 */
int aw_pam_call_start(const struct aw_pam *pam, uint16_t type,
    struct aw_pam_call *call) AW_MUST_USE;

/*
 * Wait for the next answer until @deadline_ms.  Returns 0 with call->in being
 * a PROMPT or a VERDICT for our request; -EAGAIN with deadline 0; -ETIMEDOUT;
 * -ECONNRESET when awsssod hung up; -EBADMSG for anything else that it may
 * have sent; or a negative errno.
 */
int aw_pam_call_next(
    struct aw_pam_call *call, uint64_t deadline_ms) AW_MUST_USE;

/* Tell awsssod, without waiting for anything, that somebody asks for a person
 * whom this host does not know.  Whether it went out is nobody's concern. */
bool aw_pam_call_hint(const struct aw_pam *pam);

#endif
