/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of groups that the host owns, from the settings to the gids in the
 * snapshot: awsssod/local_group.c, rows.c.
 * covers: dir.9, R4, R17, R23
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "awsssod/local_group.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot.h"
#include "tests/unit/awsssod/people.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define KNOWS  ", i_know_this_is_root = yes"

static const struct fake_user users[] = {
	{ ALICE, "alice@example.com", NULL },
	{ BOB, "bob@example.com", NULL },
	{ DAVE, "dave@example.com", NULL },
};
static const struct fake_group groups[] = {
	{ "g-admins", "admins" }, { "g-twin1", "Twins" },
	{ "g-twin2", "Twins" },
	{ "g-docker", "docker" }, /* may not be a Linux name here */
	{ "g-fake", "aws-Dev" },  /* called like the set's group */
	{ "g-like", "g-admins" }, /* called like another's id */
	{ "g-nope", "aws-Nope" }, /* like a set's that never was */
};
static const struct fake_member members[] = {
	{ "g-admins", ALICE },
	{ "g-twin1", BOB },
	{ "g-twin2", BOB },
	{ "g-docker", DAVE },
	{ "g-fake", BOB },
	{ "g-like", BOB },
	{ "g-nope", BOB },
};
static const struct fake_directory directory = { users, groups, members,
	LEN(users), LEN(groups), LEN(members) };
static const char *const sets[] = { "Dev", "Ops" };
static const struct fake_grant grants[] = {
	{ "Dev", AW_KIND_USER, DAVE },
	{ "Ops", AW_KIND_GROUP, "g-admins" },
	{ "Ops", AW_KIND_USER, DAVE },
};
static const struct fake_sets known = { sets, grants, LEN(sets), LEN(grants),
	true, false };

static const char host_groups[] = "root:x:0:\ndocker:x:998:\nvideo:x:44:\n"
				  "zero:x:0:\nours:x:1879048192:\n";

struct row {
	const char *name, *host, *value;
	const char *want; /* who has the gid: letters of alice, bob, dave */
	uint32_t gid;
};
static const struct row rows[] = {
	{ "DisplayName", "video", "admins", "a", 44 },
	{ "GroupId", "video", "g-admins", "a", 44 },
	{ "R4 two groups of one name", "video", "Twins", "", 44 },
	{ "one of them by its id", "video", "g-twin2", "b", 44 },
	{ "a set's group, its groups' members in it", "docker", "aws-Ops" KNOWS,
	    "ad", 998 },
	{ "R4 a set's group and a group that is called so", "video", "aws-Dev",
	    "d", 44 },
	{ "R4 called like a set's group before there is one", "docker",
	    "aws-Nope" KNOWS, "", 998 },
	{ "that group by its id", "docker", "g-nope" KNOWS, "b", 998 },
	{ "a group that has no name here", "docker", "docker" KNOWS, "d", 998 },
	{ "several", "docker", "docker, admins" KNOWS, "ad", 998 },
	{ "case counts", "video", "Admins", "", 44 },
	{ "none of that name", "video", "nobody", "", 44 },
	{ "no such group of the host", "absent", "admins", "", 44 },
	{ "R17 gid 0 by another name", "zero", "admins", "", 0 },
	{ "R17 one of our own ids", "ours", "admins", "", 1879048192 },
};

static bool has_gid(const struct aw_snap *snap, const char *name, uint32_t gid)
{
	struct aw_snap_user user;
	uint32_t gids[16], n;

	assert_int_equal(
	    aw_snap_user_by_name(snap, name, strlen(name), &user), 0);
	assert_int_equal(aw_snap_user_gids(snap, &user, gids, 16, &n), 0);
	assert_true(n <= 16);
	for (uint32_t i = 0; i < n; i++)
		if (gids[i] == gid)
			return true;
	return false;
}

