/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hints: the budgets, what a name may stand for, and the way from a stranger's
 * attempt to a person who is there: awsssod/hint.c, hint_fetch.c.
 * covers: dir.8, R29, R38
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "tests/unit/awsssod/people.h"

#define ERIN "u-erin"

static const struct end erin = { AW_NET_OK, NULL, ERIN, "erin@example.com",
	"ENABLED", "g-admins", NULL, 0 };
static const struct end nobody = { AW_NET_NOT_FOUND, NULL, NULL, NULL, NULL,
	NULL, NULL, 0 };

/* --- budgets ----------------------------------------------------------- */

static void budgets_hold(void **state)
{
	/* The last row is a minute after the first one and less than a minute
	 * after the second. */
	static const struct {
		const char *name, *source;
		uint64_t at_ms;
		bool want;
	} rows[] = {
		{ "n1", "host a", 1000, true },
		{ "n2", "host a", 2000, false }, /* same source */
		{ "n1", "host b", 2000, false }, /* same name */
		{ "n2", "host b", 2000, true },
		{ "n3", "host c", 2000, true },
		{ "n4", "host d", 2000, true },
		{ "n5", "host e", 2000, true },
		{ "n6", "host f", 2000, true },
		{ "n7", "host g", 2000, false }, /* the host's six are spent */
		{ "n7", "host g", 60999, false },
		{ "n7", "host a", 61000, true }, /* a minute after n1 */
		{ "n8", "host h", 61000, false },
		{ "n8", "host b", 61999, false },
		{ "n8", "host b", 62000, true },
	};
	struct aw_hints *hints;

	(void)state;
	hints = test_calloc(1, sizeof(*hints));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((aw_hints_admit(hints, rows[i].name, rows[i].source,
			 rows[i].at_ms) != NULL) != rows[i].want)
			fail_msg("row %zu: %s from %s", i, rows[i].name,
			    rows[i].source);
	test_free(hints);
}

static void unknown_names_are_remembered(void **state)
{
	struct aw_hints *hints;
	char name[16];

	(void)state;
	hints = test_calloc(1, sizeof(*hints));
	aw_hints_unknown(hints, "ghost", 1000);
	assert_null(aw_hints_admit(hints, "ghost", "host a", 2000));
	assert_null(
	    aw_hints_admit(hints, "ghost", "host a", 999 + AW_HINT_UNKNOWN_MS));
	assert_non_null(aw_hints_admit(
	    hints, "ghost", "host a", 1000 + AW_HINT_UNKNOWN_MS));
	/* As many as the budget can make in that time are all remembered. */
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(aw_fmt(name, sizeof(name), "n%u", i), 0);
		aw_hints_unknown(hints, name, 5000000);
	}
	assert_null(aw_hints_admit(hints, "n0", "host b", 5000001));
	test_free(hints);
}

/* A flood of random names for an hour: six a minute get through. */
static void a_flood_costs_the_budget(void **state)
{
	struct aw_hints *hints;
	unsigned asked = 0;

	(void)state;
	hints = test_calloc(1, sizeof(*hints));
	for (uint64_t ms = 1; ms < 3600 * 1000; ms += 100) {
		char name[32], source[32];

		assert_int_equal(
		    aw_fmt(name, sizeof(name), "n%llu", (unsigned long long)ms),
		    0);
		assert_int_equal(aw_fmt(source, sizeof(source), "host %llu",
				     (unsigned long long)(ms % 9973)),
		    0);
		asked += aw_hints_admit(hints, name, source, ms) != NULL;
	}
	assert_in_range(asked, 350, 360);
	test_free(hints);
}

/* --- what a name may stand for ----------------------------------------- */

