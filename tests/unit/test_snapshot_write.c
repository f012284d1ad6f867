/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of the snapshot's writer (common/snapshot_add.c, _table.c,
 * _write.c): what it takes and refuses, that a large made-up
 * directory comes out as it went in.
 * covers: spine.2, R12, R14, R15, R17, R18, R19, R21
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/snap_place.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct aw_snap snap;

static struct aw_snapw *new_writer(bool needs_limits)
{
	const struct aw_snapw_head head = { .store_id = "d-1234567890",
		.generation = 1,
		.needs_limits = needs_limits };
	struct aw_snapw *writer;

	assert_int_equal(aw_snapw_new(&head, &writer), 0);
	return writer;
}

static char long_text[5000], long_path[300];
static const struct {
	const char *name;
	struct aw_snapw_user user;
	int want, want_limits;
} users[] = {
#define U(id, un, n, g, h, s, uid, f)                  \
	{                                              \
		id, un, n, g, h, s, AW_ID_MIN + uid, f \
	}
	{ "good", U("x", "a@b", "a", "", "/home/a", "/b/s", 0, 63), 0, 0 },
	{ "greatest id",
	    U("x", "a", "a", "", "/home/a", "/b/s", AW_ID_MAX - AW_ID_MIN, 0),
	    0, 0 },
	{ "R18 above the range",
	    U("x", "a", "a", "", "/home/a", "/b/s", AW_ID_MAX - AW_ID_MIN + 1,
		0),
	    -EINVAL, 0 },
	{ "R18 below the range",
	    { "x", "a", "a", "", "/home/a", "/b/s", AW_ID_MIN - 1, 0 }, -EINVAL,
	    0 },
	{ "adopted", { "x", "a", "a", "", "/home/a", "/b/s", 1000, 0 }, -EINVAL,
	    0 },
	{ "R18 system", { "x", "a", "a", "", "/home/a", "/b/s", 999, 0 },
	    -EINVAL, -EINVAL },
	{ "R15 root's", { "x", "a", "a", "", "/home/a", "/b/s", 0, 0 }, -EINVAL,
	    -EINVAL },
	{ "R18 -1", { "x", "a", "a", "", "/home/a", "/b/s", UINT32_MAX, 0 },
	    -EINVAL, -EINVAL },
	{ "R17 root", U("x", "a", "root", "", "/home/a", "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "R19 colon", U("x", "a", "a:b", "", "/home/a", "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "empty name", U("x", "a", "", "", "/home/a", "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "R19 gecos colon", U("x", "a", "a", "a:b", "/home/a", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "R19 gecos line", U("x", "a", "a", "a\nb", "/home/a", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "R19 gecos no utf-8",
	    U("x", "a", "a", "\xff", "/home/a", "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "gecos long", U("x", "a", "a", long_text, "/home/a", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "home elsewhere", U("x", "a", "a", "", "/srv/a", "/b/s", 1, 0),
	    -EINVAL, 0 },
	{ "R19 home climbs", U("x", "a", "a", "", "/home/../etc", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "home is all homes", U("x", "a", "a", "", "/home/", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "home long", U("x", "a", "a", "", long_path, "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "shell empty", U("x", "a", "a", "", "/home/a", "", 1, 0), -EINVAL,
	    -EINVAL },
	{ "shell relative", U("x", "a", "a", "", "/home/a", "sh", 1, 0),
	    -EINVAL, -EINVAL },
	{ "shell long", U("x", "a", "a", "", "/home/a", long_path, 1, 0),
	    -EINVAL, -EINVAL },
	{ "no principal", U("", "a", "a", "", "/home/a", "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "principal long", U(long_text, "a", "a", "", "/home/a", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "principal not clean",
	    U("a\n", "a", "a", "", "/home/a", "/b/s", 1, 0), -EINVAL, -EINVAL },
	{ "user name long", U("x", long_text, "a", "", "/home/a", "/b/s", 1, 0),
	    -EINVAL, -EINVAL },
	{ "user name not clean",
	    U("x", "a\x01", "a", "", "/home/a", "/b/s", 1, 0), -EINVAL,
	    -EINVAL },
	{ "flag", U("x", "a", "a", "", "/home/a", "/b/s", 1, 64), -EINVAL,
	    -EINVAL },
#undef U
};

static void refuses_users(void **state)
{
	(void)state;
	memset(long_text, 'a', sizeof(long_text) - 1);
	memset(long_path, 'a', sizeof(long_path) - 1);
	memcpy(long_path, "/home/", 6);
	for (size_t i = 0; i < LEN(users); i++)
		for (int limits = 0; limits < 2; limits++) {
			struct aw_snapw *writer = new_writer(limits);
			struct aw_diag diag = { .text = "" };
			uint32_t index = 4711;
			const int want =
			    limits ? users[i].want_limits : users[i].want;
			const int r = aw_snapw_add_user(
			    writer, &users[i].user, &index, &diag);

			if (r != want)
				fail_msg(
				    "%s (%d): %d", users[i].name, limits, r);
			if ((want == 0) != (diag.text[0] == '\0') ||
			    index != (want == 0 ? 0 : 4711))
				fail_msg("%s: %s", users[i].name, diag.text);
			aw_snapw_free(writer);
		}
}

static void refuses_groups(void **state)
{
	static const struct {
		const char *name;
		struct aw_snapw_group group;
		int want, want_limits;
	} rows[] = {
		{ "good", { "x", "Team-A", AW_ID_MIN, AW_SNAP_SET, NULL }, 0,
		    0 },
		{ "R15 gid 0", { "x", "a", 0, 0, NULL }, -EINVAL, -EINVAL },
		{ "gid -1", { "x", "a", UINT32_MAX, 0, NULL }, -EINVAL,
		    -EINVAL },
		{ "mapped", { "x", "a", 27, 0, NULL }, -EINVAL, 0 },
		{ "R23 wheel", { "x", "wheel", AW_ID_MIN, 0, NULL }, -EINVAL,
		    -EINVAL },
		{ "R19 space", { "x", "a b", AW_ID_MIN, 0, NULL }, -EINVAL,
		    -EINVAL },
		{ "no principal", { "", "a", AW_ID_MIN, 0, NULL }, -EINVAL,
		    -EINVAL },
		{ "a name for people",
		    { "x", "a", AW_ID_MIN, 0, "Team \u00c4" }, 0, 0 },
		{ "R19 DisplayName", { "x", "a", AW_ID_MIN, 0, "a\nb" },
		    -EINVAL, -EINVAL },
		{ "flag", { "x", "a", AW_ID_MIN, 64, NULL }, -EINVAL, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++)
		for (int limits = 0; limits < 2; limits++) {
			struct aw_snapw *writer = new_writer(limits);
			struct aw_diag diag = { .text = "" };
			const int r = aw_snapw_add_group(
			    writer, &rows[i].group, NULL, &diag);

			if (r != (limits ? rows[i].want_limits : rows[i].want))
				fail_msg(
				    "%s (%d): %d", rows[i].name, limits, r);
			aw_snapw_free(writer);
		}
}

static void refuses_the_rest(void **state)
{
	struct aw_snap_tomb tomb = { "id", "alice", AW_ID_MIN, 0, "" };
	struct aw_snapw_head head = { .store_id = "d-12\n" };
	struct aw_snapw *writer = NULL;
	char long_store[100];

	(void)state;
	assert_int_equal(aw_snapw_new(&head, &writer), -EINVAL);
	memset(long_store, 'd', sizeof(long_store));
	long_store[65] = '\0';
	head.store_id = long_store;
	assert_int_equal(aw_snapw_new(&head, &writer), -EINVAL);
	assert_null(writer);
	long_store[64] = '\0';
	assert_int_equal(aw_snapw_new(&head, &writer), 0);
	assert_int_equal(aw_snapw_add_member(writer, 0, 0), -EINVAL);
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), 0);
	tomb.name[0] = ':';
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), -EINVAL);
	memcpy(tomb.name, "Alice", 6);
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), -EINVAL);
	tomb.flags = AW_SNAP_GROUP;
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), 0);
	tomb.principal_id[0] = '\0';
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), -EINVAL);
	aw_snapw_free(writer);
	aw_snapw_free(NULL);
}

