/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sign-in at a real tenant without a daemon and without root: says, one JSON
 * object a line, what an administrator wants to know before installing.
 *
 *   {"event":"code","uri","uri_complete","user_code","expires_in","interval"}
 *   {"event":"account","account_id","account_name","roles":[...]}
 *   {"event":"identity","arn","account","asked_account","asked_set",
 *    "user_name"}
 *   {"event":"directory","net","operation", then "user_id","user_name",
 *    "display_name","user_status"; or "text" and, when a right is missing,
 *    "missing":"identitystore:DescribeUser"}
 *   {"event":"clock","offset_seconds"}   AWS's clock minus ours
 *   {"event":"hosts","hosts":[...]}      what must be reachable
 *   {"event":"end","net","text"}         always the last one
 */
#ifndef AW_AWSSSO_NETD_TRY_H
#define AW_AWSSSO_NETD_TRY_H

#include "common/conf.h"
#include "common/outcome.h"

/*
 * Sign in with conf->start_url and conf->regions, and print.  The directory is
 * read with the keys of a role that the person holds, as far as it may.
 * Returns 0 when the person could be identified, AW_DENIED when not, or a
 * negative errno.
 */
int aw_try_run(const struct aw_conf *conf) AW_MUST_USE;

/* The identity store's id, if the start URL gives it away
 * ("https://d-0123456789.awsapps.com/start").  Returns 0 or AW_ABSENT. */
int aw_try_store_id(const char *start_url, char *ret, size_t size) AW_MUST_USE;

#endif
