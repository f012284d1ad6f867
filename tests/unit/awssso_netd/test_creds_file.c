/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/creds_file.c.
 * covers: spine.4, R20
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso_netd/creds.h"

#define ID     "aws_access_key_id = AKIAEXAMPLE\n"
#define SECRET "aws_secret_access_key=canary-s3cret\n"

static void texts(void **state)
{
	static const struct {
		const char *text;
		const char *session;
		const char *says; /* NULL: good */
	} rows[] = {
		{ "[default]\n" ID SECRET, "", NULL },
		{ ID SECRET, "", NULL },
		{ "# c\n; c\n\n [default] \r\n" ID SECRET "region = x\n", "",
		    NULL },
		{ "[other]\naws_access_key_id = no\n[default]\n" ID SECRET, "",
		    NULL },
		{ "[default]\n" ID SECRET "[other]\nnonsense\n", "", NULL },
		{ ID SECRET "aws_session_token = a/b+c==\n", "a/b+c==", NULL },
		{ "", "", "f: aws_access_key_id is missing" },
		{ "[other]\n" ID SECRET, "",
		    "f: aws_access_key_id is missing" },
		{ SECRET, "", "f: aws_access_key_id is missing" },
		{ ID, "", "f: aws_secret_access_key is missing" },
		{ ID SECRET ID, "", "f:3: key given twice" },
		{ ID SECRET "canary-s3cret\n", "", "f:3: not of the form" },
		{ ID "aws_secret_access_key =\n", "", "f:2: not of the form" },
		{ ID "aws_secret_access_key = a\x01\n", "",
		    "f:2: not of the form" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_keys *keys = NULL;
		struct aw_diag why = { .text = "" };
		const int r = aw_creds_parse(
		    rows[i].text, strlen(rows[i].text), "f", &keys, &why);

		if (r != (rows[i].says ? -EINVAL : 0) ||
		    (rows[i].says && !strstr(why.text, rows[i].says)))
			fail_msg("row %zu: %d %s", i, r, why.text);
		assert_null(strstr(why.text, "canary"));
		assert_int_equal(keys != NULL, r == 0);
		if (r == 0) {
			assert_string_equal(keys->id, "AKIAEXAMPLE");
			assert_string_equal(keys->secret, "canary-s3cret");
			assert_string_equal(keys->session, rows[i].session);
			assert_true(keys->expires == INT64_MAX);
		}
		aw_keys_unref(keys);
	}
}

/* A session token is longer than any line that inih would take. */
static void long_session_token(void **state)
{
	static char text[8192] = ID SECRET "aws_session_token = ";
	struct aw_keys *keys = NULL;
	struct aw_diag why = { .text = "" };
	const size_t at = strlen(text);

	(void)state;
	memset(text + at, 'x', 4000);
	assert_int_equal(
	    aw_creds_parse(text, strlen(text), "f", &keys, &why), 0);
	assert_int_equal(strlen(keys->session), 4000);
	aw_keys_unref(keys);
	assert_int_equal(aw_creds_parse("a\0b", 3, "f", &keys, &why), -EINVAL);
}

static char dir[] = "/tmp/aw-creds-XXXXXX";
static char path[64];

static void put_file(mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_true(write(fd, ID SECRET, strlen(ID SECRET)) > 0);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static int read_it(uid_t self, gid_t group)
{
	struct aw_keys *keys = NULL;
	struct aw_diag why = { .text = "" };
	const int r = aw_creds_read_file(path, self, group, &keys, &why);

	aw_keys_unref(keys);
	assert_int_equal(r < 0, why.text[0] != '\0');
	return r;
}

/* Who could read the file besides us could be us. */
static void files(void **state)
{
	static const struct {
		mode_t mode;
		int want;
	} rows[] = {
		{ 0600, 0 },
		{ 0400, 0 },
		{ 0604, -EPERM },
		{ 0602, -EPERM },
		{ 0620, -EPERM },
		{ 0610, -EPERM },
	};
	const uid_t me = geteuid();
	const gid_t nobodys = getegid() + 12345;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_file(rows[i].mode);
		if (read_it(me, nobodys) != rows[i].want)
			fail_msg("mode %o", rows[i].mode);
		(void)unlink(path);
	}
	put_file(0640);
	assert_int_equal(read_it(me, nobodys), -EPERM);
	/* root may lend it to the daemon's group, and nobody else may */
	assert_int_equal(read_it(me, getegid()), me == 0 ? 0 : -EPERM);
	(void)unlink(path);
}

static void no_files(void **state)
{
	(void)state;
	assert_int_equal(read_it(geteuid(), getegid()), -ENOENT);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_it(geteuid(), getegid()), -EPERM);
	(void)unlink(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(read_it(geteuid(), getegid()), -ELOOP);
	(void)unlink(path);
}

static void somebody_elses(void **state)
{
	(void)state;
	put_file(0600);
	assert_int_equal(
	    read_it(geteuid() + 1, getegid()), geteuid() == 0 ? 0 : -EPERM);
	(void)unlink(path);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(dir) ? aw_fmt(path, sizeof(path), "%s/f", dir) : -1;
}

static int teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(long_session_token),
		cmocka_unit_test(files),
		cmocka_unit_test(no_files),
		cmocka_unit_test(somebody_elses),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
