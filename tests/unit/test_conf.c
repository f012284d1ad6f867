/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/conf.c with the real inih.
 * covers: spine.2, spine.7, R3, R11
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define X50  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define GOOD                  \
	"[identity-center]\n" \
	"start_url = https://d-1234567890.awsapps.com/start\n"

static struct aw_conf conf;

static int parse_n(const char *text, size_t len, struct aw_diag *diag)
{
	memset(&conf, 0x5a, sizeof(conf));
	memset(diag, 0, sizeof(*diag));
	return aw_conf_parse(
	    text, len, "test.conf", ini_parse_stream, &conf, diag);
}

static int parse(const char *text, struct aw_diag *diag)
{
	return parse_n(text, strlen(text), diag);
}

static void reads_everything(void **state)
{
	static const char text[] =
	    "# comment\n"
	    "; comment\n"
	    "[identity-center]\r\n"
	    "start_url = https://d-1234567890.awsapps.com/start\n"
	    "region=us-east-1\n"
	    "region = eu-west-1\n"
	    "\n"
	    "[access]\n"
	    "allow_groups = Platform Team, EU\n"
	    "allow_groups = 906abc\n"
	    "[names]\n"
	    "domains = example.com, Partner.example:-ext\n"
	    "[session]\n"
	    "reuse = 5m\n"
	    "qr = ascii\n"
	    "[network]\n"
	    "endpoint_url_sts = http://127.0.0.1:8080\n";
	struct aw_diag diag;

	(void)state;
	assert_int_equal(parse(text, &diag), 0);
	assert_string_equal(
	    conf.start_url, "https://d-1234567890.awsapps.com/start");
	assert_int_equal(conf.regions.n, 2);
	assert_string_equal(conf.regions.item[1], "eu-west-1");
	assert_int_equal(conf.access.n_rules, 2);
	assert_string_equal(conf.access.rule[0].text, "Platform Team, EU");
	assert_int_equal(conf.access.rule[0].kind, AW_RULE_GROUP);
	assert_false(conf.domains_auto);
	assert_int_equal(conf.names.n_domains, 2);
	assert_string_equal(conf.names.domain[1].domain, "partner.example");
	assert_string_equal(conf.names.domain[1].suffix, "-ext");
	assert_int_equal(conf.reuse, 300);
	assert_int_equal(conf.qr, AW_QR_ASCII);
	assert_int_equal(conf.enumerate, AW_ENUMERATE_ALLOWED);
	assert_string_equal(conf.shell, "/bin/bash");
	assert_int_equal(conf.sweep_rate, 1);
	assert_string_equal(conf.endpoint_url_sts, "http://127.0.0.1:8080");
}

