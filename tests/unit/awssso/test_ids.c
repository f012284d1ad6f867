/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands about the ledger: awssso ids.
 * covers: dir.6
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "awssso/command.h"
#include "common/proto.h"
#include "tests/unit/awssso/cli.h"

#define HERE "--run-dir", "."

static struct cli_result result;

static void run(const char *const *words, cli_play_fn *play)
{
	cli_run(words, "ctl.sock", play, &result);
}

static void done(
    int fd, const struct aw_wire_in *in, uint64_t net, const char *text)
{
	struct aw_wire_out out;
	uint8_t data[1024];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, net);
	aw_wire_put_text(&out, AW_TAG_TEXT, text);
	cli_send(fd, &out);
}

/* --- list and export --------------------------------------------------- */

static const struct entry {
	const char *principal, *user_name, *name, *home, *why;
	uint64_t kind, id, flags;
} entries[] = {
	{ "u-2", "bob@example.com", "bob", "/home/bob", NULL, AW_KIND_USER,
	    1879048200, AW_ID_PRESENT | AW_ID_DISABLED },
	{ "u-1", "alice@example.com", "alice", "/srv/alice", NULL, AW_KIND_USER,
	    1001, AW_ID_PRESENT | AW_ID_ADOPTED },
	{ "u-3", "root@example.com", NULL, NULL, "reserved", AW_KIND_USER, 0,
	    AW_ID_PRESENT },
	{ "g-1", "Dev Team", "dev-team", NULL, NULL, AW_KIND_GROUP, 1879048300,
	    0 },
	{ "ps:Admin", "Admin", "aws-Admin", NULL, NULL, AW_KIND_SET, 1879048400,
	    AW_ID_PRESENT },
	{ "u-2", NULL, "bobby", NULL, NULL, 0, 0, AW_ID_GIVEN_UP },
	{ "u-2", NULL, NULL, NULL, NULL, 0, 1879048201, AW_ID_GIVEN_UP },
};

static void say_entries(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[2048];

	for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
		const struct entry *e = &entries[i];

		aw_wire_begin(
		    &out, data, sizeof(data), AW_MSG_ID_REC, in->request);
		aw_wire_put_text(&out, AW_TAG_STORE, "d-1");
		aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, e->principal);
		aw_wire_put_num(&out, AW_TAG_KIND, e->kind);
		aw_wire_put_text(&out, AW_TAG_USER_NAME, e->user_name);
		aw_wire_put_text(&out, AW_TAG_USER, e->name);
		if (e->id)
			aw_wire_put_num(&out, AW_TAG_POSIX_ID, e->id);
		aw_wire_put_text(&out, AW_TAG_HOME, e->home);
		aw_wire_put_num(&out, AW_TAG_FLAGS, e->flags);
		aw_wire_put_text(&out, AW_TAG_TEXT, e->why);
		cli_send(fd, &out);
	}
	done(fd, in, AW_NET_OK, NULL);
}

static void say_not_yours(int fd, const struct aw_wire_in *in)
{
	done(fd, in, AW_NET_REFUSED, "That is not yours to ask.");
}

static void lists(void **state)
{
	static const char *const words[] = { "ids", "list", HERE, NULL };

	(void)state;
	run(words, say_entries);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(result.in.type, AW_MSG_IDS);
	assert_string_equal(result.out,
	    "NAME                             ID KIND           STATE   "
	    "PRINCIPAL\n"
	    "bob                      1879048200 user           present u-2\n"
	    "alice                          1001 user           present u-1\n"
	    "-                                 - user           skipped u-3\n"
	    "dev-team                 1879048300 group          gone    g-1\n"
	    "aws-Admin                1879048400 permission-set present "
	    "ps:Admin\n");
	run(words, say_not_yours);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_non_null(strstr(result.err, "not yours to ask"));
}

static void lists_for_programs(void **state)
{
	static const char *const words[] = { "ids", "list", "--json", HERE,
		NULL };
	static const struct {
		int entry;
		const char *key, *want;
	} rows[] = {
		{ 0, "name", "bob" },
		{ 0, "id", "1879048200" },
		{ 0, "kind", "user" },
		{ 0, "state", "present" },
		{ 0, "disabled", "true" },
		{ 0, "adopted", "false" },
		{ 0, "identity_store_id", "d-1" },
		{ 0, "directory_name", "bob@example.com" },
		{ 1, "adopted", "true" },
		{ 1, "home", "/srv/alice" },
		{ 2, "state", "skipped" },
		{ 2, "why", "reserved" },
		{ 3, "state", "gone" },
		{ 3, "principal_id", "g-1" },
	};
	struct json_object *array, *value;

	(void)state;
	run(words, say_entries);
	assert_int_equal(result.status, AW_EXIT_OK);
	array = json_tokener_parse(result.out);
	assert_int_equal(json_object_array_length(array), 5);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(json_object_object_get_ex(
		    json_object_array_get_idx(array, (size_t)rows[i].entry),
		    rows[i].key, &value));
		if (strcmp(json_object_get_string(value), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].key,
			    json_object_get_string(value));
	}
	json_object_put(array);
}

