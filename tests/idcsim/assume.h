/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STS: AssumeRole and AssumeRoleWithWebIdentity.
 */
#ifndef AW_IDCSIM_ASSUME_H
#define AW_IDCSIM_ASSUME_H

#include "tests/idcsim/call.h"

struct aw_sim_key;

/* Answer @call; of AssumeRole, for the owner of @key. */
void aw_sim_assume_role(struct aw_sim_call *call, const struct aw_sim_key *key);
void aw_sim_assume_web(struct aw_sim_call *call);

#endif
