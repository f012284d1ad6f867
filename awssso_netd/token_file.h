/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a token that the platform puts into a file and replaces there: an
 * OpenID Connect token, or the one for container credentials.
 */
#ifndef AW_AWSSSO_NETD_TOKEN_FILE_H
#define AW_AWSSSO_NETD_TOKEN_FILE_H

#include "awssso_netd/secret.h"
#include "common/text.h"

#define AW_TOKEN_FILE_MAX 20000 /* what STS takes */

/*
 * The text in the file at @path, without blanks and line ends around it.
 * Kubernetes puts such files there as symbolic links that others may read, so
 * neither is refused; a file that anybody may write is.  Returns 0 with *@ret
 * to be unreffed, or a negative errno with @why: -EINVAL when it is empty or
 * holds anything but printable ASCII.
 */
int aw_token_file_read(
    const char *path, struct aw_secret **ret, struct aw_diag *why) AW_MUST_USE;

/* @text may be the value of a header field: not empty, no blank, no control
 * character. */
bool aw_token_is_clean(const char *text);

#endif
