/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linux names and ids for a whole fixture at once, by the same rules by which
 * awsssod gives them to newcomers.
 */
#ifndef AW_AWSSSO_ASSIGN_H
#define AW_AWSSSO_ASSIGN_H

#include "awssso/fixture.h"
#include "common/id.h"
#include "common/outcome.h"

/* Somebody who gets no account, and why. */
typedef void aw_skip_fn(const struct aw_principal *principal, const char *why);

/*
 * The domain that most users of @fixture have (the first by alphabet of
 * several), or "" when most have none.  @ret has 128 bytes.
 */
int aw_assign_domain(const struct aw_fixture *fixture, char *ret) AW_MUST_USE;

/*
 * Fill in name and posix_id of each user and group; a name that two want
 * belongs to nobody.  @skip is called for each that stays without.  Returns 0
 * or a negative errno.
 */
int aw_assign(struct aw_fixture *fixture, aw_sha256_fn *sha256,
    aw_skip_fn *skip) AW_MUST_USE;

#endif
