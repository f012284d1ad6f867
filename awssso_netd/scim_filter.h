/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters of SCIM, spelled for a URL, and whether a server honours one: asked
 * about somebody who cannot exist it must answer with no rows.  A server that
 * overlooks a filter answers with rows, or that it is wrong.
 *
 * Values are ids (aw_scim_is_id()), whose quotes and backslashes are escaped,
 * and UserNames, which come from whoever tries to log in and may have neither:
 * nothing that leads out of its quotes.
 */
#ifndef AW_AWSSSO_NETD_SCIM_FILTER_H
#define AW_AWSSSO_NETD_SCIM_FILTER_H

#include <stdbool.h>

#include "common/buf.h"

/* A principal that no directory has. */
#define AW_SCIM_NOBODY "00000000-0000-0000-0000-000000000000"

/* Append "filter=@attribute eq "@value"", escaped. */
void aw_scim_filter(
    struct aw_buf *ret, const char *attribute, const char *value);
/* ... with " and @attribute eq "@value"" behind it. */
void aw_scim_filter_and(
    struct aw_buf *ret, const char *attribute, const char *value);

/* @value is not empty and needs no escaping in a filter. */
bool aw_scim_is_quotable(const char *value);

/* How to ask for the groups of a person. */
enum aw_scim_groups {
	AW_SCIM_GROUPS_UNKNOWN, /* nobody has asked yet */
	AW_SCIM_GROUPS_VALUE,   /* members.value eq */
	AW_SCIM_GROUPS_MEMBERS, /* members eq */
	AW_SCIM_GROUPS_NONE,    /* the server does not say */
};
/* The attribute's name; NULL for the first and the last. */
const char *aw_scim_groups_attribute(enum aw_scim_groups how);

#endif
