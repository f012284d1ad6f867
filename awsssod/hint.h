/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints: somebody whom this host does not know tries to log in.  The directory
 * may know them by now, so they are asked for in the background and, if it
 * does, are there at the next connection.
 *
 * Budgets keep strangers from spending AWS's quota: a source gets one hint a
 * minute, the host six, a name that the directory does not know is not asked
 * for again for ten minutes.  What the budget refuses costs nothing at all.
 */
#ifndef AW_AWSSSOD_HINT_H
#define AW_AWSSSOD_HINT_H

#include <stdbool.h>
#include <stdint.h>

#include "awsssod/ask.h"
#include "awsssod/server.h"
#include "common/wire.h"

#define AW_HINT_PER_MINUTE  6
#define AW_HINT_MINUTE_MS   60000
#define AW_HINT_UNKNOWN_MS  (10 * 60 * 1000)
#define AW_HINT_KEY_MS      (10 * 60 * 1000)
#define AW_HINT_UNKNOWN_MAX 64 /* ten minutes of hints, and some */
#define AW_HINT_KEYS_MAX    256
#define AW_HINT_NAMES_MAX   4 /* UserNames that one Linux name may stand for */

/* One that was let through; the last six of them are the budget. */
struct aw_hint {
	struct aw_daemon *daemon;
	uint64_t at_ms; /* 0: none */
	uint64_t request;
	char name[AW_NAME_SIZE];
	char source[320];
};

struct aw_hints {
	struct aw_daemon *daemon;
	struct aw_hint last[AW_HINT_PER_MINUTE]; /* a ring */
	unsigned at;
	struct aw_hint_unknown {
		char name[AW_NAME_SIZE];
		uint64_t until_ms;
	} unknown[AW_HINT_UNKNOWN_MAX]; /* a ring */
	unsigned unknown_at;
	struct aw_hint_key {
		char key[AW_ASK_KEY_SIZE];
		uint64_t until_ms;
	} keys[AW_HINT_KEYS_MAX]; /* connections that hinted; a ring */
	unsigned keys_at;
};

void aw_hints_init(struct aw_hints *hints, struct aw_daemon *daemon);
/* Break off what is being asked. */
void aw_hints_done(struct aw_hints *hints);

/* A HINT has come. */
void aw_hint_take(struct aw_conn *conn, const struct aw_ask *ask);

/*
 * The connection of @ask began as a stranger's.  sshd goes on taking it for
 * that, and would die of a success: the person must connect again.
 */
bool aw_hint_was(
    const struct aw_hints *hints, const struct aw_ask *ask, uint64_t now_ms);

/*
 * May @source ask for @name at @now_ms?  If so the budget is spent and the
 * hint to go on with is returned, else NULL.  Pure but for @hints.
 */
struct aw_hint *aw_hints_admit(struct aw_hints *hints, const char *name,
    const char *source, uint64_t now_ms);
/* The directory does not know @name. */
void aw_hints_unknown(
    struct aw_hints *hints, const char *name, uint64_t now_ms);

/* The UserNames that @rules would call @name, most likely first. */
struct aw_hint_names {
	unsigned n;
	char user_name[AW_HINT_NAMES_MAX][AW_USER_NAME_MAX + 1];
};
void aw_hint_names(const struct aw_name_rules *rules, const char *name,
    struct aw_hint_names *ret);

#endif
