/* SPDX-License-Identifier: Apache-2.0 */
/*
 * snapshot build, snapshot dump and lookup: from a fixture to what NSS will
 * say, and what is wrong with a fixture by name.
 * covers: spine.2, spine.7, R14, R17
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/command.h"
#include "common/id.h"
#include "tests/unit/awssso/cli.h"

#define HEAD           "{\"identity_store_id\":\"d-9067000000\","
#define USER(id, name) "{\"UserId\":\"" id "\",\"UserName\":\"" name "\"}"

static const char *const build[] = { "snapshot", "build", "f.json", "out",
	NULL };

static const char good[] =
    HEAD "\"users\":["
	 "{\"UserId\":\"u1\",\"UserName\":\"Alice@example.com\","
	 " \"DisplayName\":\"Alice: A\"},"
	 "{\"UserId\":\"u2\",\"UserName\":\"bob@example.com\","
	 " \"UserStatus\":\"DISABLED\"},"
	 "{\"UserId\":\"u3\",\"UserName\":\"eve@elsewhere.example\","
	 " \"UserStatus\":\"ENABLED\"}],"
	 "\"groups\":["
	 "{\"GroupId\":\"g1\",\"DisplayName\":\"Cloud Admins\","
	 " \"Members\":[\"u1\",\"u3\",\"u1\"]},"
	 "{\"GroupId\":\"g2\",\"DisplayName\":\"Empty\"}],"
	 "\"accounts\":[],\"anything\":{\"else\":1}}";

static struct cli_result result;

static const struct {
	const char *text, *err;
} wrong[] = {
	{ "", "line 1: the file ends too early" },
	{ "{\n\n\"a\":}", "line 3: " },
	{ "[]", "line 1: not a JSON object" },
	{ HEAD "\"users\":[],\"groups\":[]} x", "line 1: " },
	{ HEAD "\"users\":[],\"groups\":[]", "ends too early" },
	{ "{\"users\":[],\"groups\":[]}", "identity_store_id: missing" },
	{ "{\"identity_store_id\":7,\"users\":[],\"groups\":[]}",
	    "identity_store_id: must be a string" },
	{ HEAD "\"groups\":[]}", "users: missing" },
	{ HEAD "\"users\":[]}", "groups: missing" },
	{ HEAD "\"users\":{},\"groups\":[]}", "users: must be a list" },
	{ HEAD "\"users\":[7],\"groups\":[]}", "users[0]: must be an object" },
	{ HEAD "\"users\":[" USER("u", "a") ",{\"UserName\":\"b\"}],"
					    "\"groups\":[]}",
	    "users[1].UserId: missing" },
	{ HEAD "\"users\":[{\"UserId\":\"u\"}],\"groups\":[]}",
	    "users[0].UserName: missing" },
	{ HEAD "\"users\":[" USER("u", "") "],\"groups\":[]}",
	    "users[0].UserName: is empty" },
	{ HEAD "\"users\":[" USER("u", "a\\nb") "],\"groups\":[]}",
	    "users[0].UserName: holds a control character" },
	{ HEAD "\"users\":[" USER("u", "a\\u0000b") "],\"groups\":[]}",
	    "users[0].UserName: holds a control character" },
	{ HEAD "\"users\":[{\"UserId\":1,\"UserName\":\"a\"}],"
	       "\"groups\":[]}",
	    "users[0].UserId: must be a string" },
	{ HEAD "\"users\":[{\"UserId\":\"u\",\"UserName\":\"a\","
	       "\"UserStatus\":\"Gone\"}],\"groups\":[]}",
	    "users[0].UserStatus: must be ENABLED or DISABLED" },
	{ HEAD "\"users\":[" USER("u", "a") "," USER("v", "b") "," USER(
	      "u", "c") "],\"groups\":[]}",
	    "users[2].UserId: the same as users[0].UserId" },
	{ HEAD "\"users\":[],\"groups\":[{\"DisplayName\":\"g\"}]}",
	    "groups[0].GroupId: missing" },
	{ HEAD "\"users\":[],\"groups\":[{\"GroupId\":\"g\"}]}",
	    "groups[0].DisplayName: missing" },
	{ HEAD "\"users\":[],\"groups\":[{\"GroupId\":\"g\","
	       "\"DisplayName\":\"x\",\"Members\":\"u\"}]}",
	    "groups[0].Members: must be a list" },
	{ HEAD "\"users\":[" USER(
	      "u", "a") "],\"groups\":["
			"{\"GroupId\":\"g\",\"DisplayName\":\"x\","
			"\"Members\":[\"u\",\"v\"]}]}",
	    "groups[0].Members[1]: is no UserId of users" },
	{ HEAD "\"users\":[],\"groups\":[{\"GroupId\":\"g\","
	       "\"DisplayName\":\"x\"},{\"GroupId\":\"g\","
	       "\"DisplayName\":\"y\"}]}",
	    "groups[1].GroupId: the same as groups[0].GroupId" },
};

static void names_the_file_and_the_field(void **state)
{
	struct stat st;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cli_write("f.json", wrong[i].text);
		cli_run(build, NULL, NULL, &result);
		if (result.status != AW_EXIT_FAILED ||
		    strncmp(result.err, "awssso: f.json: ", 16) != 0 ||
		    !strstr(result.err, wrong[i].err))
			fail_msg(
			    "row %zu: %d %s", i, result.status, result.err);
		if (stat("out", &st) == 0)
			fail_msg("row %zu: wrote a file", i);
	}
}

static void leaves_the_old_file_alone(void **state)
{
	char text[8];
	int fd;

	(void)state;
	cli_write("out", "old");
	cli_write("f.json", "{}");
	cli_run(build, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	fd = open("out", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), 3);
	assert_int_equal(close(fd), 0);
	assert_int_equal(unlink("f.json"), 0);
	cli_run(build, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(
	    result.err, "awssso: f.json: No such file or directory\n");
	assert_int_equal(unlink("out"), 0);
}

static void make_good(void)
{
	cli_write("f.json", good);
	cli_run(build, NULL, NULL, &result);
	assert_string_equal(result.err, "");
	assert_int_equal(result.status, AW_EXIT_OK);
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_object_get_ex(object, key, &value))
		fail_msg("%s is missing", key);
	return value;
}

static void check_text(
    struct json_object *object, const char *key, const char *want)
{
	assert_string_equal(json_object_get_string(member(object, key)), want);
}

static void builds_what_the_fixture_says(void **state)
{
	static const char *const dump[] = { "snapshot", "dump", "--json",
		"--verify", "out", NULL };
	struct json_object *root, *users, *user, *groups, *group, *members;
	struct stat st;

	(void)state;
	make_good();
	assert_int_equal(stat("out", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	cli_run(dump, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	root = json_tokener_parse(result.out);
	check_text(root, "identity_store_id", "d-9067000000");
	users = member(root, "users");
	groups = member(root, "groups");
	assert_int_equal(json_object_array_length(users), 3);
	assert_int_equal(json_object_array_length(groups), 2);
	assert_int_equal(
	    json_object_array_length(member(root, "tombstones")), 0);
	assert_int_equal(json_object_array_length(member(root, "notes")), 0);
	user = json_object_array_get_idx(users, 0);
	check_text(user, "name", "alice");
	check_text(user, "user_name", "Alice@example.com");
	check_text(user, "principal_id", "u1");
	check_text(user, "gecos", "Alice  A");
	check_text(user, "home", "/home/alice");
	check_text(user, "disabled", "false");
	assert_true(aw_id_in_range(
	    (uint64_t)json_object_get_int64(member(user, "uid"))));
	check_text(json_object_array_get_idx(users, 1), "disabled", "true");
	/* not of the domain that most have: the whole address */
	check_text(json_object_array_get_idx(users, 2), "name",
	    "eve@elsewhere.example");
	group = json_object_array_get_idx(groups, 0);
	check_text(group, "name", "cloud-admins");
	members = member(group, "members");
	assert_int_equal(json_object_array_length(members), 2);
	json_object_put(root);
}

