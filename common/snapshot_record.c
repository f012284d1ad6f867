/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One record of a snapshot: is it whole, does it say only what it may say,
 * what does it say.  Sizes are compared with what is left, never added to an
 * offset first; nothing of a record is believed before its checksum holds.
 */
#include "common/snapshot_record.h"

#include <errno.h>

#include "common/id.h"
#include "common/snapshot_format.h"
#include "common/text.h"

#define USER_ID_MIN 1000u

typedef uint8_t block __attribute__((vector_size(16)));
#define EACH(c) (0x0101010101010101u * (c)) /* of a 64 bit word */
#define ALL(c)  ((block){ c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c })

/* The bytes of @v that may stand in no field: controls (but NUL), DEL, ':' and
 * @other. */
static block bad_bytes(block v, block other)
{
	return (block)(((v < ALL(0x20)) & (v != ALL(0))) | (v == ALL(0x7f)) |
		       (v == ALL(':')) | (v == other));
}

static bool has_any(block v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return (half[0] | half[1]) != 0;
}

/* Up to one block of @text, filled up with what is not bad. */
static block load_block(const char *text, size_t len)
{
	block v = ALL('@');

	memcpy(&v, text, len < sizeof(v) ? len : sizeof(v));
	return v;
}

static uint64_t count_nuls(block v)
{
	const block ones = (block)(v == ALL(0)) & ALL(1);
	uint64_t half[2];

	/* Each byte is 0 or 1, the sum of 8 is in the top one. */
	memcpy(half, &ones, sizeof(half));
	return EACH(half[0] + half[1]) >> 56;
}

bool aw_snap_is_plain(
    const char *text, size_t len, char other, uint64_t *ret_nuls)
{
	const block others = ALL((uint8_t)other);
	block bad = ALL(0), v;
	uint64_t nuls = 0;

	for (; len >= sizeof(v); text += sizeof(v), len -= sizeof(v)) {
		memcpy(&v, text, sizeof(v));
		bad |= bad_bytes(v, others);
		nuls += count_nuls(v);
	}
	v = load_block(text, len);
	nuls += count_nuls(v);
	if (has_any(bad | bad_bytes(v, others)))
		return false;
	*ret_nuls = nuls;
	return true;
}

/* The same without counting; the last block overlaps the one before. */
static bool no_bad_bytes(const char *text, size_t len)
{
	const block colon = ALL(':');
	block bad, v;

	if (len < sizeof(v))
		return !has_any(bad_bytes(load_block(text, len), colon));
	memcpy(&v, text + len - sizeof(v), sizeof(v));
	bad = bad_bytes(v, colon);
	for (size_t i = 0; i + sizeof(v) < len; i += sizeof(v)) {
		memcpy(&v, text + i, sizeof(v));
		bad |= bad_bytes(v, colon);
	}
	return !has_any(bad);
}

static bool name_ok(const char *name, size_t len, bool is_group)
{
	return aw_name_is_possible(name, len, is_group) &&
	       !aw_name_is_reserved(name, len);
}

/* The usual "/home/NAME" is told by one comparison: @name has been judged. */
static bool home_ok(
    const char *home, size_t len, const char *name, size_t name_len)
{
	static const char usual[6] = "/home/";

	if (len == sizeof(usual) + name_len &&
	    aw_snap_same(home, usual, sizeof(usual)) &&
	    aw_snap_same(home + sizeof(usual), name, name_len))
		return true;
	return aw_name_is_path(home, len);
}

static bool shell_ok(const char *shell, size_t len)
{
	static const char usual[9] = "/bin/bash";

	return (len == sizeof(usual) && aw_snap_same(shell, usual, len)) ||
	       aw_name_is_path(shell, len);
}