/* Sorted, and only what was given to somebody. */
static void exports(void **state)
{
	static const char *const words[] = { "ids", "export", HERE, NULL };

	(void)state;
	run(words, say_entries);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_string_equal(result.out,
	    "# awssso ids 3\n"
	    "d-1\tg-1\tgroup\t1879048300\tdev-team\t\n"
	    "d-1\tps:Admin\tpermission-set\t1879048400\taws-Admin\t\n"
	    "d-1\tu-1\tuser\t1001\talice\t/srv/alice\n"
	    "d-1\tu-2\thad\t1879048201\n"
	    "d-1\tu-2\tuser\t1879048200\tbob\t/home/bob\n"
	    "d-1\tu-2\twas\tbobby\n"
	    "# end of 6 lines\n");
	run(words, say_not_yours);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.out, "");
}

/* --- adopt and rename -------------------------------------------------- */

#define FILES           "--limits", "limits", "--passwd", "passwd", HERE
#define ADOPT(name, id) "ids", "adopt", name, id, FILES
#define BLOCK(lines)    "gid 44\n# begin: awssso ids\n" lines "# end: awssso ids\n"

static void agree(int fd, const struct aw_wire_in *in)
{
	done(fd, in, AW_NET_OK, "It is so.");
}

static void know_nobody(int fd, const struct aw_wire_in *in)
{
	done(fd, in, AW_NET_NOT_FOUND, "nobody is called that");
}

static void refuse(int fd, const struct aw_wire_in *in)
{
	done(fd, in, AW_NET_REFUSED, "bob has it");
}

static const char *asked(uint16_t tag)
{
	static char text[300];

	if (aw_wire_text(&result.in, tag, text, sizeof(text)) != 0)
		return "-";
	return text;
}

static const char *limits(void)
{
	static char text[1024];
	FILE *file = fopen("limits", "re");
	const size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	text[n] = '\0';
	if (file)
		(void)fclose(file);
	return text;
}

static const struct adoption {
	const char *words[13];
	cli_play_fn *play;
	int status;
	const char *home, *limits, *says;
} adoptions[] = {
	{ { ADOPT("alice", "1001") }, agree, AW_EXIT_OK, "/var/cache/ldconfig",
	    BLOCK("uid 1001\nhome /var/cache/\n"), "userdel alice" },
	{ { ADOPT("alice", "1001"), "--home", "/home/al" }, agree, AW_EXIT_OK,
	    "/home/al", BLOCK("uid 1001\n"), "userdel alice" },
	/* no such home, no such account, an id of the range */
	{ { ADOPT("bob", "1002") }, agree, AW_EXIT_OK, "-", BLOCK("uid 1002\n"),
	    "userdel bob" },
	{ { ADOPT("carol", "1003") }, agree, AW_EXIT_OK, "-",
	    BLOCK("uid 1003\n"), "It is so.\nlimits: written\nThen: " },
	{ { ADOPT("carol", "1879048192") }, agree, AW_EXIT_OK, "-", "gid 44\n",
	    "It is so.\nThen: " },
	{ { ADOPT("alice", "1001") }, know_nobody, AW_EXIT_NOT_FOUND,
	    "/var/cache/ldconfig", "gid 44\n", "" },
	{ { ADOPT("alice", "1001") }, refuse, AW_EXIT_FAILED,
	    "/var/cache/ldconfig", "gid 44\n", "" },
	{ { ADOPT("alice", "1001") }, NULL, AW_EXIT_UNREACHABLE, "-",
	    "gid 44\n", "" },
	{ { ADOPT("alice", "999") }, agree, AW_EXIT_USAGE, "-", "gid 44\n",
	    "" },
	{ { ADOPT("alice", "bob") }, agree, AW_EXIT_USAGE, "-", "gid 44\n",
	    "" },
	{ { ADOPT("alice", "1001"), "--home", "/home/../etc" }, agree,
	    AW_EXIT_FAILED, "-", "gid 44\n", "" },
};

