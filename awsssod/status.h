/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl.sock: STATUS, SYNC and WHY; who lists the ledger is awsssod/ids.h.
 */
#ifndef AW_AWSSSOD_STATUS_H
#define AW_AWSSSOD_STATUS_H

#include "awsssod/catalogue.h"
#include "awsssod/server.h"

/* Answer @in, which the table of rights allows.  Returns 0, or AW_DENIED when
 * it makes no sense. */
int aw_status_handle(
    struct aw_conn *conn, const struct aw_wire_in *in) AW_MUST_USE;

/* End an answer on ctl.sock: @net is an enum aw_net, @text may be "". */
void aw_status_done(struct aw_conn *conn, uint64_t net, const char *text);

/* Answer a request on ctl.sock with a refusal. */
void aw_status_refuse(struct aw_conn *conn, enum aw_say say);

/* Tell everybody who waits for a sweep how it goes, and how it ended. */
void aw_status_progress(struct aw_daemon *daemon);
void aw_status_sync_done(struct aw_daemon *daemon);

#endif