/* R14: nobody shares a name or an id. */
static void refuses_doubles(void **state)
{
	static const struct {
		const char *name, *user, *group;
		uint32_t uid, gid;
		int want;
	} rows[] = {
		{ "none", "bob", "crew", 2, 3, 0 },
		{ "user's name", "alice", "crew", 2, 3, -EEXIST },
		{ "user's id", "bob", "crew", 1, 3, -EEXIST },
		{ "group's name", "bob", "team-a", 2, 3, -EEXIST },
		{ "group's id", "bob", "crew", 2, 1000, -EEXIST },
		{ "group named as a user", "bob", "alice", 2, 3, -EEXIST },
		{ "group with a user's id", "bob", "crew", 2, 1, -EEXIST },
	};
	static const struct person alice = { .name = "alice", .id = 1 };
	static const struct aw_snapw_head head = { .store_id = "d-1" };

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		const struct person bob = { .name = rows[i].user,
			.id = rows[i].uid };
		const struct aw_snapw_group group = { "g", rows[i].group,
			AW_ID_MIN + rows[i].gid, 0, NULL };
		struct aw_snapw *writer = place_collect(&alice, 1, 1, &head);
		const int fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);
		struct aw_diag diag = { .text = "" };
		struct stat st;

		assert_true(fd >= 0);
		place_add(writer, &bob, 1);
		assert_int_equal(
		    aw_snapw_add_group(writer, &group, NULL, &diag), 0);
		if (aw_snapw_write(writer, fd, &diag) != rows[i].want)
			fail_msg("%s", rows[i].name);
		if ((rows[i].want == 0) != (diag.text[0] == '\0'))
			fail_msg("%s: %s", rows[i].name, diag.text);
		assert_int_equal(fstat(fd, &st), 0);
		if (rows[i].want)
			assert_int_equal(st.st_size, 0);
		assert_int_equal(close(fd), 0);
		aw_snapw_free(writer);
	}
}

