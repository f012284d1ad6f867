/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving newcomers of a sweep their Linux names.
 *
 * A name that cannot be used, that this host or another principal has, or
 * that two newcomers want at once, is given to nobody: those principals are
 * skipped, each with a reason that "awssso status --skipped" shows.
 */
#ifndef AW_AWSSSOD_REGISTER_H
#define AW_AWSSSOD_REGISTER_H

#include "awsssod/state.h"
#include "common/conf.h"
#include "common/id.h"

/*
 * Register all present principals that have no name yet, by
 * the rules of @conf; mark those registered whose name or id this host has of
 * its own by now.  local_names and local_ids are filled.  Part of the
 * caller's transaction.  *@changes grows by what changed.
 * Returns 0 or a negative errno.
 */
int aw_register_newcomers(struct aw_state *state, const struct aw_conf *conf,
    aw_sha256_fn *sha256, int64_t *changes) AW_MUST_USE;

/* The rules that names are made by: of @conf, with the domain that "auto" has
 * found.  Returns 0 or a negative errno. */
int aw_register_rules(struct aw_state *state, const struct aw_conf *conf,
    struct aw_name_rules *ret) AW_MUST_USE;

/* The home of @name by the setting, where "%u" stands for the name.  0, or
 * -EINVAL when that is no usable path. */
int aw_register_home(const struct aw_conf *conf, const char *name, char *buf,
    size_t size) AW_MUST_USE;

#endif
