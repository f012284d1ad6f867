/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ownership that is visible where a thing is born: a variable declared with
 * aw_own_fd, aw_own_dir or aw_own_free is released on every way out of its
 * block, and aw_take_fd / aw_take_ptr are the only way to keep it.
 */
#ifndef AW_COMMON_OWN_H
#define AW_COMMON_OWN_H

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static inline void aw_own_fd_done(int *fd)
{
	const int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

static inline void aw_own_dir_done(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
	*dir = NULL;
}

static inline void aw_own_free_done(void *pp)
{
	void **p = pp;

	free(*p);
	*p = NULL;
}

static inline int aw_take_fd(int *fd)
{
	const int taken = *fd;

	*fd = -1;
	return taken;
}

/* Runs @done(&variable) when the block is left; @done must accept an empty
 * (zeroed or NULL) variable. */
#define aw_own(done) __attribute__((cleanup(done)))
#define aw_own_fd    aw_own(aw_own_fd_done)
#define aw_own_dir   aw_own(aw_own_dir_done)
#define aw_own_free  aw_own(aw_own_free_done)

/* The pointer's value; the variable is left NULL, so nothing releases it. */
#define aw_take_ptr(p)                         \
	({                                     \
		__typeof__(p) aw_taken_ = (p); \
		(p) = NULL;                    \
		aw_taken_;                     \
	})

#endif
