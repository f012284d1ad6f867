/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/scim_paging.c: lists of every size through pages of
 * every size, and what must not be taken for a whole list.
 * covers: dir.2, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "awssso_netd/scim_paging.h"
#include "common/buf.h"

static const struct aw_place top = { NULL, "Users", -1 };

/* A page of rows @first to @end - 1. */
static struct json_object *page(
    int first, int end, int total, int start, const char *next)
{
	struct aw_buf text = AW_BUF_INIT(1 << 20);
	struct json_object *json;

	aw_buf_str(&text, "{\"Resources\":[");
	for (int i = first; i < end; i++)
		aw_buf_fmt(
		    &text, "%s{\"id\":\"u%d\"}", i > first ? "," : "", i);
	aw_buf_str(&text, "]");
	if (total >= 0)
		aw_buf_fmt(&text, ",\"totalResults\":%d", total);
	if (start >= 0)
		aw_buf_fmt(&text, ",\"startIndex\":%d", start);
	if (next)
		aw_buf_fmt(&text, ",\"nextCursor\":\"%s\"", next);
	aw_buf_str(&text, "}");
	json = json_tokener_parse(aw_buf_text(&text));
	assert_non_null(json);
	aw_buf_done(&text);
	return json;
}

/* What the query asks for, by index. */
static int asked(const struct aw_scim_paging *paging)
{
	struct aw_buf query = AW_BUF_INIT(4096);
	const char *at;
	char digits[16];
	uint64_t start = 1;

	aw_scim_paging_query(paging, &query);
	at = strstr(aw_buf_text(&query), "startIndex=");
	if (at) {
		at += strlen("startIndex=");
		assert_int_equal(aw_fmt(digits, sizeof(digits), "%.*s",
				     (int)strspn(at, "0123456789"), at),
		    0);
		assert_int_equal(aw_num_u64(digits, 0, INT32_MAX, &start), 0);
	}
	aw_buf_done(&query);
	return (int)start;
}

static void every_size_by_index(void **state)
{
	(void)state;
	for (int total = 0; total < 30; total++) {
		for (int size = 1; size < 32; size++) {
			struct aw_scim_paging paging = { .seen = 0 };
			int got = 0, r = 0, pages = 0;

			while (r == 0 && pages++ < 100) {
				const int start = asked(&paging);
				const int end = start - 1 + size < total
						    ? start - 1 + size
						    : total;
				struct json_object *json =
				    page(start - 1, end, total, start, NULL);
				struct aw_scim_list list;
				struct aw_diag why = { .text = "" };
				size_t skip;

				assert_int_equal(
				    aw_scim_read_list(&top, json, &list, &why),
				    0);
				r = aw_scim_paging_step(
				    &paging, &top, &list, &skip, &why);
				got += (int)(aw_scim_n(&list) - skip);
				json_object_put(json);
			}
			if (r != AW_END || got != total)
				fail_msg("%d rows by %d: %d, %d rows", total,
				    size, r, got);
			aw_scim_paging_done(&paging);
		}
	}
}

/* A server whose totals and overlaps are in order, but which has no more than a
 * few rows in all: by index, and by cursor. */
static void a_list_without_end(void **state)
{
	static const char *const cursors[] = { NULL, "a" };
	struct aw_diag why = { .text = "" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct aw_scim_paging paging = { .seen = 0 };
		int r = 0, n = 0;

		for (; r == 0 && n < 1000; n++) {
			struct json_object *json = page(0, 1, i ? -1 : 1 << 20,
			    i ? -1 : asked(&paging), cursors[i]);
			struct aw_scim_list list;
			char token[16];
			size_t skip;

			assert_int_equal(
			    aw_scim_read_list(&top, json, &list, &why), 0);
			assert_int_equal(
			    aw_fmt(token, sizeof(token), "t%d", n), 0);
			list.next = i ? token : NULL;
			r = aw_scim_paging_step(
			    &paging, &top, &list, &skip, &why);
			json_object_put(json);
		}
		if (r != -EBADMSG || n != AW_PAGES_IN_VAIN + 1 ||
		    !strstr(why.text, "brought nothing new"))
			fail_msg("%zu: %d after %d: %s", i, r, n, why.text);
		aw_scim_paging_done(&paging);
	}
}

struct shown {
	int first, end, total, start;
	const char *next;
};

