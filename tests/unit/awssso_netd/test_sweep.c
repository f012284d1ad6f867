/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading the whole directory over net.sock, against the simulated AWS:
 * sweep.c, record.c, paging.c.
 * covers: spine.4, R11, R24
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>

#include "common/sock.h"

#define USERS    (SIM_MANY + 4)
#define GROUPS   3
#define MEMBERS  (SIM_MANY + 2)
#define REQUESTS (2 + 1 + 1 + 1 + 2) /* pages of 100; an empty one counts */

#define SETS     2
#define GRANTS   2
#define SET_REQS (1 + 1 + SETS * 2) /* instance, sets, per set two */

struct count {
	unsigned users, groups, members, sets, grants, pages;
	unsigned waits; /* pages that only say that it waits */
};

/* Requests to the Identity Store's lists so far. */
static unsigned lists(struct sim *sim)
{
	return sim_logged(sim, "\"ListUsers") + sim_logged(sim, "\"ListGroup");
}

/* Count the records of the page that has just come. */
static void take_page(struct sim *sim, struct count *count)
{
	const void *data;
	size_t len, at = 0, used;

	assert_int_equal(
	    aw_sock_memfd_map(sim->in_fd, 1 << 20, &data, &len), 0);
	for (; at < len; at += used) {
		struct aw_wire_in in;

		assert_int_equal(aw_wire_open_first((const char *)data + at,
				     len - at, &in, &used),
		    0);
		count->users += in.type == AW_MSG_USER_REC;
		count->groups += in.type == AW_MSG_GROUP_REC;
		count->members += in.type == AW_MSG_MEMBER_REC;
		count->sets += in.type == AW_MSG_SET_REC;
		count->grants += in.type == AW_MSG_GRANT_REC;
	}
	assert_true(len > 0);
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
	count->pages++;
}

/* Ask for a sweep and take all of it: sim->in is the SWEEP_END. */
static struct count sweep(struct sim *sim)
{
	struct count count = { .pages = 0 };

	sim_ask(sim, AW_MSG_SWEEP, 7);
	for (;;) {
		sim_next(sim);
		assert_int_equal(sim->in.request, 7);
		if (sim->in.type == AW_MSG_SWEEP_END)
			return count;
		assert_int_equal(sim->in.type, AW_MSG_PAGE);
		if (sim->in_fd < 0) {
			assert_int_equal(sim_count(sim, AW_TAG_TEXT, NULL), 1);
			count.waits++;
			continue;
		}
		take_page(sim, &count);
		sim_ask(sim, AW_MSG_PAGE_OK, 7);
	}
}

static void expect_whole(struct sim *sim, const struct count *count)
{
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(count->users, USERS);
	assert_int_equal(count->groups, GROUPS);
	assert_int_equal(count->members, MEMBERS);
	assert_int_equal(sim_num(sim, AW_TAG_USERS), USERS);
	assert_int_equal(sim_num(sim, AW_TAG_GROUPS), GROUPS);
	assert_int_equal(sim_num(sim, AW_TAG_MEMBERS), MEMBERS);
	assert_int_equal(sim_num(sim, AW_TAG_SETS), count->sets);
	assert_int_equal(sim_num(sim, AW_TAG_GRANTS), count->grants);
}

static void all_of_it_in_as_few_requests_as_can_be(void **state)
{
	struct sim *sim = *state;
	const unsigned before = lists(sim);
	const struct count count = sweep(sim);

	expect_whole(sim, &count);
	assert_int_equal(sim_num(sim, AW_TAG_REQUESTS), REQUESTS);
	assert_int_equal(lists(sim), before + REQUESTS);
	/* the group without members sent no page, the sets one */
	assert_int_equal(count.pages, REQUESTS - 1 + 1);
	assert_int_equal(count.waits, 0);
	assert_int_equal(count.sets, SETS);
	assert_int_equal(count.grants, GRANTS);
	assert_int_equal(sim_num(sim, AW_TAG_SETS_KNOWN), 1);
	assert_int_equal(sim_num(sim, AW_TAG_SET_REQUESTS), SET_REQS);
}

