/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guard of the directory.
 */
#include "awsssod/shrink.h"

/* What was shown, in meta. */
static const char *const shown_key[AW_SHRINK_COUNT_] = {
	[AW_SHRINK_USERS] = "shown_users",
	[AW_SHRINK_GROUPS] = "shown_groups",
	[AW_SHRINK_MEMBERS] = "shown_members",
	[AW_SHRINK_SETS] = "shown_sets",
	[AW_SHRINK_GRANTS] = "shown_grants",
};

bool aw_shrink_is_large(int64_t had, int64_t lost)
{
	const int64_t tenth = had / 10;

	return lost > (tenth > 5 ? tenth : 5);
}

static int is_more_than_shown(
    struct aw_state *state, enum aw_shrink_of of, int64_t lost, bool *ret)
{
	int64_t shown = 0;
	int r;

	r = aw_state_get_num(state, shown_key[of], &shown);
	if (r < 0)
		return r;
	*ret = lost > shown;
	return 0;
}

/* What this sweep shows: nothing, unless it is held. */
static int show(
    struct aw_state *state, const struct aw_shrink *shrink, bool held)
{
	int r = 0;

	for (int i = 0; i < AW_SHRINK_COUNT_ && r == 0; i++)
		r = aw_state_set_num(
		    state, shown_key[i], held ? shrink->lost[i] : 0);
	return r;
}

static int say(
    const struct aw_shrink *shrink, bool accepted, char *text, size_t size)
{
	const int64_t *lost = shrink->lost, *had = shrink->had;

	return aw_fmt(text, size,
	    "held: %sthe directory would lose %lld of %lld users, %lld of %lld "
	    "groups, %lld of %lld memberships, %lld of %lld permission sets, "
	    "%lld of %lld assignments",
	    accepted ? "more than was shown; " : "",
	    (long long)lost[AW_SHRINK_USERS], (long long)had[AW_SHRINK_USERS],
	    (long long)lost[AW_SHRINK_GROUPS], (long long)had[AW_SHRINK_GROUPS],
	    (long long)lost[AW_SHRINK_MEMBERS],
	    (long long)had[AW_SHRINK_MEMBERS], (long long)lost[AW_SHRINK_SETS],
	    (long long)had[AW_SHRINK_SETS], (long long)lost[AW_SHRINK_GRANTS],
	    (long long)had[AW_SHRINK_GRANTS]);
}

int aw_shrink_judge(struct aw_state *state, const struct aw_shrink *shrink,
    bool accepted, char *ret_text, size_t size)
{
	bool held = false;
	int r = 0;

	for (int i = 0; i < AW_SHRINK_COUNT_ && r == 0 && !held; i++) {
		held = aw_shrink_is_large(shrink->had[i], shrink->lost[i]);
		if (held && accepted)
			r = is_more_than_shown(state, (enum aw_shrink_of)i,
			    shrink->lost[i], &held);
	}
	if (r == 0)
		r = show(state, shrink, held);
	if (r == 0 && held)
		r = say(shrink, accepted, ret_text, size);
	return r;
}
