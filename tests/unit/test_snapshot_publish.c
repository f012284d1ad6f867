/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/snapshot_publish.c: the life of a file after the next.
 * covers: spine.2, R12
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/snap_place.h"

static struct aw_snap snap;

static int count_files(void)
{
	char path[160];
	int n = 0;

	if (aw_fmt(path, sizeof(path), "%s/temp", place_dir) == 0 &&
	    access(path, F_OK) == 0)
		n++;
	return n + (access(place_path, F_OK) == 0);
}

static void marks_and_punches(void **state)
{
	static const struct person alice = { .name = "alice", .id = 1 };
	const int dir = open(place_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct aw_snapw *writer;
	struct aw_snap now;
	struct aw_snap_user user;
	struct stat before, after;
	int fd, old = 4711;

	(void)state;
	assert_true(dir >= 0);
	(void)unlink(place_path);
	assert_int_equal(aw_snapw_publish(dir, "temp", &old), -ENOENT);
	assert_int_equal(old, 4711);
	place_put(&alice, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_false(aw_snap_superseded(&snap));

	fd = openat(dir, "temp", O_RDWR | O_CREAT | O_EXCL, 0644);
	writer = place_collect(&alice, 1, 1,
	    &(struct aw_snapw_head){ .store_id = "d-1", .generation = 2 });
	assert_int_equal(aw_snapw_write(writer, fd, NULL), 0);
	aw_snapw_free(writer);
	assert_int_equal(aw_snapw_publish(dir, "temp", &old), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(count_files(), 1);
	assert_true(old >= 0);
	assert_true(aw_snap_superseded(&snap));
	assert_int_equal(aw_snap_user_by_id(&snap, AW_ID_MIN + 1, &user), 0);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &now), 0);
	assert_false(aw_snap_superseded(&now));
	assert_int_equal(now.generation, 2);

	assert_int_equal(fstat(old, &before), 0);
	assert_int_equal(aw_snapw_punch(old), 0);
	assert_int_equal(fstat(old, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_true(after.st_blocks < before.st_blocks);
	assert_true(aw_snap_superseded(&snap));
	assert_string_equal(aw_snap_store(&snap), "d-1234567890");
	assert_int_not_equal(
	    aw_snap_user_by_id(&snap, AW_ID_MIN + 1, &user), 0);
	assert_int_equal(close(old), 0);
	aw_snap_close(&snap);

	/* The one that is in use is nothing to punch. */
	fd = open(place_path, O_RDWR | O_CLOEXEC);
	assert_int_equal(aw_snapw_punch(fd), -EINVAL);
	assert_int_equal(close(fd), 0);
	assert_int_equal(aw_snap_user_by_id(&now, AW_ID_MIN + 1, &user), 0);
	aw_snap_close(&now);
	assert_int_equal(close(dir), 0);
}

/* Something else has the name: it is replaced and otherwise left alone. */
static void replaces_what_is_no_snapshot(void **state)
{
	static const struct person alice = { .name = "alice", .id = 1 };
	static const char other[8192] = "not a snapshot";
	char link_path[160], data[512];
	int fd;

	(void)state;
	assert_int_equal(
	    aw_fmt(link_path, sizeof(link_path), "%s/link", place_root), 0);
	place_put_bytes((const uint8_t *)other, sizeof(other));
	assert_int_equal(link(place_path, link_path), 0);
	place_put(&alice, 1, 0, 1, false);
	fd = open(link_path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, data, sizeof(data)), sizeof(data));
	assert_memory_equal(data, other, sizeof(data));
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink(link_path), 0);
	assert_int_equal(unlink(place_path), 0);
	assert_int_equal(symlink("/dev/null", place_path), 0);
	place_put(&alice, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_and_punches),
		cmocka_unit_test(replaces_what_is_no_snapshot),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
