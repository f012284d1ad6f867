/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A publisher's snapshot, record by record, into the staging tables; with the
 * names, ids and homes that it gave out in a table of their own.
 */
#ifndef AW_AWSSSOD_PUBLISHED_STAGE_H
#define AW_AWSSSOD_PUBLISHED_STAGE_H

#include "awsssod/staging.h"
#include "common/buf.h"
#include "common/conf.h"
#include "common/snapshot.h"

struct aw_published_stage {
	struct aw_state *state;
	const struct aw_conf *conf;
	struct aw_staging *staging;
	const struct aw_snap *snap;
	enum {
		AW_PUBLISHED_USERS,
		AW_PUBLISHED_GROUPS,
		AW_PUBLISHED_TOMBS,
		AW_PUBLISHED_NOTES,
	} part;
	uint64_t cursor;
	/* the group whose members are under way: */
	char group[AW_PRINCIPAL_SIZE];
	const char *member;
	uint32_t left;
	struct aw_buf page;
};

/* Take the next few records.  0 (there are more), AW_END, AW_DENIED with
 * @diag, or a negative errno. */
int aw_published_stage(
    struct aw_published_stage *stage, struct aw_diag *diag) AW_MUST_USE;

/*
 * Whoever is known here and disabled there is disabled now, before anything can
 * hold the rest: a generation of its own, and part of the caller's transaction.
 * *@changes grows by each.  Returns 0 or a negative errno.
 */
int aw_published_disable(
    struct aw_state *state, const char *store, int64_t *changes) AW_MUST_USE;

/* Whether a name or an id of the publisher's is somebody else's on this host:
 * AW_DENIED with @diag.  0: it is not; or a negative errno. */
int aw_published_conflicts(struct aw_state *state, const char *store,
    struct aw_diag *diag) AW_MUST_USE;

/*
 * Who has another name and home with the publisher by now, and the same id, has
 * them here.  Part of the caller's transaction, before the next one.
 * *@changes grows by each.  Returns 0 or a negative errno.
 */
int aw_published_rename(
    struct aw_state *state, const char *store, int64_t *changes) AW_MUST_USE;

/*
 * Give those who are there and have none the publisher's names, ids and homes,
 * and reserve all others that it ever gave out; but those that somebody gave up
 * there and another one has here are only told of.  Part of the caller's
 * transaction, instead of aw_register_newcomers().  Returns 0 or a negative
 * errno (-EEXIST: see aw_published_conflicts()).
 */
int aw_published_register(
    struct aw_state *state, const char *store, int64_t *changes) AW_MUST_USE;

#endif
