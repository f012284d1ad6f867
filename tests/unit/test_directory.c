/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/directory.c: always the newest snapshot, never a torn
 * one, no system call while it stays, no map too many, whoever forks when.
 * covers: spine.2, spine.3, R28, R29
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "tests/unit/dir_place.h"

static uint64_t generation(void)
{
	struct aw_dir_pin pin;
	uint64_t found;

	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	found = pin.snap->generation;
	(void)aw_dir_put(&dir, &pin);
	return found;
}

static void looks_once_a_second(void **state)
{
	struct aw_dir_pin pin = { .slot = 4711 };

	(void)state;
	(void)unlink(place_path);
	begin();
	errno = 4711;
	assert_int_equal(aw_dir_get(&dir, &pin), AW_ABSENT);
	put(1);
	assert_int_equal(aw_dir_get(&dir, &pin), AW_ABSENT);
	assert_int_equal(pin.slot, 4711);
	let_time_pass();
	errno = 4711;
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_int_equal(errno, 4711);
	assert_null(pin.own);
	assert_int_equal(pin.snap->generation, 1);
	assert_int_equal(aw_dir_put(&dir, &pin), 0);

	/* A writer that died before it marked the old file. */
	assert_int_equal(chmod(place_root, 0755), 0);
	{
		size_t len;
		uint8_t *old = place_read(&len);

		put(2);
		place_put_bytes(old, len);
		free(old);
	}
	assert_int_equal(generation(), 1);
	let_time_pass();
	assert_int_equal(generation(), 1);
	assert_int_equal(count_maps(), 1);

	assert_int_equal(unlink(place_path), 0);
	assert_int_equal(generation(), 1);
	let_time_pass();
	assert_int_equal(aw_dir_get(&dir, &pin), AW_ABSENT);
	assert_int_equal(count_maps(), 0);
}

static void renews_unmarked_files(void **state)
{
	size_t len;
	uint8_t *newer;

	(void)state;
	put(8);
	newer = place_read(&len);
	put(7);
	begin();
	assert_int_equal(generation(), 7);
	place_put_bytes(newer, len);
	assert_int_equal(generation(), 7);
	let_time_pass();
	assert_int_equal(generation(), 8);
	assert_int_equal(count_maps(), 1);
	free(newer);
}

