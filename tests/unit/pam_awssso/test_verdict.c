/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module through libpam: what each answer of awsssod, and each failure of
 * it, becomes in each phase.
 * covers: spine.6, R8, R9, R11, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <security/pam_appl.h>
#include <string.h>

#include "common/proto.h"
#include "common/sock.h"
#include "tests/unit/pam_awssso/host.h"
#include "tests/unit/pam_awssso/places.h"

#define DOORS 6

static const struct {
	const char *name;
	enum aw_pam_phase phase;
	bool close;
} doors[DOORS] = {
	{ "auth", AW_PAM_AUTH, false },
	{ "account", AW_PAM_ACCOUNT, false },
	{ "setcred", AW_PAM_SETCRED, false },
	{ "chauthtok", AW_PAM_CHAUTHTOK, false },
	{ "open", AW_PAM_SESSION, false },
	{ "close", AW_PAM_SESSION, true },
};

/* Run @call at each door; @want has a code for each. */
static void at_each_door(
    const char *name, const struct host_call *call, const int want[DOORS])
{
	static struct host_result result;

	for (size_t d = 0; d < DOORS; d++) {
		struct host_call one = *call;

		one.phase = doors[d].phase;
		one.close = doors[d].close;
		if (host_run(&one, &result) < 0)
			fail_msg(
			    "%s, %s: the host failed", name, doors[d].name);
		if (result.code != want[d])
			fail_msg("%s, %s: %s, not %s (%s)", name, doors[d].name,
			    pam_strerror(NULL, result.code),
			    pam_strerror(NULL, want[d]), result.log);
		if (!result.same_user)
			fail_msg(
			    "%s, %s: PAM_USER changed", name, doors[d].name);
	}
}

/* --- verdicts ---------------------------------------------------------- */

#define PLAY(name, verdict)                                                  \
	static void name(int fd, const struct aw_wire_in *in)                \
	{                                                                    \
		host_verdict(fd, in->request, verdict, "Because.", "7K3QX"); \
	}

PLAY(say_allow, AW_VERDICT_ALLOW)
PLAY(say_policy, AW_VERDICT_POLICY)
PLAY(say_refused, AW_VERDICT_REFUSED)
PLAY(say_expired, AW_VERDICT_EXPIRED)
PLAY(say_unavail, AW_VERDICT_UNAVAIL)
PLAY(say_failed, AW_VERDICT_FAILED)
PLAY(say_nothing_known, AW_VERDICT_MAX_)
PLAY(say_zero, 0)

static void translates_every_verdict(void **state)
{
	static const struct {
		const char *name;
		host_play_fn *play;
		int want[DOORS];
	} rows[] = {
		{ "allow", say_allow,
		    { PAM_SUCCESS, PAM_SUCCESS, PAM_SUCCESS, PAM_IGNORE,
			PAM_SUCCESS, PAM_SUCCESS } },
		{ "policy", say_policy,
		    { PAM_AUTH_ERR, PAM_PERM_DENIED, PAM_SUCCESS, PAM_IGNORE,
			PAM_SESSION_ERR, PAM_SESSION_ERR } },
		{ "refused", say_refused,
		    { PAM_MAXTRIES, PAM_PERM_DENIED, PAM_SUCCESS, PAM_IGNORE,
			PAM_SESSION_ERR, PAM_SESSION_ERR } },
		{ "expired", say_expired,
		    { PAM_ACCT_EXPIRED, PAM_ACCT_EXPIRED, PAM_SUCCESS,
			PAM_IGNORE, PAM_SESSION_ERR, PAM_SESSION_ERR } },
		{ "unavailable", say_unavail,
		    { PAM_AUTHINFO_UNAVAIL, PAM_AUTHINFO_UNAVAIL, PAM_SUCCESS,
			PAM_IGNORE, PAM_SESSION_ERR, PAM_SESSION_ERR } },
		{ "failed", say_failed,
		    { PAM_SERVICE_ERR, PAM_SERVICE_ERR, PAM_SUCCESS, PAM_IGNORE,
			PAM_SERVICE_ERR, PAM_SERVICE_ERR } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .play = rows[i].play };

		at_each_door(rows[i].name, &call, rows[i].want);
	}
}

/* --- failures ---------------------------------------------------------- */

static void hang_up(int fd, const struct aw_wire_in *in)
{
	(void)fd;
	(void)in;
}

static void be_silent(int fd, const struct aw_wire_in *in)
{
	(void)in;
	host_wait_for_hangup(fd);
}

