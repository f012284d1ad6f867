/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judging an approval: the facts of FLOW_END against what awsssod knows.
 */
#ifndef AW_AWSSSOD_JUDGE_H
#define AW_AWSSSOD_JUDGE_H

#include "awsssod/flow.h"

/* End @flow by @in, a FLOW_END. */
void aw_judge_facts(struct aw_flow *flow, const struct aw_wire_in *in);

#endif
