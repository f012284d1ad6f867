/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of attempts, small enough to be walked.
 */
#include "awsssod/attempt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int aw_attempts_init(
    struct aw_attempts *attempts, aw_attempt_drop_fn *drop, void *user)
{
	attempts->slot = calloc(AW_ATTEMPT_MAX, sizeof(*attempts->slot));
	attempts->drop = drop;
	attempts->drop_user = user;
	return attempts->slot ? 0 : -ENOMEM;
}

void aw_attempts_done(struct aw_attempts *attempts)
{
	free(attempts->slot);
	attempts->slot = NULL;
}

void aw_attempt_forget(struct aw_attempt *attempt)
{
	memset(attempt, 0, sizeof(*attempt));
}

struct aw_attempt *aw_attempts_find(
    struct aw_attempts *attempts, const char *key, uint64_t now_ms)
{
	for (size_t i = 0; i < AW_ATTEMPT_MAX; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (attempt->is_used && strcmp(attempt->key, key) == 0 &&
		    (attempt->is_open || attempt->until_ms > now_ms))
			return attempt;
	}
	return NULL;
}

static void give_way(struct aw_attempts *attempts, struct aw_attempt *attempt)
{
	attempts->drop(attempts->drop_user, attempt);
	attempt->is_open = false;
}

struct who {
	const char *user; /* NULL: anybody */
	const char *not_source;
};

static bool is_among(const struct aw_attempt *attempt, const struct who *who)
{
	return attempt->is_used && attempt->is_open &&
	       (!who->user || strcmp(attempt->user, who->user) == 0);
}

/* How many are open, and the oldest of them from another source: or, when all
 * are from the newcomer's own, the oldest. */
static unsigned count(struct aw_attempts *attempts, const struct who *who,
    struct aw_attempt **ret_oldest)
{
	struct aw_attempt *oldest = NULL, *oldest_other = NULL;
	unsigned n = 0;

	for (size_t i = 0; i < AW_ATTEMPT_MAX; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (!is_among(attempt, who))
			continue;
		n++;
		if (!oldest || attempt->since_ms < oldest->since_ms)
			oldest = attempt;
		if (strcmp(attempt->source, who->not_source) != 0 &&
		    (!oldest_other ||
			attempt->since_ms < oldest_other->since_ms))
			oldest_other = attempt;
	}
	*ret_oldest = oldest_other ? oldest_other : oldest;
	return n;
}

static void keep_below(
    struct aw_attempts *attempts, const struct who *who, unsigned limit)
{
	struct aw_attempt *oldest;

	while (count(attempts, who, &oldest) >= limit)
		give_way(attempts, oldest);
}

static void make_way(struct aw_attempts *attempts, const char *key,
    const char *user, const char *source)
{
	const struct who of_user = { user, source };
	const struct who of_host = { NULL, source };

	for (size_t i = 0; i < AW_ATTEMPT_MAX; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (is_among(attempt, &of_user) &&
		    (strcmp(attempt->key, key) == 0 ||
			strcmp(attempt->source, source) == 0))
			give_way(attempts, attempt);
	}
	keep_below(attempts, &of_user, AW_ATTEMPT_PER_USER);
	keep_below(attempts, &of_host, AW_ATTEMPT_PER_HOST);
}

/* A free slot, else the closed one that is forgotten first.  There is one: no
 * more than AW_ATTEMPT_PER_HOST are open. */
static struct aw_attempt *find_slot(struct aw_attempts *attempts)
{
	struct aw_attempt *best = NULL;

	for (size_t i = 0; i < AW_ATTEMPT_MAX; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (!attempt->is_used)
			return attempt;
		if (!attempt->is_open &&
		    (!best || attempt->until_ms < best->until_ms))
			best = attempt;
	}
	return best;
}

static struct aw_attempt *take_slot(struct aw_attempts *attempts,
    const char *key, const char *user, const char *source)
{
	struct aw_attempt *attempt = NULL;

	for (size_t i = 0; i < AW_ATTEMPT_MAX && !attempt; i++)
		if (attempts->slot[i].is_used &&
		    strcmp(attempts->slot[i].key, key) == 0)
			attempt = &attempts->slot[i];
	if (!attempt)
		attempt = find_slot(attempts);
	aw_attempt_forget(attempt);
	attempt->is_used = true;
	if (aw_copy(attempt->key, sizeof(attempt->key), key) < 0 ||
	    aw_copy(attempt->user, sizeof(attempt->user), user) < 0 ||
	    aw_copy(attempt->source, sizeof(attempt->source), source) < 0)
		attempt->key[0] = '\0';
	return attempt;
}

struct aw_attempt *aw_attempts_open(struct aw_attempts *attempts,
    const char *key, const char *user, const char *source, void *owner,
    uint64_t now_ms)
{
	struct aw_attempt *attempt;

	make_way(attempts, key, user, source);
	attempt = take_slot(attempts, key, user, source);
	attempt->is_open = true;
	attempt->since_ms = now_ms;
	attempt->owner = owner;
	return attempt;
}

struct aw_attempt *aw_attempts_note(struct aw_attempts *attempts,
    const char *key, const char *user, const char *source)
{
	return take_slot(attempts, key, user, source);
}

void aw_attempt_close(struct aw_attempt *attempt, enum aw_say say,
    const char *text, const char *code, uint64_t now_ms)
{
	const enum aw_verdict verdict = aw_say_verdict(say);

	attempt->is_open = false;
	attempt->owner = NULL;
	attempt->say = say;
	attempt->until_ms = now_ms + (verdict == AW_VERDICT_UNAVAIL ||
						 verdict == AW_VERDICT_FAILED
					     ? AW_ATTEMPT_FAILURE_MS
					     : AW_ATTEMPT_KEEP_MS);
	if (aw_copy(attempt->text, sizeof(attempt->text), text) < 0 ||
	    aw_copy(attempt->code, sizeof(attempt->code), code) < 0)
		attempt->code[0] = '\0';
}

unsigned aw_attempts_count_open(const struct aw_attempts *attempts)
{
	unsigned n = 0;

	for (size_t i = 0; i < AW_ATTEMPT_MAX; i++)
		n += attempts->slot[i].is_used && attempts->slot[i].is_open;
	return n;
}
