/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/call.c: targets, headers and arguments taken apart.
 * covers: spine.9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "tests/idcsim/call.h"

static void targets(void **state)
{
	static char long_one[1024] = "/";
	const struct {
		const char *target;
		int want;
		const char *path;
		const char *query;
	} rows[] = {
		{ "/", 0, "/", "" },
		{ "/a%20b+c?d=%20&e#f", 0, "/a b+c", "d=%20&e#f" },
		{ "/?", 0, "/", "" },
		{ "", -EINVAL, "", "" },
		{ "*", -EINVAL, "", "" },
		{ "http://x/", -EINVAL, "", "" },
		{ "/%", -EINVAL, "", "" },
		{ "/%2", -EINVAL, "", "" },
		{ "/%zz", -EINVAL, "", "" },
		{ "/%00", -EINVAL, "", "" },
		{ long_one, -EINVAL, "", "" },
	};

	(void)state;
	memset(long_one + 1, 'a', sizeof(long_one) - 2);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_sim_req req = { .target = rows[i].target };
		const int r = aw_sim_req_split(&req);

		if (r != rows[i].want)
			fail_msg("%.20s: %d", rows[i].target, r);
		if (r == 0) {
			assert_string_equal(req.path, rows[i].path);
			assert_string_equal(req.query, rows[i].query);
		}
	}
}

static void headers(void **state)
{
	static const struct {
		const char *value;
		bool want;
	} rows[] = {
		{ "application/json", true },
		{ "Application/JSON; charset=utf-8", true },
		{ "application/json-patch", false },
		{ "application/jso", false },
		{ "text/json", false },
	};
	struct aw_sim_req req = { .n_headers = 2,
		.header = { { "Host", "one" }, { "host", "two" } } };

	(void)state;
	assert_string_equal(aw_sim_req_header(&req, "HOST"), "one");
	assert_null(aw_sim_req_header(&req, "Hos"));
	assert_false(aw_sim_req_is_type(&req, "application/json"));
	req.header[0].name = "content-type";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		req.header[0].value = rows[i].value;
		if (aw_sim_req_is_type(&req, "application/json") !=
		    rows[i].want)
			fail_msg("%s", rows[i].value);
	}
}

static void arguments(void **state)
{
	static const struct {
		const char *text;
		const char *name;
		int want;
		const char *value;
	} rows[] = {
		{ "", "a", AW_ABSENT, "" },
		{ "a=1&b=2", "b", 0, "2" },
		{ "&&a=1&&", "a", 0, "1" },
		{ "a=1&a=2", "a", 0, "1" },
		{ "a", "a", 0, "" },
		{ "a=x%20y+z%3D", "a", 0, "x y z=" },
		{ "a=b=c", "a", 0, "b=c" },
		{ "%61=1", "a", 0, "1" },
		{ "aa=1", "a", AW_ABSENT, "" },
		{ "a=%0", "a", -EINVAL, "" },
		{ "x=%00&a=1", "a", -EINVAL, "" },
		{ "a=123456789", "a", -EMSGSIZE, "" },
	};
	char value[9];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int r = aw_sim_arg_get(
		    rows[i].text, rows[i].name, value, sizeof(value));

		if (r != rows[i].want || strcmp(value, rows[i].value) != 0)
			fail_msg("%s: %d, \"%s\"", rows[i].text, r, value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets),
		cmocka_unit_test(headers),
		cmocka_unit_test(arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
