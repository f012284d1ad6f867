/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso doctor: lines of PAM that lock out or let in, and what the shipped
 * stacks are.
 * covers: hour.3, R35
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/awssso/cli.h"
#include "tests/unit/awssso/said.h"

#define OURS_AUTH                                                            \
	"auth [success=done user_unknown=ignore ignore=ignore default=die] " \
	"pam_awssso.so\n"
#define OURS_ACCOUNT                                                   \
	"account [success=ok new_authtok_reqd=ok user_unknown=ignore " \
	"ignore=ignore default=die] pam_awssso.so\n"
#define FINE       "ok pam-module can be loaded\nok pam-su asks pam_awssso.so"
#define BAD(what)  "ok pam-module can be loaded\nbroken pam-su " what
#define WARN(what) "ok pam-module can be loaded\nwarning pam-su " what

static struct aw_doctor doctor;

static const struct {
	const char *su, *want;
} written[] = {
	{ OURS_AUTH OURS_ACCOUNT, FINE },
	/* Auth: who is not ours must not be refused by us. */
	{ "auth required pam_awssso.so\n" OURS_ACCOUNT,
	    BAD("./pam.d/su:1: refuses whoever is not") },
	{ "auth requisite pam_awssso.so\n" OURS_ACCOUNT, BAD("locked out") },
	{ "auth [success=done default=die] "
	  "pam_awssso.so\n" OURS_ACCOUNT,
	    BAD("locked out") },
	{ "auth [success=done default=bad] "
	  "pam_awssso.so\n" OURS_ACCOUNT,
	    BAD("locked out") },
	{ "auth [user_unknown=die default=ignore] pam_awssso.so\n"
	  "account required pam_awssso.so\n",
	    BAD("locked out\nwarning pam-su a denial does not end") },
	{ "auth [success=done] pam_awssso.so\n" OURS_ACCOUNT,
	    BAD("locked out") },
	{ "auth [default=die user_unknown=ignore] pam_awssso.so\n"
	  "account required pam_awssso.so\n",
	    FINE },
	{ "auth sufficient pam_awssso.so\n" OURS_ACCOUNT,
	    WARN("a denial does not end it") },
	{ "auth optional pam_awssso.so\n" OURS_ACCOUNT,
	    WARN("a denial does not end it") },
	/* Account: a no of ours has to count. */
	{ OURS_AUTH "account required pam_awssso.so\n", FINE },
	{ OURS_AUTH "account requisite pam_awssso.so\n", FINE },
	{ OURS_AUTH "account sufficient pam_awssso.so\n",
	    BAD("disabled people are let in") },
	{ OURS_AUTH "account optional pam_awssso.so\n",
	    BAD("disabled people are let in") },
	{ OURS_AUTH "account [success=ok default=ignore] "
		    "pam_awssso.so\n",
	    BAD("disabled people are let in") },
	{ OURS_AUTH "account [perm_denied=ignore default=die] "
		    "pam_awssso.so\n",
	    BAD("disabled people are let in") },
	/* What is before it must not say yes for good. */
	{ OURS_AUTH "account sufficient pam_unix.so\n" OURS_ACCOUNT,
	    BAD("./pam.d/su:2: says yes before") },
	{ OURS_AUTH "account [success=1 default=ignore] pam_unix.so\n"
		    "account requisite pam_deny.so\n" OURS_ACCOUNT,
	    FINE },
	{ OURS_AUTH "account [success=2 default=ignore] pam_unix.so\n"
		    "account requisite pam_deny.so\n" OURS_ACCOUNT,
	    BAD("./pam.d/su:2: says yes before") },
	{ OURS_AUTH "account [success=done default=bad] "
		    "pam_permit.so\n" OURS_ACCOUNT,
	    BAD("./pam.d/su:2: says yes before") },
	{ OURS_AUTH "account sufficient /x/pam_localuser.so\n"
		    "account required pam_unix.so\n" OURS_ACCOUNT,
	    FINE },
	{ OURS_AUTH OURS_ACCOUNT "account sufficient pam_unix.so\n", FINE },
	{ "auth sufficient pam_unix.so\n" OURS_AUTH OURS_ACCOUNT, FINE },
	/* What is missing. */
	{ OURS_AUTH "account required pam_unix.so\n",
	    WARN("no line of account runs") },
	{ OURS_ACCOUNT, WARN("no line of auth runs") },
	{ "auth required pam_unix.so\n",
	    WARN("no line of auth, account runs") },
	{ "@include nothing\n", BAD("cannot be read") },
	{ "@include su\n", BAD("cannot be read") },
	{ "auth include common\naccount include common\n", FINE },
};

static void stacks(void **state)
{
	(void)state;
	cli_write("pam.d/common", OURS_AUTH OURS_ACCOUNT);
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		cli_write("pam.d/su", written[i].su);
		said_begin(&doctor);
		doctor.modules = AW_BUILD;
		aw_doctor_check_pam(&doctor);
		said_expect(&doctor, i, written[i].want);
	}
	assert_int_equal(unlink("pam.d/su"), 0);
	assert_int_equal(unlink("pam.d/common"), 0);
}

