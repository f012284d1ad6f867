/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/local_look.c: what an account of the host takes is the
 * directory's no more, without a sweep.
 * covers: verdict.4, R13, R17, R18
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot.h"
#include "tests/unit/awsssod/people.h"

#define PASSWD "root:x:0:0::/root:/bin/sh\n"
#define GROUP  "root:x:0:\n"

/* What the snapshot in place shows, by name and by id. */
static void published(
    struct fake *fake, const char *name, uint32_t id, bool is_user, bool want)
{
	const uint64_t until = aw_sock_now_ms() + FAKE_MS;
	struct aw_publish *publish = &fake->daemon->publish;
	struct aw_snap_group group;
	struct aw_snap_user user;
	struct aw_snap snap;
	bool by_name, by_id;
	char path[160];

	do
		fake_turn(fake, 5);
	while (aw_publish_is_busy(publish) && aw_sock_now_ms() < until);
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/" AW_SNAPSHOT_NAME, fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	if (is_user) {
		by_name =
		    aw_snap_user_by_name(&snap, name, strlen(name), &user) == 0;
		by_id = aw_snap_user_by_id(&snap, id, &user) == 0;
	} else {
		by_name = aw_snap_group_by_name(
			      &snap, name, strlen(name), &group) == 0;
		by_id = aw_snap_group_by_id(&snap, id, &group) == 0;
	}
	aw_snap_close(&snap);
	if (by_name != want || by_id != want)
		fail_msg("%s: by name %d, by id %d", name, by_name, by_id);
}

static uint32_t id_of(struct fake *fake, const char *principal)
{
	char sql[160];

	assert_int_equal(aw_fmt(sql, sizeof(sql),
			     "SELECT posix_id FROM principals"
			     " WHERE principal = '%s'",
			     principal),
	    0);
	return (uint32_t)fake_number(fake, sql);
}

static void sign_in(struct fake *fake, enum aw_verdict want)
{
	const struct fake_ask ask = {
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron"
	};
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd, &ask);
	fake_verdict(fake, fd, want, "");
}

static void a_name_is_taken(void **state)
{
	struct fake *fake = *state;
	const uint32_t alice = id_of(fake, ALICE);

	published(fake, "alice", alice, true, true);
	sign_in(fake, AW_VERDICT_ALLOW);
	fake_file(fake->passwd, PASSWD "alice:x:4711:100::/home/a:/bin/sh\n");
	aw_local_look(fake->daemon);
	sign_in(fake, AW_VERDICT_EXPIRED);
	published(fake, "alice", alice, true, false);
	published(fake, "bob", id_of(fake, BOB), true, true);
	/* and given back: with the id that was hers */
	fake_file(fake->passwd, PASSWD);
	aw_local_look(fake->daemon);
	sign_in(fake, AW_VERDICT_ALLOW);
	published(fake, "alice", alice, true, true);
	fake_netd_silent(fake, 20);
}

static void a_group_or_an_id(void **state)
{
	struct fake *fake = *state;
	const uint32_t admins = id_of(fake, "g-admins");
	const uint32_t bob = id_of(fake, BOB);
	char text[160];

	fake_file(fake->group, GROUP "admins:x:50:\n");
	aw_local_look(fake->daemon);
	published(fake, "admins", admins, false, false);
	assert_int_equal(aw_fmt(text, sizeof(text), GROUP "x:x:%u:\n", bob), 0);
	fake_file(fake->group, text);
	aw_local_look(fake->daemon);
	published(fake, "admins", admins, false, true);
	published(fake, "bob", bob, true, false);
	/* a range of sub-ids */
	fake_file(fake->group, GROUP);
	assert_int_equal(aw_fmt(text, sizeof(text), "local:%u:1\n", admins), 0);
	fake_file(fake->subgid, text);
	aw_local_look(fake->daemon);
	published(fake, "bob", bob, true, true);
	published(fake, "admins", admins, false, false);
	assert_int_equal(unlink(fake->subgid), 0);
	aw_local_look(fake->daemon);
	published(fake, "admins", admins, false, true);
}

/* Nothing is written, and nothing read, for a file that is as it was; and for
 * one that changed and takes nothing, no generation. */
static void only_when_it_matters(void **state)
{
	struct fake *fake = *state;
	const char *sql = "SELECT value FROM meta WHERE key = 'generation'";
	const int64_t before = fake_number(fake, sql);

	fake_file(fake->passwd, PASSWD "eve:x:4711:100::/home/e:/bin/sh\n");
	aw_local_look(fake->daemon);
	assert_int_equal(fake_number(fake, sql), before);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM local_names"
					   " WHERE name = 'eve'"),
	    1);
	assert_int_equal(sqlite3_exec(fake->daemon->state.db,
			     "DELETE FROM local_names", NULL, NULL, NULL),
	    SQLITE_OK);
	aw_local_look(fake->daemon);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM local_names"), 0);
}

/* While awsssod was not there: at its start, before anybody asks. */
static void while_it_was_away(void **state)
{
	struct fake *fake = *state;
	const uint32_t alice = id_of(fake, ALICE);

	published(fake, "alice", alice, true, true);
	fake_stop(fake);
	fake_file(fake->passwd, PASSWD "alice:x:4711:100::/home/a:/bin/sh\n");
	fake_run(fake);
	sign_in(fake, AW_VERDICT_EXPIRED);
	published(fake, "alice", alice, true, false);
}

#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		T(a_name_is_taken),
		T(a_group_or_an_id),
		T(only_when_it_matters),
		T(while_it_was_away),
	};

	if (argc > 1)
		return fake_worker(argc, argv);
	return cmocka_run_group_tests_name("local_look", tests, NULL, NULL);
}