static void drops_doubled_members(void **state)
{
	static const struct person three[] = {
		{ .name = "alice", .id = 1, .teams = "abbaba" },
		{ .name = "bob", .id = 2 },
		{ .name = "carol", .id = 3, .teams = "bb" },
	};
	struct aw_snap_group group;
	struct aw_snap_user user;
	uint32_t gids[4], n;

	(void)state;
	place_put(three, 3, 2, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(aw_snap_user_by_name(&snap, "alice", 5, &user), 0);
	assert_int_equal(aw_snap_user_gids(&snap, &user, gids, 4, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(gids[0], AW_ID_MIN + 1000);
	assert_int_equal(gids[1], AW_ID_MIN + 1001);
	assert_int_equal(aw_snap_group_by_name(&snap, "team-b", 6, &group), 0);
	assert_int_equal(group.n_members, 2);
	assert_memory_equal(group.members, "alice\0carol", 12);
	aw_snap_close(&snap);
}

static void keeps_tombs(void **state)
{
	struct aw_snap_tomb tomb = { "90670000-1111-2222-3333-444444444444",
		"gone", AW_ID_MIN + 5, 0, "" };
	struct aw_snapw *writer = new_writer(false);
	uint64_t cursor = 0;

	(void)state;
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), 0);
	memcpy(tomb.name, "Crew", 5);
	memcpy(tomb.principal_id, "odd", 4);
	tomb.flags = AW_SNAP_GROUP;
	tomb.id++;
	assert_int_equal(aw_snapw_add_tomb(writer, &tomb), 0);
	place_publish(writer);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(snap.n_tombs, 2);
	assert_int_equal(aw_snap_next_tomb(&snap, &cursor, &tomb), 0);
	assert_string_equal(tomb.name, "gone");
	assert_string_equal(
	    tomb.principal_id, "90670000-1111-2222-3333-444444444444");
	assert_int_equal(tomb.id, AW_ID_MIN + 5);
	assert_int_equal(tomb.flags, 0);
	assert_int_equal(aw_snap_next_tomb(&snap, &cursor, &tomb), 0);
	assert_string_equal(tomb.name, "Crew");
	assert_string_equal(tomb.principal_id, "odd");
	assert_int_equal(tomb.flags, AW_SNAP_GROUP);
	assert_int_equal(aw_snap_next_tomb(&snap, &cursor, &tomb), AW_END);
	assert_int_equal(aw_snap_verify(&snap), 0);
	aw_snap_close(&snap);
}

/* Directory names and principal ids of every form come out as they went in. */
static void keeps_what_few_need(void **state)
{
	static char long_name[513], long_id[129];
	static const char *const rows[][3] = {
		/* Linux name, directory name, principal id */
		{ "alice", "alice@example.com",
		    "90670000-1111-2222-3333-444444444444" },
		{ "bob", "bob@example.com",
		    "1234567890-90670000-1111-2222-3333-444444444444" },
		{ "carol", "Carol@Example.Com",
		    "1234567891-90670000-1111-2222-3333-444444444444" },
		{ "dave", "dave", "90670000-1111-2222-3333-44444444444" },
		{ "erin", "erinx", "90670000-1111-2222-3333-4444444444444" },
		{ "frank", "fran", "90670000-1111-2222-3333_444444444444" },
		{ "grace", "", "90670000-1111-2222-3333-44444444444G" },
		{ "heidi", long_name, long_id },
		{ "ivan",
		    "ivan@very-long-domain-that-does-not-fit-into-the-"
		    "table-of-suffixes.example.com",
		    "1" },
		{ "judy", "judy\xc3\xa9@example.com", "1234567890-" },
		{ "mallory", "mallory@example.com",
		    "90670000-1111-2222-3333-444444444444-" },
	};
	struct aw_snapw *writer = new_writer(false);

	(void)state;
	memset(long_name, 'x', 512);
	memset(long_id, 'y', 128);
	for (uint32_t i = 0; i < LEN(rows); i++) {
		const struct person person = { .name = rows[i][0],
			.id = i,
			.user_name = rows[i][1],
			.principal_id = rows[i][2] };

		place_add(writer, &person, i);
	}
	place_publish(writer);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_user_more more;
		struct aw_snap_user user;

		assert_int_equal(aw_snap_user_by_name(&snap, rows[i][0],
				     strlen(rows[i][0]), &user),
		    0);
		assert_int_equal(aw_snap_user_more(&snap, &user, &more), 0);
		assert_string_equal(more.user_name, rows[i][1]);
		assert_string_equal(more.principal_id, rows[i][2]);
	}
	assert_int_equal(aw_snap_verify(&snap), 0);
	aw_snap_close(&snap);
}

