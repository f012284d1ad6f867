/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Today's verdicts by outcome, for "awssso status".  Anybody may ask for them
 * as often as they like: they are counted in state.db once a day and kept up
 * to date after that.
 */
#ifndef AW_AWSSSOD_TODAY_H
#define AW_AWSSSOD_TODAY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "awsssod/state.h"
#include "common/proto.h"

struct aw_today {
	bool counted;
	time_t from, until; /* the day, by local time */
	uint64_t n[AW_VERDICT_MAX_];
};

/* An event with that verdict has been put into state.db. */
void aw_today_note(struct aw_today *today, uint64_t verdict);

/* Bring @today to the day of @now.  What cannot be counted is as it was. */
void aw_today_count(struct aw_today *today, struct aw_state *state, time_t now);

#endif
