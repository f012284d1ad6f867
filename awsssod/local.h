/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts that this host has of its own: names and ids of /etc/passwd
 * and /etc/group, read directly and never through NSS (which would ask us).
 * They always win: what they hold is never given to the directory (R13, R17).
 */
#ifndef AW_AWSSSOD_LOCAL_H
#define AW_AWSSSOD_LOCAL_H

#include "awsssod/state.h"

/*
 * Fill the tables local_names and local_ids of @state with what @passwd and
 * @group hold; a missing file holds nothing.  Lines that make no sense are
 * skipped, as libc does.  Returns 0 or a negative errno.
 */
int aw_local_read(
    struct aw_state *state, const char *passwd, const char *group) AW_MUST_USE;

#endif