static const struct {
	const char *text;
	const char *want;
} refused[] = {
	{ "[identity-center]\nstart_ulr = x\n",
	    "test.conf:2: start_ulr: no such setting in section "
	    "[identity-center]" },
	{ "start_url = https://a\n",
	    "test.conf:1: start_url: no such setting in section []" },
	{ "[acces]\nallow_users = a\n",
	    "test.conf:1: [acces]: no such section" },
	{ "[access]\nallow_users = a\n[dierctory]\n",
	    "test.conf:3: [dierctory]: no such section" },
	{ "[access]\n[accesss]\n", "test.conf:2: [accesss]: no such section" },
	{ GOOD "start_url = https://b\n", "test.conf:3: start_url: set twice" },
	{ "[identity-center]\nstart_url =\n",
	    "test.conf:2: start_url: has no value" },
	{ "[identity-center]\nstart_url = ftp://a\n", "must be an https URL" },
	{ "[identity-center]\nstart_url = http://example.com/start\n",
	    "must be an https URL" },
	{ "[identity-center]\nstart_url = http://127.0.0.1.example\n",
	    "must be an https URL" },
	{ "[identity-center]\nstart_url = https://u@h/\n",
	    "must be an https URL" },
	{ "[network]\nendpoint_url_sts = https://\n", "must be an https URL" },
	{ "[session]\nreuse = 5x\n",
	    "test.conf:2: reuse: \"5x\": not a time from 0 to 28800" },
	{ "[session]\nreuse = 9h\n", "not a time from 0 to 28800" },
	{ "[session]\nreuse = -1\n", "not a time" },
	{ "[directory]\nsweep_rate = 0\n", "not a number from 1 to 1000" },
	{ "[identity-center]\naccount = 12\n", "auto or 12 digits" },
	{ "[identity-center]\naccount = 12345678901a\n", "auto or 12 digits" },
	{ "[identity-center]\nidentity_role = foo\n",
	    "auto or ACCOUNT/PERMISSION-SET" },
	{ "[identity-center]\nidentity_role = 111122223333/\n",
	    "auto or ACCOUNT/PERMISSION-SET" },
	{ "[identity-center]\nidentity_role = 111122223333/a b\n",
	    "auto or ACCOUNT/PERMISSION-SET" },
	{ "[identity-center]\nregion = us east 1\n", "must be a region" },
	{ "[identity-center]\nregions = us-east-1,, X\n", "must be a region" },
	{ "[identity-center]\nidentity_store_id = foo bar\n",
	    "must be an identity store id" },
	{ "[directory]\nsource = ldap\n",
	    "must be one of identity-store|scim|published" },
	{ "[directory]\nscim_token_expires = 2027-13-01\n", "must be a day" },
	{ "[directory]\npublished_key = AAAA\n", "must be 32 bytes" },
	{ "[directory]\npublished_from = x/y\n", "must be an absolute path" },
	{ "[names]\npermission_set_group = aws\n", "must be a group name" },
	{ "[network]\nproxy = ::::\n", "must be [http://]HOST" },
	{ "[network]\nproxy = http://u:p@proxy:3128\n",
	    "must be [http://]HOST" },
	{ "[network]\nproxy = proxy:\n", "must be [http://]HOST" },
	{ "[credentials]\nsource = ec2\n",
	    "must be one of imds|file|container|web-identity" },
	{ "[credentials]\nrole_arn = arn:aws:iam::12:role/x\n",
	    "test.conf:2: role_arn: \"arn:aws:iam::12:role/x\": must "
	    "be a role's ARN" },
	{ "[credentials]\nrole_arn = "
	  "arn:aws:iam::111122223333:user/x\n",
	    "must be a role's ARN" },
	{ "[credentials]\nrole_arn = "
	  "arn:aws:iam::111122223333:role/\n",
	    "must be a role's ARN" },
	{ "[credentials]\nrole_arn = "
	  "arn:aws:sts::111122223333:role/x\n",
	    "must be a role's ARN" },
	{ "[credentials]\nweb_identity_role_arn = x\n",
	    "must be a role's ARN" },
	{ "[credentials]\nexternal_id = x\n", "must be 2 characters or more" },
	{ "[credentials]\nexternal_id = x y\n",
	    "must be 2 characters or more" },
	{ "[credentials]\nrole_session_name = x\n",
	    "must be 2 to 64 characters" },
	{ "[credentials]\nrole_session_name = a/b\n",
	    "must be 2 to 64 characters" },
	{ "[credentials]\nrole_session_name = " X50 "123456789012345\n",
	    "must be 2 to 64 characters" },
	{ "[credentials]\ncontainer_uri = /\n", "must be a path, or" },
	{ "[credentials]\ncontainer_uri = http://169.254.170.3/x\n",
	    "must be a path, or" },
	{ "[credentials]\ncontainer_uri = http://169.254.169.254/x\n",
	    "must be a path, or" },
	{ "[credentials]\ncontainer_uri = "
	  "http://169.254.170.2@a.example/\n",
	    "must be a path, or" },
	{ "[credentials]\ncontainer_uri = http://[fd00:ec2::24]/x\n",
	    "must be a path, or" },
	{ "[credentials]\ncontainer_token_file = x\n",
	    "must be an absolute path" },
	{ "[session]\nqr = UTF8\n", "must be one of utf8|ascii|no" },
	{ "[session]\nqr = ut\n", "must be one of utf8|ascii|no" },
	{ "[names]\nshell = bash\n", "must be an absolute path" },
	{ "[names]\nshell = /bin/../bash\n", "must be an absolute path" },
	{ "[names]\ndomains = exa mple, ?\n", "not a domain name" },
	{ "[names]\nhome = /home/all\n",
	    "test.conf:2: home: needs exactly one %u" },
	{ "[directory]\nscope = Team\nsource = scim\n",
	    "test.conf:2: scope: needs source = identity-store" },
	{ "[directory]\nsource = scim\n\nscope = assigned\n",
	    "test.conf:4: scope: needs source = identity-store" },
	{ "[directory]\nsource = published\nscope = assigned\n",
	    "test.conf:3: scope: needs source = identity-store" },
	{ "[names]\nhome = /home/%u/%u\n", "needs exactly one %u" },
	{ "[names]\nhome = /home/%s\n", "needs exactly one %u" },
	{ "[access]\nno equal sign\n",
	    "test.conf:2: neither [section] nor key = value" },
	{ "[service ]\n",
	    "test.conf:1: [service ]: not the name of a PAM service" },
	{ "[service ../sshd]\nallow_users = a\n",
	    "test.conf:1: [service ../sshd]: not the name of a PAM "
	    "service" },
	{ "[service sshd]\nqr = no\n",
	    "test.conf:2: qr: no such setting in section [service "
	    "sshd]" },
	{ "[services sshd]\nallow_users = a\n",
	    "test.conf:1: [services sshd]: no such section" },
	{ "[access]\nallow_accounts = 1234\n",
	    "test.conf:2: allow_accounts: \"1234\": must be " },
	{ "[access]\ndeny_permission_sets = 1/Admin\n",
	    "test.conf:2: deny_permission_sets: \"1/Admin\": must be NAME" },
	{ "[access]\ndeny_permission_sets = 111122223333/\n",
	    "must be NAME or ACCOUNT/NAME" },
	{ "[access]\ndeny_permission_sets = 111122223333/a/b\n",
	    "must be NAME or ACCOUNT/NAME" },
	{ "[access]\nallow_accounts = 100000000001\n"
	  "allow_accounts = 100000000002\nallow_accounts = 100000000003\n"
	  "allow_accounts = 100000000004\nallow_accounts = 100000000005\n"
	  "allow_accounts = 100000000006\nallow_accounts = 100000000007\n"
	  "allow_permission_sets = 100000000007/Admin\n"
	  "allow_accounts = 100000000008\nallow_accounts = 100000000009\n",
	    "test.conf:11: allow_accounts: more than 8 accounts" },
	{ "[access\nallow_users = a\n", "test.conf:1: " },
	{ "[access]\nallow_users = a\n  continued\n",
	    "test.conf:3: line begins with a blank" },
	{ "[access]\n\tallow_users = a\n",
	    "test.conf:2: line begins with a blank" },
	{ "[access]\nallow_users = a ; or b\n",
	    "test.conf:2: a ; behind a blank would cut the value" },
	{ "[access]\nallow_users = a\033[1m\n",
	    "test.conf:2: control character or broken UTF-8" },
	{ "[access]\nallow_users = \xff\n",
	    "test.conf:2: control character or broken UTF-8" },
	{ "[access]\nallow_users = " X50 X50 X50 X50 "\n",
	    "test.conf:2: line longer than 190 bytes" },
};

