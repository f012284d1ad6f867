/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/retry.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awssso_netd/retry.h"

static void what_is_worth_another_attempt(void **state)
{
	static const struct {
		long status;
		const char *code;
		bool worth, throttle;
	} rows[] = {
		{ 500, "", true, false },
		{ 502, "", true, false },
		{ 503, "InternalServerException", true, false },
		{ 504, "", true, false },
		{ 501, "", false, false },
		{ 429, "", true, false },
		{ 400, "ThrottlingException", true, true },
		{ 400, "Throttling", true, true },
		{ 400, "TooManyRequestsException", true, true },
		{ 400, "slow_down", true, true },
		{ 400, "EC2ThrottledException", true, true },
		{ 400, "RequestTimeout", true, false },
		{ 400, "RequestTimeoutException", true, false },
		{ 400, "PriorRequestNotComplete", true, true },
		{ 400, "ValidationException", false, false },
		{ 400, "AccessDeniedException", false, false },
		{ 400, "ThrottlingExceptio", false, false },
		{ 403, "", false, false },
		{ 404, "", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_retry_is_worth(rows[i].status, rows[i].code) !=
			rows[i].worth ||
		    aw_retry_is_throttle(rows[i].code) != rows[i].throttle)
			fail_msg("%ld %s", rows[i].status, rows[i].code);
}

static void how_long_to_wait(void **state)
{
	static const struct {
		unsigned retry;
		uint32_t random;
		uint64_t hint_ms, slack_ms, want;
	} rows[] = {
		{ 0, 0, 0, 5000, 0 },
		{ 0, UINT32_MAX, 0, 5000, 1000 },
		{ 0, UINT32_MAX / 2, 0, 5000, 499 },
		{ 1, UINT32_MAX, 0, 5000, 2000 },
		{ 4, UINT32_MAX, 0, 5000, 16000 },
		{ 5, UINT32_MAX, 0, 5000, 20000 },
		{ 63, UINT32_MAX, 0, 5000, 20000 },
		/* the server's wish: at least, but not for ever */
		{ 0, 0, 3000, 5000, 3000 },
		{ 0, 0, 60000, 5000, 5000 },
		{ 0, 0, 60000, 90000, 60000 },
		{ 1, UINT32_MAX, 1500, 5000, 2000 },
		{ 1, UINT32_MAX, 9000, 5000, 7000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_retry_delay_ms(rows[i].retry, rows[i].random,
			rows[i].hint_ms, rows[i].slack_ms) != rows[i].want)
			fail_msg("row %zu: %llu", i,
			    (unsigned long long)aw_retry_delay_ms(rows[i].retry,
				rows[i].random, rows[i].hint_ms,
				rows[i].slack_ms));
}

/* Thu, 01 Jan 2026 00:00:00 GMT */
#define NOW INT64_C(1767225600)

static void what_a_server_asks_for(void **state)
{
	static const struct {
		const char *text;
		uint64_t unit_ms, want;
	} rows[] = {
		{ "", 1000, 0 },
		{ "0", 1000, 0 },
		{ "soon", 1000, 0 },
		{ "-5", 1000, 0 },
		{ "7", 1000, 7000 },
		{ "7", 1, 7 },
		{ "2000", 1000, 2000000 },
		{ "3600", 1000, 3600000 },
		{ "3601", 1000, 3600000 },
		{ "3600001", 1, 3600000 },
		{ "99999999999999999999999999", 1000, 3600000 },
		{ "Thu, 01 Jan 2026 00:00:40 GMT", 1000, 40000 },
		{ "Thu, 01 Jan 2026 00:59:59 GMT", 1000, 3599000 },
		{ "Thu, 01 Jan 2026 01:00:01 GMT", 1000, 3600000 },
		{ "Fri, 01 Jan 2038 00:00:00 GMT", 1000, 3600000 },
		{ "Thu, 01 Jan 2026 00:00:00 GMT", 1000, 0 },
		{ "Wed, 31 Dec 2025 23:59:59 GMT", 1000, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (aw_retry_hint_ms(rows[i].text, rows[i].unit_ms, NOW) !=
		    rows[i].want)
			fail_msg("%s: %llu", rows[i].text,
			    (unsigned long long)aw_retry_hint_ms(
				rows[i].text, rows[i].unit_ms, NOW));
}

static void jitter_differs(void **state)
{
	const uint32_t a = aw_retry_random(), b = aw_retry_random();
	const uint32_t c = aw_retry_random();

	(void)state;
	assert_true(a != b || b != c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_worth_another_attempt),
		cmocka_unit_test(how_long_to_wait),
		cmocka_unit_test(what_a_server_asks_for),
		cmocka_unit_test(jitter_differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
