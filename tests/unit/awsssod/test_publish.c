/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the tables to the snapshot in its place, through a real worker
 * process: awsssod/publish.c, rows.c, worker.c; and back: rebuild.c.
 * covers: spine.5, spine.2, R12, R16, R21
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/rebuild.h"
#include "awsssod/worker.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot.h"
#include "tests/unit/awsssod/people.h"

static void path_of(
    const struct fake *fake, const char *name, char *buf, size_t size)
{
	assert_int_equal(aw_fmt(buf, size, "%s/%s", fake->pub, name), 0);
}

static void open_snapshot(const struct fake *fake, struct aw_snap *ret)
{
	char path[160];

	path_of(fake, AW_SNAPSHOT_NAME, path, sizeof(path));
	assert_int_equal(aw_snap_open(path, geteuid(), ret), 0);
	assert_int_equal(aw_snap_verify(ret), 0);
}

static void wait_published(struct fake *fake, uint64_t n)
{
	const uint64_t until = aw_sock_now_ms() + FAKE_MS;

	while (
	    fake->daemon->publish.n_published < n && aw_sock_now_ms() < until)
		fake_turn(fake, 5);
	assert_true(fake->daemon->publish.n_published == n);
}

static uint32_t flags_of(const struct aw_snap *snap, const char *name)
{
	struct aw_snap_user user;

	assert_int_equal(
	    aw_snap_user_by_name(snap, name, strlen(name), &user), 0);
	return user.flags;
}