/* Every mistake names file, line and what is wrong, and changes nothing. */
static void refuses(void **state)
{
	struct aw_diag diag;

	(void)state;
	for (size_t i = 0; i < N(refused); i++) {
		const int r = parse(refused[i].text, &diag);

		if (r != -EINVAL || !strstr(diag.text, refused[i].want) ||
		    strncmp(diag.text, "test.conf:", 10) != 0)
			fail_msg("row %zu: %d \"%s\"", i, r, diag.text);
		for (size_t k = 0; k < sizeof(conf); k++)
			assert_int_equal(((const char *)&conf)[k], 0x5a);
	}
}

static void a_nul_is_not_the_end(void **state)
{
	static const char text[] = "[access]\nallow_users = a\0b\n";
	struct aw_diag diag;

	(void)state;
	assert_int_equal(parse_n(text, sizeof(text) - 1, &diag), -EINVAL);
	assert_string_equal(
	    diag.text, "test.conf:2: control character or broken UTF-8");
}

static void long_lines_are_whole(void **state)
{
	static const char text[] =
	    "[access]\nallow_groups = " X50 X50 X50 "1234567890123456789012345";
	struct aw_diag diag;

	(void)state;
	assert_int_equal(sizeof(text) - 1 - 9, AW_CONF_LINE_MAX);
	assert_int_equal(parse(text, &diag), 0);
	assert_int_equal(strlen(conf.access.rule[0].text), 175);
}

