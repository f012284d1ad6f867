/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a snapshot and finding records in it.  Runs in other people's
 * processes: no allocation, no call that can wait, and whatever the file says,
 * no byte outside the map is read.  Records are taken apart in
 * common/snapshot_record.c.
 */
#include "common/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/own.h"
#include "common/snapshot_format.h"
#include "common/snapshot_record.h"
#include "common/text.h"

#define OPENS_MAX 8 /* replacements take place seconds apart */

/* @path is a directory of @owner's that nobody else may write. */
static int check_dir(const char *path, uid_t owner)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != owner ||
	    (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	return 0;
}

/* Cut the last component off.  Returns 0 or -EINVAL. */
static int to_parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return -EINVAL;
	*slash = '\0';
	return 0;
}

/*
 * The two directories above @path.  Looking at them by path is no race: the
 * upper one is @root's alone, so nobody else can exchange the lower one.
 */
static int check_place(const char *path, uid_t root, uid_t owner)
{
	char dir[256];
	int r;

	r = aw_copy(dir, sizeof(dir), path);
	if (r < 0 || (r = to_parent(dir)) < 0 ||
	    (r = check_dir(dir, owner)) < 0)
		return r;
	r = to_parent(dir);
	return r < 0 ? r : check_dir(dir, root);
}

/* The parts follow each other and fill the file. */
static bool parts_fit(const struct aw_snap *snap)
{
	const uint64_t slots = aw_snap_slots(snap->n_users) * 2 +
			       aw_snap_slots(snap->n_groups) * 2;

	return snap->users_off ==
		   AW_SNAP_BODY + snap->n_suffixes * AW_SNAP_SUFFIX_SIZE &&
	       snap->users_off <= snap->groups_off &&
	       snap->groups_off <= snap->tombs_off &&
	       snap->tombs_off <= snap->tables_off &&
	       snap->tables_off % 8 == 0 && snap->tables_off <= snap->size &&
	       snap->size - snap->tables_off == slots * 8;
}

static void set_tables(struct aw_snap *snap)
{
	const uint64_t *slot = (const void *)(snap->base + snap->tables_off);
	const uint64_t users = aw_snap_slots(snap->n_users);
	const uint64_t groups = aw_snap_slots(snap->n_groups);

	snap->user_name.slot = slot;
	snap->user_id.slot = slot + users;
	snap->group_name.slot = slot + 2 * users;
	snap->group_id.slot = slot + 2 * users + groups;
	snap->user_name.homes = aw_snap_homes(snap->n_users);
	snap->user_id.homes = snap->user_name.homes;
	snap->group_name.homes = aw_snap_homes(snap->n_groups);
	snap->group_id.homes = snap->group_name.homes;
}

static int read_header(struct aw_snap *snap)
{
	const struct aw_snap_header *h = (const void *)snap->base;

	if (memcmp(h->magic, AW_SNAP_MAGIC, sizeof(h->magic)) != 0)
		return -EIO;
	if (le32toh(h->version) != AW_SNAP_VERSION)
		return -EPROTO;
	if (le64toh(h->header_sum) !=
	    aw_snap_sum64(
		snap->base, offsetof(struct aw_snap_header, header_sum)))
		return -EIO;
	snap->generation = le64toh(h->generation);
	snap->created = le64toh(h->created);
	snap->seed = le64toh(h->seed);
	snap->n_users = le32toh(h->n_users);
	snap->n_groups = le32toh(h->n_groups);
	snap->n_tombs = le32toh(h->n_tombs);
	snap->n_suffixes = le32toh(h->n_suffixes);
	snap->max_probe = le32toh(h->max_probe);
	snap->needs_limits = le32toh(h->flags) & AW_SNAP_LIMITS;
	snap->users_off = le64toh(h->users_off);
	snap->groups_off = le64toh(h->groups_off);
	snap->tombs_off = le64toh(h->tombs_off);
	snap->tables_off = le64toh(h->tables_off);
	if (le64toh(h->size) != snap->size ||
	    snap->n_users > AW_SNAP_COUNT_MAX ||
	    snap->n_groups > AW_SNAP_COUNT_MAX ||
	    snap->n_suffixes > AW_SNAP_SUFFIXES ||
	    snap->max_probe > AW_SNAP_PROBE || !parts_fit(snap) ||
	    !memchr(h->store_id, '\0', sizeof(h->store_id)))
		return -EIO;
	set_tables(snap);
	return 0;
}

/* O_NONBLOCK: a FIFO left here must fail, not hang every login. */
static int open_regular(
    const char *path, int flags, struct stat *ret_st, int *ret_fd)
{
	aw_own_fd int fd = -1;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);
	if (fd < 0)
		return errno == ENOENT ? AW_ABSENT : -errno;
	if (fstat(fd, ret_st) < 0)
		return -errno;
	if (!S_ISREG(ret_st->st_mode))
		return -EPERM;
	*ret_fd = aw_take_fd(&fd);
	return 0;
}

