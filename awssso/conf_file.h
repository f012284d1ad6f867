/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading awssso.conf for a command, which tells what is wrong with it.
 */
#ifndef AW_AWSSSO_CONF_FILE_H
#define AW_AWSSSO_CONF_FILE_H

#include <sys/types.h>

#include "common/conf.h"

/* Load @path, which must be @owner's unless that is -1.  Returns 0 with @ret,
 * or AW_DENIED with @why: file, line, what is wrong. */
int aw_conf_file_read(const char *path, uid_t owner, struct aw_conf *ret,
    struct aw_diag *why) AW_MUST_USE;

/* Load @path, which must be @owner's unless that is -1.  Returns AW_EXIT_OK
 * with @ret, or AW_EXIT_FAILED after saying why. */
int aw_conf_file_load(const char *path, uid_t owner, struct aw_conf *ret);

#endif
