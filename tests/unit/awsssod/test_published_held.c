/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published directory and what this host has given out or heard of already:
 * what is held, what counts nevertheless, and what is refused after state.db
 * was lost: awsssod/published*.c, directory_apply.c.
 * covers: dir.1, dir.5, dir.6, R16, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awsssod/person.h"
#include "common/own.h"
#include "common/snapshot.h"
#include "tests/unit/awsssod/admin.h"
#include "tests/unit/awsssod/object.h"

/* The snapshot's flags of the person called @name. */
static uint32_t shown_flags(struct fake *fake, const char *name)
{
	struct aw_snap_user user;
	struct aw_snap snap;
	char path[160];

	settle(fake);
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/directory.1", fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
	aw_snap_close(&snap);
	return user.flags;
}

/* R16: what this host knows is never re-numbered by a publisher;
 * R24: whoever is disabled is so at once, whatever else is held. */
static void held_but_for_the_disabled(void **state)
{
	static const struct {
		const char *name;
		uint32_t alice, bob; /* their ids */
		bool off, want;
		const char *says;
	} rows[] = {
		{ "another id", ID(9), ID(2), false, false, "ids import" },
		{ "another id, disabled", ID(9), ID(2), true, true,
		    "ids import" },
		{ "enabled again, but held", ID(9), ID(2), false, true,
		    "ids import" },
		{ "each other's", ID(2), ID(1), true, true, "ids import" },
	};
	struct fake *fake = *state;
	struct object first = object_good(7, 60);
	struct aw_person person;

	object_start(fake, &first);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct object o = object_good(8, 50);

		o.alice = rows[i].alice;
		o.bobs = rows[i].bob;
		o.off = rows[i].off;
		object_fetch(
		    fake, &o, AW_NET_BAD_ANSWER, rows[i].says, rows[i].name);
		assert_int_equal(
		    aw_person_by_name(&fake->daemon->state, "al", &person), 0);
		if (person.posix_id != ID(1) ||
		    strcmp(person.principal, ALICE) != 0 ||
		    person.disabled != rows[i].want ||
		    shown_flags(fake, "al") % 2 != rows[i].want ||
		    shown_flags(fake, "bob") % 2 != 0)
			fail_msg("%s: %u, %d", rows[i].name, person.posix_id,
			    person.disabled);
	}
	/* one generation for the one change */
	assert_int_equal(fake_number(fake,
			     "SELECT value FROM meta WHERE key = 'generation'"),
	    2);
	first = object_good(8, 50);
	object_fetch(fake, &first, AW_NET_OK, "", "no longer held");
	assert_false(shown_flags(fake, "al") % 2);
}

/* What is in force is known from the snapshot, too: an older one is refused,
 * the same one taken once more, with what the snapshot lacks. */
static void older_than_what_was_lost(void **state)
{
	struct fake *fake = *state;
	struct object o = object_good(7, 60), older = object_good(6, 50);
	struct object earlier = object_good(8, 600);

	object_make(&o);
	fake_netd_wait(fake, AW_MSG_FETCH);
	object_serve(fake, o.data, o.len);
	settle(fake);
	for (int i = 0; i < 2; i++) {
		fake_stop(fake);
		assert_int_equal(unlink(fake->state), 0);
		fake_run(fake);
		object_make(&older);
		fake_netd_wait(fake, AW_MSG_FETCH);
		object_serve(fake, older.data, older.len);
		free(older.data);
		assert_int_equal(fake->daemon->sweep.net, AW_NET_BAD_ANSWER);
		assert_non_null(
		    strstr(fake->daemon->sweep.text, "an older one"));
		object_fetch(fake, &earlier, AW_NET_BAD_ANSWER, "an older one",
		    "read earlier");
		assert_string_equal(
		    fake_string(fake, "SELECT home FROM principals"
				      " WHERE principal = 'u-gone'"),
		    "/srv/gone");
		aw_sweep_start(&fake->daemon->sweep, false);
		fake_netd_wait(fake, AW_MSG_FETCH);
		object_serve(fake, o.data, o.len);
		assert_int_equal(fake->daemon->sweep.net, AW_NET_OK);
		assert_int_equal(
		    fake_number(fake, "SELECT count(*) FROM sweeps"
				      " WHERE net = 1 AND users = 2"),
		    1);
		settle(fake);
	}
	free(o.data);
}

