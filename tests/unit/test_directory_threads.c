/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/directory.c: many readers, many generations, many
 * children, for a second.
 * covers: spine.2, spine.3, R12, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <time.h>

#include "tests/unit/dir_place.h"

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
		r = aw_snap_user_by_name_to(
		    pin.snap, "alice", 5, buf, sizeof(buf), &user);
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
	const struct person alice = {
		.name = "alice", .id = 1, .gecos = gecos
	};
	struct aw_snapw *writer;
	int old = -1;

	assert_int_equal(aw_fmt(gecos, sizeof(gecos), "generation %lu",
			     (unsigned long)number),
	    0);
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
	/* What somebody read when it was replaced goes with the next one. */
	replace(++number);
	assert_int_equal(look(), number);
	assert_true(count_maps() <= 2);
	print_message(
	    "%u lookups, %lu generations\n", n_lookups, (unsigned long)number);
	assert_int_equal(n_bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(survives_threads_and_forks),
	};

	return cmocka_run_group_tests(tests, setup, place_remove);
}
