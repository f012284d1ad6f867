/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Beside the wall clock's time of reading stands the kernel's own.  That one
 * begins anew with the kernel, and still never makes anything older than it
 * is: what was read before this start is at least as old as the start.
 *
 * Where the wall clock cannot say, because it stands before the reading, the
 * kernel's does alone if this very process noted the reading by it.
 */
#include "awsssod/age.h"

#include <time.h>

void aw_clocks_read(struct aw_clocks *ret)
{
	struct timespec boot = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	ret->wall_s = time(NULL);
	ret->boot_s = boot.tv_sec;
}

int aw_age_set(
    struct aw_state *state, int64_t read_at, const struct aw_clocks *now)
{
	/* What a publisher read earlier is that much older. */
	const int64_t age = read_at < now->wall_s ? now->wall_s - read_at : 0;
	int r;

	r = aw_state_set_num(state, "read_at", read_at);
	if (r == 0)
		r = aw_state_set_num(state, "read_boot_s", now->boot_s - age);
	/* Of what is not past yet the kernel's clock knows nothing. */
	state->own_read_at = r == 0 && read_at <= now->wall_s ? read_at : 0;
	state->own_read_boot_s = now->boot_s - age;
	return r;
}

/* How old what was read at @read_s is at least, by the kernel's own clock. */
static uint64_t by_boot(int64_t read_s, const struct aw_clocks *now)
{
	if (read_s > now->boot_s)
		return (uint64_t)now->boot_s;
	return (uint64_t)(now->boot_s - read_s);
}

/* A transaction that was undone leaves another reading than the noted one. */
static bool is_own(
    const struct aw_state *state, int64_t read_at, int64_t boot_s)
{
	return read_at != 0 && state->own_read_at == read_at &&
	       state->own_read_boot_s == boot_s;
}

uint64_t aw_age_get(struct aw_state *state, const struct aw_clocks *now)
{
	int64_t read_at, read_boot_s;
	uint64_t wall, boot;

	if (aw_state_get_num(state, "read_at", &read_at) != 0)
		return AW_AGE_NEVER;
	if (aw_state_get_num(state, "read_boot_s", &read_boot_s) != 0)
		read_boot_s = now->boot_s;
	boot = by_boot(read_boot_s, now);
	if (read_at > now->wall_s)
		return is_own(state, read_at, read_boot_s) ? boot
							   : AW_AGE_NOT_YET;
	wall = (uint64_t)(now->wall_s - read_at);
	return boot > wall ? boot : wall;
}
