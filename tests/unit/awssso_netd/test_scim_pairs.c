/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SCIM servers that tell members only when asked for each pair of group and
 * user, or not at all: awssso_netd/scim_sweep.c against a stand-in that is
 * none of the servers that the simulator plays.
 * covers: dir.2, R11, R24
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/sock.h"

#define LIFE_S 30 /* of the stand-in, whatever happens to the test */

/* --- the stand-in ------------------------------------------------------ */

/* What a filter does. */
enum filter {
	HONOURED,
	IGNORED, /* all are found */
	WRONG,   /* 400 */
	MISSING, /* 501 */
};

struct kind {
	unsigned users, groups;
	bool by_index; /* its lists have totalResults */
	enum filter users_of_group, members, member;
	bool mixes_up;    /* a pair's answer has another group */
	const char *busy; /* Retry-After of a 429, to everything */
};

static bool is_member(unsigned group, unsigned user)
{
	return (group + user) % 3 == 0;
}

static void put_list(const struct kind *kind, struct aw_buf *body, char what,
    unsigned from, unsigned n)
{
	aw_buf_str(body, "{\"Resources\":[");
	for (unsigned i = from; i < from + n; i++)
		aw_buf_fmt(body,
		    "%s{\"id\":\"%c%u\",\"userName\":\"%c%u@example.com\","
		    "\"displayName\":\"%c %u\"}",
		    i == from ? "" : ",", what, i, what, i, what, i);
	aw_buf_str(body, "]");
	if (kind->by_index)
		aw_buf_fmt(body, ",\"totalResults\":%u", n);
	aw_buf_str(body, "}");
}

/* The number behind @what in @request; -1 without it. */
static int number_of(const char *request, const char *what)
{
	const char *at = strstr(request, what);
	int n = 0;

	if (!at)
		return -1;
	for (at += strlen(what); *at >= '0' && *at <= '9'; at++)
		n = n * 10 + (*at - '0');
	return n;
}

/* The status of an answer to a filter, with its body. */
static const char *find(const struct kind *kind, enum filter filter, char what,
    int hit, struct aw_buf *body)
{
	switch (filter) {
	case WRONG:
		return "400 Bad Request";
	case MISSING:
		return "501 Not Implemented";
	case IGNORED:
		put_list(kind, body, what, 0, 1);
		break;
	case HONOURED:
		put_list(
		    kind, body, what, hit < 0 ? 0 : (unsigned)hit, hit >= 0);
		break;
	}
	return "200 OK";
}

static const char *respond(
    const struct kind *kind, const char *request, struct aw_buf *body)
{
	const int group = number_of(request, "id%20eq%20%22g");
	const int user = number_of(request, "%22u");
	int hit = -1;

	if (kind->busy)
		return "429 Too Many Requests";
	if (strstr(request, "groups.value"))
		return find(kind, kind->users_of_group, 'u', -1, body);
	if (strstr(request, "filter=")) {
		if (group >= 0 && user >= 0 &&
		    is_member((unsigned)group, (unsigned)user))
			hit = group + kind->mixes_up;
		return find(kind,
		    strstr(request, "members%20eq") ? kind->members
						    : kind->member,
		    'g', hit, body);
	}
	if (strstr(request, "GET /Users?"))
		put_list(kind, body, 'u', 0, kind->users);
	else
		put_list(kind, body, 'g', 0, kind->groups);
	return "200 OK";
}

static void serve(const struct kind *kind, int fd)
{
	struct aw_buf body = AW_BUF_INIT(1 << 20);
	const int conn = accept(fd, NULL, NULL);
	const char *status;
	char request[4096];
	ssize_t n;

	n = read(conn, request, sizeof(request) - 1);
	request[n > 0 ? n : 0] = '\0';
	status = respond(kind, request, &body);
	(void)dprintf(conn,
	    "HTTP/1.1 %s\r\nContent-Type: application/scim+json\r\n"
	    "Connection: close\r\nContent-Length: %zu\r\n%s%s%s\r\n%s",
	    status, body.len, kind->busy ? "Retry-After: " : "",
	    kind->busy ? kind->busy : "", kind->busy ? "\r\n" : "",
	    body.len ? aw_buf_text(&body) : "");
	(void)close(conn);
	aw_buf_done(&body);
}

