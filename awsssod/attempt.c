/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of attempts, small enough to be walked.
 */
#include "awsssod/attempt.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* FNV-1a: two sources that share one by chance only share their limits. */
static uint64_t hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3u;
	return h;
}

int aw_attempts_init(struct aw_attempts *attempts, unsigned per_host,
    aw_attempt_drop_fn *drop, aw_attempt_token_fn *drop_token, void *user)
{
	*attempts = (struct aw_attempts){
		.n_slots = per_host + (size_t)AW_ATTEMPT_CLOSED,
		.per_host = per_host,
		.drop = drop,
		.drop_token = drop_token,
		.user = user,
	};
	attempts->slot = calloc(attempts->n_slots, sizeof(*attempts->slot));
	attempts->start =
	    calloc(AW_ATTEMPT_RATE_KEPT, sizeof(*attempts->start));
	if (attempts->slot && attempts->start)
		return 0;
	aw_attempts_done(attempts);
	return -ENOMEM;
}

void aw_attempts_done(struct aw_attempts *attempts)
{
	free(attempts->slot);
	free(attempts->start);
	attempts->slot = NULL;
	attempts->start = NULL;
	attempts->n_used = 0;
}

void aw_attempt_forget(struct aw_attempt *attempt)
{
	memset(attempt, 0, sizeof(*attempt));
}

struct aw_attempt *aw_attempts_find(
    struct aw_attempts *attempts, const char *key, uint64_t now_ms)
{
	struct aw_attempt *closed = NULL;

	for (size_t i = 0; i < attempts->n_used; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (!attempt->is_used || strcmp(attempt->key, key) != 0)
			continue;
		if (attempt->is_open)
			return attempt;
		if (attempt->until_ms > now_ms)
			closed = attempt;
	}
	return closed;
}

/* --- how often ---------------------------------------------------------- */

static bool is_too_often(const struct aw_attempts *attempts,
    const struct aw_attempt_ask *ask, uint64_t now_ms)
{
	const uint64_t user = hash(ask->user), source = hash(ask->source);
	unsigned here = 0, strangers = 0;

	if (ask->rank == AW_ATTEMPT_PROVED)
		return false;
	for (size_t i = 0; i < AW_ATTEMPT_RATE_KEPT; i++) {
		const struct aw_attempt_start *start = &attempts->start[i];

		if (!start->at_ms || start->user != user ||
		    now_ms - start->at_ms >= AW_ATTEMPT_RATE_MS)
			continue;
		here += start->source == source;
		strangers += start->rank == AW_ATTEMPT_STRANGER;
	}
	return here >= AW_ATTEMPT_STARTS ||
	       (ask->rank == AW_ATTEMPT_STRANGER &&
		   strangers >= AW_ATTEMPT_STRANGERS);
}

static void note_start(struct aw_attempts *attempts,
    const struct aw_attempt_ask *ask, uint64_t now_ms)
{
	if (ask->rank == AW_ATTEMPT_PROVED)
		return;
	attempts->start[attempts->n_starts++ % AW_ATTEMPT_RATE_KEPT] =
	    (struct aw_attempt_start){
		    .user = hash(ask->user),
		    .source = hash(ask->source),
		    .at_ms = now_ms,
		    .rank = ask->rank,
	    };
}

void aw_attempts_approved(
    struct aw_attempts *attempts, const char *user, const char *source)
{
	const uint64_t user_hash = hash(user), source_hash = hash(source);

	for (size_t i = 0; i < AW_ATTEMPT_RATE_KEPT; i++) {
		struct aw_attempt_start *start = &attempts->start[i];

		if (start->user == user_hash && start->source == source_hash)
			*start = (struct aw_attempt_start){ .at_ms = 0 };
	}
}

/* --- who gives way ------------------------------------------------------ */

static void give_way(struct aw_attempts *attempts, struct aw_attempt *attempt)
{
	attempts->drop(attempts->user, attempt);
	attempt->is_open = false;
}

/* @user NULL: anybody's. */
static bool is_among(const struct aw_attempt *attempt, const char *user)
{
	return attempt->is_used && attempt->is_open &&
	       (!user || strcmp(attempt->user, user) == 0);
}

static bool may_give_way(const struct aw_attempt *attempt,
    const struct aw_attempt_ask *ask, uint64_t now_ms)
{
	if (attempt->rank != ask->rank)
		return attempt->rank < ask->rank;
	return strcmp(attempt->source, ask->source) == 0 ||
	       now_ms - attempt->since_ms >= AW_ATTEMPT_LIFE_MS;
}

static unsigned count_source(
    const struct aw_attempts *attempts, const char *user, uint64_t source)
{
	unsigned n = 0;

	for (size_t i = 0; i < attempts->n_used; i++)
		n += attempts->slot[i].source_hash == source &&
		     is_among(&attempts->slot[i], user);
	return n;
}

/* @a gives way before @b: lower rank, more codes at its source, another source
 * than the newcomer's, older. */
static bool is_first(const struct aw_attempts *attempts, const char *user,
    const struct aw_attempt *a, const struct aw_attempt *b, uint64_t source)
{
	unsigned n_a, n_b;

	if (a->rank != b->rank)
		return a->rank < b->rank;
	if (a->source_hash == b->source_hash)
		return a->since_ms < b->since_ms;
	n_a = count_source(attempts, user, a->source_hash);
	n_b = count_source(attempts, user, b->source_hash);
	if (n_a != n_b)
		return n_a > n_b;
	if ((a->source_hash == source) != (b->source_hash == source))
		return b->source_hash == source;
	return a->since_ms < b->since_ms;
}

