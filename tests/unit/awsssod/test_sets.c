/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of permission sets: from sweeps (awsssod/sets.c), and where these
 * cannot read them from people's own sign-ins (awsssod/learned.c), in the
 * database, in the policy and in the snapshot.
 * covers: dir.3, dir.11, R4, R11, R24
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/learned.h"
#include "awsssod/person.h"
#include "awsssod/sets.h"
#include "common/id.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/snapshot.h"
#include "tests/unit/awsssod/people.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const char *const sets[] = { "Admin", "Empty", "ReadOnly" };
static const struct fake_grant grants[] = {
	{ "Admin", AW_KIND_GROUP, "g-admins" },
	{ "Admin", AW_KIND_USER, ALICE }, /* twice in it, once listed */
	{ "Admin", AW_KIND_USER, DAVE },
	{ "ReadOnly", AW_KIND_USER, BOB },
	{ "ReadOnly", AW_KIND_USER, "u-of-elsewhere" },
};
static const struct fake_sets all = { sets, grants, 3, 5, true, false };
static const struct fake_sets some = { sets, grants, 1, 1, true, false };
static const struct fake_sets none = { sets, grants, 0, 0, true, false };

static int set_up(void **state)
{
	struct fake *fake = fake_new();

	*state = fake;
	assert_int_equal(
	    aw_fmt(fake->conf.home, AW_CONF_TEXT, "%s/%%u", fake->dir), 0);
	return 0;
}

static void start(struct fake *fake, const struct fake_sets *of)
{
	fake->sets = of;
	fake_run(fake);
	fake_sweep(fake, &people, AW_NET_OK);
}

static void sweep(struct fake *fake, const struct fake_sets *of)
{
	fake->sets = of;
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_sweep(fake, &people, AW_NET_OK);
}

/* The members of the set's group as NSS will say, "a b " and so on; "-": no
 * such group. */
static const char *members(struct fake *fake, const char *name)
{
	const uint64_t until = aw_sock_now_ms() + FAKE_MS;
	struct aw_publish *publish = &fake->daemon->publish;
	static char text[256];
	struct aw_snap_group group;
	struct aw_snap snap;
	char path[160];
	int r;

	do
		fake_turn(fake, 5);
	while (
	    (publish->is_due || publish->worker) && aw_sock_now_ms() < until);
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/" AW_SNAPSHOT_NAME, fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	r = aw_snap_group_by_name(&snap, name, strlen(name), &group);
	if (r == 0) {
		assert_true(group.members_len < sizeof(text));
		assert_true(group.flags & AW_SNAP_SET);
		assert_int_equal(!(group.flags & AW_SNAP_LEARNED),
		    aw_sets_are_known(&fake->daemon->state));
		for (uint32_t i = 0; i < group.members_len; i++)
			text[i] = group.members[i] ? group.members[i] : ' ';
	}
	text[r == 0 ? group.members_len : 0] = '\0';
	aw_snap_close(&snap);
	return r == 0 ? text : "-";
}

static void groups_of_a_sweep(void **state)
{
	struct fake *fake = *state;
	int64_t id;

	start(fake, &all);
	assert_string_equal(
	    members(fake, "aws-Admin"), "alice bob carol dave ");
	assert_string_equal(members(fake, "aws-ReadOnly"), "bob ");
	assert_string_equal(members(fake, "aws-Empty"), "");
	id = fake_number(fake, "SELECT posix_id FROM principals"
			       " WHERE principal = 'ps:Admin' AND kind = 3");
	assert_true(aw_id_in_range((uint64_t)id));
	/* The same again is the same. */
	sweep(fake, &all);
	assert_int_equal(fake_number(fake, "SELECT value FROM meta"
					   " WHERE key = 'generation'"),
	    1);
	sweep(fake, &some);
	assert_string_equal(members(fake, "aws-Admin"), "alice bob carol ");
	assert_string_equal(members(fake, "aws-ReadOnly"), "-");
	sweep(fake, &none);
	assert_string_equal(members(fake, "aws-Admin"), "-");
	/* Its id waits for it. */
	sweep(fake, &all);
	assert_true(id == fake_number(fake, "SELECT posix_id FROM principals"
					    " WHERE name = 'aws-Admin'"));
	assert_string_equal(
	    members(fake, "aws-Admin"), "alice bob carol dave ");
}

/* R24 is about absence in an answer; here there is none, and nobody would
 * ever take a membership back. */