/* What is typed and what /etc/passwd has is asked for, and then allowed. */
static void adopts(void **state)
{
	(void)state;
	cli_write("passwd", "alice:x:1001:1001::/var/cache/ldconfig:/bin/sh\n"
			    "bob:x:1002:1002::/nowhere/bob:/bin/sh\n");
	for (size_t i = 0; i < sizeof(adoptions) / sizeof(adoptions[0]); i++) {
		const struct adoption *row = &adoptions[i];

		cli_write("limits", "gid 44\n");
		run(row->words, row->play);
		if (result.status != row->status ||
		    strcmp(limits(), row->limits) != 0 ||
		    !strstr(result.out, row->says))
			fail_msg("row %zu: %d %s%s%s", i, result.status,
			    result.out, result.err, limits());
		if (strcmp(row->home, "-") == 0 && result.in.type == 0)
			continue;
		assert_int_equal(result.in.type, AW_MSG_IDS_ADOPT);
		assert_string_equal(asked(AW_TAG_HOME), row->home);
		assert_string_equal(asked(AW_TAG_USER), row->words[2]);
	}
}

/* Twice the same is one line; others' stay. */
static void adopts_several(void **state)
{
	static const char *const alice[] = { ADOPT("alice", "1003"), NULL };
	static const char *const bob[] = { ADOPT("bob", "1004"), NULL };

	(void)state;
	cli_write("passwd", "");
	cli_write("limits", "gid 44\n");
	run(alice, agree);
	run(bob, agree);
	run(alice, agree);
	assert_string_equal(limits(), BLOCK("uid 1003\nuid 1004\n"));
	assert_null(strstr(result.out, "written"));
}

static void renames(void **state)
{
	static const char *const words[] = { "ids", "rename", "bob", "bobby",
		"--limits", "limits", HERE, NULL };
	static const char *const away[] = { "ids", "rename", "bob", "bobby",
		"--home", "/srv/home/bob", "--limits", "limits", HERE, NULL };
	static const char *const root[] = { "ids", "rename", "bob", "root",
		"--limits", "limits", HERE, NULL };

	(void)state;
	cli_write("limits", "gid 44\n");
	run(words, agree);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(result.in.type, AW_MSG_IDS_RENAME);
	assert_string_equal(asked(AW_TAG_USER), "bob");
	assert_string_equal(asked(AW_TAG_NEW_USER), "bobby");
	assert_string_equal(asked(AW_TAG_HOME), "-");
	assert_string_equal(limits(), "gid 44\n");
	run(words, know_nobody);
	assert_int_equal(result.status, AW_EXIT_NOT_FOUND);
	run(away, refuse);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.err, "awssso: bob has it\n");
	assert_string_equal(limits(), "gid 44\n");
	run(away, agree);
	assert_string_equal(asked(AW_TAG_HOME), "/srv/home/bob");
	assert_string_equal(limits(), BLOCK("home /srv/home/\n"));
	run(root, agree);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_int_equal(result.in.type, 0);
}

/* --- import ------------------------------------------------------------ */

#define HEAD "# awssso ids 2\n"

static void say_conflict(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, in->request);
	aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, "u-1");
	aw_wire_put_num(&out, AW_TAG_KIND, AW_KIND_USER);
	aw_wire_put_text(&out, AW_TAG_USER, "alice");
	aw_wire_put_num(&out, AW_TAG_POSIX_ID, 1001);
	aw_wire_put_text(&out, AW_TAG_TEXT, "is another here");
	cli_send(fd, &out);
	done(fd, in, AW_NET_REFUSED, "nothing has been imported");
}

