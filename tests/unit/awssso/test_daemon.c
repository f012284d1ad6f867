/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that ask awsssod: status, sync and login.
 * covers: spine.7
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
	const char *socket =
	    strcmp(words[0], "login") == 0 ? "auth.sock" : "ctl.sock";

	cli_run(words, socket, play, &result);
}

/* --- nobody, or nonsense ----------------------------------------------- */

static void hang_up(int fd, const struct aw_wire_in *in)
{
	(void)fd;
	(void)in;
}

static void answer_another(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request + 1);
	cli_send(fd, &out);
}

static void echo(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), in->type, in->request);
	cli_send(fd, &out);
}

static void tells_when_awsssod_is_away(void **state)
{
	static const char *const commands[][6] = {
		{ "status", HERE },
		{ "sync", HERE },
		{ "why", HERE },
		{ "explain", "alice", "sshd", HERE },
		{ "login", HERE },
	};
	static const struct {
		cli_play_fn *play;
		const char *err;
		int status;
	} rows[] = {
		{ NULL, "awsssod is not running\n", AW_EXIT_UNREACHABLE },
		{ hang_up, "hung up without an answer", AW_EXIT_UNREACHABLE },
		{ answer_another, "sent what is no answer",
		    AW_EXIT_UNREACHABLE },
		{ echo, "sent a message of kind", AW_EXIT_FAILED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
			run(commands[i], rows[k].play);
			if (result.status != rows[k].status || result.out[0] ||
			    !strstr(result.err, rows[k].err))
				fail_msg("%s, row %zu: %d %s", commands[i][0],
				    k, result.status, result.err);
		}
}

/* --- status ------------------------------------------------------------ */

static void say_status(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[2048];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_STATUS_IS, in->request);
	aw_wire_put_text(&out, AW_TAG_STORE, "d-9067000000");
	aw_wire_put_num(&out, AW_TAG_GENERATION, 12);
	aw_wire_put_num(&out, AW_TAG_DIRECTORY_AGE, 3 * 3600 + 61);
	aw_wire_put_num(&out, AW_TAG_USERS, 40);
	aw_wire_put_num(&out, AW_TAG_GROUPS, 5);
	aw_wire_put_num(&out, AW_TAG_SKIPPED, 2);
	aw_wire_put_num(&out, AW_TAG_FLOWS, 1);
	aw_wire_put_num(&out, AW_TAG_SESSIONS, 6);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_THROTTLED);
	aw_wire_put_text(&out, AW_TAG_TEXT, "wait a minute");
	aw_wire_put_num(&out, AW_TAG_NEXT_SWEEP, 59);
	aw_wire_put_text(&out, AW_TAG_SWEEP_STATE, "held: 30 users would go");
	aw_wire_put_num(&out, AW_TAG_ALLOWED, 7);
	aw_wire_put_num(&out, AW_TAG_DENIED, 8);
	aw_wire_put_text(&out, AW_TAG_SOURCE, "scim");
	aw_wire_put_text(&out, AW_TAG_REGION, "eu-west-1");
	aw_wire_put_num(&out, AW_TAG_EXPIRES_IN, 4 * 86400 - 1);
	aw_wire_put_num(&out, AW_TAG_SAML_EXPIRES, 0);
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_ALLOW);
	aw_wire_put_num(&out, AW_TAG_COUNT, 7);
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_POLICY);
	aw_wire_put_num(&out, AW_TAG_COUNT, 0);
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_UNAVAIL);
	aw_wire_put_num(&out, AW_TAG_COUNT, 8);
	/* Of a newer awsssod. */
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_MAX_);
	aw_wire_put_num(&out, AW_TAG_COUNT, 9);
	cli_send(fd, &out);
}

/* Two pages; the second one's entry has no principal. */
static void say_skipped(int fd, const struct aw_wire_in *in)
{
	const uint64_t after = aw_wire_num(in, AW_TAG_AFTER, 0);
	struct aw_wire_out out;
	uint8_t data[2048];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_ID_REC, in->request);
	aw_wire_put_num(
	    &out, AW_TAG_KIND, after == 0 ? AW_KIND_USER : AW_KIND_GROUP);
	aw_wire_put_text(
	    &out, AW_TAG_USER_NAME, after == 0 ? "root" : "Video Team");
	if (after == 0)
		aw_wire_put_text(&out, AW_TAG_PRINCIPAL_ID, "1");
	aw_wire_put_text(
	    &out, AW_TAG_TEXT, after == 0 ? "reserved" : "no such group");
	cli_send(fd, &out);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	if (after == 0)
		aw_wire_put_num(&out, AW_TAG_AFTER, 50);
	cli_send(fd, &out);
}