static void what_is_no_list(void **state)
{
	static const struct {
		const char *name;
		struct shown one, two;
		int want; /* of the last page */
	} rows[] = {
		{ "a cursor, then none", { 0, 2, -1, -1, "a" },
		    { 2, 3, -1, -1, NULL }, AW_END },
		{ "a cursor and a total", { 0, 2, 3, 1, "a" },
		    { 2, 3, 3, -1, NULL }, AW_END },
		{ "a cursor given twice", { 0, 2, -1, -1, "a" },
		    { 2, 3, -1, -1, "a" }, -EBADMSG },
		{ "an empty page with a cursor", { 0, 0, -1, -1, "a" },
		    { 0, 3, -1, -1, NULL }, AW_END },
		{ "the overlap holds", { 0, 2, 3, 1, NULL },
		    { 1, 3, 3, 2, NULL }, AW_END },
		{ "a row went away before", { 0, 2, 3, 1, NULL },
		    { 2, 4, 3, 2, NULL }, AW_STALE },
		{ "a row came before", { 0, 2, 3, 1, NULL },
		    { 0, 2, 3, 2, NULL }, AW_STALE },
		{ "another total", { 0, 2, 3, 1, NULL }, { 1, 3, 4, 2, NULL },
		    AW_STALE },
		{ "startIndex overlooked", { 0, 2, 4, 1, NULL },
		    { 0, 2, 4, 1, NULL }, -EBADMSG },
		{ "an empty page", { 0, 2, 3, 1, NULL }, { 2, 2, 3, 2, NULL },
		    AW_STALE },
		{ "more than there are", { 0, 2, 3, 1, NULL },
		    { 1, 5, 3, 2, NULL }, AW_STALE },
		{ "fewer than there are, and no more", { 0, 0, 3, 1, NULL },
		    { 0 }, AW_STALE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct shown *shown[] = { &rows[i].one, &rows[i].two };
		struct aw_scim_paging paging = { .seen = 0 };
		int r = 0;

		for (size_t k = 0; k < 2 && r == 0; k++) {
			struct json_object *json = page(shown[k]->first,
			    shown[k]->end, shown[k]->total, shown[k]->start,
			    shown[k]->next);
			struct aw_scim_list list;
			struct aw_diag why = { .text = "" };
			size_t skip;

			assert_int_equal(
			    aw_scim_read_list(&top, json, &list, &why), 0);
			r = aw_scim_paging_step(
			    &paging, &top, &list, &skip, &why);
			if (r != 0 && r != AW_END && !why.text[0])
				fail_msg("%s: no reason", rows[i].name);
			json_object_put(json);
		}
		if (r != rows[i].want)
			fail_msg("%s: %d", rows[i].name, r);
		aw_scim_paging_done(&paging);
	}
}

/* Rows whose ids are numbers overlap as others do. */
static void numbers_for_ids(void **state)
{
	static const struct {
		const char *name, *two;
		int want;
	} rows[] = {
		{ "the overlap holds",
		    "{\"totalResults\":3,\"startIndex\":2,"
		    "\"Resources\":[{\"id\":2},{\"id\":3}]}",
		    AW_END },
		{ "a row went away before",
		    "{\"totalResults\":3,\"startIndex\":2,"
		    "\"Resources\":[{\"id\":3},{\"id\":4}]}",
		    AW_STALE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *pages[] = {
			"{\"totalResults\":3,\"startIndex\":1,"
			"\"Resources\":[{\"id\":1},{\"id\":2}]}",
			rows[i].two
		};
		struct aw_scim_paging paging = { .seen = 0 };
		int r = 0;

		for (size_t k = 0; k < 2 && r == 0; k++) {
			struct json_object *json = json_tokener_parse(pages[k]);
			struct aw_scim_list list;
			struct aw_diag why;
			size_t skip;

			assert_int_equal(
			    aw_scim_read_list(&top, json, &list, &why), 0);
			r = aw_scim_paging_step(
			    &paging, &top, &list, &skip, &why);
			json_object_put(json);
		}
		if (r != rows[i].want)
			fail_msg("%s: %d", rows[i].name, r);
		aw_scim_paging_done(&paging);
	}
}

static void queries(void **state)
{
	struct aw_scim_paging paging = { .seen = 0 };
	struct json_object *json = page(0, 1, -1, -1, "a+/=: b");
	struct aw_buf query = AW_BUF_INIT(4096);
	struct aw_diag why;

	(void)state;
	aw_scim_paging_query(&paging, &query);
	assert_string_equal(aw_buf_text(&query), "count=100&cursor=");
	aw_buf_done(&query);
	assert_int_equal(aw_paging_step(&paging.cursor, &top, json,
			     "nextCursor", "a+/=: b", &why),
	    0);
	json_object_put(json);
	aw_scim_paging_query(&paging, &query);
	assert_string_equal(
	    aw_buf_text(&query), "count=100&cursor=a%2B%2F%3D%3A%20b");
	aw_buf_done(&query);
	aw_scim_paging_done(&paging);
	paging.no_cursor = true;
	aw_scim_paging_query(&paging, &query);
	assert_string_equal(aw_buf_text(&query), "count=100");
	aw_buf_done(&query);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_without_end),
		cmocka_unit_test(every_size_by_index),
		cmocka_unit_test(what_is_no_list),
		cmocka_unit_test(numbers_for_ids),
		cmocka_unit_test(queries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
