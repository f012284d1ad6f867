/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How each entry point asks the snapshot, and the border to glibc's codes.  No
 * function of the module changes errno: what failed is told through @errnop.
 */
#ifndef AW_NSS_AWSSSO_ASK_H
#define AW_NSS_AWSSSO_ASK_H

#include <errno.h>
#include <nss.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/directory.h"

/* All else is hidden; exports.map says it a second time. */
#pragma GCC visibility push(default)
NSS_DECLARE_MODULE_FUNCTIONS(awssso)
#pragma GCC visibility pop

/*
 * Do @answer(@pin, @query) with the current snapshot, once more whenever that
 * was superseded meanwhile.  Returns what it returned; AW_ABSENT or a negative
 * errno when there is no valid snapshot.
 */
typedef int aw_nss_answer_fn(const struct aw_dir_pin *pin, void *query);
int aw_nss_ask(aw_nss_answer_fn *answer, void *query) AW_MUST_USE;

/*
 * @name can be answered at all: asked before a file is opened, so that root's
 * and the system's names never depend on one.
 */
bool aw_nss_may_name(const char *name, size_t len, bool is_group);
/* Likewise @id. */
bool aw_nss_may_id(uint32_t id, bool is_group);

/*
 * The border: 0, an outcome or a negative errno in glibc's terms.
 *   0                      SUCCESS
 *   AW_UNKNOWN, AW_END     NOTFOUND
 *   AW_ABSENT              UNAVAIL, ENOENT
 *   -ERANGE, -EAGAIN,
 *   -ENOMEM                TRYAGAIN with the same
 *   -EPERM, -EPROTO, -EIO  UNAVAIL, EIO: not a snapshot to be believed
 *   other errno            UNAVAIL with the same
 * @errnop is written with TRYAGAIN and UNAVAIL only.
 */
enum nss_status aw_nss_status_of(int r, int *errnop);

#endif
