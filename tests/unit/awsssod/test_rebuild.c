/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.db is lost and comes back from the snapshot: whatever was given to
 * somebody stays theirs: awsssod/rebuild.c, rows.c.
 * covers: dir.6, verdict.2, R4, R12, R16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "awsssod/access.h"
#include "awsssod/person.h"
#include "common/id.h"
#include "common/own.h"
#include "tests/unit/awsssod/admin.h"
#include "tests/unit/awsssod/people.h"

static int set_up(void **state)
{
	*state = admin_start(&people);
	return 0;
}

/* @says "" is success. */
static void ask_and_hear(struct fake *fake, uint16_t type, const char *who,
    uint64_t id, const char *new_name, const char *home, const char *says)
{
	const struct question question = { type, who, id, new_name, home,
		*says ? AW_NET_REFUSED : AW_NET_OK, says };

	ask(fake, &question);
	settle(fake);
}

static void change(struct fake *fake, uint16_t type, const char *who,
    uint64_t id, const char *new_name, const char *home)
{
	ask_and_hear(fake, type, who, id, new_name, home, "");
}

/* awssso ids import --theirs: @principal has the id @id. */
static void renumber(struct fake *fake, const char *principal, const char *name,
    const char *home, uint64_t id)
{
	const struct import_row row = { principal, name, home, AW_KIND_USER,
		id };
	aw_own_fd int fd = fake_connect(fake, "ctl.sock");

	send_import(fd, &row, 1, true, true);
	fake_wait(fake, fd, AW_MSG_ID_REC);
	fake_wait(fake, fd, AW_MSG_DONE);
	assert_true(aw_wire_num(&fake->in, AW_TAG_NET, 0) == AW_NET_OK);
	settle(fake);
}

static int64_t id_of(const struct fake *fake, const char *principal)
{
	char sql[128];

	assert_int_equal(aw_fmt(sql, sizeof(sql),
			     "SELECT posix_id FROM principals WHERE"
			     " principal = '%s'",
			     principal),
	    0);
	return fake_number(fake, sql);
}

/* The whole ledger, with what is reserved and pinned; who is there now is a
 * sweep's to tell. */
static void ledger(const struct fake *fake, char buf[2048])
{
	const char *text = fake_string(fake,
	    "SELECT group_concat(line, char(10)) FROM ("
	    "SELECT store || ' ' || principal || ' ' || kind || ' ' || posix_id"
	    " || ' ' || name || ' ' || coalesce(home, '-') || ' ' || adopted"
	    " AS line FROM principals WHERE name IS NOT NULL UNION "
	    "SELECT principal || ' was ' || old_name FROM renames"
	    " JOIN principals USING(n) WHERE kept UNION "
	    "SELECT principal || ' had ' || old_id FROM renumbers"
	    " JOIN principals USING(n) UNION "
	    "SELECT kind || ' ' || text || ' is ' || principal FROM pins"
	    " ORDER BY line)");

	assert_int_equal(aw_copy(buf, 2048, text), 0);
}

static void lose_state(struct fake *fake)
{
	fake_stop(fake);
	assert_int_equal(unlink(fake->state), 0);
	fake_run(fake);
}

/* Lose it: the ledger is as it was, and a sweep takes nothing from anybody. */
static void lose_and_compare(
    struct fake *fake, const struct fake_directory *directory)
{
	char before[2048], after[2048];

	ledger(fake, before);
	lose_state(fake);
	ledger(fake, after);
	assert_string_equal(after, before);
	fake_sweep(fake, directory, AW_NET_OK);
	settle(fake);
	ledger(fake, after);
	assert_string_equal(after, before);
}

static void adopted(void **state)
{
	struct fake *fake = *state;

	change(fake, ADOPT, "alice", 1001, NULL, "/home/alice");
	no_local_alice(fake);
	sync_with(fake, &people);
	lose_and_compare(fake, &people);
	assert_int_equal(
	    fake_number(fake, "SELECT posix_id FROM principals"
			      " WHERE name = 'alice' AND adopted AND present"),
	    1001);
}

/* Her old account is there yet: she is a tombstone in the snapshot. */
static void adopted_and_local(void **state)
{
	struct fake *fake = *state;

	change(fake, ADOPT, "alice", 1001, NULL, "/home/alice");
	sync_with(fake, &people);
	lose_and_compare(fake, &people);
	assert_int_equal(
	    fake_number(fake, "SELECT posix_id FROM principals"
			      " WHERE principal = 'u-alice' AND adopted"),
	    1001);
}

