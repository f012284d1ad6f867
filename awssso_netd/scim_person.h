/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a SCIM endpoint says about one person right now: GET /Users/ID, and the
 * groups by a filter, where the server honours one that finds them.  Where it
 * does not, person->groups_unknown says that the last sweep's groups are the
 * best there is.
 */
#ifndef AW_AWSSSO_NETD_SCIM_PERSON_H
#define AW_AWSSSO_NETD_SCIM_PERSON_H

#include "awssso_netd/person.h"

/* The contract of aw_person_start(). */
struct aw_scim_person;
int aw_scim_person_start(struct aw_aws *aws, const char *principal_id,
    bool with_groups, uint64_t deadline_ms, aw_person_done_fn *done, void *user,
    struct aw_scim_person **ret) AW_MUST_USE;
void aw_scim_person_cancel(struct aw_scim_person *op); /* takes NULL */

#endif
