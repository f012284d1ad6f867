/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SCIM source over net.sock, against the simulator's two addresses: as
 * AWS serves it and as the RFC has it.  scim.c, scim_sweep.c, scim_rows.c,
 * scim_person.c, scim_token.c, lookup.c.
 * covers: dir.2, R11, R24
 */
#include "tests/unit/awssso_netd/aws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso_netd/scim_token.h"
#include "common/buf.h"
#include "common/sock.h"

#define AWS      "/11111111-2222-4333-8444-555555555555/scim/v2/"
#define STANDARD "/standard/scim/v2"
#define USERS    (SIM_MANY + 4)
#define GROUPS   3
#define MEMBERS  (SIM_MANY + 2)
/* users: 100, 54; groups: 3; the probe; members: 2, none, 100 and 50 */
#define AWS_REQUESTS      (2 + 1 + 1 + 1 + 1 + 2)
#define STANDARD_REQUESTS (2 + 1)

static void at(struct sim *sim, const char *path)
{
	sim->conf.source = AW_SOURCE_SCIM;
	sim->conf.scim_on_login_host = 1;
	assert_int_equal(aw_fmt(sim->conf.scim_url, sizeof(sim->conf.scim_url),
			     "%s%s", sim->url, path),
	    0);
	assert_int_equal(aw_copy(sim->conf.scim_token_file,
			     sizeof(sim->conf.scim_token_file), sim->token),
	    0);
}

/* --- sweeps as lines of text ------------------------------------------- */

struct lines {
	size_t n, again;
	char waits[512]; /* what it waited for last; "": it did not wait */
	char *line[4096];
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void lines_done(struct lines *lines)
{
	while (lines->n > 0)
		free(lines->line[--lines->n]);
}

static void take_record(const struct aw_wire_in *in, struct lines *lines)
{
	static const uint16_t tags[] = { AW_TAG_GROUP_ID, AW_TAG_PRINCIPAL_ID,
		AW_TAG_USER_NAME, AW_TAG_DISPLAY_NAME, AW_TAG_USER_STATUS };
	struct aw_buf line = AW_BUF_INIT(4096);
	char text[1024];

	if (in->type == AW_MSG_AGAIN_REC) {
		lines->again++;
		return;
	}
	aw_buf_fmt(&line, "%u", in->type);
	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++)
		if (aw_wire_text(in, tags[i], text, sizeof(text)) == 0 &&
		    strcmp(text, "ENABLED") != 0)
			aw_buf_fmt(&line, " %u=%s", tags[i], text);
	assert_int_equal(aw_buf_error(&line), 0);
	assert_true(lines->n < 4096);
	lines->line[lines->n++] = line.data;
}

static void take_page(struct sim *sim, struct lines *lines)
{
	const void *data;
	size_t len, from = 0, used;

	assert_true(sim->in_fd >= 0);
	assert_int_equal(
	    aw_sock_memfd_map(sim->in_fd, 8 << 20, &data, &len), 0);
	for (; from < len; from += used) {
		struct aw_wire_in in;

		assert_int_equal(aw_wire_open_first((const char *)data + from,
				     len - from, &in, &used),
		    0);
		take_record(&in, lines);
	}
	assert_int_equal(munmap((void *)(uintptr_t)data, len), 0);
}

/* sim->in is the SWEEP_END. */
static void sweep(struct sim *sim, struct lines *lines)
{
	lines->waits[0] = '\0';
	sim_ask(sim, AW_MSG_SWEEP, 7);
	for (;;) {
		sim_next(sim);
		assert_int_equal(sim->in.request, 7);
		if (sim->in.type == AW_MSG_SWEEP_END)
			break;
		assert_int_equal(sim->in.type, AW_MSG_PAGE);
		if (sim->in_fd < 0) {
			assert_int_equal(
			    aw_copy(lines->waits, sizeof(lines->waits),
				sim_text(sim, AW_TAG_TEXT)),
			    0);
			continue;
		}
		take_page(sim, lines);
		sim_ask(sim, AW_MSG_PAGE_OK, 7);
	}
	qsort(lines->line, lines->n, sizeof(lines->line[0]), compare);
}

static void expect_whole(struct sim *sim, const struct lines *lines)
{
	sim_expect_net(sim, AW_NET_OK, "");
	assert_int_equal(lines->n, USERS + GROUPS + MEMBERS);
	assert_int_equal(sim_num(sim, AW_TAG_USERS), USERS);
	assert_int_equal(sim_num(sim, AW_TAG_GROUPS), GROUPS);
	assert_int_equal(sim_num(sim, AW_TAG_MEMBERS), MEMBERS);
}

