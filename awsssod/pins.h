/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a group's name in awssso.conf stands for (R4): a DisplayName is not
 * unique and changes hands, so it is looked up once and is that GroupId for as
 * long as a line has it, whatever the group is called later and whoever takes
 * the name.  In state.db, so that a restart does not look again.
 *
 * Permission sets are named by their name, which is theirs alone in an instance
 * and the only thing that the portal tells of them.
 */
#ifndef AW_AWSSSOD_PINS_H
#define AW_AWSSSOD_PINS_H

#include <stdbool.h>

#include "awsssod/state.h"
#include "common/conf.h"

/* Where a name stands, and the column pins.kind. */
enum aw_pin_kind {
	AW_PIN_POLICY = 1, /* [access], [service NAME] */
	AW_PIN_LOCAL = 2,  /* [local_groups] */
};

/*
 * Pin what can be told by now, in [access], [service NAME] and [local_groups],
 * and forget pins that no line has any more.  A line that denies a group which
 * is not there is unread until a sweep has been applied: a state.db made from
 * the snapshot has no groups without a Linux name.  Returns 0; a negative
 * errno; or, when @strict, AW_DENIED with @diag for a name that two groups have
 * and that was never pinned.  Otherwise such a name is logged.
 */
int aw_pins_update(struct aw_state *state, struct aw_conf *conf, bool strict,
    struct aw_diag *diag) AW_MUST_USE;

#endif
