/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ctl.sock, and the way of a sweep: awsssod/status.c, sweep.c, netd.c.
 * covers: spine.5, R7, R24
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

static void ask(int fd, uint16_t type, const char *user, bool accept)
{
	uint8_t data[256];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 7);
	aw_wire_put_text(&out, AW_TAG_USER, user);
	if (accept)
		aw_wire_put_num(&out, AW_TAG_ACCEPT_LOSS, 1);
	fake_send(fd, &out);
}

static uint64_t num(const struct fake *fake, uint16_t tag)
{
	return aw_wire_num(&fake->in, tag, 999999);
}

static void status(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	/* anybody may */
	fake->daemon->settings.root = geteuid() + 1;
	ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	assert_string_equal(fake_text(fake, AW_TAG_STORE), FAKE_STORE);
	assert_string_equal(fake_text(fake, AW_TAG_SWEEP_STATE), "idle");
	assert_true(num(fake, AW_TAG_GENERATION) == 1);
	assert_true(num(fake, AW_TAG_DIRECTORY_AGE) < 60);
	assert_true(num(fake, AW_TAG_USERS) == 4);
	assert_true(num(fake, AW_TAG_GROUPS) == 1);
	assert_true(num(fake, AW_TAG_MEMBERS) == 3);
	assert_true(num(fake, AW_TAG_SKIPPED) == 0);
	assert_true(num(fake, AW_TAG_FLOWS) == 0);
	assert_true(num(fake, AW_TAG_SESSIONS) == 0);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_OK);
	/* six hours, a tenth more or less */
	assert_true(num(fake, AW_TAG_NEXT_SWEEP) >= 19400);
	assert_true(num(fake, AW_TAG_NEXT_SWEEP) <= 23800);
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
	ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	assert_true(num(fake, AW_TAG_SKIPPED) == 1);
	ask(fd, AW_MSG_SKIPPED, NULL, false);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	assert_string_equal(
	    fake_text(fake, AW_TAG_USER_NAME), "root@example.com");
	assert_string_equal(fake_text(fake, AW_TAG_PRINCIPAL_ID), "u-bob");
	assert_non_null(strstr(fake_text(fake, AW_TAG_TEXT), "root"));
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_AFTER) == 999999);
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
	ask(fd, AW_MSG_SKIPPED, NULL, false);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	assert_int_equal(strlen(fake_text(fake, AW_TAG_USER_NAME)), 512);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	/* whole characters */
	assert_int_equal(strlen(fake_text(fake, AW_TAG_USER_NAME)), 510);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_OK);
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
		ask(fd, AW_MSG_STATUS, NULL, false);
		fake_wait(fake, fd, AW_MSG_STATUS_IS);
		assert_true(num(fake, AW_TAG_MEMBERS) == rows[i].want);
		assert_int_equal(close(fd), 0);
	}
	fake_free(fake);
}

/* Ask for the status and return its @tag. */
static uint64_t status_num(struct fake *fake, uint16_t tag)
{
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	return num(fake, tag);
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

static void sync_tells(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	ask(fd, AW_MSG_SYNC, NULL, false);
	fake_sweep(fake, &people, AW_NET_OK);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	assert_true(num(fake, AW_TAG_USERS) == 4);
	assert_true(num(fake, AW_TAG_MEMBERS) == 3);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_OK);
}

/* Whoever waits hears that the snapshot cannot be written, and so does whoever
 * asks, until it can. */
static void sync_without_a_snapshot(void **state)
{
	static const struct fake_user more[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "bob@example.com", NULL },
		{ "u-new", "newbie@example.com", NULL },
	};
	const struct fake_directory d = { more, NULL, NULL, 3, 0, 0 };
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	struct aw_publish *publish = &fake->daemon->publish;
	const char *program = publish->program;

	publish->program = "/bin/false";
	ask(fd, AW_MSG_SYNC, NULL, true);
	fake_sweep(fake, &d, AW_NET_OK);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_CONFIG);
	assert_non_null(strstr(
	    fake_text(fake, AW_TAG_TEXT), "the snapshot cannot be written"));
	ask(fd, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, fd, AW_MSG_STATUS_IS);
	assert_non_null(strstr(fake_text(fake, AW_TAG_SWEEP_STATE),
	    "the snapshot cannot be written"));
	publish->program = program;
	ask(fd, AW_MSG_SYNC, NULL, false);
	fake_sweep(fake, &d, AW_NET_OK);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_OK);
	assert_string_equal(publish->trouble, "");
}

