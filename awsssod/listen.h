/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The listening sockets: systemd's, or our own.
 */
#ifndef AW_AWSSSOD_LISTEN_H
#define AW_AWSSSOD_LISTEN_H

#include "common/outcome.h"
#include "common/text.h"

/*
 * Take the sockets named "auth" and "ctl" that systemd passed; without any,
 * bind auth.sock and ctl.sock in @run_dir.  The caller owns both.  Returns 0
 * or a negative errno with @diag.
 */
int aw_listen(const char *run_dir, int *ret_auth_fd, int *ret_ctl_fd,
    struct aw_diag *diag) AW_MUST_USE;

#endif
