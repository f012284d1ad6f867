/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/command.c: each command, what it refuses, and what
 * it changes. covers: spine.9, R28
 */
#include "tests/unit/idcsim/probe.h"

#include <errno.h>
#include <string.h>

#include <json-c/json.h>

#include "tests/idcsim/command.h"
#include "tests/idcsim/store.h"

static void words(void **state)
{
	static const struct {
		const char *line;
		int want;
	} rows[] = {
		{ "pending", 0 },
		{ "log", 0 },
		{ "fault", 0 },
		{ "fault clear", 0 },
		{ "fault ListUsers close", 0 },
		{ "fault ListUsers latency 5 --count 2", 0 },
		{ "fault --count 2 ListUsers throttle", 0 },
		{ "clock +1", 0 },
		{ "clock -1", 0 },
		{ "clock reset", 0 },
		{ "", -EINVAL },
		{ "nonsense", -EINVAL },
		{ "pending x", -EINVAL },
		{ "approve", -EINVAL },
		{ "approve AAAA-AAAA", -EINVAL },
		{ "approve AAAA-AAAA --as", -EINVAL },
		{ "approve AAAA-AAAA --as alice", -EINVAL },
		{ "deny AAAA-AAAA", -EINVAL },
		{ "set user alice", -EINVAL },
		{ "set user alice off", -EINVAL },
		{ "set user mallory disabled", -EINVAL },
		{ "set nothing a b on", -EINVAL },
		{ "set member Engineers alice maybe", -EINVAL },
		{ "set member Nobody alice on", -EINVAL },
		{ "set member Engineers mallory on", -EINVAL },
		{ "set set Nothing alice on", -EINVAL },
		{ "set set Login mallory on", -EINVAL },
		{ "set set Login alice on --account 1", -EINVAL },
		{ "add-user alice@example.com", -EINVAL },
		{ "add-user", -EINVAL },
		{ "delete-user mallory", -EINVAL },
		{ "rename alice bob@example.com", -EINVAL },
		{ "rename mallory x", -EINVAL },
		{ "fault ListUsers", -EINVAL },
		{ "fault ListUsers nonsense", -EINVAL },
		{ "fault ListUsers close --count 0", -EINVAL },
		{ "fault ListUsers close --count x", -EINVAL },
		{ "clock 1", -EINVAL },
		{ "clock +", -EINVAL },
	};
	struct probe *probe = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int r = probe_command(probe, rows[i].line);

		if (r != rows[i].want)
			fail_msg("%s: %d", rows[i].line, r);
	}
}

/* Why something was refused is said, and says which. */
static void reasons(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_words said = { 0 };
	struct aw_diag diag = { .text = "" };

	assert_int_equal(aw_sim_words_add(&said, "delete-user"), 0);
	assert_int_equal(aw_sim_words_add(&said, "mallory"), 0);
	assert_int_equal(
	    aw_sim_command(&probe->sim, &said, NULL, &diag), -EINVAL);
	assert_string_equal(diag.text, "mallory: no such person");
	for (size_t i = said.n; i < AW_SIM_WORDS_MAX; i++)
		assert_int_equal(aw_sim_words_add(&said, "x"), 0);
	assert_int_equal(aw_sim_words_add(&said, "x"), -E2BIG);
	aw_sim_words_done(&said);
	assert_true(aw_sim_command_exists("approve"));
	assert_false(aw_sim_command_exists("serve"));
}

static bool may(struct probe *probe, const char *set, const char *account,
    const char *user_id)
{
	return aw_sim_is_assigned(&probe->sim,
	    aw_sim_doc_by(probe->sim.sets, "Name", set), account, user_id);
}

static void assignments(void **state)
{
	struct probe *probe = *state;

	assert_true(may(probe, "Admin", PROBE_ACCOUNT, PROBE_ALICE));
	assert_false(may(probe, "Admin", PROBE_OTHER, PROBE_ALICE));
	assert_true(may(probe, "Admin", NULL, PROBE_ALICE));
	assert_false(may(probe, "Admin", NULL, PROBE_BOB));
	assert_int_equal(probe_command(probe, "set set Admin Engineers on"), 0);
	assert_true(may(probe, "Admin", PROBE_OTHER, PROBE_BOB));
	assert_int_equal(
	    probe_command(probe, "set member Engineers bob off"), 0);
	assert_false(may(probe, "Admin", NULL, PROBE_BOB));
	assert_int_equal(
	    probe_command(probe, "set set Admin bob on --account " PROBE_OTHER),
	    0);
	assert_true(may(probe, "Admin", PROBE_OTHER, PROBE_BOB));
	assert_false(may(probe, "Admin", PROBE_ACCOUNT, PROBE_BOB));
	/* On is on: twice is not two assignments. */
	assert_int_equal(
	    probe_command(probe, "set set Admin bob on --account " PROBE_OTHER),
	    0);
	assert_int_equal(probe_command(probe, "set set Admin bob off"), 0);
	assert_false(may(probe, "Admin", NULL, PROBE_BOB));
}

static void people(void **state)
{
	struct probe *probe = *state;
	struct json_object *user;
	struct json_object *other;
	char id[64];

	assert_int_equal(
	    probe_command(probe, "add-user alice@example.org Other"), 0);
	/* Two of this local part now: neither is meant. */
	assert_int_equal(
	    aw_sim_find_user(&probe->sim, "alice", &user, NULL), AW_UNKNOWN);
	assert_int_equal(
	    aw_sim_find_user(&probe->sim, "alice@example.org", &user, NULL), 0);
	assert_string_equal(aw_sim_text(user, "UserStatus"), "ENABLED");
	assert_string_equal(aw_sim_text(user, "DisplayName"), "Other");
	aw_ignore(aw_copy(id, sizeof(id), aw_sim_text(user, "UserId")));
	assert_int_equal(strlen(id), 47);
	assert_int_equal(
	    probe_command(probe, "rename alice@example.org al@example.org"), 0);
	assert_int_equal(aw_sim_find_user(&probe->sim, "al", &other, NULL), 0);
	assert_ptr_equal(other, user);
	assert_int_equal(probe_command(probe, "set member Engineers al on"), 0);
	assert_int_equal(probe_command(probe, "delete-user al"), 0);
	assert_int_equal(
	    aw_sim_find_user(&probe->sim, id, &user, NULL), AW_UNKNOWN);
	assert_false(aw_sim_is_member(
	    aw_sim_doc_by(probe->sim.groups, "GroupId", PROBE_GROUP), id));
	/* The same name again is another person. */
	assert_int_equal(probe_command(probe, "add-user al@example.org"), 0);
	assert_int_equal(aw_sim_find_user(&probe->sim, "al", &user, NULL), 0);
	assert_string_not_equal(aw_sim_text(user, "UserId"), id);
}

static void clocks(void **state)
{
	struct probe *probe = *state;

	assert_int_equal(probe_command(probe, "clock +10"), 0);
	assert_int_equal(probe_command(probe, "clock -3"), 0);
	assert_int_equal(aw_sim_now_ms(&probe->sim), PROBE_TIME_MS + 7000);
	assert_int_equal(probe_command(probe, "clock reset"), 0);
	assert_int_equal(aw_sim_now_ms(&probe->sim), PROBE_TIME_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    words, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    reasons, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    assignments, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    people, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    clocks, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
