/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permission sets: principals of kind 3, whose id is "ps:" and the set's name,
 * which never changes within an instance.
 *
 * Who holds them comes from a sweep, where the host may read SSO admin
 * (table grants); else from what people were seen to hold at their sign-ins
 * (table learned, awsssod/learned.h).  Never from both: what may no longer be
 * read is dropped at once, for nobody would ever take it back.  An outage is
 * not that: it changes nobody, as long as what was read is young enough.
 */
#ifndef AW_AWSSSOD_SETS_H
#define AW_AWSSSOD_SETS_H

#include "awsssod/access.h"
#include "awsssod/state.h"
#include "common/conf.h"
#include "common/wire.h"

/* @principal could be a set's: no user's or group's may be. */
bool aw_sets_is_principal(const char *principal);

/* Whether @name, by its shape, is that of a permission set's group and nothing
 * else (permission_set_group), be there such a set or not. */
bool aw_sets_are_called(const struct aw_conf *conf, const char *name);

/* Empty the staging tables.  Returns 0 or a negative errno. */
int aw_sets_clear(struct aw_state *state) AW_MUST_USE;

/* Stage a SET_REC or GRANT_REC.  Returns 0; AW_DENIED with @diag when it makes
 * no sense; or a negative errno. */
int aw_sets_stage(struct aw_state *state, const struct aw_wire_in *in,
    struct aw_diag *diag) AW_MUST_USE;

/* The part that sets have in applying a sweep, in its transaction. */
struct aw_sets {
	struct aw_state *state;
	const char *store;
	bool known;       /* what is staged is all there is */
	bool later;       /* they were not to be had: what is known stays */
	bool off;         /* this host wants no groups of sets */
	int64_t now;      /* seconds since the epoch */
	uint64_t max_age; /* seconds that known grants outlive an outage */
	int64_t *changes; /* what is changed is counted here */
	int64_t had, lost, had_grants, lost_grants;
	int64_t dropped; /* grants that can no longer be read */
};

/*
 * The steps, in this order: count what there was; add what is new, when all
 * users and groups are there; count what would be lost; lose it unless @held.
 * Each returns 0 or a negative errno; _before also AW_DENIED with @diag when
 * what is staged contradicts what is known.
 */
int aw_sets_before(struct aw_sets *sets, struct aw_diag *diag) AW_MUST_USE;
int aw_sets_add(struct aw_sets *sets) AW_MUST_USE;
int aw_sets_count_lost(struct aw_sets *sets) AW_MUST_USE;
int aw_sets_lose(struct aw_sets *sets, bool held) AW_MUST_USE;

/* The last sweep could read who holds what. */
bool aw_sets_are_known(struct aw_state *state);

/*
 * Mark the lines of the policy about sets that a sweep's grants give the person
 * @n.  Others stay unknown, since a grant that is newer than the sweep is not
 * in it; but one that denies does not fit.  Returns 0 or a negative errno.
 */
int aw_sets_access(struct aw_state *state, const struct aw_conf *conf,
    int64_t n, struct aw_access_facts *facts) AW_MUST_USE;

#endif
