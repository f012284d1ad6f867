/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl.sock: awsssod/status.c, census.c, and who may ask what.
 * covers: spine.5, R7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "awsssod/person.h"
#include "common/own.h"
#include "tests/unit/awsssod/people.h"

static void status(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	/* anybody may */
	fake->daemon->settings.root = geteuid() + 1;
	fake_ctl_ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	assert_string_equal(fake_text(fake, AW_TAG_STORE), FAKE_STORE);
	assert_string_equal(fake_text(fake, AW_TAG_SWEEP_STATE), "idle");
	assert_true(fake_num(fake, AW_TAG_GENERATION) == 1);
	assert_true(fake_num(fake, AW_TAG_DIRECTORY_AGE) < 60);
	assert_true(fake_num(fake, AW_TAG_USERS) == 4);
	assert_true(fake_num(fake, AW_TAG_GROUPS) == 1);
	assert_true(fake_num(fake, AW_TAG_MEMBERS) == 3);
	assert_true(fake_num(fake, AW_TAG_SKIPPED) == 0);
	assert_true(fake_num(fake, AW_TAG_FLOWS) == 0);
	assert_true(fake_num(fake, AW_TAG_SESSIONS) == 0);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_OK);
	/* six hours, a tenth more or less */
	assert_true(fake_num(fake, AW_TAG_NEXT_SWEEP) >= 19400);
	assert_true(fake_num(fake, AW_TAG_NEXT_SWEEP) <= 23800);
}

static void skipped(void **state)
{
	static const struct fake_user users[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "root@example.com", NULL },
	};
	const struct fake_directory d = { users, NULL, NULL, 2, 0, 0 };
	struct fake *fake = fake_new();
	int fd;

	(void)state;
	fake_run(fake);
	fake_sweep(fake, &d, AW_NET_OK);
	fd = fake_connect(fake, "ctl.sock");
	fake_ctl_ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	assert_true(fake_num(fake, AW_TAG_SKIPPED) == 1);
	fake_ctl_ask(fd, AW_MSG_SKIPPED, NULL, false);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	assert_string_equal(
	    fake_text(fake, AW_TAG_USER_NAME), "root@example.com");
	assert_string_equal(fake_text(fake, AW_TAG_PRINCIPAL_ID), "u-bob");
	assert_non_null(strstr(fake_text(fake, AW_TAG_TEXT), "root"));
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_AFTER) == 999999);
	assert_int_equal(close(fd), 0);
	fake_free(fake);
}

/* A DisplayName of 1,024 characters is legal, and nobody's list ends at it. */
static void skipped_by_a_long_name(void **state)
{
	char one[1025], three[3 * 1024 + 1] = "";
	const struct fake_group groups[] = { { "g-1", one }, { "g-2", three },
		{ "g-3", "a(b" } };
	const struct fake_directory d = { NULL, groups, NULL, 0, 3, 0 };
	struct fake *fake = fake_new();
	int fd;

	(void)state;
	memset(one, 'a', 1024);
	one[1024] = '\0';
	for (int i = 0; i < 1024; i++)
		memcpy(three + (size_t)i * 3, "\xe7\xae\xa1", 4);
	fake_run(fake);
	fake_sweep(fake, &d, AW_NET_OK);
	fd = fake_connect(fake, "ctl.sock");
	fake_ctl_ask(fd, AW_MSG_SKIPPED, NULL, false);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	assert_int_equal(strlen(fake_text(fake, AW_TAG_USER_NAME)), 512);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	/* whole characters */
	assert_int_equal(strlen(fake_text(fake, AW_TAG_USER_NAME)), 510);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_OK);
	assert_int_equal(close(fd), 0);
	fake_free(fake);
}

static void ask_after(int fd, uint16_t type, uint64_t after)
{
	uint8_t data[64];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 7);
	aw_wire_put_num(&out, AW_TAG_AFTER, after);
	fake_send(fd, &out);
}

/* More than a page of them, some called the same: each one comes, and only
 * once. */
