/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a sweep, and what whoever asked for it hears: awsssod/sweep.c,
 * netd.c, status.c.
 * covers: spine.5, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static void sync_tells(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, false);
	fake_sweep(fake, &people, AW_NET_OK);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	assert_true(fake_num(fake, AW_TAG_USERS) == 4);
	assert_true(fake_num(fake, AW_TAG_MEMBERS) == 3);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_OK);
}

/* Whoever waits hears that the snapshot cannot be written, and so does whoever
 * asks, until it can. */
static void sync_without_a_snapshot(void **state)
{
	static const struct fake_user more[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "bob@example.com", NULL },
		{ "u-new", "newbie@example.com", NULL },
	};
	const struct fake_directory d = { more, NULL, NULL, 3, 0, 0 };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	struct aw_publish *publish = &fake->daemon->publish;
	const char *program = publish->program;

	publish->program = "/bin/false";
	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, true);
	fake_sweep(fake, &d, AW_NET_OK);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_CONFIG);
	assert_non_null(strstr(
	    fake_text(fake, AW_TAG_TEXT), "the snapshot cannot be written"));
	fake_ctl_ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	assert_non_null(strstr(fake_text(fake, AW_TAG_SWEEP_STATE),
	    "the snapshot cannot be written"));
	publish->program = program;
	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, false);
	fake_sweep(fake, &d, AW_NET_OK);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_OK);
	assert_string_equal(publish->trouble, "");
}

/* Throttled, broken off, short: the last good generation stays. */
static void bad_sweeps(void **state)
{
	static const struct {
		const char *name;
		uint64_t net, want;

	} rows[] = {
		{ "throttled", AW_NET_THROTTLED, AW_NET_THROTTLED },
		{ "network", AW_NET_UNAVAIL, AW_NET_UNAVAIL },
		{ "no outcome", 0, 0 },
	};
	struct fake *fake = *state;
	const struct fake_directory one = { people.users, NULL, NULL, 1, 0, 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "ctl.sock");

		fake_ctl_ask(fd, AW_MSG_SYNC, NULL, true);
		fake_sweep(fake, &one, rows[i].net);
		fake_wait(fake, fd, AW_MSG_PROGRESS);
		fake_wait(fake, fd, AW_MSG_DONE);
		if (fake_num(fake, AW_TAG_NET) != rows[i].want)
			fail_msg("%s", rows[i].name);
		assert_int_equal(
		    fake_number(fake, "SELECT count(*) FROM principals"
				      " WHERE kind = 1 AND present"),
		    4);
	}
}

static void short_read(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[256];
	struct aw_wire_out out;

	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, true);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	aw_wire_begin(
	    &out, data, sizeof(data), AW_MSG_SWEEP_END, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_USERS, 4);
	aw_wire_put_num(&out, AW_TAG_GROUPS, 1);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, 3);
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_BAD_ANSWER);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM principals"
					   " WHERE kind = 1 AND present"),
	    4);
}

/* A page that could still be changed, or none at all, voids the sweep. */
static void bad_page(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[64];
	struct aw_wire_out out;

	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, true);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, fake->in.request);
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_BAD_ANSWER);
	fake_netd_wait(fake, AW_MSG_CANCEL);
}

static void held_and_accepted(void **state)
{
	static struct fake_user many[20];
	static char text[20][2][32];
	const struct fake_directory all = { many, NULL, NULL, 20, 0, 0 };
	const struct fake_directory few = { many, NULL, NULL, 5, 0, 0 };
	struct fake *fake = fake_new();
	int fd;

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(
		    aw_fmt(text[i][0], 32, "u-%d", i) |
			aw_fmt(text[i][1], 32, "p%d@example.com", i),
		    0);
		many[i] = (struct fake_user){ text[i][0], text[i][1], NULL };
	}
	fake_run(fake);
	fake_sweep(fake, &all, AW_NET_OK);
	for (int accept = 0; accept < 2; accept++) {
		fd = fake_connect(fake, "ctl.sock");
		fake_ctl_ask(fd, AW_MSG_SYNC, NULL, accept);
		fake_sweep(fake, &few, AW_NET_OK);
		fake_wait(fake, fd, AW_MSG_PROGRESS);
		fake_wait(fake, fd, AW_MSG_DONE);
		fake_ctl_ask(fd, AW_MSG_STATUS, NULL, false);
		fake_wait(fake, fd, AW_MSG_STATUS_IS);
		assert_true(fake_num(fake, AW_TAG_USERS) == (accept ? 5 : 20));
		assert_int_equal(strncmp(fake_text(fake, AW_TAG_SWEEP_STATE),
				     "held: ", 6) == 0,
		    !accept);
		assert_int_equal(close(fd), 0);
	}
	fake_free(fake);
}

