/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places that the module looks at, in an object of their own: tests link
 * all the others with places of theirs.
 */
#ifndef AW_NSS_AWSSSO_PATHS_H
#define AW_NSS_AWSSSO_PATHS_H

#include "common/directory.h"

extern struct aw_dir aw_nss_dir;
extern const char *const aw_nss_passwd; /* the local accounts */

#endif