static const char *who_has(struct fake *fake, uint32_t gid, bool *ret_limits)
{
	static const char *const names[] = { "alice", "bob", "dave" };
	const uint64_t until = aw_sock_now_ms() + FAKE_MS;
	struct aw_publish *publish = &fake->daemon->publish;
	struct aw_snap_group group;
	static char text[4];
	struct aw_snap snap;
	size_t len = 0;
	char path[160];

	do
		fake_turn(fake, 5);
	while (
	    (publish->is_due || publish->worker) && aw_sock_now_ms() < until);
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/" AW_SNAPSHOT_NAME, fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	for (size_t i = 0; i < LEN(names); i++)
		if (has_gid(&snap, names[i], gid))
			text[len++] = names[i][0];
	text[len] = '\0';
	/* No lookup finds the host's group here, whatever it is. */
	assert_int_equal(
	    aw_snap_group_by_name(&snap, "docker", 6, &group), AW_UNKNOWN);
	if (gid == 44 || gid == 998)
		assert_int_equal(
		    aw_snap_group_by_id(&snap, gid, &group), AW_UNKNOWN);
	*ret_limits = snap.needs_limits;
	aw_snap_close(&snap);
	return text;
}

static int set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	fake_file(fake->group, host_groups);
	fake->sets = &known;
	return 0;
}

static void run_with(struct fake *fake, const char *host, const char *value)
{
	struct aw_diag why = { .text = "" };

	fake->conf.local_groups.n = 0;
	if (aw_conf_groups_add(&fake->conf.local_groups, host, value, &why) !=
	    0)
		fail_msg("%s", why.text);
	fake_run(fake);
	/* After a restart with a young directory none begins by itself. */
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_sweep(fake, &directory, AW_NET_OK);
}

static void members_have_the_gid(void **state)
{
	struct fake *fake = *state;

	for (size_t i = 0; i < LEN(rows); i++) {
		const char *got;
		bool limits;

		run_with(fake, rows[i].host, rows[i].value);
		got = who_has(fake, rows[i].gid, &limits);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: \"%s\"", rows[i].name, got);
		/* What the module is to ask root about is said. */
		if (limits != (rows[i].want[0] != '\0'))
			fail_msg("%s: needs_limits %d", rows[i].name, limits);
		fake_stop(fake);
	}
}

static void follows_the_file(void **state)
{
	struct fake *fake = *state;
	bool limits;

	run_with(fake, "video", "admins");
	assert_string_equal(who_has(fake, 44, &limits), "a");
	fake_file(fake->group, "root:x:0:\nvideo:x:45:\nother:x:44:\n");
	aw_local_look(fake->daemon);
	assert_string_equal(who_has(fake, 44, &limits), "");
	assert_string_equal(who_has(fake, 45, &limits), "a");
	fake_file(fake->group, "root:x:0:\n");
	aw_local_look(fake->daemon);
	assert_string_equal(who_has(fake, 45, &limits), "");
	assert_false(limits);
}

/* R4: the name of a set's group is never another group's, also while the set is
 * not provisioned. */
static void a_sets_name_is_nobody_elses(void **state)
{
	static const char *const ops[] = { "Ops" };
	const struct fake_sets less = { ops, &grants[1], 1, 2, true, false };
	const struct fake_sets *const turns[] = { &known, &less, &known };
	static const char *const want[] = { "d", "", "d" };
	struct fake *fake = *state;
	bool limits;

	run_with(fake, "docker", "aws-Dev" KNOWS);
	for (size_t i = 0; i < LEN(turns); i++) {
		fake->sets = turns[i];
		aw_sweep_start(&fake->daemon->sweep, true);
		fake_sweep(fake, &directory, AW_NET_OK);
		assert_string_equal(who_has(fake, 998, &limits), want[i]);
	}
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM pins"
					   " WHERE principal = 'g-fake'"),
	    0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    a_sets_name_is_nobody_elses, set_up, people_tear_down),
		cmocka_unit_test_setup_teardown(
		    members_have_the_gid, set_up, people_tear_down),
		cmocka_unit_test_setup_teardown(
		    follows_the_file, set_up, people_tear_down),
	};
	const int r = fake_worker(argc, argv);

	return r >= 0 ? r : cmocka_run_group_tests(tests, NULL, NULL);
}
