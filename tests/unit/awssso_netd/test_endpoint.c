/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/endpoint.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso_netd/endpoint.h"

static struct aw_conf conf;

static void hosts_of_partitions(void **state)
{
	static const struct {
		enum aw_service service;
		const char *region, *url;
	} rows[] = {
		{ AW_SERVICE_OIDC, "us-east-1",
		    "https://oidc.us-east-1.amazonaws.com" },
		{ AW_SERVICE_PORTAL, "eu-central-1",
		    "https://portal.sso.eu-central-1.amazonaws.com" },
		{ AW_SERVICE_IDENTITYSTORE, "ap-southeast-2",
		    "https://identitystore.ap-southeast-2.amazonaws.com" },
		{ AW_SERVICE_STS, "us-gov-west-1",
		    "https://sts.us-gov-west-1.amazonaws.com" },
		{ AW_SERVICE_SSO_ADMIN, "cn-north-1",
		    "https://sso.cn-north-1.amazonaws.com.cn" },
		{ AW_SERVICE_OIDC, "eusc-de-east-1",
		    "https://oidc.eusc-de-east-1.amazonaws.eu" },
		{ AW_SERVICE_STS, "us-iso-east-1",
		    "https://sts.us-iso-east-1.c2s.ic.gov" },
		{ AW_SERVICE_STS, "us-isob-east-1",
		    "https://sts.us-isob-east-1.sc2s.sgov.gov" },
		{ AW_SERVICE_STS, "eu-isoe-west-1",
		    "https://sts.eu-isoe-west-1.cloud.adc-e.uk" },
		{ AW_SERVICE_STS, "us-isof-south-1",
		    "https://sts.us-isof-south-1.csp.hci.ic.gov" },
		{ AW_SERVICE_STS, "xx-future-9",
		    "https://sts.xx-future-9.amazonaws.com" },
	};

	(void)state;
	aw_conf_init(&conf);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_endpoint got;
		struct aw_diag why = { .text = "" };

		if (aw_endpoint_find(&conf, rows[i].service, rows[i].region,
			&got, &why) != 0)
			fail_msg("%s: %s", rows[i].url, why.text);
		assert_string_equal(got.url, rows[i].url);
		assert_string_equal(got.host, rows[i].url + 8);
		assert_string_equal(got.path, "");
	}
}

static void no_region(void **state)
{
	static const char *const rows[] = { "", "us", "us-east", "us east-1",
		"us-east-1.evil.example", "US-EAST-1", "-us-east-1",
		"us-east-1/", "12345678", "eastern1", "us-east-1@evil",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1" };

	(void)state;
	aw_conf_init(&conf);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_endpoint got = { .url = "untouched" };
		struct aw_diag why = { .text = "" };

		if (aw_endpoint_find(
			&conf, AW_SERVICE_OIDC, rows[i], &got, &why) != -EINVAL)
			fail_msg("taken: %s", rows[i]);
		assert_string_equal(got.url, "untouched");
		assert_non_null(strstr(why.text, "not an AWS region"));
	}
}

static void configured_places(void **state)
{
	static const struct {
		const char *given, *url, *host, *path; /* NULL: refused */
	} rows[] = {
		{ "https://vpce-1.oidc.example", "https://vpce-1.oidc.example",
		    "vpce-1.oidc.example", "" },
		{ "https://Vpce.Example/", "https://vpce.example",
		    "vpce.example", "" },
		{ "https://a.example:443/x/", "https://a.example/x",
		    "a.example", "/x" },
		{ "http://127.0.0.1:8080", "http://127.0.0.1:8080",
		    "127.0.0.1:8080", "" },
		{ "http://127.0.0.1:80", "http://127.0.0.1", "127.0.0.1", "" },
		{ "http://a.example:443", "http://a.example:443",
		    "a.example:443", "" },
		{ "http://[fd00:ec2::254]/", "http://[fd00:ec2::254]",
		    "[fd00:ec2::254]", "" },
		{ "", NULL, NULL, NULL },
		{ "ftp://a.example", NULL, NULL, NULL },
		{ "https://", NULL, NULL, NULL },
		{ "https://:443", NULL, NULL, NULL },
		{ "https://me@a.example", NULL, NULL, NULL },
		{ "https://a.example/?x=y", NULL, NULL, NULL },
		{ "https://a.example/#f", NULL, NULL, NULL },
		{ "https://a b.example", NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_endpoint got = { .url = "untouched" };
		const int r = aw_endpoint_parse(rows[i].given, &got);

		if (r != (rows[i].url ? 0 : -EINVAL))
			fail_msg("%s: %d", rows[i].given, r);
		assert_string_equal(
		    got.url, rows[i].url ? rows[i].url : "untouched");
		if (r == 0) {
			assert_string_equal(got.host, rows[i].host);
			assert_string_equal(got.path, rows[i].path);
		}
	}
}

/* Each service listens to its own setting, and to no other. */
static void each_its_own(void **state)
{
	const struct {
		enum aw_service service;
		char *setting;
	} rows[] = {
		{ AW_SERVICE_OIDC, conf.endpoint_url_sso_oidc },
		{ AW_SERVICE_PORTAL, conf.endpoint_url_sso },
		{ AW_SERVICE_IDENTITYSTORE, conf.endpoint_url_identitystore },
		{ AW_SERVICE_STS, conf.endpoint_url_sts },
		{ AW_SERVICE_SSO_ADMIN, conf.endpoint_url_sso_admin },
	};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		aw_conf_init(&conf);
		assert_int_equal(aw_copy(rows[i].setting, AW_CONF_TEXT,
				     "https://own.example"),
		    0);
		for (size_t j = 0; j < 5; j++) {
			struct aw_endpoint got;

			assert_int_equal(
			    aw_endpoint_find(&conf, rows[j].service,
				"us-east-1", &got, NULL),
			    0);
			assert_int_equal(
			    strcmp(got.url, "https://own.example") == 0,
			    i == j);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts_of_partitions),
		cmocka_unit_test(no_region),
		cmocka_unit_test(configured_places),
		cmocka_unit_test(each_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
