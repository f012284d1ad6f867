/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fuzz target: any bytes as a snapshot.  The first byte says how much the
 * target helps: 1 puts the header's checksum and size right, 2 those of the
 * records that the tables and walks come by, so that what lies behind them is
 * reached.  The header's page is shortened to 192 bytes, the body follows.
 * Whatever is answered keeps the promises of common/snapshot.h.
 * covers: spine.2, R15, R17, R18, R19, R28
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/snapshot.h"
#include "common/snapshot_format.h"
#include "common/text.h"

#define HEADER sizeof(struct aw_snap_header)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool is_true)
{
	if (!is_true)
		abort();
}

/* The file that @data stands for, as a memfd that stays mapped at @ret. */
static int make_file(
    const uint8_t *data, size_t size, uint8_t **ret, size_t *ret_size)
{
	const size_t body = size - HEADER;
	const int fd = memfd_create("snapshot", MFD_CLOEXEC);
	struct aw_snap_header *header;
	uint8_t *map;

	expect(fd >= 0 && ftruncate(fd, (off_t)(AW_SNAP_BODY + body)) == 0);
	map = mmap(NULL, AW_SNAP_BODY + body, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);
	expect(map != MAP_FAILED);
	memcpy(map, data, HEADER);
	memcpy(map + AW_SNAP_BODY, data + HEADER, body);
	header = (void *)map;
	*ret = map;
	*ret_size = AW_SNAP_BODY + body;
	if (data[-1] & 1) {
		header->size = htole64(*ret_size);
		header->header_sum = htole64(aw_snap_sum64(
		    map, offsetof(struct aw_snap_header, header_sum)));
	}
	return fd;
}

/* Put the checksums of a user's record at @at right, if it is one. */
static void fix_user(const struct aw_snap *snap, uint8_t *map, uint64_t at)
{
	struct aw_snap_user_rec *rec = (void *)(map + at);
	size_t strings, gids, more;

	if (at % 4 != 0 || at < snap->users_off || at >= snap->groups_off ||
	    snap->groups_off - at < sizeof(*rec))
		return;
	strings = (size_t)rec->name_len + le16toh(rec->gecos_len) +
		  rec->home_len + rec->shell_len + 6u;
	if (strings > snap->groups_off - at - AW_SNAP_USER_FIXED)
		return;
	gids = aw_snap_align(at + AW_SNAP_USER_FIXED + strings, 4);
	more = (size_t)le16toh(rec->n_gids) * 4 + le16toh(rec->more_len);
	if (gids <= snap->groups_off && more <= snap->groups_off - gids)
		rec->more_sum = htole32(aw_snap_sum32(map + gids, more));
	rec->sum = htole32(aw_snap_user_sum(
	    map + at, (const char *)map + at + AW_SNAP_USER_FIXED, strings));
}

static void fix_group(const struct aw_snap *snap, uint8_t *map, uint64_t at)
{
	struct aw_snap_group_rec *rec = (void *)(map + at);
	size_t head;

	if (at % 4 != 0 || at < snap->groups_off || at >= snap->tombs_off ||
	    snap->tombs_off - at < sizeof(*rec))
		return;
	head = rec->name_len + 1u + rec->more_len;
	if (head > snap->tombs_off - at - AW_SNAP_GROUP_FIXED ||
	    le32toh(rec->members_len) >
		snap->tombs_off - at - AW_SNAP_GROUP_FIXED - head)
		return;
	rec->members_sum = htole32(aw_snap_sum32(
	    map + at + AW_SNAP_GROUP_FIXED + head, le32toh(rec->members_len)));
	rec->sum = htole32(
	    aw_snap_sum32(map + at + 4, AW_SNAP_GROUP_FIXED - 4 + head));
}

static void fix_tables(const struct aw_snap *snap, uint8_t *map)
{
	const uint64_t *slot = (const void *)(map + snap->tables_off);
	const uint64_t users = aw_snap_slots(snap->n_users) * 2;
	const uint64_t all = users + aw_snap_slots(snap->n_groups) * 2;

	for (uint64_t i = 0; i < all; i++) {
		const uint64_t at = (le64toh(slot[i]) & UINT32_MAX) * 4;

		if (i < users)
			fix_user(snap, map, at);
		else
			fix_group(snap, map, at);
	}
	fix_user(snap, map, snap->users_off);
	fix_group(snap, map, snap->groups_off);
}

