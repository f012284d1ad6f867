/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People's access tokens that are kept for sudo's live check: in locked
 * memory, under random handles, no longer than asked.  Whoever put one in (a
 * connection of net.sock) is the only one who gets at it.
 */
#ifndef AW_AWSSSO_NETD_TOKEN_H
#define AW_AWSSSO_NETD_TOKEN_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "awssso_netd/secret.h"
#include "common/outcome.h"

#define AW_TOKENS_MAX 4096

struct aw_tokens;

int aw_tokens_new(sd_event *event, struct aw_tokens **ret) AW_MUST_USE;
void aw_tokens_free(struct aw_tokens *tokens);

/*
 * Keep @token (referenced) of @region (borrowed for good: from the settings)
 * for @life_s seconds of CLOCK_BOOTTIME.  Returns 0 with its handle, never 0;
 * -ENOSPC when AW_TOKENS_MAX are kept; or another negative errno.
 */
int aw_tokens_put(struct aw_tokens *tokens, const void *owner,
    struct aw_secret *token, const char *region, uint64_t life_s,
    uint64_t *ret_handle) AW_MUST_USE;

/*
 * Returns 0 with a reference in *@ret and the region, or AW_UNKNOWN: no such
 * handle, somebody else's, or it has ended.
 */
int aw_tokens_get(struct aw_tokens *tokens, const void *owner, uint64_t handle,
    struct aw_secret **ret, const char **ret_region) AW_MUST_USE;

void aw_tokens_drop(
    struct aw_tokens *tokens, const void *owner, uint64_t handle);
/* All of @owner's. */
void aw_tokens_drop_all(struct aw_tokens *tokens, const void *owner);

#endif
