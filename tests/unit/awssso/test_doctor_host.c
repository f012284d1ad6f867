/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: what it makes of the host's files, and of what other programs
 * print.
 * covers: hour.3, R13, R17, R18
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/awssso/cli.h"
#include "tests/unit/awssso/said.h"
#include "tests/unit/snap_people.h"

static struct aw_doctor doctor;

static void nsswitch(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "passwd: files awssso\ngroup: files awssso\n",
		    "ok nsswitch files, then awssso" },
		{ "passwd:\tfiles systemd awssso # us\n"
		  "group: files [SUCCESS=merge] systemd awssso\n",
		    "ok nsswitch files, then awssso" },
		{ "passwd: compat awssso\ngroup: files awssso\n",
		    "ok nsswitch files, then awssso" },
		{ "passwd: files\ngroup: files awssso\n",
		    "broken nsswitch passwd in ./nsswitch.conf does not" },
		{ "passwd: files awssso\ngroup: files # awssso\n",
		    "broken nsswitch group in ./nsswitch.conf does not" },
		{ "passwd: files awssso_x\n#group: files awssso\n",
		    "broken nsswitch passwd in\nbroken nsswitch group in" },
		{ "passwd: awssso files\ngroup: files awssso\n",
		    "broken nsswitch local accounts come first" },
		{ "passwd: awssso\ngroup: files awssso\n",
		    "broken nsswitch local accounts come first" },
		{ "passwd: files [NOTFOUND=return] awssso\n"
		  "group: files awssso\n",
		    "broken nsswitch ends the search before awssso" },
		{ "passwd: files[ !UNAVAIL=return ]awssso\n"
		  "group: files awssso\n",
		    "broken nsswitch ends the search before awssso" },
		{ "passwd: files [success=return] awssso [NOTFOUND=return]\n"
		  "group: files awssso\n",
		    "ok nsswitch files, then awssso" },
		{ "passwd: files awssso\ngroup: files awssso\n"
		  "initgroups: files\n",
		    "broken nsswitch initgroups" },
		{ NULL, "broken nsswitch no such file" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		if (rows[i].text)
			cli_write("nsswitch.conf", rows[i].text);
		else
			assert_int_equal(unlink("nsswitch.conf"), 0);
		said_begin(&doctor);
		aw_doctor_check_nsswitch(&doctor);
		said_expect(&doctor, i, rows[i].want);
	}
}

/* --- who gets root ----------------------------------------------------- */

#define HASH     "$y$j9T$abcdefgh$0123456789"
#define NONE     "warning root nobody gets root here"
#define HAD(who) "ok root still had by " who

