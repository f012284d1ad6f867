/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ACCOUNT: may this person come in, however they proved who they are?  Runs
 * for every login, by key, cron or su too, and is sudo's gate.  Never starts
 * a flow.
 */
#ifndef AW_AWSSSOD_ACCOUNT_H
#define AW_AWSSSOD_ACCOUNT_H

#include "awsssod/ask.h"
#include "awsssod/server.h"

void aw_account_start(struct aw_conn *conn, const struct aw_ask *ask);

#endif
