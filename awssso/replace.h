/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is the old one or a whole new one, whoever looks and whenever.
 */
#ifndef AW_AWSSSO_REPLACE_H
#define AW_AWSSSO_REPLACE_H

#include "common/outcome.h"

/* Write the new file to @fd, empty and of mode 0600.  Returns 0 or a negative
 * errno. */
typedef int aw_replace_fn(int fd, void *user);

/*
 * Let @fill write a file beside @path, and give it that name.  The name is not
 * fsynced.  Returns 0, or a negative errno when @path is as it was.
 */
int aw_replace(const char *path, aw_replace_fn *fill, void *user) AW_MUST_USE;

#endif
