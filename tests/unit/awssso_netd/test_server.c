/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/server.c: what a daemon does that has no descriptor
 * left for a client.
 * covers: dir.4, spine.4
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>
#include <unistd.h>

#include "common/sock.h"

/* How often the event loop wakes within @ms. */
static unsigned wakes(struct sim *sim, unsigned ms)
{
	const uint64_t end = aw_sock_now_ms() + ms;
	unsigned n = 0;

	while (aw_sock_now_ms() < end) {
		const int r = sd_event_run(sim->event, 20000);

		assert_true(r >= 0);
		n += r > 0;
	}
	return n;
}

/* The connection waits in the queue, and the loop does not spin on it. */
static void without_descriptors(void **state)
{
	struct sim *sim = *state;
	const int first_fd = sim->fd;
	struct rlimit old, none;
	char path[64];
	int next;

	(void)wakes(sim, 20);
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/net.sock", sim->dir), 0);
	assert_int_equal(aw_sock_connect(path, 1000, &sim->fd), 0);
	next = dup(sim->fd);
	assert_true(next >= 0);
	(void)close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = (rlim_t)next;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_in_range(wakes(sim, 300), 1, 5);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	sim_ask(sim, AW_MSG_HOST, 1);
	sim_expect(sim, AW_MSG_HOST_IS, 1);
	sim_expect_net(sim, AW_NET_OK, "");
	(void)close(first_fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(without_descriptors),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
