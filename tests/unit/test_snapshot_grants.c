/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of memberships that follow from others (common/snapshot_table.c):
 * a permission set's group has the members of the groups that were granted it,
 * each once; a group that the host owns is in its members' lists and nowhere
 * else.
 * covers: dir.3, dir.9, R17, R23
 */
#include "tests/unit/snap_place.h"

#define LEN(a)   (sizeof(a) / sizeof((a)[0]))
#define HOST_GID 998

/* Teams are 'a' to 'd' (ids from 1000 on), the host's group is 'h'. */
struct row {
	const char *name;
	const char *teams[3]; /* of ann, ben and cyd */
	const char *grants;   /* pairs "to from" in a row */
	const char *want[3];  /* their teams then */
	const char *members;  /* then, of team d */
};
static const struct row rows[] = {
	{ "no grant", { "a", "b", "" }, "", { "a", "b", "" }, "" },
	{ "of one group", { "a", "b", "" }, "da", { "ad", "b", "" }, "ann " },
	{ "of two groups, one person in both", { "ab", "b", "c" }, "dadb",
	    { "abd", "bd", "c" }, "ann ben " },
	{ "granted twice", { "a", "", "" }, "dada", { "ad", "", "" }, "ann " },
	{ "and directly", { "ad", "d", "a" }, "da", { "ad", "d", "ad" },
	    "ann ben cyd " },
	{ "two sets of one group", { "a", "", "b" }, "cada", { "acd", "", "b" },
	    "ann " },
	{ "on from there", { "a", "", "c" }, "cadc", { "acd", "", "cd" },
	    "ann cyd " },
	{ "on from there, told in the other order", { "a", "", "c" }, "dcca",
	    { "acd", "", "cd" }, "ann cyd " },
	{ "in a circle", { "a", "b", "" }, "baabdb", { "abd", "abd", "" },
	    "ann ben " },
	{ "the host's", { "a", "h", "" }, "ha", { "ah", "h", "" }, "" },
	{ "the host's, of a set", { "a", "d", "b" }, "hdda",
	    { "adh", "dh", "b" }, "ann ben " },
	{ "an empty group", { "", "", "" }, "dahd", { "", "", "" }, "" },
};

static uint32_t team_of(char letter)
{
	return letter == 'h' ? 4 : (uint32_t)(letter - 'a');
}

static void put(const struct row *row)
{
	static const struct aw_snapw_head head = { .store_id = "d-1234567890",
		.generation = 1,
		.needs_limits = true };
	static const struct person people[] = { { "ann", 1, 0, NULL, NULL, NULL,
						    NULL, NULL, NULL },
		{ "ben", 2, 0, NULL, NULL, NULL, NULL, NULL, NULL },
		{ "cyd", 3, 0, NULL, NULL, NULL, NULL, NULL, NULL } };
	struct aw_snapw *writer = place_collect(people, LEN(people), 4, &head);
	uint32_t index = 0;

	assert_int_equal(aw_snapw_add_host_group(writer, HOST_GID, &index), 0);
	assert_int_equal(index, 4);
	for (uint32_t i = 0; i < LEN(people); i++)
		for (const char *t = row->teams[i]; *t; t++)
			assert_int_equal(
			    aw_snapw_add_member(writer, team_of(*t), i), 0);
	for (const char *g = row->grants; *g; g += 2)
		assert_int_equal(
		    aw_snapw_add_grant(writer, team_of(g[0]), team_of(g[1])),
		    0);
	place_publish(writer);
}

static void teams_of(const struct aw_snap *snap, uint32_t id, char *ret)
{
	struct aw_snap_user user;
	uint32_t gids[8], n;

	assert_int_equal(aw_snap_user_by_id(snap, AW_ID_MIN + id, &user), 0);
	assert_int_equal(aw_snap_user_gids(snap, &user, gids, 8, &n), 0);
	assert_true(n < 8);
	for (uint32_t i = 0; i < n; i++)
		*ret++ = gids[i] == HOST_GID
			     ? 'h'
			     : (char)('a' + (gids[i] - AW_ID_MIN - 1000));
	*ret = '\0';
}

static void members_of(const struct aw_snap *snap, const char *name, char *ret)
{
	struct aw_snap_group group;

	assert_int_equal(
	    aw_snap_group_by_name(snap, name, strlen(name), &group), 0);
	for (uint32_t i = 0; i < group.members_len; i++)
		ret[i] = group.members[i] ? group.members[i] : ' ';
	ret[group.members_len] = '\0';
}

static void grants_lead_to_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_group group;
		struct aw_snap snap;
		char text[64];

		put(&rows[i]);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		assert_int_equal(aw_snap_verify(&snap), 0);
		for (uint32_t p = 0; p < 3; p++) {
			teams_of(&snap, p + 1, text);
			if (strcmp(text, rows[i].want[p]) != 0)
				fail_msg("%s: person %u: \"%s\", not \"%s\"",
				    rows[i].name, p, text, rows[i].want[p]);
		}
		members_of(&snap, "team-d", text);
		if (strcmp(text, rows[i].members) != 0)
			fail_msg("%s: members \"%s\", not \"%s\"", rows[i].name,
			    text, rows[i].members);
		assert_int_equal(snap.n_groups, 4);
		assert_int_equal(
		    aw_snap_group_by_id(&snap, HOST_GID, &group), AW_UNKNOWN);
		aw_snap_close(&snap);
	}
}

static void refuses(void **state)
{
	struct aw_snapw_head head = { .store_id = "d-1234567890",
		.generation = 1 };
	const struct aw_snapw_group late = { "x", "late", AW_ID_MIN + 7, 0,
		NULL };
	struct aw_snapw *writer;

	(void)state;
	assert_int_equal(aw_snapw_new(&head, &writer), 0);
	/* A module that reads no limits would not ask about it. */
	assert_int_equal(
	    aw_snapw_add_host_group(writer, HOST_GID, NULL), -EINVAL);
	aw_snapw_free(writer);
	head.needs_limits = true;
	assert_int_equal(aw_snapw_new(&head, &writer), 0);
	assert_int_equal(aw_snapw_add_host_group(writer, 0, NULL), -EINVAL);
	assert_int_equal(
	    aw_snapw_add_host_group(writer, UINT32_MAX, NULL), -EINVAL);
	assert_int_equal(
	    aw_snapw_add_host_group(writer, AW_ID_MIN, NULL), -EINVAL);
	assert_int_equal(aw_snapw_add_host_group(writer, 1, NULL), 0);
	assert_int_equal(
	    aw_snapw_add_group(writer, &late, NULL, NULL), -EINVAL);
	assert_int_equal(aw_snapw_add_grant(writer, 0, 0), -EINVAL);
	assert_int_equal(aw_snapw_add_grant(writer, 0, 1), -EINVAL);
	assert_int_equal(aw_snapw_add_grant(writer, 1, 0), -EINVAL);
	assert_int_equal(aw_snapw_add_member(writer, 0, 0), -EINVAL);
	aw_snapw_free(writer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grants_lead_to_members),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
