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
	    "# awssso ids 1\n"
	    "d-1\tg-1\tgroup\t1879048300\tdev-team\t\n"
	    "d-1\tps:Admin\tpermission-set\t1879048400\taws-Admin\t\n"
	    "d-1\tu-1\tuser\t1001\talice\t/srv/alice\n"
	    "d-1\tu-2\tuser\t1879048200\tbob\t/home/bob\n");
	run(words, say_not_yours);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists),
		cmocka_unit_test(lists_for_programs),
		cmocka_unit_test(exports),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