/* What has to go so that one more of @user's (NULL: of anybody's) stays within
 * @limit.  AW_SAY_ALLOWED with *@ret, NULL when there is room. */
static enum aw_say find_room(struct aw_attempts *attempts,
    const struct aw_attempt_ask *ask, const char *user, unsigned limit,
    uint64_t now_ms, struct aw_attempt **ret)
{
	const uint64_t source = hash(ask->source);
	struct aw_attempt *best = NULL;
	unsigned n = 0;

	*ret = NULL;
	for (size_t i = 0; i < attempts->n_used; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (!is_among(attempt, user))
			continue;
		n++;
		if (may_give_way(attempt, ask, now_ms) &&
		    (!best || is_first(attempts, user, attempt, best, source)))
			best = attempt;
	}
	if (n < limit)
		return AW_SAY_ALLOWED;
	*ret = best;
	return best ? AW_SAY_ALLOWED : AW_SAY_TOO_MANY;
}

/* The one of the same user and source, which there is once at most. */
static struct aw_attempt *find_same(
    struct aw_attempts *attempts, const struct aw_attempt_ask *ask)
{
	for (size_t i = 0; i < attempts->n_used; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (is_among(attempt, ask->user) &&
		    strcmp(attempt->source, ask->source) == 0)
			return attempt;
	}
	return NULL;
}

static enum aw_say make_way(struct aw_attempts *attempts,
    const struct aw_attempt_ask *ask, uint64_t now_ms)
{
	struct aw_attempt *same = find_same(attempts, ask);
	struct aw_attempt *of_user = NULL, *of_host = NULL;
	enum aw_say say;

	if (same)
		say = same->rank > ask->rank ? AW_SAY_TOO_MANY : AW_SAY_ALLOWED;
	else
		say = find_room(attempts, ask, ask->user, AW_ATTEMPT_PER_USER,
		    now_ms, &of_user);
	if (say == AW_SAY_ALLOWED && !same && !of_user)
		say = find_room(
		    attempts, ask, NULL, attempts->per_host, now_ms, &of_host);
	if (say != AW_SAY_ALLOWED)
		return say;
	/* One goes, one comes: a person's limit has made room on the host. */
	if (same)
		give_way(attempts, same);
	else if (of_user)
		give_way(attempts, of_user);
	else if (of_host)
		give_way(attempts, of_host);
	return AW_SAY_ALLOWED;
}

/* --- slots -------------------------------------------------------------- */

/* @a is forgotten before @b. */
static bool is_forgotten_first(
    const struct aw_attempt *a, const struct aw_attempt *b)
{
	if ((a->token != 0) != (b->token != 0))
		return b->token != 0;
	return a->until_ms < b->until_ms;
}

/* A slot for @key: that of the closed one before it, a free one, or that of
 * the closed one forgotten first.  There is one: no more than per_host are
 * open. */
static struct aw_attempt *find_slot(
    struct aw_attempts *attempts, const char *key)
{
	struct aw_attempt *free_one = NULL, *best = NULL;

	for (size_t i = 0; i < attempts->n_used; i++) {
		struct aw_attempt *attempt = &attempts->slot[i];

		if (!attempt->is_used)
			free_one = free_one ? free_one : attempt;
		else if (attempt->is_open)
			continue;
		else if (strcmp(attempt->key, key) == 0)
			return attempt;
		else if (!best || is_forgotten_first(attempt, best))
			best = attempt;
	}
	if (free_one)
		return free_one;
	if (attempts->n_used < attempts->n_slots)
		return &attempts->slot[attempts->n_used++];
	return best;
}

static struct aw_attempt *take_slot(struct aw_attempts *attempts,
    const char *key, const char *user, const char *source)
{
	struct aw_attempt *attempt = find_slot(attempts, key);

	if (attempt->token)
		attempts->drop_token(attempts->user, attempt->token);
	aw_attempt_forget(attempt);
	attempt->is_used = true;
	attempt->source_hash = hash(source);
	if (aw_copy(attempt->key, sizeof(attempt->key), key) < 0 ||
	    aw_copy(attempt->user, sizeof(attempt->user), user) < 0 ||
	    aw_copy(attempt->source, sizeof(attempt->source), source) < 0)
		attempt->key[0] = '\0';
	return attempt;
}

enum aw_say aw_attempts_open(struct aw_attempts *attempts,
    const struct aw_attempt_ask *ask, uint64_t now_ms, struct aw_attempt **ret)
{
	struct aw_attempt *attempt =
	    aw_attempts_find(attempts, ask->key, now_ms);
	enum aw_say say;

	if (attempt && attempt->is_open)
		give_way(attempts, attempt);
	if (is_too_often(attempts, ask, now_ms))
		return AW_SAY_TOO_MANY;
	say = make_way(attempts, ask, now_ms);
	if (say != AW_SAY_ALLOWED)
		return say;
	note_start(attempts, ask, now_ms);
	attempt = take_slot(attempts, ask->key, ask->user, ask->source);
	attempt->is_open = true;
	attempt->rank = ask->rank;
	attempt->since_ms = now_ms;
	attempt->owner = ask->owner;
	*ret = attempt;
	return AW_SAY_ALLOWED;
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

	for (size_t i = 0; i < attempts->n_used; i++)
		n += attempts->slot[i].is_used && attempts->slot[i].is_open;
	return n;
}
