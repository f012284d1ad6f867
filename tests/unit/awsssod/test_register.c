/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/register.c and local.c: who gets which Linux name, and
 * what those are told who get none.
 * covers: spine.5, dir.7, R13, R17, R18, R23
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "awsssod/person.h"
#include "tests/unit/awsssod/world.h"

static const struct fake_user users[] = {
	{ "u-1", "alice@example.com", NULL },
	{ "u-2", "ALICE@example.com", NULL },
	{ "u-3", "local@example.com", NULL },
	{ "u-4", "root@example.com", NULL },
	{ "u-5", "staff2@example.com", NULL },
	{ "u-6", "team@example.com", NULL },
	{ "u-7", "12345@example.com", NULL },
	{ "u-8", "good@example.com", NULL },
};
static const struct fake_group groups[] = {
	{ "g-1", "team" },
	{ "g-2", "sudo" },
	{ "g-3", "Two Words" },
	{ "g-4", "two words" },
	{ "g-5", "local" },
};
static const struct {
	const char *id, *reason;
} skipped[] = {
	{ "u-1", "more than one" },
	{ "u-2", "more than one" },
	{ "u-3", "this host has" },
	{ "u-4", "" },
	{ "u-5", "this host has" },
	{ "u-7", "" },
	{ "g-1", "belongs to u-6" },
	{ "g-2", "" },
	{ "g-3", "more than one" },
	{ "g-4", "more than one" },
	{ "g-5", "this host has" },
};

