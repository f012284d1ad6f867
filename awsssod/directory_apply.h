/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making a complete sweep the directory: one transaction, one generation.
 *
 * Absence of data never deletes by itself (R24): a sweep that would lose too
 * much (awsssod/shrink.h) is held. What a held sweep adds or changes counts at
 * once; what it lacks stays, but a person whom it lacks is marked missing.  Of
 * a published directory that is held as a whole, because its names or ids are
 * not those of this host, only this counts at once: who is disabled.
 */
#ifndef AW_AWSSSOD_DIRECTORY_APPLY_H
#define AW_AWSSSOD_DIRECTORY_APPLY_H

#include <time.h>

#include "awsssod/arrive.h"
#include "awsssod/local.h"
#include "awsssod/sets.h"
#include "awsssod/state.h"
#include "common/conf.h"
#include "common/id.h"

struct aw_apply {
	const struct aw_conf *conf;
	const struct aw_local_files *local; /* the local accounts' */
	aw_sha256_fn *sha256;
	time_t now;
	bool accept_loss; /* the loss that was shown is meant */
	bool published;   /* names and ids are those of a publisher */
	bool sets_known;  /* the staged sets and grants are all there are */
	bool sets_later;  /* an outage: nothing is known of them */
};

struct aw_applied {
	bool changed; /* there is a new generation */
	bool held;
	int64_t lost_users, lost_groups, lost_members, lost_sets;
	int64_t dropped_grants; /* they can no longer be read */
	char text[256];         /* why it is held */
};

/* A sweep that is being applied. */
struct aw_applying {
	struct aw_state *state;
	const struct aw_apply *apply;
	const char *store;
	int64_t usr, grp; /* the known membership that was compared last */
	bool compared;    /* all of them were */
	bool disabled;    /* a publisher's disabled people are */
	struct aw_arriving arriving;
	bool arrived; /* whoever is new has a name, or a reason */
	int64_t changes, n_disabled;
	int64_t had_users, had_groups, had_members;
	int64_t members; /* that there are afterwards */
	struct aw_sets sets;
	struct aw_applied out;
};

/* Begin to apply what is staged.  @apply and what it points at stay borrowed
 * until the last step; @job does not move. */
void aw_apply_begin(struct aw_applying *job, struct aw_state *state,
    const struct aw_apply *apply);

/*
 * Do a part of it, which takes some milliseconds, and the last one as long as
 * there is to change among those who are there: only then anybody comes, goes
 * or changes.  Returns AW_PENDING: call again; 0 with @ret; AW_DENIED with
 * @diag when the sweep contradicts itself or what is known; or a negative
 * errno.  Unless 0 is returned the directory is what it was, but for those whom
 * a publisher has disabled: @job->n_disabled of them are since this began.
 */
int aw_apply_step(struct aw_applying *job, struct aw_applied *ret,
    struct aw_diag *diag) AW_MUST_USE;

/* All of it at once. */
int aw_apply_sweep(struct aw_state *state, const struct aw_apply *apply,
    struct aw_applied *ret, struct aw_diag *diag) AW_MUST_USE;

#endif