static void is_the_same_every_time(void **state)
{
	static const char *const lookup[] = { "lookup", "alice", "--json",
		"--snapshot", "out", NULL };
	char first[1024];

	(void)state;
	make_good();
	cli_run(lookup, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_true(strlen(result.out) < sizeof(first));
	memcpy(first, result.out, strlen(result.out) + 1);
	make_good();
	cli_run(lookup, NULL, NULL, &result);
	assert_string_equal(result.out, first);
}

static void finds_people_and_groups(void **state)
{
	static const struct {
		const char *what, *line; /* NULL: not found */
	} rows[] = {
		{ "alice", "user            alice\n" },
		{ "Alice@example.com", "user            alice\n" },
		{ "u1", "user            alice\n" },
		{ "bob", "state           disabled in the directory\n" },
		{ "cloud-admins", "group           cloud-admins\n" },
		{ "g1", "group           cloud-admins\n" },
		{ "alice@example.com", NULL }, /* no folding of a UserName */
		{ "Alice", NULL },
		{ "zed", NULL },
		{ "0", NULL },
		{ "4294967295", NULL },
		{ "", NULL },
	};
	const char *words[] = { "lookup", "--snapshot", "out", NULL, NULL };

	(void)state;
	make_good();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		words[3] = rows[i].what;
		cli_run(words, NULL, NULL, &result);
		if (rows[i].line) {
			if (result.status != AW_EXIT_OK ||
			    !strstr(result.out, rows[i].line))
				fail_msg("%s: %d %s", rows[i].what,
				    result.status, result.out);
		} else if (result.status != AW_EXIT_NOT_FOUND ||
			   result.out[0] || !result.err[0]) {
			fail_msg("%s: %d", rows[i].what, result.status);
		}
	}
}