static bool user_ok(const struct aw_snap_user *user)
{
	const char *const s = user->strings;
	const size_t name_len = user->gecos_at - 3;

	return user->id >= USER_ID_MIN && user->id != UINT32_MAX &&
	       s[name_len] == '\0' && s[name_len + 1] == '*' &&
	       s[name_len + 2] == '\0' && s[user->home_at - 1] == '\0' &&
	       s[user->shell_at - 1] == '\0' &&
	       s[user->strings_len - 1] == '\0' &&
	       name_ok(s, name_len, false) &&
	       home_ok(s + user->home_at, user->shell_at - user->home_at - 1, s,
		   name_len) &&
	       shell_ok(s + user->shell_at,
		   user->strings_len - user->shell_at - 1) &&
	       no_bad_bytes(
		   s + user->gecos_at, user->strings_len - user->gecos_at);
}

/* The gids and what is behind them, of a record whose strings fit. */
struct tail {
	const uint8_t *gids;
	uint32_t n_gids;
	const uint8_t *more;
	uint32_t more_len;
	uint64_t end;
};

static int user_tail(const struct aw_snap *snap, uint64_t at,
    uint32_t strings_len, struct tail *ret)
{
	const struct aw_snap_user_rec *rec = (const void *)(snap->base + at);
	const uint64_t gids =
	    aw_snap_align(at + AW_SNAP_USER_FIXED + strings_len, 4);
	const uint32_t n_gids = le16toh(rec->n_gids);
	const uint32_t more_len = le16toh(rec->more_len);
	const uint64_t more = gids + (uint64_t)n_gids * 4;
	const uint64_t end = aw_snap_align(more + more_len, 4);

	/* @at lies in the file and the lengths have 16 bits: no overflow. */
	if (end > snap->groups_off)
		return -EIO;
	ret->gids = snap->base + gids;
	ret->n_gids = n_gids;
	ret->more = snap->base + more;
	ret->more_len = more_len;
	ret->end = end;
	return 0;
}

static bool is_asked(
    const struct aw_snap_ask *ask, uint32_t id, const char *name, size_t len)
{
	switch (ask->by) {
	case AW_SNAP_ANY:
		return true;
	case AW_SNAP_BY_NAME:
		return len == ask->len && aw_snap_same(name, ask->name, len);
	case AW_SNAP_BY_ID:
		return id == ask->id;
	}
	return false;
}

/*
 * What is checked is what is returned: numbers are taken out of the map once,
 * strings are looked at where the caller will find them.
 */
int aw_snap_user_at(const struct aw_snap *snap, uint64_t at,
    const struct aw_snap_ask *ask, uint64_t *ret_next, struct aw_snap_user *ret)
{
	struct aw_snap_user_rec rec;
	struct aw_snap_user user;
	struct tail tail;

	if (at % 4 != 0 || at < snap->users_off || at > snap->groups_off ||
	    snap->groups_off - at < AW_SNAP_USER_FIXED)
		return -EIO;
	memcpy(&rec, snap->base + at, AW_SNAP_USER_FIXED);
	user.at = at;
	user.id = le32toh(rec.id);
	user.flags = rec.flags;
	user.gecos_at = rec.name_len + 3u;
	user.home_at = user.gecos_at + le16toh(rec.gecos_len) + 1;
	user.shell_at = user.home_at + rec.home_len + 1;
	user.strings_len = user.shell_at + rec.shell_len + 1;
	if (user.strings_len > snap->groups_off - at - AW_SNAP_USER_FIXED)
		return -EIO;
	user.strings = (const char *)snap->base + at + AW_SNAP_USER_FIXED;
	if (ask->buf) {
		if (user.strings_len > ask->size)
			return -ERANGE;
		user.strings = memcpy(ask->buf, user.strings, user.strings_len);
	}
	if (le32toh(rec.sum) != aw_snap_user_sum((const uint8_t *)&rec,
				    user.strings, user.strings_len))
		return -EIO;
	if (ret_next) {
		if (user_tail(snap, at, user.strings_len, &tail) < 0)
			return -EIO;
		*ret_next = tail.end;
	}
	if (!is_asked(ask, user.id, user.strings, user.gecos_at - 3) ||
	    !user_ok(&user))
		return AW_DENIED;
	*ret = user;
	return 0;
}

