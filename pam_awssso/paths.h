/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The places that the module looks at and how long it waits, in an object of
 * their own: tests link all the others with values of theirs.
 */
#ifndef AW_PAM_AWSSSO_PATHS_H
#define AW_PAM_AWSSSO_PATHS_H

#include "common/directory.h"

struct aw_pam_paths {
	const char *auth_sock;
	const char *passwd;     /* the local accounts */
	const char *session_id; /* the kernel's number of the login session */
	struct aw_dir *directory;
	unsigned connect_ms;
	unsigned answer_ms; /* awsssod's first answer */
	unsigned enter_ms;  /* for the verdict, before Enter is asked again */
	unsigned grace_ms;  /* for awsssod to say that the code has expired */
};
extern const struct aw_pam_paths aw_pam_paths;

#endif