static void lists_have_an_end(void **state)
{
	char text[8192] = "[network]\n";
	struct aw_diag diag;
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i <= AW_CONF_LIST_MAX; i++) {
		memcpy(text + len, "no_proxy=aaaa\n", 15);
		len += 14;
		assert_int_equal(
		    parse(text, &diag), i < AW_CONF_LIST_MAX ? 0 : -EINVAL);
	}
	assert_string_equal(
	    diag.text, "test.conf:66: no_proxy: more than 64 times");
}

static void rules_have_an_end(void **state)
{
	char text[8192] = "[access]\n";
	struct aw_diag diag;
	size_t len = strlen(text);

	(void)state;
	for (int i = 0; i <= AW_CONF_RULES_MAX; i++) {
		memcpy(text + len, "deny_users=a\n", 14);
		len += 13;
		assert_int_equal(
		    parse(text, &diag), i < AW_CONF_RULES_MAX ? 0 : -EINVAL);
	}
	assert_string_equal(diag.text,
	    "test.conf:258: deny_users: more than 256 lines that allow or "
	    "deny: use a group");
}

/* Sections of services: in the order of the file, one section however often
 * it begins, and there with nothing in it. */
static void services_have_sections(void **state)
{
	static const char text[] = "[access]\n"
				   "allow_users = a\n"
				   "[service sudo]\n"
				   "[service sshd]\n"
				   "deny_groups = G\n"
				   "[service sudo]\n"
				   "allow_permission_sets = S\n"
				   "allow_accounts = auto\n";
	static const struct aw_conf_rule want[] = {
		{ 0, AW_RULE_USER, false, 2, "a", "", 0, false },
		{ 2, AW_RULE_GROUP, true, 5, "G", "", 0, false },
		{ 1, AW_RULE_SET, false, 7, "S", "", 0, false },
		{ 1, AW_RULE_ACCOUNT, false, 8, "auto", "", 0, false },
	};
	struct aw_diag diag;

	(void)state;
	assert_int_equal(parse(text, &diag), 0);
	assert_int_equal(conf.access.n_services, 2);
	assert_int_equal(conf.access.n_rules, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct aw_conf_rule *rule = &conf.access.rule[i];

		if (rule->service != want[i].service ||
		    rule->kind != want[i].kind || rule->deny != want[i].deny ||
		    rule->line != want[i].line ||
		    strcmp(rule->text, want[i].text) != 0)
			fail_msg("rule %zu: %s", i, rule->text);
	}
	assert_int_equal(aw_conf_access_of(&conf.access, "sudo"), 1);
	assert_int_equal(aw_conf_access_of(&conf.access, "sud"), 0);
	assert_ptr_equal(
	    aw_conf_access_line(&conf.access, 1, AW_RULE_SET, false, 0),
	    &conf.access.rule[2]);
	assert_null(
	    aw_conf_access_line(&conf.access, 1, AW_RULE_SET, false, 1));
	assert_true(aw_conf_access_has(&conf.access, AW_RULE_ACCOUNT));
	assert_int_equal(parse("[access]\ndeny_users = a\n", &diag), 0);
	assert_false(aw_conf_access_allows(&conf.access));
	assert_false(aw_conf_access_has(&conf.access, AW_RULE_SET));
}

/* R3: without tenant, region and store nothing may start. */
static void r3_requires_the_tenant(void **state)
{
	static const struct {
		const char *text;
		const char *missing;
	} rows[] = {
		{ "", "start_url" },
		{ GOOD, "region" },
		{ GOOD "region = us-east-1\n", "identity_store_id" },
		{ GOOD "region = us-east-1\nidentity_store_id = d-1\n"
		       "[credentials]\nsource = file\n",
		    "file" },
		{ GOOD "region = us-east-1\nidentity_store_id = d-1\n", NULL },
		{ GOOD
		    "regions = us-east-1, eu-west-1\n"
		    "identity_store_id = 1f0e0d0c-0b0a-4900-8807-060504030201\n"
		    "account = 111122223333\n"
		    "identity_role = 111122223333/Read_Only.x@y\n"
		    "[network]\nproxy = http://proxy.example:3128\n",
		    NULL },
	};
	struct aw_diag diag;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(parse(rows[i].text, &diag), 0);
		assert_int_equal(aw_conf_require(&conf, &diag),
		    rows[i].missing ? -EINVAL : 0);
		if (rows[i].missing)
			assert_non_null(strstr(diag.text, rows[i].missing));
	}
}

