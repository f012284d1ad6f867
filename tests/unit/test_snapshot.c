/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of the snapshot's reader (common/snapshot.c, snapshot_record.c):
 * what is in the file comes out, and whatever is wrong with a file it neither
 * crashes nor gives anybody another id.
 * covers: spine.2, R15, R16, R17, R18, R19, R28, R32
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/snapshot.h"
#include "tests/unit/snap_place.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const struct person people[] = {
	{ "alice", 1, AW_SNAP_ENUM | AW_SNAP_ALLOWED, "ab", "Alice Doe", NULL,
	    NULL, "alice@example.com", NULL },
	{ "bob.roe", 2, 0, "a", "", NULL, "/usr/bin/zsh", "Bob@other.example",
	    "1234567890-aabbccdd-0011-2233-4455-66778899aabb" },
	{ "carol", 3, AW_SNAP_DISABLED, "", "C\xc3\xa9line, Room 5",
	    "/home/eng/carol", NULL, "carol", "not a uuid" },
	{ "d", 4, AW_SNAP_ENUM, "c", "Sixteen bytes ok", NULL, NULL,
	    "d@example.com", "90670000-AAAA-2222-3333-444444444444" },
};

static struct aw_snap snap;

static void put_people(void)
{
	place_put(people, LEN(people), 3, 7, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
}

static void check_person(const struct person *want,
    const struct aw_snap_user *user)
{
	char home[64];

	assert_int_equal(aw_fmt(home, sizeof(home), "/home/%s", want->name), 0);
	assert_string_equal(user->strings, want->name);
	assert_string_equal(user->strings + user->gecos_at - 2, "*");
	assert_string_equal(user->strings + user->gecos_at, want->gecos);
	assert_string_equal(user->strings + user->home_at,
	    want->home ? want->home : home);
	assert_string_equal(user->strings + user->shell_at,
	    want->shell ? want->shell : "/bin/bash");
	assert_int_equal(user->strings_len,
	    user->shell_at + strlen(user->strings + user->shell_at) + 1);
	assert_int_equal(user->id, AW_ID_MIN + want->id);
	assert_int_equal(user->flags, want->flags);
}

static void finds_people(void **state)
{
	struct aw_snap_user_more more;
	struct aw_snap_user user;

	(void)state;
	put_people();
	assert_int_equal(snap.generation, 7);
	assert_int_equal(snap.created, 1700000000);
	assert_int_equal(snap.n_users, LEN(people));
	assert_int_equal(snap.n_groups, 3);
	assert_false(snap.needs_limits);
	assert_string_equal(aw_snap_store(&snap), "d-1234567890");
	for (size_t i = 0; i < LEN(people); i++) {
		const char *name = people[i].name;

		assert_int_equal(aw_snap_user_by_name(&snap, name, strlen(name),
				     &user), 0);
		check_person(&people[i], &user);
		assert_int_equal(aw_snap_user_by_id(&snap,
				     AW_ID_MIN + people[i].id, &user), 0);
		check_person(&people[i], &user);
		assert_int_equal(aw_snap_user_more(&snap, &user, &more), 0);
		assert_string_equal(more.user_name, people[i].user_name);
		if (people[i].principal_id)
			assert_string_equal(more.principal_id,
			    people[i].principal_id);
		else
			assert_string_equal(more.principal_id,
			    "90670000-1111-2222-3333-000000000000");
	}
	assert_int_equal(aw_snap_verify(&snap), 0);
	aw_snap_close(&snap);
	assert_null(snap.base);
}

static void finds_groups(void **state)
{
	static const char members[] = "alice\0bob.roe";
	struct aw_snap_group group;
	char id[AW_PRINCIPAL_SIZE];

	(void)state;
	put_people();
	assert_int_equal(aw_snap_group_by_name(&snap, "team-a", 6, &group), 0);
	assert_int_equal(group.id, AW_ID_MIN + 1000);
	assert_int_equal(group.n_members, 2);
	assert_int_equal(group.members_len, sizeof(members));
	assert_memory_equal(group.members, members, sizeof(members));
	assert_int_equal(group.flags, AW_SNAP_ENUM);
	assert_int_equal(aw_snap_group_principal(&snap, &group, id), 0);
	assert_string_equal(id, "team-id-0");
	assert_int_equal(
	    aw_snap_group_by_id(&snap, AW_ID_MIN + 1002, &group), 0);
	assert_string_equal(group.name, "team-c");
	assert_int_equal(group.name_len, 6);
	assert_string_equal(group.members, "d");
	aw_snap_close(&snap);
}

static void knows_nobody_else(void **state)
{
	static const struct {
		const char *name;
		size_t len;
	} rows[] = { { "alic", 4 }, { "alice2", 6 }, { "alice", 4 },
		{ "Alice", 5 }, { "bob", 3 }, { "team-a", 6 }, { "", 0 },
		{ "root", 4 }, { "al\0ce", 5 }, { "alice\n", 6 } };
	static const char longest[65] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
					"aaaaaaaaaaaaaaaaaaaaaaaaaaaa";
	struct aw_snap_group group = { .id = 4711 };
	struct aw_snap_user user = { .id = 4711 };

	(void)state;
	put_people();
	for (size_t i = 0; i < LEN(rows); i++)
		if (aw_snap_user_by_name(&snap, rows[i].name, rows[i].len,
			&user) != AW_UNKNOWN)
			fail_msg("row %zu (%s) is somebody", i, rows[i].name);
	assert_int_equal(aw_snap_user_by_name(&snap, longest, 65, &user),
	    AW_UNKNOWN);
	for (uint32_t id = 0; id < 2000; id++)
		if (id < 1 || id > 4)
			assert_int_equal(aw_snap_user_by_id(&snap,
					     AW_ID_MIN + id, &user),
			    AW_UNKNOWN);
	assert_int_equal(aw_snap_user_by_id(&snap, 0, &user), AW_UNKNOWN);
	assert_int_equal(aw_snap_group_by_name(&snap, "alice", 5, &group),
	    AW_UNKNOWN);
	assert_int_equal(aw_snap_group_by_name(&snap, longest, 65, &group),
	    AW_UNKNOWN);
	assert_int_equal(aw_snap_group_by_name(&snap, "", 0, &group),
	    AW_UNKNOWN);
	assert_int_equal(aw_snap_group_by_id(&snap, AW_ID_MIN + 1, &group),
	    AW_UNKNOWN);
	assert_int_equal(user.id, 4711);
	assert_int_equal(group.id, 4711);
	aw_snap_close(&snap);
}

static void gives_gids(void **state)
{
	struct aw_snap_user user;
	uint32_t gids[3] = { 1, 2, 3 }, n = 9;
	const uint8_t *list;

	(void)state;
	put_people();
	assert_int_equal(aw_snap_user_by_name(&snap, "alice", 5, &user), 0);
	assert_int_equal(aw_snap_user_gids(&snap, &user, gids, 3, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(gids[0], AW_ID_MIN + 1000);
	assert_int_equal(gids[1], AW_ID_MIN + 1001);
	assert_int_equal(gids[2], 3);
	gids[1] = 2;
	assert_int_equal(aw_snap_user_gids(&snap, &user, gids, 1, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(gids[1], 2);
	assert_int_equal(aw_snap_user_gids(&snap, &user, NULL, 0, &n), 0);
	assert_int_equal(aw_snap_user_gid_list(&snap, &user, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(aw_snap_gid(list, 1), AW_ID_MIN + 1001);
	assert_int_equal(aw_snap_user_by_name(&snap, "carol", 5, &user), 0);
	assert_int_equal(aw_snap_user_gids(&snap, &user, gids, 3, &n), 0);
	assert_int_equal(n, 0);
	aw_snap_close(&snap);
}

static void copies_strings(void **state)
{
	static const char want[] = "alice\0*\0Alice Doe\0/home/alice\0/bin/bash";
	char buf[sizeof(want) + 1];
	struct aw_snap_user user = { .id = 4711 };
	uint64_t cursor = 0;

	(void)state;
	put_people();
	for (size_t size = 0; size < sizeof(want); size++) {
		memset(buf, 'u', sizeof(buf));
		assert_int_equal(aw_snap_user_by_name_to(&snap, "alice", 5, buf,
				     size, &user), -ERANGE);
		assert_int_equal(aw_snap_user_by_id_to(&snap, AW_ID_MIN + 1,
				     buf, size, &user), -ERANGE);
		assert_int_equal(aw_snap_next_user_to(&snap, &cursor, true, buf,
				     size, &user), -ERANGE);
		for (size_t i = 0; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 'u');
		assert_int_equal(cursor, 0);
		assert_int_equal(user.id, 4711);
	}
	assert_int_equal(aw_snap_user_by_name_to(&snap, "alice", 5, buf,
			     sizeof(want), &user), 0);
	assert_ptr_equal(user.strings, buf);
	assert_int_equal(user.strings_len, sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(buf[sizeof(want)], 'u');
	assert_int_equal(aw_snap_next_user_to(&snap, &cursor, true, buf,
			     sizeof(want), &user), 0);
	assert_true(cursor != 0);
	aw_snap_close(&snap);
}

static void walks(void **state)
{
	static const char *const order[] = { "alice", "d", "bob.roe", "carol" };
	struct aw_snap_group group;
	struct aw_snap_user user;
	uint64_t cursor = 0;

	(void)state;
	put_people();
	for (size_t i = 0; i < LEN(order); i++) {
		assert_int_equal(
		    aw_snap_next_user(&snap, &cursor, false, &user), 0);
		assert_string_equal(user.strings, order[i]);
	}
	assert_int_equal(aw_snap_next_user(&snap, &cursor, false, &user),
	    AW_END);
	cursor = 0;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    aw_snap_next_user(&snap, &cursor, true, &user), 0);
	assert_string_equal(user.strings, "d");
	assert_int_equal(aw_snap_next_user(&snap, &cursor, true, &user),
	    AW_END);
	assert_string_equal(user.strings, "d");
	cursor = 0;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    aw_snap_next_group(&snap, &cursor, true, &group), 0);
	assert_int_equal(aw_snap_next_group(&snap, &cursor, false, &group),
	    AW_END);
	for (cursor = 1; cursor < snap.size + 9; cursor++) {
		uint64_t at = cursor;
		const int r = aw_snap_next_user(&snap, &at, false, &user);

		assert_true(r == 0 || r == -EIO || r == AW_END);
	}
	aw_snap_close(&snap);
}

static void works_when_empty(void **state)
{
	struct aw_snap_tomb tomb;
	struct aw_snap_group group;
	struct aw_snap_user user;
	uint64_t cursor = 0;

	(void)state;
	place_put(NULL, 0, 0, 1, true);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_true(snap.needs_limits);
	assert_int_equal(aw_snap_user_by_name(&snap, "alice", 5, &user),
	    AW_UNKNOWN);
	assert_int_equal(aw_snap_next_user(&snap, &cursor, false, &user),
	    AW_END);
	assert_int_equal(aw_snap_next_group(&snap, &cursor, false, &group),
	    AW_END);
	assert_int_equal(aw_snap_next_tomb(&snap, &cursor, &tomb), AW_END);
	assert_int_equal(aw_snap_verify(&snap), 0);
	aw_snap_close(&snap);
}

/* Each row spoils the place; open says what it wants. */
static void trusts_no_other_place(void **state)
{
	const uid_t me = geteuid();
	char other[160];

	(void)state;
	put_people();
	aw_snap_close(&snap);
	memset(&snap, 'u', sizeof(snap));
	assert_int_equal(aw_snap_open(place_path, me + 1, &snap), -EPERM);
	assert_int_equal(chmod(place_path, 0664), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(chmod(place_path, 0646), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(chmod(place_path, 0444), 0);
	assert_int_equal(chmod(place_dir, 0775), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(chmod(place_dir, 0757), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(chmod(place_dir, 0755), 0);
	assert_int_equal(chmod(place_root, 0775), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(chmod(place_root, 0757), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(chmod(place_root, 0755), 0);
	assert_int_equal(aw_fmt(other, sizeof(other), "%s/other", place_dir),
	    0);
	assert_int_equal(link(place_path, other), 0);
	assert_int_equal(aw_snap_open(place_path, me, &snap), -EPERM);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(symlink(AW_SNAPSHOT_NAME, other), 0);
	assert_int_equal(aw_snap_open(other, me, &snap), -ELOOP);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(mkfifo(other, 0644), 0);
	assert_int_equal(aw_snap_open(other, me, &snap), -EPERM);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(aw_snap_open(place_dir, me, &snap), -EPERM);
	assert_int_equal(aw_snap_open(other, me, &snap), AW_ABSENT);
	assert_int_equal(((const uint8_t *)&snap)[0], 'u');
	assert_int_equal(aw_snap_open(place_path, me, &snap), 0);
	aw_snap_close(&snap);
}

/* The directory's owner must be the file's; seen from another owner's file. */
static void trusts_one_owner(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("needs root to give a file away\n");
		return;
	}
	put_people();
	aw_snap_close(&snap);
	assert_int_equal(chown(place_path, 1, (gid_t)-1), 0);
	assert_int_equal(aw_snap_open(place_path, 0, &snap), -EPERM);
	assert_int_equal(chown(place_dir, 1, (gid_t)-1), 0);
	assert_int_equal(aw_snap_open(place_path, 0, &snap), 0);
	aw_snap_close(&snap);
	assert_int_equal(chown(place_root, 1, (gid_t)-1), 0);
	assert_int_equal(aw_snap_open(place_path, 0, &snap), -EPERM);
	assert_int_equal(chown(place_root, 0, (gid_t)-1), 0);
	assert_int_equal(chown(place_dir, 0, (gid_t)-1), 0);
}

static void fix_header(uint8_t *data)
{
	const uint64_t sum = htole64(aw_snap_sum64(data,
	    offsetof(struct aw_snap_header, header_sum)));

	memcpy(data + offsetof(struct aw_snap_header, header_sum), &sum,
	    sizeof(sum));
}

/* All fits, but that no slot is where a number may be. */
static void shift_tables(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);
	struct aw_snap_header *h = (void *)copy;
	size_t at;

	assert_non_null(copy);
	memcpy(copy, data, len);
	at = le64toh(h->tables_off);
	memmove(copy + at + 1, copy + at, len - at);
	h->tables_off = htole64(at + 1);
	h->size = htole64(len + 1);
	fix_header(copy);
	place_put_bytes(copy, len + 1);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	free(copy);
}

/* Headers whose checksum is right and whose content is not. */
static void refuses_bad_headers(void **state)
{
	static const struct {
		const char *name;
		size_t at, size;
		uint64_t value;
		int want;
	} rows[] = {
#define AT(field) offsetof(struct aw_snap_header, field)
		{ "magic", AT(magic), 1, 'a', -EIO },
		{ "version", AT(version), 4, 2, -EPROTO },
		{ "size + 1", AT(size), 8, 1, -EIO },
		{ "users begin late", AT(users_off), 8, 1u << 20, -EIO },
		{ "users begin early", AT(users_off), 8, 0, -EIO },
		{ "groups before users", AT(groups_off), 8, 0, -EIO },
		{ "groups behind", AT(groups_off), 8, UINT64_MAX - 3, -EIO },
		{ "tombs behind", AT(tombs_off), 8, UINT64_MAX, -EIO },
		{ "tables behind", AT(tables_off), 8, 1u << 30, -EIO },
		{ "tables unaligned", AT(tables_off), 8, 4097, -EIO },
		{ "too many users", AT(n_users), 4, 0xffffffff, -EIO },
		{ "one user more", AT(n_users), 4, 10000, -EIO },
		{ "too many groups", AT(n_groups), 4, 0x7fffffff, -EIO },
		{ "suffixes", AT(n_suffixes), 4, 65, -EIO },
		{ "suffixes behind", AT(n_suffixes), 4, 64, -EIO },
		{ "probe", AT(max_probe), 4, 65, -EIO },
#undef AT
	};
	size_t len;
	uint8_t *data, *copy;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	copy = malloc(len);
	assert_non_null(copy);
	for (size_t i = 0; i < LEN(rows); i++) {
		const uint64_t value = htole64(rows[i].value);

		memcpy(copy, data, len);
		memcpy(copy + rows[i].at, &value, rows[i].size);
		fix_header(copy);
		place_put_bytes(copy, len);
		if (aw_snap_open(place_path, geteuid(), &snap) != rows[i].want)
			fail_msg("%s: opened", rows[i].name);
	}
	memcpy(copy, data, len);
	memset(copy + offsetof(struct aw_snap_header, store_id), 'd', 72);
	fix_header(copy);
	place_put_bytes(copy, len);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	shift_tables(data, len);
	free(copy);
	free(data);
}

static void refuses_cut_files(void **state)
{
	size_t len;
	uint8_t *data;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t cut = 0; cut < len; cut += cut < 256 ? 1 : 61) {
		place_put_bytes(data, cut);
		if (aw_snap_open(place_path, geteuid(), &snap) != -EIO)
			fail_msg("opened with %zu of %zu bytes", cut, len);
	}
	data = realloc(data, len + 8);
	assert_non_null(data);
	memset(data + len, 0, 8);
	place_put_bytes(data, len + 8);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	memset(data, 0, len);
	place_put_bytes(data, len);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	free(data);
}

/* Whatever is answered is what was put in. */
static void check_answers(size_t at)
{
	for (size_t i = 0; i < LEN(people); i++) {
		const char *name = people[i].name;
		struct aw_snap_user user;
		uint32_t gids[4], n;
		int r;

		r = aw_snap_user_by_name(&snap, name, strlen(name), &user);
		if (r == 0)
			check_person(&people[i], &user);
		else if (r != AW_UNKNOWN && r != -EIO)
			fail_msg("byte %zu: %d", at, r);
		if (r == 0 && aw_snap_user_gids(&snap, &user, gids, 4, &n) == 0)
			assert_int_equal(n, strlen(people[i].teams));
		r = aw_snap_user_by_id(&snap, AW_ID_MIN + people[i].id, &user);
		if (r == 0)
			check_person(&people[i], &user);
		else if (r != AW_UNKNOWN && r != -EIO)
			fail_msg("byte %zu: %d", at, r);
	}
	for (uint32_t i = 0; i < 3; i++) {
		struct aw_snap_group group;
		const int r =
		    aw_snap_group_by_id(&snap, AW_ID_MIN + 1000 + i, &group);

		if (r == 0) {
			assert_int_equal(group.name[5], 'a' + (int)i);
			assert_int_equal(group.n_members, i == 0 ? 2 : 1);
			assert_string_equal(group.members,
			    i < 2 ? "alice" : "d");
		} else if (r != AW_UNKNOWN && r != -EIO) {
			fail_msg("byte %zu: %d", at, r);
		}
	}
}

/* Every single bit of the file. */
static void survives_each_bit(void **state)
{
	size_t len;
	uint8_t *data;
	int fd;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	fd = open(place_path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t bit = 0; bit < len * 8; bit++) {
		const off_t at = (off_t)(bit / 8);
		const uint8_t turned =
		    (uint8_t)(data[at] ^ (1u << bit % 8));

		/* Behind the header only one word means anything. */
		if (at >= 192 && at < (off_t)AW_SNAP_BODY)
			continue;
		assert_int_equal(pwrite(fd, &turned, 1, at), 1);
		if (aw_snap_open(place_path, geteuid(), &snap) == 0) {
			if (at < 192)
				fail_msg("bit %zu of the header is lost", bit);
			check_answers((size_t)at);
			if (aw_snap_verify(&snap) != -EIO)
				fail_msg("bit %zu is not missed", bit);
			aw_snap_close(&snap);
		}
		assert_int_equal(pwrite(fd, &data[at], 1, at), 1);
	}
	assert_int_equal(close(fd), 0);
	free(data);
}

/* The record of @name in @data; its user may be changed, then fix_user(). */
static uint8_t *find_user(uint8_t *data, const char *name)
{
	struct aw_snap_user user;
	uint8_t *at;

	place_put_bytes(data, snap.size);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
	at = data + user.at;
	aw_snap_close(&snap);
	return at;
}

static void fix_user(uint8_t *rec)
{
	const struct aw_snap_user_rec *r = (const void *)rec;
	const size_t len = (size_t)r->name_len + le16toh(r->gecos_len) +
	    r->home_len + r->shell_len + 6;
	const uint32_t sum = htole32(aw_snap_user_sum(rec,
	    (const char *)rec + AW_SNAP_USER_FIXED, len));

	memcpy(rec, &sum, sizeof(sum));
}

/* Let both of the user tables lead to @at only, whatever the record says. */
static void lead_to(uint8_t *data, uint64_t at, const char *name, uint32_t id)
{
	const struct aw_snap_header *h = (const void *)data;
	const uint64_t seed = le64toh(h->seed);
	const uint32_t n = le32toh(h->n_users);
	uint64_t *slots = (void *)(data + le64toh(h->tables_off));
	const uint32_t by_name = aw_snap_hash_name(seed, name, strlen(name));
	const uint32_t by_id = aw_snap_hash_id(seed, id);

	memset(slots, 0, aw_snap_slots(n) * 16);
	slots[aw_snap_home(by_name, aw_snap_homes(n))] =
	    htole64((uint64_t)by_name << 32 | at / 4);
	slots += aw_snap_slots(n);
	slots[aw_snap_home(by_id, aw_snap_homes(n))] =
	    htole64((uint64_t)by_id << 32 | at / 4);
}

/*
 * What a writer that has been taken over could write, every checksum right:
 * a record with the parts of "mallory" replaced by others of the same length.
 */
static void hides_hostile_records(void **state)
{
	static const struct person mallory = { "mallory", 1,
		AW_SNAP_ENUM | AW_SNAP_ALLOWED, "", "Mallory", "/home/mallory",
		"/bin/shell", NULL, NULL };
	static const struct {
		const char *name, *user, *gecos, *home, *shell;
		uint32_t id;
		int want;
	} rows[] = {
		{ "as it was", "mallory", "Mallory", "/home/mallory",
		    "/bin/shell", AW_ID_MIN + 1, 0 },
		{ "R15 id 0", "mallory", "Mallory", "/home/mallory",
		    "/bin/shell", 0, AW_UNKNOWN },
		{ "R18 id of the system", "mallory", "Mallory",
		    "/home/mallory", "/bin/shell", 999, AW_UNKNOWN },
		{ "R18 id -1", "mallory", "Mallory", "/home/mallory",
		    "/bin/shell", UINT32_MAX, AW_UNKNOWN },
		{ "R17 reserved", "polkitd", "Mallory", "/home/polkitd",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 number", "1234567", "Mallory", "/home/1234567",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 option", "-rf.foo", "Mallory", "/home/-rf.foo",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 colon in name", "mall:ry", "Mallory", "/home/mall:ry",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 slash in name", "mal/ory", "Mallory", "/home/mal/ory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "upper case", "Mallory", "Mallory", "/home/Mallory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 colon in gecos", "mallory", "Ma:lory", "/home/mallory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 line in gecos", "mallory", "Mallor\n", "/home/mallory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 escape in gecos", "mallory", "\033[31mry",
		    "/home/mallory", "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 DEL in gecos", "mallory", "M\177llory", "/home/mallory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "utf-8 in gecos", "mallory", "M\xc3\xa9llor",
		    "/home/mallory", "/bin/shell", AW_ID_MIN + 1, 0 },
		{ "R19 home climbs", "mallory", "Mallory", "/home/../root",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 home with dot", "mallory", "Mallory", "/home/./llory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 home with gap", "mallory", "Mallory", "/home//allory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 home with end", "mallory", "Mallory", "/home/mallor/",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "home relative", "mallory", "Mallory", "home//mallory",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 colon in home", "mallory", "Mallory", "/home/mallo:y",
		    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "home in /etc is the caller's to judge", "mallory",
		    "Mallory", "/etc/sudoers.", "/bin/shell", AW_ID_MIN + 1,
		    0 },
		{ "R19 shell climbs", "mallory", "Mallory", "/home/mallory",
		    "/bin/../sh", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "shell relative", "mallory", "Mallory", "/home/mallory",
		    "bin//shell", AW_ID_MIN + 1, AW_UNKNOWN },
		{ "R19 line in shell", "mallory", "Mallory", "/home/mallory",
		    "/bin/shel\n", AW_ID_MIN + 1, AW_UNKNOWN },
	};
	size_t len;
	uint8_t *data;

	(void)state;
	place_put(&mallory, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_user user = { .id = 4711 };
		uint8_t *copy = malloc(len), *rec;
		const uint32_t id = htole32(rows[i].id);
		uint64_t cursor = 0;
		int r;

		assert_non_null(copy);
		memcpy(copy, data, len);
		rec = find_user(copy, "mallory");
		memcpy(rec + 4, &id, sizeof(id));
		memcpy(rec + 22, rows[i].user, 7);
		memcpy(rec + 22 + 10, rows[i].gecos, 7);
		memcpy(rec + 22 + 18, rows[i].home, 13);
		memcpy(rec + 22 + 32, rows[i].shell, 10);
		fix_user(rec);
		lead_to(copy, (uint64_t)(rec - copy), rows[i].user, rows[i].id);
		place_put_bytes(copy, len);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		r = aw_snap_user_by_id(&snap, rows[i].id, &user);
		if (r != rows[i].want)
			fail_msg("%s: by id %d", rows[i].name, r);
		r = aw_snap_user_by_name(&snap, rows[i].user, 7, &user);
		if (r != rows[i].want)
			fail_msg("%s: by name %d", rows[i].name, r);
		r = aw_snap_next_user(&snap, &cursor, false, &user);
		if (r != (rows[i].want ? AW_END : 0))
			fail_msg("%s: walked %d", rows[i].name, r);
		if (rows[i].want)
			assert_int_equal(user.id, 4711);
		aw_snap_close(&snap);
		free(copy);
	}
	free(data);
}

/* Tables that lead from everybody to one. */
static void gives_nobody_another_id(void **state)
{
	static const struct person mallory = { .name = "mallory", .id = 1 };
	struct aw_snap_user user;
	size_t len;
	uint8_t *data, *rec;

	(void)state;
	place_put(&mallory, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
	data = place_read(&len);
	rec = find_user(data, "mallory");
	lead_to(data, (uint64_t)(rec - data), "alice", AW_ID_MIN + 2);
	place_put_bytes(data, len);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(aw_snap_user_by_id(&snap, AW_ID_MIN + 2, &user),
	    AW_UNKNOWN);
	assert_int_equal(aw_snap_user_by_name(&snap, "alice", 5, &user),
	    AW_UNKNOWN);
	aw_snap_close(&snap);
	free(data);
}

/* The same with lengths that lie: between the strings no NUL is where one must
 * be, or the password is none. */
static void hides_records_that_run_on(void **state)
{
	static const struct person one = { "mallory", 1, 0, "", "Mallory",
		"/home/mallory", "/bin/shell", NULL, NULL };
	static const struct {
		const char *name;
		size_t at;
		char to;
	} rows[] = {
		{ "name", 22 + 7, 'x' },
		{ "password empty", 22 + 8, '\0' },
		{ "password", 22 + 9, 'x' },
		{ "gecos", 22 + 17, 'x' },
		{ "home", 22 + 31, 'x' },
		{ "shell", 22 + 42, 'x' },
	};
	size_t len;
	uint8_t *data;

	(void)state;
	place_put(&one, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_user user;
		uint8_t *rec = find_user(data, "mallory");
		const uint8_t was = rec[rows[i].at];

		rec[rows[i].at] = (uint8_t)rows[i].to;
		fix_user(rec);
		place_put_bytes(data, len);
		rec[rows[i].at] = was;
		fix_user(rec);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		if (aw_snap_user_by_id(&snap, AW_ID_MIN + 1, &user) !=
		    AW_UNKNOWN)
			fail_msg("%s: answered", rows[i].name);
		aw_snap_close(&snap);
	}
	free(data);
}

static void fix_group(uint8_t *rec)
{
	struct aw_snap_group_rec *r = (void *)rec;
	const size_t head = r->name_len + 1u + r->more_len;

	r->members_sum = htole32(aw_snap_sum32(rec + AW_SNAP_GROUP_FIXED + head,
	    le32toh(r->members_len)));
	r->sum = htole32(aw_snap_sum32(rec + 4,
	    AW_SNAP_GROUP_FIXED - 4 + head));
}

static void hides_hostile_groups(void **state)
{
	static const struct {
		const char *name;
		const char *group, *members;
		uint32_t id, n_members;
		int want;
	} rows[] = {
		{ "as it was", "team-a", "alice\0bob.roe", AW_ID_MIN + 1000, 2,
		    0 },
		{ "R15 gid 0", "team-a", "alice\0bob.roe", 0, 2, AW_UNKNOWN },
		{ "gid -1", "team-a", "alice\0bob.roe", UINT32_MAX, 2,
		    AW_UNKNOWN },
		{ "mapped gid is the caller's to judge", "team-a",
		    "alice\0bob.roe", 27, 2, 0 },
		{ "R17, R23 docker", "docker", "alice\0bob.roe",
		    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
		{ "R23 DOCKER", "DOCKER", "alice\0bob.roe", AW_ID_MIN + 1000,
		    2, AW_UNKNOWN },
		{ "R19 space", "team a", "alice\0bob.roe", AW_ID_MIN + 1000, 2,
		    AW_UNKNOWN },
		{ "R19 comma among members", "team-a", "al,ce\0bob.roe",
		    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
		{ "R19 colon among members", "team-a", "al:ce\0bob.roe",
		    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
		{ "R19 line among members", "team-a", "al\nce\0bob.roe",
		    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
		{ "one member more", "team-a", "alice\0bob.roe",
		    AW_ID_MIN + 1000, 3, AW_UNKNOWN },
		{ "one member less", "team-a", "alice\0bob.roe",
		    AW_ID_MIN + 1000, 1, AW_UNKNOWN },
		{ "members without end", "team-a", "alice\0bob\0roex",
		    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
	};
	size_t len;
	uint8_t *data;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_group group = { .id = 4711 };
		struct aw_snap_group_rec *rec;
		uint8_t *copy = malloc(len);
		uint64_t cursor = 0;
		int r;

		assert_non_null(copy);
		memcpy(copy, data, len);
		rec = (void *)(copy +
		    le64toh(((struct aw_snap_header *)(void *)copy)
				->groups_off));
		rec->id = htole32(rows[i].id);
		rec->n_members = htole32(rows[i].n_members);
		memcpy((char *)rec + 23, rows[i].group, 6);
		memcpy((char *)rec + 23 + 7 + rec->more_len, rows[i].members,
		    14);
		fix_group((uint8_t *)rec);
		place_put_bytes(copy, len);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		r = aw_snap_next_group(&snap, &cursor, false, &group);
		assert_int_equal(r, 0);
		if ((rows[i].want == 0) !=
		    (memcmp(group.name, rows[i].group, 6) == 0))
			fail_msg("%s: walked to %s", rows[i].name, group.name);
		if (rows[i].id == AW_ID_MIN + 1000 &&
		    aw_snap_group_by_id(&snap, rows[i].id, &group) !=
			rows[i].want)
			fail_msg("%s: by id", rows[i].name);
		aw_snap_close(&snap);
		free(copy);
	}
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_people),
		cmocka_unit_test(finds_groups),
		cmocka_unit_test(knows_nobody_else),
		cmocka_unit_test(gives_gids),
		cmocka_unit_test(copies_strings),
		cmocka_unit_test(walks),
		cmocka_unit_test(works_when_empty),
		cmocka_unit_test(trusts_no_other_place),
		cmocka_unit_test(trusts_one_owner),
		cmocka_unit_test(refuses_bad_headers),
		cmocka_unit_test(refuses_cut_files),
		cmocka_unit_test(survives_each_bit),
		cmocka_unit_test(hides_hostile_records),
		cmocka_unit_test(gives_nobody_another_id),
		cmocka_unit_test(hides_records_that_run_on),
		cmocka_unit_test(hides_hostile_groups),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
