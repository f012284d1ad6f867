/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso/pam_lines.c: which lines run our module for a service.
 * covers: spine.7, verdict.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/pam_lines.h"
#include "common/text.h"

static char dir[] = "/tmp/awssso-pam-XXXXXX";
static char found[2048];

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/pam.d/%s", dir, name), 0);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int set_up(void **state)
{
	char path[64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(aw_fmt(path, sizeof(path), "%s/pam.d", dir), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file("other", "auth required pam_awssso.so debug\n");
	write_file("sudo",
	    "#%PAM-1.0\n"
	    "# auth required pam_awssso.so\n"
	    "auth [success=done default=die] pam_awssso.so reauth=always\n"
	    "auth required pam_unix.so pam_awssso.so\n"
	    "  -account\t[a=1 b=2]  \\\n"
	    "   /lib/security/pam_awssso.so   permission_set=A account=1 # x\n"
	    "@include common\n"
	    "account include common\n"
	    "account\n");
	write_file("common", "auth required pam_awssso.so\n"
			     "session optional pam_awssso.so\n"
			     "account substack deep\n");
	write_file("deep", "auth required pam_awssso.so\n"
			   "account required pam_awssso.so debug\n");
	write_file("none", "auth required pam_unix.so\n");
	write_file("loop", "@include loop\n");
	write_file("gone", "auth include nowhere\n");
	return 0;
}

static int remove_one(
    const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void take(void *user, const char *place, const char *text)
{
	char line[512];

	(void)user;
	assert_int_equal(strncmp(place, dir, strlen(dir)), 0);
	assert_int_equal(aw_fmt(line, sizeof(line), "%s: %s\n",
			     place + strlen(dir) + sizeof("/pam.d/") - 1, text),
	    0);
	assert_int_equal(
	    aw_copy(found + strlen(found), sizeof(found) - strlen(found), line),
	    0);
}

static void which_lines(void **state)
{
	static const struct {
		const char *service;
		int want;
		const char *lines;
	} rows[] = {
		{ "sudo", 0,
		    "sudo:3: auth pam_awssso.so reauth=always\n"
		    "sudo:6: account pam_awssso.so permission_set=A "
		    "account=1 \n"
		    "common:1: auth pam_awssso.so\n"
		    "common:2: session pam_awssso.so\n"
		    "deep:2: account pam_awssso.so debug\n"
		    "deep:2: account pam_awssso.so debug\n" },
		{ "none", AW_ABSENT, "" },
		/* libpam's own answer to a service without a file */
		{ "xyz", 0, "other:1: auth pam_awssso.so debug\n" },
		{ "loop", -ELOOP, "" },
		{ "gone", -ENOENT, "" },
		{ "../passwd", -ENAMETOOLONG, "" },
		{ "", -ENAMETOOLONG, "" },
		{ ".", -ENAMETOOLONG, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int r;

		found[0] = '\0';
		r = aw_pam_lines(dir, rows[i].service, take, NULL);
		if (r != rows[i].want || strcmp(found, rows[i].lines) != 0)
			fail_msg("%s: %d\n%s", rows[i].service, r, found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(which_lines) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
