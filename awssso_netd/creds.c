/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When keys are fetched anew, and who is served meanwhile.  One fetch at a time
 * serves all who wait; keys that still live serve while it is under way.  The
 * clock is the one that keys end by: if it jumps, they are fetched too early,
 * or AWS refuses them, and then they are fetched as well.
 */
#include "awssso_netd/creds.h"

#include <errno.h>
#include <stdlib.h>

#include "awssso_netd/log.h"
#include "awssso_netd/retry.h"
#include "common/own.h"

#define MARGIN_S 600 /* before the end; new ones lie ready 5 minutes before */
#define JITTER_S 300
#define AGAIN_S  60
#define FILE_S   30 /* keys in a file do not say when they end */

struct aw_creds {
	struct aw_aws *aws;
	enum aw_fetch_stage stage;
	struct aw_environment environment;
	struct aw_keys *keys; /* NULL: none */
	int64_t due;          /* ask for others from then on; by AWS's clock */
	struct aw_fetch *fetch;
	struct aw_creds_wait *waiting;
};

int aw_creds_new(
    struct aw_aws *aws, enum aw_fetch_stage stage, struct aw_creds **ret)
{
	struct aw_creds *creds = calloc(1, sizeof(*creds));

	if (!creds)
		return -ENOMEM;
	creds->aws = aws;
	creds->stage = stage;
	aw_environment_read(&creds->environment);
	*ret = creds;
	return 0;
}

void aw_creds_free(struct aw_creds *creds)
{
	if (!creds)
		return;
	aw_fetch_cancel(creds->fetch);
	aw_keys_unref(creds->keys);
	free(creds);
}

void aw_creds_drop(struct aw_creds *creds, const struct aw_keys *keys)
{
	if (creds->keys != keys)
		return;
	aw_keys_unref(creds->keys);
	creds->keys = NULL;
}

int64_t aw_creds_refresh_in(int64_t life, uint32_t random)
{
	int64_t wait;

	if (life <= 0)
		return 600 + 600 * (int64_t)random / UINT32_MAX;
	wait = life - MARGIN_S - JITTER_S * (int64_t)random / UINT32_MAX;
	return wait < AGAIN_S ? AGAIN_S : wait;
}

static void set_due(struct aw_creds *creds, int64_t seconds)
{
	creds->due = aw_aws_now(creds->aws) + seconds;
}

static bool never_end(const struct aw_keys *keys)
{
	return keys->expires == INT64_MAX;
}

static int64_t life_of(const struct aw_creds *creds)
{
	return creds->keys->expires - aw_aws_now(creds->aws);
}

static void keep(struct aw_creds *creds, struct aw_keys *keys)
{
	aw_keys_unref(creds->keys);
	creds->keys = keys;
	if (never_end(keys)) {
		set_due(creds, FILE_S);
		return;
	}
	if (life_of(creds) <= 0)
		aw_log(LOG_WARNING,
		    "the host's keys had ended when they came: they serve "
		    "until AWS refuses them");
	set_due(creds, aw_creds_refresh_in(life_of(creds), aw_retry_random()));
}

/*
 * The keys to go on with after a fetch that failed: the old ones, until AWS
 * refuses them.  They are asked for again in a while, not by every request.
 * Keys of a file do not outlive their file.
 */
static struct aw_keys *old_keys(
    struct aw_creds *creds, const struct aw_key_answer *answer)
{
	if (!creds->keys || never_end(creds->keys))
		return NULL;
	aw_log(LOG_WARNING, "%s: the old keys go on serving", answer->why.text);
	set_due(creds, AGAIN_S);
	return aw_keys_ref(creds->keys);
}

static void on_fetched(void *user, const struct aw_key_answer *answer)
{
	struct aw_creds *creds = user;
	aw_own(aw_keys_done) struct aw_keys *keys = NULL;
	struct aw_creds_wait *wait;

	creds->fetch = NULL;
	if (answer->net == AW_NET_OK) {
		keys = aw_keys_ref(answer->keys);
		keep(creds, aw_keys_ref(keys));
	} else {
		keys = old_keys(creds, answer);
	}
	/* One by one: whoever is told may stop others from waiting. */
	while ((wait = creds->waiting) != NULL) {
		creds->waiting = wait->next;
		wait->next = NULL;
		wait->ready(wait, keys, answer->net, &answer->why);
	}
}

/* Nobody has to wait for others while these live. */
static bool may_serve(const struct aw_creds *creds, bool due)
{
	if (!creds->keys)
		return false;
	return !due || (!never_end(creds->keys) && life_of(creds) > AGAIN_S);
}

int aw_creds_get(
    struct aw_creds *creds, struct aw_creds_wait *wait, struct aw_keys **ret)
{
	const bool due = !creds->keys || aw_aws_now(creds->aws) >= creds->due;
	int r = 0;

	if (due && !creds->fetch)
		r = aw_fetch_start(creds->aws, creds->stage,
		    &creds->environment, on_fetched, creds, &creds->fetch);
	if (may_serve(creds, due)) {
		*ret = aw_keys_ref(creds->keys);
		return 0;
	}
	if (r < 0)
		return r;
	wait->next = creds->waiting;
	creds->waiting = wait;
	return AW_PENDING;
}

void aw_creds_unwait(struct aw_creds *creds, struct aw_creds_wait *wait)
{
	struct aw_creds_wait **at = &creds->waiting;

	while (*at && *at != wait)
		at = &(*at)->next;
	if (*at)
		*at = wait->next;
	wait->next = NULL;
}
