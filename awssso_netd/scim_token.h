/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bearer token of the SCIM source, and whether this host may use it.
 *
 * That token can create, change and delete people, so it belongs on a host
 * that only publishes: where PAM names pam_awssso nothing is read with it
 * unless scim_on_login_host says so.
 */
#ifndef AW_AWSSSO_NETD_SCIM_TOKEN_H
#define AW_AWSSSO_NETD_SCIM_TOKEN_H

#include "awssso_netd/secret.h"
#include "common/conf.h"
#include "common/outcome.h"
#include "common/text.h"

/*
 * The token, from the file scim_token_file, else from the systemd credential
 * scim-token; read anew each time.  Returns 0 with *@ret to be unreffed;
 * AW_DENIED with @diag when there is none to be used here; or -ENOMEM.
 */
int aw_scim_token_read(const struct aw_conf *conf, struct aw_secret **ret,
    struct aw_diag *diag) AW_MUST_USE;

/* Some file of the folder @pam_dir has pam_awssso in a line that counts, or
 * cannot be read.  An absent folder has none. */
bool aw_scim_is_login_host(const char *pam_dir);

#endif
