/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/paging.c.
 * covers: spine.4, dir.1, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/paging.h"
#include "common/text.h"

static const struct aw_place place = { NULL, "ListUsers", -1 };

/* A page with the rows @first to @first + @n - 1. */
static struct json_object *page(unsigned first, unsigned n)
{
	struct json_object *json = json_object_new_object();
	struct json_object *rows = json_object_new_array();

	for (unsigned i = 0; i < n; i++) {
		struct json_object *row = json_object_new_object();

		json_object_object_add(
		    row, "UserId", json_object_new_int64((int64_t)first + i));
		json_object_array_add(rows, row);
	}
	json_object_object_add(json, "Users", rows);
	json_object_object_add(json, "NextToken", json_object_new_string("x"));
	return json;
}

/* Step over that page; @next is its successor's number, or NULL text. */
static int step_with(struct aw_paging *paging, unsigned first, unsigned n,
    const char *next, struct aw_diag *why)
{
	struct json_object *json = page(first, n);
	const int r =
	    aw_paging_step(paging, &place, json, "NextToken", next, why);

	json_object_put(json);
	return r;
}

/* Over a page whose only row is @row. */
static int step(struct aw_paging *paging, unsigned row, const char *next)
{
	struct aw_diag why;

	return step_with(paging, row, 1, next, &why);
}

static void pages_follow_one_another(void **state)
{
	struct aw_paging paging = { .next = NULL };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		char token[16];

		assert_int_equal(aw_fmt(token, sizeof(token), "t%d", i), 0);
		assert_int_equal(step(&paging, (unsigned)i, token), 0);
		assert_string_equal(paging.next, token);
	}
	assert_int_equal(step(&paging, 0, NULL), AW_END);
	aw_paging_done(&paging);
	assert_null(paging.next);
	assert_int_equal(step(&paging, 0, NULL), AW_END);
}

/* Tails and circles of every small size are noticed, and soon. */
static void circles_end(void **state)
{
	(void)state;
	for (unsigned tail = 0; tail < 20; tail++) {
		for (unsigned circle = 1; circle < 20; circle++) {
			struct aw_paging paging = { .next = NULL };
			unsigned i = 0;
			int r = 0;

			while (r == 0 && i < 200) {
				char token[16];
				const unsigned n =
				    i < tail ? i : tail + (i - tail) % circle;

				i++;
				assert_int_equal(
				    aw_fmt(token, sizeof(token), "%u", n), 0);
				r = step(&paging, i, token);
			}
			if (r != -EBADMSG || i > 3 * (tail + circle) + 2)
				fail_msg("tail %u, circle %u: %d after %u",
				    tail, circle, r, i);
			if (circle == 1)
				assert_true(i == tail + 2);
			aw_paging_done(&paging);
		}
	}
}

/* Pages that bring nothing new are counted in a row, whatever their tokens. */
static void a_list_without_end(void **state)
{
	static const struct {
		const char *name;
		unsigned first, n; /* of each page in vain */
		unsigned in_vain;  /* so many of them, ... */
		unsigned times;    /* ... a new row, and so on */
		int want;
	} rows[] = {
		{ "some empty pages", 0, 0, AW_PAGES_IN_VAIN - 1, 3, 0 },
		{ "empty pages without end", 0, 0, AW_PAGES_IN_VAIN, 1,
		    -EBADMSG },
		{ "the same rows some times", 0, 100, AW_PAGES_IN_VAIN - 1, 3,
		    0 },
		{ "a part of them without end", 40, 7, AW_PAGES_IN_VAIN, 1,
		    -EBADMSG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_paging paging = { .next = NULL };
		struct aw_diag why = { .text = "" };
		unsigned n = 0, new_row = 100;
		char token[16];
		int r;

		r = step_with(&paging, 0, 100, "first", &why);
		for (unsigned t = 0; r == 0 && t < rows[i].times; t++) {
			for (unsigned k = 0; r == 0 && k < rows[i].in_vain;
			     k++) {
				assert_int_equal(
				    aw_fmt(token, sizeof(token), "%u", n++), 0);
				r = step_with(&paging, rows[i].first, rows[i].n,
				    token, &why);
			}
			if (r == 0)
				r = step_with(&paging, new_row++, 1,
				    t % 2 ? "odd" : "even", &why);
		}
		if (r != rows[i].want ||
		    (r != 0 && (n != AW_PAGES_IN_VAIN ||
				   strcmp(why.text,
				       "ListUsers: 100 pages in a row brought "
				       "nothing new") != 0)))
			fail_msg("%s: %d after %u: %s", rows[i].name, r, n,
			    why.text);
		aw_paging_done(&paging);
	}
}

/* Each page of a large directory brings one row among many known ones: new
 * ones are not taken for known. */
static void a_million_rows(void **state)
{
	struct aw_paging paging = { .next = NULL };
	char token[16];

	(void)state;
	for (unsigned i = 0; i < 1000000; i += 100) {
		struct aw_diag why = { .text = "" };

		assert_int_equal(aw_fmt(token, sizeof(token), "t%u", i), 0);
		if (step_with(&paging, i, 100, token, &why) != 0)
			fail_msg("row %u: %s", i, why.text);
		assert_int_equal(paging.in_vain, 0);
	}
	aw_paging_done(&paging);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_follow_one_another),
		cmocka_unit_test(circles_end),
		cmocka_unit_test(a_list_without_end),
		cmocka_unit_test(a_million_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
