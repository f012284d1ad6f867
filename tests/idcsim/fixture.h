/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fixture: one JSON file, in AWS's own field names, that says who and what
 * there is.
 *
 *   { "region", "identity_store_id", "start_url",
 *     "accounts": [{ AccountId, AccountName, EmailAddress }],
 *     "users": [{ UserId, UserName, DisplayName, UserStatus, ... }],
 *     "groups": [{ GroupId, DisplayName, "Members": [UserId] }],
 *     "permission_sets": [{ Name, PermissionSetArn, "Assignments":
 *         [{ AccountId, PrincipalType, PrincipalId }] }] }
 *
 * May be added: "instance_arn", "host_account" (else the first account),
 * "device": { "interval", "expires_in" }, "token_expires_in", "page_size",
 * "throttle", "second_region" (another one in which the instance is enabled:
 * clients and tokens of one count for nothing in the other).  Of a person only
 * the two ids must be there, as on AWS.
 */
#ifndef AW_IDCSIM_FIXTURE_H
#define AW_IDCSIM_FIXTURE_H

#include <stddef.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_sim;

/*
 * Fill @sim (initialised, no fixture yet) from the JSON @text of @len bytes.
 * Returns 0, or -EINVAL with @diag naming the place ("users[3].UserId:
 * missing"); @sim is then good for nothing but aw_sim_done().
 */
int aw_sim_fixture_parse(struct aw_sim *sim, const char *text, size_t len,
    struct aw_diag *diag) AW_MUST_USE;

/* The same from the file at @path. */
int aw_sim_fixture_load(
    struct aw_sim *sim, const char *path, struct aw_diag *diag) AW_MUST_USE;

#endif
