/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sweeps in trouble: whatever happens to whichever request, the records that
 * count at the end are all of them, or the sweep is void; and what can be
 * waited out is.
 * covers: dir.1, dir.5, R11, R24
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/mman.h>

#include "awssso_netd/identitystore.h"
#include "common/sock.h"
#include "common/text.h"

#define USERS   (SIM_MANY + 4)
#define GROUPS  3
#define MEMBERS (SIM_MANY + 2)
#define REQUESTS                                                    \
	(1 + 1 + 1 + 2 + 2) /* groups, three groups' members, users \
			     */

/* What counts of the pages so far: what an AGAIN_REC takes back does not. */
struct held {
	unsigned users, groups, members;
	unsigned group_members; /* of the group whose members came last */
	char group[AW_ID_SIZE];
	unsigned again, waits;
	char waits_for[512];
};

static void take_again(struct held *held, const struct aw_wire_in *in)
{
	char group[AW_ID_SIZE];

	held->again++;
	if (aw_wire_text(in, AW_TAG_GROUP_ID, group, sizeof(group)) == 0) {
		if (strcmp(group, held->group) == 0)
			held->members -= held->group_members;
		held->group_members = 0;
	} else if (aw_wire_num(in, AW_TAG_KIND, 0) == 1) {
		held->users = 0;
	} else {
		assert_true(aw_wire_num(in, AW_TAG_KIND, 0) == 2);
		held->groups = 0;
	}
}

static void take_record(struct held *held, const struct aw_wire_in *in)
{
	char group[AW_ID_SIZE];

	switch (in->type) {
	case AW_MSG_USER_REC:
		held->users++;
		break;
	case AW_MSG_GROUP_REC:
		held->groups++;
		break;
	case AW_MSG_MEMBER_REC:
		assert_int_equal(
		    aw_wire_text(in, AW_TAG_GROUP_ID, group, sizeof(group)), 0);
		if (strcmp(group, held->group) != 0) {
			memcpy(held->group, group, sizeof(group));
			held->group_members = 0;
		}
		held->group_members++;
		held->members++;
		break;
	case AW_MSG_AGAIN_REC:
		take_again(held, in);
		break;
	default:
		assert_true(
		    in->type == AW_MSG_SET_REC || in->type == AW_MSG_GRANT_REC);
	}
}

static void take_page(struct sim *sim, struct held *held)
{
	const void *data;
	size_t len, at = 0, used;

	assert_int_equal(
	    aw_sock_memfd_map(sim->in_fd, 1 << 20, &data, &len), 0);
	for (; at < len; at += used) {
		struct aw_wire_in in;

		assert_int_equal(aw_wire_open_first((const char *)data + at,
				     len - at, &in, &used),
		    0);
		take_record(held, &in);
	}
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
}

/* A sweep to its end; sim->in is the SWEEP_END. */
static void sweep(struct sim *sim, struct held *held)
{
	memset(held, 0, sizeof(*held));
	sim_ask(sim, AW_MSG_SWEEP, 7);
	for (;;) {
		sim_next(sim);
		if (sim->in.type == AW_MSG_SWEEP_END)
			break;
		assert_int_equal(sim->in.type, AW_MSG_PAGE);
		if (sim->in_fd < 0) {
			held->waits++;
			assert_int_equal(
			    aw_copy(held->waits_for, sizeof(held->waits_for),
				sim_text(sim, AW_TAG_TEXT)),
			    0);
			continue;
		}
		take_page(sim, held);
		sim_ask(sim, AW_MSG_PAGE_OK, 7);
	}
	/* What netd says it sent is what counts. */
	assert_int_equal(sim_num(sim, AW_TAG_USERS), held->users);
	assert_int_equal(sim_num(sim, AW_TAG_GROUPS), held->groups);
	assert_int_equal(sim_num(sim, AW_TAG_MEMBERS), held->members);
}

static bool is_whole(struct sim *sim, const struct held *held)
{
	return sim_num(sim, AW_TAG_NET) == AW_NET_OK && held->users == USERS &&
	       held->groups == GROUPS && held->members == MEMBERS;
}

/* The last sweep made so many requests more than one without trouble. */
static bool costs(struct sim *sim, unsigned least, unsigned most)
{
	const uint64_t n = sim_num(sim, AW_TAG_REQUESTS);

	return n >= REQUESTS + least && n <= REQUESTS + most;
}