static bool is_fine(const char *text)
{
	for (const char *p = text; *p; p++)
		if ((uint8_t)*p < 0x20 || *p == ':' || *p == 0x7f)
			return false;
	return true;
}

static void check_user(
    const struct aw_snap *snap, const struct aw_snap_user *user)
{
	const char *const s = user->strings;
	struct aw_snap_user_more more;
	struct aw_snap_user again;
	char buf[1024];
	uint32_t gids[4], n;
	int r;

	expect(user->id >= 1000 && user->id != UINT32_MAX);
	expect(aw_name_is_possible(s, strlen(s), false) &&
	       !aw_name_is_reserved(s, strlen(s)));
	expect(strlen(s) == user->gecos_at - 3);
	expect(strcmp(s + user->gecos_at - 2, "*") == 0);
	expect(is_fine(s + user->gecos_at));
	expect(aw_name_is_path(s + user->home_at, strlen(s + user->home_at)));
	expect(aw_name_is_path(s + user->shell_at, strlen(s + user->shell_at)));
	r = aw_snap_user_gids(snap, user, gids, 4, &n);
	expect(r == 0 || r == -EIO);
	r = aw_snap_user_more(snap, user, &more);
	expect(r == 0 || r == -EIO);
	r = aw_snap_user_by_id_to(snap, user->id, buf, sizeof(buf), &again);
	expect(r != 0 || again.id == user->id);
	r = aw_snap_user_by_name_to(
	    snap, s, strlen(s), buf, sizeof(buf), &again);
	expect(r != 0 || strcmp(buf, s) == 0);
}

static void check_group(
    const struct aw_snap *snap, const struct aw_snap_group *group)
{
	struct aw_snap_group again;
	char id[AW_PRINCIPAL_SIZE];
	const char *p = group->members;
	int r;

	expect(group->id != 0 && group->id != UINT32_MAX);
	expect(strlen(group->name) == group->name_len);
	expect(aw_name_is_possible(group->name, group->name_len, true) &&
	       !aw_name_is_reserved(group->name, group->name_len));
	for (uint32_t i = 0; i < group->n_members; i++) {
		expect(is_fine(p) && !strchr(p, ','));
		p += strlen(p) + 1;
	}
	expect(p == group->members + group->members_len);
	r = aw_snap_group_principal(snap, group, id);
	expect(r == 0 || r == -EIO);
	r = aw_snap_group_by_id(snap, group->id, &again);
	expect(r != 0 || again.id == group->id);
	r = aw_snap_group_by_name(snap, group->name, group->name_len, &again);
	expect(r != 0 || again.name_len == group->name_len);
}

static void walk(const struct aw_snap *snap)
{
	struct aw_snap_group group;
	struct aw_snap_user user;
	struct aw_snap_tomb tomb;
	uint64_t cursor;

	for (cursor = 0; aw_snap_next_user(snap, &cursor, false, &user) == 0;)
		check_user(snap, &user);
	for (cursor = 0; aw_snap_next_group(snap, &cursor, true, &group) == 0;)
		check_group(snap, &group);
	for (cursor = 0; aw_snap_next_tomb(snap, &cursor, &tomb) == 0;)
		expect(strlen(tomb.name) <= AW_NAME_MAX);
	if (aw_snap_user_by_name(snap, "alice", 5, &user) == 0)
		check_user(snap, &user);
	if (aw_snap_group_by_name(snap, "team", 4, &group) == 0)
		check_group(snap, &group);
	(void)!aw_snap_verify(snap);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct aw_snap snap;
	char path[64];
	size_t file_size;
	uint8_t *map;
	int fd;

	if (size < 1 + HEADER || size > 64 * 1024)
		return 0;
	fd = make_file(data + 1, size - 1, &map, &file_size);
	if (aw_fmt(path, sizeof(path), "/proc/self/fd/%d", fd) < 0)
		abort();
	if (aw_snap_open_named(path, &snap) == 0) {
		if (data[0] & 2)
			fix_tables(&snap, map);
		walk(&snap);
		aw_snap_close(&snap);
	}
	(void)munmap(map, file_size);
	(void)close(fd);
	return 0;
}
