/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What PAM would answer: asked in a child, with the staged files mounted over
 * the host's in a mount namespace that nobody else sees.
 */
#ifndef AW_AWSSSO_SETUP_PROVE_H
#define AW_AWSSSO_SETUP_PROVE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/text.h"

#define AW_PROVE_MAX 64

struct aw_prove {
	const char *service, *user;
	bool auth; /* the auth phase, until the first prompt; else account */
	/* the answer: */
	int code;        /* of PAM */
	char text[2048]; /* the first prompt of the auth phase, cut off */
};

/*
 * Ask all @n, with the staged files or (@staged false) as the host is now.
 * Returns 0, or a negative errno: -EPERM where there can be no mount namespace,
 * -ETIMEDOUT.
 */
int aw_prove(struct aw_prove *cases, size_t n, bool staged) AW_MUST_USE;

/* Does sshd take its configuration, and which value has the setting @key
 * (lower case)?  As aw_prove(); "" when sshd does not say. */
int aw_prove_sshd(bool staged, const char *key, char *value, size_t size,
    struct aw_diag *why) AW_MUST_USE;

/* Does sudo take its sudoers?  0; AW_DENIED with @why; or a negative errno. */
int aw_prove_sudoers(bool staged, struct aw_diag *why) AW_MUST_USE;

/* What PAM calls @code. */
const char *aw_prove_word(int code);

#endif