static const struct {
	const char *shadow, *sudoers;
	const char *key; /* whose key there is, or NULL */
	const char *want;
} roots[] = {
	{ "root:" HASH ":1::::::\n", "", NULL, HAD("root (password)") },
	{ "root:!" HASH ":1::::::\n", "", NULL, NONE },
	{ "root:*:1::::::\n", "", NULL, NONE },
	{ "root::1::::::\n", "", NULL, NONE },
	/* Since 1970-01-03. */
	{ "root:" HASH ":1:::::2:\n", "", NULL, NONE },
	{ "root:" HASH ":1:::::99999:\n", "", NULL, HAD("root (password)") },
	/* Group 27 is ann's own, bob is a member of wheel. */
	{ "ann:" HASH ":1::::::\nbob:" HASH ":1::::::\n",
	    "%sudo ALL=(ALL:ALL) ALL\n", NULL, HAD("ann (password, sudo)") },
	{ "ann:" HASH ":1::::::\nbob:" HASH ":1::::::\n",
	    "%wheel\tALL=(ALL) ALL\n", NULL, HAD("bob (password, sudo)") },
	{ "ann:" HASH ":1::::::\nbob:" HASH ":1::::::\n",
	    "ann, bob ALL = ALL\n", NULL,
	    HAD("ann (password, sudo), bob (password, sudo)") },
	{ "bob:" HASH ":1::::::\n", "ALL ALL=(root) ALL # all\n", NULL,
	    HAD("bob (password, sudo)") },
	{ "bob:" HASH ":1::::::\n", "#1002 ALL=(ALL) ALL\n", NULL,
	    HAD("bob (password, sudo)") },
	{ "bob:" HASH ":1::::::\n", "%#1002 ALL=(ALL) ALL\n", NULL,
	    HAD("bob (password, sudo)") },
	{ "bob:" HASH ":1::::::\n", "bob \\\n ALL=(ALL) ALL\n", NULL,
	    HAD("bob (password, sudo)") },
	/* Not everything, or not as root, or not a rule. */
	{ "bob:" HASH ":1::::::\n", "bob ALL=(www) ALL\n", NULL, NONE },
	{ "bob:" HASH ":1::::::\n", "bob ALL=(ALL) /bin/ls\n", NULL, NONE },
	{ "bob:" HASH ":1::::::\n", "bob ALL=(ALL) INSTALL\n", NULL, NONE },
	{ "bob:" HASH ":1::::::\n", "# bob ALL=(ALL) ALL\n", NULL, NONE },
	{ "bob:" HASH ":1::::::\n",
	    "User_Alias X = ALL\nDefaults bob = ALL\nbobby ALL=ALL\n", NULL,
	    NONE },
	{ "dora:" HASH ":1::::::\n", "dora ALL=(ALL) ALL\n", NULL, NONE },
	/* A key alone does where sudo wants no password. */
	{ "bob:!:1::::::\n", "bob ALL=(ALL) NOPASSWD: ALL\n", "bob",
	    HAD("bob (ssh key, sudo)") },
	{ "bob:!:1::::::\n", "bob ALL=(ALL) NOPASSWD:ALL\n", "bob",
	    HAD("bob (ssh key, sudo)") },
	{ "bob:!:1::::::\n", "bob ALL=(ALL) ALL\n", "bob", NONE },
	{ "bob:!:1::::::\n", "bob ALL=(ALL) NOPASSWD: ALL\n", NULL, NONE },
};

static void root(void **state)
{
	static const char passwd[] = "root:x:0:0::./root:/bin/bash\n"
				     "bin:x:2:2::/bin:/usr/sbin/nologin\n"
				     "ann:x:1001:27::./ann:/bin/bash\n"
				     "bob:x:1002:1002::./bob:/bin/sh\n"
				     "dora:x:1879048193:1002::./bob:/bin/sh\n"
				     "broken:x:1\n";
	char key[64];

	(void)state;
	cli_write("passwd", passwd);
	cli_write("group", "sudo:x:27:\nwheel:x:10:x,bob\nusers:x:100:ann\n");
	for (size_t i = 0; i < LEN(roots); i++) {
		cli_write("shadow", roots[i].shadow);
		cli_write("sudoers", "");
		cli_write("sudoers.d/x", roots[i].sudoers);
		key[0] = '\0';
		if (roots[i].key) {
			assert_int_equal(
			    aw_fmt(key, sizeof(key), "%s/.ssh/authorized_keys",
				roots[i].key),
			    0);
			cli_write(key, "ssh-ed25519 AAAA\n");
		}
		said_begin(&doctor);
		aw_doctor_check_root(&doctor);
		said_expect(&doctor, i, roots[i].want);
		(void)unlink(key);
	}
	assert_int_equal(unlink("shadow"), 0);
	said_begin(&doctor);
	aw_doctor_check_root(&doctor);
	said_expect(&doctor, 0, NONE);
}

/* --- names and ids ----------------------------------------------------- */

