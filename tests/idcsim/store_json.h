/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents of the Identity Store as its API shows them.  Each of the _json
 * functions returns a new document to be put.
 */
#ifndef AW_IDCSIM_STORE_JSON_H
#define AW_IDCSIM_STORE_JSON_H

#include <stdbool.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_sim;
struct json_object;

struct json_object *aw_sim_user_json(
    const struct aw_sim *sim, struct json_object *user);
struct json_object *aw_sim_group_json(
    const struct aw_sim *sim, struct json_object *group);
struct json_object *aw_sim_membership_json(
    const struct aw_sim *sim, const char *group_id, const char *user_id);
struct json_object *aw_sim_member_result_json(
    const char *group_id, const char *user_id, bool is_member);

/*
 * Look up the union AlternateIdentifier @id among @all people or groups.
 * Returns 0 with *@ret (borrowed; NULL: there is none), or -EINVAL with @diag.
 */
int aw_sim_store_alternate(struct json_object *all, bool is_user,
    struct json_object *id, struct json_object **ret,
    struct aw_diag *diag) AW_MUST_USE;

#endif
