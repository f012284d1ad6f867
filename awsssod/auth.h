/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AUTH: who is told at once, who may skip the code, who gets one.
 */
#ifndef AW_AWSSSOD_AUTH_H
#define AW_AWSSSOD_AUTH_H

#include "awsssod/ask.h"
#include "awsssod/attempt.h"
#include "awsssod/server.h"

/* Answer @ask on @conn, now or later. */
void aw_auth_start(struct aw_conn *conn, const struct aw_ask *ask);

/* The attempt must give way to a newer one (struct aw_attempts.drop). */
void aw_auth_drop(void *daemon, struct aw_attempt *attempt);

#endif
