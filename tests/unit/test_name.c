/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/name.c: the judge of names and the mapping to them.
 * covers: spine.2, spine.5, dir.7, R13, R17, R19, R23
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/name.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define A60  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A64  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void possible(void **state)
{
	static const struct {
		const char *name;
		bool user, group;
	} rows[] = {
		{ "alice", true, true },
		{ "a", true, true },
		{ "_x", true, true },
		{ "9lives", true, true },
		{ "alice@example.com", true, true },
		{ "a.b-c+d_e", true, true },
		{ "Alice", false, true },
		{ "aws-AdministratorAccess", false, true },
		{ "", false, false },
		{ "0", false, false },
		{ "1234", false, false },
		{ "12.34", false, false },
		{ "-rf", false, false },
		{ ".", false, false },
		{ "..", false, false },
		{ ".hidden", false, false },
		{ "@home", false, false },
		{ "+plus", false, false },
		{ "dot.", false, false },
		{ "a b", false, false },
		{ "a:b", false, false },
		{ "a/b", false, false },
		{ "a\nb", false, false },
		{ "a,b", false, false },
		{ "a(b)", false, false },
		{ "a%b", false, false },
		{ "a\\b", false, false },
		{ "a$b", false, false },
		{ "a*b", false, false },
		{ "gr\xc3\xbcn", false, false },
		{ A64, true, true },
		{ A64 "a", false, false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		const size_t len = strlen(rows[i].name);

		if (aw_name_is_possible(rows[i].name, len, false) !=
			rows[i].user ||
		    aw_name_is_possible(rows[i].name, len, true) !=
			rows[i].group)
			fail_msg("\"%s\"", rows[i].name);
	}
	assert_false(aw_name_is_possible("al\0ce", 5, false));
}

static void reserved(void **state)
{
	static const char *const yes[] = { "root", "ROOT", "Root", "sudo",
		"wheel", "docker", "lxd", "disk", "adm", "shadow", "kvm",
		"libvirt", "nobody", "www-data", "_apt", "ec2-user", "awssso",
		"awssso-net", "sshd", "systemd-network", "admin", "staff",
		"lpadmin", "plugdev", "kmem", "incus", "incus-admin", "podman",
		"libvirtd", "microk8s", "systemd-journal", "tty", "users",
		"ubuntu", "daemon", "bin", "sys", "mail", "Wheel", "DOCKER",
		"Sudo",
		/* what amounts to root, by the package that makes it */
		"google-sudoers", "vboxusers", "wireshark", "qemu",
		"libvirt-qemu", "ceph", "stapdev", "dockerroot", "haclient",
		/* the users of desktops, servers, monitoring, clouds */
		"gdm", "bluetooth", "rtkit", "postgres", "redis", "nginx",
		"apache", "named", "grafana", "prometheus", "zabbix", "nagios",
		"cloud-user", "azureuser", "_chrony", "Debian-exim",
		/* the first and the last, the longest, and one of each end */
		"abrt", "zookeeper", "snapd-range-524288-root", "www-data",
		/* whatever systemd makes */
		"systemd-resolve", "systemd-timesync", "systemd-homed",
		"SystemD-New-Thing", "systemd-x", "systemd" };
	static const char *const no[] = { "", "alice", "roo", "roott", "sudoer",
		"systemd-", "systemdx", "systems-x", "google-sudoer", "qemux",
		"tor", "core", "zzz", "aaa", A64 "a" };

	(void)state;
	for (size_t i = 0; i < N(yes); i++)
		if (!aw_name_is_reserved(yes[i], strlen(yes[i])))
			fail_msg("R17, R23: \"%s\" is not reserved", yes[i]);
	for (size_t i = 0; i < N(no); i++)
		if (aw_name_is_reserved(no[i], strlen(no[i])))
			fail_msg("\"%s\" is reserved", no[i]);
}

static void rules_entries(void **state)
{
	static const struct {
		const char *entry;
		int want;
	} rows[] = {
		{ "example.com", 0 },
		{ "Partner.Example:-ext", 0 },
		{ "", -EINVAL },
		{ ":-x", -EINVAL },
		{ ".com", -EINVAL },
		{ "exa mple.com", -EINVAL },
		{ "example.com:a b", -EINVAL },
		{ "example.com:aaaaaaaaaaaaaaaa", -EINVAL },
		{ "b\xc3\xbc.example", -EINVAL },
	};
	struct aw_name_rules rules = { 0 };

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct aw_name_rules one = { 0 };
		struct aw_diag diag = { 0 };
		const int r = aw_name_rules_add(&one, rows[i].entry, &diag);

		if (r != rows[i].want || one.n_domains != (r == 0 ? 1 : 0) ||
		    (r != 0) != (diag.text[0] != '\0'))
			fail_msg("\"%s\": %d", rows[i].entry, r);
	}
	for (size_t i = 0; i < AW_NAME_DOMAINS_MAX; i++)
		assert_int_equal(aw_name_rules_add(&rules, "a.b", NULL), 0);
	assert_int_equal(aw_name_rules_add(&rules, "a.b", NULL), -ENOSPC);
}