static void skipped_in_pages(void **state)
{
	static struct fake_user many[120];
	static char text[120][2][32];
	const struct fake_directory d = { many, NULL, NULL, 120, 0, 0 };
	struct fake *fake = fake_new();
	aw_own_fd int fd = -1;
	uint64_t after = 0;
	bool seen[120] = { false };

	(void)state;
	for (int i = 0; i < 120; i++) {
		assert_int_equal(aw_fmt(text[i][0], 32, "u-%d", i) |
				     aw_fmt(text[i][1], 32, "p%d:x", i / 3),
		    0);
		many[i] = (struct fake_user){ text[i][0], text[i][1], NULL };
	}
	fake_run(fake);
	fake_sweep(fake, &d, AW_NET_OK);
	fd = fake_connect(fake, "ctl.sock");
	for (int n = 0; n < 120; n += 50) {
		const int page = n < 100 ? 50 : 20;

		ask_after(fd, AW_MSG_SKIPPED, after);
		for (int i = 0; i < page; i++) {
			uint64_t who;

			fake_wait(fake, fd, AW_MSG_ID_REC);
			assert_int_equal(
			    aw_num_u64(fake_text(fake, AW_TAG_PRINCIPAL_ID) + 2,
				0, 119, &who),
			    0);
			assert_false(seen[who]);
			seen[who] = true;
		}
		fake_wait(fake, fd, AW_MSG_DONE);
		after = aw_wire_num(&fake->in, AW_TAG_AFTER, 0);
		assert_int_equal(after == 0, page < 50);
	}
	fake_free(fake);
}

/* Nobody makes the daemon sort all of them for a page. */
static void a_page_is_read_in_order(void **state)
{
	struct fake *fake = *state;
	char sql[1024];
	sqlite3_stmt *plan;

	assert_int_equal(aw_fmt(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s",
			     aw_query_sql(AW_Q_SKIPPED)),
	    0);
	assert_int_equal(
	    sqlite3_prepare_v2(fake->daemon->state.db, sql, -1, &plan, NULL),
	    SQLITE_OK);
	while (sqlite3_step(plan) == SQLITE_ROW) {
		const char *step = aw_state_text(plan, 3);

		if (strncmp(step, "SCAN principals", 15) == 0 ||
		    strstr(step, "TEMP B-TREE"))
			fail_msg("%s", step);
	}
	assert_int_equal(sqlite3_finalize(plan), SQLITE_OK);
}

/* Counted when a sweep counts: held losses still are, others are not. */
static void counts_memberships(void **state)
{
	static const struct fake_user users[] = { { ALICE, "alice@example.com",
	    NULL } };
	static const struct fake_group group[] = { { "g-1", "One" } };
	static const struct fake_group groups[] = { { "g-1", "One" },
		{ "g-2", "Two" } };
	static const struct fake_member members[] = { { "g-1", ALICE },
		{ "g-2", ALICE } };
	const struct {
		struct fake_directory d;
		uint64_t want;
	} rows[] = {
		{ { users, group, members, 1, 1, 1 }, 1 },
		{ { users, groups, members, 1, 2, 2 }, 2 },
		{ { users, groups, members, 1, 2, 2 }, 2 },
		{ { users, group, members, 1, 1, 1 }, 1 },
		{ { users, group, members, 1, 1, 0 }, 0 },
	};
	struct fake *fake = fake_new();
	int fd;

	(void)state;
	fake_run(fake);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_sweep_start(&fake->daemon->sweep, false);
		fake_sweep(fake, &rows[i].d, AW_NET_OK);
		fd = fake_connect(fake, "ctl.sock");
		fake_ctl_ask(fd, AW_MSG_STATUS, NULL, false);
		fake_wait(fake, fd, AW_MSG_STATUS_IS);
		assert_true(fake_num(fake, AW_TAG_MEMBERS) == rows[i].want);
		assert_int_equal(close(fd), 0);
	}
	fake_free(fake);
}

/* Ask for the status and return its @tag. */
static uint64_t status_num(struct fake *fake, uint16_t tag)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	fake_ctl_ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	return fake_num(fake, tag);
}

static void sql(struct fake *fake, const char *text)
{
	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db, text, NULL, NULL, NULL),
	    SQLITE_OK);
}

