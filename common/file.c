/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole reads and whole writes.
 */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "common/own.h"

static int read_all(int fd, char *buf, size_t size, size_t *ret_len)
{
	size_t len = 0;

	for (;;) {
		const ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		len += (size_t)n;
		if (len == size)
			return -EFBIG;
	}
	buf[len] = '\0';
	*ret_len = len;
	return 0;
}

int aw_file_read(
    const char *path, uid_t owner, char *buf, size_t size, size_t *ret_len)
{
	aw_own_fd int fd = -1;
	struct stat st;

	/* O_NONBLOCK: a FIFO left here must fail, not hang every login. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return errno == ENOENT ? AW_ABSENT : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EPERM;
	if (owner != (uid_t)-1 &&
	    (st.st_uid != owner || (st.st_mode & (S_IWGRP | S_IWOTH))))
		return -EPERM;
	if (size == 0 || st.st_size >= (off_t)size)
		return -EFBIG;
	return read_all(fd, buf, size, ret_len);
}

int aw_file_write(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len > 0) {
		const ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}