#define MANY  5000u
#define CREWS 300u
#define DRAWS 60000u

static uint32_t draw_state = 1;

static uint32_t draw(uint32_t n)
{
	draw_state = draw_state * 1664525 + 1013904223;
	return (draw_state >> 8) % n;
}

static int many_name(uint32_t i, char *name, size_t size)
{
	static const char *const front[] = { "u", "some.body.", "_",
		"x-of-a-rather-long-name-that-needs-several-words-" };

	return aw_fmt(name, size, "%s%u", front[i % 4], i);
}

static struct aw_snapw *collect_many(uint8_t member[CREWS][MANY])
{
	struct aw_snapw *writer = new_writer(false);

	for (uint32_t i = 0; i < MANY; i++) {
		char name[80], user_name[100];
		/* Domains enough to overflow the table of suffixes. */
		const struct person person = { .name = name,
			.id = i * 40961 % 200000007,
			.user_name = user_name,
			.flags = i % 3 ? AW_SNAP_ENUM : 0 };

		assert_int_equal(many_name(i, name, sizeof(name)), 0);
		assert_int_equal(aw_fmt(user_name, sizeof(user_name),
				     "%s@d%u.example", name, i % 90),
		    0);
		place_add(writer, &person, i);
	}
	for (uint32_t i = 0; i < CREWS; i++) {
		char name[32];
		const struct aw_snapw_group group = { "id", name,
			AW_ID_MIN + 220000000 + i, i % 2 ? AW_SNAP_ENUM : 0,
			name };

		assert_int_equal(aw_fmt(name, sizeof(name), "crew%u", i), 0);
		assert_int_equal(
		    aw_snapw_add_group(writer, &group, NULL, NULL), 0);
	}
	for (uint32_t i = 0; i < DRAWS; i++) {
		const uint32_t crew = draw(CREWS - 1), user = draw(MANY);

		member[crew][user] = 1;
		assert_int_equal(aw_snapw_add_member(writer, crew, user), 0);
	}
	return writer;
}