static void what_cannot_be_read_is_dropped(void **state)
{
	struct fake *fake = *state;

	start(fake, &all);
	assert_string_equal(members(fake, "aws-ReadOnly"), "bob ");
	sweep(fake, NULL);
	assert_string_equal(members(fake, "aws-ReadOnly"), "");
	assert_string_equal(members(fake, "aws-Admin"), "");
	sweep(fake, &all);
	assert_string_equal(members(fake, "aws-ReadOnly"), "bob ");
}

/* R24: an outage of SSO admin changes nobody's groups, is shown, and is tried
 * again before long; but what was read long ago is believed no more. */
static void r24_an_outage_changes_nobody(void **state)
{
	static const struct fake_sets later = { NULL, NULL, 0, 0, false, true };
	struct fake *fake = *state;
	uint64_t next;

	start(fake, &all);
	for (int i = 0; i < 2; i++) {
		sweep(fake, &later);
		assert_string_equal(members(fake, "aws-ReadOnly"), "bob ");
		assert_true(aw_sets_are_known(&fake->daemon->state));
	}
	assert_string_equal(fake->daemon->sweep.text, "permission sets: 503");
	next = fake->daemon->sweep.next_ms - aw_sock_now_ms();
	assert_true(next < fake->conf.sweep_interval * 1000 / 10);
	sweep(fake, &all);
	assert_string_equal(fake->daemon->sweep.text, "");
	next = fake->daemon->sweep.next_ms - aw_sock_now_ms();
	assert_true(next > fake->conf.sweep_interval * 1000 / 2);
	assert_int_equal(sqlite3_exec(fake->daemon->state.db,
			     "UPDATE meta SET value = 1 WHERE key = 'sets_at'",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	sweep(fake, &later);
	assert_string_equal(members(fake, "aws-ReadOnly"), "");
}

/* Whoever leaves without ever having had a name leaves nothing behind: neither
 * a person nor a group that holds a set, whose grants the outage keeps. */
static void an_outage_and_nobody_leaves(void **state)
{
	static const struct fake_user odd[] = {
		{ ALICE, "alice@example.com", NULL },
		{ "u-odd", "root@example.com", NULL },
	};
	static const struct fake_group odd_groups[] = {
		{ "g-admins", "admins" },
		{ "g-odd", "root" },
	};
	static const struct fake_grant held[] = {
		{ "Admin", AW_KIND_USER, ALICE },
		{ "Admin", AW_KIND_USER, "u-odd" },
		{ "Admin", AW_KIND_GROUP, "g-odd" },
	};
	static const struct fake_sets three = { sets, held, 1, 3, true, false };
	static const struct fake_sets later = { NULL, NULL, 0, 0, false, true };
	const struct fake_directory two = { odd, odd_groups, NULL, 2, 2, 0 };
	const struct fake_directory one = { odd, odd_groups, NULL, 1, 1, 0 };
	struct fake *fake = *state;

	fake->sets = &three;
	fake_run(fake);
	fake_sweep(fake, &two, AW_NET_OK);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM grants"), 3);
	assert_int_equal(sqlite3_exec(fake->daemon->state.db,
			     "INSERT INTO principals(store, principal, kind,"
			     " user_name, present)"
			     " VALUES('', 'ps:Odd', 3, 'Odd', 0);"
			     "INSERT INTO learned SELECT g.n, u.n, 1, 1"
			     " FROM principals g, principals u"
			     " WHERE g.kind = 3"
			     " AND u.principal IN ('u-odd', 'u-alice');"
			     "INSERT INTO grants SELECT g.n, u.n"
			     " FROM principals g, principals u"
			     " WHERE g.principal = 'ps:Odd'"
			     " AND u.principal = 'u-alice'",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	fake->sets = &later;
	aw_sweep_start(&fake->daemon->sweep, false);
	fake_sweep(fake, &one, AW_NET_OK);
	assert_string_equal(fake->daemon->sweep.text, "permission sets: 503");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM principals"
					   " WHERE principal LIKE '%odd'"),
	    0);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM grants"), 1);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"), 1);
	assert_string_equal(members(fake, "aws-Admin"), "alice ");
}

