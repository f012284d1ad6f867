/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access policy: who may log in to this host.
 *
 * Pure.  Three-valued, because "could not read" is neither yes nor no (R11):
 * before a code is made only a known no forbids; afterwards, and in the
 * account phase, unknown counts as no.  Nothing allowed means nobody.
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

/* Which of the three lists speak for a person. */
struct aw_access_facts {
	bool user;             /* aw_access_user() */
	enum aw_access groups; /* aw_access_group() of any of the groups */
	enum aw_access sets;   /* aw_access_set() of any of the sets held */
};

/* allow_users names this person: by Linux name, UserId or UserName.  The
 * UserName counts only if it is not @name_taken as somebody else's Linux
 * name. */
bool aw_access_user(const struct aw_conf *conf, const char *name,
    const char *user_name, const char *principal_id, bool name_taken);

/*
 * allow_groups names this group: by GroupId, or by a DisplayName which
 * @n_claims groups could be meant by (R4: one that fits two groups allows
 * nobody).
 */
bool aw_access_group(const struct aw_conf *conf, const char *group_id,
    const char *display_name, unsigned n_claims);

/* allow_permission_sets names this set. */
bool aw_access_set(const struct aw_conf *conf, const char *set);

enum aw_access aw_access_judge(const struct aw_conf *conf,
    const struct aw_access_facts *facts) AW_MUST_USE;

#endif
