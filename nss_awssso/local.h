/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a name belongs to a local account.
 */
#ifndef AW_NSS_AWSSSO_LOCAL_H
#define AW_NSS_AWSSSO_LOCAL_H

#include <stddef.h>

#include "common/outcome.h"

/*
 * @name of @len bytes has a line in the passwd file at @path.  Returns 0 (it
 * has), AW_UNKNOWN (it has not; also without the file), or a negative errno.
 * Allocates nothing, changes no errno.
 */
int aw_nss_is_local(const char *path, const char *name, size_t len) AW_MUST_USE;

#endif
