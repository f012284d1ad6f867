/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of nss_awssso/local.c: a name is found in a passwd file wherever
 * the reads happen to cut it, and a part of a name is none.
 * covers: spine.3, R13, R17
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
#include <unistd.h>

#include "nss_awssso/local.h"
#include "nss_awssso/paths.h"

struct aw_dir aw_nss_dir = AW_DIR_INIT("", "", 0);
const char *const aw_nss_passwd = "";

static char path[] = "/tmp/awssso-test-XXXXXX";

static int make_file(void **state)
{
	const int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

static int look(const char *text, size_t len, const char *name)
{
	const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(close(fd), 0);
	return aw_nss_is_local(path, name, strlen(name));
}

static void finds_whole_names(void **state)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "bob:x:1:1::/:/\n", 0 },
		{ "a:x:1:1::/:/\nbob:x:1:1::/:/\n", 0 },
		{ "bob:", 0 },
		{ "b:b:\nbo:\nbob:", 0 },
		{ "bob", AW_UNKNOWN },
		{ "bob\n", AW_UNKNOWN },
		{ "bobo:x:1:1::/:/\n", AW_UNKNOWN },
		{ "bo:x:1:1::/:/\n", AW_UNKNOWN },
		{ "bbob:x:1:1::/:/\n", AW_UNKNOWN },
		{ " bob:x:1:1::/:/\n", AW_UNKNOWN },
		{ "+bob:x:1:1::/:/\n", AW_UNKNOWN },
		{ "a:bob:1:1:bob:/bob:bob:\n", AW_UNKNOWN },
		{ "Bob:x:1:1::/:/\n", AW_UNKNOWN },
		{ "", AW_UNKNOWN },
		{ "\n\n:\n", AW_UNKNOWN },
		{ "bo\nb:x:1:1::/:/\n", AW_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		errno = 4711;
		if (look(rows[i].text, strlen(rows[i].text), "bob") !=
		    rows[i].want)
			fail_msg("row %zu", i);
		assert_int_equal(errno, 4711);
	}
}

/* The line begins at every offset around the end of a buffer. */
static void finds_cut_names(void **state)
{
	static char text[3 * 4096];

	(void)state;
	for (size_t at = 2000; at < 2100; at++) {
		memset(text, 'x', sizeof(text));
		text[at - 1] = '\n';
		memcpy(text + at, "bob:", 4);
		assert_int_equal(look(text, sizeof(text), "bob"), 0);
		text[at + 3] = 'x';
		assert_int_equal(look(text, sizeof(text), "bob"), AW_UNKNOWN);
	}
}

static void tells_what_cannot_be_read(void **state)
{
	(void)state;
	assert_int_equal(
	    aw_nss_is_local("/nonexistent/passwd", "bob", 3), AW_UNKNOWN);
	assert_int_equal(aw_nss_is_local("/tmp", "bob", 3), -EISDIR);
	assert_int_equal(
	    aw_nss_is_local("/dev/null/passwd", "bob", 3), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_whole_names),
		cmocka_unit_test(finds_cut_names),
		cmocka_unit_test(tells_what_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