/* The tail of @user, checked. */
static int checked_tail(const struct aw_snap *snap,
    const struct aw_snap_user *user, struct tail *ret)
{
	const struct aw_snap_user_rec *rec =
	    (const void *)(snap->base + user->at);
	const int r = user_tail(snap, user->at, user->strings_len, ret);

	if (r < 0)
		return r;
	return le32toh(rec->more_sum) ==
		       aw_snap_sum32(
			   ret->gids, (size_t)ret->n_gids * 4 + ret->more_len)
		   ? 0
		   : -EIO;
}

int aw_snap_user_gids(const struct aw_snap *snap,
    const struct aw_snap_user *user, uint32_t *gids, uint32_t max,
    uint32_t *ret_n)
{
	struct tail tail;
	const int r = checked_tail(snap, user, &tail);

	if (r < 0)
		return r;
	for (uint32_t i = 0; i < tail.n_gids && i < max; i++)
		gids[i] = (uint32_t)aw_snap_load32(tail.gids + i * 4);
	*ret_n = tail.n_gids;
	return 0;
}

int aw_snap_user_gid_list(const struct aw_snap *snap,
    const struct aw_snap_user *user, const uint8_t **ret_list, uint32_t *ret_n)
{
	struct tail tail;
	const int r = checked_tail(snap, user, &tail);

	if (r < 0)
		return r;
	*ret_list = tail.gids;
	*ret_n = tail.n_gids;
	return 0;
}

/* The 37 bytes of a UUID's text, from its 16. */
static void put_uuid(char *to, const uint8_t *bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	*to = '\0';
}

/*
 * The principal id at the front of @p, into @ret of AW_PRINCIPAL_SIZE bytes;
 * @ret_used is how many of the @len bytes it takes.
 */
static int get_principal(const struct aw_snap *snap, const uint8_t *p,
    size_t len, char *ret, size_t *ret_used)
{
	const char *const store = aw_snap_store(snap);
	size_t before = 0;

	if (len < 2)
		return -EIO;
	if (p[0] == AW_SNAP_TEXT) {
		if (p[1] > AW_PRINCIPAL_MAX || p[1] > len - 2)
			return -EIO;
		memcpy(ret, p + 2, p[1]);
		ret[p[1]] = '\0';
		*ret_used = 2u + p[1];
		return 0;
	}
	if (p[0] > AW_SNAP_STORE_UUID || len < 17)
		return -EIO;
	if (p[0] == AW_SNAP_STORE_UUID) {
		before = strlen(store);
		if (before < 3 || before > AW_PRINCIPAL_MAX - 37)
			return -EIO;
		memcpy(ret, store + 2, before - 2);
		ret[before - 2] = '-';
		before--;
	}
	put_uuid(ret + before, p + 1);
	*ret_used = 17;
	return 0;
}

/* The directory's name: shared with the Linux name, then a suffix or a rest. */
static int get_user_name(const struct aw_snap *snap,
    const struct aw_snap_user *user, const uint8_t *p, size_t len, char *ret)
{
	const uint8_t *rest = p + 2;
	size_t rest_len, shared;

	if (len < 2)
		return -EIO;
	shared = p[0];
	rest_len = len - 2;
	if (p[1] != AW_SNAP_INLINE) {
		if (p[1] >= snap->n_suffixes || rest_len != 0)
			return -EIO;
		rest = snap->base + AW_SNAP_BODY + p[1] * AW_SNAP_SUFFIX_SIZE;
		rest_len = *rest++;
	}
	if (shared > user->gecos_at - 3 || rest_len > AW_USER_NAME_MAX - shared)
		return -EIO;
	memcpy(ret, user->strings, shared);
	memcpy(ret + shared, rest, rest_len);
	ret[shared + rest_len] = '\0';
	return 0;
}

int aw_snap_user_more(const struct aw_snap *snap,
    const struct aw_snap_user *user, struct aw_snap_user_more *ret)
{
	struct aw_snap_user_more more;
	struct tail tail;
	size_t used;
	int r;

	r = checked_tail(snap, user, &tail);
	if (r < 0)
		return r;
	r = get_principal(
	    snap, tail.more, tail.more_len, more.principal_id, &used);
	if (r < 0)
		return r;
	r = get_user_name(
	    snap, user, tail.more + used, tail.more_len - used, more.user_name);
	if (r < 0)
		return r;
	*ret = more;
	return 0;
}

