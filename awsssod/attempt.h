/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts to sign in: one flow and one verdict per key, and how many codes
 * may be open at once (R38).
 *
 * A closed attempt answers the same key again for ten minutes (a failure of
 * ours for ten seconds), because sshd and sudo ask three times; of more than
 * AW_ATTEMPT_CLOSED the one forgotten first goes, one whose token waits last.
 *
 * Nobody locks a person out who can show that she is no stranger:
 *  - Within a user and source the newest wins, but not over a higher rank.
 *  - At a limit what gives way is of a lower rank, or of the same rank and
 *    open for AW_ATTEMPT_LIFE_MS; of the lowest rank first, then of the source
 *    with the most codes, then the oldest.  Nothing to give way: the newcomer
 *    is refused.
 *  - Who has not proved anything may start AW_ATTEMPT_STARTS codes for a user
 *    and source, and strangers AW_ATTEMPT_STRANGERS for a user, in ten
 *    minutes, until one of them is approved.
 *
 * Pure: the clock is a parameter, what an open attempt is doing is the
 * owner's.
 */
#ifndef AW_AWSSSOD_ATTEMPT_H
#define AW_AWSSSOD_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "awsssod/access.h"
#include "awsssod/catalogue.h"
#include "common/name.h"

#define AW_ATTEMPT_CLOSED     4096
#define AW_ATTEMPT_PER_USER   5
#define AW_ATTEMPT_LIFE_MS    (30 * 1000)
#define AW_ATTEMPT_STARTS     10
#define AW_ATTEMPT_STRANGERS  100
#define AW_ATTEMPT_RATE_MS    (10 * 60 * 1000)
#define AW_ATTEMPT_RATE_KEPT  4096 /* starts that are remembered */
#define AW_ATTEMPT_KEEP_MS    (10 * 60 * 1000)
#define AW_ATTEMPT_FAILURE_MS (10 * 1000)

enum aw_attempt_rank {
	AW_ATTEMPT_STRANGER,
	AW_ATTEMPT_KNOWN,  /* the person has had sessions from there */
	AW_ATTEMPT_PROVED, /* a key in this connection, or a session of hers */
};

struct aw_attempt_ask {
	const char *key, *user, *source;
	enum aw_attempt_rank rank;
	void *owner;
};

struct aw_attempt {
	bool is_used;
	bool is_open;
	enum aw_attempt_rank rank;
	uint64_t source_hash;
	char key[640];
	char user[AW_NAME_SIZE];
	char source[320];
	uint64_t since_ms;
	uint64_t until_ms; /* closed: forgotten then */
	void *owner;       /* open: whose flow it is */
	/* how it was closed: */
	enum aw_say say;
	char code[9];
	char text[AW_SAY_SIZE];
	/* approved: what waits for the session to open */
	struct aw_access_facts sets;
	uint64_t approved_ms;
	uint64_t token; /* 0: none, or taken */
	uint64_t token_until_ms;
};

/* Told of an open attempt that must give way; it is closed on return. */
typedef void aw_attempt_drop_fn(void *user, struct aw_attempt *attempt);
/* Told of a token that waited in a closed attempt and is needed no more. */
typedef void aw_attempt_token_fn(void *user, uint64_t token);

struct aw_attempt_start {
	uint64_t user, source; /* hashes */
	uint64_t at_ms;        /* 0: none */
	enum aw_attempt_rank rank;
};

struct aw_attempts {
	struct aw_attempt *slot;
	size_t n_used; /* slots that were ever used: the first ones */
	size_t n_slots;
	unsigned per_host;
	struct aw_attempt_start *start; /* a ring */
	size_t n_starts;
	aw_attempt_drop_fn *drop;
	aw_attempt_token_fn *drop_token;
	void *user;
};

/* At most @per_host are open at once.  0 or -ENOMEM. */
int aw_attempts_init(struct aw_attempts *attempts, unsigned per_host,
    aw_attempt_drop_fn *drop, aw_attempt_token_fn *drop_token,
    void *user) AW_MUST_USE;
void aw_attempts_done(struct aw_attempts *attempts);

/* The attempt with @key, open or closed and not forgotten, or NULL. */
struct aw_attempt *aw_attempts_find(
    struct aw_attempts *attempts, const char *key, uint64_t now_ms);

/*
 * Open an attempt.  The same key and what must give way are dropped first.
 * Returns AW_SAY_ALLOWED with *@ret; or AW_SAY_TOO_MANY, and nothing has
 * changed but that the same key is dropped.
 */
enum aw_say aw_attempts_open(struct aw_attempts *attempts,
    const struct aw_attempt_ask *ask, uint64_t now_ms,
    struct aw_attempt **ret) AW_MUST_USE;

/* A sign-in of @user at @source was approved: what was started for it there was
 * wanted, and counts no more. */
void aw_attempts_approved(
    struct aw_attempts *attempts, const char *user, const char *source);

/* A closed attempt for what was decided without a code; nothing gives way. */
struct aw_attempt *aw_attempts_note(struct aw_attempts *attempts,
    const char *key, const char *user, const char *source);

/* Close it with @say; @text and @code are what the person was told. */
void aw_attempt_close(struct aw_attempt *attempt, enum aw_say say,
    const char *text, const char *code, uint64_t now_ms);

/* Forget it as if it had never been. */
void aw_attempt_forget(struct aw_attempt *attempt);

unsigned aw_attempts_count_open(const struct aw_attempts *attempts);

#endif
