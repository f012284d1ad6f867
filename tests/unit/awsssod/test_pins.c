/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of groups in awssso.conf and the ids that they stand for:
 * awsssod/pins.c, access.c, local_group.c.
 * covers: verdict.2, dir.9, R4, R26
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awsssod/access.h"
#include "awsssod/person.h"
#include "awsssod/pins.h"
#include "tests/unit/awsssod/world.h"

/* alice is in g-1, bob in g-2; both may be called anything. */
static const struct fake_member one_each[] = { { "g-1", "u-1" },
	{ "g-2", "u-2" } };

static void sweep(struct world *world, const char *first, const char *second)
{
	const struct fake_group groups[] = { { "g-1", first },
		{ "g-2", second } };
	const struct fake_directory d = { world_two, groups, one_each, 2, 2,
		2 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
}

static int pin(struct world *world, struct aw_conf *conf, bool strict)
{
	struct aw_diag why = { .text = "" };
	const int r = aw_pins_update(&world->state, conf, strict, &why);

	assert_int_equal(r == AW_DENIED, why.text[0] && strict);
	return r;
}

static bool may(
    struct world *world, const struct aw_conf *conf, const char *name)
{
	struct aw_access_facts facts;
	struct aw_person person;

	assert_int_equal(aw_person_by_name(&world->state, name, &person), 0);
	assert_int_equal(
	    aw_person_access(&world->state, conf, &person, &facts), 0);
	return aw_access_judge(conf, "sshd", &facts, NULL) == AW_ACCESS_YES;
}

static void set_up_rule(struct world *world, bool deny, const char *text)
{
	struct aw_conf *conf = &world->fake->conf;

	conf->access.n_rules = 0;
	if (deny)
		fake_rule(conf, NULL, false, AW_RULE_USER, "alice");
	if (deny)
		fake_rule(conf, NULL, false, AW_RULE_USER, "bob");
	fake_rule(conf, NULL, deny, AW_RULE_GROUP, text);
}

/* The group keeps what it has under another name; who takes the old one gets
 * nothing. */
static void a_name_changes_hands(void **state)
{
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;

	set_up_rule(world, false, "Ops");
	sweep(world, "Ops", "Others");
	assert_int_equal(pin(world, conf, true), 0);
	assert_string_equal(conf->access.rule[0].pin, "g-1");
	assert_true(may(world, conf, "alice"));
	sweep(world, "Old Ops", "Ops");
	assert_int_equal(pin(world, conf, false), 0);
	assert_true(may(world, conf, "alice"));
	assert_false(may(world, conf, "bob"));
	/* a restart does not look again */
	conf->access.rule[0].pin[0] = '\0';
	assert_int_equal(pin(world, conf, true), 0);
	assert_string_equal(conf->access.rule[0].pin, "g-1");
	/* nor does a second group of the name keep it from starting */
	sweep(world, "Ops", "Ops");
	assert_int_equal(pin(world, conf, true), 0);
	assert_true(may(world, conf, "alice"));
	assert_false(may(world, conf, "bob"));
}

/* Who was denied stays so, and who bears the name now is denied as well. */
static void a_denial_fits_both(void **state)
{
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;

	set_up_rule(world, true, "Leavers");
	sweep(world, "Leavers", "Others");
	assert_int_equal(pin(world, conf, true), 0);
	assert_false(may(world, conf, "alice"));
	assert_true(may(world, conf, "bob"));
	sweep(world, "Old Leavers", "Leavers");
	assert_int_equal(pin(world, conf, false), 0);
	assert_false(may(world, conf, "alice"));
	assert_false(may(world, conf, "bob"));
}

static void two_of_a_name(void **state)
{
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;

	set_up_rule(world, false, "Ops");
	sweep(world, "Ops", "Ops");
	assert_int_equal(pin(world, conf, true), AW_DENIED);
	/* found out by a sweep: nobody, and the rest goes on */
	assert_int_equal(pin(world, conf, false), 0);
	assert_string_equal(conf->access.rule[0].pin, "");
	assert_false(may(world, conf, "alice"));
	assert_false(may(world, conf, "bob"));
	/* one of them is renamed: now it can be told */
	sweep(world, "Ops", "Others");
	assert_int_equal(pin(world, conf, false), 0);
	assert_string_equal(conf->access.rule[0].pin, "g-1");
	assert_true(may(world, conf, "alice"));
}

/* A GroupId is itself, whatever another group is called. */
static void an_id_needs_no_pin(void **state)
{
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;

	set_up_rule(world, false, "g-1");
	sweep(world, "Ops", "g-1");
	assert_int_equal(pin(world, conf, true), 0);
	assert_string_equal(conf->access.rule[0].pin, "");
	assert_true(may(world, conf, "alice"));
	assert_false(may(world, conf, "bob"));
}

/* Not yet there, then there: pinned at once, and forgotten with its line. */
static void from_first_to_last(void **state)
{
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;

	set_up_rule(world, false, "Ops");
	sweep(world, "First", "Second");
	assert_int_equal(pin(world, conf, true), 0);
	assert_string_equal(conf->access.rule[0].pin, "");
	sweep(world, "First", "Ops");
	assert_int_equal(pin(world, conf, false), 0);
	assert_string_equal(conf->access.rule[0].pin, "g-2");
	set_up_rule(world, false, "First");
	assert_int_equal(pin(world, conf, true), 0);
	assert_int_equal(
	    world_number(world, "SELECT count(*) FROM pins", NULL), 1);
	set_up_rule(world, false, "Ops");
	sweep(world, "Ops", "Second");
	assert_int_equal(pin(world, conf, true), 0);
	assert_string_equal(conf->access.rule[0].pin, "g-1");
}

static void groups_of_the_host(void **state)
{
	struct world *world = *state;
	struct aw_conf *conf = &world->fake->conf;
	struct aw_diag why = { .text = "" };

	conf->access.n_rules = 0;
	assert_int_equal(
	    aw_conf_groups_add(&conf->local_groups, "video", "Ops", &why), 0);
	sweep(world, "Ops", "Others");
	assert_int_equal(pin(world, conf, true), 0);
	assert_string_equal(conf->local_groups.item[0].pin, "g-1");
	sweep(world, "Old Ops", "Ops");
	assert_int_equal(pin(world, conf, false), 0);
	assert_string_equal(conf->local_groups.item[0].pin, "g-1");
}

/* Nothing to read them from is an error, and no crash. */
static void no_pins_to_read(void **state)
{
	struct world *world = *state;
	struct aw_diag why = { .text = "" };

	set_up_rule(world, false, "Ops");
	assert_int_equal(
	    sqlite3_exec(world->state.db, "DROP TABLE pins", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(
	    aw_pins_update(&world->state, &world->fake->conf, true, &why),
	    -EIO);
	assert_string_equal(world->fake->conf.access.rule[0].pin, "");
}

#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(a_name_changes_hands),
		T(a_denial_fits_both),
		T(two_of_a_name),
		T(an_id_needs_no_pin),
		T(from_first_to_last),
		T(groups_of_the_host),
		T(no_pins_to_read),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
