/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random histories of a ledger, lost at their end: what comes back from the
 * snapshot answers every question as the lost one did: awsssod/rebuild.c,
 * note.c, rows.c.
 * covers: dir.6, R12, R16
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
#include <unistd.h>

#include "awsssod/ids_entry.h"
#include "awsssod/rebuild.h"
#include "awsssod/rows.h"
#include "awsssod/worker.h"
#include "common/id.h"
#include "common/snapshot_write.h"
#include "tests/unit/awsssod/world.h"

#define HISTORIES  40
#define STEPS      60
#define PRINCIPALS 10
#define NAMES      8
#define IDS        14

static uint64_t seed;

static unsigned pick(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 33) % n;
}

static const char *a_name(unsigned i)
{
	static const char *const names[NAMES] = { "ann", "ben", "cyd", "dan",
		"eve", "fay", "gus", "hal" };

	return names[i];
}

/* Some of them adopted ones. */
static uint32_t an_id(unsigned i)
{
	return i < 4 ? 2000 + i : AW_ID_MIN + i;
}

static void principal_of(unsigned i, char buf[16])
{
	assert_int_equal(
	    aw_fmt(buf, 16, "%s-%u", i % 4 == 3 ? "g" : "u", i), 0);
}

static void add_principals(struct aw_state *state)
{
	for (unsigned i = 0; i < PRINCIPALS; i++) {
		char principal[16];

		principal_of(i, principal);
		assert_int_equal(
		    aw_state_run(state, AW_Q_STAGE_ROW, "ssi", FAKE_STORE,
			principal,
			(int64_t)(i % 4 == 3 ? AW_KIND_GROUP : AW_KIND_USER)),
		    0);
	}
}

static int find(struct aw_state *state, unsigned i, struct aw_entry *ret)
{
	char principal[16];

	principal_of(i, principal);
	return aw_entry_of(state, FAKE_STORE, principal, ret);
}

static int give(struct aw_state *state, const struct aw_entry *entry,
    const char *name, uint32_t id, const char *home)
{
	struct aw_diag why = { .text = "" };
	int r;

	r = aw_entry_may_be_called(state, entry, name, &why);
	if (r == 0)
		r = aw_entry_may_have(state, entry, id, &why);
	return r != 0 ? r
		      : aw_state_run(state, AW_Q_GIVE, "isisi", entry->n, name,
			    (int64_t)id, home, (int64_t)(id < AW_ID_MIN));
}

static int renumber(
    struct aw_state *state, const struct aw_entry *entry, uint32_t id)
{
	struct aw_diag why = { .text = "" };
	int r;

	r = aw_entry_may_have(state, entry, id, &why);
	if (r == 0)
		r = aw_state_run(state, AW_Q_RENUMBER_NOTE, "iiii", entry->n,
		    (int64_t)1, (int64_t)entry->id, (int64_t)id);
	return r != 0 ? r
		      : aw_state_run(state, AW_Q_RENUMBER, "iii", entry->n,
			    (int64_t)id, (int64_t)(id < AW_ID_MIN));
}

/* Something happens to somebody, or is refused. */
static int step(struct aw_state *state)
{
	const char *name = a_name(pick(NAMES));
	const uint32_t id = an_id(pick(IDS));
	struct aw_entry entry;
	char home[32];

	assert_int_equal(find(state, pick(PRINCIPALS), &entry), 0);
	assert_int_equal(aw_fmt(home, sizeof(home), "/%s/%s%u",
			     pick(4) ? "home" : "srv", name, pick(3)),
	    0);
	if (!entry.name[0])
		return give(state, &entry, name, id,
		    entry.kind == AW_KIND_USER ? home : NULL);
	switch (pick(5)) {
	case 0:
		return aw_entry_rename(state, &entry, name,
		    entry.kind == AW_KIND_USER ? home : NULL, pick(3) > 0);
	case 1:
		return id == entry.id ? 0 : renumber(state, &entry, id);
	case 2:
		return aw_entry_reserve_name(state, entry.n, 1, name);
	case 3:
		return aw_entry_reserve_id(state, entry.n, 1, id);
	default:
		return sqlite3_exec(state->db,
			   pick(2) ? "UPDATE principals SET present = 1"
				   : "UPDATE principals SET present = 0"
				     " WHERE n % 3 = 1",
			   NULL, NULL, NULL) == SQLITE_OK
			   ? 0
			   : -EIO;
	}
}