/* Nothing was ever read: people's own count, and go on counting. */
static void an_outage_from_the_start(void **state)
{
	static const struct fake_sets later = { NULL, NULL, 0, 0, false, true };
	struct fake *fake = *state;

	start(fake, &later);
	assert_string_equal(members(fake, "aws-ReadOnly"), "-");
	assert_false(aw_sets_are_known(&fake->daemon->state));
	sweep(fake, &all);
	assert_string_equal(members(fake, "aws-ReadOnly"), "bob ");
}

/* More than five assignments at once are no change of a day, though each set
 * is still there. */
static void r24_a_loss_of_assignments_is_held(void **state)
{
	static const char *const one[] = { "Admin", "S1", "S2", "S3", "S4",
		"S5", "S6" };
	static const struct fake_grant seven[] = {
		{ "Admin", AW_KIND_USER, BOB },
		{ "S1", AW_KIND_USER, BOB },
		{ "S2", AW_KIND_USER, BOB },
		{ "S3", AW_KIND_USER, BOB },
		{ "S4", AW_KIND_USER, BOB },
		{ "S5", AW_KIND_USER, BOB },
		{ "S6", AW_KIND_USER, BOB },
	};
	struct fake *fake = *state;

	start(fake, &(struct fake_sets){ one, seven, 7, 7, true, false });
	sweep(fake, &(struct fake_sets){ one, seven, 7, 1, true, false });
	assert_string_equal(members(fake, "aws-S6"), "bob ");
	assert_non_null(strstr(
	    fake_string(fake, "SELECT value FROM meta WHERE key = 'held'"),
	    "6 of 7 assignments"));
	sweep(fake, &(struct fake_sets){ one, seven, 7, 2, true, false });
	assert_string_equal(members(fake, "aws-S6"), "");
}

/* More than five sets at once are no change of a day. */
static void r24_a_loss_of_sets_is_held(void **state)
{
	static const char *const many[] = { "S1", "S2", "S3", "S4", "S5", "S6",
		"S7" };
	const struct fake_sets seven = { many, grants, 7, 0, true, false };
	struct fake *fake = *state;

	start(fake, &seven);
	assert_string_equal(members(fake, "aws-S7"), "");
	sweep(fake, &(struct fake_sets){ many, grants, 1, 0, true, false });
	assert_string_equal(members(fake, "aws-S7"), "");
	assert_non_null(strstr(
	    fake_string(fake, "SELECT value FROM meta WHERE key = 'held'"),
	    "6 of 7 permission sets"));
	sweep(fake, &(struct fake_sets){ many, grants, 2, 0, true, false });
	assert_string_equal(members(fake, "aws-S7"), "-");
}

/* A key login, by what the last sweep knew.  @want: aw_verdict. */
static void by_key(struct fake *fake, const char *user,
    const struct end *person, enum aw_verdict want)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT, .user = user });
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, person);
	fake_verdict(fake, fd, want, "");
}

static void r11_the_policy_by_a_sweep(void **state)
{
	static const struct end alice = { AW_NET_OK, NULL, ALICE,
		"alice@example.com", NULL, "g-admins", NULL, 0 };
	static const struct end bob = { AW_NET_OK, NULL, BOB, "bob@example.com",
		NULL, "g-admins", NULL, 0 };
	static const struct end alone = { AW_NET_OK, NULL, ALICE,
		"alice@example.com", NULL, NULL, NULL, 0 };
	struct aw_access_facts facts;
	struct fake *fake = *state;
	struct aw_person person;

	fake_allow(&fake->conf, AW_RULE_SET, "ReadOnly");
	start(fake, &all);
	by_key(fake, "bob", &bob, AW_VERDICT_ALLOW);
	by_key(fake, "alice", &alice, AW_VERDICT_POLICY);
	/* Not granted is not known to be not held: a code may be made. */
	assert_int_equal(
	    aw_person_by_name(&fake->daemon->state, "alice", &person), 0);
	assert_int_equal(aw_person_access(&fake->daemon->state,
			     &fake->daemon->conf, &person, &facts),
	    0);
	assert_int_equal(
	    aw_access_judge(&fake->daemon->conf, "sshd", &facts, NULL),
	    AW_ACCESS_UNKNOWN);
	/* By a group, as fresh as the person's groups. */
	fake_allow(&fake->daemon->conf, AW_RULE_SET, "Admin");
	sweep(fake, &some);
	by_key(fake, "alice", &alice, AW_VERDICT_ALLOW);
	by_key(fake, "alice", &alone, AW_VERDICT_POLICY);
	/* What is not known is no. */
	sweep(fake, NULL);
	by_key(fake, "bob", &bob, AW_VERDICT_POLICY);
}