/* R16: what somebody gave up is nobody else's afterwards either. */
static void given_up(void **state)
{
	struct fake *fake = *state;
	const struct fake_directory d = { people.users, people.groups,
		people.members, 3, people.n_groups, 3 };
	int64_t carols;

	settle(fake);
	carols = id_of(fake, CAROL);
	change(fake, RENAME, "bob", 0, "bobby", NULL);
	change(fake, RENAME, "admins", 0, "ops", NULL);
	change(fake, RENAME, "dave", 0, "davy", "/srv/davy");
	renumber(fake, CAROL, "carol", "/home/carol", AW_ID_MIN + 5);
	renumber(fake, CAROL, "carol", "/home/carol", AW_ID_MIN + 6);
	sync_with(fake, &d);
	for (int i = 0; i < 2; i++) {
		lose_and_compare(fake, &d);
		ask_and_hear(fake, ADOPT, "alice@example.com", (uint64_t)carols,
		    NULL, NULL, "is that of u-carol");
		ask_and_hear(fake, ADOPT, "alice@example.com", AW_ID_MIN + 5,
		    NULL, NULL, "is that of u-carol");
		ask_and_hear(
		    fake, RENAME, CAROL, 0, "bob", NULL, "was that of u-bob");
		ask_and_hear(fake, RENAME, CAROL, 0, "admins", NULL,
		    "was that of g-admins");
		ask_and_hear(
		    fake, RENAME, CAROL, 0, "dave", NULL, "was that of u-dave");
		assert_string_equal(
		    fake_string(fake, "SELECT home FROM principals"
				      " WHERE principal = 'u-dave'"),
		    "/srv/davy");
	}
	/* and their own again */
	change(fake, RENAME, BOB, 0, "bob", NULL);
	renumber(fake, CAROL, "carol", "/home/carol", (uint64_t)carols);
	lose_and_compare(fake, &d);
}

/* The domain that was pinned, though most are of another one by now. */
static void pinned_domain(void **state)
{
	static const struct fake_user more[] = {
		{ BOB, "bob@example.com", NULL },
		{ "u-erin", "erin@partner.example", NULL },
		{ "u-frank", "frank@partner.example", NULL },
		{ "u-grace", "grace@example.com", NULL },
	};
	struct fake *fake = *state;
	const struct fake_directory d = { more, people.groups, people.members,
		4, people.n_groups, 0 };

	settle(fake);
	fake_stop(fake);
	fake->conf.domains_auto = true;
	fake->conf.names.n_domains = 0;
	fake_run(fake);
	sync_with(fake, &people);
	sync_with(fake, &d);
	lose_and_compare(fake, &d);
	assert_string_equal(
	    fake_string(fake, "SELECT value FROM meta WHERE key = 'domain'"),
	    "example.com");
}

/* domains = auto: known people are not newcomers' to outvote. */
static void domain(void **state)
{
	static const struct fake_user more[] = {
		{ ALICE, "alice@example.com", NULL },
		{ BOB, "bob@example.com", NULL },
		{ CAROL, "carol@example.com", "DISABLED" },
		{ DAVE, "dave@example.com", NULL },
		{ "u-erin", "erin@partner.example", NULL },
		{ "u-frank", "frank@partner.example", NULL },
		{ "u-grace", "grace@example.com", NULL },
		{ "u-heidi", "heidi@partner.example", NULL },
	};
	struct fake *fake = *state;
	const struct fake_directory d = { more, people.groups, people.members,
		8, people.n_groups, people.n_members };

	settle(fake);
	fake_stop(fake);
	fake->conf.domains_auto = true;
	fake->conf.names.n_domains = 0;
	assert_int_equal(unlink(fake->state), 0);
	fake_run(fake);
	fake_sweep(fake, &d, AW_NET_OK);
	settle(fake);
	assert_string_equal(
	    fake_string(fake, "SELECT value FROM meta WHERE key = 'domain'"),
	    "example.com");
	assert_string_equal(
	    fake_string(fake, "SELECT group_concat(name) FROM (SELECT name FROM"
			      " principals WHERE principal IN ('u-erin',"
			      " 'u-grace') ORDER BY principal)"),
	    "erin@partner.example,grace");
}

static enum aw_access judged(
    struct fake *fake, const char *name, const char *service)
{
	struct aw_daemon *daemon = fake->daemon;
	struct aw_access_facts facts;
	struct aw_person person;

	assert_int_equal(aw_person_by_name(&daemon->state, name, &person), 0);
	assert_int_equal(
	    aw_person_access(&daemon->state, &daemon->conf, &person, &facts),
	    0);
	return aw_access_judge(&daemon->conf, service, &facts, NULL);
}

static bool may(struct fake *fake, const char *name)
{
	return judged(fake, name, "sshd") == AW_ACCESS_YES;
}