/* Equal data, whichever way it is asked for. */
static void three_sources_say_the_same(void **state)
{
	static const struct {
		const char *path;
		unsigned requests;
	} rows[] = {
		{ AWS, AWS_REQUESTS },
		{ STANDARD, STANDARD_REQUESTS },
	};
	struct sim *sim = *state;
	static struct lines want, got;

	sim->conf.permission_sets = AW_PERMISSION_SETS_NO;
	sweep(sim, &want);
	expect_whole(sim, &want);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at(sim, rows[i].path);
		sweep(sim, &got);
		expect_whole(sim, &got);
		if (sim_num(sim, AW_TAG_REQUESTS) != rows[i].requests)
			fail_msg("%s: %u requests", rows[i].path,
			    (unsigned)sim_num(sim, AW_TAG_REQUESTS));
		for (size_t k = 0; k < want.n; k++)
			assert_string_equal(got.line[k], want.line[k]);
		lines_done(&got);
	}
	lines_done(&want);
}

/* "": nothing was. */
static bool is_said(const char *want, const char *waits)
{
	return *want ? strstr(waits, want) && strstr(waits, "; again in ")
		     : !*waits;
}

/* Short pages, empty pages and a server in trouble: whole all the same, and
 * whoever watches is told of the trouble. */
static void odd_but_whole(void **state)
{
	static const struct {
		const char *path;
		const char *fault[7];
		const char *waits; /* NULL: libcurl may see to it alone */
	} rows[] = {
		{ AWS, { "fault", "ScimListUsers", "truncate-page" }, "" },
		{ AWS, { "fault", "ScimListUsers", "empty" }, "" },
		{ AWS, { "fault", "ScimListGroups", "empty" }, "" },
		{ AWS, { "fault", "ScimListUsers", "throttle", "--count", "1" },
		    "SCIM Users: status 429: " },
		{ STANDARD, { "fault", "ScimListUsers", "truncate-page" }, "" },
		{ STANDARD,
		    { "fault", "ScimListGroups", "status", "503", "--count",
			"1" },
		    "SCIM Groups: status 503" },
		{ STANDARD,
		    { "fault", "ScimListUsers", "close", "--count", "1" },
		    NULL },
	};
	struct sim *sim = *state;
	static struct lines lines;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at(sim, rows[i].path);
		sim_tell(sim, rows[i].fault);
		sweep(sim, &lines);
		expect_whole(sim, &lines);
		if (rows[i].waits && !is_said(rows[i].waits, lines.waits))
			fail_msg("row %zu: waited for \"%s\"", i, lines.waits);
		lines_done(&lines);
		SIM_TELL(sim, "fault", "clear");
	}
}

static void an_end_with_a_reason(void **state)
{
	static const struct {
		const char *path;
		const char *fault[7];
		uint64_t net;
		const char *says;
	} rows[] = {
		{ AWS, { "fault", "ScimListUsers", "malformed" },
		    AW_NET_BAD_ANSWER, "SCIM Users: " },
		{ AWS, { "fault", "ScimListGroups", "malformed" },
		    AW_NET_BAD_ANSWER, "SCIM Groups: " },
		{ STANDARD,
		    { "fault", "ScimListGroups", "oversized", "17000000" },
		    AW_NET_BAD_ANSWER, "SCIM Groups: answer larger" },
		{ AWS, { "fault", "ScimListGroups", "deny" }, AW_NET_REFUSED,
		    "status 403: Access denied; the token may not read" },
		{ AWS, { "fault", "ScimListUsers", "expire" }, AW_NET_CONFIG,
		    "status 401: The bearer token is not valid" },
		{ "/other/scim/v2", { "fault", "clear" }, AW_NET_CONFIG,
		    "check scim_url" },
		{ "/nothing", { "fault", "clear" }, AW_NET_CONFIG,
		    "status 404; check scim_url" },
	};
	struct sim *sim = *state;
	static struct lines lines;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		at(sim, rows[i].path);
		sim_tell(sim, rows[i].fault);
		sweep(sim, &lines);
		sim_expect_net(sim, rows[i].net, rows[i].says);
		lines_done(&lines);
		SIM_TELL(sim, "fault", "clear");
	}
}

/* --- one person -------------------------------------------------------- */

static void person(struct sim *sim, const char *id)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_PERSON, 8);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, id);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_PERSON_IS, 8);
}

static void a_person_of_a_standard_server(void **state)
{
	struct sim *sim = *state;

	at(sim, STANDARD);
	for (int twice = 0; twice < 2; twice++) {
		person(sim, SIM_ALICE);
		sim_expect_net(sim, AW_NET_OK, "");
		assert_string_equal(
		    sim_text(sim, AW_TAG_USER_NAME), "alice@example.com");
		assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, NULL), 1);
		assert_int_equal(
		    sim_count(sim, AW_TAG_GROUP_ID, SIM_ADMINS), 1);
		assert_int_equal(sim_num(sim, AW_TAG_GROUPS_UNKNOWN), 0);
	}
	person(sim, SIM_CAROL);
	assert_string_equal(sim_text(sim, AW_TAG_USER_STATUS), "DISABLED");
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, NULL), 0);
	assert_int_equal(sim_num(sim, AW_TAG_GROUPS_UNKNOWN), 0);
	person(sim, SIM_NOBODY);
	sim_expect_net(sim, AW_NET_NOT_FOUND, "Resource not found");
	at(sim, "/nothing");
	person(sim, SIM_ALICE);
	sim_expect_net(sim, AW_NET_CONFIG, "check scim_url");
}

