/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The section [local_groups] of awssso.conf: which groups that the host owns
 * have members from the directory.
 *
 *   docker = aws-Developer, Platform Team, i_know_this_is_root = yes
 *
 * Any key is the name of a group in /etc/group; its value lists groups of the
 * directory by DisplayName or GroupId, or a permission set's group by its name.
 * Membership in some groups amounts to root (R23): a line that names one of
 * these must say that it knows.  root itself is never mapped.
 */
#ifndef AW_COMMON_CONF_GROUPS_H
#define AW_COMMON_CONF_GROUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/name.h"
#include "common/outcome.h"
#include "common/text.h"

#define AW_CONF_GROUPS     "local_groups" /* the section */
#define AW_CONF_GROUPS_MAX 64
#define AW_CONF_GROUP_TEXT 192

/* The members of one group of the directory are in one of the host's. */
struct aw_conf_group {
	char name[AW_NAME_SIZE];       /* the host's */
	char from[AW_CONF_GROUP_TEXT]; /* as it was written */
	char pin[129]; /* the GroupId that it stands for, or "" */
};
struct aw_conf_groups {
	size_t n;
	struct aw_conf_group item[AW_CONF_GROUPS_MAX];
};

/* Whoever is in the host's group @name can make themselves root. */
bool aw_conf_group_is_root(const char *name);

/* Take the line "@name = @value".  Returns 0, or -EINVAL with @diag; @groups
 * may then hold a part of the line. */
int aw_conf_groups_add(struct aw_conf_groups *groups, const char *name,
    const char *value, struct aw_diag *diag) AW_MUST_USE;

/* Item @index as the value of a line that means it.  Returns 0, AW_END or
 * -EMSGSIZE. */
int aw_conf_groups_show(const struct aw_conf_groups *groups, size_t index,
    char *buf, size_t size) AW_MUST_USE;

#endif