/* Names of groups that have changed hands; one has no Linux name. */
static const struct fake_user pinned_users[] = {
	{ ALICE, "alice@example.com", NULL },
	{ BOB, "bob@example.com", NULL },
	{ CAROL, "carol@example.com", NULL },
	{ DAVE, "dave@example.com", NULL },
};
static const struct fake_group pinned_first[] = { { "g-1", "Ops" },
	{ "g-2", "docker" }, { "g-3", "Cam: 1" }, { "g-4", "Others" },
	{ "g-5", "Guests" } };
static const struct fake_group pinned_later[] = { { "g-1", "Old Ops" },
	{ "g-2", "dockers" }, { "g-3", "Cam: 2" }, { "g-4", "Ops" },
	{ "g-5", "docker" } };
static const struct fake_member pinned_members[] = { { "g-1", ALICE },
	{ "g-2", BOB }, { "g-3", CAROL }, { "g-1", CAROL }, { "g-4", DAVE },
	{ "g-5", DAVE } };

static void set_up_pins(struct aw_conf *conf)
{
	struct aw_diag why = { .text = "" };

	conf->access.n_rules = 0;
	fake_rule(conf, NULL, false, AW_RULE_GROUP, "Ops");
	fake_rule(conf, NULL, true, AW_RULE_GROUP, "Cam: 1");
	fake_rule(conf, "sshd", false, AW_RULE_GROUP, "Ops");
	fake_rule(conf, "sshd", false, AW_RULE_GROUP, "docker");
	fake_rule(conf, NULL, false, AW_RULE_GROUP, "Not yet");
	assert_int_equal(
	    aw_conf_groups_add(&conf->local_groups, "frank", "Others", &why),
	    0);
}

/* R4: a name stays the group's that had it when it was first looked up. */
static void pinned_groups(void **state)
{
	static const struct fake_directory first = { pinned_users, pinned_first,
		pinned_members, 4, 5, 6 },
					   later = { pinned_users, pinned_later,
						   pinned_members, 4, 5, 6 };
	struct fake *fake = *state;
	char pins[512];

	settle(fake);
	no_local_alice(fake);
	fake_stop(fake);
	set_up_pins(&fake->conf);
	fake_run(fake);
	sync_with(fake, &first);
	sync_with(fake, &later);
	assert_int_equal(
	    aw_copy(pins, sizeof(pins),
		fake_string(fake,
		    "SELECT group_concat(kind || text || principal)"
		    " FROM (SELECT * FROM pins ORDER BY 1, 2)")),
	    0);
	assert_string_equal(pins, "1Cam: 1g-3,1Opsg-1,1dockerg-2,2Othersg-4");
	for (int i = 0; i < 2; i++) {
		assert_true(may(fake, "alice"));
		assert_true(may(fake, "bob"));
		assert_false(may(fake, "carol"));
		assert_false(may(fake, "dave"));
		lose_and_compare(fake, &later);
	}
}

/* R11: who is in a group that the snapshot does not have is not known, and a
 * line that denies it lets nobody in until it is. */
static void denied_without_a_name(void **state)
{
	static const struct fake_directory d = { pinned_users, pinned_first,
		pinned_members, 4, 5, 6 };
	struct fake *fake = *state;

	settle(fake);
	no_local_alice(fake);
	fake_stop(fake);
	fake->conf.access.n_rules = 0;
	fake_rule(&fake->conf, NULL, false, AW_RULE_GROUP, "Ops");
	fake_rule(&fake->conf, "sshd", false, AW_RULE_GROUP, "Ops");
	fake_rule(&fake->conf, "sshd", true, AW_RULE_GROUP, "docker");
	fake_rule(&fake->conf, "cron", false, AW_RULE_GROUP, "Ops");
	fake_rule(&fake->conf, "cron", true, AW_RULE_GROUP, "Guests");
	fake_run(fake);
	sync_with(fake, &d);
	assert_true(may(fake, "alice"));
	lose_state(fake);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    judged(fake, "alice", "sshd"), AW_ACCESS_UNKNOWN);
		assert_int_equal(judged(fake, "alice", "cron"), AW_ACCESS_YES);
		assert_int_equal(judged(fake, "dave", "sshd"), AW_ACCESS_NO);
		fake_stop(fake);
		fake_run(fake);
	}
	fake_sweep(fake, &d, AW_NET_OK);
	settle(fake);
	assert_true(may(fake, "alice"));
	/* a restart knows what state.db does */
	fake_stop(fake);
	fake_run(fake);
	assert_true(may(fake, "alice"));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, admin_tear_down)
		T(adopted),
		T(adopted_and_local),
		T(given_up),
		T(pinned_domain),
		T(pinned_groups),
		T(denied_without_a_name),
		T(domain),
	};
	const int worker = fake_worker(argc, argv);

	if (worker >= 0)
		return worker;
	return cmocka_run_group_tests_name("rebuild", tests, NULL, NULL);
}
