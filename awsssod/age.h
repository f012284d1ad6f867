/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How old the directory is, by two clocks: the older answer counts, so that
 * turning the clock back makes nothing young.  Nor does it make anything of no
 * age that this process has read.
 */
#ifndef AW_AWSSSOD_AGE_H
#define AW_AWSSSOD_AGE_H

#include <stdint.h>

#include "awsssod/state.h"
#include "common/outcome.h"

/* No age: the directory was never read; or it was read in the future, by a
 * clock that was wrong then or is wrong now, and another process or publisher
 * noted when. */
#define AW_AGE_NEVER   UINT64_MAX
#define AW_AGE_NOT_YET (UINT64_MAX - 1)

struct aw_clocks {
	int64_t wall_s;
	int64_t boot_s; /* CLOCK_BOOTTIME: sleep counts, nobody sets it */
};

/* The clocks as they are. */
void aw_clocks_read(struct aw_clocks *ret);

/* The directory was read when the wall clock showed @read_at.  0 or a negative
 * errno. */
int aw_age_set(struct aw_state *state, int64_t read_at,
    const struct aw_clocks *now) AW_MUST_USE;

/* Seconds since then; AW_AGE_NEVER, or AW_AGE_NOT_YET. */
uint64_t aw_age_get(struct aw_state *state, const struct aw_clocks *now);

#endif
