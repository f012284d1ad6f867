/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/try.c (the rest runs in test_flow.c).
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awssso_netd/try.h"

static void store_ids(void **state)
{
	static const struct {
		const char *url, *want; /* NULL: it does not tell */
	} rows[] = {
		{ "https://d-0123456789.awsapps.com/start", "d-0123456789" },
		{ "https://d-9067abcdef.portal.us-east-1.app.aws",
		    "d-9067abcdef" },
		{ "https://example.awsapps.com/start", NULL },
		{ "https://d-012345678.awsapps.com/start", NULL },
		{ "https://d-01234567890.awsapps.com/start", NULL },
		{ "https://d-0123456789", NULL },
		{ "https://ssoins-7223abcdef.portal.us-east-1.app.aws", NULL },
		{ "http://d-0123456789.awsapps.com", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[16] = "untouched";
		const int r = aw_try_store_id(rows[i].url, got, sizeof(got));

		if (r != (rows[i].want ? 0 : AW_ABSENT))
			fail_msg("%s: %d", rows[i].url, r);
		assert_string_equal(
		    got, rows[i].want ? rows[i].want : "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(store_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