static int map(int fd, const struct stat *st, struct aw_snap *ret)
{
	struct aw_snap snap = { 0 };
	void *base;
	int r;

	if (st->st_size < (off_t)AW_SNAP_BODY)
		return -EIO;
	snap.size = (size_t)st->st_size;
	snap.dev = st->st_dev;
	snap.ino = st->st_ino;
	base = mmap(NULL, snap.size, PROT_READ, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	snap.base = base;
	r = read_header(&snap);
	if (r < 0)
		aw_snap_close(&snap);
	else
		*ret = snap;
	return r;
}

int aw_snap_open(const char *path, uid_t root, struct aw_snap *ret)
{
	aw_own_fd int fd = -1;
	struct stat st;
	int r;

	/* Without a name it has just been replaced: look again. */
	for (int i = 0; i < OPENS_MAX; i++) {
		aw_own_fd_done(&fd);
		r = open_regular(path, O_NOFOLLOW, &st, &fd);
		if (r != 0)
			return r;
		if (st.st_nlink != 0)
			break;
	}
	if (st.st_nlink != 1 || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return -EPERM;
	r = check_place(path, root, st.st_uid);
	return r < 0 ? r : map(fd, &st, ret);
}

int aw_snap_open_named(const char *path, struct aw_snap *ret)
{
	aw_own_fd int fd = -1;
	struct stat st;
	int r;

	r = open_regular(path, 0, &st, &fd);
	return r != 0 ? r : map(fd, &st, ret);
}

void aw_snap_close(struct aw_snap *snap)
{
	/* munmap() wants it without const and changes nothing. */
	if (snap->base)
		(void)munmap((void *)(uintptr_t)snap->base, snap->size);
	snap->base = NULL;
}

void aw_snap_clear_mark(uint8_t *copy, size_t len)
{
	if (len >= AW_SNAP_SUPERSEDED + sizeof(uint32_t))
		memset(copy + AW_SNAP_SUPERSEDED, 0, sizeof(uint32_t));
}

bool aw_snap_superseded(const struct aw_snap *snap)
{
	return aw_snap_is_marked(snap->base);
}

const char *aw_snap_store(const struct aw_snap *snap)
{
	return ((const struct aw_snap_header *)(const void *)snap->base)
	    ->store_id;
}

/* Where a probe is. */
struct probe {
	const uint64_t *slot, *end;
	uint32_t tag;
};

static struct probe probe_start(
    const struct aw_snap *snap, const struct aw_snap_table *table, uint32_t tag)
{
	const uint64_t *const slot =
	    table->slot + aw_snap_home(tag, table->homes);

	return (struct probe){ slot, slot + snap->max_probe, tag };
}

/* The offset of the next record that may be the one; 0 when there is none. */
static inline uint64_t probe_next(struct probe *probe)
{
	while (probe->slot < probe->end) {
		const uint64_t v = le64toh(*probe->slot++);

		if ((uint32_t)v == 0 || v >> 32 > probe->tag)
			break;
		if (v >> 32 == probe->tag)
			return (uint64_t)(uint32_t)v * 4;
	}
	return 0;
}

static int find_user(const struct aw_snap *snap, struct probe probe,
    uint64_t at, const struct aw_snap_ask *ask, struct aw_snap_user *ret)
{
	for (; at != 0; at = probe_next(&probe)) {
		const int r = aw_snap_user_at(snap, at, ask, NULL, ret);

		if (r != AW_DENIED)
			return r;
	}
	return AW_UNKNOWN;
}

int aw_snap_user_by_name_to(const struct aw_snap *snap, const char *name,
    size_t len, char *buf, size_t size, struct aw_snap_user *ret)
{
	struct probe probe;
	uint64_t at;

	if (len == 0 || len > AW_NAME_MAX)
		return AW_UNKNOWN;
	probe = probe_start(
	    snap, &snap->user_name, aw_snap_hash_name(snap->seed, name, len));
	/* Most names that nobody knows end here. */
	at = probe_next(&probe);
	if (at == 0)
		return AW_UNKNOWN;
	return find_user(snap, probe, at,
	    &(const struct aw_snap_ask){
		AW_SNAP_BY_NAME, name, len, 0, buf, size },
	    ret);
}

int aw_snap_user_by_name(const struct aw_snap *snap, const char *name,
    size_t len, struct aw_snap_user *ret)
{
	return aw_snap_user_by_name_to(snap, name, len, NULL, 0, ret);
}

int aw_snap_user_by_id_to(const struct aw_snap *snap, uint32_t id, char *buf,
    size_t size, struct aw_snap_user *ret)
{
	struct probe probe =
	    probe_start(snap, &snap->user_id, aw_snap_hash_id(snap->seed, id));
	const uint64_t at = probe_next(&probe);

	if (at == 0)
		return AW_UNKNOWN;
	return find_user(snap, probe, at,
	    &(const struct aw_snap_ask){
		AW_SNAP_BY_ID, NULL, 0, id, buf, size },
	    ret);
}

int aw_snap_user_by_id(
    const struct aw_snap *snap, uint32_t id, struct aw_snap_user *ret)
{
	return aw_snap_user_by_id_to(snap, id, NULL, 0, ret);
}

static int find_group(const struct aw_snap *snap, struct probe probe,
    const struct aw_snap_ask *ask, struct aw_snap_group *ret)
{
	uint64_t at;

	while ((at = probe_next(&probe)) != 0) {
		const int r = aw_snap_group_at(snap, at, ask, NULL, ret);

		if (r != AW_DENIED)
			return r;
	}
	return AW_UNKNOWN;
}

int aw_snap_group_by_name(const struct aw_snap *snap, const char *name,
    size_t len, struct aw_snap_group *ret)
{
	const struct aw_snap_ask ask = { AW_SNAP_BY_NAME, name, len, 0, NULL,
		0 };

	if (len == 0 || len > AW_NAME_MAX)
		return AW_UNKNOWN;
	return find_group(snap,
	    probe_start(snap, &snap->group_name,
		aw_snap_hash_name(snap->seed, name, len)),
	    &ask, ret);
}

int aw_snap_group_by_id(
    const struct aw_snap *snap, uint32_t id, struct aw_snap_group *ret)
{
	const struct aw_snap_ask ask = { AW_SNAP_BY_ID, NULL, 0, id, NULL, 0 };

	return find_group(snap,
	    probe_start(snap, &snap->group_id, aw_snap_hash_id(snap->seed, id)),
	    &ask, ret);
}

int aw_snap_next_user_to(const struct aw_snap *snap, uint64_t *cursor,
    bool only_enum, char *buf, size_t size, struct aw_snap_user *ret)
{
	const struct aw_snap_ask ask = { AW_SNAP_ANY, NULL, 0, 0, buf, size };
	uint64_t at = *cursor ? *cursor : snap->users_off;
	struct aw_snap_user user;
	int r = AW_DENIED;

	while (r == AW_DENIED) {
		if (at == snap->groups_off)
			return AW_END;
		r = aw_snap_user_at(snap, at, &ask, &at, &user);
	}
	if (r == 0 && only_enum && !(user.flags & AW_SNAP_ENUM))
		return AW_END;
	if (r == 0) {
		*ret = user;
		*cursor = at;
	}
	return r;
}

int aw_snap_next_user(const struct aw_snap *snap, uint64_t *cursor,
    bool only_enum, struct aw_snap_user *ret)
{
	return aw_snap_next_user_to(snap, cursor, only_enum, NULL, 0, ret);
}

int aw_snap_next_group(const struct aw_snap *snap, uint64_t *cursor,
    bool only_enum, struct aw_snap_group *ret)
{
	const struct aw_snap_ask ask = { AW_SNAP_ANY, NULL, 0, 0, NULL, 0 };
	uint64_t at = *cursor ? *cursor : snap->groups_off;
	struct aw_snap_group group;
	int r = AW_DENIED;

	while (r == AW_DENIED) {
		if (at == snap->tombs_off)
			return AW_END;
		r = aw_snap_group_at(snap, at, &ask, &at, &group);
	}
	if (r == 0 && only_enum && !(group.flags & AW_SNAP_ENUM))
		return AW_END;
	if (r == 0) {
		*ret = group;
		*cursor = at;
	}
	return r;
}

int aw_snap_next_tomb(
    const struct aw_snap *snap, uint64_t *cursor, struct aw_snap_tomb *ret)
{
	uint64_t at = *cursor ? *cursor : snap->tombs_off;
	struct aw_snap_note note = { .id = 0 };
	uint64_t next = at;
	int r = AW_DENIED;

	for (; r == AW_DENIED; at = next) {
		if (at + AW_SNAP_TOMB_FIXED > snap->tables_off)
			return AW_END;
		if (aw_snap_note_at(snap, at, &next, &note) != 0)
			r = aw_snap_tomb_at(snap, at, &next, ret);
	}
	if (r == 0 && note.text[0] == '/' && note.id == ret->id)
		memcpy(ret->home, note.text, sizeof(ret->home));
	if (r == 0)
		*cursor = at;
	return r;
}

int aw_snap_next_note(
    const struct aw_snap *snap, uint64_t *cursor, struct aw_snap_note *ret)
{
	uint64_t at = *cursor ? *cursor : snap->tombs_off;
	struct aw_snap_note note = { .id = 0 };
	int r = AW_DENIED;

	while (r == AW_DENIED) {
		if (at + AW_SNAP_TOMB_FIXED > snap->tables_off)
			return AW_END;
		r = aw_snap_note_at(snap, at, &at, &note);
		if (r == 0 && note.text[0] != ':')
			r = AW_DENIED;
	}
	if (r == 0) {
		*ret = note;
		*cursor = at;
	}
	return r;
}
