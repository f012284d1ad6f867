/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same directory through SCIM 2.0, at two addresses:
 *
 *   /AW_SIM_SCIM_TENANT/scim/v2   as AWS serves it: cursors, filters with eq
 *                                 only, groups without their members
 *   /standard/scim/v2             as RFC 7644 has it: startIndex and count,
 *                                 members in the groups
 *
 * One token, made up at start, opens both.
 */
#ifndef AW_IDCSIM_SCIM_H
#define AW_IDCSIM_SCIM_H

#include "common/outcome.h"
#include "tests/idcsim/crypto.h"

struct aw_sim;

#define AW_SIM_SCIM_TENANT "11111111-2222-4333-8444-555555555555"

void aw_sim_scim_token(const struct aw_sim *sim, char ret[AW_SIM_HEX]);
/* Write it to a new file at @path, mode 0600.  0 or a negative errno. */
int aw_sim_scim_token_write(
    const struct aw_sim *sim, const char *path) AW_MUST_USE;

#endif
