/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many of everything the directory has, for "awssso status".
 *
 * Anybody on the host may ask, and as often as they like, while a large
 * directory takes a while to count: it is counted once for each generation,
 * when somebody asks first.  Whatever changes a count makes a new generation.
 */
#ifndef AW_AWSSSOD_CENSUS_H
#define AW_AWSSSOD_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "awsssod/state.h"

struct aw_census {
	bool counted;
	int64_t generation; /* that was counted */
	int64_t users, groups, sets, skipped;
	int64_t holds; /* assignments, or the sets that people were seen with */
};

/* Count again if need be.  Returns 0; or a negative errno, and then @census
 * is as it was and counted again the next time. */
int aw_census_take(
    struct aw_census *census, struct aw_state *state) AW_MUST_USE;

#endif