static void local(void **state)
{
	static const struct {
		const char *passwd, *group, *subuid, *want;
	} rows[] = {
		{ "root:x:0:0::/:\nmail:x:8:8::/:\n", "root:x:0:\n",
		    "ann:100000:65536\n", "ok local no local account" },
		{ "alice:x:1001:1001::/:\n", "", "",
		    "warning local the account alice in ./passwd has the name "
		    "of" },
		{ "x:x:1001:1001::/:\n", "team-a:x:5:\n", "",
		    "warning local the group team-a in ./group has the name "
		    "of" },
		/* The end of the range, and what lies behind. */
		{ "x:x:1879048192:1::/:\ny:x:1879048191:1::/:\n", "", "",
		    "warning local the account x in ./passwd has ids of the "
		    "directory's" },
		{ "", "x:x:2147352575:\ny:x:2147352576:\n", "",
		    "warning local the group x in" },
		{ "", "", "ann:1879048000:192\nbob:1879048000:193\n",
		    "warning local the range of subordinate ids bob in "
		    "./subuid" },
		{ "# x:x:1879048192:1\n\n:x:1879048192:1\nx:y\n", "", "bob:5\n",
		    "ok local no local account" },
	};

	(void)state;
	put_people();
	for (size_t i = 0; i < LEN(rows); i++) {
		cli_write("passwd", rows[i].passwd);
		cli_write("group", rows[i].group);
		cli_write("subuid", rows[i].subuid);
		said_begin(&doctor);
		doctor.snap = &snap;
		aw_doctor_check_local(&doctor);
		said_expect(&doctor, i, rows[i].want);
	}
	aw_snap_close(&snap);
}

/* What sudoers says of a permission set, and who else it is said of. */
static void names_of_sets(void **state)
{
	static const struct {
		const char *pattern, *want;
	} rows[] = {
		{ "aws-%s", "ok names nobody else" },
		{ "%s", "ok names nobody else" },
		{ "TEAM-%s",
		    "warning names team-a is a group of the directory\n"
		    "warning names team-b is a group\n"
		    "warning names team-c is a group" },
		{ "al%s", "warning names alice is a person of the directory" },
	};
	static struct aw_conf conf;

	(void)state;
	put_people();
	for (size_t i = 0; i < LEN(rows); i++) {
		said_begin(&doctor);
		assert_int_equal(aw_copy(conf.permission_set_group,
				     AW_CONF_TEXT, rows[i].pattern),
		    0);
		doctor.conf = &conf;
		doctor.snap = &snap;
		aw_doctor_check_names(&doctor);
		said_expect(&doctor, i, rows[i].want);
	}
	said_begin(&doctor);
	conf.permission_sets = AW_PERMISSION_SETS_NO;
	doctor.conf = &conf;
	doctor.snap = &snap;
	aw_doctor_check_names(&doctor);
	said_expect(&doctor, 99, "");
	aw_snap_close(&snap);
}

static void snapshots(void **state)
{
	static struct aw_conf conf;
	static const struct {
		uint64_t age;
		enum aw_conf_source source;
		const char *want;
	} rows[] = {
		{ 60, AW_SOURCE_IDENTITY_STORE,
		    "ok snapshot 4 people, 3 groups, read 1 min ago" },
		{ 13 * 3600, AW_SOURCE_IDENTITY_STORE,
		    "warning snapshot older than two sweep_intervals" },
		{ 25 * 3600, AW_SOURCE_IDENTITY_STORE,
		    "broken snapshot older than account_directory_age" },
		{ 16 * 60, AW_SOURCE_PUBLISHED,
		    "broken snapshot older than max_directory_age" },
		{ 14 * 60, AW_SOURCE_PUBLISHED, "ok snapshot read 14 min ago" },
		{ 0, AW_SOURCE_SCIM, "ok snapshot read 0 s ago" },
	};
	static const struct {
		int error;
		const char *want;
	} errors[] = {
		{ AW_ABSENT, "broken snapshot there is none" },
		{ -EPERM, "broken snapshot not to be trusted" },
		{ -EIO, "broken snapshot is damaged" },
		{ -EPROTO, "broken snapshot another version" },
		{ -ENOMEM, "broken- snapshot Cannot allocate memory" },
	};

	(void)state;
	put_people();
	for (size_t i = 0; i < LEN(rows); i++) {
		said_begin(&doctor);
		conf = *doctor.conf;
		conf.source = rows[i].source;
		doctor.conf = &conf;
		snap.created = (uint64_t)time(NULL) - rows[i].age;
		doctor.snap = &snap;
		aw_doctor_check_snapshot(&doctor);
		said_expect(&doctor, i, rows[i].want);
	}
	snap.created = (uint64_t)time(NULL);
	snap.needs_limits = true;
	said_begin(&doctor);
	doctor.snap = &snap;
	aw_doctor_check_snapshot(&doctor);
	said_expect(&doctor, 0,
	    "ok snapshot generation\nbroken snapshot need ./awssso/nss.limits");
	aw_snap_close(&snap);
	for (size_t i = 0; i < LEN(errors); i++) {
		said_begin(&doctor);
		doctor.snap_error = errors[i].error;
		aw_doctor_check_snapshot(&doctor);
		said_expect(&doctor, i, errors[i].want);
	}
}