/* Whom a held sweep lacks starts no sign-in, but their cron jobs go on. */
static void missing_people(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask auth = {
		.type = AW_MSG_AUTH, .user = "alice", .attempt = "c1"
	};
	const struct fake_ask cron = {
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron"
	};
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db,
		"UPDATE principals SET missing = 1", NULL, NULL, NULL),
	    SQLITE_OK);
	fake_ask(fake, fd, &cron);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	fake_ask(fake, fd, &auth);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &(struct end){ .net = AW_NET_UNAVAIL });
	fake_verdict(fake, fd, AW_VERDICT_EXPIRED, "does not know you");
}

/* A fleet that starts at once does not ask at once, unless it has nothing. */
static void first_sweeps_are_spread(void **state)
{
	static const struct {
		uint64_t age, interval;
		uint32_t random;
		uint64_t want;
	} rows[] = {
		{ UINT64_MAX, 21600, UINT32_MAX, 0 },
		{ 0, 21600, 0, 0 },
		{ 0, 21600, UINT32_MAX, 1800 },
		{ 0, 21600, UINT32_MAX / 2, 899 },
		{ 21000, 21600, UINT32_MAX, 600 }, /* no later than due */
		{ 21600, 21600, UINT32_MAX, 60 },
		{ UINT64_MAX - 1, 21600, UINT32_MAX, 60 }, /* a wrong clock */
		{ 0, 10, UINT32_MAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint64_t got = aw_sweep_first_delay(
		    rows[i].age, rows[i].interval, rows[i].random);

		if (got != rows[i].want)
			fail_msg("row %zu: %llu", i, (unsigned long long)got);
	}
}

/* A sweep that waits says so, lives on, and shows how far it is. */
static void a_sweep_that_waits(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	aw_own_fd int other = fake_connect(fake, "ctl.sock");
	uint8_t data[256];
	struct aw_wire_out out;

	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, true);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, 3);
	aw_wire_put_num(&out, AW_TAG_EXPECTED, 9);
	aw_wire_put_text(&out, AW_TAG_TEXT, "slow down");
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	assert_true(fake_num(fake, AW_TAG_REQUESTS) == 3);
	assert_true(fake_num(fake, AW_TAG_EXPECTED) == 9);
	assert_true(fake_num(fake, AW_TAG_RATE) == 1);
	fake_ctl_ask(other, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, other, AW_MSG_STATUS_IS);
	assert_true(fake_num(fake, AW_TAG_REQUESTS) == 3);
	assert_true(fake_num(fake, AW_TAG_EXPECTED) == 9);
	assert_string_equal(
	    fake_text(fake, AW_TAG_SWEEP_STATE), "running, waits: slow down");
}

static void read_in(struct fake *fake, int64_t seconds)
{
	assert_int_equal(aw_state_set_num(&fake->daemon->state, "read_at",
			     time(NULL) + seconds),
	    0);
	assert_true(
	    sd_event_source_set_time_relative(fake->daemon->minute, 0) >= 0);
	assert_true(sd_event_source_set_enabled(
			fake->daemon->minute, SD_EVENT_ONESHOT) >= 0);
}

/* The clock was turned back behind a reading that another process noted: jobs
 * wait for no sweep that is hours away. */
static void what_has_no_age_is_read_anew(void **state)
{
	static const struct fake_ask cron = {
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron"
	};
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	/* old, but of an age: the schedule counts */
	read_in(fake, -80000);
	fake_netd_silent(fake, 30);
	read_in(fake, 3600);
	fake_ask(fake, fd, &cron);
	fake_verdict(fake, fd, AW_VERDICT_UNAVAIL, "");
	fake_sweep(fake, &people, AW_NET_UNAVAIL);
	/* the next try has its own time */
	read_in(fake, 3600);
	fake_netd_silent(fake, 30);
	fake->daemon->sweep.failures = 0;
	read_in(fake, 3600);
	fake_sweep(fake, &people, AW_NET_OK);
	fake_ask(fake, fd, &cron);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(sync_tells),
		T(sync_without_a_snapshot),
		T(bad_sweeps),
		T(short_read),
		T(bad_page),
		T(a_sweep_that_waits),
		cmocka_unit_test(first_sweeps_are_spread),
		cmocka_unit_test(held_and_accepted),
		T(missing_people),
		T(what_has_no_age_is_read_anew),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("sync", tests, NULL, NULL);
}
