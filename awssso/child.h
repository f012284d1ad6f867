/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs of the host that a command runs: without a shell, with a small
 * environment, and not for ever.
 */
#ifndef AW_AWSSSO_CHILD_H
#define AW_AWSSSO_CHILD_H

#include "common/buf.h"

/*
 * Run @argv, of which the first is a path and NULL ends it, for @seconds at
 * the most; what it prints goes to @out, or where ours does when that is NULL.
 * Its standard input is empty, and it runs in the root directory: paths are
 * absolute.
 *
 * Returns its exit status; 128 and the signal that ended it; -ETIMEDOUT when it
 * had to be killed; or another negative errno, -ENOENT among them.
 */
int aw_child_run(
    const char *const argv[], unsigned seconds, struct aw_buf *out) AW_MUST_USE;

/* Where awssso-netd is, as installed beside us or as built.  0 or -ENOENT. */
int aw_child_netd(char *path, size_t size) AW_MUST_USE;

#endif
