/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When state.db is lost: the ledger, back from the last snapshot, so that
 * nobody's id changes and no id is given twice.
 */
#ifndef AW_AWSSSOD_REBUILD_H
#define AW_AWSSSOD_REBUILD_H

#include "awsssod/state.h"
#include "common/conf.h"

/*
 * Fill the fresh database @state from the snapshot in @public_dir, all or
 * nothing.  Returns 0 with @ret_n principals restored; AW_ABSENT when there
 * is no snapshot; or a negative errno.
 */
int aw_rebuild(struct aw_state *state, const struct aw_conf *conf,
    const char *public_dir, unsigned *ret_n) AW_MUST_USE;

#endif