static void collisions(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { users, groups, NULL, 8, 5, 0 };
	const struct fake_directory one = { users, groups, NULL, 1, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
		if (*world_name(world, skipped[i].id) ||
		    !*world_skip(world, skipped[i].id) ||
		    !strstr(
			world_skip(world, skipped[i].id), skipped[i].reason))
			fail_msg("%s: \"%s\"", skipped[i].id,
			    world_skip(world, skipped[i].id));
	assert_string_equal(world_name(world, "u-8"), "good");
	assert_int_equal(world_number(world,
			     "SELECT count(*) FROM principals"
			     " WHERE name IS NOT NULL",
			     NULL),
	    2);
	/* A user and a group: the user's private group is called so too. */
	assert_string_equal(world_name(world, "u-6"), "team");
	/* With the rival gone the name is free: nobody ever had it. */
	world->all_is_meant = true;
	assert_int_equal(world_sweep(world, &one, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
}

/* Whoever has a name keeps it against newcomers. */
static void first_come(void **state)
{
	static const struct fake_user more[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "Alice@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory one = { more, NULL, NULL, 1, 0, 0 };
	const struct fake_directory both_now = { more, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &one, &applied), 0);
	assert_int_equal(world_sweep(world, &both_now, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-2"), "");
}

static void renames_change_nothing(void **state)
{
	static const struct fake_user renamed[] = {
		{ "u-1", "bob@example.com", NULL },
		{ "u-2", "alice", "DISABLED" },
	};
	struct world *world = *state;
	const struct fake_directory before = { world_two, NULL, NULL, 2, 0, 0 };
	const struct fake_directory after = { renamed, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	struct aw_person person;

	assert_int_equal(world_sweep(world, &before, &applied), 0);
	assert_int_equal(world_sweep(world, &after, &applied), 0);
	assert_true(applied.changed);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-2"), "bob");
	assert_int_equal(aw_person_by_name(&world->state, "bob", &person), 0);
	assert_string_equal(person.user_name, "alice");
	assert_true(person.disabled && person.name_taken);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &person), 0);
	assert_false(person.name_taken);
}

/* An account that the host makes later hides ours, as long as it is there. */
static void local_comes_later(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { world_two, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;
	struct aw_person alice;

	assert_int_equal(world_sweep(world, &d, &applied), 0);
	fake_file(world->fake->passwd, "alice:x:1001:1001::/home/alice:\n");
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_true(applied.changed);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_true(alice.hidden);
	fake_file(world->fake->passwd, "+\n#alice:x:1:1::/:\nbroken\n");
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_int_equal(aw_person_by_name(&world->state, "alice", &alice), 0);
	assert_false(alice.hidden);
}

static void domains_are_pinned(void **state)
{
	static const struct fake_user first[] = {
		{ "u-1", "alice@example.com", NULL },
		{ "u-2", "bob@example.com", NULL },
		{ "u-3", "carol@partner.example", NULL },
	};
	static const struct fake_user later[] = {
		{ "u-4", "dave@partner.example", NULL },
		{ "u-5", "erin@partner.example", NULL },
		{ "u-6", "frank@example.com", NULL },
	};
	struct world *world = *state;
	const struct fake_directory d1 = { first, NULL, NULL, 3, 0, 0 };
	const struct fake_directory d2 = { later, NULL, NULL, 3, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &d1, &applied), 0);
	assert_string_equal(world_name(world, "u-1"), "alice");
	assert_string_equal(world_name(world, "u-3"), "carol@partner.example");
	/* The majority of a later sweep changes nothing. */
	assert_int_equal(world_sweep(world, &d2, &applied), 0);
	assert_string_equal(world_name(world, "u-4"), "dave@partner.example");
	assert_string_equal(world_name(world, "u-6"), "frank");
}

/* What "auto" finds, by what the first sweep holds. */
static void auto_finds_the_majority(void **state)
{
	static const struct {
		const char *name;
		struct fake_user users[4];
		size_t n;
		const char *domain, *first; /* how u-1 is called */
	} rows[] = {
		{ "one", { { "u-1", "a@x.example", NULL } }, 1, "x.example",
		    "a" },
		{ "nobody", { { NULL, NULL, NULL } }, 0, NULL, NULL },
		{ "whatever case",
		    { { "u-1", "a@X.example", NULL },
			{ "u-2", "b@x.EXAMPLE", NULL },
			{ "u-3", "c@y.example", NULL } },
		    3, "x.example", "a" },
		{ "of two the first by alphabet",
		    { { "u-1", "a@y.example", NULL },
			{ "u-2", "b@x.example", NULL } },
		    2, "x.example", "a@y.example" },
		{ "without one",
		    { { "u-1", "a", NULL }, { "u-2", "b", NULL },
			{ "u-3", "c@x.example", NULL } },
		    3, "", "a" },
		{ "behind the last @", { { "u-1", "a@b@x.example", NULL } }, 1,
		    "x.example", "a@b" },
		{ "one that cannot be stripped", { { "u-1", "a@-x", NULL } }, 1,
		    "", "a@-x" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world *world = *state;
		const struct fake_directory d = { rows[i].users, NULL, NULL,
			rows[i].n, 0, 0 };
		struct aw_applied applied;
		char domain[128] = "";

		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (aw_state_get(&world->state, "domain", domain,
			sizeof(domain)) != (rows[i].domain ? 0 : AW_ABSENT) ||
		    (rows[i].domain && strcmp(domain, rows[i].domain) != 0) ||
		    (rows[i].first &&
			strcmp(world_name(world, "u-1"), rows[i].first) != 0))
			fail_msg("%s: \"%s\"", rows[i].name, domain);
		assert_int_equal(world_tear_down(state), 0);
		assert_int_equal(world_set_up(state), 0);
	}
}

/* --- every reason, and what it says to do -------------------------------- */

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct fake_user known[] = {
	{ "u-old", "old@example.com", NULL },
	{ "u-host", "host@example.com", NULL },
	{ "u-id", "id@example.com", NULL },
	{ "u-range", "range@example.com", NULL },
	{ "u-there", "there@example.com", NULL },
};
static const struct fake_user present[] = {
	{ "u-host", "host@example.com", NULL },
	{ "u-id", "id@example.com", NULL },
	{ "u-range", "range@example.com", NULL },
	{ "u-there", "there@example.com", NULL },
	{ "u-new", "Old@example.com", NULL },
	{ "u-rival", "THERE@example.com", NULL },
	{ "u-local", "local@example.com", NULL },
	{ "u-one", "same@example.com", NULL },
	{ "u-two", "same@EXAMPLE.com", NULL },
	{ "u-empty", "", NULL },
	{ "u-root", "Root@example.com", NULL },
	{ "u-long", A64 "a@example.com", NULL },
	{ "u-number", "1000@example.com", NULL },
	{ "u-unicode", "\xc3\xa5sa@example.com", NULL },
	{ "u-full", "full@example.com", NULL },
	{ "u-set", "AWS-Admin@example.com", NULL },
};
static const struct fake_group present_groups[] = {
	{ "g-set", "aws-later" },
	{ "g-capitals", "AWS ReadOnly" },
	{ "g-user", "there" },
	{ "g-local", "staff2" },
	{ "g-docker", "Docker" },
	{ "g-wheel", " wheel " },
	{ "g-sign", "Ops (EU)" },
	{ "g-full", "crowded" },
};
static const char *const present_sets[] = { "a,b" };
static const struct fake_sets sets = { present_sets, NULL, 1, 0, true, false };

static const struct {
	const char *who, *why, *todo;
} reasons[] = {
	{ "u-host", "this host has an account or group named host",
	    ": remove that one, or give this one another name (awssso ids "
	    "rename host NAME)" },
	{ "u-id", "itself",
	    ": give that account or group of the host another" },
	{ "u-range", "/etc/subuid", ": take it from there" },
	{ "u-new", "the name old belongs to u-old, who has left",
	    "; to give it away rename that one (awssso ids rename u-old NAME), "
	    "or give this one another name (awssso ids rename u-new NAME)" },
	{ "u-rival", "the name there belongs to u-there",
	    ": give this one another name (awssso ids rename u-rival NAME)" },
	{ "u-local", "this host has an account or group named local",
	    "remove that one, keep its id (awssso ids adopt local ID), or give "
	    "this one another name (awssso ids rename u-local NAME)" },
	{ "u-one", "more than one would be named same",
	    ": give each a name (awssso ids rename u-one NAME)" },
	{ "u-two", "more than one would be named same",
	    ": give each a name (awssso ids rename u-two NAME)" },
	{ "u-empty", "\"\": not usable as a user name",
	    ": give it a name (awssso ids rename u-empty NAME)" },
	{ "u-root", "\"root\": reserved for the system",
	    ": give it a name (awssso ids rename u-root NAME)" },
	{ "u-long", A64 "a\": longer than 64 bytes",
	    ": give it a name (awssso ids rename u-long NAME)" },
	{ "u-number", "\"1000\": not usable as a user name",
	    ": give it a name (awssso ids rename u-number NAME)" },
	{ "u-unicode", "sa\": not usable as a user name",
	    ": give it a name (awssso ids rename u-unicode NAME)" },
	{ "u-full", "no free id near its candidate",
	    ": give it one (awssso ids adopt full ID)" },
	{ "g-user", "the name there belongs to u-there",
	    ": give this one another name (awssso ids rename g-user NAME)" },
	{ "g-local", "this host has an account or group named staff2",
	    "give this one another name (awssso ids rename g-local NAME)" },
	{ "g-docker", "\"docker\": reserved for the system",
	    ": give it a name (awssso ids rename g-docker NAME)" },
	{ "g-wheel", "\"wheel\": reserved for the system",
	    ": give it a name (awssso ids rename g-wheel NAME)" },
	{ "g-sign", "\"ops-(eu)\": not usable as a group name",
	    ": give it a name (awssso ids rename g-sign NAME)" },
	{ "u-set", "\"aws-admin\": reserved for the groups of permission sets",
	    ": give it a name (awssso ids rename u-set NAME)" },
	{ "g-set",
	    "\"aws-later\": reserved for the groups of permission sets "
	    "(permission_set_group = aws-%s)",
	    ": give it a name (awssso ids rename g-set NAME)" },
	{ "g-capitals",
	    "\"aws-readonly\": reserved for the groups of permission sets",
	    ": give it a name (awssso ids rename g-capitals NAME)" },
	{ "g-full", "no free id near its candidate",
	    ": make the group anew in the directory" },
	{ "ps:a,b", "\"aws-a,b\": not usable as a group name",
	    ": give it a name (awssso ids rename ps:a,b NAME)" },
	{ "g-unread", "not read yet", ": the next sweep does (awssso sync)" },
};

/* What the host has by now: a name, an id, a range that holds one, and ranges
 * that fill up whatever two may get. */
static void fill_host(struct world *world)
{
	char passwd[160], subuid[160];
	uint32_t full, crowded;

	assert_int_equal(
	    aw_id_candidate(world->apply.sha256, "u-full", 0, &full) |
		aw_id_candidate(world->apply.sha256, "g-full", 0, &crowded),
	    0);
	assert_int_equal(aw_fmt(passwd, sizeof(passwd),
			     "local:x:1000:1000::/home/local:\n"
			     "host:x:1001:1001::/home/host:\n"
			     "other:x:%lld:1002::/:\n",
			     (long long)world_id(world, "u-id")),
	    0);
	fake_file(world->fake->passwd, passwd);
	assert_int_equal(aw_fmt(subuid, sizeof(subuid),
			     "local:%lld:9\nlocal:%u:%u\nlocal:%u:%u\n",
			     (long long)world_id(world, "u-range"), full,
			     AW_ID_PROBES, crowded, AW_ID_PROBES),
	    0);
	fake_file(world->fake->subuid, subuid);
}

static void every_reason_says_what_to_do(void **state)
{
	enum { N = sizeof(reasons) / sizeof(reasons[0]) };
	struct world *world = *state;
	const struct fake_directory before = { known, NULL, NULL, 5, 0, 0 };
	const struct fake_directory now = { present, present_groups, NULL,
		sizeof(present) / sizeof(present[0]),
		sizeof(present_groups) / sizeof(present_groups[0]), 0 };
	struct aw_applied applied;

	assert_int_equal(world_sweep(world, &before, &applied), 0);
	fill_host(world);
	world->fake->sets = &sets;
	assert_int_equal(world_sweep(world, &now, &applied), 0);
	/* A group that a person turned out to be in. */
	assert_int_equal(
	    aw_state_run(&world->state, AW_Q_LIVE_ADD, "s", "g-unread"), 0);
	assert_int_equal(aw_state_run(&world->state, AW_Q_GROUP_PLACEHOLDER,
			     "s", FAKE_STORE),
	    0);
	for (size_t i = 0; i < N; i++) {
		const char *skip = world_skip(world, reasons[i].who);

		if (!strstr(skip, reasons[i].why) ||
		    !strstr(skip, reasons[i].todo) || strlen(skip) > 400)
			fail_msg("%s: \"%s\"", reasons[i].who, skip);
	}
	/* There is no other one. */
	assert_int_equal(world_number(world,
			     "SELECT count(*) FROM principals"
			     " WHERE skip IS NOT NULL AND present = 1",
			     NULL),
	    N);
	assert_string_equal(world_skip(world, "u-there"), "");
}

/* R17: a sudoers line for a set's group is never another group's, whichever of
 * them comes first; what was given before is theirs for life. */
static void names_of_sets(void **state)
{
	static const char *const later[] = { "admin" };
	static const struct fake_sets provisioned = { later, NULL, 1, 0, true,
		false };
	static const struct fake_group ops[] = { { "g-1", "aws-admin" },
		{ "g-2", "aws" }, { "g-3", "aws-" }, { "g-4", "laws-1" } };
	static const struct {
		uint64_t sets;
		const char *pattern, *g1, *set;
	} rows[] = {
		{ AW_PERMISSION_SETS_AUTO, "aws-%s", "", "aws-admin" },
		{ AW_PERMISSION_SETS_AUTO, "%s-Set", "aws-admin", "admin-Set" },
		{ AW_PERMISSION_SETS_AUTO, "%s", "aws-admin", "" },
		{ AW_PERMISSION_SETS_AUTO, "%s-ADMIN", "", "admin-ADMIN" },
		{ AW_PERMISSION_SETS_NO, "aws-%s", "aws-admin", NULL },
	};
	const struct fake_directory d = { world_two, ops, NULL, 2, 4, 0 };
	struct world *world = *state;
	struct aw_applied applied;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_conf *conf = &world->fake->conf;

		conf->permission_sets = rows[i].sets;
		assert_int_equal(aw_copy(conf->permission_set_group,
				     AW_CONF_TEXT, rows[i].pattern),
		    0);
		world->fake->sets = NULL;
		assert_int_equal(world_sweep(world, &d, &applied), 0);
		world->fake->sets = &provisioned;
		assert_int_equal(world_sweep(world, &d, &applied), 0);
		if (strcmp(world_name(world, "g-1"), rows[i].g1) != 0)
			fail_msg("row %zu: %s", i, world_name(world, "g-1"));
		if (rows[i].set &&
		    strcmp(world_name(world, "ps:admin"), rows[i].set) != 0)
			fail_msg(
			    "row %zu: %s", i, world_name(world, "ps:admin"));
		assert_string_equal(world_name(world, "g-2"), "aws");
		assert_string_equal(world_name(world, "g-3"), "aws-");
		assert_string_equal(world_name(world, "g-4"), "laws-1");
		world_tear_down(state);
		world_set_up(state);
		world = *state;
	}
	/* in the ledger already: kept, and the set has none */
	world->fake->conf.permission_sets = AW_PERMISSION_SETS_NO;
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	world->fake->conf.permission_sets = AW_PERMISSION_SETS_AUTO;
	world->fake->sets = &provisioned;
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_name(world, "g-1"), "aws-admin");
	assert_string_equal(world_name(world, "ps:admin"), "");
	assert_non_null(strstr(world_skip(world, "ps:admin"), "g-1"));
}

/* The setting is wrong, and then it is not. */
static void no_home(void **state)
{
	struct world *world = *state;
	const struct fake_directory d = { world_two, NULL, NULL, 2, 0, 0 };
	struct aw_applied applied;

	assert_int_equal(
	    aw_copy(world->fake->conf.home, AW_CONF_TEXT, "/home/%u/.."), 0);
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_skip(world, "u-1"),
	    "the setting home makes no usable path of the name alice: correct "
	    "home in [names]");
	assert_int_equal(
	    aw_copy(world->fake->conf.home, AW_CONF_TEXT, "/home/x/%u"), 0);
	assert_int_equal(world_sweep(world, &d, &applied), 0);
	assert_string_equal(world_skip(world, "u-1"), "");
	assert_string_equal(world_name(world, "u-1"), "alice");
}

/* Sweep, and count the lines of the log that have @text in them. */
static unsigned sweep_and_count(
    struct world *world, const struct fake_directory *d, const char *text)
{
	const int was = dup(STDERR_FILENO);
	const int log = memfd_create("log", MFD_CLOEXEC);
	struct aw_applied applied;
	char lines[8192];
	unsigned found = 0;
	ssize_t n;
	int r;

	assert_true(was >= 0 && log >= 0);
	assert_int_equal(dup2(log, STDERR_FILENO), STDERR_FILENO);
	r = world_sweep(world, d, &applied);
	assert_int_equal(dup2(was, STDERR_FILENO), STDERR_FILENO);
	(void)close(was);
	n = pread(log, lines, sizeof(lines) - 1, 0);
	(void)close(log);
	assert_int_equal(r, 0);
	assert_true(n >= 0);
	lines[n] = '\0';
	for (const char *at = lines; (at = strstr(at, text)); at++)
		found++;
	return found;
}

/* The log is no list: what has been said is not said at each sweep. */
static void told_once(void **state)
{
	static const struct fake_user first[] = {
		{ "u-4", "root@example.com", NULL },
		{ "u-8", "good@example.com", NULL },
		{ "u-7", "12345@example.com", NULL },
	};
	static const struct fake_user renamed[] = {
		{ "u-4", "root@example.com", NULL },
		{ "u-8", "better@example.com", NULL },
		{ "u-7", "12345@example.com", NULL },
	};
	static const struct fake_user another_reason[] = {
		{ "u-4", "bad name@example.com", NULL },
		{ "u-8", "better@example.com", NULL },
		{ "u-7", "12345@example.com", NULL },
	};
	static const struct {
		const char *name;
		const struct fake_user *users;
		size_t n;
		const char *text;
		unsigned want;
	} rows[] = {
		{ "one is skipped", first, 2, "is not shown", 1 },
		{ "the same again", first, 2, "is not shown", 0 },
		{ "another one is", first, 3, "is not shown", 1 },
		{ "one is renamed", renamed, 3, "is called", 1 },
		{ "is renamed still", renamed, 3, "is called", 0 },
		{ "another reason", another_reason, 3, "is not shown", 1 },
		{ "the other again", another_reason, 3, "is not shown", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct fake_directory d = { rows[i].users, NULL, NULL,
			rows[i].n, 0, 0 };
		const unsigned n = sweep_and_count(*state, &d, rows[i].text);

		if (n != rows[i].want)
			fail_msg("%s: told %u times", rows[i].name, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
		T(collisions),
		T(first_come),
		T(renames_change_nothing),
		T(local_comes_later),
		T(domains_are_pinned),
		T(auto_finds_the_majority),
		T(every_reason_says_what_to_do),
		T(names_of_sets),
		T(no_home),
		T(told_once),
	};

	return cmocka_run_group_tests_name("register", tests, NULL, NULL);
}
