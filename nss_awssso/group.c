/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group: groups by name, by gid, and one after the other.
 *
 * Each person has a private group of the same name and id, without members.
 * It has no record: it is answered from the person's.  It is not listed.
 */
#include "nss_awssso/ask.h"
#include "nss_awssso/pack.h"
#include "nss_awssso/walk.h"

static struct aw_nss_walk walk = { .lock = 1 };

struct query {
	const char *name;
	size_t len;
	uint32_t id;
	char *buf;
	size_t size;
	struct group *ret;
};

static int answer(const struct aw_dir_pin *pin,
    const struct aw_snap_group *group, const struct query *query)
{
	if (!aw_dir_group_ok(pin, group))
		return AW_UNKNOWN;
	return aw_nss_pack_group(group, query->buf, query->size, query->ret);
}

/* The private group of the person whom the reader has found, or not. */
static int answer_private(const struct aw_dir_pin *pin, int r,
    const struct aw_snap_user *user, const struct query *query)
{
	struct aw_snap_group group = { 0 };

	if (r != 0)
		return r;
	if (!aw_dir_user_ok(pin, user))
		return AW_UNKNOWN;
	group.id = user->id;
	group.name = user->strings;
	group.name_len = user->gecos_at - 3;
	group.members = "";
	return aw_nss_pack_group(&group, query->buf, query->size, query->ret);
}

static int by_name(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_group group;
	struct aw_snap_user user;
	int r;

	r = aw_snap_group_by_name(pin->snap, query->name, query->len, &group);
	if (r == 0)
		return answer(pin, &group, query);
	if (r != AW_UNKNOWN)
		return r;
	r = aw_snap_user_by_name(pin->snap, query->name, query->len, &user);
	return answer_private(pin, r, &user, query);
}

static int by_id(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_group group;
	struct aw_snap_user user;
	int r;

	r = aw_snap_group_by_id(pin->snap, query->id, &group);
	if (r == 0)
		return answer(pin, &group, query);
	if (r != AW_UNKNOWN)
		return r;
	r = aw_snap_user_by_id(pin->snap, query->id, &user);
	return answer_private(pin, r, &user, query);
}

enum nss_status _nss_awssso_getgrnam_r(const char *name, struct group *result,
    char *buffer, size_t buflen, int *errnop)
{
	struct query query = { .name = name,
		.len = aw_nss_length(name, true),
		.buf = buffer,
		.size = buflen,
		.ret = result };

	if (query.len == 0)
		return aw_nss_status_of(AW_UNKNOWN, errnop);
	return aw_nss_status_of(aw_nss_ask(by_name, &query), errnop);
}

enum nss_status _nss_awssso_getgrgid_r(
    gid_t gid, struct group *result, char *buffer, size_t buflen, int *errnop)
{
	struct query query = {
		.id = gid, .buf = buffer, .size = buflen, .ret = result
	};

	/* An adopted uid's private group has that id too. */
	if (!aw_nss_may_id(gid, true) && !aw_nss_may_id(gid, false))
		return aw_nss_status_of(AW_UNKNOWN, errnop);
	return aw_nss_status_of(aw_nss_ask(by_id, &query), errnop);
}

static int find_listed(
    const struct aw_snap *snap, uint32_t id, uint64_t *ret_at)
{
	struct aw_snap_group group;
	const int r = aw_snap_group_by_id(snap, id, &group);

	if (r != 0)
		return r;
	if (!(group.flags & AW_SNAP_ENUM))
		return AW_UNKNOWN;
	*ret_at = group.at;
	return 0;
}

static int next_listed(const struct aw_snap *snap, uint64_t *cursor)
{
	struct aw_snap_group group;

	return aw_snap_next_group(snap, cursor, true, &group);
}

static int next(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_group group;
	uint64_t cursor;
	int r;

	r = aw_nss_walk_resume(&walk, pin->snap, find_listed, next_listed);
	if (r != 0)
		return r;
	cursor = walk.cursor;
	do {
		r = aw_snap_next_group(pin->snap, &cursor, true, &group);
		if (r == 0)
			r = answer(pin, &group, query);
	} while (r == AW_UNKNOWN);
	if (r == 0)
		aw_nss_walk_step(&walk, cursor, group.id);
	return r;
}

enum nss_status _nss_awssso_setgrent(int stayopen AW_UNUSED)
{
	int unused;

	return aw_nss_status_of(aw_nss_walk_reset(&walk), &unused);
}

enum nss_status _nss_awssso_endgrent(void)
{
	int unused;

	return aw_nss_status_of(aw_nss_walk_reset(&walk), &unused);
}

enum nss_status _nss_awssso_getgrent_r(
    struct group *result, char *buffer, size_t buflen, int *errnop)
{
	struct query query = { .buf = buffer, .size = buflen, .ret = result };
	int r;

	if (!aw_dir_trylock(&aw_nss_dir, walk.lock))
		return aw_nss_status_of(-EAGAIN, errnop);
	r = aw_nss_ask(next, &query);
	aw_dir_unlock(&aw_nss_dir, walk.lock);
	return aw_nss_status_of(r, errnop);
}
