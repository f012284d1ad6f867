/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Spelling filters.
 */
#include "awssso_netd/scim_filter.h"

#include <string.h>

#include "awssso_netd/scim_read.h"

bool aw_scim_is_quotable(const char *value)
{
	return *value && !strpbrk(value, "\"\\");
}

/* A value is a JSON text (RFC 7644, 3.4.2.2), without control characters. */
static void comparison(
    struct aw_buf *ret, const char *attribute, const char *value)
{
	aw_scim_escape(ret, attribute);
	aw_buf_str(ret, "%20eq%20%22");
	for (; *value; value++) {
		const char one[] = { *value, '\0' };

		if (*value == '"' || *value == '\\')
			aw_scim_escape(ret, "\\");
		aw_scim_escape(ret, one);
	}
	aw_buf_str(ret, "%22");
}

void aw_scim_filter(
    struct aw_buf *ret, const char *attribute, const char *value)
{
	aw_buf_str(ret, "filter=");
	comparison(ret, attribute, value);
}

void aw_scim_filter_and(
    struct aw_buf *ret, const char *attribute, const char *value)
{
	aw_buf_str(ret, "%20and%20");
	comparison(ret, attribute, value);
}

const char *aw_scim_groups_attribute(enum aw_scim_groups how)
{
	switch (how) {
	case AW_SCIM_GROUPS_VALUE:
		return "members.value";
	case AW_SCIM_GROUPS_MEMBERS:
		return "members";
	case AW_SCIM_GROUPS_UNKNOWN:
	case AW_SCIM_GROUPS_NONE:
		break;
	}
	return NULL;
}