static void be_slow(int fd, const struct aw_wire_in *in)
{
	host_pause_ms(2 * AW_TEST_ANSWER_MS);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void answer_another(int fd, const struct aw_wire_in *in)
{
	host_verdict(fd, in->request + 1, AW_VERDICT_ALLOW, NULL, NULL);
}

static void send_raw(int fd, const void *data, size_t len)
{
	if (aw_sock_send(fd, data, len, -1, aw_sock_now_ms() + 1000) < 0)
		host_hung_up = true;
}

static void send_garbage(int fd, const struct aw_wire_in *in)
{
	static const uint8_t garbage[200] = { 'A', 'W', 'S', '1', 7 };

	(void)in;
	send_raw(fd, garbage, sizeof(garbage));
}

static void send_too_much(int fd, const struct aw_wire_in *in)
{
	static uint8_t much[AW_WIRE_SMALL + 1];

	(void)in;
	send_raw(fd, much, sizeof(much));
}

static void send_no_fields(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_VERDICT, in->request);
	if (aw_wire_end(&out) == 0)
		send_raw(fd, data, out.len);
}

static void echo(int fd, const struct aw_wire_in *in)
{
	send_raw(fd, in->data, in->len);
}

static void send_a_cut_one(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_VERDICT, in->request);
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_ALLOW);
	if (aw_wire_end(&out) == 0)
		send_raw(fd, data, out.len - 1);
}

static void send_an_event(int fd, const struct aw_wire_in *in)
{
	struct aw_wire_out out;
	uint8_t data[64];

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_EVENT, in->request);
	aw_wire_put_num(&out, AW_TAG_VERDICT, AW_VERDICT_ALLOW);
	if (aw_wire_end(&out) == 0)
		send_raw(fd, data, out.len);
}

static void prompt_without_text(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, NULL, 60);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void prompt_for_no_time(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, "Press Enter: ", 0);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void prompt_for_ever(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, "Press Enter: ", UINT64_MAX / 1000);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void prompt_twice(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, "Press Enter: ", 60);
	host_prompt(fd, in->request, "Press Enter: ", 60);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void die_after_the_prompt(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, "Press Enter: ", 60);
}

static void every_failure_is_unavailable(void **state)
{
	static const int want[DOORS] = { PAM_AUTHINFO_UNAVAIL,
		PAM_AUTHINFO_UNAVAIL, PAM_SUCCESS, PAM_IGNORE, PAM_SESSION_ERR,
		PAM_SESSION_ERR };
	static const struct {
		const char *name;
		host_play_fn *play;
	} rows[] = {
		{ "absent", NULL },
		{ "dies", hang_up },
		{ "silent", be_silent },
		{ "slow", be_slow },
		{ "answers another request", answer_another },
		{ "garbage", send_garbage },
		{ "too much", send_too_much },
		{ "no fields", send_no_fields },
		{ "echo", echo },
		{ "cut", send_a_cut_one },
		{ "a message of another kind", send_an_event },
		{ "no verdict that exists", say_nothing_known },
		{ "verdict zero", say_zero },
		{ "prompt without text", prompt_without_text },
		{ "prompt for no time", prompt_for_no_time },
		{ "prompt for ever", prompt_for_ever },
		{ "two prompts", prompt_twice },
		{ "dies after the prompt", die_after_the_prompt },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .play = rows[i].play };

		at_each_door(rows[i].name, &call, want);
	}
}

/* A stopped awsssod holds nobody longer than connecting and answering may
 * take. */
static void does_not_wait_for_ever(void **state)
{
	static struct host_result result;
	const struct host_call call = { .play = be_silent };
	const uint64_t before = aw_sock_now_ms();

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_AUTHINFO_UNAVAIL);
	assert_true(aw_sock_now_ms() - before >= AW_TEST_ANSWER_MS);
	assert_true(aw_sock_now_ms() - before < AW_TEST_ANSWER_MS + 2000);
	assert_true(host_hung_up);
}

/* --- cron and friends -------------------------------------------------- */

