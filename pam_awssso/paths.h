/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places that the module looks at, in an object of their own: tests link
 * all the others with places of theirs.
 */
#ifndef AW_PAM_AWSSSO_PATHS_H
#define AW_PAM_AWSSSO_PATHS_H

#include "common/directory.h"

struct aw_pam_paths {
	const char *auth_sock;
	const char *passwd;     /* the local accounts */
	const char *session_id; /* the kernel's number of the login session */
	struct aw_dir *directory;
};
extern const struct aw_pam_paths aw_pam_paths;

#endif