static const struct {
	const char *input;
	const char *want; /* NULL: AW_DENIED */
} user_rows[] = {
	{ "alice@example.com", "alice" },
	{ "Alice@EXAMPLE.com", "alice" },
	{ "bob@partner.example", "bob-ext" },
	{ "carol@other.example", "carol@other.example" },
	{ "dave", "dave" },
	{ "a@b@example.com", "a@b" },
	{ "alice@sub.example.com", "alice@sub.example.com" },
	{ "alice@xexample.com", "alice@xexample.com" },
	{ "root@example.com", NULL },
	{ "Sudo@example.com", NULL },
	{ "@example.com", NULL },
	{ "1234@example.com", NULL },
	{ "-x@example.com", NULL },
	{ "alice@example.com\n", NULL },
	{ "\xc3\x84nne@example.com", NULL },
	/* Unicode is neither folded nor cut: a Kelvin sign, a wide r,
	 * a combining accent, a joiner of no width, half a letter */
	{ "\xe2\x84\xaa"
	  "arl@example.com",
	    NULL },
	{ "\xef\xbd\x92oot@example.com", NULL },
	{ "e\xcc\x81mile@example.com", NULL },
	{ "ali\xe2\x80\x8d"
	  "ce@example.com",
	    NULL },
	{ "ali\xc3", NULL },
	{ "alice@ex\xc3\xa5mple.com", NULL },
	/* what a domain leaves, or its suffix makes, is judged too */
	{ "ROOT@PARTNER.EXAMPLE", "root-ext" },
	{ "ec2@vendor.example", NULL },
	{ "ec2@other.vendor.example", "ec2@other.vendor.example" },
	{ "42@partner.example", "42-ext" },
	{ "@partner.example", NULL },
	{ "x.@example.com", NULL },
	{ A60 "@partner.example", A60 "-ext" },
	{ A60 "a@partner.example", NULL },
	/* blanks are not what they are in a group's name */
	{ "al ice@example.com", NULL },
	{ " alice@example.com", NULL },
	{ "wheel@example.com", NULL },
	{ "DOCKER@example.com", NULL },
	{ "docker@other.example", "docker@other.example" },
	{ A64 "@example.com", A64 },
	{ A64 "a@example.com", NULL },
	{ "", NULL },
};

static void users(void **state)
{
	struct aw_name_rules rules = { 0 };

	(void)state;
	assert_int_equal(aw_name_rules_add(&rules, "example.com", NULL), 0);
	assert_int_equal(
	    aw_name_rules_add(&rules, "partner.example:-ext", NULL), 0);
	assert_int_equal(
	    aw_name_rules_add(&rules, "Vendor.Example:-user", NULL), 0);
	for (size_t i = 0; i < N(user_rows); i++) {
		char got[AW_NAME_SIZE] = "untouched";
		struct aw_diag diag = { 0 };
		const int r =
		    aw_name_of_user(&rules, user_rows[i].input, got, &diag);

		if (r != (user_rows[i].want ? 0 : AW_DENIED) ||
		    strcmp(got, user_rows[i].want ? user_rows[i].want
						  : "untouched") != 0 ||
		    (r != 0) != (diag.text[0] != '\0'))
			fail_msg(
			    "\"%s\": %d \"%s\"", user_rows[i].input, r, got);
	}
}

static void too_long_user_is_denied(void **state)
{
	struct aw_name_rules rules = { 0 };
	char input[AW_USER_NAME_MAX + 2];
	char got[AW_NAME_SIZE] = "untouched";

	(void)state;
	memset(input, 'a', sizeof(input) - 1);
	input[sizeof(input) - 1] = '\0';
	assert_int_equal(aw_name_of_user(&rules, input, got, NULL), AW_DENIED);
	assert_string_equal(got, "untouched");
}