/* Anybody may ask, as often as they like: a generation is counted once. */
static void counts_a_generation_once(void **state)
{
	struct fake *fake = *state;

	assert_true(status_num(fake, AW_TAG_USERS) == 4);
	sql(fake, "UPDATE principals SET present = 0, skip = 'x'"
		  " WHERE user_name LIKE 'b%'");
	sql(fake, "INSERT INTO principals(store, principal, kind, user_name,"
		  " skip) SELECT 'd-1', 'x' || kind, kind, '', 'x'"
		  " FROM (SELECT 2 AS kind UNION ALL SELECT 3)");
	assert_true(status_num(fake, AW_TAG_USERS) == 4);
	assert_true(status_num(fake, AW_TAG_GROUPS) == 1);
	assert_true(status_num(fake, AW_TAG_SETS) == 0);
	assert_true(status_num(fake, AW_TAG_SKIPPED) == 0);
	sql(fake, "UPDATE meta SET value = value + 1 WHERE key = 'generation'");
	assert_true(status_num(fake, AW_TAG_USERS) == 3);
	assert_true(status_num(fake, AW_TAG_GROUPS) == 2);
	assert_true(status_num(fake, AW_TAG_SETS) == 1);
	assert_true(status_num(fake, AW_TAG_SKIPPED) == 2);
}

/* Dave is in @group now, or in none. */
static void refresh_dave(struct fake *fake, const char *group)
{
	struct aw_state *db = &fake->daemon->state;
	uint8_t data[256];
	struct aw_wire_out out;
	struct aw_wire_in in;
	struct aw_person dave;
	bool changed;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PERSON_IS, 1);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, DAVE);
	aw_wire_put_text(&out, AW_TAG_USER_NAME, "dave@example.com");
	aw_wire_put_text(&out, AW_TAG_GROUP_ID, group);
	assert_int_equal(aw_wire_end(&out), 0);
	assert_int_equal(aw_wire_open(out.data, out.len, &in), 0);
	assert_int_equal(aw_person_by_name(db, "dave", &dave), 0);
	assert_int_equal(
	    aw_person_refresh(db, &fake->conf, &in, &dave, &changed), 0);
	assert_true(changed);
}

/* One person's groups count at once, and a restart forgets no count. */
static void counts_follow_a_refresh_and_a_restart(void **state)
{
	struct fake *fake = *state;

	refresh_dave(fake, "g-admins");
	assert_true(status_num(fake, AW_TAG_MEMBERS) == 4);
	refresh_dave(fake, "g-new");
	assert_true(status_num(fake, AW_TAG_MEMBERS) == 4);
	assert_true(status_num(fake, AW_TAG_GROUPS) == 2);
	refresh_dave(fake, NULL);
	assert_true(status_num(fake, AW_TAG_MEMBERS) == 3);
	fake_stop(fake);
	fake_run(fake);
	assert_true(status_num(fake, AW_TAG_MEMBERS) == 3);
	assert_true(status_num(fake, AW_TAG_USERS) == 4);
}

static void only_root_syncs(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	fake->daemon->settings.root = geteuid() + 1;
	fake_ctl_ask(fd, AW_MSG_SYNC, NULL, false);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_REFUSED);
	fake_ctl_ask(fd, AW_MSG_WHY, "alice", false);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(fake_num(fake, AW_TAG_NET) == AW_NET_REFUSED);
	fake_netd_silent(fake, 20);
}

static void unknown_is_closed(void **state)
{
	static const struct {
		const char *socket;
		uint16_t type;
	} rows[] = {
		{ "ctl.sock", AW_MSG_AUTH },
		{ "ctl.sock", AW_MSG_OPEN },
		{ "ctl.sock", AW_MSG_SWEEP },
		{ "auth.sock", AW_MSG_STATUS },
		{ "auth.sock", AW_MSG_SYNC },
		{ "auth.sock", AW_MSG_VERDICT },
	};
	struct fake *fake = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, rows[i].socket);

		fake_ctl_ask(fd, rows[i].type, "alice", false);
		fake_wait_end(fake, fd);
	}
	{
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		assert_int_equal(aw_sock_send(fd, "noise", 5, -1, 0), 0);
		fake_wait_end(fake, fd);
	}
}
int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, people_set_up, people_tear_down)
		T(status),
		cmocka_unit_test(skipped),
		cmocka_unit_test(skipped_by_a_long_name),
		cmocka_unit_test(skipped_in_pages),
		T(a_page_is_read_in_order),
		cmocka_unit_test(counts_memberships),
		T(counts_a_generation_once),
		T(counts_follow_a_refresh_and_a_restart),
		T(only_root_syncs),
		T(unknown_is_closed),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
