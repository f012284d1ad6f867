/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/directory.c: always the newest snapshot, never a torn
 * one, no system call while it stays, no map too many, whoever forks when.
 * covers: spine.2, spine.3, R12, R28, R29
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/seccomp.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "common/directory.h"
#include "tests/unit/snap_place.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static struct aw_dir dir = AW_DIR_INIT(place_path, place_limits, 0);

static int setup(void **state)
{
	dir.root = geteuid();
	return place_make(state);
}

/* As if a second had gone by. */
static void let_time_pass(void)
{
	dir.look_at = 0;
	dir.limits_at = 0;
}

static void put(uint64_t generation)
{
	char gecos[32];
	const struct person alice = { .name = "alice", .id = 1,
		.gecos = gecos, .flags = AW_SNAP_ENUM };

	assert_int_equal(aw_fmt(gecos, sizeof(gecos), "generation %lu",
			     (unsigned long)generation), 0);
	place_put(&alice, 1, 1, generation, false);
}

/* Maps of files at the place, also of deleted ones. */
static unsigned count_maps(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];
	unsigned n = 0;

	while (maps && fgets(line, sizeof(line), maps))
		n += strstr(line, place_dir) != NULL;
	if (maps)
		(void)fclose(maps);
	return n;
}

static void begin(void)
{
	aw_dir_done(&dir);
	let_time_pass();
	assert_int_equal(count_maps(), 0);
}

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
		assert_int_equal(aw_snap_user_by_name(pins[i].snap, "alice", 5,
				     &user), 0);
		assert_int_equal(aw_fmt(want, sizeof(want), "generation %u",
				     i + 1), 0);
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

static int wait_for(pid_t pid)
{
	int status = -1;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
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

			bad |= aw_dir_get(&dir, &pin) != 0 ||
			    aw_snap_user_by_name(pin.snap, "alice", 5, &user) ||
			    aw_dir_put(&dir, &pin) != 0;
		}
		(void)syscall(SYS_exit, bad);
	}
	assert_int_equal(wait_for(pid), 0);
}

static void put_with_limits(uint64_t number)
{
	static const struct person two[] = {
		{ .name = "alice", .id = 1 },
		{ .name = "bob", .id = 1000u - AW_ID_MIN,
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
		{ "gid is no uid", "gid 1000\nhome /srv/home/\n", 0644,
		    false },
		{ "bad line", "uid 1000\nhome /srv/home/\nx\n", 0644, false },
		{ "group may write", "uid 1000\nhome /srv/home/\n", 0664,
		    false },
		{ "all may write", "uid 1000\nhome /srv/home/\n", 0646,
		    false },
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

/* ---- many readers, many generations, many children ---- */

#define N_THREADS 3
static _Atomic bool stop;
static _Atomic unsigned n_bad, n_lookups;

/* Look alice up; the generation in her record, 0 when something is wrong. */
static unsigned long look(void)
{
	for (int i = 0; i < 1000; i++) {
		struct aw_snap_user user;
		struct aw_dir_pin pin;
		char buf[128];
		int r = aw_dir_get(&dir, &pin);
		uint64_t found;

		if (r != 0)
			return 0;
		r = aw_snap_user_by_name_to(pin.snap, "alice", 5, buf,
		    sizeof(buf), &user);
		if (aw_dir_put(&dir, &pin) == AW_STALE)
			continue;
		if (r != 0 || user.id != AW_ID_MIN + 1 ||
		    strncmp(buf + user.gecos_at, "generation ", 11) != 0 ||
		    aw_num_u64(buf + user.gecos_at + 11, 1, UINT32_MAX, &found))
			return 0;
		return (unsigned long)found;
	}
	return 0;
}

static void *read_on(void *unused)
{
	unsigned long last = 0;

	(void)unused;
	while (!stop) {
		const unsigned long found = look();

		/* R12: while the newest is not the only one yet, it and the
		 * one before are answered; an older one never again. */
		if (found == 0 || found + 1 < last)
			n_bad++;
		last = found;
		n_lookups++;
	}
	return NULL;
}

/* Publish and punch the old one at once, a minute before its time. */
static void replace(uint64_t number)
{
	static const struct aw_snapw_head head = { .store_id = "d-1" };
	const int at = open(place_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int fd = openat(at, "temp", O_RDWR | O_CREAT | O_TRUNC, 0644);
	char gecos[32];
	const struct person alice = { .name = "alice", .id = 1,
		.gecos = gecos };
	struct aw_snapw *writer;
	int old = -1;

	assert_int_equal(aw_fmt(gecos, sizeof(gecos), "generation %lu",
			     (unsigned long)number), 0);
	writer = place_collect(&alice, 1, 0, &head);
	assert_int_equal(aw_snapw_write(writer, fd, NULL), 0);
	assert_int_equal(aw_snapw_publish(at, "temp", &old), 0);
	assert_int_equal(aw_snapw_punch(old), 0);
	aw_snapw_free(writer);
	assert_int_equal(close(old) + close(fd) + close(at), 0);
}

static void fork_a_reader(void)
{
	const pid_t pid = fork();

	if (pid == 0) {
		for (int i = 0; i < 20; i++)
			if (look() == 0)
				_exit(1);
		/* Ours, and what the other threads were just opening. */
		_exit(count_maps() <= 1 + N_THREADS + 1 ? 0 : 2);
	}
	if (wait_for(pid) != 0)
		n_bad++;
}

static void survives_threads_and_forks(void **state)
{
	struct timespec begun, now;
	pthread_t threads[N_THREADS];
	uint64_t number = 1;

	(void)state;
	put(number);
	begin();
	for (size_t i = 0; i < LEN(threads); i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, read_on, NULL), 0);
	(void)clock_gettime(CLOCK_MONOTONIC, &begun);
	do {
		replace(++number);
		if (number % 4 == 0)
			fork_a_reader();
		(void)clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec * 1000 + now.tv_nsec / 1000000 <
	    begun.tv_sec * 1000 + begun.tv_nsec / 1000000 + 1000);
	stop = true;
	for (size_t i = 0; i < LEN(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(look(), number);
	assert_true(count_maps() <= 2);
	print_message("%u lookups, %lu generations\n", n_lookups,
	    (unsigned long)number);
	assert_int_equal(n_bad, 0);
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
		cmocka_unit_test(asks_root_for_exceptions),
		cmocka_unit_test(reads_exceptions_in_a_child),
		cmocka_unit_test(needs_no_exception_unasked),
		cmocka_unit_test(knows_listed_ids),
		cmocka_unit_test(survives_threads_and_forks),
	};

	return cmocka_run_group_tests(tests, setup, place_remove);
}