static void names_are_turned_back(void **state)
{
	static const struct {
		const char *domains[3];
		const char *name;
		const char *want[3];
	} rows[] = {
		{ { NULL }, "alice", { "alice" } },
		{ { NULL }, "alice@x.org", { "alice@x.org" } },
		{ { "example.com" }, "alice",
		    { "alice@example.com", "alice" } },
		{ { "example.com", "partner.com:-ext" }, "alice-ext",
		    { "alice-ext@example.com", "alice@partner.com",
			"alice-ext" } },
		{ { "example.com", "partner.com:-ext" }, "alice",
		    { "alice@example.com", "alice" } },
		{ { "partner.com:-ext" }, "-ext", { NULL } },
		/* as it stands it would be stripped */
		{ { "example.com" }, "alice@example.com",
		    { "alice@example.com@example.com" } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_name_rules rules = { 0 };
		struct aw_hint_names got;
		unsigned n = 0;

		for (size_t k = 0; k < 3 && rows[i].domains[k]; k++)
			assert_int_equal(
			    aw_name_rules_add(&rules, rows[i].domains[k], NULL),
			    0);
		aw_hint_names(&rules, rows[i].name, &got);
		for (; n < 3 && rows[i].want[n]; n++)
			if (n >= got.n ||
			    strcmp(got.user_name[n], rows[i].want[n]) != 0)
				fail_msg("row %zu: no %s", i, rows[i].want[n]);
		assert_int_equal(got.n, n);
	}
}

/* --- the way ----------------------------------------------------------- */

static void hint(
    struct fake *fake, const char *user, const char *rhost, const char *attempt)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_HINT,
		.user = user,
		.rhost = rhost,
		.attempt = attempt });
}

static void a_newcomer_is_there_at_the_next_connection(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int same = -1, next = -1;

	hint(fake, "erin", "10.0.0.9", "c1");
	fake_netd_wait(fake, AW_MSG_LOOKUP);
	assert_string_equal(
	    fake_text(fake, AW_TAG_USER_NAME), "erin@example.com");
	send_person(fake, &erin);
	fake_turn(fake, 50);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals p JOIN members m"
			      " ON m.usr = p.n WHERE p.name = 'erin' AND"
			      " p.principal = 'u-erin' AND p.present = 1"),
	    1);
	/* sshd takes this connection for a stranger's to its end. */
	same = fake_connect(fake, "auth.sock");
	fake_ask(fake, same,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "erin",
		.rhost = "10.0.0.9",
		.attempt = "c1" });
	fake_verdict(fake, same, AW_VERDICT_REFUSED, "Connect again");
	next = fake_connect(fake, "auth.sock");
	fake_ask(fake, next,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "erin",
		.rhost = "10.0.0.9",
		.attempt = "c2" });
	fake_netd_wait(fake, AW_MSG_FLOW);
	assert_string_equal(fake_text(fake, AW_TAG_PRINCIPAL_ID), ERIN);
}

/* What may not, or need not, be asked for. */
static void some_are_not_asked_for(void **state)
{
	static const char *const names[] = { "alice", "carol", "root", "sudo",
		"nobody" };
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		hint(fake, names[i], "10.0.0.1", "c3");
	fake_netd_silent(fake, 100);
	fake->daemon->conf.hints = 0;
	hint(fake, "frank", "10.0.0.2", "c4");
	fake->daemon->conf.hints = 1;
	fake->daemon->conf.source = AW_SOURCE_PUBLISHED;
	hint(fake, "frank", "10.0.0.3", "c5");
	fake_netd_silent(fake, 100);
}

/* Somebody whom the directory does not know is asked for once. */
static void the_unknown_stay_unknown(void **state)
{
	struct fake *fake = *state;

	hint(fake, "ghost", "10.0.0.1", "c6");
	fake_netd_wait(fake, AW_MSG_LOOKUP);
	send_person(fake, &nobody);
	hint(fake, "ghost", "10.0.0.2", "c7");
	fake_netd_silent(fake, 100);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE kind = 1"),
	    4);
}

/* An answer about somebody who would be called otherwise names nobody new as
 * the one who was asked for. */
