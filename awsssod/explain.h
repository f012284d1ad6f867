/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso explain: what would be said to a person now, or would have been at a
 * time that is on record, and by which line of the policy; and what a denial's
 * code stands for.  Nothing is asked, remembered or
 * changed for it.
 */
#ifndef AW_AWSSSOD_EXPLAIN_H
#define AW_AWSSSOD_EXPLAIN_H

#include "awsssod/server.h"

/* Answer EXPLAIN and EXPLAIN_CODE.  Returns 0, or AW_DENIED when the request
 * makes no sense. */
int aw_explain(struct aw_conn *conn, const struct aw_wire_in *in) AW_MUST_USE;

#endif
