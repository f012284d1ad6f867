/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a decision rests on is one generation of the directory, whole: the last
 * one while a sweep reads the next, the next from the moment it is applied,
 * also between the phases of one sign-in; and each verdict names it.
 * covers: verdict.4, verdict.8, dir.5, R12
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "awsssod/sweep.h"
#include "common/own.h"
#include "common/sock.h"
#include "tests/unit/awsssod/people.h"

/* The next generation: alice has left the group, bob is disabled, carol is not
 * any more, dave has come to the group. */
static const struct fake_user users[] = {
	{ ALICE, "alice@example.com", "ENABLED" },
	{ BOB, "bob@example.com", "DISABLED" },
	{ CAROL, "carol@example.com", "ENABLED" },
	{ DAVE, "dave@example.com", NULL },
};
static const struct fake_group groups[] = { { "g-admins", "admins" } };
static const struct fake_member members[] = {
	{ "g-admins", BOB },
	{ "g-admins", CAROL },
	{ "g-admins", DAVE },
};

static const struct {
	const char *user;
	enum aw_verdict first, next;
} wants[] = {
	{ "alice", AW_VERDICT_ALLOW, AW_VERDICT_POLICY },
	{ "bob", AW_VERDICT_ALLOW, AW_VERDICT_EXPIRED },
	{ "carol", AW_VERDICT_EXPIRED, AW_VERDICT_ALLOW },
	{ "dave", AW_VERDICT_POLICY, AW_VERDICT_ALLOW },
};

/* The last event that is remembered is @user's and rests on @generation. */
static void assert_rests_on(
    struct fake *fake, const char *user, const char *generation)
{
	const char *detail =
	    fake_string(fake, "SELECT user || ': ' || detail FROM events"
			      " ORDER BY n DESC LIMIT 1");

	if (strncmp(detail, user, strlen(user)) != 0 ||
	    !strstr(detail, generation))
		fail_msg("%s by %s: %s", user, generation, detail);
}

/* Everybody's account phase; the next generation counts when @is_next. */
static void judge_all(struct fake *fake, bool is_next)
{
	for (size_t i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		const struct fake_ask ask = { .type = AW_MSG_ACCOUNT,
			.user = wants[i].user,
			.service = "cron" };
		const enum aw_verdict want =
		    is_next ? wants[i].next : wants[i].first;

		fake_ask(fake, fd, &ask);
		fake_verdict(fake, fd, want, "");
		if (want != AW_VERDICT_ALLOW)
			assert_rests_on(fake, wants[i].user,
			    is_next ? "generation 2," : "generation 1,");
	}
}

static void start_sweep(struct fake *fake, int ctl)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SYNC, 7);
	fake_send(ctl, &out);
	fake_netd_wait(fake, AW_MSG_SWEEP);
}

static void send_page(
    struct fake *fake, uint64_t sweep, const struct fake_directory *directory)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(1 << 20);
	aw_own_fd int fd = -1;
	struct aw_wire_out out;
	uint8_t data[64];

	fake_page(&page, directory);
	assert_int_equal(aw_sock_memfd("page", page.data, page.len, &fd), 0);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, sweep);
	fake_netd_send(fake, &out, fd);
	fake_netd_wait(fake, AW_MSG_PAGE_OK);
}

static void end_sweep(struct fake *fake, uint64_t sweep)
{
	struct aw_wire_out out;
	uint8_t data[256];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_SWEEP_END, sweep);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_USERS, 4);
	aw_wire_put_num(&out, AW_TAG_GROUPS, 1);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, 3);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, 3);
	fake_netd_send(fake, &out, -1);
	for (int i = 0; i < 100 && aw_sweep_is_running(&fake->daemon->sweep);
	     i++)
		fake_turn(fake, 10);
}

static void each_verdict_rests_on_one(void **state)
{
	const struct fake_directory who_is_in = { NULL, groups, members, 0, 1,
		3 };
	const struct fake_directory who_there_is = { users, NULL, NULL, 4, 0,
		0 };
	struct fake *fake = *state;
	aw_own_fd int ctl = fake_connect(fake, "ctl.sock");
	uint64_t sweep;

	judge_all(fake, false);
	start_sweep(fake, ctl);
	sweep = fake->in.request;
	judge_all(fake, false);
	send_page(fake, sweep, &who_is_in);
	judge_all(fake, false);
	send_page(fake, sweep, &who_there_is);
	judge_all(fake, false);
	end_sweep(fake, sweep);
	judge_all(fake, true);
}

/* A sign-in that was approved under one generation has its account phase under
 * a later one (what the approval showed of her is the second): what that one
 * says counts, not what the approval rested on. */
static void between_auth_and_account(void **state)
{
	const struct fake_directory next = { users, groups, members, 4, 1, 3 };
	const struct fake_ask account = { .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = "c1" };
	struct fake *fake = *state;
	aw_own_fd int ctl = fake_connect(fake, "ctl.sock");
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	aw_own_fd int again = fake_connect(fake, "auth.sock");

	send_end(fake, begin(fake, fd, "c1"), &right);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	assert_rests_on(fake, "alice", "generation 1,");
	start_sweep(fake, ctl);
	fake_serve_sweep(fake, &next, AW_NET_OK);
	fake_ask(fake, again, &account);
	fake_verdict(fake, again, AW_VERDICT_POLICY, "not among");
	assert_rests_on(fake, "alice", "generation 3,");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    each_verdict_rests_on_one, people_set_up, people_tear_down),
		cmocka_unit_test_setup_teardown(
		    between_auth_and_account, people_set_up, people_tear_down),
	};

	if (fake_worker(argc, argv) == 0)
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
