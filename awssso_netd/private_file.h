/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a file that holds a secret: believed only when nobody but its owner
 * (root or ourselves), and the group that root lent it to, can read it.
 */
#ifndef AW_AWSSSO_NETD_PRIVATE_FILE_H
#define AW_AWSSSO_NETD_PRIVATE_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "common/outcome.h"
#include "common/text.h"

/*
 * Read all of the file at @path, of fewer than @size bytes, into @buf and end
 * it with a NUL; the caller wipes @buf in any case.  @self and @group are who
 * we are.  Returns 0 with *@ret_len, or a negative errno with @diag: -EPERM
 * when others could read the file.
 */
int aw_private_read(const char *path, uid_t self, gid_t group, char *buf,
    size_t size, size_t *ret_len, struct aw_diag *diag) AW_MUST_USE;

#endif
