/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/file.c: only a file that nobody could have planted is
 * read, and nothing hangs.
 * covers: spine.2, R20
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
#include <sys/wait.h>
#include <unistd.h>

#include "common/file.h"
#include "common/text.h"

static char dir[] = "/tmp/awssso-test-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	return aw_fmt(path, sizeof(path), "%s/file", dir);
}

static int remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void put(const char *text, mode_t mode)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static int get(uid_t owner, size_t size, char *buf, size_t *ret_len)
{
	memset(buf, 'u', 16);
	*ret_len = 4711;
	return aw_file_read(path, owner, buf, size, ret_len);
}

static void reads_what_fits(void **state)
{
	char buf[16];
	size_t len;

	(void)state;
	put("12345", 0600);
	assert_int_equal(get(geteuid(), 6, buf, &len), 0);
	assert_int_equal(len, 5);
	assert_string_equal(buf, "12345");
	assert_int_equal(get(geteuid(), 5, buf, &len), -EFBIG);
	assert_int_equal(len, 4711);
	assert_int_equal(get(geteuid(), 0, buf, &len), -EFBIG);
	put("", 0644);
	assert_int_equal(get((uid_t)-1, 1, buf, &len), 0);
	assert_int_equal(len, 0);
}

static void distrusts(void **state)
{
	char buf[16];
	size_t len;

	(void)state;
	put("x", 0600);
	assert_int_equal(get(geteuid() + 1, 16, buf, &len), -EPERM);
	put("x", 0620);
	assert_int_equal(get(geteuid(), 16, buf, &len), -EPERM);
	assert_int_equal(get((uid_t)-1, 16, buf, &len), 0);
	put("x", 0602);
	assert_int_equal(get(geteuid(), 16, buf, &len), -EPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(get(geteuid(), 16, buf, &len), AW_ABSENT);
}

static void a_fifo_fails_and_does_not_hang(void **state)
{
	char buf[16];
	size_t len;

	(void)state;
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(get(geteuid(), 16, buf, &len), -EPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(get(geteuid(), 16, buf, &len), -EPERM);
	assert_int_equal(rmdir(path), 0);
}

/* A pipe takes a bit at a time: all of it arrives, in order. */
static void writes_all_there_is(void **state)
{
	static char data[300000], got[sizeof(data)];
	size_t len = 0;
	int fds[2];
	pid_t pid;
	ssize_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i % 251);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(aw_file_write(fds[1], data, sizeof(data)) != 0);
	assert_int_equal(close(fds[1]), 0);
	while ((n = read(fds[0], got + len, sizeof(got) - len)) > 0)
		len += (size_t)n;
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(close(fds[0]), 0);
	assert_int_equal(len, sizeof(data));
	assert_memory_equal(got, data, sizeof(data));
	assert_int_equal(aw_file_write(-1, data, 1), -EBADF);
	assert_int_equal(aw_file_write(-1, data, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_fits),
		cmocka_unit_test(distrusts),
		cmocka_unit_test(a_fifo_fails_and_does_not_hang),
		cmocka_unit_test(writes_all_there_is),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