/* By id: the id that a lookup by name gave. */
static void finds_by_id(void **state)
{
	static const char *const by_name[] = { "lookup", "--json", "--snapshot",
		"out", "bob", NULL };
	const char *by_id[] = { "lookup", "--snapshot", "out", NULL, NULL };
	struct json_object *user;

	(void)state;
	make_good();
	cli_run(by_name, NULL, NULL, &result);
	user = json_tokener_parse(result.out);
	by_id[3] = json_object_get_string(member(user, "uid"));
	cli_run(by_id, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_non_null(strstr(result.out, "user            bob\n"));
	json_object_put(user);
}

/* Nobody among those who would share a name gets it, and no reserved one. */
static void skips_who_cannot_have_an_account(void **state)
{
	static const char text[] = HEAD "\"users\":[" USER("u1",
	    "ann@a.example") "," USER("u2", "ANN@a.example") "," USER("u3",
	    "root@a.example") "," USER("u4", "ops@a.example") "," USER("u5",
	    "eve@a.example") "],"
			     "\"groups\":[{\"GroupId\":\"g1\",\"DisplayName\":"
			     "\"Ops\"},"
			     "{\"GroupId\":\"g2\",\"DisplayName\":\"wheel\"},"
			     "{\"GroupId\":\"g3\",\"DisplayName\":\"team\","
			     "\"Members\":[\"u1\",\"u5\"]}]}";
	static const char *const skipped[] = { "skipped ann@a.example (u1): ",
		"skipped ANN@a.example (u2): ", "skipped root@a.example (u3): ",
		"skipped ops@a.example (u4): ", "skipped Ops (g1): ",
		"skipped wheel (g2): " };
	static const char *const dump[] = { "snapshot", "dump", "--json", "out",
		NULL };
	struct json_object *root, *users, *groups;

	(void)state;
	cli_write("f.json", text);
	cli_run(build, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++)
		if (!strstr(result.err, skipped[i]))
			fail_msg("not said: %s", skipped[i]);
	cli_run(dump, NULL, NULL, &result);
	root = json_tokener_parse(result.out);
	users = member(root, "users");
	groups = member(root, "groups");
	assert_int_equal(json_object_array_length(users), 1);
	check_text(json_object_array_get_idx(users, 0), "name", "eve");
	assert_int_equal(json_object_array_length(groups), 1);
	assert_int_equal(json_object_array_length(member(
			     json_object_array_get_idx(groups, 0), "members")),
	    1);
	json_object_put(root);
}

static void refuses_what_is_no_snapshot(void **state)
{
	static const char *const dump[] = { "snapshot", "dump", "--verify",
		"out", NULL };
	static const char *const lookup[] = { "lookup", "--snapshot", "out",
		"alice", NULL };
	FILE *file;

	(void)state;
	cli_write("out", "this is not one");
	cli_run(dump, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(
	    result.err, "awssso: out: not a snapshot, or damaged\n");
	assert_int_equal(unlink("out"), 0);
	cli_run(lookup, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.err, "awssso: out: no such file\n");

	make_good();
	file = fopen("out", "r+e");
	assert_non_null(file);
	assert_int_equal(fseek(file, 4096 + 70, SEEK_SET), 0);
	assert_int_equal(fputc(0xff, file), 0xff);
	assert_int_equal(fclose(file), 0);
	cli_run(dump, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(
	    result.err, "awssso: out: a checksum does not hold\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_file_and_the_field),
		cmocka_unit_test(leaves_the_old_file_alone),
		cmocka_unit_test(builds_what_the_fixture_says),
		cmocka_unit_test(is_the_same_every_time),
		cmocka_unit_test(finds_people_and_groups),
		cmocka_unit_test(finds_by_id),
		cmocka_unit_test(skips_who_cannot_have_an_account),
		cmocka_unit_test(refuses_what_is_no_snapshot),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