/* A source that lacks what it needs is told at the start, not at a login. */
static void credentials_are_whole(void **state)
{
#define ROLE "arn:aws-us-gov:iam::111122223333:role/aws/reserved/A_b+=,.@-\n"
	static const struct {
		const char *text, *missing;
	} rows[] = {
		{ "source = file\n", "file is not set in [credentials]" },
		{ "source = file\nfile = /k\n", NULL },
		{ "source = web-identity\nweb_identity_role_arn = " ROLE,
		    "web_identity_token_file is not set in [credentials]" },
		{ "source = web-identity\nweb_identity_token_file = /t\n",
		    "web_identity_role_arn is not set in [credentials]" },
		{ "source = web-identity\nweb_identity_token_file = /t\n"
		  "web_identity_role_arn = " ROLE,
		    NULL },
		{ "external_id = x/y:z\n",
		    "role_arn is not set in [credentials]" },
		{ "external_id = x/y:z\nrole_session_name = a@b\n"
		  "role_arn = " ROLE,
		    NULL },
		{ "source = container\n", NULL },
		{ "source = container\ncontainer_uri = /v2/x\n", NULL },
		{ "container_uri = https://a.example/x?y\n", NULL },
		{ "container_uri = http://169.254.170.2/x\n", NULL },
		{ "container_uri = http://169.254.170.23/v1/x\n", NULL },
		{ "container_uri = http://[fd00:ec2::23]:80/v1/x\n", NULL },
		{ "container_uri = http://localhost:8080/x\n", NULL },
		{ "container_uri = http://127.9.9.9/x\n", NULL },
		{ "container_uri = http://[::1]/x\n", NULL },
	};
	struct aw_diag diag;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(
		    aw_fmt(text, sizeof(text),
			GOOD "region = us-east-1\nidentity_store_id = d-1\n"
			     "[credentials]\n%s",
			rows[i].text),
		    0);
		if (parse(text, &diag) != 0)
			fail_msg("%s: %s", rows[i].text, diag.text);
		if (aw_conf_require(&conf, &diag) !=
			(rows[i].missing ? -EINVAL : 0) ||
		    (rows[i].missing && strcmp(diag.text, rows[i].missing)))
			fail_msg("%s: %s", rows[i].text, diag.text);
	}
#undef ROLE
}

static void every_default_shows_as_written(void **state)
{
	char text[256];

	(void)state;
	aw_conf_init(&conf);
	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *key = &aw_conf_keywords[i];
		const int r = aw_conf_show(&conf, key, 0, text, sizeof(text));

		if (r != (key->fallback ? 0 : AW_END))
			fail_msg("%s: %d", key->keyword, r);
		if (r == 0 && key->type != AW_CONF_SPAN &&
		    strcmp(text, key->fallback) != 0)
			fail_msg("%s: \"%s\"", key->keyword, text);
		assert_int_equal(
		    aw_conf_show(&conf, key, 1, text, sizeof(text)), AW_END);
	}
}

static void shows_lists_and_domains(void **state)
{
	struct aw_diag diag;
	char text[256];

	(void)state;
	assert_int_equal(parse("[access]\nallow_users=a\nallow_users=b\n"
			       "[names]\ndomains=a.b,c.d:-x\n",
			     &diag),
	    0);
	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *key = &aw_conf_keywords[i];

		if (key->type == AW_CONF_DOMAINS) {
			assert_int_equal(
			    aw_conf_show(&conf, key, 1, text, 256), 0);
			assert_string_equal(text, "c.d:-x");
			assert_int_equal(
			    aw_conf_show(&conf, key, 2, text, 256), AW_END);
		} else if (!strcmp(key->keyword, "allow_users")) {
			assert_int_equal(
			    aw_conf_show(&conf, key, 1, text, 256), 0);
			assert_string_equal(text, "b");
			assert_int_equal(
			    aw_conf_show(&conf, key, 1, text, 1), -EMSGSIZE);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),
		cmocka_unit_test(refuses),
		cmocka_unit_test(a_nul_is_not_the_end),
		cmocka_unit_test(long_lines_are_whole),
		cmocka_unit_test(lists_have_an_end),
		cmocka_unit_test(rules_have_an_end),
		cmocka_unit_test(services_have_sections),
		cmocka_unit_test(r3_requires_the_tenant),
		cmocka_unit_test(credentials_are_whole),
		cmocka_unit_test(every_default_shows_as_written),
		cmocka_unit_test(shows_lists_and_domains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
