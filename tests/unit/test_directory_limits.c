/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/directory.c: which records may be shown on this host,
 * by root's exceptions.
 * covers: spine.2, spine.3, R15, R18
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>

#include "tests/unit/dir_place.h"

static void put_with_limits(uint64_t number)
{
	static const struct person two[] = {
		{ .name = "alice", .id = 1 },
		{ .name = "bob",
		    .id = 1000u - AW_ID_MIN,
		    .home = "/srv/home/bob" },
	};

	place_put(two, 2, 1, number, true);
}

/* bob has an adopted id and a home elsewhere. */
static bool bob_is_ok(void)
{
	struct aw_dir_pin pin;
	struct aw_snap_user user;
	bool ok;

	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_int_equal(aw_snap_user_by_name(pin.snap, "bob", 3, &user), 0);
	ok = aw_dir_user_ok(&pin, &user);
	assert_int_equal(aw_snap_user_by_name(pin.snap, "alice", 5, &user), 0);
	assert_true(aw_dir_user_ok(&pin, &user));
	assert_int_equal(aw_dir_put(&dir, &pin), 0);
	return ok;
}

static void asks_root_for_exceptions(void **state)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
		bool want;
	} rows[] = {
		{ "both", "uid 1000\nhome /srv/home/\n", 0644, true },
		{ "uid only", "uid 1000\n", 0644, false },
		{ "home only", "home /srv/home/\n", 0644, false },
		{ "other uid", "uid 1001\nhome /srv/home/\n", 0644, false },
		{ "gid is no uid", "gid 1000\nhome /srv/home/\n", 0644, false },
		{ "bad line", "uid 1000\nhome /srv/home/\nx\n", 0644, false },
		{ "group may write", "uid 1000\nhome /srv/home/\n", 0664,
		    false },
		{ "all may write", "uid 1000\nhome /srv/home/\n", 0646, false },
	};

	(void)state;
	begin();
	for (size_t i = 0; i < LEN(rows); i++) {
		place_put_limits(rows[i].text);
		assert_int_equal(chmod(place_limits, rows[i].mode), 0);
		put_with_limits(i + 1);
		if (bob_is_ok() != rows[i].want)
			fail_msg("%s", rows[i].name);
		assert_int_equal(unlink(place_limits), 0);
		/* Read once for each generation. */
		if (bob_is_ok() != rows[i].want)
			fail_msg("%s, later", rows[i].name);
	}
	put_with_limits(100);
	assert_false(bob_is_ok());
	place_put_limits("uid 1000\nhome /srv/home/\n");
	put_with_limits(101);
	assert_true(bob_is_ok());
	dir.page->lock = 1;
	put_with_limits(102);
	assert_true(bob_is_ok());
	dir.page->lock = 0;
}

static void reads_exceptions_in_a_child(void **state)
{
	pid_t pid;

	(void)state;
	begin();
	place_put_limits("uid 1000\nhome /srv/home/\n");
	put_with_limits(1);
	assert_true(bob_is_ok());
	pid = fork();
	if (pid == 0)
		_exit(bob_is_ok() ? 0 : 1);
	assert_int_equal(wait_for(pid), 0);
}

static void needs_no_exception_unasked(void **state)
{
	struct aw_snap_group group = { .id = 27 };
	struct aw_dir_pin pin;

	(void)state;
	place_put_limits("gid 27\n");
	begin();
	put(1);
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_false(aw_dir_group_ok(&pin, &group));
	assert_false(aw_dir_gid_ok(&pin, 27));
	assert_true(aw_dir_gid_ok(&pin, AW_ID_MIN));
	assert_true(aw_dir_gid_ok(&pin, AW_ID_MAX));
	assert_false(aw_dir_gid_ok(&pin, AW_ID_MAX + 1));
	assert_false(aw_dir_gid_ok(&pin, 0));
	assert_int_equal(aw_dir_put(&dir, &pin), 0);
	place_put(NULL, 0, 0, 2, true);
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_true(aw_dir_group_ok(&pin, &group));
	assert_true(aw_dir_gid_ok(&pin, 27));
	assert_false(aw_dir_gid_ok(&pin, 28));
	assert_int_equal(aw_dir_put(&dir, &pin), 0);
}

static void knows_listed_ids(void **state)
{
	(void)state;
	(void)unlink(place_limits);
	(void)unlink(place_path);
	begin();
	errno = 4711;
	assert_false(aw_dir_is_listed(&dir, 1000, false));
	assert_int_equal(errno, 4711);
	place_put_limits("uid 1000\ngid 2000\n");
	assert_false(aw_dir_is_listed(&dir, 1000, false));
	let_time_pass();
	assert_true(aw_dir_is_listed(&dir, 1000, false));
	assert_false(aw_dir_is_listed(&dir, 1000, true));
	assert_true(aw_dir_is_listed(&dir, 2000, true));
	assert_false(aw_dir_is_listed(&dir, 2000, false));
	assert_int_equal(dir.current, 0);
	assert_int_equal(unlink(place_limits), 0);
}

/* R9: what could not be read says nothing, and is not remembered. */
static void cannot_be_read_just_now(void **state)
{
	struct rlimit usual, none;

	(void)state;
	place_put_limits("uid 1000\n");
	begin();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(aw_dir_is_listed(&dir, 1000, false), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	assert_int_equal(aw_dir_is_listed(&dir, 1000, false), 1);
	assert_int_equal(unlink(place_limits), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_root_for_exceptions),
		cmocka_unit_test(reads_exceptions_in_a_child),
		cmocka_unit_test(needs_no_exception_unasked),
		cmocka_unit_test(knows_listed_ids),
		cmocka_unit_test(cannot_be_read_just_now),
	};

	return cmocka_run_group_tests(tests, setup, place_remove);
}
