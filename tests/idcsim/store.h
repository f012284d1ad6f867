/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory: people, groups, accounts, permission sets.  They are kept as
 * the JSON documents that the fixture gave, in AWS's field names.
 *
 * A document has been checked by fixture.c: required members are there and of
 * their type, ids are unique, members of groups exist.
 */
#ifndef AW_IDCSIM_STORE_H
#define AW_IDCSIM_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_sim;
struct json_object;

/* The string @key of @doc, or NULL if there is none. */
const char *aw_sim_str(struct json_object *doc, const char *key);
/* The same, "" if there is none. */
const char *aw_sim_text(struct json_object *doc, const char *key);

/* The place of the string @text in the array @list, or -1. */
int aw_sim_index_of(struct json_object *list, const char *text);

/* The document in @list whose @key is @value, or NULL. */
struct json_object *aw_sim_doc_by(
    struct json_object *list, const char *key, const char *value);

bool aw_sim_user_is_disabled(struct json_object *user);

/*
 * The person called @who: a UserId, a UserName, or the part of one UserName
 * before its '@'.  Returns 0, or AW_UNKNOWN with @diag set (none, or more than
 * one).
 */
int aw_sim_find_user(struct aw_sim *sim, const char *who,
    struct json_object **ret, struct aw_diag *diag) AW_MUST_USE;
/* The group called @which: a GroupId or a DisplayName.  The same returns. */
int aw_sim_find_group(struct aw_sim *sim, const char *which,
    struct json_object **ret, struct aw_diag *diag) AW_MUST_USE;

bool aw_sim_is_member(struct json_object *group, const char *user_id);

/* The permission set @set gives @user_id access to @account (NULL: to any). */
bool aw_sim_is_assigned(struct aw_sim *sim, struct json_object *set,
    const char *account, const char *user_id);

/* A stable MembershipId for the pair. */
void aw_sim_membership_id(
    const char *group_id, const char *user_id, char ret[48]);

/*
 * Changes.  Each returns 0, AW_UNKNOWN (something named is not there),
 * AW_DENIED (it would break the directory) with @diag set, or -ENOMEM.
 */
int aw_sim_set_status(struct aw_sim *sim, const char *who, bool is_enabled,
    struct aw_diag *diag) AW_MUST_USE;
int aw_sim_set_member(struct aw_sim *sim, const char *group, const char *who,
    bool is_on, struct aw_diag *diag) AW_MUST_USE;
/* @principal is a person or a group; @account NULL: every account. */
int aw_sim_set_assigned(struct aw_sim *sim, const char *set,
    const char *principal, const char *account, bool is_on,
    struct aw_diag *diag) AW_MUST_USE;
int aw_sim_add_user(struct aw_sim *sim, const char *user_name,
    const char *display_name, struct aw_diag *diag) AW_MUST_USE;
int aw_sim_delete_user(
    struct aw_sim *sim, const char *who, struct aw_diag *diag) AW_MUST_USE;
int aw_sim_rename_user(struct aw_sim *sim, const char *who,
    const char *user_name, struct aw_diag *diag) AW_MUST_USE;

#endif
