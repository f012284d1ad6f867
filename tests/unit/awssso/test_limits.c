/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso limits: root's nss.limits from the settings and /etc/group.
 * covers: dir.9, R17, R18, R23
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/command.h"
#include "awssso/limits_file.h"
#include "common/text.h"
#include "tests/unit/awssso/cli.h"

#define FIRST                                                           \
	"# begin: awssso limits --write, from [local_groups] of awssso" \
	".conf\n"
#define LAST                                                          \
	"# end: awssso limits --write, from [local_groups] of awssso" \
	".conf\n"
#define FILES "--conf", "c", "--group", "g", "--limits", "l"

static const char *const writes[] = { "limits", "--write", FILES, NULL };
static const char *const checks[] = { "limits", "--check", FILES, NULL };
static struct cli_result result;

static void is_file(const char *row, const char *want)
{
	static char text[8192];
	FILE *file = fopen("l", "re");
	size_t n;

	if (!file) {
		if (want)
			fail_msg("%s: no file", row);
		return;
	}
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	assert_int_equal(fclose(file), 0);
	if (!want || strcmp(text, want) != 0)
		fail_msg("%s: \"%s\"", row, text);
}

static const char groups[] = "root:x:0:\nvideo:x:44:\ndocker:x:998:bob\n"
			     "docker:x:997:\nzero:x:0:\nours:x:1879048192:\n"
			     "odd:x:-1:\nlast:x:4294967295:\n\n:::\nnope\n"
			     "twin:x:44:";

static const struct {
	const char *name, *conf, *old, *want;
	int status;        /* of --write */
	const char *error; /* part of what it says */
} rows[] = {
	{ "nothing to do, no file", "", NULL, NULL, AW_EXIT_OK, "" },
	{ "a new file", "video = A\n", NULL, FIRST "gid 44 # video\n" LAST,
	    AW_EXIT_OK, "" },
	{ "the first line of a name counts",
	    "docker = A, B, i_know_this_is_root = yes\n", "",
	    FIRST "gid 998 # docker\n" LAST, AW_EXIT_OK, "" },
	{ "others' lines stay", "video = A\n", "uid 1000\n# mine\ngid 7",
	    "uid 1000\n# mine\ngid 7\n" FIRST "gid 44 # video\n" LAST,
	    AW_EXIT_OK, "" },
	{ "in its place", "video = A\n",
	    "gid 1\n" FIRST "gid 998 # docker\n" LAST "gid 2\n",
	    "gid 1\n" FIRST "gid 44 # video\n" LAST "gid 2\n", AW_EXIT_OK, "" },
	{ "taken away", "", "gid 1\n" FIRST "gid 44 # video\n" LAST "gid 2\n",
	    "gid 1\ngid 2\n", AW_EXIT_OK, "" },
	{ "a beginning without an end is a comment", "video = A\n",
	    FIRST "gid 5\n", FIRST "gid 5\n" FIRST "gid 44 # video\n" LAST,
	    AW_EXIT_OK, "" },
	{ "two names of one id", "video = A\ntwin = A\n", NULL,
	    FIRST "gid 44 # video\n" LAST, AW_EXIT_OK, "" },
	{ "R18 ids that nobody is given",
	    "zero = A\nours = A\nodd = A\nlast = A\n", "gid 1\n", "gid 1\n",
	    AW_EXIT_OK, "zero: this host has no such group" },
	{ "no such group", "absent = A\n", "gid 1\n", "gid 1\n", AW_EXIT_OK,
	    "absent: this host has no such group" },
	{ "a file that the module refuses", "video = A\n", "gid 0\n", "gid 0\n",
	    AW_EXIT_FAILED, "l: line 1: expected" },
	{ "settings that are refused (R23)", "docker = A\n", "gid 1\n",
	    "gid 1\n", AW_EXIT_FAILED, "c:2: docker: whoever" },
};

static void put(const char *conf, const char *old)
{
	char text[4096];

	assert_int_equal(
	    aw_fmt(text, sizeof(text), "[local_groups]\n%s", conf), 0);
	cli_write("c", text);
	cli_write("g", groups);
	(void)unlink("l");
	if (old)
		cli_write("l", old);
}

static void writes_the_block(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(rows[i].conf, rows[i].old);
		cli_run(writes, NULL, NULL, &result);
		if (result.status != rows[i].status ||
		    !strstr(result.err, rows[i].error))
			fail_msg("%s: %d %s%s", rows[i].name, result.status,
			    result.out, result.err);
		is_file(rows[i].name, rows[i].want);
		/* Again: nothing more to do; and that is what --check says. */
		cli_run(writes, NULL, NULL, &result);
		assert_string_equal(result.out, "");
		is_file(rows[i].name, rows[i].want);
		cli_run(checks, NULL, NULL, &result);
		if ((result.status == AW_EXIT_OK) != !rows[i].error[0])
			fail_msg("%s: check: %d", rows[i].name, result.status);
	}
}

static void checks_without_writing(void **state)
{
	(void)state;
	put("video = A\n", "gid 1\n");
	cli_run(checks, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_non_null(strstr(result.out, "run awssso limits --write"));
	is_file("check", "gid 1\n");
}

/* Whoever else could have written a file is not obeyed. */
static void trusts_no_stranger(void **state)
{
	struct stat st;

	(void)state;
	put("video = A\n", "gid 1\n");
	assert_int_equal(chmod("c", 0666), 0);
	cli_run(writes, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_int_equal(chmod("c", 0600), 0);
	assert_int_equal(chmod("l", 0666), 0);
	cli_run(writes, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	is_file("stranger's", "gid 1\n");
	assert_int_equal(chmod("l", 0600), 0);
	cli_run(writes, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(stat("l", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(stat("l.new", &st), -1);
}

/* The module reads 4 KiB: what is larger is not written. */
static void has_a_size(void **state)
{
	struct aw_limits_text text = { .len = 0 };
	struct aw_diag why = { .text = "" };
	char body[4096];

	(void)state;
	memset(body, '#', sizeof(body));
	body[sizeof(body) - 1] = '\0';
	assert_int_equal(aw_limits_file_put(&text, "x", body, &why), -EFBIG);
	assert_int_equal(text.len, 0);
	assert_int_equal(
	    aw_limits_file_put(&text, "x", "gid 0\n", &why), -EINVAL);
	assert_int_equal(text.len, 0);
	assert_int_equal(aw_limits_file_put(&text, "x", "gid 5\n", &why), 0);
	assert_int_equal(aw_limits_file_put(&text, "y", "gid 6\n", &why), 0);
	assert_int_equal(aw_limits_file_put(&text, "x", "", &why), 0);
	assert_string_equal(text.text, "# begin: y\ngid 6\n# end: y\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_the_block),
		cmocka_unit_test(checks_without_writing),
		cmocka_unit_test(trusts_no_stranger),
		cmocka_unit_test(has_a_size),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
