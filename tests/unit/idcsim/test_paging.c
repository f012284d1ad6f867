/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/paging.c: pages, their tokens, and pages that go
 * wrong. covers: spine.9
 */
#include "tests/unit/idcsim/probe.h"

#include <errno.h>
#include <string.h>

#include "tests/idcsim/paging.h"

static const struct aw_sim_op one = { .name = "One" };
static const struct aw_sim_op two = { .name = "Two" };

/* Walk all pages.  The sizes of the pages as digits. */
static const char *walk(struct probe *probe, size_t total, size_t max)
{
	static char sizes[32];
	struct aw_sim_page page = { 0 };
	size_t n = 0;
	size_t seen = 0;

	do {
		char token[64];

		memcpy(token, page.next, sizeof(token));
		assert_int_equal(aw_sim_page_of(&probe->call, total, max,
				     token[0] ? token : NULL, "s", &page),
		    0);
		assert_int_equal(page.first, seen);
		seen += page.n;
		sizes[n++] = (char)('0' + page.n);
		assert_true(n < sizeof(sizes));
	} while (page.next[0]);
	sizes[n] = '\0';
	return sizes;
}

static void walks(void **state)
{
	static const struct {
		size_t total, max;
		enum aw_sim_fault_kind fault; /* AW_SIM_LATENCY: none */
		const char *want;
	} rows[] = {
		{ 0, 0, AW_SIM_LATENCY, "0" },
		{ 1, 0, AW_SIM_LATENCY, "1" },
		{ 3, 0, AW_SIM_LATENCY, "3" },
		{ 4, 0, AW_SIM_LATENCY, "31" },
		{ 6, 2, AW_SIM_LATENCY, "222" },
		{ 6, 100, AW_SIM_LATENCY, "33" },
		{ 3, 0, AW_SIM_TRUNCATE_PAGE, "111" },
		{ 2, 2, AW_SIM_TRUNCATE_PAGE, "11" },
		{ 4, 0, AW_SIM_EMPTY, "0301" },
		{ 0, 0, AW_SIM_EMPTY, "00" },
		{ 4, 0, AW_SIM_GONE, "0" },
		{ 0, 0, AW_SIM_GONE, "0" },
		{ 4, 0, AW_SIM_LOSE_TOKEN, "3" },
	};
	struct probe *probe = *state;

	probe->call.op = &one;
	probe->sim.page_size = 3;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got;

		memset(&probe->call.effect, 0, sizeof(probe->call.effect));
		probe->call.effect.on[rows[i].fault] = true;
		got = walk(probe, rows[i].total, rows[i].max);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg(
			    "row %zu: want %s, got %s", i, rows[i].want, got);
	}
}

/* The first rows again and again, each time with another token; when that is
 * over the list goes on where it was. */
static void without_end(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_page page = { 0 };
	char token[64] = "";

	probe->call.op = &one;
	probe->sim.page_size = 3;
	for (unsigned i = 0; i < 5; i++) {
		const size_t rows = i / 2;

		probe->call.effect.on[AW_SIM_ENDLESS] = i > 0;
		probe->call.effect.arg[AW_SIM_ENDLESS] = rows;
		assert_int_equal(aw_sim_page_of(&probe->call, 4, 0,
				     token[0] ? token : NULL, "s", &page),
		    0);
		assert_int_equal(page.first, 0);
		assert_int_equal(page.n, i > 0 ? rows : 3);
		assert_string_not_equal(page.next, token);
		memcpy(token, page.next, sizeof(token));
	}
	probe->call.effect.on[AW_SIM_ENDLESS] = false;
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 4, 0, token, "s", &page), 0);
	assert_int_equal(page.first, 3);
	assert_int_equal(page.n, 1);
	assert_string_equal(page.next, "");
}

static void tokens(void **state)
{
	struct probe *probe = *state;
	struct aw_sim_page page = { 0 };
	struct aw_sim_page next = { .n = 4711 };
	char token[64];

	probe->call.op = &one;
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 9, 2, NULL, "s", &page), 0);
	memcpy(token, page.next, sizeof(token));
	for (size_t i = 0; token[i]; i++) {
		token[i] ^= 1;
		if (aw_sim_page_of(&probe->call, 9, 2, token, "s", &next) !=
		    -EINVAL)
			fail_msg("a token with another byte %zu", i);
		token[i] ^= 1;
	}
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 9, 2, "", "s", &next), -EINVAL);
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 9, 2, token, "t", &next), -EINVAL);
	probe->call.op = &two;
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 9, 2, token, "s", &next), -EINVAL);
	assert_int_equal(next.n, 4711);
	probe->call.op = &one;
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 9, 2, token, "s", &next), 0);
	assert_int_equal(next.first, 2);
	/* Rows went away meanwhile. */
	assert_int_equal(
	    aw_sim_page_of(&probe->call, 1, 2, token, "s", &next), 0);
	assert_int_equal(next.n, 0);
	assert_string_equal(next.next, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    walks, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    without_end, probe_setup, probe_teardown),
		cmocka_unit_test_setup_teardown(
		    tokens, probe_setup, probe_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
