/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root's exceptions to the safety rules of the NSS module: the text of
 * /etc/awssso/nss.limits, parsed.  One per line, '#' begins a comment:
 *   gid N        a local group's id that directory users may be given (not 0)
 *   uid N        an adopted id of a person who had a local account (>= 1000)
 *   home PREFIX  homes may lie under PREFIX (absolute, ends in '/')
 */
#ifndef AW_COMMON_LIMITS_H
#define AW_COMMON_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"

#define AW_LIMITS_FILE_MAX 4096
#define AW_LIMITS_MAX      256 /* lines of one kind */

struct aw_limits {
	uint32_t n_uids, n_gids, n_homes;
	uint32_t uid[AW_LIMITS_MAX];
	uint32_t gid[AW_LIMITS_MAX];
	char home[16][128];
};

/* Returns 0, or -EINVAL with @diag naming the line; @ret is then empty: a bad
 * file allows nothing. */
int aw_limits_parse(const char *text, size_t len, struct aw_limits *ret,
    struct aw_diag *diag) AW_MUST_USE;

bool aw_limits_uid(const struct aw_limits *limits, uint32_t uid);
bool aw_limits_gid(const struct aw_limits *limits, uint32_t gid);
bool aw_limits_home(const struct aw_limits *limits, const char *home);

#endif