/* Nothing more is asked for while a page has not been taken. */
static void one_page_at_a_time(void **state)
{
	struct sim *sim = *state;
	const unsigned before = lists(sim);

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	sim_ask(sim, AW_MSG_SWEEP, 7);
	sim_expect(sim, AW_MSG_PAGE, 7);
	sim_quiet(sim, 200);
	assert_int_equal(lists(sim), before + 1);
	sim_ask(sim, AW_MSG_PAGE_OK, 99); /* of no sweep */
	sim_quiet(sim, 100);
	sim_ask(sim, AW_MSG_PAGE_OK, 7);
	sim_expect(sim, AW_MSG_PAGE, 7);
	sim_ask(sim, AW_MSG_CANCEL, 7);
	sim_ask(sim, AW_MSG_PAGE_OK, 7);
	sim_quiet(sim, 200);
	assert_int_equal(lists(sim), before + 2);
}

/* Short and empty pages mean nothing; the token alone counts.  Throttling and
 * hiccups are waited out. */
static void odd_but_whole(void **state)
{
	static const char *const faults[][6] = {
		{ "fault", "ListUsers", "truncate-page" },
		{ "fault", "ListUsers", "empty" },
		{ "fault", "ListGroups", "empty" },
		{ "fault", "ListGroupMemberships", "truncate-page" },
		{ "fault", "ListUsers", "throttle", "--count", "1" },
		{ "fault", "ListGroups", "close", "--count", "1" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		struct count count;

		sim_tell(sim, faults[i]);
		count = sweep(sim);
		expect_whole(sim, &count);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* What cannot be read ends the sweep and says what it was. */
static void an_end_with_a_reason(void **state)
{
	static const struct {
		const char *fault[7];
		uint64_t net;
		const char *says;
	} rows[] = {
		{ { "fault", "ListUsers", "malformed" }, AW_NET_BAD_ANSWER,
		    "ListUsers: " },
		{ { "fault", "ListGroups", "oversized", "2000000" },
		    AW_NET_BAD_ANSWER, "ListGroups: answer larger" },
		{ { "fault", "ListGroupMemberships", "malformed" },
		    AW_NET_BAD_ANSWER, "ListGroupMemberships: " },
		{ { "fault", "ListGroups", "deny" }, AW_NET_REFUSED,
		    "the host's role may not call identitystore:ListGroups" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		sim_tell(sim, rows[i].fault);
		(void)sweep(sim);
		sim_expect_net(sim, rows[i].net, rows[i].says);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* A store that is not there is no empty directory. */
static void another_store(void **state)
{
	struct sim *sim = *state;
	struct count count = { .pages = 0 };

	assert_int_equal(
	    aw_copy(sim->conf.identity_store_id, AW_CONF_TEXT, "d-9999999999"),
	    0);
	count = sweep(sim);
	sim_expect_net(sim, AW_NET_CONFIG, "identity_store_id");
	assert_int_equal(count.users, 0);
}

static void keeps_its_pace(void **state)
{
	struct sim *sim = *state;
	const uint64_t start = aw_sock_now_ms();
	struct count count;

	sim->conf.sweep_rate = 10;
	count = sweep(sim);
	expect_whole(sim, &count);
	assert_true(aw_sock_now_ms() - start >= (REQUESTS - 1) * 100);
}

/* Sweeps and sign-ins do not wait for each other. */
static void others_are_served_meanwhile(void **state)
{
	struct sim *sim = *state;
	struct aw_wire_out out;

	sim_ask(sim, AW_MSG_SWEEP, 7);
	sim_expect(sim, AW_MSG_PAGE, 7);
	sim_begin(&out, AW_MSG_PERSON, 8);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, SIM_BOB);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_PERSON_IS, 8);
	sim_expect_net(sim, AW_NET_OK, "");
	sim_reconnect(sim);
	assert_int_equal(sweep(sim).users, USERS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(all_of_it_in_as_few_requests_as_can_be),
		SIM_TEST(one_page_at_a_time),
		SIM_TEST(odd_but_whole),
		SIM_TEST(an_end_with_a_reason),
		SIM_TEST(another_store),
		SIM_TEST(keeps_its_pace),
		SIM_TEST(others_are_served_meanwhile),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
