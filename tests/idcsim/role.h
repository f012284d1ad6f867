/* SPDX-License-Identifier: Apache-2.0 */
/*
 * IAM roles that a host may assume: the fixture's "roles", who is trusted by
 * each, and the OpenID Connect tokens that stand for one.
 *
 * A token is a JWT in form; instead of an issuer's key our own secret signs it,
 * so that nothing but this simulator can make one that it takes.
 */
#ifndef AW_IDCSIM_ROLE_H
#define AW_IDCSIM_ROLE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

struct aw_buf;
struct aw_sim;
struct aw_sim_key;
struct json_object;

/* Check and take the list "roles" of the fixture @top, which need not have
 * one.  Returns 0, or -EINVAL with @diag. */
int aw_sim_roles_take(struct aw_sim *sim, struct json_object *top,
    struct aw_diag *diag) AW_MUST_USE;

/* The role called @arn, or NULL. */
struct json_object *aw_sim_role_get(const struct aw_sim *sim, const char *arn);

/* The account and the name (without path) in @arn, which is a role's. */
void aw_sim_role_split(const char *arn, char account[13], char name[65]);

/* @role's trust policy lets the owner of @key in, with @external_id (NULL:
 * none given). */
bool aw_sim_role_trusts(const struct aw_sim *sim, struct json_object *role,
    const struct aw_sim_key *key, const char *external_id);

/* A token that stands for @arn, for @seconds from now.  Returns 0, AW_UNKNOWN
 * (no such role, or it takes no tokens) or a negative errno. */
int aw_sim_role_token(const struct aw_sim *sim, const char *arn,
    uint64_t seconds, struct aw_buf *out) AW_MUST_USE;

enum aw_sim_web {
	AW_SIM_WEB_GOOD,
	AW_SIM_WEB_INVALID, /* no token of ours */
	AW_SIM_WEB_EXPIRED,
	AW_SIM_WEB_PROVIDER, /* another issuer, or not for this audience */
	AW_SIM_WEB_SUBJECT,  /* the trust policy wants somebody else */
};

/* What @token is worth at @role; @ret_subject is borrowed from @role. */
enum aw_sim_web aw_sim_role_judge(const struct aw_sim *sim,
    struct json_object *role, const char *token, const char **ret_subject);

#endif
