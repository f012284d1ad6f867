/* SPDX-License-Identifier: Apache-2.0 */
/*
 * initgroups: the groups of one person.
 *
 * libc asks every service of the "group:" line and merges what they say, also
 * for local accounts.  So a person is only ours when the primary group that
 * libc names is our record's own; and when it names none (nscd does not), when
 * no local account has the name.  Otherwise a local bob would get the groups
 * of the directory's bob.
 */
#include <grp.h>
#include <stdlib.h>

#include "nss_awssso/ask.h"
#include "nss_awssso/local.h"
#include "nss_awssso/paths.h"

#define NO_GROUP ((gid_t)-1)

struct query {
	const char *name;
	size_t len;
	gid_t group;
	long first; /* *start as it was */
	long *start, *size;
	gid_t **groups;
	long limit;
};

/* Room for one more.  AW_END: there may be none. */
static int grow(const struct query *query)
{
	const long limit = query->limit;
	long size = *query->size > 0 ? *query->size * 2 : 16;
	const int saved = errno;
	gid_t *groups;

	if (limit > 0 && *query->size >= limit)
		return AW_END;
	if (limit > 0 && size > limit)
		size = limit;
	groups = realloc(*query->groups, (size_t)size * sizeof(*groups));
	errno = saved;
	if (!groups)
		return -ENOMEM;
	*query->groups = groups;
	*query->size = size;
	return 0;
}

/* Add those of the @n gids in @list that may be shown, up to the limit. */
static int add(const struct query *query, const struct aw_dir_pin *pin,
    const uint8_t *list, uint32_t n)
{
	long at = query->first;
	int r = 0;

	for (uint32_t i = 0; i < n; i++) {
		const gid_t gid = aw_snap_gid(list, i);

		if (gid == query->group || !aw_dir_gid_ok(pin, gid))
			continue;
		if (query->limit > 0 && at >= query->limit)
			break;
		if (at >= *query->size && (r = grow(query)) != 0)
			break;
		(*query->groups)[at++] = gid;
	}
	*query->start = at;
	return r == AW_END ? 0 : r;
}

static int answer(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_user user;
	const uint8_t *list;
	uint32_t n;
	int r;

	r = aw_snap_user_by_name(pin->snap, query->name, query->len, &user);
	if (r != 0)
		return r;
	if (!aw_dir_user_ok(pin, &user) ||
	    (query->group != NO_GROUP && query->group != user.id))
		return AW_UNKNOWN;
	r = aw_snap_user_gid_list(pin->snap, &user, &list, &n);
	return r == 0 ? add(query, pin, list, n) : r;
}

/* 0 when the person can be ours. */
static int check(const struct query *query)
{
	int r;

	if (query->len == 0)
		return AW_UNKNOWN;
	if (query->group != NO_GROUP)
		return aw_nss_may_id(query->group, false) ? 0 : AW_UNKNOWN;
	r = aw_nss_is_local(aw_nss_passwd, query->name, query->len);
	if (r == 0)
		return AW_UNKNOWN;
	return r == AW_UNKNOWN ? 0 : r;
}

enum nss_status _nss_awssso_initgroups_dyn(const char *user, gid_t group,
    long int *start, long int *size, gid_t **groupsp, long int limit,
    int *errnop)
{
	struct query query = { .name = user,
		.len = aw_nss_length(user, false),
		.group = group,
		.first = *start,
		.start = start,
		.size = size,
		.groups = groupsp,
		.limit = limit };
	int r;

	r = check(&query);
	if (r == 0)
		r = aw_nss_ask(answer, &query);
	if (r != 0)
		*start = query.first;
	return aw_nss_status_of(r, errnop);
}
