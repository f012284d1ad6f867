/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS's error answers: what they say (four dialects) and what that means for
 * us.  Pure.
 */
#ifndef AW_AWSSSO_NETD_ERROR_H
#define AW_AWSSSO_NETD_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "awssso_netd/endpoint.h"
#include "common/proto.h"
#include "common/text.h"

struct aw_error {
	/* Normalised ("ThrottlingException"); of SSO-OIDC the OAuth word
	 * ("slow_down"); "" when the answer names none. */
	char code[64];
	char message[200]; /* made safe to print */
	char resource[32]; /* ResourceType */
	char reason[48];
	int64_t retry_after; /* RetryAfterSeconds, 0 if absent */
};

/*
 * Read an error answer of @service with the x-amzn-ErrorType field @type ("":
 * none) and any body: what cannot be read is left empty.
 */
void aw_error_read(enum aw_service service, const char *type, const char *body,
    size_t len, struct aw_error *ret);

/*
 * What an answer of HTTP @status with @error means; never AW_NET_OK.  @why is
 * a sentence for the log, who to ask for what, with the fault it is.
 */
enum aw_net aw_error_judge(enum aw_service service, const char *operation,
    long status, const struct aw_error *error, struct aw_diag *why);

/* @code says that the stamp on our request was wrong, or may say so. */
bool aw_error_is_clock(const char *code);
/* @code says that the keys are not (any more) known: fetch them anew. */
bool aw_error_is_keys(const char *code);

#endif