static bool group_ok(const struct aw_snap_group *group)
{
	uint64_t nuls;

	return group->id != 0 && group->id != UINT32_MAX &&
	       group->name[group->name_len] == '\0' &&
	       name_ok(group->name, group->name_len, true) &&
	       (group->members_len == 0 ||
		   group->members[group->members_len - 1] == '\0') &&
	       aw_snap_is_plain(
		   group->members, group->members_len, ',', &nuls) &&
	       nuls == group->n_members;
}

int aw_snap_group_at(const struct aw_snap *snap, uint64_t at,
    const struct aw_snap_ask *ask, uint64_t *ret_next,
    struct aw_snap_group *ret)
{
	const uint8_t *const from = snap->base + at;
	struct aw_snap_group_rec rec;
	struct aw_snap_group group;
	uint64_t left, len;
	uint32_t head;

	if (at % 4 != 0 || at < snap->groups_off || at > snap->tombs_off ||
	    snap->tombs_off - at < AW_SNAP_GROUP_FIXED)
		return -EIO;
	memcpy(&rec, from, AW_SNAP_GROUP_FIXED);
	left = snap->tombs_off - at - AW_SNAP_GROUP_FIXED;
	head = rec.name_len + 1u + rec.more_len;
	group.members_len = le32toh(rec.members_len);
	len = (uint64_t)head + group.members_len + le16toh(rec.display_len);
	if (len > left)
		return -EIO;
	group.at = at;
	group.id = le32toh(rec.id);
	group.flags = rec.flags;
	group.name = (const char *)from + AW_SNAP_GROUP_FIXED;
	group.name_len = rec.name_len;
	group.members = group.name + head;
	group.n_members = le32toh(rec.n_members);
	if (le32toh(rec.sum) !=
		aw_snap_sum32(from + 4, AW_SNAP_GROUP_FIXED - 4 + head) ||
	    le32toh(rec.members_sum) !=
		aw_snap_sum32(
		    (const uint8_t *)group.members, group.members_len))
		return -EIO;
	if (ret_next)
		*ret_next = aw_snap_align(at + AW_SNAP_GROUP_FIXED + len, 4);
	if (!is_asked(ask, group.id, group.name, group.name_len) ||
	    !group_ok(&group))
		return AW_DENIED;
	*ret = group;
	return 0;
}

int aw_snap_group_principal(
    const struct aw_snap *snap, const struct aw_snap_group *group, char *ret_id)
{
	const char *const name_end = group->name + group->name_len + 1;
	char id[AW_PRINCIPAL_SIZE];
	size_t used;
	const int r = get_principal(snap, (const uint8_t *)name_end,
	    (size_t)(group->members - name_end), id, &used);

	if (r < 0)
		return r;
	memcpy(ret_id, id, strlen(id) + 1);
	return 0;
}

int aw_snap_group_display(
    const struct aw_snap *snap, const struct aw_snap_group *group, char *buf)
{
	const char *const from = group->members + group->members_len;
	struct aw_snap_group_rec rec;
	uint16_t len;

	/* The record has been looked at as a whole: its parts are there. */
	memcpy(&rec, snap->base + group->at, AW_SNAP_GROUP_FIXED);
	len = le16toh(rec.display_len);
	if (len >= AW_SNAP_DISPLAY_SIZE ||
	    (uint64_t)((const uint8_t *)from - snap->base) + len >
		snap->tombs_off ||
	    le32toh(rec.display_sum) !=
		aw_snap_sum32((const uint8_t *)from, len) ||
	    !aw_text_is_clean(from, len))
		return -EIO;
	memcpy(buf, from, len);
	buf[len] = '\0';
	return 0;
}

/* Whatever is at @at among the tombstones: its fixed part, and where its name
 * and all behind that stand. */
