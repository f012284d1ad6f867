/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client registrations at SSO-OIDC, in memory only.  One per region, start URL
 * and client name, because the client name is the only text of ours that the
 * page shows on which a person approves; the 256 used last are kept.
 */
#ifndef AW_AWSSSO_NETD_REGISTRATION_H
#define AW_AWSSSO_NETD_REGISTRATION_H

#include <stdint.h>

#include "awssso_netd/secret.h"
#include "common/outcome.h"

#define AW_REGISTRATIONS_MAX 256

struct aw_registrations;

int aw_registrations_new(struct aw_registrations **ret) AW_MUST_USE;
void aw_registrations_free(struct aw_registrations *registrations);

/*
 * The registration for the key, unless it ends within 15 minutes of @now
 * (epoch seconds).  Returns 0 with references in @ret_id and @ret_secret, or
 * AW_ABSENT.
 */
int aw_registrations_get(struct aw_registrations *registrations,
    const char *region, const char *start_url, const char *client_name,
    int64_t now, struct aw_secret **ret_id,
    struct aw_secret **ret_secret) AW_MUST_USE;

/* Remember (or replace) one; @id and @secret are referenced.  When there is no
 * memory for it, it is not remembered. */
void aw_registrations_put(struct aw_registrations *registrations,
    const char *region, const char *start_url, const char *client_name,
    int64_t expires, struct aw_secret *id, struct aw_secret *secret);

/* Forget it: the service does not know it any more. */
void aw_registrations_drop(struct aw_registrations *registrations,
    const char *region, const char *start_url, const char *client_name);

#endif
