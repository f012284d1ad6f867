/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Write beside, then rename.
 */
#include "awssso/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/own.h"
#include "common/text.h"

int aw_replace(const char *path, aw_replace_fn *fill, void *user)
{
	aw_own_fd int fd = -1;
	char temp[4096];
	int r;

	if (aw_fmt(temp, sizeof(temp), "%s.XXXXXX", path) < 0)
		return -ENAMETOOLONG;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = fill(fd, user);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(temp);
	return r;
}
