/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OPEN that waits a moment for the snapshot.  A process takes its groups
 * along when the login begins, and sudo goes by these: the groups of sets that
 * were learned at this very sign-in must be there before the session is.
 */
#ifndef AW_AWSSSOD_OPENING_H
#define AW_AWSSSOD_OPENING_H

#include <stdbool.h>

#include "awsssod/ask.h"
#include "awsssod/person.h"

struct aw_conn;
struct aw_daemon;
struct aw_opening;

/* Answer @ask, which is allowed, once the snapshot is up to date, and in any
 * case before PAM gives up.  False: it is now, or there is no memory, and the
 * caller answers. */
bool aw_opening_wait(struct aw_conn *conn, const struct aw_ask *ask,
    const struct aw_person *person);

/* A snapshot has been published: answer all that waited for it. */
void aw_opening_published(struct aw_daemon *daemon);

#endif
