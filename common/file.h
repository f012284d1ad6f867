/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a small file that others might have planted; writing all there is
 * to write.
 */
#ifndef AW_COMMON_FILE_H
#define AW_COMMON_FILE_H

#include <stddef.h>
#include <sys/types.h>

#include "common/outcome.h"

/*
 * Read the whole file at @path into @buf and terminate it with a NUL.
 *
 * Only a regular file that @owner owns and nobody else may write is read, so
 * that a FIFO cannot hang us and a stranger cannot instruct us.  @owner of
 * (uid_t)-1 accepts any owner (files named on a person's own command line).
 *
 * Returns 0; AW_ABSENT when there is no such file; or a negative errno, among
 * them -EPERM (not to be trusted) and -EFBIG (more than @size - 1 bytes).
 * @ret_len is the length without the NUL.  Allocates nothing.
 */
int aw_file_read(const char *path, uid_t owner, char *buf, size_t size,
    size_t *ret_len) AW_MUST_USE;

/* Write all @len bytes at @data to @fd, however many calls it takes.  Returns
 * 0 or a negative errno, when some may have been written. */
int aw_file_write(int fd, const void *data, size_t len) AW_MUST_USE;

#endif