/* Throttled, broken off, short: the last good generation stays. */
static void bad_sweeps(void **state)
{
	static const struct {
		const char *name;
		uint64_t net, want;

	} rows[] = {
		{ "throttled", AW_NET_THROTTLED, AW_NET_THROTTLED },
		{ "network", AW_NET_UNAVAIL, AW_NET_UNAVAIL },
		{ "no outcome", 0, 0 },
	};
	struct fake *fake = *state;
	const struct fake_directory one = { people.users, NULL, NULL, 1, 0, 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "ctl.sock");

		ask(fd, AW_MSG_SYNC, NULL, true);
		fake_sweep(fake, &one, rows[i].net);
		fake_wait(fake, fd, AW_MSG_PROGRESS);
		fake_wait(fake, fd, AW_MSG_DONE);
		if (num(fake, AW_TAG_NET) != rows[i].want)
			fail_msg("%s", rows[i].name);
		assert_int_equal(
		    fake_number(fake, "SELECT count(*) FROM principals"
				      " WHERE kind = 1 AND present"),
		    4);
	}
}

static void short_read(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[256];
	struct aw_wire_out out;

	ask(fd, AW_MSG_SYNC, NULL, true);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	aw_wire_begin(
	    &out, data, sizeof(data), AW_MSG_SWEEP_END, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_USERS, 4);
	aw_wire_put_num(&out, AW_TAG_GROUPS, 1);
	aw_wire_put_num(&out, AW_TAG_MEMBERS, 3);
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_BAD_ANSWER);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM principals"
					   " WHERE kind = 1 AND present"),
	    4);
}

/* A page that could still be changed, or none at all, voids the sweep. */
static void bad_page(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	uint8_t data[64];
	struct aw_wire_out out;

	ask(fd, AW_MSG_SYNC, NULL, true);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, fake->in.request);
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_BAD_ANSWER);
	fake_netd_wait(fake, AW_MSG_CANCEL);
}

static void held_and_accepted(void **state)
{
	static struct fake_user many[20];
	static char text[20][2][32];
	const struct fake_directory all = { many, NULL, NULL, 20, 0, 0 };
	const struct fake_directory few = { many, NULL, NULL, 5, 0, 0 };
	struct fake *fake = fake_new();
	int fd;

	(void)state;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(
		    aw_fmt(text[i][0], 32, "u-%d", i) |
			aw_fmt(text[i][1], 32, "p%d@example.com", i),
		    0);
		many[i] = (struct fake_user){ text[i][0], text[i][1], NULL };
	}
	fake_run(fake);
	fake_sweep(fake, &all, AW_NET_OK);
	for (int accept = 0; accept < 2; accept++) {
		fd = fake_connect(fake, "ctl.sock");
		ask(fd, AW_MSG_SYNC, NULL, accept);
		fake_sweep(fake, &few, AW_NET_OK);
		fake_wait(fake, fd, AW_MSG_PROGRESS);
		fake_wait(fake, fd, AW_MSG_DONE);
		ask(fd, AW_MSG_STATUS, NULL, false);
		fake_wait(fake, fd, AW_MSG_STATUS_IS);
		assert_true(num(fake, AW_TAG_USERS) == (accept ? 5 : 20));
		assert_int_equal(strncmp(fake_text(fake, AW_TAG_SWEEP_STATE),
				     "held: ", 6) == 0,
		    !accept);
		assert_int_equal(close(fd), 0);
	}
	fake_free(fake);
}

/* Whom a held sweep lacks starts no sign-in, but their cron jobs go on. */
static void missing_people(void **state)
{
	struct fake *fake = *state;
	const struct fake_ask auth = {
		.type = AW_MSG_AUTH, .user = "alice", .attempt = "c1"
	};
	const struct fake_ask cron = {
		.type = AW_MSG_ACCOUNT, .user = "alice", .service = "cron"
	};
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db,
		"UPDATE principals SET missing = 1", NULL, NULL, NULL),
	    SQLITE_OK);
	fake_ask(fake, fd, &cron);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
	fake_ask(fake, fd, &auth);
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &(struct end){ .net = AW_NET_UNAVAIL });
	fake_verdict(fake, fd, AW_VERDICT_EXPIRED, "does not know you");
}