static void what_it_says(void **state)
{
	struct fake *fake = *state;
	struct aw_snap_user_more more;
	struct aw_snap_group group;
	struct aw_snap_user user;
	struct aw_snap snap;
	struct stat st;
	uint32_t gid, n;
	char path[160];

	wait_published(fake, 1);
	open_snapshot(fake, &snap);
	assert_string_equal(aw_snap_store(&snap), FAKE_STORE);
	assert_true(snap.generation == 1);
	assert_int_equal(snap.n_users, 4);
	assert_int_equal(snap.n_groups, 1);
	assert_int_equal(aw_snap_user_by_name(&snap, "alice", 5, &user), 0);
	assert_true(
	    user.id == fake_number(fake, "SELECT posix_id FROM principals"
					 " WHERE name = 'alice'"));
	assert_string_equal(user.strings + user.home_at, "/home/alice");
	assert_string_equal(user.strings + user.shell_at, "/bin/sh");
	assert_int_equal(aw_snap_user_more(&snap, &user, &more), 0);
	assert_string_equal(more.principal_id, ALICE);
	assert_string_equal(more.user_name, "alice@example.com");
	assert_int_equal(aw_snap_group_by_name(&snap, "admins", 6, &group), 0);
	assert_int_equal(group.n_members, 3);
	assert_int_equal(aw_snap_user_gids(&snap, &user, &gid, 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(gid, group.id);
	/* by the policy, and enumerate = allowed */
	assert_int_equal(
	    flags_of(&snap, "alice"), AW_SNAP_ALLOWED | AW_SNAP_ENUM);
	assert_int_equal(flags_of(&snap, "carol"), AW_SNAP_DISABLED);
	assert_int_equal(flags_of(&snap, "dave"), 0);
	aw_snap_close(&snap);
	path_of(fake, AW_SNAPSHOT_NAME, path, sizeof(path));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	path_of(fake, AW_WORKER_TEMP, path, sizeof(path));
	assert_int_equal(stat(path, &st), -1);
}

static void only_when_something_changed(void **state)
{
	static const struct fake_user off[] = {
		{ ALICE, "alice@example.com", "DISABLED" },
	};
	struct fake *fake = *state;
	const struct fake_directory changed = { off, people.groups,
		people.members, 1, 1, 1 };
	struct aw_snap old, new;

	wait_published(fake, 1);
	open_snapshot(fake, &old);
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_sweep(fake, &people, AW_NET_OK);
	fake_netd_silent(fake, 20);
	assert_false(fake->daemon->publish.is_due);
	aw_sweep_start(&fake->daemon->sweep, true);
	fake_sweep(fake, &changed, AW_NET_OK);
	assert_true(fake->daemon->publish.is_due);
	wait_published(fake, 2);
	assert_true(aw_snap_superseded(&old));
	open_snapshot(fake, &new);
	assert_true(new.generation > old.generation);
	assert_int_equal(flags_of(&new, "alice"), AW_SNAP_DISABLED);
	assert_int_equal(new.n_users, 1);
	assert_int_equal(new.n_tombs, 3);
	aw_snap_close(&old);
	aw_snap_close(&new);
}

/* A restart publishes again only if the file in place is out of date. */
static void restart(void **state)
{
	struct fake *fake = *state;
	char path[160];

	wait_published(fake, 1);
	fake_stop(fake);
	fake_run(fake);
	assert_false(fake->daemon->publish.is_due);
	fake_stop(fake);
	/* Another policy: another snapshot. */
	fake_allow(&fake->conf, AW_RULE_GROUP, NULL);
	fake_run(fake);
	assert_true(fake->daemon->publish.is_due);
	wait_published(fake, 1);
	fake_stop(fake);
	path_of(fake, AW_SNAPSHOT_NAME, path, sizeof(path));
	assert_int_equal(unlink(path), 0);
	fake_run(fake);
	assert_true(fake->daemon->publish.is_due);
}

/* A worker that dies leaves the file in place alone; it is tried again. */
static void worker_dies(void **state)
{
	struct fake *fake = *state;
	struct aw_publish *publish = &fake->daemon->publish;
	struct aw_snap snap;

	wait_published(fake, 1);
	publish->program = "/bin/false";
	aw_publish_soon(publish);
	for (int i = 0; i < 1000 && !publish->worker; i++)
		fake_turn(fake, 5);
	for (int i = 0; i < 1000 && publish->worker; i++)
		fake_turn(fake, 5);
	assert_true(publish->is_due);
	assert_true(publish->n_published == 1);
	open_snapshot(fake, &snap);
	assert_false(aw_snap_superseded(&snap));
	aw_snap_close(&snap);
}

/* state.db is lost: the same people have the same ids and homes, the dead stay
 * dead, and nothing is given twice. */
static void lost_state(void **state)
{
	static const struct fake_user three[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "bob@example.com", NULL },
		{ CAROL, "carol@example.com", "DISABLED" },
	};
	struct fake *fake = *state;
	const struct fake_directory d = { three, people.groups, people.members,
		3, 1, 3 };
	int64_t alice, dave;

	wait_published(fake, 1);
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_sweep(fake, &d, AW_NET_OK);
	wait_published(fake, 2);
	alice = fake_number(fake, "SELECT posix_id FROM principals"
				  " WHERE principal = 'u-alice'");
	dave = fake_number(fake, "SELECT posix_id FROM principals"
				 " WHERE principal = 'u-dave'");
	fake_stop(fake);
	assert_int_equal(unlink(fake->state), 0);
	fake_run(fake);
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM principals"), 5);
	/* as "awssso status" shows it */
	assert_int_equal(fake_number(fake, "SELECT value FROM meta"
					   " WHERE key = 'members'"),
	    3);
	assert_true(fake_number(fake, "SELECT posix_id FROM principals"
				      " WHERE principal = 'u-alice'") == alice);
	assert_true(fake_number(fake, "SELECT posix_id FROM principals WHERE"
				      " principal = 'u-dave' AND NOT present"
				      " AND name = 'dave' AND home IS NOT"
				      " NULL") == dave);
	assert_int_equal(fake_number(fake, "SELECT disabled FROM principals"
					   " WHERE principal = 'u-carol'"),
	    1);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM members"), 3);
	assert_string_equal(
	    fake_string(fake, "SELECT value FROM meta WHERE key = 'store'"),
	    FAKE_STORE);
	/* The policy knows the group by its name again after a sweep. */
	fake_sweep(fake, &people, AW_NET_OK);
	assert_true(
	    fake_number(fake, "SELECT posix_id FROM principals WHERE"
			      " principal = 'u-dave' AND present") == dave);
}

/* What the worker gets must be whole. */
static void worker_input(void **state)
{
	struct fake *fake = *state;
	const int dir = open(fake->pub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct aw_diag why = { .text = "" };
	uint8_t data[256];
	struct aw_wire_out out;
	struct stat st;
	int ends[2];

	assert_true(dir >= 0);
	wait_published(fake, 1);
	/* 0: nothing; 1: a head and no end; 2: an end and no head; 3: noise */
	for (int i = 0; i < 4; i++) {
		assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
		if (i == 1 || i == 2) {
			aw_wire_begin(&out, data, sizeof(data),
			    i == 1 ? AW_MSG_SNAP_HEAD : AW_MSG_SNAP_END, 0);
			if (i == 1)
				aw_wire_put_text(
				    &out, AW_TAG_STORE, FAKE_STORE);
			assert_int_equal(aw_wire_end(&out), 0);
			assert_true(write(ends[1], data, out.len) > 0);
		} else if (i == 3) {
			memset(data, 'x', sizeof(data));
			assert_true(write(ends[1], data, sizeof(data)) > 0);
		}
		assert_int_equal(close(ends[1]), 0);
		assert_true(aw_worker_run(ends[0], dir, &why) < 0);
		assert_int_equal(close(ends[0]), 0);
		assert_int_equal(fstatat(dir, AW_WORKER_TEMP, &st, 0), -1);
	}
	assert_int_equal(close(dir), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(what_it_says),
		T(only_when_something_changed),
		T(restart),
		T(worker_dies),
		T(lost_state),
		T(worker_input),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("publish", tests, NULL, NULL);
}