/* A set's group is no group of the directory: allow_groups does not mean it,
 * by whatever name. */
static void r4_a_set_is_no_group(void **state)
{
	static const char *const names[] = { "aws-ReadOnly", "ReadOnly",
		"ps:ReadOnly" };
	struct aw_access_facts facts;
	struct fake *fake = *state;
	struct aw_person person;

	start(fake, &all);
	assert_int_equal(
	    aw_person_by_name(&fake->daemon->state, "bob", &person), 0);
	for (size_t i = 0; i < LEN(names); i++) {
		struct aw_conf *conf = &fake->daemon->conf;

		fake_allow(conf, AW_RULE_GROUP, names[i]);
		assert_int_equal(aw_person_access(&fake->daemon->state, conf,
				     &person, &facts),
		    0);
		if (aw_access_judge(conf, "sshd", &facts, NULL) != AW_ACCESS_NO)
			fail_msg("%s", names[i]);
	}
}

static void sign_in(struct fake *fake, const char *attempt, const char *role)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");
	struct end end = right;

	end.token = TOKEN;
	end.role = role;
	send_end(fake, begin(fake, fd, attempt), &end);
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

/* Open or close alice's session of @attempt, led by this process. */
static void session(struct fake *fake, uint16_t type, const char *attempt)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = type,
		.user = "alice",
		.attempt = attempt,
		.ksession = 9 });
	fake_verdict(fake, fd, AW_VERDICT_ALLOW, "");
}

/* sudo's question, answered with @role. */
static void live(struct fake *fake, const char *role, enum aw_verdict want)
{
	aw_own_fd int fd = fake_connect(fake, "auth.sock");

	fake_ask(fake, fd,
	    &(struct fake_ask){ .type = AW_MSG_ACCOUNT,
		.user = "alice",
		.service = "sudo",
		.set = "Login",
		.ksession = 9 });
	fake_netd_wait(fake, AW_MSG_PERSON);
	send_person(fake, &right);
	fake_netd_wait(fake, AW_MSG_ROLES);
	send_roles(fake, AW_NET_OK, role);
	fake_verdict(fake, fd, want, "");
}

