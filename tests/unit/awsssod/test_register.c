/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/register.c and local.c: who gets which Linux name.
 * covers: spine.5, R13, R17
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/person.h"
#include "tests/unit/awsssod/world.h"

static const struct fake_user users[] = {
	{ "u-1", "alice@example.com", NULL },
	{ "u-2", "ALICE@example.com", NULL },
	{ "u-3", "local@example.com", NULL },
	{ "u-4", "root@example.com", NULL },
	{ "u-5", "staff2@example.com", NULL },
	{ "u-6", "team@example.com", NULL },
	{ "u-7", "12345@example.com", NULL },
	{ "u-8", "good@example.com", NULL },
};
static const struct fake_group groups[] = {
	{ "g-1", "team" },
	{ "g-2", "sudo" },
	{ "g-3", "Two Words" },
	{ "g-4", "two words" },
	{ "g-5", "local" },
};
static const struct {
	const char *id, *reason;
} skipped[] = {
	{ "u-1", "more than one" },
	{ "u-2", "more than one" },
	{ "u-3", "this host has" },
	{ "u-4", "" },
	{ "u-5", "this host has" },
	{ "u-6", "more than one" },
	{ "u-7", "" },
	{ "g-1", "more than one" },
	{ "g-2", "" },
	{ "g-3", "more than one" },
	{ "g-4", "more than one" },
	{ "g-5", "this host has" },
};

static void collisions(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { users, groups, NULL, 8, 5, 0 };
	const struct fake_directory one = { users, groups, NULL, 1, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
		if (*world_name(world, skipped[i].id) ||
		    !*world_skip(world, skipped[i].id) ||
		    !strstr(
			world_skip(world, skipped[i].id), skipped[i].reason))
			fail_msg("%s: \"%s\"", skipped[i].id,
			    world_skip(world, skipped[i].id));
	assert_string_equal(world_name(world, "u-8"), "good");
	assert_int_equal(world_number(world,
			     "SELECT count(*) FROM principals"
			     " WHERE name IS NOT NULL",
			     NULL),
	    1);
	/* With the rival gone the name is free: nobody ever had it. */
	world->apply.accept_loss = true;
	assert_int_equal(world_sweep(world, &one, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
}

/* Whoever has a name keeps it against newcomers. */
static void first_come(void **state)
{
	static const struct fake_user more[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "Alice@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory one = { more, NULL, NULL, 1, 0, 0 };
	const struct fake_directory both_now = { more, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &one, &applied), 0);
	assert_int_equal(world_sweep(world, &both_now, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-2"), "");
}

static void renames_change_nothing(void **state)
{
	static const struct fake_user renamed[] = {
		{ "u-1", "bob@example.com", NULL },
		{ "u-2", "alice", "DISABLED" },
	};
	struct world *world = *state;
	const struct fake_directory before = { world_two, NULL, NULL, 2, 0, 0 };
	const struct fake_directory after = { renamed, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	struct aw_person person;

	assert_int_equal(world_sweep(world, &before, &applied), 0);
	assert_int_equal(world_sweep(world, &after, &applied), 0);
	assert_true(applied.changed);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-2"), "bob");
	assert_int_equal(aw_person_by_name(&world->state, "bob", &person), 0);
	assert_string_equal(person.user_name, "alice");
	assert_true(person.disabled && person.name_taken);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &person), 0);
	assert_false(person.name_taken);
}

/* An account that the host makes later hides ours, as long as it is there. */
static void local_comes_later(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { world_two, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	struct aw_person alice;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	fake_file(world->fake->passwd, "alice:x:1001:1001::/home/alice:\n");
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_true(applied.changed);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_true(alice.hidden);
	fake_file(world->fake->passwd, "+\n#alice:x:1:1::/:\nbroken\n");
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_false(alice.hidden);
}

static void domains_are_pinned(void **state)
{
	static const struct fake_user first[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "bob@example.com", NULL },
		{ "u-3", "carol@partner.example", NULL },
	};
	static const struct fake_user later[] = {
		{ "u-4", "dave@partner.example", NULL },
		{ "u-5", "erin@partner.example", NULL },
		{ "u-6", "frank@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory d1 = { first, NULL, NULL, 3, 0, 0 };
	const struct fake_directory d2 = { later, NULL, NULL, 3, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d1, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-3"), "carol@partner.example");
	/* The majority of a later sweep changes nothing. */
	assert_int_equal(world_sweep(world, &d2, &applied), 0);
	assert_string_equal(world_name(world, "u-4"), "dave@partner.example");
	assert_string_equal(world_name(world, "u-6"), "frank");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(collisions),
		T(first_come),
		T(renames_change_nothing),
		T(local_comes_later),
		T(domains_are_pinned),
	};

	return cmocka_run_group_tests_name("register", tests, NULL, NULL);
}
