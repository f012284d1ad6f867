/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Giving newcomers their Linux names.
 *
 * A name that cannot be used, that this host or another principal has, or
 * that two newcomers want at once, is given to nobody: those principals are
 * skipped, each with a reason that "awssso status --skipped" shows.  Only
 * where a user and groups want one, it is the user's.
 */
#ifndef AW_AWSSSOD_REGISTER_H
#define AW_AWSSSOD_REGISTER_H

#include "awsssod/state.h"
#include "common/conf.h"
#include "common/id.h"

/* Who is named together.  The numbers are also those of principals.present:
 * the first are not there yet. */
enum aw_batch {
	AW_BATCH_ARRIVING, /* with a sweep, see arrive.h */
	AW_BATCH_PRESENT,
};

struct aw_naming {
	struct aw_state *state;
	const struct aw_conf *conf;
	aw_sha256_fn *sha256;
	enum aw_batch batch;
	struct aw_name_rules rules;
};

/* Begin with an empty batch, and the rules of @conf: "auto" is settled now, by
 * those that are known or staged.  Returns 0 or a negative errno. */
int aw_naming_begin(struct aw_naming *ret, struct aw_state *state,
    const struct aw_conf *conf, aw_sha256_fn *sha256,
    enum aw_batch batch) AW_MUST_USE;

/* Add the principal in row @n, and what it should be called.  Returns 0 or a
 * negative errno. */
int aw_naming_want(struct aw_naming *naming, int64_t n, int kind,
    const char *label, const char *principal_id) AW_MUST_USE;

/*
 * Give names, ids and homes to those of the batch whose rows are behind @first
 * and not behind @last.  local_names, local_ids and local_ranges are filled;
 * who competes with them is in the batch.  *@changes grows by what changed.
 * Part of the caller's transaction.  Returns 0 or a negative errno.
 */
int aw_naming_give(struct aw_naming *naming, int64_t first, int64_t last,
    int64_t *changes) AW_MUST_USE;

/*
 * Register all present principals that have no name yet, by
 * the rules of @conf; mark those registered whose name or id this host has of
 * its own by now.  local_names, local_ids and local_ranges are filled.  Part of
 * the caller's transaction.  *@changes grows by what changed.
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
