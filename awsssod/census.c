/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting rows.
 */
#include "awsssod/census.h"

#include "awsssod/sets.h"
#include "common/proto.h"

static int present(struct aw_state *state, enum aw_kind kind, int64_t *n)
{
	return aw_state_number(
	    state, AW_Q_COUNT_PRESENT, n, "i", (int64_t)kind);
}

int aw_census_take(struct aw_census *census, struct aw_state *state)
{
	const enum aw_query holds =
	    aw_sets_are_known(state) ? AW_Q_COUNT_GRANTS : AW_Q_COUNT_LEARNED;
	struct aw_census new = { .counted = true };
	int r;

	r = aw_state_get_num(state, "generation", &new.generation);
	if (r < 0)
		return r;
	if (census->counted && census->generation == new.generation)
		return 0;
	if ((r = present(state, AW_KIND_USER, &new.users)) != 0 ||
	    (r = present(state, AW_KIND_GROUP, &new.groups)) != 0 ||
	    (r = present(state, AW_KIND_SET, &new.sets)) != 0 ||
	    (r = aw_state_number(
		 state, AW_Q_COUNT_SKIPPED, &new.skipped, "")) != 0 ||
	    (r = aw_state_number(state, holds, &new.holds, "")) != 0)
		return r;
	*census = new;
	return 0;
}
