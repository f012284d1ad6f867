/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso_netd/pace.c: when the next request is made, what is waited out, and
 * what is told meanwhile.
 * covers: dir.1, dir.2
 */
#include "awssso_netd/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/sock.h"

#define HOUR_MS (60 * 60 * 1000)

struct place {
	struct aw_pace pace;
	int answer; /* of ask */
	unsigned asked, failed;
	int error; /* that failed was told */
	char waits[256];
};

static struct place place;

static int ask(void *user)
{
	assert_ptr_equal(user, &place);
	place.asked++;
	return place.answer;
}

static void failed(void *user, int error)
{
	assert_ptr_equal(user, &place);
	place.failed++;
	place.error = error;
}

static void waits(void *user, const char *why)
{
	assert_ptr_equal(user, &place);
	assert_int_equal(aw_copy(place.waits, sizeof(place.waits), why), 0);
}

static int set_up(void **state)
{
	(void)state;
	memset(&place, 0, sizeof(place));
	place.pace.rate = 100;
	place.pace.patience_ms = HOUR_MS;
	place.pace.ask = ask;
	place.pace.failed = failed;
	place.pace.waits = waits;
	place.pace.user = &place;
	return sd_event_new(&place.pace.event);
}

static int tear_down(void **state)
{
	(void)state;
	aw_pace_done(&place.pace);
	return sd_event_unref(place.pace.event) ? -1 : 0;
}

/* Until ask was called once more; a second at the most. */
static void run(void)
{
	const unsigned before = place.asked;

	assert_true(sd_event_run(place.pace.event, 1000000) > 0);
	assert_int_equal(place.asked, before + 1);
}

static void on_a_grid(void **state)
{
	const uint64_t began = aw_sock_now_ms();

	(void)state;
	for (int i = 0; i < 5; i++) {
		assert_int_equal(aw_pace_next(&place.pace), 0);
		run();
	}
	assert_true(aw_sock_now_ms() - began >= 40 - 1);
	assert_int_equal(place.pace.requests, 5);
}

/* Ten slots were missed: they are not made up for in a burst. */
static void a_stall_is_not_caught_up(void **state)
{
	uint64_t began;

	(void)state;
	place.pace.rate = 20;
	place.pace.slot_us = aw_sock_now_ms() * 1000 - 500000;
	assert_int_equal(aw_pace_next(&place.pace), 0);
	run();
	began = aw_sock_now_ms();
	assert_int_equal(aw_pace_next(&place.pace), 0);
	run();
	assert_true(aw_sock_now_ms() - began >= 40);
}

static void a_request_that_cannot_be_made(void **state)
{
	static const int errors[] = { -EIO, AW_DENIED };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		place.answer = errors[i];
		assert_int_equal(aw_pace_next(&place.pace), 0);
		run();
		assert_int_equal(place.failed, i + 1);
		assert_int_equal(place.error, errors[i]);
		assert_int_equal(place.pace.requests, 0);
	}
}

static const struct {
	const char *name;
	enum aw_net net;
	uint64_t hint_ms;
	bool served;
	unsigned failures;
	uint64_t since_ms; /* ago: the last good answer */
	const char *says;  /* NULL: it is not waited out */
} troubles[] = {
	{ "a good answer", AW_NET_OK, 0, false, 0, 0, NULL },
	{ "a no", AW_NET_REFUSED, 40000, true, 0, 0, NULL },
	{ "not there", AW_NET_NOT_FOUND, 40000, true, 0, 0, NULL },
	{ "wrong settings", AW_NET_CONFIG, 40000, true, 0, 0, NULL },
	{ "nonsense", AW_NET_BAD_ANSWER, 40000, true, 0, 0, NULL },
	{ "throttled at first", AW_NET_THROTTLED, 40000, false, 0, 0,
	    "why; again in 40 s" },
	{ "throttled for long", AW_NET_THROTTLED, 40000, false, 9,
	    HOUR_MS - 30000, "why; again in 40 s" },
	{ "throttled for too long", AW_NET_THROTTLED, 40000, true, 9, HOUR_MS,
	    NULL },
	{ "as long as the server says", AW_NET_THROTTLED, 2000000, true, 0,
	    5000, "why; again in 2000 s" },
	{ "an hour", AW_NET_THROTTLED, HOUR_MS, true, 0, 5000,
	    "why; again in 3600 s" },
	{ "as long as we say at most", AW_NET_THROTTLED, 2 * HOUR_MS, false, 0,
	    0, "why; again in 360" },
	{ "down at first", AW_NET_UNAVAIL, 40000, false, 1, 0,
	    "why; again in 40 s" },
	{ "down from the first on", AW_NET_UNAVAIL, 40000, false, 2, 0, NULL },
	{ "down meanwhile", AW_NET_UNAVAIL, 40000, true, 2, 0,
	    "why; again in 40 s" },
	{ "down for too long", AW_NET_UNAVAIL, 40000, true, 2, HOUR_MS, NULL },
};

static void what_is_waited_out(void **state)
{
	const struct aw_diag why = { .text = "why" };

	(void)state;
	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++) {
		struct aw_pace *pace = &place.pace;
		const bool is_bad = troubles[i].net == AW_NET_THROTTLED ||
				    troubles[i].net == AW_NET_UNAVAIL;
		bool again;

		pace->served = troubles[i].served;
		pace->failures = troubles[i].failures;
		pace->since_ms = aw_sock_now_ms() - troubles[i].since_ms;
		place.waits[0] = '\0';
		again = aw_pace_again(
		    pace, troubles[i].net, troubles[i].hint_ms, &why);
		if (again != (troubles[i].says != NULL) ||
		    (again ? strncmp(place.waits, troubles[i].says,
				 strlen(troubles[i].says)) != 0
			   : place.waits[0] != '\0'))
			fail_msg("%s: %d \"%s\"", troubles[i].name, again,
			    place.waits);
		if (pace->failures != (again ? troubles[i].failures + 1 : 0) ||
		    pace->served != (troubles[i].served || !is_bad))
			fail_msg("%s: %u failures, served %d", troubles[i].name,
			    pace->failures, pace->served);
	}
}

/* What was throttled is asked again, by itself. */
static void it_asks_again(void **state)
{
	const struct aw_diag why = { .text = "why" };

	(void)state;
	assert_int_equal(aw_pace_next(&place.pace), 0);
	run();
	assert_true(aw_pace_again(&place.pace, AW_NET_THROTTLED, 0, &why));
	while (place.asked < 2)
		assert_true(sd_event_run(place.pace.event, 2000000) > 0);
	assert_int_equal(place.pace.requests, 2);
	assert_int_equal(place.failed, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(on_a_grid),
		TEST(a_stall_is_not_caught_up),
		TEST(a_request_that_cannot_be_made),
		TEST(what_is_waited_out),
		TEST(it_asks_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