static void groups(void **state)
{
	static const struct {
		const char *input;
		const char *want;
	} rows[] = {
		{ "Platform Team", "platform-team" },
		{ "a \t b", "a-b" },
		{ "a - b", "a--b" },
		{ " lead", "lead" },
		{ "trail ", "trail" },
		{ "Two  \t Words", "two-words" },
		{ "no\xc2\xa0"
		  "break",
		    NULL },
		{ "\xe3\x80\x80wide", NULL },
		{ "\xc3\x89quipe", NULL },
		{ " ", NULL },
		{ " - ", NULL },
		/* R17, R23: however it is written */
		{ "sudo", NULL },
		{ " SUDO\t", NULL },
		{ " wheel ", NULL },
		{ "\tDocker", NULL },
		{ "systemd journal", NULL },
		{ "Incus Admin", NULL },
		{ "Google Sudoers", NULL },
		{ "systemd new thing", NULL },
		{ "Systemd", NULL },
		{ "system d", "system-d" },
		{ "docker users", "docker-users" },
		{ "sudo@example.com", "sudo@example.com" },
		{ "a:b", NULL },
		{ "a/b", NULL },
		{ "Ops (EU)", NULL },
		{ "a,b", NULL },
		{ "a\r\nb", NULL },
		{ "docker", NULL },
		{ "Wheel", NULL },
		{ A64, A64 },
		{ A64 "a", NULL },
		{ A64 " b c", NULL },
		{ "", NULL },
		{ "42", NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char got[AW_NAME_SIZE] = "untouched";
		struct aw_diag diag = { 0 };
		const int r = aw_name_of_group(rows[i].input, got, &diag);

		if (r != (rows[i].want ? 0 : AW_DENIED) ||
		    strcmp(got, rows[i].want ? rows[i].want : "untouched") !=
			0 ||
		    (r != 0) != (diag.text[0] != '\0'))
			fail_msg("\"%s\": %d \"%s\"", rows[i].input, r, got);
	}
}

static void sets(void **state)
{
	static const struct {
		const char *pattern, *set;
		const char *want;
	} rows[] = {
		{ "aws-%s", "AdministratorAccess", "aws-AdministratorAccess" },
		{ "%s", "ReadOnly", "ReadOnly" },
		{ "%s-x", "A", "A-x" },
		{ "aws-", "A", NULL },
		{ "%s%s", "A", NULL },
		{ "%d%s", "A", NULL },
		{ "%s%n", "A", NULL },
		{ "aws-%s", "a,b", NULL },
		{ "aws-%s", "a=b", NULL },
		{ "%s", "Docker", NULL },
		{ "aws-%s", A64, NULL },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		char got[AW_NAME_SIZE] = "untouched";
		const int r =
		    aw_name_of_set(rows[i].pattern, rows[i].set, got, NULL);

		if (r != (rows[i].want ? 0 : AW_DENIED) ||
		    strcmp(got, rows[i].want ? rows[i].want : "untouched") != 0)
			fail_msg("\"%s\": %d \"%s\"", rows[i].set, r, got);
	}
}

static void names_of_sets(void **state)
{
	static const struct {
		const char *pattern, *name;
		bool want;
	} rows[] = {
		{ "aws-%s", "aws-x", true },
		{ "aws-%s", "aws-", false },
		{ "aws-%s", "aws", false },
		{ "aws-%s", "awsx", false },
		{ "aws-%s", "my-aws-x", false },
		/* sudo does not tell capitals */
		{ "AWS-%s", "aws-x", true },
		{ "aws-%s", "AWS-X", true },
		{ "%s-set", "x-set", true },
		{ "%s-set", "-set", false },
		{ "%s-set", "x-set2", false },
		{ "a-%s-z", "a-b-z", true },
		{ "a-%s-z", "a-z", false },
		{ "a-%s-z", "a--z", false },
		/* nothing tells those of sets from others */
		{ "%s", "x", false },
		{ "aws-", "aws-x", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (aw_name_is_of_set(rows[i].pattern, rows[i].name) !=
		    rows[i].want)
			fail_msg(
			    "\"%s\" by \"%s\"", rows[i].name, rows[i].pattern);
}

static void paths(void **state)
{
	static const struct {
		const char *path;
		bool want;
	} rows[] = {
		{ "/home/alice", true },
		{ "/bin/bash", true },
		{ "/a", true },
		{ "/home/.alice", true },
		{ "/home/..alice", true },
		{ "/home/a..", true },
		{ "/home/...", true },
		{ "/", false },
		{ "", false },
		{ "home/alice", false },
		{ "/home/alice/", false },
		{ "/home//alice", false },
		{ "/home/../etc", false },
		{ "/home/..", false },
		{ "/home/.", false },
		{ "/home/./a", false },
		{ "/home/a:b", false },
		{ "/home/a\nb", false },
		{ "/home/\xff", false },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++)
		if (aw_name_is_path(rows[i].path, strlen(rows[i].path)) !=
		    rows[i].want)
			fail_msg("\"%s\"", rows[i].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(possible),
		cmocka_unit_test(reserved),
		cmocka_unit_test(rules_entries),
		cmocka_unit_test(users),
		cmocka_unit_test(too_long_user_is_denied),
		cmocka_unit_test(groups),
		cmocka_unit_test(sets),
		cmocka_unit_test(names_of_sets),
		cmocka_unit_test(paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
