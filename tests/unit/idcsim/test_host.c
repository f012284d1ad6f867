/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of tests/idcsim/host.c: host names of AWS, and those that only look
 * so. covers: spine.9
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "tests/idcsim/host.h"
#include "tests/idcsim/service.h"

static void names(void **state)
{
	static const struct {
		const char *host;
		const struct aw_sim_service *service;
		const char *region;
	} rows[] = {
		{ "oidc.us-east-1.amazonaws.com", &aw_sim_oidc, "us-east-1" },
		{ "OIDC.us-east-1.AmazonAWS.com:443", &aw_sim_oidc,
		    "us-east-1" },
		{ "oidc-fips.us-east-1.amazonaws.com", &aw_sim_oidc,
		    "us-east-1" },
		{ "oidc.eu-west-1.api.aws", &aw_sim_oidc, "eu-west-1" },
		{ "portal.sso.cn-north-1.amazonaws.com.cn", &aw_sim_portal,
		    "cn-north-1" },
		{ "device.sso.us-east-1.amazonaws.com", &aw_sim_pages,
		    "us-east-1" },
		{ "identitystore.eusc-de-east-1.amazonaws.eu",
		    &aw_sim_identitystore, "eusc-de-east-1" },
		{ "sso.us-east-1.amazonaws.com", &aw_sim_ssoadmin,
		    "us-east-1" },
		{ "sts.us-east-1.amazonaws.com", &aw_sim_sts, "us-east-1" },
		{ "sts.amazonaws.com", &aw_sim_sts, "us-east-1" },
		{ "oidc.us-east-1.example.com", NULL, "" },
		{ "oidc.amazonaws.com", NULL, "" },
		{ "oidc.us-east-1.amazonaws.com.example.com", NULL, "" },
		{ "xoidc.us-east-1.amazonaws.com", NULL, "" },
		{ "", NULL, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_sim_host host;

		aw_sim_host_parse(rows[i].host, &host);
		if (host.service != rows[i].service ||
		    strcmp(host.region, rows[i].region) != 0 ||
		    host.is_loopback)
			fail_msg("%s", rows[i].host);
	}
}

static void loopback(void **state)
{
	static const struct {
		const char *host;
		bool want;
	} rows[] = {
		{ "localhost", true },
		{ "LOCALHOST:8080", true },
		{ "127.0.0.1:1", true },
		{ "[::1]:1", true },
		{ "localhost.example.com", false },
		{ "192.0.2.1", false },
		{ NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_sim_host host;

		aw_sim_host_parse(rows[i].host, &host);
		if (host.is_loopback != rows[i].want)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
