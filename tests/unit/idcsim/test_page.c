/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/page.c: approving in the browser, and the board.
 * covers: spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <string.h>

#include "tests/idcsim/flow.h"
#include "tests/idcsim/store.h"

static struct aw_sim_code *new_code(struct probe *probe, const char *client)
{
	return aw_sim_code_new(
	    &probe->sim, aw_sim_client_new(&probe->sim, client));
}

static bool shows(const struct probe *probe, const char *text)
{
	return strstr(aw_buf_text(&probe->call.body), text) != NULL;
}

static unsigned post(
    struct probe *probe, const char *target, const char *code, const char *rest)
{
	char body[256];

	aw_ignore(aw_fmt(body, sizeof(body), "user_code=%s&%s", code, rest));
	return probe_ask(probe, "POST", target, NULL, body);
}

static void pages(void **state)
{
	static const struct {
		const char *target;
		unsigned want;
		const char *shows;
	} rows[] = {
		{ "/start", 200, "Enter the code" },
		{ "/start/", 200, "location.hash" },
		{ "/start/device", 200, "Enter the code" },
		{ "/start/device?user_code=AAAA-AAAA", 404, "not valid" },
		{ "/start/device?user_code=%3Cscript%3E", 404, "not valid" },
		{ "/board", 200, "Nobody is signing in" },
		{ "/board/live", 200, "Last requests" },
		{ "/starting", 404, "" },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const unsigned got =
		    probe_ask(probe, "GET", rows[i].target, NULL, "");

		if (got != rows[i].want || !shows(probe, rows[i].shows))
			fail_msg("%s: %u", rows[i].target, got);
	}
}

/* Both forms of the URL lead to the same page. */
static void consent(void **state)
{
	static const char *const targets[] = { "/start/device", "/" };
	struct probe *probe = *state;
	const struct aw_sim_code *code =
	    new_code(probe, "ssh <b>\"as\"</b> alice");
	char target[64];

	for (size_t i = 0; i < 2; i++) {
		aw_ignore(aw_fmt(target, sizeof(target), "%s?user_code=%s",
		    targets[i], code->user_code));
		assert_int_equal(
		    probe_ask(probe, "GET", target, NULL, ""), 200);
		assert_true(shows(probe, code->user_code));
		assert_true(shows(
		    probe, "ssh &lt;b&gt;&quot;as&quot;&lt;/b&gt; alice"));
		assert_true(shows(probe, "Alice &lt;&amp;&gt;"));
		assert_true(shows(probe, "carol@example.com (disabled)"));
		assert_string_equal(probe->call.user_code, code->user_code);
	}
}

static void decisions(void **state)
{
	static const struct {
		const char *rest;
		unsigned want;
		const char *shows;
		enum aw_sim_code_state left;
	} rows[] = {
		{ "action=allow", 400, "Choose who you are", AW_SIM_CODE_OPEN },
		{ "user=carol&action=allow", 403, "disabled",
		    AW_SIM_CODE_OPEN },
		{ "user=mallory&action=allow", 403, "no such person",
		    AW_SIM_CODE_OPEN },
		{ "user=" PROBE_BOB "&action=allow", 200, "Request approved",
		    AW_SIM_CODE_APPROVED },
		{ "user=alice%40example.com&action=allow", 200,
		    "Request approved", AW_SIM_CODE_APPROVED },
		{ "action=deny", 200, "Request denied", AW_SIM_CODE_DENIED },
		{ "user=alice", 200, "Request denied", AW_SIM_CODE_DENIED },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct aw_sim_code *code = new_code(probe, "x");
		const unsigned got =
		    post(probe, "/start/device", code->user_code, rows[i].rest);

		if (got != rows[i].want || code->state != rows[i].left ||
		    !shows(probe, rows[i].shows))
			fail_msg("%s: %u", rows[i].rest, got);
		if (strstr(rows[i].rest, "alice%40"))
			assert_string_equal(
			    probe->call.user, "alice@example.com");
		if (code->state != AW_SIM_CODE_OPEN)
			assert_int_equal(post(probe, "/start/device",
					     code->user_code, "action=deny"),
			    404);
	}
}

static void many_people_are_typed(void **state)
{
	struct probe *probe = *state;
	const struct aw_sim_code *code = new_code(probe, "x");
	char line[64];

	for (int i = 0; i < 10; i++) {
		aw_ignore(aw_fmt(
		    line, sizeof(line), "add-user more%d@example.com", i));
		assert_int_equal(probe_command(probe, line), 0);
	}
	aw_ignore(aw_fmt(
	    line, sizeof(line), "/start/device?user_code=%s", code->user_code));
	assert_int_equal(probe_ask(probe, "GET", line, NULL, ""), 200);
	assert_true(shows(probe, "<option value=\"more9@example.com\">"));
	assert_false(shows(probe, "type=\"radio\""));
}

static void board(void **state)
{
	struct probe *probe = *state;
	const struct aw_sim_code *code = new_code(probe, "<i>");
	char body[128];

	assert_int_equal(probe_ask(probe, "GET", "/board", NULL, ""), 200);
	assert_true(shows(probe, code->user_code));
	assert_true(shows(probe, "&lt;i&gt;"));
	assert_true(shows(probe, "Alice &lt;&amp;&gt;"));
	assert_int_equal(probe_ask(probe, "POST", "/board", NULL,
			     "w=set&w=user&w=" PROBE_BOB "&w=disabled"),
	    303);
	assert_string_equal(probe->call.location, "/board");
	assert_true(aw_sim_user_is_disabled(
	    aw_sim_doc_by(probe->sim.users, "UserId", PROBE_BOB)));
	aw_ignore(aw_fmt(body, sizeof(body), "w=approve&w=%s&w=--as&w=%s",
	    code->user_code, PROBE_BOB));
	assert_int_equal(probe_ask(probe, "POST", "/board", NULL, body), 400);
	assert_true(shows(probe, "disabled and cannot sign in"));
	assert_int_equal(
	    probe_ask(probe, "POST", "/board", NULL, "w=nonsense"), 400);
	assert_int_equal(probe_ask(probe, "POST", "/board", NULL, "w=%"), 400);
}

/* What the board asks by itself is no request of anybody. */
static void the_board_does_not_fill_the_log(void **state)
{
	struct probe *probe = *state;
	struct aw_buf out = AW_BUF_INIT(65536);

	assert_int_equal(probe_ask(probe, "GET", "/board/live", NULL, ""), 200);
	aw_sim_log_print(&probe->sim.log, &out);
	assert_string_equal(aw_buf_text(&out), "");
	aw_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    pages, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    consent, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    decisions, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    many_people_are_typed, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    board, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(the_board_does_not_fill_the_log,
		    probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