/* The same page for ever. */
static void say_skipped_again(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_AFTER, 50);
	cli_send(fd, &out);
}

static void say_skipped_not(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[128];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_CONFIG);
	aw_wire_put_text(&out, AW_TAG_TEXT, "state.db cannot be read");
	cli_send(fd, &out);
}

static void lists_the_skipped(void **state)
{
	static const char *const lines[] = { "status", "--skipped", HERE,
		NULL };
	static const char *const json[] = { "status", "--skipped", "--json",
		HERE, NULL };
	struct json_object *array, *value;

	(void)state;
	run(lines, say_skipped);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(result.in.type, AW_MSG_SKIPPED);
	assert_string_equal(
	    result.out, "root (1): reserved\nVideo Team: no such group\n");
	run(json, say_skipped);
	array = json_tokener_parse(result.out);
	assert_int_equal(json_object_array_length(array), 2);
	assert_true(json_object_object_get_ex(
	    json_object_array_get_idx(array, 0), "principal_id", &value));
	assert_string_equal(json_object_get_string(value), "1");
	assert_true(json_object_object_get_ex(
	    json_object_array_get_idx(array, 1), "kind", &value));
	assert_string_equal(json_object_get_string(value), "group");
	json_object_put(array);
	run(lines, say_skipped_again);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_non_null(strstr(result.err, "lists the same again"));
	run(json, say_skipped_not);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.out, "");
	assert_non_null(strstr(result.err, "state.db cannot be read"));
}

static void say_empty_status(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_STATUS_IS, in->request);
	cli_send(fd, &out);
}

static void shows_the_status(void **state)
{
	static const char *const words[] = { "status", HERE, NULL };

	(void)state;
	run(words, say_status);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_int_equal(result.in.type, AW_MSG_STATUS);
	assert_string_equal(result.out,
	    "awsssod         running\n"
	    "provider        IAM Identity Center in eu-west-1, source scim\n"
	    "directory       d-9067000000, generation 12, 3 h 1 min old\n"
	    "people          40 in 5 groups\n"
	    "AWS             throttled: wait a minute\n"
	    "sweep           held: 30 users would go\n"
	    "if meant        awssso sync --accept-shrink\n"
	    "next sweep      in 59 s\n"
	    "today           7 allowed, 8 could not be judged\n"
	    "open            1 sign-ins, 6 sessions\n"
	    "SCIM token      ends in 3 days\n"
	    "certificate     has ended: make a new one in the console\n"
	    "skipped         2, see awssso status --skipped\n");
	run(words, say_empty_status);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_string_equal(result.out,
	    "awsssod         running\n"
	    "directory       never read\n"
	    "AWS             not asked yet\n"
	    "open            0 sign-ins, 0 sessions\n");
}

static void shows_the_status_to_programs(void **state)
{
	static const char *const words[] = { "status", "--json", HERE, NULL };
	static const struct {
		const char *key, *value;
	} rows[] = {
		{ "identity_store_id", "d-9067000000" },
		{ "generation", "12" },
		{ "directory_age", "10861" },
		{ "users", "40" },
		{ "groups", "5" },
		{ "skipped", "2" },
		{ "flows", "1" },
		{ "sessions", "6" },
		{ "next_sweep", "59" },
		{ "allowed", "7" },
		{ "denied", "8" },
		{ "net", "throttled" },
		{ "text", "wait a minute" },
		{ "sweep_state", "held: 30 users would go" },
		{ "source", "scim" },
		{ "region", "eu-west-1" },
		{ "scim_token_expires_in", "345599" },
		{ "saml_certificate_expires_in", "0" },
		{ "today", "{ \"allowed\": 7, \"policy\": 0, \"refused\": 0, "
			   "\"expired\": 0, \"unavailable\": 8, \"failed\": "
			   "0 }" },
	};
	struct json_object *object, *value;

	(void)state;
	run(words, say_status);
	object = json_tokener_parse(result.out);
	assert_non_null(object);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(
		    json_object_object_get_ex(object, rows[i].key, &value));
		assert_string_equal(
		    json_object_get_string(value), rows[i].value);
	}
	assert_false(json_object_object_get_ex(object, "newest_change", NULL));
	json_object_put(object);
}

