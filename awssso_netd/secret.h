/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: tokens, client secrets, AWS keys.  They live in pages of their own
 * that are locked (as far as RLIMIT_MEMLOCK allows), left out of core dumps
 * and wiped before they are given back.  Nothing here prints one.
 */
#ifndef AW_AWSSSO_NETD_SECRET_H
#define AW_AWSSSO_NETD_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"

/* One text, shared by counting; aw_secret_unref() takes NULL. */
struct aw_secret {
	unsigned refs;
	size_t len;
	char text[]; /* NUL-terminated */
};

/* Returns 0 with *@ret to be unreffed, or -ENOMEM. */
int aw_secret_new(const char *text, struct aw_secret **ret) AW_MUST_USE;
struct aw_secret *aw_secret_ref(struct aw_secret *secret);
void aw_secret_unref(struct aw_secret *secret);

/* AWS keys, counted as well. */
struct aw_keys {
	unsigned refs;
	int64_t expires; /* epoch seconds; INT64_MAX: never */
	char id[132];
	char secret[260];
	char session[]; /* "" for long-lived keys */
};

/*
 * @session may be NULL.  Returns 0; -EINVAL when the id or the secret is empty
 * or longer than AWS makes them; or -ENOMEM.
 */
int aw_keys_new(const char *id, const char *secret, const char *session,
    int64_t expires, struct aw_keys **ret) AW_MUST_USE;
struct aw_keys *aw_keys_ref(struct aw_keys *keys);
void aw_keys_unref(struct aw_keys *keys);

/* For aw_own(): a variable that holds one reference. */
static inline void aw_secret_done(struct aw_secret **secret)
{
	aw_secret_unref(*secret);
	*secret = NULL;
}

static inline void aw_keys_done(struct aw_keys **keys)
{
	aw_keys_unref(*keys);
	*keys = NULL;
}

#endif