/* --- what others print ------------------------------------------------- */

#define UNIT(id, load, active, file, restarts)               \
	"Id=" id "\nLoadState=" load "\nActiveState=" active \
	"\nUnitFileState=" file "\nNRestarts=" restarts "\n\n"

static void units(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ UNIT("a.socket", "loaded", "active", "enabled", "") UNIT(
		      "b.service", "loaded", "inactive", "disabled", "3"),
		    "ok units all 2 of them" },
		{ UNIT("a.socket", "loaded", "inactive", "enabled", ""),
		    "broken units systemctl enable --now a.socket" },
		{ UNIT("a.socket", "loaded", "active", "disabled", ""),
		    "warning units systemctl enable a.socket" },
		{ UNIT("a.socket", "loaded", "failed", "enabled", ""),
		    "broken units a.socket has failed" },
		{ UNIT("b.service", "loaded", "failed", "enabled", "0"),
		    "broken units journalctl -e -u b.service" },
		{ UNIT("b.service", "loaded", "activating", "enabled", "9"),
		    "broken units does not come up" },
		{ UNIT("b.service", "loaded", "active", "enabled", "4"),
		    "warning units restarted again and again" },
		{ UNIT("b.service", "not-found", "inactive", "", "0"),
		    "broken units is not there" },
		{ UNIT("b.service", "masked", "inactive", "masked", "0"),
		    "broken units systemctl unmask b.service" },
		{ "\n\n", "warning- units says nothing" },
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		assert_int_equal(aw_copy(text, sizeof(text), rows[i].text), 0);
		said_begin(&doctor);
		aw_doctor_read_units(&doctor, text);
		said_expect(&doctor, i, rows[i].want);
	}
}

static void probes(void **state)
{
	static const struct {
		const char *text;
		bool is_root;
		const char *want;
	} rows[] = {
		{ "ok oidc oidc.x: reached in 3 ms\n", true,
		    "ok aws-oidc oidc.x: reached in 3 ms" },
		{ "no oidc oidc.x: no answer: really\n", true,
		    "broken aws-oidc oidc.x: no answer: really" },
		{ "no oidc oidc.x: no answer\n", false,
		    "broken aws-oidc set proxy" },
		/* Without it a person's own sets are learned. */
		{ "no sso sso.x: no answer\n", true,
		    "warning aws-sso permission_sets = no" },
		{ "no credentials imds then arn:aws:iam::1:role/x: bad\n", true,
		    "broken aws-credentials arn:aws:iam::1:role/x: bad" },
		{ "no credentials imds: bad\n", false,
		    "warning aws-credentials sudo awssso doctor" },
		{ "no ListGroups d-1: may not\n", true,
		    "broken aws-ListGroups identitystore:ListGroups" },
		{ "ok clock AWS: 30 s ahead of ours\n", true,
		    "ok aws-clock 30 s" },
		{ "ok clock AWS: -31 s ahead of ours\n", true,
		    "warning aws-clock chrony" },
		{ "no clock AWS: 301 s ahead of ours\n", false,
		    "broken aws-clock chrony" },
		{ "ok clock AWS: much\n", true, "warning aws-clock chrony" },
		{ "Segmentation\033[31m fault\nok\n", true,
		    "warning- aws says: Segmentation\\x1b[31m fault\n"
		    "warning- aws says: ok" },
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		assert_int_equal(aw_copy(text, sizeof(text), rows[i].text), 0);
		said_begin(&doctor);
		doctor.is_root = rows[i].is_root;
		aw_doctor_read_probe(&doctor, text);
		said_expect(&doctor, i, rows[i].want);
	}
}