static int tomb_rec_at(const struct aw_snap *snap, uint64_t at,
    uint64_t *ret_next, struct aw_snap_tomb_rec *rec, const char **ret_name)
{
	const uint8_t *const from = snap->base + at;
	uint32_t len;

	if (at % 4 != 0 || at < snap->tombs_off || at > snap->tables_off ||
	    snap->tables_off - at < AW_SNAP_TOMB_FIXED)
		return -EIO;
	memcpy(rec, from, AW_SNAP_TOMB_FIXED);
	len = rec->name_len + 1u + rec->more_len;
	if (len > snap->tables_off - at - AW_SNAP_TOMB_FIXED ||
	    le32toh(rec->sum) !=
		aw_snap_sum32(from + 4, AW_SNAP_TOMB_FIXED - 4 + len))
		return -EIO;
	*ret_next = aw_snap_align(at + AW_SNAP_TOMB_FIXED + len, 4);
	*ret_name = (const char *)from + AW_SNAP_TOMB_FIXED;
	return 0;
}

int aw_snap_tomb_at(const struct aw_snap *snap, uint64_t at, uint64_t *ret_next,
    struct aw_snap_tomb *ret)
{
	struct aw_snap_tomb tomb = { 0 };
	struct aw_snap_tomb_rec rec;
	const char *name;
	size_t used;

	if (tomb_rec_at(snap, at, ret_next, &rec, &name) < 0)
		return -EIO;
	tomb.id = le32toh(rec.id);
	tomb.flags = rec.flags;
	if (!name_ok(name, rec.name_len, rec.flags & AW_SNAP_GROUP) ||
	    name[rec.name_len] != '\0' ||
	    get_principal(snap, (const uint8_t *)name + rec.name_len + 1,
		rec.more_len, tomb.principal_id, &used) < 0)
		return AW_DENIED;
	memcpy(tomb.name, name, rec.name_len);
	*ret = tomb;
	return 0;
}

int aw_snap_note_at(const struct aw_snap *snap, uint64_t at, uint64_t *ret_next,
    struct aw_snap_note *ret)
{
	struct aw_snap_note note = { .id = 0 };
	struct aw_snap_tomb_rec rec;
	const char *name;
	size_t used;

	if (tomb_rec_at(snap, at, ret_next, &rec, &name) < 0)
		return -EIO;
	memcpy(note.text, name, rec.name_len);
	note.id = le32toh(rec.id);
	if (!(note.text[0] == ':' ? aw_text_is_clean(note.text, rec.name_len)
				  : aw_name_is_path(note.text, rec.name_len)))
		return AW_DENIED;
	if (rec.more_len > 0 &&
	    get_principal(snap, (const uint8_t *)name + rec.name_len + 1,
		rec.more_len, note.principal_id, &used) < 0)
		return AW_DENIED;
	*ret = note;
	return 0;
}

static int verify_parts(const struct aw_snap *snap)
{
	struct aw_snap_user user;
	struct aw_snap_group group;
	struct aw_snap_tomb tomb;
	uint32_t n_users = 0, n_groups = 0, n_tombs = 0;
	uint64_t cursor = 0;
	int r;

	while ((r = aw_snap_next_user(snap, &cursor, false, &user)) == 0) {
		struct aw_snap_user_more more;

		if (aw_snap_user_more(snap, &user, &more) < 0)
			return -EIO;
		n_users++;
	}
	if (r < 0)
		return r;
	for (cursor = 0;
	     (r = aw_snap_next_group(snap, &cursor, false, &group)) == 0;)
		n_groups++;
	if (r < 0)
		return r;
	for (cursor = 0; (r = aw_snap_next_tomb(snap, &cursor, &tomb)) == 0;)
		n_tombs++;
	if (r < 0)
		return r;
	return n_users == snap->n_users && n_groups == snap->n_groups &&
		       n_tombs == snap->n_tombs
		   ? 0
		   : -EIO;
}

int aw_snap_verify(const struct aw_snap *snap)
{
	const struct aw_snap_header *h = (const void *)snap->base;
	uint64_t sum = 0;

	for (size_t at = AW_SNAP_BODY; at + 8 <= snap->size; at += 8)
		sum = aw_snap_sum_step(sum, aw_snap_load64(snap->base + at));
	if (sum != le64toh(h->body_sum))
		return -EIO;
	return verify_parts(snap);
}