static pid_t start(struct sim *sim, const struct kind *kind)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t child;

	assert_int_equal(bind(fd, (const void *)&at, sizeof(at)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (void *)&at, &len), 0);
	sim->conf.source = AW_SOURCE_SCIM;
	sim->conf.scim_on_login_host = 1;
	assert_int_equal(aw_fmt(sim->conf.scim_url, sizeof(sim->conf.scim_url),
			     "http://127.0.0.1:%d/", ntohs(at.sin_port)),
	    0);
	assert_int_equal(aw_copy(sim->conf.scim_token_file,
			     sizeof(sim->conf.scim_token_file), sim->token),
	    0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		(void)alarm(LIFE_S);
		for (;;)
			serve(kind, fd);
	}
	(void)close(fd);
	return child;
}

static void stop(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

/* --- what the sweep says ----------------------------------------------- */

static unsigned members_of_page(struct sim *sim)
{
	char group[64], user[64];
	size_t len, from = 0, used;
	const void *data;
	unsigned n = 0;

	assert_int_equal(
	    aw_sock_memfd_map(sim->in_fd, 8 << 20, &data, &len), 0);
	for (; from < len; from += used) {
		struct aw_wire_in in;

		assert_int_equal(aw_wire_open_first((const char *)data + from,
				     len - from, &in, &used),
		    0);
		if (in.type != AW_MSG_MEMBER_REC)
			continue;
		n++;
		assert_int_equal(
		    aw_wire_text(&in, AW_TAG_GROUP_ID, group, sizeof(group)) |
			aw_wire_text(
			    &in, AW_TAG_PRINCIPAL_ID, user, sizeof(user)),
		    0);
		if (!is_member((unsigned)number_of(group, "g"),
			(unsigned)number_of(user, "u")))
			fail_msg("%s is no member of %s", user, group);
	}
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
	return n;
}

/* sim->in is the SWEEP_END.  Returns how many members there were. */
static unsigned sweep(struct sim *sim)
{
	unsigned n = 0;

	sim_ask(sim, AW_MSG_SWEEP, 7);
	for (sim_next(sim); sim->in.type == AW_MSG_PAGE; sim_next(sim)) {
		if (sim->in_fd < 0) /* a sign of life */
			continue;
		n += members_of_page(sim);
		sim_ask(sim, AW_MSG_PAGE_OK, 7);
	}
	assert_int_equal(sim->in.type, AW_MSG_SWEEP_END);
	return n;
}

#define USERS  5
#define GROUPS 4
#define PAIRS  (USERS * GROUPS)
#define BOTH   2 /* requests: users, groups */

static unsigned all_members(void)
{
	unsigned n = 0;

	for (unsigned group = 0; group < GROUPS; group++)
		for (unsigned user = 0; user < USERS; user++)
			n += is_member(group, user);
	return n;
}

static void pair_by_pair(void **state)
{
	static const struct {
		const char *name;
		struct kind kind;
		unsigned probes;
	} rows[] = {
		{ "by group: 400",
		    { .users_of_group = WRONG, .members = HONOURED }, 2 },
		{ "by group: 501",
		    { .users_of_group = MISSING, .members = HONOURED }, 2 },
		{ "by group: ignored",
		    { .users_of_group = IGNORED, .members = HONOURED }, 2 },
		{ "members: ignored",
		    { .users_of_group = WRONG, .members = IGNORED }, 3 },
		{ "members: 400", { .users_of_group = WRONG, .members = WRONG },
		    3 },
		{ "members: 501, lists by index",
		    { .by_index = true,
			.users_of_group = IGNORED,
			.members = MISSING },
		    3 },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kind kind = rows[i].kind;
		unsigned n;
		pid_t child;

		kind.users = USERS;
		kind.groups = GROUPS;
		child = start(sim, &kind);
		n = sweep(sim);
		if (n != all_members() || sim_num(sim, AW_TAG_MEMBERS) != n ||
		    sim_num(sim, AW_TAG_REQUESTS) !=
			BOTH + rows[i].probes + PAIRS)
			fail_msg("%s: %u members, %u requests: %s",
			    rows[i].name, n,
			    (unsigned)sim_num(sim, AW_TAG_REQUESTS),
			    sim_text(sim, AW_TAG_TEXT));
		sim_expect_net(sim, AW_NET_OK, "");
		stop(child);
	}
}

/* Nobody's memberships are dropped because a server does not tell them. */
static void members_that_are_not_told(void **state)
{
	static const struct {
		const char *name;
		struct kind kind;
		uint64_t net;
		const char *says;
	} rows[] = {
		{ "no filter works",
		    { USERS, GROUPS, false, IGNORED, IGNORED, IGNORED, false,
			NULL },
		    AW_NET_CONFIG, "in none of the ways that are known" },
		{ "no filter is known",
		    { USERS, GROUPS, false, WRONG, WRONG, WRONG, false, NULL },
		    AW_NET_CONFIG, "in none of the ways that are known" },
		{ "no member, in lists that have them",
		    { USERS, GROUPS, true, WRONG, WRONG, WRONG, false, NULL },
		    AW_NET_OK, "" },
		{ "no user",
		    { 0, GROUPS, false, WRONG, WRONG, WRONG, false, NULL },
		    AW_NET_OK, "" },
		{ "no group",
		    { USERS, 0, false, WRONG, WRONG, WRONG, false, NULL },
		    AW_NET_OK, "" },
		{ "another group than asked for",
		    { USERS, GROUPS, false, WRONG, HONOURED, WRONG, true,
			NULL },
		    AW_NET_BAD_ANSWER, "not the one asked for" },
		{ "too many pairs",
		    { 500, 401, false, WRONG, HONOURED, WRONG, false, NULL },
		    AW_NET_CONFIG,
		    "200500 requests for 401 groups and 500 users: use source "
		    "= identity-store" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const pid_t child = start(sim, &rows[i].kind);

		if (sweep(sim) != 0 ||
		    sim_num(sim, AW_TAG_NET) != rows[i].net ||
		    !strstr(sim_text(sim, AW_TAG_TEXT), rows[i].says))
			fail_msg(
			    "%s: %s", rows[i].name, sim_text(sim, AW_TAG_TEXT));
		stop(child);
	}
}

/* As long as the server says, and whoever watches is told. */
static void retry_after_is_kept_and_shown(void **state)
{
	static const struct {
		const char *says, *want;
	} rows[] = {
		{ "40", "SCIM Users: status 429; again in 40 s" },
		{ "2000", "SCIM Users: status 429; again in 2000 s" },
		{ "90000", "SCIM Users: status 429; again in 3600 s" },
	};
	struct sim *sim = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct kind busy = { .busy = rows[i].says };
		const pid_t child = start(sim, &busy);

		sim_ask(sim, AW_MSG_SWEEP, 7);
		sim_expect(sim, AW_MSG_PAGE, 7);
		assert_int_equal(sim->in_fd, -1);
		assert_string_equal(sim_text(sim, AW_TAG_TEXT), rows[i].want);
		assert_int_equal(sim_num(sim, AW_TAG_REQUESTS), 1);
		/* Whoever asked goes away: so does the sweep. */
		sim_reconnect(sim);
		stop(child);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(pair_by_pair),
		SIM_TEST(members_that_are_not_told),
		SIM_TEST(retry_after_is_kept_and_shown),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