static void egress(void **state)
{
	char text[] =
	    "oidc oidc.x 443 p:3128\nimds 169.254.169.254 80 direct\n";
	struct json_object *value;

	(void)state;
	said_begin(&doctor);
	aw_doctor_read_egress(&doctor, text);
	assert_int_equal(json_object_array_length(doctor.egress), 2);
	json_object_object_get_ex(
	    json_object_array_get_idx(doctor.egress, 0), "proxy", &value);
	assert_string_equal(json_object_get_string(value), "p:3128");
	json_object_object_get_ex(
	    json_object_array_get_idx(doctor.egress, 1), "proxy", &value);
	assert_string_equal(json_object_get_string(value), "");
	said_expect(&doctor, 0, "ok egress to reach 2 hosts");
}

static void sshd(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "usepam yes\nlogingracetime 300\n"
		  "kbdinteractiveauthentication yes\n",
		    "ok sshd shows sign-ins" },
		{ "usepam yes\nlogingracetime 0\n"
		  "kbdinteractiveauthentication yes\n"
		  "authenticationmethods any\n",
		    "ok sshd shows sign-ins" },
		{ "usepam no\nlogingracetime 299\n"
		  "kbdinteractiveauthentication no\n",
		    "broken sshd usepam\nbroken sshd "
		    "kbdinteractiveauthentication\nwarning sshd 299 s" },
		{ "xusepam yes\nkbdinteractiveauthentication yes\n",
		    "broken sshd usepam is not yes" },
		{ "usepam yesterday\nkbdinteractiveauthentication yes\n",
		    "broken sshd usepam is not yes" },
		{ "usepam yes\nkbdinteractiveauthentication yes\n"
		  "authenticationmethods publickey,password publickey\n",
		    "broken sshd is publickey,password publickey" },
		{ "usepam yes\nkbdinteractiveauthentication yes\n"
		  "authenticationmethods publickey,keyboard-interactive:pam\n",
		    "ok sshd shows sign-ins" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		said_begin(&doctor);
		aw_doctor_read_sshd(&doctor, rows[i].text);
		said_expect(&doctor, i, rows[i].want);
	}
}

static void days(void **state)
{
	static const struct {
		const char *day, *want;
	} rows[] = {
		/* It is 2026-01-01, noon. */
		{ "2026-01-01",
		    "broken x the thing has ended (key = 2026-01-01)" },
		{ "2026-01-02", "warning x ends in 0 days" },
		{ "2026-02-01", "warning x ends in 30 days" },
		{ "2026-02-02", "ok x ends in 31 days" },
		{ "", "ok x is not known here (key)" },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		said_begin(&doctor);
		aw_doctor_say_day(
		    &doctor, "x", "the thing", "key", rows[i].day, 1767268800);
		said_expect(&doctor, i, rows[i].want);
	}
}

/* Nobody listens there. */
static void no_metadata(void **state)
{
	(void)state;
	said_begin(&doctor);
	doctor.is_root = geteuid() == 0;
	aw_doctor_try_imds(&doctor, "127.0.0.1", "9");
	said_expect(&doctor, 0, "ok imds does not reach 127.0.0.1");
}

static const char *const folders[] = { "sudoers.d", "bob/.ssh", "bob" };

static int make(void **state)
{
	return cli_make(state) || mkdir("sudoers.d", 0755) ||
	       mkdir("bob", 0755) || mkdir("bob/.ssh", 0755);
}

static int remove_all(void **state)
{
	(void)unlink("sudoers.d/x");
	for (size_t i = 0; i < LEN(folders); i++)
		(void)rmdir(folders[i]);
	return cli_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nsswitch),
		cmocka_unit_test(root),
		cmocka_unit_test_setup_teardown(
		    local, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
		    names_of_sets, place_make, place_remove),
		cmocka_unit_test_setup_teardown(
		    snapshots, place_make, place_remove),
		cmocka_unit_test(units),
		cmocka_unit_test(probes),
		cmocka_unit_test(egress),
		cmocka_unit_test(sshd),
		cmocka_unit_test(days),
		cmocka_unit_test(no_metadata),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
