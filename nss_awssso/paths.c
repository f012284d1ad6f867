/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real places; none can be changed from outside.
 */
#include "nss_awssso/paths.h"

#include "common/paths.h"

struct aw_dir aw_nss_dir = AW_DIR_INIT(AW_PATH_SNAPSHOT, AW_PATH_LIMITS, 0);
const char *const aw_nss_passwd = "/etc/passwd";