static void check_many_user(uint32_t i, uint8_t member[CREWS][MANY])
{
	struct aw_snap_user_more more;
	struct aw_snap_user user, same;
	uint32_t gids[CREWS], n, at = 0;
	char name[80], user_name[100];

	assert_int_equal(many_name(i, name, sizeof(name)), 0);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
	assert_int_equal(user.id, AW_ID_MIN + i * 40961 % 200000007);
	assert_string_equal(user.strings, name);
	assert_int_equal(user.flags, i % 3 ? AW_SNAP_ENUM : 0);
	assert_int_equal(aw_snap_user_by_id(&snap, user.id, &same), 0);
	assert_int_equal(same.at, user.at);
	assert_int_equal(aw_snap_user_more(&snap, &user, &more), 0);
	assert_int_equal(aw_fmt(user_name, sizeof(user_name), "%s@d%u.example",
			     name, i % 90),
	    0);
	assert_string_equal(more.user_name, user_name);
	assert_int_equal(aw_snap_user_gids(&snap, &user, gids, CREWS, &n), 0);
	for (uint32_t c = 0; c < CREWS; c++)
		if (member[c][i])
			assert_int_equal(gids[at++], AW_ID_MIN + 220000000 + c);
	assert_int_equal(at, n);
}

static void check_many_group(uint32_t c, uint8_t member[CREWS][MANY])
{
	struct aw_snap_group group;
	const char *text;
	char name[80], display[AW_SNAP_DISPLAY_SIZE];

	assert_int_equal(
	    aw_snap_group_by_id(&snap, AW_ID_MIN + 220000000 + c, &group), 0);
	assert_int_equal(aw_fmt(name, sizeof(name), "crew%u", c), 0);
	assert_string_equal(group.name, name);
	assert_int_equal(aw_snap_group_display(&snap, &group, display), 0);
	assert_string_equal(display, name);
	text = group.members;
	for (uint32_t i = 0; i < MANY; i++)
		if (member[c][i]) {
			assert_int_equal(many_name(i, name, sizeof(name)), 0);
			assert_string_equal(text, name);
			text += strlen(text) + 1;
		}
	assert_ptr_equal(text, group.members + group.members_len);
}

static void holds_a_large_directory(void **state)
{
	static uint8_t member[CREWS][MANY];
	struct aw_snap_user user;
	uint64_t cursor = 0;
	uint32_t n = 0;

	(void)state;
	place_publish(collect_many(member));
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(aw_snap_verify(&snap), 0);
	assert_true(snap.max_probe <= AW_SNAP_PROBE);
	for (uint32_t i = 0; i < MANY; i++)
		check_many_user(i, member);
	for (uint32_t c = 0; c < CREWS; c++)
		check_many_group(c, member);
	while (aw_snap_next_user(&snap, &cursor, true, &user) == 0) {
		assert_true(user.flags & AW_SNAP_ENUM);
		n++;
	}
	assert_int_equal(n, MANY - (MANY + 2) / 3);
	for (uint32_t i = 0; i < MANY; i++) {
		char name[32];

		assert_int_equal(aw_fmt(name, sizeof(name), "absent%u", i), 0);
		assert_int_equal(
		    aw_snap_user_by_name(&snap, name, strlen(name), &user),
		    AW_UNKNOWN);
	}
	aw_snap_close(&snap);
}

static void tells_a_full_disk(void **state)
{
	static const struct person alice = { .name = "alice", .id = 1 };
	static const struct aw_snapw_head head = { .store_id = "d-1" };
	struct aw_snapw *writer = place_collect(&alice, 1, 0, &head);
	const int fd = open("/dev/full", O_RDWR | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(aw_snapw_write(writer, fd, NULL), -ENOSPC);
	assert_int_equal(aw_snapw_write(writer, -1, NULL), -EBADF);
	assert_int_equal(close(fd), 0);
	aw_snapw_free(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_users),
		cmocka_unit_test(refuses_groups),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(refuses_doubles),
		cmocka_unit_test(drops_doubled_members),
		cmocka_unit_test(keeps_tombs),
		cmocka_unit_test(keeps_what_few_need),
		cmocka_unit_test(holds_a_large_directory),
		cmocka_unit_test(tells_a_full_disk),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
