/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso revoke: what somebody was approved for ends at once, in every session
 * and in every sign-in that is under way.  The sessions themselves are the
 * kernel's; ending them is root's work (awssso/end.h).
 */
#ifndef AW_AWSSSOD_REVOKE_H
#define AW_AWSSSOD_REVOKE_H

#include "awsssod/server.h"

/* Answer REVOKE.  Returns 0, or AW_DENIED when the request makes no sense. */
int aw_revoke(struct aw_conn *conn, const struct aw_wire_in *in) AW_MUST_USE;

#endif
