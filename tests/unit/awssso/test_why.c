/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso why and explain, against a daemon that the test plays.
 * covers: spine.7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/command.h"
#include "common/proto.h"
#include "tests/unit/awssso/cli.h"

#define HERE "--run-dir", "."

static struct cli_result result;

static void run(const char *const *words, cli_play_fn *play)
{
	cli_run(words, "ctl.sock", play, &result);
}

/* --- why --------------------------------------------------------------- */

static void say_events(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[512];

	for (int i = 0; i < 2; i++) {
		aw_wire_begin(
		    &out, data, sizeof(data), AW_MSG_EVENT, in->request);
		aw_wire_put_num(&out, AW_TAG_TIME, 1700000000);
		aw_wire_put_text(&out, AW_TAG_USER, "alice");
		aw_wire_put_text(&out, AW_TAG_SERVICE, i ? "sudo" : "sshd");
		if (i == 0)
			aw_wire_put_text(&out, AW_TAG_RHOST, "192.0.2.7");
		aw_wire_put_num(&out, AW_TAG_VERDICT,
		    i ? AW_VERDICT_POLICY : AW_VERDICT_ALLOW);
		if (i == 1) {
			aw_wire_put_text(&out, AW_TAG_CODE, "7K3QX");
			aw_wire_put_text(&out, AW_TAG_TEXT, "No set.");
		}
		cli_send(fd, &out);
	}
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	cli_send(fd, &out);
}

static void refuse_why(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_DENIED);
	aw_wire_put_text(&out, AW_TAG_TEXT, "only root may ask");
	cli_send(fd, &out);
}

static void says_why(void **state)
{
	static const char *const words[] = { "why", "alice", HERE, NULL };
	static const char *const own[] = { "why", HERE, NULL };
	char user[65];

	(void)state;
	run(words, say_events);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(result.in.type, AW_MSG_WHY);
	assert_int_equal(
	    aw_wire_text(&result.in, AW_TAG_USER, user, sizeof(user)), 0);
	assert_string_equal(user, "alice");
	assert_non_null(
	    strstr(result.out, "  alice  sshd from 192.0.2.7: allowed\n"));
	assert_non_null(strstr(
	    result.out, "  alice  sudo: policy, code 7K3QX\n    No set.\n"));
	run(own, cli_forget_the_outcome);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_string_equal(result.out, "No sign-in is remembered.\n");
	assert_int_equal(
	    aw_wire_text(&result.in, AW_TAG_USER, user, sizeof(user)),
	    AW_ABSENT);
	run(words, refuse_why);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.err, "awssso: why: only root may ask\n");
}

static void says_why_to_programs(void **state)
{
	static const char *const words[] = { "why", "--json", HERE, NULL };
	struct json_object *array, *second, *value;

	(void)state;
	run(words, say_events);
	array = json_tokener_parse(result.out);
	assert_int_equal(json_object_array_length(array), 2);
	second = json_object_array_get_idx(array, 1);
	assert_true(json_object_object_get_ex(second, "verdict", &value));
	assert_string_equal(json_object_get_string(value), "policy");
	assert_true(json_object_object_get_ex(second, "code", &value));
	assert_string_equal(json_object_get_string(value), "7K3QX");
	assert_true(json_object_object_get_ex(second, "time", &value));
	assert_int_equal(json_object_get_int64(value), 1700000000);
	json_object_put(array);
	run(words, cli_forget_the_outcome);
	array = json_tokener_parse(result.out);
	assert_int_equal(json_object_array_length(array), 0);
	json_object_put(array);
}

/* --- explain ----------------------------------------------------------- */

static void explain_two_stages(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[1024];

	for (int i = 0; i < 2; i++) {
		aw_wire_begin(
		    &out, data, sizeof(data), AW_MSG_EXPLAINED, in->request);
		aw_wire_put_text(&out, AW_TAG_STAGE, i ? "account" : "code");
		aw_wire_put_num(&out, AW_TAG_VERDICT,
		    i ? AW_VERDICT_POLICY : AW_VERDICT_ALLOW);
		aw_wire_put_text(&out, AW_TAG_TEXT, i ? "Not you." : "");
		if (i)
			aw_wire_put_text(&out, AW_TAG_RULE, "awssso.conf:7: x");
		cli_send(fd, &out);
	}
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_EXPLAINED, in->request);
	aw_wire_put_text(&out, AW_TAG_STAGE, "offline_grace");
	aw_wire_put_text(&out, AW_TAG_TEXT, "4h");
	aw_wire_put_text(&out, AW_TAG_RULE, "awssso.conf:9: y");
	aw_wire_put_text(&out, AW_TAG_DETAIL, "so long");
	cli_send(fd, &out);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_GENERATION, 12);
	aw_wire_put_num(&out, AW_TAG_DIRECTORY_AGE, 60);
	cli_send(fd, &out);
}

