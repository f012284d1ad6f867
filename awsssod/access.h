/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access policy: who may log in to this host.
 *
 * In this order (docs/policy.md):
 *   1. a deny line of [access] or of the service's own section fits: no;
 *   2. an allow line of the service's section fits, or of [access] when the
 *      service has no section: yes, unless a deny line may fit that nothing is
 *      known of: then it is unknown;
 *   3. an allow line may fit that nothing is known of: unknown;
 *   4. else no.  Nothing allowed means nobody.
 *
 * Pure.  Three-valued, because "could not read" is neither yes nor no (R11):
 * before a code is made only a known no forbids; afterwards, and in the
 * account phase, unknown counts as no.
 */
#ifndef AW_AWSSSOD_ACCESS_H
#define AW_AWSSSOD_ACCESS_H

#include <stdbool.h>

#include "common/conf.h"

enum aw_access {
	AW_ACCESS_NO, /* zero, so that a forgotten fact never means yes */
	AW_ACCESS_YES,
	AW_ACCESS_UNKNOWN,
};

/* Which lines of the policy are known to fit a person.  All zero: none is, and
 * nothing is known of permission sets. */
struct aw_access_facts {
	uint64_t fits[AW_CONF_RULES_MAX / 64];
	bool sets_known;   /* no set is held but those that were told */
	bool sets_read;    /* as far as a sweep knew: enough to say that a line
			      which denies does not fit */
	uint8_t elsewhere; /* the same as sets_known of other accounts: a bit
			      each, in the order of aw_conf_access */
};

/* Accounts whose sets are to be asked for. */
#define AW_ACCESS_ACCOUNTS (AW_CONF_ELSEWHERE + 2)
struct aw_access_accounts {
	size_t n;
	char id[AW_ACCESS_ACCOUNTS][AW_CONF_ACCOUNT_SIZE];
};

/* Lines that name this person: by Linux name, UserId or UserName.  The
 * UserName allows nothing if it is @name_taken as somebody else's Linux name.
 */
void aw_access_user(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *name, const char *user_name, const char *principal_id,
    bool name_taken);

/*
 * Lines that name this group, which the person is in: by GroupId, also by one
 * that the line's name is pinned to (R4); or, while it is not, by a DisplayName
 * which @n_claims groups could be meant by: one that fits two allows nobody.  A
 * line that denies does so by the name, too, whatever it is pinned to.
 */
void aw_access_group(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *group_id, const char *display_name, unsigned n_claims);

/* Lines that name this permission set, which the person holds in this host's
 * account, or that account. */
void aw_access_set(
    const struct aw_conf *conf, struct aw_access_facts *facts, const char *set);

/* The same of any @account, 12 digits; @ours is this host's, or "".  And: all
 * that is held there is told. */
void aw_access_set_in(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *account, const char *ours, const char *set);
void aw_access_told(const struct aw_conf *conf, struct aw_access_facts *facts,
    const char *account, const char *ours);

/* Add the accounts that the policy has lines about to @accounts, which may hold
 * two others; @ours, "" when it is not known, is this host's. */
void aw_access_ask_in(const struct aw_conf *conf, const char *ours,
    struct aw_access_accounts *accounts);
/* Add @account, unless it is among them or "". */
void aw_access_ask(struct aw_access_accounts *accounts, const char *account);

/* What the portal said of sets, @live, counts before what was known of them;
 * with @alone nothing else does. */
void aw_access_use_sets(const struct aw_conf *conf,
    struct aw_access_facts *facts, const struct aw_access_facts *live,
    bool alone);

/* Whether the policy has lines about sets: they are worth asking for. */
bool aw_access_wants_sets(const struct aw_conf *conf);

/* @service is PAM's.  *@ret_rule is the line that decided, or kept it open;
 * NULL when none did, or when it is not wanted. */
enum aw_access aw_access_judge(const struct aw_conf *conf, const char *service,
    const struct aw_access_facts *facts,
    const struct aw_conf_rule **ret_rule) AW_MUST_USE;

/* Whether any service lets them in. */
bool aw_access_anywhere(
    const struct aw_conf *conf, const struct aw_access_facts *facts);

#endif