/* The session begins when libc knows its groups. */
static void learned_before_the_session_begins(void **state)
{
	struct fake *fake = *state;
	struct aw_snap_group group;
	struct aw_snap snap;
	char path[160];

	start(fake, NULL);
	assert_string_equal(members(fake, "aws-Login"), "-");
	fake->daemon->publish.gather_ms = FAKE_MS * 10;
	sign_in(fake, "10.0.0.9 1 10.0.0.1 22", "Login");
	session(fake, AW_MSG_OPEN, "10.0.0.9 1 10.0.0.1 22");
	assert_int_equal(
	    aw_fmt(path, sizeof(path), "%s/" AW_SNAPSHOT_NAME, fake->pub), 0);
	assert_int_equal(aw_snap_open(path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_group_by_name(&snap, "aws-Login", 9, &group), 0);
	assert_int_equal(group.n_members, 1);
	aw_snap_close(&snap);
}

static void learned_until_the_session_ends(void **state)
{
	struct fake *fake = *state;

	start(fake, NULL);
	sign_in(fake, "10.0.0.9 1 10.0.0.1 22", "Login");
	assert_string_equal(members(fake, "aws-Login"), "alice ");
	session(fake, AW_MSG_OPEN, "10.0.0.9 1 10.0.0.1 22");
	assert_int_equal(
	    fake_number(fake, "SELECT count(*) FROM learned l"
			      " JOIN sessions s ON s.n = l.session"),
	    1);
	/* A live answer adds, and takes away at once. */
	live(fake, "Login", AW_VERDICT_ALLOW);
	assert_string_equal(members(fake, "aws-Login"), "alice ");
	live(fake, "Other", AW_VERDICT_POLICY);
	assert_string_equal(members(fake, "aws-Login"), "");
	assert_string_equal(members(fake, "aws-Other"), "alice ");
	session(fake, AW_MSG_CLOSE, "10.0.0.9 1 10.0.0.1 22");
	assert_string_equal(members(fake, "aws-Other"), "");
}

/* Nothing is forgotten and nothing prolonged: what counts is when it was
 * learned. */
static void learned_over_a_restart(void **state)
{
	struct fake *fake = *state;

	start(fake, NULL);
	sign_in(fake, "10.0.0.9 1 10.0.0.1 22", "Login");
	session(fake, AW_MSG_OPEN, "10.0.0.9 1 10.0.0.1 22");
	assert_string_equal(members(fake, "aws-Login"), "alice ");
	fake_stop(fake);
	fake_run(fake);
	assert_string_equal(members(fake, "aws-Login"), "alice ");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"), 1);
	/* Its session has gone in the meantime. */
	assert_int_equal(sqlite3_exec(fake->daemon->state.db,
			     "UPDATE sessions SET start = 1", NULL, NULL, NULL),
	    SQLITE_OK);
	fake_stop(fake);
	fake_run(fake);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"), 0);
	assert_string_equal(members(fake, "aws-Login"), "");
}

static void learned_for_eight_hours(void **state)
{
	static const struct {
		const char *name, *sql;
		int64_t want;
	} rows[] = {
		{ "just now", "at", 1 },
		{ "7 h 59 min", "at - 28740", 1 },
		{ "8 h", "at - 28800", 0 },
		{ "a clock that was wrong", "at + 3600", 0 },
	};
	struct fake *fake = *state;
	char sql[128];

	start(fake, NULL);
	for (size_t i = 0; i < LEN(rows); i++) {
		sign_in(fake, "10.0.0.9 1 10.0.0.1 22", "Login");
		session(fake, AW_MSG_OPEN, "10.0.0.9 1 10.0.0.1 22");
		assert_int_equal(aw_fmt(sql, sizeof(sql),
				     "UPDATE learned SET at = %s", rows[i].sql),
		    0);
		assert_int_equal(
		    sqlite3_exec(fake->daemon->state.db, sql, NULL, NULL, NULL),
		    SQLITE_OK);
		aw_learned_expire(fake->daemon);
		if (fake_number(fake, "SELECT count(*) FROM learned") !=
		    rows[i].want)
			fail_msg("%s", rows[i].name);
		session(fake, AW_MSG_CLOSE, "10.0.0.9 1 10.0.0.1 22");
		fake_netd_wait(fake, AW_MSG_DROP);
		aw_attempt_forget(&fake->daemon->attempts.slot[0]);
	}
}

/* A sign-in that no session follows from. */
static void learned_for_nothing(void **state)
{
	struct fake *fake = *state;

	start(fake, NULL);
	sign_in(fake, "10.0.0.9 1 10.0.0.1 22", "Login");
	/* by a key, of the same person: not what it was learned for */
	session(fake, AW_MSG_OPEN, "10.0.0.9 2 10.0.0.1 22");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"
					   " WHERE session < 0"),
	    1);
	assert_int_equal(
	    sqlite3_exec(fake->daemon->state.db,
		"UPDATE learned SET at = at - 120", NULL, NULL, NULL),
	    SQLITE_OK);
	aw_learned_expire(fake->daemon);
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"), 0);
}

static void not_learned(void **state)
{
	struct fake *fake = *state;

	/* What a sweep knows needs no help. */
	start(fake, &all);
	sign_in(fake, "10.0.0.9 1 10.0.0.1 22", "Login");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"), 0);
	/* Nor is anything learned where sets are not wanted. */
	fake->daemon->conf.permission_sets = AW_PERMISSION_SETS_NO;
	sweep(fake, &all);
	assert_string_equal(members(fake, "aws-Admin"), "-");
	sign_in(fake, "10.0.0.9 2 10.0.0.1 22", "Login");
	assert_int_equal(fake_number(fake, "SELECT count(*) FROM learned"), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, people_tear_down)
		TEST(groups_of_a_sweep),
		TEST(what_cannot_be_read_is_dropped),
		TEST(r24_a_loss_of_sets_is_held),
		TEST(r24_an_outage_changes_nobody),
		TEST(an_outage_and_nobody_leaves),
		TEST(an_outage_from_the_start),
		TEST(r24_a_loss_of_assignments_is_held),
		TEST(r11_the_policy_by_a_sweep),
		TEST(r4_a_set_is_no_group),
		TEST(learned_before_the_session_begins),
		TEST(learned_until_the_session_ends),
		TEST(learned_over_a_restart),
		TEST(learned_for_eight_hours),
		TEST(learned_for_nothing),
		TEST(not_learned),
	};
	const int r = fake_worker(argc, argv);

	return r >= 0 ? r : cmocka_run_group_tests(tests, NULL, NULL);
}
