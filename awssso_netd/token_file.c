/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens in files.
 */
#include "awssso_netd/token_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/own.h"

#define BLANKS " \t\r\n"

bool aw_token_is_clean(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return *text != '\0';
}

/* All of it, with a NUL at its end.  0 or a negative errno. */
static int read_all(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		const ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0) {
			buf[len] = '\0';
			return strlen(buf) == len ? 0 : -EINVAL;
		}
		len += (size_t)n;
	}
	return -EFBIG;
}

/* 0 with the text in @buf, or a negative errno. */
static int read_file(const char *path, char *buf, size_t size)
{
	aw_own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (st.st_mode & S_IWOTH))
		return -EPERM;
	return read_all(fd, buf, size);
}

/* A copy of the token in @text, which is cut to it. */
static int take(char *text, struct aw_secret **ret)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len > 0 && strchr(BLANKS, text[len - 1]))
		text[--len] = '\0';
	return aw_token_is_clean(text) ? aw_secret_new(text, ret) : -EINVAL;
}

int aw_token_file_read(
    const char *path, struct aw_secret **ret, struct aw_diag *why)
{
	const size_t size = AW_TOKEN_FILE_MAX + 3; /* a line end, and a NUL */
	aw_own_free char *text = malloc(size);
	int r;

	if (!text)
		return -ENOMEM;
	r = read_file(path, text, size);
	if (r == 0)
		r = take(text, ret);
	explicit_bzero(text, size);
	if (r == -EPERM)
		aw_diag_set(
		    why, "%s: not a file, or anybody may write it", path);
	else if (r == -EINVAL)
		aw_diag_set(why, "%s: holds no token", path);
	else if (r < 0)
		aw_diag_set(why, "%s: %s", path, strerrordesc_np(-r));
	return r;
}
