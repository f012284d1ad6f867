/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prompt: everything a person needs to approve, and to notice that they
 * should not (R36): who, which host, which service, from where, until when.
 */
#ifndef AW_AWSSSOD_PROMPT_H
#define AW_AWSSSOD_PROMPT_H

#include <stdbool.h>
#include <time.h>

#include "common/buf.h"

struct aw_prompt {
	const char *user, *host, *service;
	const char *rhost; /* "" when it is this host itself */
	const char *uri;   /* the complete one if there is one */
	const char *code;
	const char *qr; /* drawn, or "" */
	unsigned seconds;
	time_t until;
	bool enter; /* the prompt waits for Enter */
};

/* "ssh", or the service's own name: what a person would call it. */
const char *aw_prompt_service(const char *service);

/* The name that the approver's consent page shows: "ssh to HOST as USER",
 * "sudo on HOST as USER".  Returns 0 or -EMSGSIZE. */
int aw_prompt_client_name(const char *service, const char *host,
    const char *user, char *buf, size_t size) AW_MUST_USE;

/* Add the prompt's text to @buf. */
void aw_prompt_compose(const struct aw_prompt *prompt, struct aw_buf *buf);

#endif
