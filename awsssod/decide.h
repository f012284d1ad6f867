/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the facts about a person mean for a request: the order of the rules.
 */
#ifndef AW_AWSSSOD_DECIDE_H
#define AW_AWSSSOD_DECIDE_H

#include "awsssod/ask.h"
#include "awsssod/catalogue.h"
#include "awsssod/live.h"
#include "awsssod/person.h"

struct aw_daemon;

enum aw_stage {
	AW_STAGE_BEFORE_CODE, /* only a known no forbids */
	AW_STAGE_SIGN_IN,     /* after the approval: unknown is no */
	AW_STAGE_ACCOUNT,     /* unknown is no; last good directory counts */
	AW_STAGE_SESSION,     /* the account phase has been passed */
};

/* The person named @user, or why there is none to ask about.  Returns
 * AW_SAY_ALLOWED with @ret, or what to say. */
enum aw_say aw_decide_who(struct aw_daemon *daemon, const char *user,
    struct aw_person *ret) AW_MUST_USE;

/* May @person use @service?  @sets is what a live answer said of permission
 * sets, NULL: nothing.  *@ret_rule, unless it is NULL, becomes the line of the
 * policy that decided, or stays as it is.  AW_SAY_ALLOWED or what to say. */
enum aw_say aw_decide(struct aw_daemon *daemon, const struct aw_person *person,
    const char *service, const struct aw_access_facts *sets,
    enum aw_stage stage, const struct aw_conf_rule **ret_rule) AW_MUST_USE;

/* The same, and then the permission set that the PAM line requires, of which
 * @set says whether it is held (aw_decide_roles()).  Where the policy could not
 * be told because AWS could not be asked for the set, that is what is said. */
enum aw_say aw_decide_with_set(struct aw_daemon *daemon,
    const struct aw_person *person, const char *service,
    const struct aw_access_facts *sets, enum aw_stage stage, enum aw_say set,
    const struct aw_conf_rule **ret_rule) AW_MUST_USE;

/* Whoever sends @ask about @person is more than somebody who knows a name: sshd
 * saw a public key of the person's in this connection, or it comes from a
 * session of theirs. */
bool aw_decide_is_proved(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person);

/* May there be a code for @ask, where require_publickey_first counts?
 * AW_SAY_ALLOWED or AW_SAY_KEY_FIRST. */
enum aw_say aw_decide_key_first(struct aw_daemon *daemon,
    const struct aw_ask *ask, const struct aw_person *person) AW_MUST_USE;

/* The permission set that @ask requires, by what the portal said just now:
 * AW_SAY_ALLOWED when it requires none or it is held, else what to say. */
enum aw_say aw_decide_roles(
    const struct aw_ask *ask, const struct aw_live_result *result) AW_MUST_USE;

/* The account whose permission sets count for @ask; "" when unknown. */
const char *aw_decide_account(
    const struct aw_daemon *daemon, const struct aw_ask *ask);

#endif
