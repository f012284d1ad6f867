/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live answers between the sweeps of a scope: they name groups that no sweep
 * reads: awsssod/person.c, directory_apply.c.
 * covers: dir.1, dir.11, R4, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/person.h"
#include "awsssod/register.h"
#include "tests/unit/awsssod/world.h"

enum { STAFF = 8 };
static const struct fake_user staff[STAFF] = {
	{ "u-1", "alice@example.com", NULL },
	{ "u-2", "bob@example.com", NULL },
	{ "u-3", "carol@example.com", NULL },
	{ "u-4", "dave@example.com", NULL },
	{ "u-5", "erin@example.com", NULL },
	{ "u-6", "frank@example.com", NULL },
	{ "u-7", "grace@example.com", NULL },
	{ "u-8", "heidi@example.com", NULL },
};
static const struct fake_member all_dev[STAFF] = {
	{ "g-1", "u-1" },
	{ "g-1", "u-2" },
	{ "g-1", "u-3" },
	{ "g-1", "u-4" },
	{ "g-1", "u-5" },
	{ "g-1", "u-6" },
	{ "g-1", "u-7" },
	{ "g-1", "u-8" },
};
static const struct fake_directory read_all = { staff, world_dev, all_dev,
	STAFF, 1, STAFF };

static void set_list(struct aw_conf_list *list, const char *item)
{
	list->n = item ? 1 : 0;
	if (item)
		assert_int_equal(
		    aw_copy(list->item[0], sizeof(list->item[0]), item), 0);
}

/* @user signs in and is in "Dev Team" and two other groups, or one. */
static void sign_in(
    struct world *world, const struct fake_user *user, bool is_far)
{
	struct aw_person person;
	struct aw_wire_out out;
	struct aw_wire_in in;
	uint8_t data[512];
	bool changed;
	int64_t n;

	n = world_number(
	    world, "SELECT n FROM principals WHERE principal = ?1", user->id);
	assert_int_equal(aw_person_by_name(&world->state,
			     world_name(world, user->id), &person),
	    0);
	assert_int_equal(person.n, n);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PERSON_IS, 1);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, user->id);
	aw_wire_put_text(&out, AW_TAG_USER_NAME, user->name);
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, "g-1");
	if (is_far)
		aw_wire_put_text(&out, AW_TAG_GROUP_ID, "g-far");
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, "g-away");
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_wire_open(data, out.len, &in), 0);
	assert_int_equal(aw_person_refresh(&world->state, world->apply.conf,
			     &in, &person, &changed),
	    0);
}

/* Whether the policy lets alice in, as any later request asks it. */
static bool is_let_in(struct world *world)
{
	struct aw_access_facts facts;
	struct aw_person alice;

	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_int_equal(
	    aw_person_access(&world->state, world->apply.conf, &alice, &facts),
	    0);
	return aw_access_judge(world->apply.conf, "sshd", &facts, NULL) ==
	       AW_ACCESS_YES;
}

static int64_t n_members(struct world *world)
{
	return world_number(world, "SELECT count(*) FROM members", NULL);
}

/* As awssso status has it. */
static int64_t n_shown(struct world *world)
{
	return world_number(
	    world, "SELECT value FROM meta WHERE key = 'members'", NULL);
}

static int64_t n_groups(struct world *world)
{
	return world_number(
	    world, "SELECT count(*) FROM principals WHERE kind = 2", NULL);
}

/* Sign-ins make no later sweep a loss, and each is judged by all groups that
 * the answer named, until a sweep. */