static void tells_a_bad_file(void **state)
{
	struct aw_dir_pin pin;
	int fd;

	(void)state;
	put(1);
	begin();
	assert_int_equal(generation(), 1);
	/* Damaged in place: longer than its header says. */
	fd = open(place_path, O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(close(fd), 0);
	let_time_pass();
	assert_int_equal(aw_dir_get(&dir, &pin), -EIO);
	put(2);
	assert_int_equal(aw_dir_get(&dir, &pin), -EIO);
	let_time_pass();
	assert_int_equal(generation(), 2);
	assert_int_equal(chmod(place_dir, 0777), 0);
	put(3);
	assert_int_equal(aw_dir_get(&dir, &pin), -EPERM);
	assert_int_equal(chmod(place_dir, 0755), 0);
	let_time_pass();
	assert_int_equal(generation(), 3);
}

static void tells_a_superseded_file(void **state)
{
	struct aw_dir_pin pin;

	(void)state;
	put(1);
	begin();
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	put(2);
	assert_int_equal(aw_dir_put(&dir, &pin), AW_STALE);
	assert_int_equal(generation(), 2);
	assert_int_equal(count_maps(), 1);
}

/* More pinned generations than there are slots. */
static void keeps_what_is_held(void **state)
{
	struct aw_dir_pin pins[AW_DIR_SLOTS + 3];
	struct aw_snap_user user;
	char want[32];

	(void)state;
	put(1);
	begin();
	for (unsigned i = 0; i < LEN(pins); i++) {
		put(i + 1);
		assert_int_equal(aw_dir_get(&dir, &pins[i]), 0);
		assert_int_equal(pins[i].snap->generation, i + 1);
		if ((pins[i].own != NULL) != (i >= AW_DIR_SLOTS))
			fail_msg("pin %u", i);
	}
	for (unsigned i = 0; i < LEN(pins); i++) {
		assert_int_equal(
		    aw_snap_user_by_name(pins[i].snap, "alice", 5, &user), 0);
		assert_int_equal(
		    aw_fmt(want, sizeof(want), "generation %u", i + 1), 0);
		assert_string_equal(user.strings + user.gecos_at, want);
	}
	for (unsigned i = 0; i < LEN(pins); i++)
		assert_int_equal(aw_dir_put(&dir, &pins[i]),
		    i + 1 < LEN(pins) ? AW_STALE : 0);
	assert_int_equal(generation(), LEN(pins));
	assert_int_equal(count_maps(), 1);
	aw_dir_done(&dir);
	assert_int_equal(count_maps(), 0);
	assert_int_equal(generation(), LEN(pins));
}

/* Two pins of one map: it stays until both are gone. */
static void counts_pins(void **state)
{
	struct aw_dir_pin one, two;

	(void)state;
	put(1);
	begin();
	assert_int_equal(aw_dir_get(&dir, &one), 0);
	assert_int_equal(aw_dir_get(&dir, &two), 0);
	put(2);
	assert_int_equal(aw_dir_put(&dir, &one), AW_STALE);
	assert_int_equal(generation(), 2);
	assert_int_equal(count_maps(), 2);
	assert_int_equal(aw_dir_put(&dir, &two), AW_STALE);
	let_time_pass();
	assert_int_equal(generation(), 2);
	assert_int_equal(count_maps(), 1);
}

/* Another thread is just looking. */
static void never_waits(void **state)
{
	struct aw_dir_pin pin;

	(void)state;
	put(1);
	begin();
	dir.page->lock = 1;
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_non_null(pin.own);
	assert_int_equal(aw_dir_put(&dir, &pin), 0);
	assert_int_equal(count_maps(), 0);
	dir.page->lock = 0;
	assert_int_equal(generation(), 1);
	dir.page->lock = 1;
	let_time_pass();
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_null(pin.own);
	assert_int_equal(aw_dir_put(&dir, &pin), 0);
	put(2);
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_non_null(pin.own);
	assert_int_equal(pin.snap->generation, 2);
	errno = 4711;
	assert_int_equal(aw_dir_put(&dir, &pin), 0);
	assert_int_equal(errno, 4711);
	assert_int_equal(count_maps(), 1);
	assert_int_equal(unlink(place_path), 0);
	assert_int_equal(aw_dir_get(&dir, &pin), AW_ABSENT);
	aw_dir_done(&dir);
	assert_int_equal(count_maps(), 1);
	dir.page->lock = 0;
}

static void works_without_wiping(void **state)
{
	struct aw_dir_pin pin;

	(void)state;
	put(5);
	begin();
	dir.wipes = -1;
	assert_false(aw_dir_trylock(&dir, 0));
	for (int i = 0; i < 3; i++) {
		assert_int_equal(aw_dir_get(&dir, &pin), 0);
		assert_non_null(pin.own);
		assert_int_equal(pin.snap->generation, 5);
		assert_int_equal(aw_dir_put(&dir, &pin), 0);
		assert_int_equal(count_maps(), 0);
	}
	dir.wipes = 0;
}

/* A child has the parent's maps but nobody's pins and locks. */
static void forgets_pins_in_a_child(void **state)
{
	struct aw_dir_pin pin;
	struct aw_snap_user user;
	pid_t pid;

	(void)state;
	put(1);
	begin();
	assert_int_equal(aw_dir_get(&dir, &pin), 0);
	assert_true(aw_dir_trylock(&dir, 1));
	assert_false(aw_dir_trylock(&dir, 1));
	assert_true(aw_dir_trylock(&dir, 0));
	aw_dir_unlock(&dir, 0);
	put(2);
	dir.page->lock = 1;
	pid = fork();
	if (pid == 0) {
		struct aw_dir_pin child;
		int bad = 0;

		/* A pin from before the fork, let go behind it. */
		bad |= aw_dir_put(&dir, &pin) != AW_STALE;
		bad |= dir.page->shard[pin.shard].pins[pin.slot] != 0;
		bad |= aw_dir_get(&dir, &child) != 0 || child.own ||
		       child.snap->generation != 2;
		bad |= count_maps() != 1;
		bad |= aw_dir_put(&dir, &child) != 0;
		bad |= !aw_dir_trylock(&dir, 1);
		_exit(bad);
	}
	assert_int_equal(wait_for(pid), 0);
	dir.page->lock = 0;
	aw_dir_unlock(&dir, 1);
	assert_int_equal(generation(), 2);
	assert_int_equal(count_maps(), 2);
	assert_int_equal(aw_snap_user_by_name(pin.snap, "alice", 5, &user), 0);
	assert_int_equal(aw_dir_put(&dir, &pin), AW_STALE);
}

/* In a process that may only read, write and exit. */
static void makes_no_system_call(void **state)
{
	pid_t pid;

	(void)state;
	put(1);
	begin();
	assert_int_equal(generation(), 1);
	pid = fork();
	if (pid == 0) {
		unsigned long bad = 0;

		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) < 0)
			_exit(2);
		for (int i = 0; i < 1000; i++) {
			struct aw_dir_pin pin;
			struct aw_snap_user user;

			bad |=
			    aw_dir_get(&dir, &pin) != 0 ||
			    aw_snap_user_by_name(pin.snap, "alice", 5, &user) ||
			    aw_dir_put(&dir, &pin) != 0;
		}
		(void)syscall(SYS_exit, bad);
	}
	assert_int_equal(wait_for(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looks_once_a_second),
		cmocka_unit_test(renews_unmarked_files),
		cmocka_unit_test(tells_a_bad_file),
		cmocka_unit_test(tells_a_superseded_file),
		cmocka_unit_test(keeps_what_is_held),
		cmocka_unit_test(counts_pins),
		cmocka_unit_test(never_waits),
		cmocka_unit_test(works_without_wiping),
		cmocka_unit_test(forgets_pins_in_a_child),
		cmocka_unit_test(makes_no_system_call),
	};

	return cmocka_run_group_tests(tests, setup, place_remove);
}
