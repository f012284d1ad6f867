/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token store.  A timer wipes what has ended, so that a token does not
 * outlive its time just because nobody asks for it.
 */
#include "awssso_netd/token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define ACCURACY_US 1000000

struct kept {
	uint64_t handle; /* 0: free */
	const void *owner;
	const char *region;
	struct aw_secret *token;
	uint64_t end_us; /* CLOCK_BOOTTIME: sleep counts */
};

struct aw_tokens {
	sd_event *event;
	sd_event_source *timer;
	size_t n; /* places in use below this one */
	struct kept kept[AW_TOKENS_MAX];
};

static uint64_t now_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int aw_tokens_new(sd_event *event, struct aw_tokens **ret)
{
	struct aw_tokens *tokens = calloc(1, sizeof(*tokens));

	if (!tokens)
		return -ENOMEM;
	tokens->event = sd_event_ref(event);
	*ret = tokens;
	return 0;
}

static void forget(struct kept *kept)
{
	aw_secret_unref(kept->token);
	memset(kept, 0, sizeof(*kept));
}

void aw_tokens_free(struct aw_tokens *tokens)
{
	if (!tokens)
		return;
	for (size_t i = 0; i < tokens->n; i++)
		forget(&tokens->kept[i]);
	sd_event_source_unref(tokens->timer);
	sd_event_unref(tokens->event);
	free(tokens);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user);

/* Have the timer go off when the next token ends. */
static int arm(struct aw_tokens *tokens)
{
	uint64_t next = UINT64_MAX;
	int r;

	for (size_t i = 0; i < tokens->n; i++)
		if (tokens->kept[i].handle && tokens->kept[i].end_us < next)
			next = tokens->kept[i].end_us;
	if (next == UINT64_MAX)
		return 0;
	if (!tokens->timer) {
		r = sd_event_add_time(tokens->event, &tokens->timer,
		    CLOCK_BOOTTIME, next, ACCURACY_US, on_timer, tokens);
		return r < 0 ? r : 0;
	}
	r = sd_event_source_set_time(tokens->timer, next);
	if (r >= 0)
		r = sd_event_source_set_enabled(
		    tokens->timer, SD_EVENT_ONESHOT);
	return r < 0 ? r : 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
	struct aw_tokens *tokens = user;
	const uint64_t now = now_us();

	(void)source;
	(void)usec;
	for (size_t i = 0; i < tokens->n; i++)
		if (tokens->kept[i].handle && tokens->kept[i].end_us <= now)
			forget(&tokens->kept[i]);
	return arm(tokens);
}

static struct kept *find(
    struct aw_tokens *tokens, const void *owner, uint64_t handle)
{
	for (size_t i = 0; handle != 0 && i < tokens->n; i++)
		if (tokens->kept[i].handle == handle &&
		    tokens->kept[i].owner == owner)
			return &tokens->kept[i];
	return NULL;
}

static struct kept *find_free(struct aw_tokens *tokens)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (!tokens->kept[i].handle)
			return &tokens->kept[i];
	return tokens->n < AW_TOKENS_MAX ? &tokens->kept[tokens->n++] : NULL;
}

int aw_tokens_put(struct aw_tokens *tokens, const void *owner,
    struct aw_secret *token, const char *region, uint64_t life_s,
    uint64_t *ret_handle)
{
	struct kept *kept;
	uint64_t handle = 0;
	int r;

	while (handle == 0)
		if (getrandom(&handle, sizeof(handle), 0) !=
		    (ssize_t)sizeof(handle))
			return -EIO;
	kept = find_free(tokens);
	if (!kept)
		return -ENOSPC;
	kept->handle = handle;
	kept->owner = owner;
	kept->region = region;
	kept->token = aw_secret_ref(token);
	kept->end_us = now_us() + life_s * 1000000;
	r = arm(tokens);
	if (r < 0) {
		forget(kept);
		return r;
	}
	*ret_handle = handle;
	return 0;
}

int aw_tokens_get(struct aw_tokens *tokens, const void *owner, uint64_t handle,
    struct aw_secret **ret, const char **ret_region)
{
	const struct kept *kept = find(tokens, owner, handle);

	if (!kept || kept->end_us <= now_us())
		return AW_UNKNOWN;
	*ret = aw_secret_ref(kept->token);
	*ret_region = kept->region;
	return 0;
}

void aw_tokens_drop(
    struct aw_tokens *tokens, const void *owner, uint64_t handle)
{
	struct kept *kept = find(tokens, owner, handle);

	if (kept)
		forget(kept);
}

void aw_tokens_drop_all(struct aw_tokens *tokens, const void *owner)
{
	for (size_t i = 0; i < tokens->n; i++)
		if (tokens->kept[i].owner == owner)
			forget(&tokens->kept[i]);
}
