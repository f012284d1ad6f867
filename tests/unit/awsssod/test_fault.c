/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The errors of AWS, from awssso-netd's answer to what the person reads and
 * what "awssso explain CODE" tells root: common/fault.c, awsssod/verdict.c.
 * covers: verdict.8, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "awsssod/catalogue.h"
#include "common/fault.h"
#include "common/own.h"
#include "tests/unit/awsssod/people.h"

/* A sentence that a person can do something with, and that fits. */
static void every_row_says_what_to_do(void **state)
{
	const struct aw_fault *row;
	size_t n = 0;

	(void)state;
	for (; (row = aw_fault_at(n)) != NULL; n++) {
		const size_t len = strlen(row->said);

		if (row->net <= AW_NET_OK || row->net >= AW_NET_MAX_ ||
		    !row->what[0] || !row->action[0] || len == 0 ||
		    row->said[len - 1] != '.' || len >= AW_SAY_SIZE ||
		    strlen(row->action) > 512 ||
		    strlen(row->id) >= AW_FAULT_ID_SIZE)
			fail_msg("%s", row->id);
		if (aw_fault_find(row->id) != row)
			fail_msg("%s: twice", row->id);
	}
	assert_true(n > 40);
	assert_null(aw_fault_find("oidc"));
	assert_null(aw_fault_find(""));
}

static void whose_row(void **state)
{
	static const struct {
		const char *service, *code, *want;
	} rows[] = {
		{ "oidc", "slow_down", "oidc.slow_down" },
		/* of any service, unless it has its own */
		{ "sts", "407", "aws.407" },
		{ "sts", "IncompleteSignature", "sts.IncompleteSignature" },
		{ "portal", "slow_down", NULL },
		{ "oidc", "SlowDown", NULL },
		{ "", "oidc.slow_down", NULL },
		{ "oidc", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct aw_fault *row =
		    aw_fault_of(rows[i].service, rows[i].code);

		if ((row == NULL) != (rows[i].want == NULL) ||
		    (row && strcmp(row->id, rows[i].want) != 0))
			fail_msg("%s %s: %s", rows[i].service, rows[i].code,
			    row ? row->id : "none");
	}
}

/* A sign-in that ends in @net with @fault (NULL: none is named). */
static void sign_in(
    struct fake *fake, int fd, uint64_t net, const char *fault, size_t i)
{
	uint8_t data[512];
	struct aw_wire_out out;
	char attempt[24];
	uint64_t flow;

	assert_int_equal(aw_fmt(attempt, sizeof(attempt), "c%zu", i), 0);
	/* Whoever proved a key may start as many as there are errors. */
	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.rhost = "10.0.0.9",
		.attempt = attempt,
		.info = "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" });
	fake_netd_wait(fake, AW_MSG_FLOW);
	flow = fake->in.request;
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_FLOW_END, flow);
	aw_wire_put_num(&out, AW_TAG_NET, net);
	aw_wire_put_text(&out, AW_TAG_TEXT, "CreateToken: so it is (code)");
	if (fault)
		aw_wire_put_text(&out, AW_TAG_FAULT, fault);
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_VERDICT);
}

static void explain(struct fake *fake, const char *code)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[64];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_EXPLAIN_CODE, 7);
	aw_wire_put_text(&out, AW_TAG_CODE, code);
	fake_send(fd, &out);
	fake_wait(fake, fd, AW_MSG_EVENT);
}

static void each_is_told(void **state)
{
	struct fake *fake = *state;
	const struct aw_fault *row;

	for (size_t i = 0; (row = aw_fault_at(i)) != NULL; i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");
		char code[17];

		sign_in(fake, fd, (uint64_t)row->net, row->id, i);
		/* what an outage adds stands behind it */
		if (strncmp(fake_text(fake, AW_TAG_TEXT), row->said,
			strlen(row->said)) != 0 ||
		    aw_wire_num(&fake->in, AW_TAG_VERDICT, 0) ==
			AW_VERDICT_ALLOW)
			fail_msg(
			    "%s: %s", row->id, fake_text(fake, AW_TAG_TEXT));
		assert_int_equal(
		    aw_copy(code, sizeof(code), fake_text(fake, AW_TAG_CODE)),
		    0);
		explain(fake, code);
		if (strcmp(fake_text(fake, AW_TAG_ACTION), row->action) != 0)
			fail_msg(
			    "%s: %s", row->id, fake_text(fake, AW_TAG_ACTION));
		assert_non_null(
		    strstr(fake_text(fake, AW_TAG_DETAIL), "so it is"));
	}
}

/* What is no row, or not that outcome's, leaves the outcome its own words. */
static void others_are_not(void **state)
{
	static const char *const ids[] = { NULL, "nothing.known",
		"oidc.access_denied" };
	struct fake *fake = *state;
	char want[AW_SAY_SIZE];

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		sign_in(fake, fd, AW_NET_THROTTLED, ids[i], i);
		(void)aw_say_text(AW_SAY_THROTTLED, NULL, want, sizeof(want));
		assert_memory_equal(
		    fake_text(fake, AW_TAG_TEXT), want, strlen(want));
		assert_int_equal(aw_wire_num(&fake->in, AW_TAG_VERDICT, 0),
		    AW_VERDICT_UNAVAIL);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_says_what_to_do),
		cmocka_unit_test(whose_row),
		cmocka_unit_test_setup_teardown(
		    each_is_told, people_set_up, people_tear_down),
		cmocka_unit_test_setup_teardown(
		    others_are_not, people_set_up, people_tear_down),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
