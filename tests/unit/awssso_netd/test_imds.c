/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/imds.c (what it answers).
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/imds.h"
#include "awssso_netd/key_answer.h"

#define GOOD                                                              \
	"{\"Code\":\"Success\",\"LastUpdated\":\"2026-11-24T03:00:00Z\"," \
	"\"Type\":\"AWS-HMAC\",\"AccessKeyId\":\"ASIA1\","                \
	"\"SecretAccessKey\":\"s\",\"Token\":\"t\","                      \
	"\"Expiration\":\"2026-11-24T09:00:00Z\"}"

static void keys(void **state)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ GOOD, NULL },
		{ "{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":"
		  "\"EC2 cannot assume the role\"}",
		    "Code: not Success" },
		{ "{}", "Code: missing" },
		{ "{\"Code\":\"Success\"}", "AccessKeyId: missing" },
		{ "{\"Code\":\"Success\",\"AccessKeyId\":\"A\","
		  "\"SecretAccessKey\":\"s\",\"Token\":\"t\","
		  "\"Expiration\":\"soon\"}",
		    "Expiration: not a time" },
		{ "{\"Code\":\"Success\",\"AccessKeyId\":\"A\","
		  "\"SecretAccessKey\":\"s\",\"Token\":\"t\\n\","
		  "\"Expiration\":\"2026-11-24T09:00:00Z\"}",
		    "Token: holds bytes" },
		{ "<html>", "malformed" },
		{ "", "empty" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_imds_answer got = { .net = AW_NET_UNAVAIL };

		aw_imds_read_keys(rows[i].text, strlen(rows[i].text), &got);
		if ((got.net == AW_NET_OK) != (rows[i].says == NULL) ||
		    (rows[i].says && !strstr(got.why.text, rows[i].says)))
			fail_msg("%s: %s", rows[i].text, got.why.text);
		assert_int_equal(got.keys != NULL, rows[i].says == NULL);
		if (!rows[i].says) {
			assert_string_equal(got.keys->id, "ASIA1");
			assert_string_equal(got.keys->session, "t");
			assert_int_equal(got.keys->expires, 1795510800);
		}
		aw_keys_unref(got.keys);
	}
}

static void documents(void **state)
{
	static const struct {
		const char *text, *account, *region, *says;
	} rows[] = {
		{ "{\"accountId\":\"111122223333\",\"region\":\"eu-west-1\","
		  "\"instanceId\":\"i-1\"}",
		    "111122223333", "eu-west-1", NULL },
		{ "{\"accountId\":\"111122223333\"}", "", "",
		    "identity document: region: missing" },
		{ "{\"accountId\":111122223333,\"region\":\"r\"}", "", "",
		    "accountId: not a text" },
		{ "{\"accountId\":\"1111222233334\",\"region\":\"r\"}", "", "",
		    "accountId: too long" },
		{ "nonsense", "", "", "malformed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_imds_answer got = { .net = AW_NET_UNAVAIL };

		aw_imds_read_document(rows[i].text, strlen(rows[i].text), &got);
		if ((got.net == AW_NET_OK) != (rows[i].says == NULL) ||
		    (rows[i].says && !strstr(got.why.text, rows[i].says)))
			fail_msg("%s: %s", rows[i].text, got.why.text);
		assert_string_equal(got.account, rows[i].account);
		assert_string_equal(got.region, rows[i].region);
	}
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int want;
		int64_t epoch;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0, 0 },
		{ "2026-11-24T09:00:00Z", 0, 1795510800 },
		{ "2024-02-29T23:59:59Z", 0, 1709251199 },
		{ "2026-11-24T09:00:00.000Z", 0, 1795510800 },
		{ "2026-11-24T09:00:00.9Z", 0, 1795510800 },
		{ "2026-11-24T09:00:00.Z", -EINVAL, -7 },
		{ "2026-11-24T09:00:00.9", -EINVAL, -7 },
		{ "2026-11-24T09:00:00", -EINVAL, -7 },
		{ "2026-11-24T09:00:00Z ", -EINVAL, -7 },
		{ "2026-11-24 09:00:00Z", -EINVAL, -7 },
		{ "2026-13-24T09:00:00Z", -EINVAL, -7 },
		{ "2026-1-24T09:00:00Z", -EINVAL, -7 },
		{ "", -EINVAL, -7 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t got = -7;

		if (aw_key_answer_time(rows[i].text, &got) != rows[i].want ||
		    got != rows[i].epoch)
			fail_msg("%s: %lld", rows[i].text, (long long)got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys),
		cmocka_unit_test(documents),
		cmocka_unit_test(times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
