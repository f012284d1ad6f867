/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attempts to sign in: one flow and one verdict per key, and how many codes
 * may be open at once (R38).
 *
 * A closed attempt answers the same key again for ten minutes (a failure of
 * ours for ten seconds), because sshd and sudo ask three times.  Pure: the
 * clock is a parameter, what an open attempt is doing is the owner's.
 */
#ifndef AW_AWSSSOD_ATTEMPT_H
#define AW_AWSSSOD_ATTEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "awsssod/access.h"
#include "awsssod/catalogue.h"
#include "common/name.h"

#define AW_ATTEMPT_MAX        1024
#define AW_ATTEMPT_PER_USER   5
#define AW_ATTEMPT_PER_HOST   64
#define AW_ATTEMPT_KEEP_MS    (10 * 60 * 1000)
#define AW_ATTEMPT_FAILURE_MS (10 * 1000)

struct aw_attempt {
	bool is_used;
	bool is_open;
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

struct aw_attempts {
	struct aw_attempt *slot; /* AW_ATTEMPT_MAX */
	aw_attempt_drop_fn *drop;
	void *drop_user;
};

/* 0 or -ENOMEM. */
int aw_attempts_init(struct aw_attempts *attempts, aw_attempt_drop_fn *drop,
    void *user) AW_MUST_USE;
void aw_attempts_done(struct aw_attempts *attempts);

/* The attempt with @key, open or closed and not forgotten, or NULL. */
struct aw_attempt *aw_attempts_find(
    struct aw_attempts *attempts, const char *key, uint64_t now_ms);

/*
 * Open an attempt.  Those that must give way are dropped first: the same key;
 * the same user and source; then, at the limit, the oldest of the user's
 * other sources, or of all other sources.  Never fails.
 */
struct aw_attempt *aw_attempts_open(struct aw_attempts *attempts,
    const char *key, const char *user, const char *source, void *owner,
    uint64_t now_ms);

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
