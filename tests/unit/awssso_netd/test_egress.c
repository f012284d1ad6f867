/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/egress.c: what a firewall is told is what the
 * settings make awssso-netd ask.
 * covers: hour.3, dir.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/egress.h"
#include "common/buf.h"

static void add(void *user, const struct aw_egress *egress)
{
	if (egress->why)
		aw_buf_fmt(user, "%s: %s\n", egress->name, egress->why);
	else
		aw_buf_fmt(user, "%s %s %s %s\n", egress->name, egress->host,
		    egress->port, egress->proxy);
}

#define IDC "[identity-center]\nregion = us-east-1\n"
#define SIGN_IN                                    \
	"oidc oidc.us-east-1.amazonaws.com 443 \n" \
	"portal.sso portal.sso.us-east-1.amazonaws.com 443 \n"
#define STS   "sts sts.us-east-1.amazonaws.com 443 \n"
#define STORE "identitystore identitystore.us-east-1.amazonaws.com 443 \n"
#define SSO   "sso sso.us-east-1.amazonaws.com 443 \n"
#define IMDS  "imds 169.254.169.254 80 \n"

static const struct {
	const char *conf, *want;
} rows[] = {
	{ IDC, SIGN_IN STORE STS SSO IMDS },
	{ IDC "[directory]\npermission_sets = no\n", SIGN_IN STORE STS IMDS },
	{ IDC "[credentials]\nimds = ipv6\n",
	    SIGN_IN STORE STS SSO "imds [fd00:ec2::254] 80 \n" },
	{ IDC "[credentials]\nsource = file\nfile = /k\n",
	    SIGN_IN STORE STS SSO },
	{ IDC "[credentials]\nsource = container\ncontainer_uri = /x\n",
	    SIGN_IN STORE STS SSO "container 169.254.170.2 80 \n" },
	/* No key of AWS's is needed. */
	{ "[identity-center]\nregion = us-east-1\naccount = 111122223333\n"
	  "[directory]\nsource = scim\nscim_url = https://s.example:8443/v2\n",
	    SIGN_IN STS "scim s.example 8443 \n" },
	{ IDC "[directory]\nsource = published\npublished_from = "
	      "https://p.example/x\npublished_key = "
	      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    SIGN_IN STS "published p.example 443 \n" IMDS },
	{ IDC "[directory]\nsource = published\npublished_from = /x\n"
	      "published_key = "
	      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	    SIGN_IN STS IMDS },
	{ IDC "[network]\nfips = yes\n[directory]\nsource = scim\n"
	      "[credentials]\nsource = file\nfile = /k\n",
	    "oidc oidc-fips.us-east-1.amazonaws.com 443 \n"
	    "portal.sso portal.sso-fips.us-east-1.amazonaws.com 443 \n"
	    "sts sts-fips.us-east-1.amazonaws.com 443 \n"
	    "scim: no endpoint is known\n" },
	/* Each region; the endpoint of one service is given. */
	{ IDC "region = eu-west-1\n[directory]\npermission_sets = no\n"
	      "[network]\nendpoint_url_sts = http://127.0.0.1:8080\n"
	      "[credentials]\nsource = file\nfile = /k\n",
	    SIGN_IN STORE "sts 127.0.0.1 8080 \n"
			  "oidc oidc.eu-west-1.amazonaws.com 443 \n"
			  "portal.sso portal.sso.eu-west-1.amazonaws.com 443 \n"
			  "identitystore identitystore.eu-west-1.amazonaws.com "
			  "443 \nsts 127.0.0.1 8080 \n" },
	/* The metadata service is never behind the proxy. */
	{ IDC "[directory]\npermission_sets = no\n[network]\n"
	      "proxy = proxy.example:3128\nno_proxy = "
	      ".us-east-1.amazonaws.com\n",
	    SIGN_IN STORE STS IMDS },
	{ IDC "[directory]\npermission_sets = no\n[network]\n"
	      "proxy = proxy.example:3128\nno_proxy = east-1.amazonaws.com\n"
	      "no_proxy = STS.us-east-1.amazonaws.com\n",
	    "oidc oidc.us-east-1.amazonaws.com 443 proxy.example:3128\n"
	    "portal.sso portal.sso.us-east-1.amazonaws.com 443 "
	    "proxy.example:3128\n"
	    "identitystore identitystore.us-east-1.amazonaws.com 443 "
	    "proxy.example:3128\n" STS IMDS },
	{ IDC "[directory]\npermission_sets = no\n[network]\n"
	      "proxy = proxy.example:3128\nno_proxy = *\n",
	    SIGN_IN STORE STS IMDS },
};

static void tables(void **state)
{
	static struct aw_conf conf;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_buf got = AW_BUF_INIT(8192);
		struct aw_diag why = { .text = "" };

		if (aw_conf_parse(rows[i].conf, strlen(rows[i].conf), "conf",
			ini_parse_stream, &conf, &why) < 0)
			fail_msg("row %zu: %s", i, why.text);
		aw_egress_walk(&conf, add, &got);
		if (strcmp(aw_buf_text(&got), rows[i].want) != 0)
			fail_msg("row %zu:\n%s", i, aw_buf_text(&got));
		aw_buf_done(&got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tables) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