/* Each request of a sweep fails once, in each way. */
static void each_request_in_turn(void **state)
{
	static const struct {
		const char *kind;
		unsigned least, most; /* requests more than without trouble */
		unsigned step;        /* throttling takes a second each time */
		bool is_void;
	} rows[] = {
		{ "throttle", 1, 1, 3, false },
		{ "status", 1, 1, 1, false },
		/* libcurl asks again by itself on a connection it reused */
		{ "close", 0, 1, 1, false },
		{ "cut", 1, 1, 1, false },
		{ "malformed", 0, 0, 1, true },
		{ "deny", 0, 0, 1, true },
		{ "empty", 1, 1, 1, false },
	};
	struct sim *sim = *state;
	struct held held;
	char after[8];

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (unsigned k = 0; k < REQUESTS; k += rows[i].step) {
			assert_int_equal(
			    aw_fmt(after, sizeof(after), "%u", k), 0);
			SIM_TELL(sim, "fault", "identitystore", rows[i].kind,
			    "--count", "1", "--after", after);
			sweep(sim, &held);
			if (is_whole(sim, &held) == rows[i].is_void ||
			    (!rows[i].is_void &&
				!costs(sim, rows[i].least, rows[i].most)))
				fail_msg("%s at %u: %s, %u requests: %s",
				    rows[i].kind, k,
				    aw_net_word(sim_num(sim, AW_TAG_NET)),
				    (unsigned)sim_num(sim, AW_TAG_REQUESTS),
				    sim_text(sim, AW_TAG_TEXT));
			SIM_TELL(sim, "fault", "clear");
		}
}

/* A token that is refused begins that list anew: no two halves are mixed, and
 * a list that never ends its trouble ends the sweep. */
static void a_refused_token(void **state)
{
	static const struct {
		const char *operation, *after, *count;
		unsigned again;
		bool is_void;
	} rows[] = {
		/* each time costs the refused request and the first page */
		{ "ListUsers", "1", "1", 1, false },
		{ "ListGroupMemberships", "3", "1", 1, false },
		{ "ListUsers", "1", "5", 3, false },
		{ "ListUsers", "1", "9", 3, true },
	};
	struct sim *sim = *state;
	struct held held;

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		SIM_TELL(sim, "fault", rows[i].operation, "stale-token",
		    "--count", rows[i].count, "--after", rows[i].after);
		sweep(sim, &held);
		if (is_whole(sim, &held) == rows[i].is_void ||
		    (!rows[i].is_void &&
			!costs(sim, 2 * rows[i].again, 2 * rows[i].again)) ||
		    held.again != rows[i].again)
			fail_msg("row %zu: %u times: %s", i, held.again,
			    sim_text(sim, AW_TAG_TEXT));
		SIM_TELL(sim, "fault", "clear");
	}
}

static void a_circle_of_tokens(void **state)
{
	static const char *const operations[] = { "ListUsers",
		"ListGroupMemberships" };
	struct sim *sim = *state;
	struct held held;

	for (size_t i = 0; i < 2; i++) {
		SIM_TELL(sim, "fault", operations[i], "repeat-token");
		sweep(sim, &held);
		sim_expect_net(
		    sim, AW_NET_BAD_ANSWER, "NextToken: given twice");
		SIM_TELL(sim, "fault", "clear");
	}
}

#define NOT_FOUND "400/ResourceNotFoundException"

/* A list is always there: when AWS says that it is not, the sweep ends, at once
 * and as a bad answer.  Only who was named can be gone. */
static void lists_that_are_not_there(void **state)
{
	static const struct {
		const char *operation, *error;
		unsigned requests;
		uint64_t net;
	} rows[] = {
		{ "ListGroups", NOT_FOUND "/GROUP", 1, AW_NET_BAD_ANSWER },
		{ "ListUsers", NOT_FOUND "/USER", 1 + 4 + 1,
		    AW_NET_BAD_ANSWER },
		{ "ListUsers", NOT_FOUND, 1 + 4 + 1, AW_NET_CONFIG },
		{ "ListGroupMemberships", NOT_FOUND "/GROUP", 1 + GROUPS + 2,
		    AW_NET_OK },
	};
	struct sim *sim = *state;
	struct held held;

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const bool is_whole = rows[i].net == AW_NET_OK;

		SIM_TELL(
		    sim, "fault", rows[i].operation, "error", rows[i].error);
		sweep(sim, &held);
		sim_expect_net(
		    sim, rows[i].net, is_whole ? "" : rows[i].operation);
		assert_int_equal(
		    sim_num(sim, AW_TAG_REQUESTS), rows[i].requests);
		assert_int_equal(held.users, is_whole ? USERS : 0);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* Each list of a sweep that goes on for ever with another token each time: with
 * the same rows, or with none.  As many pages less one are nothing unusual. */
static void lists_without_end(void **state)
{
	static const struct {
		const char *operation, *rows;
		bool is_set;
	} lists[] = {
		{ "ListGroups", "100", false },
		{ "ListGroupMemberships", "0", false },
		{ "ListUsers", "100", false },
		{ "ListPermissionSetsProvisionedToAccount", "0", true },
		{ "ListAccountAssignments", "100", true },
	};
	struct sim *sim = *state;
	struct held held;
	char says[100];

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_int_equal(aw_fmt(says, sizeof(says),
				     "%s: 100 pages in a row brought nothing "
				     "new",
				     lists[i].operation),
		    0);
		SIM_TELL(
		    sim, "fault", lists[i].operation, "endless", lists[i].rows);
		sweep(sim, &held);
		sim_expect_net(
		    sim, lists[i].is_set ? AW_NET_OK : AW_NET_BAD_ANSWER, says);
		assert_int_equal(
		    sim_num(sim, AW_TAG_SETS_LATER) == 1, lists[i].is_set);
		SIM_TELL(sim, "fault", "clear");
	}
	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	SIM_TELL(sim, "fault", "ListUsers", "endless", "0", "--count", "99");
	sweep(sim, &held);
	assert_true(is_whole(sim, &held));
	assert_true(costs(sim, 99, 99));
}