/* Each service has phases of its own; a file that is not there is nobody's. */
static void services(void **state)
{
	static const struct {
		const char *service, *text, *want;
	} rows[] = {
		{ "pam.d/cron", "account required pam_awssso.so\n",
		    "ok pam-cron asks" },
		{ "pam.d/systemd-user", "session required pam_unix.so\n",
		    "warning pam-systemd-user no line of account runs" },
		{ "pam.d/sshd", OURS_AUTH OURS_ACCOUNT,
		    "warning pam-sshd no line of session runs" },
		{ "pam.d/sshd",
		    OURS_AUTH OURS_ACCOUNT "session optional pam_awssso.so\n",
		    "warning pam-sshd makes a home" },
		{ "pam.d/login",
		    OURS_AUTH OURS_ACCOUNT "session optional pam_awssso.so\n"
					   "session optional "
					   "pam_oddjob_mkhomedir.so\n",
		    "ok pam-login asks" },
		{ "pam.d/vsftpd", "auth required pam_awssso.so\n", NULL },
	};
	char want[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_write(rows[i].service, rows[i].text);
		said_begin(&doctor);
		doctor.modules = AW_BUILD;
		aw_doctor_check_pam(&doctor);
		assert_int_equal(
		    aw_fmt(want, sizeof(want), "ok pam-module loaded%s%s",
			rows[i].want ? "\n" : "",
			rows[i].want ? rows[i].want : ""),
		    0);
		said_expect(&doctor, i, want);
		assert_int_equal(unlink(rows[i].service), 0);
	}
}

/* Where it cannot be loaded, its lines keep people out. */
static void modules(void **state)
{
	static const struct {
		const char *folder, *su, *want;
	} rows[] = {
		{ AW_BUILD, OURS_AUTH OURS_ACCOUNT, FINE },
		{ "/nowhere", OURS_AUTH OURS_ACCOUNT,
		    "broken pam-module cannot be loaded, and is named: people\n"
		    "ok pam-su asks" },
		{ "/nowhere", "auth required pam_unix.so\n",
		    "warning pam-module install libpam-awssso\n"
		    "warning pam-su no line of auth, account" },
		/* Some other file of that name. */
		{ ".", OURS_AUTH OURS_ACCOUNT,
		    "broken pam-module pam_awssso.so\nok pam-su asks" },
	};

	(void)state;
	cli_write("pam_awssso.so", "text");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_write("pam.d/su", rows[i].su);
		said_begin(&doctor);
		doctor.modules = rows[i].folder;
		aw_doctor_check_pam(&doctor);
		said_expect(&doctor, i, rows[i].want);
	}
	assert_int_equal(unlink("pam.d/su"), 0);
	assert_int_equal(unlink("pam_awssso.so"), 0);
}

static char *copy_of(const char *path)
{
	static char text[16384];
	FILE *file = fopen(path, "re");
	size_t n;

	assert_non_null(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	return text;
}

/* What we ship is what we call good: RHEL's stack, and sudo's own file. */
static void shipped(void **state)
{
	(void)state;
	cli_write("pam.d/password-auth",
	    copy_of(AW_SOURCE "/conf/authselect/password-auth"));
	cli_write(
	    "pam.d/postlogin", copy_of(AW_SOURCE "/conf/authselect/postlogin"));
	cli_write("pam.d/sshd", "auth substack password-auth\n"
				"auth include postlogin\n"
				"account required pam_nologin.so\n"
				"account include password-auth\n"
				"session include password-auth\n"
				"session include postlogin\n");
	cli_write("pam.d/sudo", copy_of(AW_SOURCE "/conf/pam.d/sudo"));
	cli_write("pam.d/common-auth", "auth required pam_unix.so\n");
	cli_write("pam.d/common-account", "account required pam_unix.so\n");
	cli_write("pam.d/common-session-noninteractive", "");
	said_begin(&doctor);
	doctor.modules = AW_BUILD;
	aw_doctor_check_pam(&doctor);
	said_expect(&doctor, 0,
	    "ok pam-module loaded\nok pam-sshd asks\nok pam-sudo asks");
}

static int make(void **state)
{
	return cli_make(state) || mkdir("pam.d", 0755);
}

static int remove_all(void **state)
{
	static const char *const files[] = { "password-auth", "postlogin",
		"sshd", "sudo", "common-auth", "common-account",
		"common-session-noninteractive" };
	char path[64];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (aw_fmt(path, sizeof(path), "pam.d/%s", files[i]) == 0)
			(void)unlink(path);
	(void)rmdir("pam.d");
	return cli_remove(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stacks),
		cmocka_unit_test(services),
		cmocka_unit_test(modules),
		cmocka_unit_test(shipped),
	};

	return cmocka_run_group_tests(tests, make, remove_all);
}
