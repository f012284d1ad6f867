/* SPDX-License-Identifier: Apache-2.0 */
/*
 * passwd: people by name, by uid, and one after the other.
 */
#include "nss_awssso/ask.h"
#include "nss_awssso/pack.h"
#include "nss_awssso/walk.h"

static struct aw_nss_walk walk = { .lock = 0 };

struct query {
	const char *name;
	size_t len;
	uint32_t id;
	char *buf;
	size_t size;
	struct passwd *ret;
};

/* @r and @user are what the reader said. */
static int answer(const struct aw_dir_pin *pin, int r,
    const struct aw_snap_user *user, struct passwd *ret)
{
	if (r != 0)
		return r;
	if (!aw_dir_user_ok(pin, user))
		return AW_UNKNOWN;
	aw_nss_pack_user(user, ret);
	return 0;
}

static int by_name(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_user user;

	return answer(pin,
	    aw_snap_user_by_name_to(pin->snap, query->name, query->len,
		query->buf, query->size, &user),
	    &user, query->ret);
}

static int by_id(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_user user;

	return answer(pin,
	    aw_snap_user_by_id_to(
		pin->snap, query->id, query->buf, query->size, &user),
	    &user, query->ret);
}

enum nss_status _nss_awssso_getpwnam_r(const char *name, struct passwd *result,
    char *buffer, size_t buflen, int *errnop)
{
	struct query query = { .name = name,
		.len = aw_nss_length(name, false),
		.buf = buffer,
		.size = buflen,
		.ret = result };

	if (query.len == 0)
		return aw_nss_status_of(AW_UNKNOWN, errnop);
	return aw_nss_status_of(aw_nss_ask(by_name, &query), errnop);
}

enum nss_status _nss_awssso_getpwuid_r(
    uid_t uid, struct passwd *result, char *buffer, size_t buflen, int *errnop)
{
	struct query query = {
		.id = uid, .buf = buffer, .size = buflen, .ret = result
	};

	if (!aw_nss_may_id(uid, false))
		return aw_nss_status_of(AW_UNKNOWN, errnop);
	return aw_nss_status_of(aw_nss_ask(by_id, &query), errnop);
}

static int find_listed(
    const struct aw_snap *snap, uint32_t id, uint64_t *ret_at)
{
	struct aw_snap_user user;
	const int r = aw_snap_user_by_id(snap, id, &user);

	if (r != 0)
		return r;
	if (!(user.flags & AW_SNAP_ENUM))
		return AW_UNKNOWN;
	*ret_at = user.at;
	return 0;
}

static int next_listed(const struct aw_snap *snap, uint64_t *cursor)
{
	struct aw_snap_user user;

	return aw_snap_next_user(snap, cursor, true, &user);
}

static int next(const struct aw_dir_pin *pin, void *data)
{
	const struct query *query = data;
	struct aw_snap_user user;
	uint64_t cursor;
	int r;

	r = aw_nss_walk_resume(&walk, pin->snap, find_listed, next_listed);
	if (r != 0)
		return r;
	cursor = walk.cursor;
	do {
		r = answer(pin,
		    aw_snap_next_user_to(pin->snap, &cursor, true, query->buf,
			query->size, &user),
		    &user, query->ret);
	} while (r == AW_UNKNOWN);
	if (r == 0)
		aw_nss_walk_step(&walk, cursor, user.id);
	return r;
}

enum nss_status _nss_awssso_setpwent(int stayopen AW_UNUSED)
{
	int unused;

	return aw_nss_status_of(aw_nss_walk_reset(&walk), &unused);
}

enum nss_status _nss_awssso_endpwent(void)
{
	int unused;

	return aw_nss_status_of(aw_nss_walk_reset(&walk), &unused);
}

enum nss_status _nss_awssso_getpwent_r(
    struct passwd *result, char *buffer, size_t buflen, int *errnop)
{
	struct query query = { .buf = buffer, .size = buflen, .ret = result };
	int r;

	if (!aw_dir_trylock(&aw_nss_dir, walk.lock))
		return aw_nss_status_of(-EAGAIN, errnop);
	r = aw_nss_ask(next, &query);
	aw_dir_unlock(&aw_nss_dir, walk.lock);
	return aw_nss_status_of(r, errnop);
}