/* AWS finds no groups by member: what is not known is said to be so. */
static void a_person_of_aws(void **state)
{
	struct sim *sim = *state;

	at(sim, AWS);
	person(sim, SIM_ALICE);
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(
	    sim_text(sim, AW_TAG_USER_NAME), "alice@example.com");
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, NULL), 0);
	assert_int_equal(sim_num(sim, AW_TAG_GROUPS_UNKNOWN), 1);
	SIM_TELL(sim, "fault", "ScimGetUser", "deny");
	person(sim, SIM_ALICE);
	sim_expect_net(sim, AW_NET_REFUSED, "SCIM User: status 403");
}

static void lookup(struct sim *sim, const char *one, const char *two)
{
	struct aw_wire_out out;

	sim_begin(&out, AW_MSG_LOOKUP, 9);
	aw_wire_put_text(&out, AW_TAG_USER_NAME, one);
	aw_wire_put_text(&out, AW_TAG_USER_NAME, two);
	sim_send(sim, &out);
	sim_expect(sim, AW_MSG_PERSON_IS, 9);
}

static void a_name_is_looked_up(void **state)
{
	struct sim *sim = *state;

	at(sim, STANDARD);
	lookup(sim, "bob", "bob@example.com");
	sim_expect_net(sim, AW_NET_OK, "");
	assert_string_equal(sim_text(sim, AW_TAG_PRINCIPAL_ID), SIM_BOB);
	assert_int_equal(sim_count(sim, AW_TAG_GROUP_ID, SIM_ADMINS), 1);
	lookup(sim, "nobody", "nobody@example.com");
	sim_expect_net(sim, AW_NET_NOT_FOUND, "");
}

/* --- the token --------------------------------------------------------- */

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void what_is_no_token(void **state)
{
	static const struct {
		const char *name, *text;
		mode_t mode;
		const char *says;
	} rows[] = {
		{ "everybody's", "good", 0644, "chmod 600" },
		{ "empty", "\n", 0600, "not one word" },
		{ "two words", "one two\n", 0600, "not one word" },
		{ "a header", "a\r\nX: y\n", 0600, "not one word" },
		{ "another's", "good\n", 0600, "token is not valid" },
	};
	struct sim *sim = *state;
	static struct lines lines;
	char path[80];

	at(sim, AWS);
	assert_int_equal(aw_fmt(path, sizeof(path), "%s/other", sim->dir), 0);
	assert_int_equal(aw_copy(sim->conf.scim_token_file,
			     sizeof(sim->conf.scim_token_file), path),
	    0);
	sweep(sim, &lines);
	sim_expect_net(sim, AW_NET_CONFIG, "No such file");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_file(path, rows[i].text, rows[i].mode);
		sweep(sim, &lines);
		sim_expect_net(sim, AW_NET_CONFIG, rows[i].says);
		assert_int_equal(lines.n, 0);
		(void)unlink(path);
	}
	sim->conf.scim_token_file[0] = '\0';
	person(sim, SIM_ALICE);
	sim_expect_net(sim, AW_NET_CONFIG, "no SCIM token");
	assert_int_equal(sim_logged(sim, "good"), 0);
}

static void where_people_sign_in(void **state)
{
	static const struct {
		const char *name, *text;
		bool want;
	} rows[] = {
		{ "another module", "auth required pam_unix.so\n", false },
		{ "a comment", "# account pam_awssso.so\n", false },
		{ "an indented comment", "x\n \t# pam_awssso.so", false },
		{ "a line", "auth required pam_awssso.so\n", true },
		{ "behind a comment", "# pam_awssso\nauth x pam_awssso.so",
		    true },
		{ "empty", "", false },
	};
	struct sim *sim = *state;
	char path[80];

	assert_int_equal(aw_fmt(path, sizeof(path), "%s/pam.d", sim->dir), 0);
	assert_false(aw_scim_is_login_host(path));
	assert_int_equal(mkdir(path, 0700), 0);
	assert_false(aw_scim_is_login_host(path));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char file[96];

		assert_int_equal(
		    aw_fmt(file, sizeof(file), "%s/sshd", path), 0);
		write_file(file, rows[i].text, 0644);
		if (aw_scim_is_login_host(path) != rows[i].want)
			fail_msg("%s", rows[i].name);
		assert_int_equal(unlink(file), 0);
	}
	assert_int_equal(rmdir(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SIM_TEST(three_sources_say_the_same),
		SIM_TEST(odd_but_whole),
		SIM_TEST(an_end_with_a_reason),
		SIM_TEST(a_person_of_a_standard_server),
		SIM_TEST(a_person_of_aws),
		SIM_TEST(a_name_is_looked_up),
		SIM_TEST(what_is_no_token),
		SIM_TEST(where_people_sign_in),
	};

	return cmocka_run_group_tests(tests, sim_setup, sim_teardown);
}
