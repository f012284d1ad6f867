/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a sweep loses more than a directory loses in a day (R24): more than
 * max(10 %, 5) of what there was, each kind counted by itself.  Such a
 * sweep is held until an administrator says that the loss is meant; what was
 * said then is that the loss that was shown is meant, and no other.
 */
#ifndef AW_AWSSSOD_SHRINK_H
#define AW_AWSSSOD_SHRINK_H

#include <stdbool.h>
#include <stdint.h>

#include "awsssod/state.h"

enum aw_shrink_of {
	AW_SHRINK_USERS,
	AW_SHRINK_GROUPS,
	AW_SHRINK_MEMBERS,
	AW_SHRINK_SETS,
	AW_SHRINK_GRANTS,
	AW_SHRINK_COUNT_,
};

/* What there was, and what of it a sweep lacks. */
struct aw_shrink {
	int64_t had[AW_SHRINK_COUNT_], lost[AW_SHRINK_COUNT_];
};

/* A loss of @lost out of @had is more than a directory loses in a day. */
bool aw_shrink_is_large(int64_t had, int64_t lost);

/*
 * Judge @shrink, and remember it where it is held: that is then what was shown.
 * @accepted: an administrator said that it is meant; of each kind as much as
 * was shown is taken then.  @ret_text says what is lost, or is "" when nothing
 * is held.  In the transaction of the sweep.  Returns 0 or a negative errno.
 */
int aw_shrink_judge(struct aw_state *state, const struct aw_shrink *shrink,
    bool accepted, char *ret_text, size_t size) AW_MUST_USE;

#endif