/* awssso ids rename at the publisher: every host follows, with the same id. */
static void renamed_at_the_publisher(void **state)
{
	static const struct {
		const char *alice, *bob;
	} rows[] = {
		{ "alicia", NULL },
		/* bob's name is free when alice takes it */
		{ "bob", "robert" },
		/* both at once */
		{ "robert", "bob" },
		{ "alice", "bob" },
	};
	struct fake *fake = *state;
	struct object first = object_good(7, 60);
	struct aw_person person;

	object_start(fake, &first);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct object o = object_good(8 + i, 50 - (int64_t)i);

		o.name = rows[i].alice;
		o.bob = rows[i].bob;
		o.off = i == 0;
		object_fetch(fake, &o, AW_NET_OK, "", "renamed");
		assert_int_equal(aw_person_by_name(&fake->daemon->state,
				     rows[i].alice, &person),
		    0);
		assert_int_equal(person.posix_id, ID(1));
		assert_string_equal(person.home, "/home/new");
		assert_int_equal(person.disabled, i == 0);
		assert_int_equal(
		    aw_person_by_name(&fake->daemon->state,
			rows[i].bob ? rows[i].bob : "bob", &person),
		    0);
		assert_int_equal(person.posix_id, ID(2));
	}
}

/* The way out that the message names is one, for any two ids. */
static void an_import_lets_it_in(void **state)
{
	static const uint32_t ids[][2] = {
		{ ID(9), ID(2) },
		{ ID(2), ID(9) },
		{ ID(9), ID(2) }, /* each other's */
		{ ID(1), ID(10) },
	};
	struct fake *fake = *state;
	struct object first = object_good(7, 60);
	struct aw_person person;

	object_start(fake, &first);
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		const struct import_row rows[] = {
			{ ALICE, "al", "/home/al", AW_KIND_USER, ids[i][0] },
			{ BOB, "bob", "/home/bob", AW_KIND_USER, ids[i][1] },
		};
		aw_own_fd int fd = fake_connect(fake, "ctl.sock");
		struct object o = object_good(8 + 2 * i, 50 - (int64_t)i);

		o.alice = ids[i][0];
		o.bobs = ids[i][1];
		object_fetch(fake, &o, AW_NET_BAD_ANSWER,
		    "awssso ids import --theirs", "another id");
		send_import(fd, rows, 2, true, true);
		while (fake_next(fake, fd) != AW_MSG_DONE)
			continue;
		assert_true(aw_wire_num(&fake->in, AW_TAG_NET, 0) == AW_NET_OK);
		o = object_good(9 + 2 * i, 50 - (int64_t)i);
		o.alice = ids[i][0];
		o.bobs = ids[i][1];
		o.off = i % 2 == 0;
		object_fetch(fake, &o, AW_NET_OK, "", "after the import");
		assert_int_equal(
		    aw_person_by_name(&fake->daemon->state, "al", &person), 0);
		assert_int_equal(person.posix_id, ids[i][0]);
		assert_int_equal(person.disabled, i % 2 == 0);
		assert_int_equal(
		    aw_person_by_name(&fake->daemon->state, "bob", &person), 0);
		assert_int_equal(person.posix_id, ids[i][1]);
	}
}

/* What alice gave up at the publisher is hers on a host that knew her and on
 * one that did not; what another one has here is left. */
static void given_up_at_the_publisher(void **state)
{
	struct fake *fake = *state;
	struct object first = object_good(7, 60), o = object_good(8, 50);
	char had[32];

	assert_int_equal(aw_fmt(had, sizeof(had), ":had %u", ID(8)), 0);
	first.notes[0] = ":was ally";
	first.notes[1] = had;
	object_start(fake, &first);
	o.name = "alicia";
	o.notes[0] = ":was al";
	o.notes[1] = ":was bob";
	object_fetch(fake, &o, AW_NET_OK, "", "renamed");
	assert_string_equal(
	    fake_string(fake,
		"SELECT group_concat(x, ' ') FROM (SELECT p.principal || ' ' ||"
		" r.old_name AS x FROM renames r JOIN principals p USING(n)"
		" WHERE kept ORDER BY old_name)"),
	    ALICE " al " ALICE " ally");
	assert_int_equal(
	    fake_number(fake, "SELECT old_id FROM renumbers JOIN principals"
			      " USING(n) WHERE principal = '" ALICE "'"),
	    ID(8));
	/* nobody else has it, whatever a publisher says */
	o = object_good(9, 40);
	o.name = "alicia";
	o.bob = "ally";
	object_make(&o);
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_netd_wait(fake, AW_MSG_FETCH);
	object_serve(fake, o.data, o.len);
	free(o.data);
	assert_int_not_equal(fake->daemon->sweep.net, AW_NET_OK);
	if (!strstr(fake->daemon->sweep.text, "held: 1 names or ids") ||
	    !strstr(fake->daemon->sweep.text, "ally is "))
		fail_msg("%s", fake->daemon->sweep.text);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM principals"
					   " WHERE name = 'ally'"),
	    0);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, object_set_up, object_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(held_but_for_the_disabled),
		TEST(older_than_what_was_lost),
		TEST(renamed_at_the_publisher),
		TEST(an_import_lets_it_in),
		TEST(given_up_at_the_publisher),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