/* It waits as long as it is told to, says so, and goes on where it was. */
static void as_long_as_it_is_told(void **state)
{
	struct sim *sim = *state;
	const uint64_t start = aw_sock_now_ms();
	struct held held;

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	SIM_TELL(sim, "fault", "ListUsers", "throttle", "3", "--count", "1",
	    "--after", "1");
	sweep(sim, &held);
	assert_true(is_whole(sim, &held));
	assert_int_equal(sim_num(sim, AW_TAG_REQUESTS), REQUESTS + 1);
	assert_int_equal(held.again, 0);
	assert_true(aw_sock_now_ms() - start >= 3000);
	assert_int_equal(held.waits, 1);
	assert_non_null(strstr(held.waits_for, "again in 3 s"));
}

/* An outage at the beginning is told soon: nothing is lost by it. */
static void nobody_there(void **state)
{
	struct sim *sim = *state;
	struct held held;

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	SIM_TELL(sim, "fault", "ListGroups", "close");
	sweep(sim, &held);
	sim_expect_net(sim, AW_NET_UNAVAIL, "ListGroups: no answer");
	assert_int_equal(sim_num(sim, AW_TAG_REQUESTS), 3);
	assert_int_equal(held.waits, 2);
}

/* The requests of a sweep take their number divided by the rate, and what was
 * missed in a stall is not made up for. */
static void on_a_grid(void **state)
{
	struct sim *sim = *state;
	struct held held;
	uint64_t start, took;

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	sim->conf.sweep_rate = 5;
	SIM_TELL(sim, "fault", "identitystore", "latency", "100");
	start = aw_sock_now_ms();
	sweep(sim, &held);
	took = aw_sock_now_ms() - start;
	assert_true(is_whole(sim, &held));
	/* the last answer comes 100 ms after its slot */
	assert_in_range(
	    took, (REQUESTS - 1) * 200 + 90, (REQUESTS - 1) * 200 + 100 + 200);
	SIM_TELL(sim, "fault", "clear");
	SIM_TELL(
	    sim, "fault", "identitystore", "latency", "1500", "--count", "1");
	start = aw_sock_now_ms();
	sweep(sim, &held);
	took = aw_sock_now_ms() - start;
	assert_in_range(took, 1500 + (REQUESTS - 2) * 200 - 10,
	    1500 + (REQUESTS - 1) * 200 + 200);
}

/* Where SSO admin may not be asked, or is in trouble, the sweep is good all the
 * same and says that the sets are not known. */