static void only_root_syncs(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	fake->daemon->settings.root = geteuid() + 1;
	ask(fd, AW_MSG_SYNC, NULL, false);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_REFUSED);
	ask(fd, AW_MSG_WHY, "alice", false);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_REFUSED);
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

		ask(fd, rows[i].type, "alice", false);
		fake_wait_end(fake, fd);
	}
	{
		aw_own_fd int fd = fake_connect(fake, "auth.sock");

		assert_int_equal(aw_sock_send(fd, "noise", 5, -1, 0), 0);
		fake_wait_end(fake, fd);
	}
}

static void why(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int auth = fake_connect(fake, "auth.sock");
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_end(fake, begin(fake, auth, "c1"),
	    &(struct end){ .net = AW_NET_DENIED });
	fake_verdict(fake, auth, AW_VERDICT_REFUSED, "denied");
	for (int i = 0; i < 2; i++) {
		ask(fd, AW_MSG_WHY, i ? "alice" : NULL, false);
		fake_wait(fake, fd, AW_MSG_EVENT);
		assert_string_equal(fake_text(fake, AW_TAG_USER), "alice");
		assert_string_equal(fake_text(fake, AW_TAG_SERVICE), "sshd");
		assert_string_equal(fake_text(fake, AW_TAG_RHOST), "10.0.0.9");
		assert_int_equal(strlen(fake_text(fake, AW_TAG_CODE)), 5);
		assert_true(num(fake, AW_TAG_VERDICT) == AW_VERDICT_REFUSED);
		fake_wait(fake, fd, AW_MSG_DONE);
	}
	ask(fd, AW_MSG_WHY, "bob", false);
	fake_wait(fake, fd, AW_MSG_DONE);
}

static void ask_explain(int fd, uint16_t type, const char *user,
    const char *service, const char *code)
{
	uint8_t data[512];
	struct aw_wire_out out;

	aw_wire_begin(&out, data, sizeof(data), type, 7);
	if (user)
		aw_wire_put_text(&out, AW_TAG_USER, user);
	if (service)
		aw_wire_put_text(&out, AW_TAG_SERVICE, service);
	if (code)
		aw_wire_put_text(&out, AW_TAG_CODE, code);
	fake_send(fd, &out);
}

/* What would be decided now, by which line, with nothing asked or kept. */
static void explains_a_person(void **state)
{
	static const struct {
		const char *user, *service;
		enum aw_verdict before, account;
		const char *rule;
	} rows[] = {
		{ "alice", "sshd", AW_VERDICT_ALLOW, AW_VERDICT_ALLOW,
		    "awssso.conf:0: [access] allow_groups = admins" },
		{ "alice", "sudo", AW_VERDICT_POLICY, AW_VERDICT_POLICY,
		    "awssso.conf:0: [service sudo] deny_users = alice" },
		{ "alice", "cron", AW_VERDICT_ALLOW, AW_VERDICT_POLICY,
		    "awssso.conf:0: [service cron] allow_permission_sets = X" },
		{ "nobody", "sshd", AW_VERDICT_EXPIRED, AW_VERDICT_EXPIRED,
		    "" },
	};
	struct fake *fake = *state;
	struct aw_conf *conf = &fake->daemon->conf;
	int64_t events;

	fake_rule(conf, "sudo", true, AW_RULE_USER, "alice");
	fake_rule(conf, "cron", false, AW_RULE_SET, "X");
	events = fake_number(fake, "SELECT count(*) FROM events");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		aw_own_fd int fd = fake_connect(fake, "ctl.sock");

		ask_explain(
		    fd, AW_MSG_EXPLAIN, rows[i].user, rows[i].service, NULL);
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		assert_string_equal(
		    fake_text(fake, AW_TAG_STAGE), "before a code");
		if (num(fake, AW_TAG_VERDICT) != rows[i].before)
			fail_msg("%s: before a code", rows[i].service);
		fake_wait(fake, fd, AW_MSG_EXPLAINED);
		if (num(fake, AW_TAG_VERDICT) != rows[i].account ||
		    strcmp(fake_text(fake, AW_TAG_RULE), rows[i].rule) != 0)
			fail_msg("%s %s: %s, %s", rows[i].user, rows[i].service,
			    fake_text(fake, AW_TAG_TEXT),
			    fake_text(fake, AW_TAG_RULE));
		fake_wait(fake, fd, AW_MSG_DONE);
		assert_true(num(fake, AW_TAG_GENERATION) > 0);
	}
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM events"), events);
	fake_netd_silent(fake, 20);
}