static void sign_ins_between_sweeps(void **state)
{
	static const struct {
		const char *scope, *allow;
		int64_t members, groups;
		bool before, after, later;
	} rows[] = {
		{ "Dev Team", "Dev Team", STAFF, 1, true, true, true },
		{ "Dev Team", "g-far", STAFF, 1, false, true, false },
		{ "Dev Team", "g-none", STAFF, 1, false, false, false },
		{ "assigned", "g-away", STAFF, 1, false, true, false },
		{ NULL, "Dev Team", 3 * STAFF, 3, true, true, true },
		{ NULL, "g-far", 3 * STAFF, 3, false, true, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *world = *state;
		struct aw_applied applied;
		bool before, after;

		set_list(&world->fake->conf.scope, rows[i].scope);
		fake_allow(&world->fake->conf, AW_RULE_GROUP, rows[i].allow);
		assert_int_equal(world_sweep(world, &read_all, &applied), 0);
		before = is_let_in(world);
		for (size_t k = 0; k < STAFF; k++)
			sign_in(world, &staff[k], true);
		after = is_let_in(world);
		if (before != rows[i].before || after != rows[i].after ||
		    n_members(world) != rows[i].members ||
		    n_groups(world) != rows[i].groups)
			fail_msg("row %zu: %lld memberships of %lld groups", i,
			    (long long)n_members(world),
			    (long long)n_groups(world));
		assert_int_equal(world_sweep(world, &read_all, &applied), 0);
		if (applied.held || is_let_in(world) != rows[i].later ||
		    n_members(world) != STAFF || n_groups(world) != 1)
			fail_msg("row %zu: %s", i, applied.text);
		assert_int_equal(world_tear_down(state), 0);
		assert_int_equal(world_set_up(state), 0);
	}
}

/* Rows of groups that no sweep reads, from before the scope was set, are no
 * loss; one beyond the limit still is. */
static void unread_groups_hold_nothing(void **state)
{
	static const struct {
		const char *what;
		size_t users, members;
		bool want;
	} rows[] = {
		{ "nothing", STAFF, STAFF, false },
		{ "five memberships", STAFF, STAFF - 5, false },
		{ "six memberships", STAFF, STAFF - 6, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_directory d = { staff, world_dev, all_dev,
			rows[i].users, 1, rows[i].members };
		struct world *world = *state;
		struct aw_applied applied;

		assert_int_equal(world_sweep(world, &read_all, &applied), 0);
		for (size_t k = 0; k < STAFF; k++)
			sign_in(world, &staff[k], true);
		assert_int_equal(n_groups(world), 3);
		set_list(&world->fake->conf.scope, "Dev Team");
		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (applied.held != rows[i].want ||
		    applied.lost_members != (int64_t)(STAFF - rows[i].members))
			fail_msg("%s: %s", rows[i].what, applied.text);
		assert_int_equal(applied.lost_groups, 0);
		if (applied.held)
			assert_non_null(
			    strstr(applied.text, "of 1 groups, 6 of 8 mem"));
		assert_int_equal(world_tear_down(state), 0);
		assert_int_equal(world_set_up(state), 0);
	}
}

/* The last answer counts, and only it. */
static void leaving_a_group_outside_counts(void **state)
{
	struct world *world = *state;
	struct aw_applied applied;

	set_list(&world->fake->conf.scope, "Dev Team");
	fake_allow(&world->fake->conf, AW_RULE_GROUP, "g-far");
	assert_int_equal(world_sweep(world, &read_all, &applied), 0);
	sign_in(world, &staff[0], true);
	sign_in(world, &staff[1], false);
	assert_true(is_let_in(world));
	sign_in(world, &staff[0], false);
	assert_false(is_let_in(world));
}

/* A group that a sweep does read becomes one with a name. */
static void an_unread_group_is_read(void **state)
{
	static const struct fake_group both[] = {
		{ "g-1", "Dev Team" },
		{ "g-far", "Far Team" },
	};
	static const struct fake_member far[] = {
		{ "g-1", "u-1" },
		{ "g-far", "u-1" },
	};
	const struct fake_directory d = { staff, both, far, STAFF, 2, 2 };
	struct world *world = *state;
	struct aw_applied applied;
	int64_t changes = 0;

	world->all_is_meant = true;
	assert_int_equal(world_sweep(world, &read_all, &applied), 0);
	sign_in(world, &staff[0], true);
	/* Nobody judges the name of a group that has none yet. */
	assert_int_equal(aw_register_newcomers(&world->state, world->apply.conf,
			     world->apply.sha256, &changes),
	    0);
	assert_non_null(strstr(world_skip(world, "g-far"), "not read yet"));
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_name(world, "g-far"), "far-team");
	assert_string_equal(world_skip(world, "g-far"), "");
	assert_int_equal(n_members(world), 2);
	assert_int_equal(n_shown(world), 2);
}

/* Nobody is in it any more: what is shown is what there is. */
static void an_unread_group_is_empty(void **state)
{
	static const struct fake_group both[] = {
		{ "g-1", "Dev Team" },
		{ "g-far", "Far Team" },
	};
	const struct fake_directory d = { staff, both, all_dev, STAFF, 2,
		STAFF };
	struct world *world = *state;
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &read_all, &applied), 0);
	sign_in(world, &staff[0], true);
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_int_equal(n_shown(world), n_members(world));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(sign_ins_between_sweeps),
		T(unread_groups_hold_nothing),
		T(leaving_a_group_outside_counts),
		T(an_unread_group_is_read),
		T(an_unread_group_is_empty),
	};

	return cmocka_run_group_tests_name("scope", tests, NULL, NULL);
}