static void sets_that_are_not_known(void **state)
{
	static const struct {
		const char *fault[4];
		bool is_known, is_later; /* else they may not be read */
	} faults[] = {
		{ { "fault", "sso", "deny" }, false, false },
		/* after a failure the instance is asked for anew */
		{ { "fault", "ListInstances", "gone" }, false, true },
		{ { "fault", "ListAccountAssignments", "deny" }, false, false },
		{ { "fault", "DescribePermissionSet", "malformed" }, false,
		    true },
		/* there is one page only */
		{ { "fault", "ListPermissionSetsProvisionedToAccount",
		      "repeat-token" },
		    true, false },
	};
	struct sim *sim = *state;
	struct held held;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const bool is_known = faults[i].is_known;

		sim_tell(sim, faults[i].fault);
		sweep(sim, &held);
		assert_true(is_whole(sim, &held));
		assert_int_equal(sim_num(sim, AW_TAG_SETS_KNOWN), is_known);
		assert_int_equal(
		    sim_num(sim, AW_TAG_SETS_LATER) == 1, faults[i].is_later);
		assert_int_equal(sim_num(sim, AW_TAG_SETS), is_known ? 2 : 0);
		assert_true(sim_num(sim, AW_TAG_SET_REQUESTS) > 0);
		assert_int_equal(sim_num(sim, AW_TAG_REQUESTS), REQUESTS);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* Short and empty pages of SSO admin mean nothing. */
static void sets_in_odd_pages(void **state)
{
	static const char *const faults[][4] = {
		{ "fault", "sso", "empty" },
		{ "fault", "sso", "truncate-page" },
	};
	struct sim *sim = *state;
	struct held held;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		sim_tell(sim, faults[i]);
		sweep(sim, &held);
		assert_true(is_whole(sim, &held));
		assert_int_equal(sim_num(sim, AW_TAG_SETS_KNOWN), 1);
		assert_int_equal(sim_num(sim, AW_TAG_SETS), 2);
		assert_int_equal(sim_num(sim, AW_TAG_GRANTS), 2);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* --- scope ------------------------------------------------------------- */

static void scope(struct sim *sim, const char *one, const char *two)
{
	struct aw_conf_list *list = &sim->conf.scope;

	list->n = two ? 2 : 1;
	assert_int_equal(aw_copy(list->item[0], AW_CONF_TEXT, one), 0);
	if (two)
		assert_int_equal(aw_copy(list->item[1], AW_CONF_TEXT, two), 0);
}

static void only_the_scope(void **state)
{
	static const struct {
		const char *one, *two;
		unsigned users, groups, members, requests;
	} rows[] = {
		/* a name costs one, the group's page one, its members one, and
		 * alice and bob stand on the first page of users */
		{ "admins", NULL, 2, 1, 2, 1 + 1 + 1 + 1 },
		{ SIM_ADMINS, NULL, 2, 1, 2, 1 + 1 + 1 },
		{ "nobody in it", NULL, 0, 1, 0, 1 + 1 + 1 },
		{ "everybody", NULL, SIM_MANY, 1, SIM_MANY, 1 + 1 + 2 + 2 },
		{ "admins", "everybody", SIM_MANY + 2, 2, SIM_MANY + 2,
		    2 + 1 + 1 + 2 + 2 },
		/* who holds a set in this account: the group admins, and alice
		 * herself */
		{ "assigned", NULL, 2, 1, 2, 1 + 1 + 1 },
		{ "assigned", "nobody in it", 2, 2, 2, 1 + 1 + 2 + 1 },
	};
	struct sim *sim = *state;
	struct held held;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scope(sim, rows[i].one, rows[i].two);
		sweep(sim, &held);
		if (sim_num(sim, AW_TAG_NET) != AW_NET_OK ||
		    held.users != rows[i].users ||
		    held.groups != rows[i].groups ||
		    held.members != rows[i].members ||
		    sim_num(sim, AW_TAG_REQUESTS) != rows[i].requests)
			fail_msg("row %zu: %u, %u, %u in %u: %s", i, held.users,
			    held.groups, held.members,
			    (unsigned)sim_num(sim, AW_TAG_REQUESTS),
			    sim_text(sim, AW_TAG_TEXT));
	}
}

/* A scope that cannot be read makes no empty directory. */
static void a_scope_that_is_not_there(void **state)
{
	static const struct {
		const char *one, *two, *fault[4];
		uint64_t net;
		const char *says;
	} rows[] = {
		{ "no such group", NULL, { NULL }, AW_NET_CONFIG,
		    "has no group \"no such group\"" },
		{ SIM_NOBODY, NULL, { NULL }, AW_NET_CONFIG, SIM_NOBODY },
		{ "admins", SIM_NOBODY, { NULL }, AW_NET_CONFIG, SIM_NOBODY },
		{ "assigned", NULL, { "fault", "sso", "deny" }, AW_NET_REFUSED,
		    "scope = assigned: the host's role may not call sso:" },
		{ "admins", NULL, { "fault", "GetGroupId", "deny" },
		    AW_NET_REFUSED, "identitystore:GetGroupId" },
	};
	struct sim *sim = *state;
	struct held held;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scope(sim, rows[i].one, rows[i].two);
		if (rows[i].fault[0])
			sim_tell(sim, rows[i].fault);
		sweep(sim, &held);
		sim_expect_net(sim, rows[i].net, rows[i].says);
		SIM_TELL(sim, "fault", "clear");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(each_request_in_turn),
		SIM_TEST(a_refused_token),
		SIM_TEST(a_circle_of_tokens),
		SIM_TEST(lists_that_are_not_there),
		SIM_TEST(lists_without_end),
		SIM_TEST(as_long_as_it_is_told),
		SIM_TEST(nobody_there),
		SIM_TEST(on_a_grid),
		SIM_TEST(sets_that_are_not_known),
		SIM_TEST(sets_in_odd_pages),
		SIM_TEST(only_the_scope),
		SIM_TEST(a_scope_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