static void explain_a_code(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[1024];
	char code[17];

	assert_int_equal(in->type, AW_MSG_EXPLAIN_CODE);
	assert_int_equal(aw_wire_text(in, AW_TAG_CODE, code, sizeof(code)), 0);
	assert_string_equal(code, "7K3QX");
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_EVENT, in->request);
	aw_wire_put_num(&out, AW_TAG_TIME, 1700000000);
	aw_wire_put_text(&out, AW_TAG_USER, "alice");
	aw_wire_put_text(&out, AW_TAG_SERVICE, "sudo");
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_POLICY);
	aw_wire_put_text(&out, AW_TAG_CODE, "7K3QX");
	aw_wire_put_text(&out, AW_TAG_TEXT, "No set.");
	aw_wire_put_text(&out, AW_TAG_DETAIL, "generation 3");
	aw_wire_put_text(&out, AW_TAG_ACTION, "Assign it.");
	cli_send(fd, &out);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	cli_send(fd, &out);
}

static void explains(void **state)
{
	static const char *const person[] = { "explain", "alice", "sshd", HERE,
		"--etc", ".", NULL };
	static const char *const list[] = { "explain", "alice", "sshd", HERE,
		"--etc", ".", "--json", NULL };
	static const char *const code[] = { "explain", "7k3qx", HERE, NULL };
	static const char *const json[] = { "explain", "--json", "7k3qx", HERE,
		NULL };
	struct json_object *array, *value;
	char text[65];

	(void)state;
	assert_true(mkdir("pam.d", 0700) == 0);
	cli_write("pam.d/sshd", "auth die pam_awssso.so reauth=always\n");
	run(person, explain_two_stages);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(result.in.type, AW_MSG_EXPLAIN);
	assert_int_equal(
	    aw_wire_text(&result.in, AW_TAG_SERVICE, text, sizeof(text)), 0);
	assert_string_equal(text, "sshd");
	assert_string_equal(result.out,
	    "code: allowed\n"
	    "account: policy\n"
	    "    said     Not you.\n"
	    "    line     awssso.conf:7: x\n"
	    "offline_grace = 4h\n"
	    "    line     awssso.conf:9: y\n"
	    "    means    so long\n"
	    "./pam.d/sshd:1: auth pam_awssso.so reauth=always\n"
	    "directory: generation 12, read 1 min ago\n");
	run(list, explain_two_stages);
	array = json_tokener_parse(result.out);
	assert_int_equal(json_object_array_length(array), 4);
	assert_false(json_object_object_get_ex(
	    json_object_array_get_idx(array, 2), "verdict", &value));
	assert_true(json_object_object_get_ex(
	    json_object_array_get_idx(array, 3), "rule", &value));
	assert_string_equal(json_object_get_string(value), "./pam.d/sshd:1");
	json_object_put(array);
	run(code, explain_a_code);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_non_null(strstr(result.out, "  alice  sudo: policy\n"
					   "    said     No set.\n"
					   "    because  generation 3\n"
					   "    to do    Assign it.\n"));
	run(json, explain_a_code);
	array = json_tokener_parse(result.out);
	assert_int_equal(json_object_array_length(array), 1);
	assert_true(json_object_object_get_ex(
	    json_object_array_get_idx(array, 0), "action", &value));
	assert_string_equal(json_object_get_string(value), "Assign it.");
	json_object_put(array);
	assert_int_equal(unlink("pam.d/sshd") | rmdir("pam.d"), 0);
	run(code, refuse_why);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.err, "awssso: explain: only root may ask\n");
}

static void not_on_record(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_NOT_FOUND);
	aw_wire_put_text(&out, AW_TAG_TEXT, "not on record");
	cli_send(fd, &out);
}

static void explains_the_past(void **state)
{
	static const char *const then[] = { "explain", "--as-of",
		"2026-01-02T03:04:05Z", "alice", "sshd", HERE, NULL };
	static const char *const never[] = { "explain", "--as-of", "tomorrow",
		"alice", "sshd", HERE, NULL };
	static const char *const code[] = { "explain", "--as-of", "-2h",
		"7K3QX", HERE, NULL };

	(void)state;
	run(then, explain_two_stages);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_true(aw_wire_num(&result.in, AW_TAG_TIME, 0) == 1767323045);
	/* what applies now is not what applied then */
	assert_null(strstr(result.out, "PAM"));
	run(then, not_on_record);
	assert_int_equal(result.status, AW_EXIT_NOT_FOUND);
	assert_string_equal(result.err, "awssso: explain: not on record\n");
	run(never, NULL);
	assert_int_equal(result.status, AW_EXIT_USAGE);
	assert_non_null(strstr(result.err, "--as-of: tomorrow: not a time"));
	run(code, NULL);
	assert_int_equal(result.status, AW_EXIT_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_why),
		cmocka_unit_test(says_why_to_programs),
		cmocka_unit_test(explains),
		cmocka_unit_test(explains_the_past),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
