/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sweeps of directories whose users and members just fill a page, just do not,
 * or are not there: every row arrives once, in exactly
 * max(1, ceil(users/100)) + max(1, ceil(groups/100)) and, a group,
 * max(1, ceil(members/100)) requests; and once each all the same where pages
 * are short, or empty ones lie between. covers: spine.4, dir.1, R11
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>

#include "common/own.h"
#include "common/sock.h"
#include "common/text.h"

#define FIRST 4 /* alice, bob, carol and dave */

/* A command of two words, over the control socket: hundreds of them are too
 * many for a process each. */
static void tell(struct sim *sim, const char *verb, const char *user)
{
	const uint64_t until = aw_sock_now_ms() + SIM_MS;
	aw_own_fd int fd = -1;
	char text[256];
	size_t len;

	assert_int_equal(
	    aw_fmt(text, sizeof(text), "[\"%s\",\"%s\"]", verb, user), 0);
	assert_int_equal(aw_sock_connect(sim->control, SIM_MS, &fd), 0);
	assert_int_equal(aw_sock_send(fd, text, strlen(text), -1, until), 0);
	assert_int_equal(
	    aw_sock_recv(fd, text, sizeof(text) - 1, until, &len, NULL), 0);
	text[len] = '\0';
	if (text[0] != '0')
		fail_msg("%s %s: %s", verb, user, text + 1);
}

/* The directory grows or shrinks at its end from *@n users to @want. */
static void resize(struct sim *sim, unsigned *n, unsigned want)
{
	static const char *const first[FIRST] = { "alice", "bob", "carol",
		"dave" };

	while (*n != want) {
		const bool grows = *n < want;
		const unsigned i = grows ? (*n)++ : --*n;
		char name[40];

		assert_int_equal(
		    i < FIRST
			? aw_fmt(name, sizeof(name), "%s@example.com", first[i])
			: aw_fmt(name, sizeof(name), "user%u@example.com",
			      i - FIRST),
		    0);
		tell(sim, grows ? "add-user" : "delete-user", name);
	}
}

/* Requests to the Identity Store's lists so far. */
static unsigned lists(struct sim *sim)
{
	return sim_logged(sim, "\"ListUsers") + sim_logged(sim, "\"ListGroup");
}

/* Count the records of @type in the page that has just come. */
static unsigned count_page(struct sim *sim, uint16_t type)
{
	const void *data;
	size_t len, at = 0, used;
	unsigned n = 0;

	assert_int_equal(
	    aw_sock_memfd_map(sim->in_fd, 1 << 20, &data, &len), 0);
	for (; at < len; at += used) {
		struct aw_wire_in in;

		assert_int_equal(aw_wire_open_first((const char *)data + at,
				     len - at, &in, &used),
		    0);
		n += in.type == type;
	}
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
	return n;
}

struct held {
	unsigned users, members;
};

/* A sweep to its end; sim->in is the SWEEP_END. */
static void sweep(struct sim *sim, struct held *held)
{
	*held = (struct held){ 0, 0 };
	sim_ask(sim, AW_MSG_SWEEP, 7);
	for (sim_next(sim); sim->in.type == AW_MSG_PAGE; sim_next(sim)) {
		held->users += count_page(sim, AW_MSG_USER_REC);
		held->members += count_page(sim, AW_MSG_MEMBER_REC);
		sim_ask(sim, AW_MSG_PAGE_OK, 7);
	}
}

/* The token alone says that there is more. */
static void in_odd_pages(struct sim *sim, unsigned users, unsigned members)
{
	static const char *const kinds[] = { "truncate-page", "empty" };
	struct held held;

	for (size_t i = 0; i < 2; i++) {
		SIM_TELL(sim, "fault", "identitystore", kinds[i]);
		sweep(sim, &held);
		if (held.users != users || held.members != members ||
		    sim_num(sim, AW_TAG_NET) != AW_NET_OK)
			fail_msg("%s: %u of %u users, %u of %u members: %s",
			    kinds[i], held.users, users, held.members, members,
			    sim_text(sim, AW_TAG_TEXT));
		SIM_TELL(sim, "fault", "clear");
	}
}

static void full_and_empty_pages(void **state)
{
	static const struct {
		unsigned users, members, requests;
	} rows[] = {
		/* users + groups + admins + an empty group + everybody else */
		{ 250, 2 + 150, 3 + 1 + 1 + 1 + 2 },
		{ 105, 2 + 101, 2 + 1 + 1 + 1 + 2 },
		{ 104, 2 + 100, 2 + 1 + 1 + 1 + 1 },
		{ 101, 2 + 97, 2 + 1 + 1 + 1 + 1 },
		{ 100, 2 + 96, 1 + 1 + 1 + 1 + 1 },
		{ 99, 2 + 95, 1 + 1 + 1 + 1 + 1 },
		{ 1, 1, 1 + 1 + 1 + 1 + 1 },
		{ 0, 0, 1 + 1 + 1 + 1 + 1 },
		{ 1000, 0, 10 + 1 + 1 + 1 + 1 },
		{ 10000, 0, 100 + 1 + 1 + 1 + 1 },
	};
	struct sim *sim = *state;
	unsigned n = FIRST + SIM_MANY;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const unsigned before = lists(sim);
		struct held held;

		resize(sim, &n, rows[i].users);
		sweep(sim, &held);
		if (held.users != rows[i].users ||
		    held.members != rows[i].members ||
		    sim_num(sim, AW_TAG_NET) != AW_NET_OK ||
		    sim_num(sim, AW_TAG_REQUESTS) != rows[i].requests ||
		    lists(sim) - before != rows[i].requests)
			fail_msg("%u users: %u and %u members in %u: %s",
			    rows[i].users, held.users, held.members,
			    (unsigned)sim_num(sim, AW_TAG_REQUESTS),
			    sim_text(sim, AW_TAG_TEXT));
		in_odd_pages(sim, rows[i].users, rows[i].members);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(full_and_empty_pages),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
