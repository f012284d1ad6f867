/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a written snapshot the one that readers find, and giving the old
 * one's room back.  At any moment a whole snapshot has the name.
 */
#include "common/snapshot_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot_format.h"

/* @fd is a file that a writer made. */
static bool is_snapshot(int fd)
{
	char magic[sizeof(AW_SNAP_MAGIC) - 1];
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_size >= (off_t)AW_SNAP_BODY &&
	       pread(fd, magic, sizeof(magic), 0) == (ssize_t)sizeof(magic) &&
	       memcmp(magic, AW_SNAP_MAGIC, sizeof(magic)) == 0;
}

static int mark_superseded(int fd)
{
	const uint32_t word = htole32(1);
	const ssize_t n = pwrite(fd, &word, sizeof(word), AW_SNAP_SUPERSEDED);

	if (n < 0)
		return -errno;
	return n == (ssize_t)sizeof(word) ? 0 : -EIO;
}

int aw_snapw_publish(int dir_fd, const char *temp, int *ret_old)
{
	/* Opened before the rename: afterwards it has no name any more. */
	aw_own_fd int old = openat(dir_fd, AW_SNAPSHOT_NAME,
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	int r;

	if (old < 0 && errno != ENOENT && errno != ELOOP && errno != EISDIR)
		return -errno;
	if (old >= 0 && !is_snapshot(old))
		aw_own_fd_done(&old);
	if (renameat(dir_fd, temp, dir_fd, AW_SNAPSHOT_NAME) < 0)
		return -errno;
	if (fsync(dir_fd) < 0)
		return -errno;
	if (old >= 0) {
		r = mark_superseded(old);
		if (r < 0)
			return r;
	}
	if (ret_old)
		*ret_old = aw_take_fd(&old);
	return 0;
}

int aw_snapw_punch(int old_fd)
{
	uint32_t word = 0;
	struct stat st;

	/* Readers believe a body until the word is set. */
	if (!is_snapshot(old_fd) ||
	    pread(old_fd, &word, sizeof(word), AW_SNAP_SUPERSEDED) !=
		(ssize_t)sizeof(word) ||
	    word == 0)
		return -EINVAL;
	if (fstat(old_fd, &st) < 0)
		return -errno;
	if (st.st_size == (off_t)AW_SNAP_BODY)
		return 0;
	/* To behind the end, or the last block would stay. */
	return fallocate(old_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		   AW_SNAP_BODY, st.st_size) < 0
		   ? -errno
		   : 0;
}
