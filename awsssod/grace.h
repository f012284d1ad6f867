/* SPDX-License-Identifier: Apache-2.0 */
/*
 * offline_grace: while AWS cannot be asked, the last proof of this very login
 * session counts a little longer for a service that says so.  Off by default.
 *
 * It rests on what was proved in this session and seen live: a code that its
 * person approved, and, where a permission set is asked for, the portal's yes
 * for that set and account.  An answer of AWS's always counts before it, and a
 * no ends it.  Kept in memory, by a clock that nobody can turn back.
 */
#ifndef AW_AWSSSOD_GRACE_H
#define AW_AWSSSOD_GRACE_H

#include <stdbool.h>

#include "awsssod/live.h"
#include "awsssod/session.h"

/* The portal has answered what @ask, about @person, wants to know. */
void aw_grace_note(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, const struct aw_live_result *result);

/* @say instead, unless it is an outage and @person may go on all the same:
 * AW_SAY_GRACE. */
enum aw_say aw_grace(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, enum aw_say say);

#endif
