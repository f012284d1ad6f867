/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/endpoint.c.
 * covers: spine.4, dir.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "awssso_netd/endpoint.h"

static struct aw_conf conf;

static const struct {
	enum aw_service service;
	const char *label, *fips;
} services[] = {
	{ AW_SERVICE_OIDC, "oidc", "oidc-fips" },
	{ AW_SERVICE_PORTAL, "portal.sso", "portal.sso-fips" },
	{ AW_SERVICE_IDENTITYSTORE, "identitystore", "identitystore-fips" },
	{ AW_SERVICE_STS, "sts", "sts-fips" },
	{ AW_SERVICE_SSO_ADMIN, "sso", "sso-fips" },
	{ AW_SERVICE_SCIM, "scim", NULL },
};

static const struct {
	const char *region, *suffix, *dual;
	bool all_fips;
} places[] = {
	{ "us-east-1", "amazonaws.com", "api.aws", false },
	{ "eu-central-1", "amazonaws.com", "api.aws", false },
	{ "mx-central-1", "amazonaws.com", "api.aws", false },
	{ "xx-future-9", "amazonaws.com", "api.aws", false },
	{ "us-gov-west-1", "amazonaws.com", "api.aws", true },
	{ "us-gov-east-1", "amazonaws.com", "api.aws", true },
	{ "cn-north-1", "amazonaws.com.cn", "api.amazonwebservices.com.cn",
	    false },
	{ "eusc-de-east-1", "amazonaws.eu", "api.amazonwebservices.eu", false },
	{ "us-iso-east-1", "c2s.ic.gov", "api.aws.ic.gov", false },
	{ "us-isob-east-1", "sc2s.sgov.gov", "api.aws.scloud", false },
	{ "eu-isoe-west-1", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", false },
	{ "us-isof-south-1", "csp.hci.ic.gov", "api.aws.hci.ic.gov", false },
};

/* Standard, FIPS, dual-stack, both; of each partition. */
static void hosts_of_partitions(void **state)
{
	(void)state;
	aw_conf_init(&conf);
	for (size_t i = 0; i < 6 * 12 * 4; i++) {
		const bool fips = i & 1, dual = i & 2;
		const size_t s = i / 4 % 6, p = i / 24;
		const char *label = fips && !(places[p].all_fips && !dual)
					? services[s].fips
					: services[s].label;
		struct aw_endpoint got;
		struct aw_diag why = { .text = "" };
		char want[200];
		int r;

		conf.fips = fips;
		conf.dualstack = dual;
		r = aw_endpoint_find(
		    &conf, services[s].service, places[p].region, &got, &why);
		if (fips && !services[s].fips) {
			assert_int_equal(r, -EINVAL);
			assert_non_null(strstr(why.text, "no FIPS endpoint"));
			continue;
		}
		assert_int_equal(aw_fmt(want, sizeof(want), "https://%s.%s.%s",
				     label, places[p].region,
				     dual ? places[p].dual : places[p].suffix),
		    0);
		if (r != 0 || strcmp(got.url, want) != 0)
			fail_msg("%s: %s", want, r ? why.text : got.url);
		assert_string_equal(got.host, want + 8);
		assert_string_equal(got.path, "");
	}
}

/* Each name once as a whole, as AWS's own clients make it. */
static void hosts_spelled_out(void **state)
{
	static const struct {
		enum aw_service service;
		bool fips, dual;
		const char *region, *host;
	} rows[] = {
		{ AW_SERVICE_PORTAL, true, false, "us-east-1",
		    "portal.sso-fips.us-east-1.amazonaws.com" },
		{ AW_SERVICE_OIDC, true, false, "us-gov-west-1",
		    "oidc.us-gov-west-1.amazonaws.com" },
		{ AW_SERVICE_OIDC, true, true, "us-gov-west-1",
		    "oidc-fips.us-gov-west-1.api.aws" },
		{ AW_SERVICE_STS, true, true, "cn-north-1",
		    "sts-fips.cn-north-1.api.amazonwebservices.com.cn" },
		{ AW_SERVICE_IDENTITYSTORE, false, true, "eusc-de-east-1",
		    "identitystore.eusc-de-east-1.api.amazonwebservices.eu" },
		{ AW_SERVICE_SCIM, false, true, "us-east-1",
		    "scim.us-east-1.api.aws" },
	};

	(void)state;
	aw_conf_init(&conf);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_endpoint got;

		conf.fips = rows[i].fips;
		conf.dualstack = rows[i].dual;
		assert_int_equal(aw_endpoint_find(&conf, rows[i].service,
				     rows[i].region, &got, NULL),
		    0);
		assert_string_equal(got.host, rows[i].host);
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
		{ AW_SERVICE_SCIM, conf.scim_url },
	};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		aw_conf_init(&conf);
		assert_int_equal(aw_copy(rows[i].setting, AW_CONF_TEXT,
				     "https://own.example"),
		    0);
		for (size_t j = 0; j < 6; j++) {
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
		cmocka_unit_test(hosts_spelled_out),
		cmocka_unit_test(no_region),
		cmocka_unit_test(configured_places),
		cmocka_unit_test(each_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