static unsigned make_history(struct aw_state *state)
{
	unsigned done = 0;

	assert_int_equal(aw_state_begin(state), 0);
	add_principals(state);
	for (unsigned i = 0; i < STEPS; i++) {
		int r;

		assert_int_equal(
		    sqlite3_exec(state->db, "SAVEPOINT s", NULL, NULL, NULL),
		    SQLITE_OK);
		r = step(state);
		if (r != 0 && r != AW_DENIED && r != -EEXIST)
			fail_msg("step %u: %d", i, r);
		done += r == 0;
		assert_int_equal(
		    sqlite3_exec(state->db,
			r == 0 ? "RELEASE s" : "ROLLBACK TO s; RELEASE s", NULL,
			NULL, NULL),
		    SQLITE_OK);
	}
	assert_int_equal(aw_state_commit(state), 0);
	return done;
}

/* As the daemon does it, without a process of its own for it. */
static void publish(struct world *world)
{
	const int dir =
	    open(world->fake->pub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int fd = open("/tmp", O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	static uint8_t buf[2 * AW_ROWS_MESSAGE];
	struct aw_diag why = { .text = "" };
	struct aw_rows rows;
	size_t len = 0;
	int r;

	assert_true(dir >= 0 && fd >= 0);
	assert_int_equal(aw_rows_init(&rows, &world->state, &world->fake->conf,
			     world->fake->group),
	    0);
	while ((r = aw_rows_next(&rows, buf, sizeof(buf), &len)) == 0)
		assert_int_equal(write(fd, buf, len), (ssize_t)len);
	assert_int_equal(r, AW_END);
	aw_rows_done(&rows);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	if (aw_worker_run(fd, dir, &why) != 0)
		fail_msg("%s", why.text);
	assert_int_equal(aw_snapw_publish(dir, AW_WORKER_TEMP, NULL), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(close(dir), 0);
}

/* What @entry would be answered, of every name and id. */
static void answers(struct aw_state *state, const struct aw_entry *entry,
    char *buf, size_t size)
{
	size_t at = 0;

	for (unsigned i = 0; i < NAMES + IDS; i++) {
		struct aw_diag why = { .text = "" };
		const int r = i < NAMES ? aw_entry_may_be_called(
					      state, entry, a_name(i), &why)
					: aw_entry_may_have(state, entry,
					      an_id(i - NAMES), &why);

		assert_true(r >= 0);
		assert_int_equal(
		    aw_fmt(buf + at, size - at, "%d %s\n", r, why.text), 0);
		at += strlen(buf + at);
	}
}

static void compare(
    struct aw_state *lost, struct aw_state *back, unsigned history)
{
	static char before[8192], after[8192];

	for (unsigned i = 0; i <= PRINCIPALS; i++) {
		/* the last one is a stranger */
		struct aw_entry mine = { .kind = AW_KIND_USER };
		struct aw_entry its = mine;

		if (i < PRINCIPALS) {
			assert_int_equal(find(lost, i, &mine), 0);
			its.kind = mine.kind;
			if (find(back, i, &its) != 0 && mine.name[0])
				fail_msg("%u: %u is gone", history, i);
		}
		if (strcmp(mine.name, its.name) != 0 || mine.id != its.id ||
		    strcmp(mine.home, its.home) != 0 ||
		    mine.adopted != its.adopted)
			fail_msg("%u: %u was %s %u %s, is %s %u %s", history, i,
			    mine.name, mine.id, mine.home, its.name, its.id,
			    its.home);
		answers(lost, &mine, before, sizeof(before));
		answers(back, &its, after, sizeof(after));
		if (strcmp(before, after) != 0)
			fail_msg(
			    "%u, %u:\n%sis now\n%s", history, i, before, after);
	}
}

static void every_answer_is_the_same(void **state)
{
	unsigned done = 0;

	for (unsigned i = 0; i < HISTORIES; i++) {
		struct aw_diag why = { .text = "" };
		struct aw_state back;
		struct world *world;
		char path[160];
		unsigned n;

		seed = 88172645463325252u + i;
		assert_int_equal(world_set_up(state), 0);
		world = *state;
		assert_int_equal(
		    aw_state_set(&world->state, "store", FAKE_STORE), 0);
		assert_int_equal(
		    aw_state_set(&world->state, "domain", "d.io"), 0);
		done += make_history(&world->state);
		publish(world);
		assert_int_equal(
		    aw_fmt(path, sizeof(path), "%s/back.db", world->fake->dir),
		    0);
		assert_int_equal(aw_state_open(path, &back, &why), 0);
		assert_int_equal(
		    aw_rebuild(&back, &world->fake->conf, world->fake->pub, &n),
		    0);
		compare(&world->state, &back, i);
		aw_state_close(&back);
		assert_int_equal(world_tear_down(state), 0);
	}
	printf("%d histories, %u changes\n", HISTORIES, done);
	assert_true(done > HISTORIES * STEPS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_is_the_same),
	};

	return cmocka_run_group_tests_name("rebuild_random", tests, NULL, NULL);
}
