/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing root's /etc/awssso/nss.limits: what a command put there stands in
 * a block of its own between two comments; every other line is somebody's and
 * stays as it is.  The file is replaced as a whole, or not at all.
 */
#ifndef AW_AWSSSO_LIMITS_FILE_H
#define AW_AWSSSO_LIMITS_FILE_H

#include <stddef.h>

#include "common/limits.h"
#include "common/outcome.h"

struct aw_limits_text {
	size_t len;
	char text[AW_LIMITS_FILE_MAX + 1];
};

/*
 * Read the file at @path, which must be the caller's own; one that is not there
 * is empty.  Returns 0, or a negative errno with @diag: also -EINVAL when the
 * NSS module would not take it.
 */
int aw_limits_file_read(const char *path, struct aw_limits_text *ret,
    struct aw_diag *diag) AW_MUST_USE;

/*
 * Put the lines @body into the block @name of @text: in its place, or at the
 * end.  An empty @body takes the block away.  Returns 0; or -EFBIG or -EINVAL
 * (the whole would not be a good file) with @diag, @text is untouched then.
 */
int aw_limits_file_put(struct aw_limits_text *text, const char *name,
    const char *body, struct aw_diag *diag) AW_MUST_USE;

/*
 * Add the line @line (without its end) to the block @name, unless it is there.
 * Returns as aw_limits_file_put().
 */
int aw_limits_file_add(struct aw_limits_text *text, const char *name,
    const char *line, struct aw_diag *diag) AW_MUST_USE;

/* Replace the file at @path (0644), durably.  Returns 0 or a negative errno. */
int aw_limits_file_write(
    const char *path, const struct aw_limits_text *text) AW_MUST_USE;

#endif