static const struct {
	const char *name, *text;
	cli_play_fn *play;
	int status;
	const char *out, *err;
} import_rows[] = {
	{ "good",
	    HEAD "d-1\tg-1\tgroup\t1879048300\tdev-team\t\n"
		 "d-1\tu-1\tuser\t1001\talice\t/srv/alice\n",
	    agree, AW_EXIT_OK, "It is so.\nlimits: written\n", "" },
	{ "nobody", HEAD, agree, AW_EXIT_OK, "It is so.\n", "" },
	{ "of the first format",
	    "# awssso ids 1\n"
	    "d-1\tg-1\tgroup\t1879048300\tdev-team\t\n",
	    agree, AW_EXIT_OK, "It is so.\n", "" },
	{ "what was given up",
	    HEAD "d-1\tg-1\thad\t1879048301\n"
		 "d-1\tg-1\tgroup\t1879048300\tdev-team\t\n"
		 "d-1\tg-1\twas\tdevelopers\n",
	    agree, AW_EXIT_OK, "It is so.\n", "" },
	{ "given up, no id", HEAD "d-1\tg-1\thad\tx\n", agree, AW_EXIT_FAILED,
	    "", "awssso: ids:2: expected: " },
	{ "given up, no name", HEAD "d-1\tg-1\twas\t\n", agree, AW_EXIT_FAILED,
	    "", "awssso: ids:2: expected: " },
	{ "given up, no word", HEAD "d-1\tg-1\tis\tx\n", agree, AW_EXIT_FAILED,
	    "", "awssso: ids:2: expected: " },
	{ "conflict", HEAD, say_conflict, AW_EXIT_FAILED,
	    "alice 1001 (u-1): is another here\n",
	    "awssso: nothing has been imported\n" },
	{ "awsssod is away", HEAD, NULL, AW_EXIT_UNREACHABLE, "",
	    "awssso: ./ctl.sock: awsssod is not running\n" },
	{ "empty", "", agree, AW_EXIT_FAILED, "",
	    "awssso: ids: cannot be read, or is empty\n" },
	{ "of the third format",
	    "# awssso ids 3\n"
	    "d-1\tg-1\tgroup\t1879048300\tdev-team\t\n"
	    "# end of 1 lines\n",
	    agree, AW_EXIT_OK, "It is so.\n", "" },
	{ "without its end", "# awssso ids 3\n", agree, AW_EXIT_FAILED, "",
	    "awssso: ids: was cut off: its last line is missing\n" },
	{ "a line less", "# awssso ids 3\n# end of 1 lines\n", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:2: expected: " },
	{ "more behind the end",
	    "# awssso ids 3\n# end of 0 lines\n# end of 0 lines\n", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:3: the file was cut off, or" },
	{ "half a line", HEAD "d-1\tu-1\tuser\t1001\talice\t/srv/ali", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:2: the file was cut off" },
	{ "a home that is the system's",
	    HEAD "d-1\tu-1\tuser\t1001\talice\t/etc/cron.d\n", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:2: nothing has been imported" },
	{ "another file", "# awssso ids 4\n", agree, AW_EXIT_FAILED, "",
	    "awssso: ids:1: this is not what awssso ids export "
	    "prints\n" },
	{ "a field less", HEAD "d-1\tu-1\tuser\t1001\talice\n", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:2: expected: " },
	{ "a field more", HEAD "d\tu\tuser\t1001\ta\t/a\tb\n", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:2: expected: " },
	{ "no kind", HEAD "d-1\tu-1\tboat\t1001\ta\t/a\n", agree,
	    AW_EXIT_FAILED, "", "awssso: ids:2: expected: " },
	{ "no id", HEAD "d-1\tu-1\tuser\t0\ta\t/a\n", agree, AW_EXIT_FAILED, "",
	    "awssso: ids:2: expected: " },
	{ "an empty line", HEAD "\n", agree, AW_EXIT_FAILED, "",
	    "awssso: ids:2: expected: " },
};

static void imports(void **state)
{
	static const char *const words[] = { "ids", "import", "--limits",
		"limits", "ids", HERE, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(import_rows) / sizeof(import_rows[0]);
	     i++) {
		cli_write("ids", import_rows[i].text);
		run(words, import_rows[i].play);
		if (result.status != import_rows[i].status ||
		    strcmp(result.out, import_rows[i].out) != 0 ||
		    !strstr(result.err, import_rows[i].err))
			fail_msg("%s: %d %s%s", import_rows[i].name,
			    result.status, result.out, result.err);
		if (import_rows[i].play && import_rows[i].status == AW_EXIT_OK)
			assert_int_equal(result.in.type, AW_MSG_IDS_IMPORT);
		else if (import_rows[i].play != say_conflict)
			assert_int_equal(result.in.type, 0);
	}
}

static void imports_theirs(void **state)
{
	static const char *const words[] = { "ids", "import", "--theirs", "ids",
		HERE, NULL };

	(void)state;
	cli_write("ids", HEAD);
	run(words, agree);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(aw_wire_num(&result.in, AW_TAG_ACCEPT_LOSS, 0), 1);
	cli_run(&words[1], NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(lists_for_programs),
		cmocka_unit_test(exports),
		cmocka_unit_test(adopts),
		cmocka_unit_test(adopts_several),
		cmocka_unit_test(renames),
		cmocka_unit_test(imports),
		cmocka_unit_test(imports_theirs),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
