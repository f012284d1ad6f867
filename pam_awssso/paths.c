/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real values; none can be changed from outside.
 */
#include "pam_awssso/paths.h"

#include "common/paths.h"

static struct aw_dir directory =
    AW_DIR_INIT(AW_PATH_SNAPSHOT, AW_PATH_LIMITS, 0);

const struct aw_pam_paths aw_pam_paths = {
	.auth_sock = AW_PATH_AUTH,
	.passwd = "/etc/passwd",
	.session_id = "/proc/self/sessionid",
	.directory = &directory,
	.connect_ms = 1000,
	.answer_ms = 3000,
	.enter_ms = 15000,
	.grace_ms = 3000,
};