static void explains_a_code(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int auth = fake_connect(fake, "auth.sock");
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	char code[17];

	fake_rule(&fake->daemon->conf, NULL, true, AW_RULE_USER, "alice");
	fake_ask(fake, auth,
	    &(struct fake_ask){ .type = AW_MSG_AUTH,
		.user = "alice",
		.service = "sshd",
		.attempt = "c9" });
	fake_verdict(fake, auth, AW_VERDICT_POLICY, "not among");
	assert_int_equal(aw_copy(code, sizeof(code),
			     fake_string(fake, "SELECT code FROM events"
					       " ORDER BY n DESC LIMIT 1")),
	    0);
	ask_explain(fd, AW_MSG_EXPLAIN_CODE, NULL, NULL, code);
	fake_wait(fake, fd, AW_MSG_EVENT);
	assert_string_equal(fake_text(fake, AW_TAG_USER), "alice");
	assert_non_null(strstr(fake_text(fake, AW_TAG_DETAIL),
	    "awssso.conf:0: [access] deny_users = alice; generation "));
	assert_non_null(strstr(fake_text(fake, AW_TAG_ACTION), "deny line"));
	fake_wait(fake, fd, AW_MSG_DONE);
	ask_explain(fd, AW_MSG_EXPLAIN_CODE, NULL, NULL, "NONE0");
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(num(fake, AW_TAG_NET) == AW_NET_NOT_FOUND);
}

/* A fleet that starts at once does not ask at once, unless it has nothing. */
static void first_sweeps_are_spread(void **state)
{
	static const struct {
		uint64_t age, interval;
		uint32_t random;
		uint64_t want;
	} rows[] = {
		{ UINT64_MAX, 21600, UINT32_MAX, 0 },
		{ 0, 21600, 0, 0 },
		{ 0, 21600, UINT32_MAX, 1800 },
		{ 0, 21600, UINT32_MAX / 2, 899 },
		{ 21000, 21600, UINT32_MAX, 600 }, /* no later than due */
		{ 21600, 21600, UINT32_MAX, 60 },
		{ UINT64_MAX - 1, 21600, UINT32_MAX, 60 }, /* a wrong clock */
		{ 0, 10, UINT32_MAX, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint64_t got = aw_sweep_first_delay(
		    rows[i].age, rows[i].interval, rows[i].random);

		if (got != rows[i].want)
			fail_msg("row %zu: %llu", i, (unsigned long long)got);
	}
}

/* A sweep that waits says so, lives on, and shows how far it is. */
static void a_sweep_that_waits(void **state)
{
	struct fake *fake = *state;
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");
	aw_own_fd int other = fake_connect(fake, "ctl.sock");
	uint8_t data[256];
	struct aw_wire_out out;

	ask(fd, AW_MSG_SYNC, NULL, true);
	fake_netd_wait(fake, AW_MSG_SWEEP);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PAGE, fake->in.request);
	aw_wire_put_num(&out, AW_TAG_REQUESTS, 3);
	aw_wire_put_num(&out, AW_TAG_EXPECTED, 9);
	aw_wire_put_text(&out, AW_TAG_TEXT, "slow down");
	fake_netd_send(fake, &out, -1);
	fake_wait(fake, fd, AW_MSG_PROGRESS);
	assert_true(num(fake, AW_TAG_REQUESTS) == 3);
	assert_true(num(fake, AW_TAG_EXPECTED) == 9);
	assert_true(num(fake, AW_TAG_RATE) == 1);
	ask(other, AW_MSG_STATUS, NULL, false);
	fake_wait(fake, other, AW_MSG_STATUS_IS);
	assert_true(num(fake, AW_TAG_REQUESTS) == 3);
	assert_true(num(fake, AW_TAG_EXPECTED) == 9);
	assert_string_equal(
	    fake_text(fake, AW_TAG_SWEEP_STATE), "running, waits: slow down");
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
		T(sync_tells),
		T(sync_without_a_snapshot),
		T(bad_sweeps),
		T(short_read),
		T(bad_page),
		T(a_sweep_that_waits),
		cmocka_unit_test(first_sweeps_are_spread),
		cmocka_unit_test(held_and_accepted),
		T(missing_people),
		T(only_root_syncs),
		T(unknown_is_closed),
		T(why),
		T(explains_a_person),
		T(explains_a_code),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