static void an_answer_about_another_changes_no_name(void **state)
{
	static const struct end other = { AW_NET_OK, NULL, "u-mallory",
		"alice@example.com", NULL, "g-admins", NULL, 0 };
	struct fake *fake = *state;

	hint(fake, "erin", "10.0.0.1", "c8");
	fake_netd_wait(fake, AW_MSG_LOOKUP);
	send_person(fake, &other);
	fake_turn(fake, 50);
	assert_string_equal(
	    fake_string(
		fake, "SELECT principal FROM principals WHERE name = 'alice'"),
	    ALICE);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " principal = 'u-mallory' AND name IS NOT NULL"),
	    0);
}

/* With a scope only who is in one of its groups is taken in. */
static void a_scope_keeps_others_out(void **state)
{
	static const struct end outside = { AW_NET_OK, NULL, ERIN,
		"erin@example.com", NULL, "g-elsewhere", NULL, 0 };
	struct fake *fake = *state;

	fake->daemon->conf.scope.n = 1;
	assert_int_equal(
	    aw_copy(fake->daemon->conf.scope.item[0],
		sizeof(fake->daemon->conf.scope.item[0]), "admins"),
	    0);
	hint(fake, "erin", "10.0.0.1", "c9");
	fake_netd_wait(fake, AW_MSG_LOOKUP);
	send_person(fake, &outside);
	fake_turn(fake, 50);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " principal = 'u-erin'"),
	    0);
	hint(fake, "erin", "10.0.0.1", "c9");
	hint(fake, "gina", "10.0.0.2", "c10");
	fake_netd_wait(fake, AW_MSG_LOOKUP);
	send_person(fake, &(struct end){ AW_NET_OK, NULL, "u-gina",
			      "gina@example.com", NULL, "g-admins", NULL, 0 });
	fake_turn(fake, 50);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " name = 'gina'"),
	    1);
}

/* Who has an assignment belongs to a scope of those, and needs no group. */
static void an_assignment_is_in_the_scope(void **state)
{
	static const uint64_t assigned[] = { 0, 1 };
	struct fake *fake = *state;
	uint8_t data[512];
	struct aw_wire_out out;

	fake->daemon->conf.scope.n = 1;
	assert_int_equal(
	    aw_copy(fake->daemon->conf.scope.item[0], AW_CONF_TEXT, "assigned"),
	    0);
	for (size_t i = 0; i < 2; i++) {
		hint(fake, i ? "gina" : "erin", i ? "10.0.0.2" : "10.0.0.1",
		    "c11");
		fake_netd_wait(fake, AW_MSG_LOOKUP);
		aw_wire_begin(&out, data, sizeof(data), AW_MSG_PERSON_IS,
		    fake->in.request);
		aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
		aw_wire_put_text(
		    &out, AW_TAG_PRINCIPAL_ID, i ? "u-gina" : ERIN);
		aw_wire_put_text(&out, AW_TAG_USER_NAME,
		    i ? "gina@example.com" : "erin@example.com");
		aw_wire_put_text(&out, AW_TAG_GROUP_ID, "g-elsewhere");
		aw_wire_put_num(&out, AW_TAG_ASSIGNED, assigned[i]);
		fake_netd_send(fake, &out, -1);
		fake_turn(fake, 50);
	}
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " name IN ('erin', 'gina')"),
	    1);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " name = 'gina' AND present = 1"),
	    1);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals WHERE"
			      " principal = 'g-elsewhere'"),
	    0);
}

#define WITH_PEOPLE(test) \
	cmocka_unit_test_setup_teardown(test, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(budgets_hold),
		cmocka_unit_test(unknown_names_are_remembered),
		cmocka_unit_test(a_flood_costs_the_budget),
		cmocka_unit_test(names_are_turned_back),
		WITH_PEOPLE(a_newcomer_is_there_at_the_next_connection),
		WITH_PEOPLE(some_are_not_asked_for),
		WITH_PEOPLE(the_unknown_stay_unknown),
		WITH_PEOPLE(an_answer_about_another_changes_no_name),
		WITH_PEOPLE(a_scope_keeps_others_out),
		WITH_PEOPLE(an_assignment_is_in_the_scope),
	};

	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
