/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locked memory, one mapping a secret: what is unmapped leaves nothing behind
 * in a heap that something else could read.
 */
#include "awssso_netd/secret.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* @size zeroed bytes, or NULL. */
static void *map(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Past RLIMIT_MEMLOCK a secret may be swapped; that is said once at
	 * start, and no reason to refuse somebody's sign-in. */
	(void)mlock(p, size);
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

static void unmap(void *p, size_t size)
{
	explicit_bzero(p, size);
	(void)munmap(p, size);
}

int aw_secret_new(const char *text, struct aw_secret **ret)
{
	const size_t len = strlen(text);
	struct aw_secret *secret = map(sizeof(*secret) + len + 1);

	if (!secret)
		return -ENOMEM;
	secret->refs = 1;
	secret->len = len;
	memcpy(secret->text, text, len + 1);
	*ret = secret;
	return 0;
}

struct aw_secret *aw_secret_ref(struct aw_secret *secret)
{
	secret->refs++;
	return secret;
}

void aw_secret_unref(struct aw_secret *secret)
{
	if (secret && --secret->refs == 0)
		unmap(secret, sizeof(*secret) + secret->len + 1);
}

int aw_keys_new(const char *id, const char *secret, const char *session,
    int64_t expires, struct aw_keys **ret)
{
	const size_t len = session ? strlen(session) : 0;
	struct aw_keys *keys;

	if (!*id || !*secret || strlen(id) >= sizeof(keys->id) ||
	    strlen(secret) >= sizeof(keys->secret))
		return -EINVAL;
	keys = map(sizeof(*keys) + len + 1);
	if (!keys)
		return -ENOMEM;
	keys->refs = 1;
	keys->expires = expires;
	memcpy(keys->id, id, strlen(id));
	memcpy(keys->secret, secret, strlen(secret));
	if (len > 0)
		memcpy(keys->session, session, len);
	*ret = keys;
	return 0;
}

struct aw_keys *aw_keys_ref(struct aw_keys *keys)
{
	keys->refs++;
	return keys;
}

void aw_keys_unref(struct aw_keys *keys)
{
	if (keys && --keys->refs == 0)
		unmap(keys, sizeof(*keys) + strlen(keys->session) + 1);
}
