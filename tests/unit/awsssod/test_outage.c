/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is down, since when, and what still works: awsssod/outage.c.
 * covers: verdict.7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

/* The text that a sign-in which ends with @net is told. */
static const char *told(struct fake *fake, const char *attempt, uint64_t net)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	send_end(fake, begin(fake, fd, attempt), &(struct end){ .net = net });
	fake_wait(fake, fd, AW_MSG_VERDICT);
	return fake_text(fake, AW_TAG_TEXT);
}

static void aws_is_down(void **state)
{
	struct fake *fake = *state;
	const char *text = told(fake, "c1", AW_NET_UNAVAIL);
	int64_t first;

	if (strstr(text, "since ") || !strstr(text, "Local accounts work") ||
	    !strstr(text, "ssh keys"))
		fail_msg("%s", text);
	/* the first time counts, until an answer comes */
	fake->daemon->outage.aws_since -= 7200;
	first = fake->daemon->outage.aws_since;
	text = told(fake, "c2", AW_NET_THROTTLED);
	assert_true(fake->daemon->outage.aws_since == first);
	if (!strstr(text, "since ") || !strstr(text, "Local accounts work"))
		fail_msg("%s", text);
	text = told(fake, "c3", AW_NET_DENIED);
	assert_null(strstr(text, "since "));
	assert_true(fake->daemon->outage.aws_since == 0);
}

/* With a directory too old for keys nothing is promised of them. */
static void an_old_directory(void **state)
{
	struct fake *fake = *state;
	const char *text;

	fake->daemon->conf.account_directory_age = 0;
	text = told(fake, "c1", AW_NET_UNAVAIL);
	if (!strstr(text, "Local accounts still work") ||
	    strstr(text, "ssh keys"))
		fail_msg("%s", text);
}

static void netd_is_down(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = -1;

	assert_true(fake->daemon->outage.netd_since == 0);
	fake_netd_hang_up(fake);
	fake_turn(fake, 20);
	assert_true(fake->daemon->outage.netd_since > 0);
	fake->daemon->outage.netd_since -= 7200;
	fd = fake_connect(fake, "auth.sock");
	fake_ask(fake, fd,
	    &(struct fake_ask){
		.type = AW_MSG_AUTH, .user = "alice", .attempt = "c1" });
	fake_wait(fake, fd, AW_MSG_VERDICT);
	if (aw_wire_num(&fake->in, AW_TAG_VERDICT, 0) == AW_VERDICT_UNAVAIL)
		assert_non_null(strstr(fake_text(fake, AW_TAG_TEXT), "since "));
}

/* Nothing is promised while nothing is known to be down. */
static void nothing_is_down(void **state)
{
	struct fake *fake = *state;
	char text[256];

	assert_string_equal(
	    aw_outage_text(fake->daemon, text, sizeof(text)), "");
	/* long ago: the day is said */
	fake->daemon->outage.aws_since = 1700000000;
	assert_non_null(
	    strstr(aw_outage_text(fake->daemon, text, sizeof(text)), "2023-"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(aws_is_down),
		T(an_old_directory),
		T(netd_is_down),
		T(nothing_is_down),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