static void unattended_work_is_judged_by_the_snapshot(void **state)
{
	static struct host_result result;
	static const struct {
		const char *service, *user, *options;
		host_play_fn *play;
		int account, session;
	} rows[] = {
		{ "cron", "alice", "", NULL, PAM_SUCCESS, PAM_SUCCESS },
		{ "crond", "alice", "", hang_up, PAM_SUCCESS, PAM_SUCCESS },
		{ "at", "alice", "", be_silent, PAM_SUCCESS, PAM_SUCCESS },
		{ "atd", "alice", "", NULL, PAM_SUCCESS, PAM_SUCCESS },
		{ "systemd-user", "alice", "", NULL, PAM_SUCCESS, PAM_SUCCESS },
		{ "cron", "carol", "", NULL, PAM_ACCT_EXPIRED,
		    PAM_SESSION_ERR },
		{ "cron", "dave", "", NULL, PAM_PERM_DENIED, PAM_SESSION_ERR },
		/* awsssod's word counts when it has one */
		{ "cron", "alice", "", say_policy, PAM_PERM_DENIED,
		    PAM_SESSION_ERR },
		{ "cron", "dave", "", say_allow, PAM_SUCCESS, PAM_SUCCESS },
		{ "cron", "alice", "", say_unavail, PAM_AUTHINFO_UNAVAIL,
		    PAM_SESSION_ERR },
		/* a lie is not absence */
		{ "cron", "alice", "", send_garbage, PAM_AUTHINFO_UNAVAIL,
		    PAM_SESSION_ERR },
		/* the snapshot does not know who holds a set */
		{ "cron", "alice", "permission_set=Admin", NULL,
		    PAM_AUTHINFO_UNAVAIL, PAM_SESSION_ERR },
		/* others wait for awsssod */
		{ "sshd", "alice", "", NULL, PAM_AUTHINFO_UNAVAIL,
		    PAM_SESSION_ERR },
		{ "cronx", "alice", "", NULL, PAM_AUTHINFO_UNAVAIL,
		    PAM_SESSION_ERR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct host_call call = { .service = rows[i].service,
			.user = rows[i].user,
			.options = rows[i].options,
			.play = rows[i].play };
		int want[] = { PAM_AUTHINFO_UNAVAIL, rows[i].account, 0, 0,
			rows[i].session };

		for (int phase = AW_PAM_ACCOUNT; phase <= AW_PAM_SESSION;
		     phase += AW_PAM_SESSION - AW_PAM_ACCOUNT) {
			call.phase = (enum aw_pam_phase)phase;
			assert_int_equal(host_run(&call, &result), 0);
			if (result.code != want[phase])
				fail_msg("row %zu, phase %d: %s", i, phase,
				    pam_strerror(NULL, result.code));
		}
	}
}

/* Nobody authenticates by a file. */
static void authentication_never_comes_from_the_snapshot(void **state)
{
	static struct host_result result;
	const struct host_call call = { .service = "cron" };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_AUTHINFO_UNAVAIL);
}

/* --- telling ----------------------------------------------------------- */

static void say_much(int fd, const struct aw_wire_in *in)
{
	host_verdict(fd, in->request, AW_VERDICT_POLICY,
	    "Two\nlines, \"quoted\".", "7K3QX");
}

static void tells_the_person_why(void **state)
{
	static struct host_result result;
	static const struct {
		const char *name;
		enum aw_pam_phase phase;
		int flags;
		host_play_fn *play;
		const char *want; /* NULL: nothing is shown */
	} rows[] = {
		{ "auth", AW_PAM_AUTH, 0, say_policy, "Because. (code 7K3QX)" },
		{ "auth, silent (sudo)", AW_PAM_AUTH, (int)PAM_SILENT,
		    say_policy, "Because. (code 7K3QX)" },
		{ "account", AW_PAM_ACCOUNT, 0, say_policy,
		    "Because. (code 7K3QX)" },
		{ "account, silent (sudo)", AW_PAM_ACCOUNT, (int)PAM_SILENT,
		    say_policy, NULL },
		{ "session", AW_PAM_SESSION, 0, say_policy,
		    "Because. (code 7K3QX)" },
		{ "absent", AW_PAM_AUTH, 0, NULL,
		    "Sign-in is unavailable on this host right now; try again "
		    "later or tell its administrator." },
		{ "success", AW_PAM_AUTH, 0, say_allow, NULL },
		{ "setcred", AW_PAM_SETCRED, 0, say_policy, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .phase = rows[i].phase,
			.flags = rows[i].flags,
			.play = rows[i].play };

		assert_int_equal(host_run(&call, &result), 0);
		if (strcmp(result.error, rows[i].want ? rows[i].want : "") ||
		    result.errors != (rows[i].want ? 1 : 0))
			fail_msg("%s: %u times \"%s\"", rows[i].name,
			    result.errors, result.error);
		if (result.infos + result.prompts != 0)
			fail_msg("%s: shows more", rows[i].name);
	}
}

static void logs_one_line(void **state)
{
	static struct host_result result;
	struct host_call call = { .play = say_much };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.log_lines, 1);
	assert_non_null(strstr(result.log,
	    "refuse user \"alice\": policy: \"Two\\x0alines, "
	    "\\x22quoted\\x22.\" code 7K3QX\n"));
	call.play = say_allow;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.log_lines, 1);
	assert_non_null(strstr(result.log, "accept user \"alice\": allowed"));
	call.play = NULL;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.log_lines, 1);
	assert_non_null(strstr(result.log,
	    "refuse user \"alice\": unavailable: \"awsssod: No such file"));
	call.phase = AW_PAM_SETCRED;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.log_lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(translates_every_verdict),
		cmocka_unit_test(every_failure_is_unavailable),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(unattended_work_is_judged_by_the_snapshot),
		cmocka_unit_test(authentication_never_comes_from_the_snapshot),
		cmocka_unit_test(tells_the_person_why),
		cmocka_unit_test(logs_one_line),
	};

	return cmocka_run_group_tests(tests, host_make, host_remove);
}
