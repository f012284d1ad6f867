/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets in files.
 */
#include "awssso_netd/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/own.h"

/* Nobody but the owner, and the group that root gave it to, may read it. */
static bool is_private(const struct stat *st, uid_t self, gid_t group)
{
	const bool lent = st->st_uid == 0 && st->st_gid == group;

	if (!S_ISREG(st->st_mode) || (st->st_uid != 0 && st->st_uid != self))
		return false;
	return (st->st_mode & (lent ? S_IRWXO | S_IWGRP | S_IXGRP
				    : S_IRWXO | S_IRWXG)) == 0;
}

static int read_all(int fd, char *buf, size_t size, size_t *ret_len)
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
			*ret_len = len;
			return 0;
		}
		len += (size_t)n;
	}
	return -EFBIG;
}

int aw_private_read(const char *path, uid_t self, gid_t group, char *buf,
    size_t size, size_t *ret_len, struct aw_diag *diag)
{
	aw_own_fd int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0) {
		r = -errno;
		aw_diag_set(diag, "%s: %s", path, strerrordesc_np(-r));
		return r;
	}
	if (!is_private(&st, self, group)) {
		aw_diag_set(diag,
		    "%s: must be a file that only its owner, root or the "
		    "user of awssso-netd, can read (chmod 600)",
		    path);
		return -EPERM;
	}
	r = read_all(fd, buf, size, ret_len);
	if (r < 0)
		aw_diag_set(diag, "%s: %s", path, strerrordesc_np(-r));
	return r;
}
