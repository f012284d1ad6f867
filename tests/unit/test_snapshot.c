/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of the snapshot's reader (common/snapshot.c, snapshot_record.c):
 * what is in the file comes out, and only from a place that is to be trusted.
 * covers: spine.2, R16, R28, R32
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/snapshot.h"
#include "tests/unit/snap_people.h"

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

		assert_int_equal(
		    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
		check_person(&people[i], &user);
		assert_int_equal(
		    aw_snap_user_by_id(&snap, AW_ID_MIN + people[i].id, &user),
		    0);
		check_person(&people[i], &user);
		assert_int_equal(aw_snap_user_more(&snap, &user, &more), 0);
		assert_string_equal(more.user_name, people[i].user_name);
		if (people[i].principal_id)
			assert_string_equal(
			    more.principal_id, people[i].principal_id);
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
		if (aw_snap_user_by_name(
			&snap, rows[i].name, rows[i].len, &user) != AW_UNKNOWN)
			fail_msg("row %zu (%s) is somebody", i, rows[i].name);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, longest, 65, &user), AW_UNKNOWN);
	for (uint32_t id = 0; id < 2000; id++)
		if (id < 1 || id > 4)
			assert_int_equal(
			    aw_snap_user_by_id(&snap, AW_ID_MIN + id, &user),
			    AW_UNKNOWN);
	assert_int_equal(aw_snap_user_by_id(&snap, 0, &user), AW_UNKNOWN);
	assert_int_equal(
	    aw_snap_group_by_name(&snap, "alice", 5, &group), AW_UNKNOWN);
	assert_int_equal(
	    aw_snap_group_by_name(&snap, longest, 65, &group), AW_UNKNOWN);
	assert_int_equal(
	    aw_snap_group_by_name(&snap, "", 0, &group), AW_UNKNOWN);
	assert_int_equal(
	    aw_snap_group_by_id(&snap, AW_ID_MIN + 1, &group), AW_UNKNOWN);
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
	static const char want[] =
	    "alice\0*\0Alice Doe\0/home/alice\0/bin/bash";
	char buf[sizeof(want) + 1];
	struct aw_snap_user user = { .id = 4711 };
	uint64_t cursor = 0;

	(void)state;
	put_people();
	for (size_t size = 0; size < sizeof(want); size++) {
		memset(buf, 'u', sizeof(buf));
		assert_int_equal(aw_snap_user_by_name_to(
				     &snap, "alice", 5, buf, size, &user),
		    -ERANGE);
		assert_int_equal(aw_snap_user_by_id_to(
				     &snap, AW_ID_MIN + 1, buf, size, &user),
		    -ERANGE);
		assert_int_equal(aw_snap_next_user_to(
				     &snap, &cursor, true, buf, size, &user),
		    -ERANGE);
		for (size_t i = 0; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 'u');
		assert_int_equal(cursor, 0);
		assert_int_equal(user.id, 4711);
	}
	assert_int_equal(aw_snap_user_by_name_to(
			     &snap, "alice", 5, buf, sizeof(want), &user),
	    0);
	assert_ptr_equal(user.strings, buf);
	assert_int_equal(user.strings_len, sizeof(want));
	assert_memory_equal(buf, want, sizeof(want));
	assert_int_equal(buf[sizeof(want)], 'u');
	assert_int_equal(aw_snap_next_user_to(
			     &snap, &cursor, true, buf, sizeof(want), &user),
	    0);
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
	assert_int_equal(
	    aw_snap_next_user(&snap, &cursor, false, &user), AW_END);
	cursor = 0;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    aw_snap_next_user(&snap, &cursor, true, &user), 0);
	assert_string_equal(user.strings, "d");
	assert_int_equal(
	    aw_snap_next_user(&snap, &cursor, true, &user), AW_END);
	assert_string_equal(user.strings, "d");
	cursor = 0;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
		    aw_snap_next_group(&snap, &cursor, true, &group), 0);
	assert_int_equal(
	    aw_snap_next_group(&snap, &cursor, false, &group), AW_END);
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
	assert_int_equal(
	    aw_snap_user_by_name(&snap, "alice", 5, &user), AW_UNKNOWN);
	assert_int_equal(
	    aw_snap_next_user(&snap, &cursor, false, &user), AW_END);
	assert_int_equal(
	    aw_snap_next_group(&snap, &cursor, false, &group), AW_END);
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
	assert_int_equal(
	    aw_fmt(other, sizeof(other), "%s/other", place_dir), 0);
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
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