/* --- sync -------------------------------------------------------------- */

static void say_progress(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[256];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PROGRESS, in->request);
	aw_wire_put_num(&out, AW_TAG_USERS, 100);
	cli_send(fd, &out);
}

static void sync_well(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[256];

	say_progress(fd, in);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	cli_send(fd, &out);
}

static void sync_badly(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[256];

	say_progress(fd, in);
	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_REFUSED);
	aw_wire_put_text(&out, AW_TAG_TEXT, "a right is missing");
	cli_send(fd, &out);
}

static void sync_held(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[256];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_DONE, in->request);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_text(&out, AW_TAG_TEXT, "held: 30 users would go");
	cli_send(fd, &out);
}

static void syncs(void **state)
{
	static const char *const words[] = { "sync", HERE, NULL };

	(void)state;
	run(words, sync_well);
	assert_int_equal(result.in.type, AW_MSG_SYNC);
	assert_int_equal(result.status, AW_EXIT_OK);
	/* no progress line where nobody sees it move */
	assert_string_equal(result.out, "The directory has been read.\n");
	/* a script can tell */
	run(words, sync_held);
	assert_int_equal(result.status, AW_EXIT_HELD);
	assert_string_equal(result.out,
	    "held: 30 users would go\n"
	    "If that is meant: awssso sync --accept-shrink\n");
	run(words, sync_badly);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(
	    result.err, "awssso: refused: a right is missing\n");
	run(words, cli_forget_the_outcome);
	assert_int_equal(result.status, AW_EXIT_FAILED);
}

/* --- login ------------------------------------------------------------- */

static void prompt(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_PROMPT, in->request);
	aw_wire_put_text(&out, AW_TAG_TEXT, "Open  https://example.com/\n");
	aw_wire_put_num(&out, AW_TAG_EXPIRES_IN, 60);
	cli_send(fd, &out);
}

static void decide(int fd, const struct aw_wire_in *in, uint64_t verdict)
{
	struct aw_wire_out out;
	uint8_t data[512];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_VERDICT, in->request);
	aw_wire_put_num(&out, AW_TAG_VERDICT, verdict);
	if (verdict != AW_VERDICT_ALLOW) {
		aw_wire_put_text(&out, AW_TAG_TEXT, "Denied.");
		aw_wire_put_text(&out, AW_TAG_CODE, "7K3QX");
	}
	cli_send(fd, &out);
}

static void approve(int fd, const struct aw_wire_in *in)
{
	prompt(fd, in);
	decide(fd, in, AW_VERDICT_ALLOW);
}

static void deny(int fd, const struct aw_wire_in *in)
{
	prompt(fd, in);
	decide(fd, in, AW_VERDICT_REFUSED);
}

static void deny_at_once(int fd, const struct aw_wire_in *in)
{
	decide(fd, in, AW_VERDICT_POLICY);
}

static void decide_nothing(int fd, const struct aw_wire_in *in)
{
	decide(fd, in, 0);
}

static void prompt_twice(int fd, const struct aw_wire_in *in)
{
	prompt(fd, in);
	prompt(fd, in);
}

static void logs_in(void **state)
{
	static const char *const words[] = { "login", HERE, NULL };
	char text[65];

	(void)state;
	run(words, approve);
	assert_int_equal(result.in.type, AW_MSG_AUTH);
	assert_int_equal(
	    aw_wire_text(&result.in, AW_TAG_SERVICE, text, sizeof(text)), 0);
	assert_string_equal(text, "awssso-login");
	assert_int_equal(aw_wire_num(&result.in, AW_TAG_ENTER, 9), 0);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_string_equal(
	    result.out, "Open  https://example.com/\nSigned in.\n");
	run(words, deny);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(
	    result.err, "awssso: login: Denied.\nawssso: code 7K3QX\n");
	run(words, deny_at_once);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	assert_string_equal(result.out, "");
	run(words, decide_nothing);
	assert_int_equal(result.status, AW_EXIT_FAILED);
	run(words, prompt_twice);
	assert_int_equal(result.status, AW_EXIT_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_when_awsssod_is_away),
		cmocka_unit_test(shows_the_status),
		cmocka_unit_test(shows_the_status_to_programs),
		cmocka_unit_test(lists_the_skipped),
		cmocka_unit_test(syncs),
		cmocka_unit_test(logs_in),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
