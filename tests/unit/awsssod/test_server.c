/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/server.c: when descriptors run out, whoever comes waits
 * and nothing spins.
 * covers: R29
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static const struct fake_ask account = {
	.type = AW_MSG_ACCOUNT, .user = "nobody", .service = "sshd"
};

/* No descriptor is left, or (false) as many as before. */
static void run_out(bool is_out)
{
	static struct rlimit before;
	struct rlimit limit;
	int first;

	if (!is_out) {
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		return;
	}
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	first = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	assert_true(first >= 0);
	assert_int_equal(close(first), 0);
	limit = before;
	limit.rlim_cur = (rlim_t)first;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

/* How often the daemon is woken in @ms. */
static unsigned turns(struct fake *fake, unsigned ms)
{
	const uint64_t until = aw_sock_now_ms() + ms;
	unsigned n = 0;

	for (; aw_sock_now_ms() < until; n++)
		fake_turn(fake, ms / 4);
	return n;
}

/* Whoever came meanwhile is served when there is room, without a word. */
static void waits_for_room(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	unsigned n;

	fake_ask(fake, fd, &account);
	run_out(true);
	n = turns(fake, 100);
	run_out(false);
	if (n > 20)
		fail_msg("%u turns in 100 ms", n);
	assert_int_equal(fake->daemon->server.n_conns, 0);
	fake_verdict(fake, fd, AW_VERDICT_EXPIRED, "");
}

/* A connection that ends makes room at once. */
static void an_end_makes_room(void **state)
{
	struct fake *fake = *state;
	struct aw_server *server = &fake->daemon->server;
	aw_own_fd int first = fake_connect(fake, "auth.sock");
	aw_own_fd int second = -1;

	fake_ask(fake, first, &account);
	fake_verdict(fake, first, AW_VERDICT_EXPIRED, "");
	second = fake_connect(fake, "auth.sock");
	fake_ask(fake, second, &account);
	run_out(true);
	(void)turns(fake, 20);
	assert_true(server->n_conns == 1);
	/* not the clock */
	assert_true(sd_event_source_set_time_relative(
			server->pause, 60ull * 1000 * 1000) >= 0);
	aw_own_fd_done(&first);
	fake_verdict(fake, second, AW_VERDICT_EXPIRED, "");
	run_out(false);
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(waits_for_room),
		T(an_end_makes_room),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
