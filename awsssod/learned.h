/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permission sets that people were seen to hold, where no sweep can read who
 * holds what: a person's own sets come with the approval of a sign-in and with
 * each live question of sudo's.
 *
 * What is learned counts until the session that it was learned in ends, and 8
 * hours at most; it is in state.db, so that a restart neither forgets nor
 * prolongs it.  An answer that lacks a set ends it in all sessions at once.
 */
#ifndef AW_AWSSSOD_LEARNED_H
#define AW_AWSSSOD_LEARNED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/wire.h"

struct aw_attempt;
struct aw_daemon;

#define AW_LEARNED_S      (8 * 3600)
#define AW_LEARNED_OPEN_S 120 /* a sign-in waits so long for its session */

/* The session of a sign-in whose own has yet to open, for aw_learned_take(). */
int64_t aw_learned_pending(
    const struct aw_daemon *daemon, const struct aw_attempt *attempt);

/*
 * The ROLE fields of @in are all the sets that person @n holds in this host's
 * account: they count in @session, the others no longer.  With @session 0
 * nothing is added.  A failure is logged and changes nothing.
 */
void aw_learned_take(struct aw_daemon *daemon, int64_t n, int64_t session,
    const struct aw_wire_in *in);

/* The session @row of person @n has opened, @attempt was its sign-in.  True:
 * something was learned there. */
bool aw_learned_open(struct aw_daemon *daemon, int64_t n,
    const struct aw_attempt *attempt, int64_t row);
/* The session @row has ended. */
void aw_learned_close(struct aw_daemon *daemon, int64_t row);

/* End what has lasted long enough, or whose session is gone; now and then,
 * and at the start, when sign-ins without a session are forgotten as well. */
void aw_learned_expire(struct aw_daemon *daemon);
void aw_learned_start(struct aw_daemon *daemon);

#endif
