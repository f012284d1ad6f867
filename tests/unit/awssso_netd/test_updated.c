/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/updated.c: when a row was changed, in the words of
 * the Identity Store and of SCIM.
 * covers: hour.3
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awssso_netd/updated.h"

static void newest(void **state)
{
	static const struct {
		const char *json;
		uint64_t want;
	} rows[] = {
		{ "{\"Users\":[{\"UpdatedAt\":1727780645.123},"
		  "{\"UpdatedAt\":1727780646},{\"UpdatedAt\":5}]}",
		    1727780646 },
		{ "{\"UpdatedAt\":1727780645.123}", 1727780645 },
		{ "{\"Users\":[{},1,null,{\"UpdatedAt\":\"x\"}]}", 0 },
		{ "{\"Users\":[{\"UpdatedAt\":-1}]}", 0 },
		{ "{\"Users\":[{\"UpdatedAt\":1e300}]}", 0 },
		{ "{\"Users\":[]}", 0 },
		{ "{\"Users\":7}", 0 },
		{ "{\"meta\":{\"lastModified\":\"2026-01-01T12:00:00Z\"}}",
		    1767268800 },
		{ "{\"meta\":{\"lastModified\":\"2026-01-01T12:00:00.5Z\"}}",
		    1767268800 },
		{ "{\"meta\":{\"lastModified\":\"yesterday\"}}", 0 },
		{ "{\"meta\":{\"lastModified\":7}}", 0 },
		{ "{\"meta\":[]}", 0 },
		{ "{\"meta\":{}}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct json_object *json = json_tokener_parse(rows[i].json);
		const uint64_t got = aw_updated_newest(json, "Users");

		if (got != rows[i].want)
			fail_msg("row %zu: %llu", i, (unsigned long long)got);
		json_object_put(json);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(newest) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
