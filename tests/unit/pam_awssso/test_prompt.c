/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conversation: what is asked of awsssod, what is shown, how it waits and
 * how it gives up.
 * covers: spine.6, R2, R31
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <security/pam_appl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/proto.h"
#include "common/sock.h"
#include "tests/unit/pam_awssso/host.h"
#include "tests/unit/pam_awssso/places.h"

#define PROMPT "Open  https://example.com/%d\nCode  ABCD-EFGH\nEnter: "

static void allow(int fd, const struct aw_wire_in *in)
{
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void approve(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, PROMPT, 60);
	host_pause_ms(AW_TEST_ENTER_MS / 3);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void approve_later(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, PROMPT, 60);
	host_pause_ms(AW_TEST_ENTER_MS * 5 / 2);
	host_verdict(fd, in->request, AW_VERDICT_ALLOW, NULL, NULL);
}

static void deny(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, PROMPT, 60);
	host_verdict(fd, in->request, AW_VERDICT_REFUSED, "Denied.", "AAAAA");
}

static void never_decide(int fd, const struct aw_wire_in *in)
{
	host_prompt(fd, in->request, PROMPT, 1);
	host_wait_for_hangup(fd);
}

/* --- what is asked ----------------------------------------------------- */

static void says_all_that_it_knows(void **state)
{
	static struct host_result result;
	const struct host_call call = {
		.play = allow,
		.options = "permission_set=Admin account=012345678901 reuse=5m",
		.rhost = "192.0.2.7",
		.tty = "ssh",
		.ssh_connection = "192.0.2.7 50022 192.0.2.1 22",
	};

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.questions, 1);
	assert_int_equal(result.in.type, AW_MSG_AUTH);
	assert_string_equal(host_text(&result, AW_TAG_USER), "alice");
	assert_string_equal(host_text(&result, AW_TAG_SERVICE), "sshd");
	assert_string_equal(host_text(&result, AW_TAG_RHOST), "192.0.2.7");
	assert_string_equal(host_text(&result, AW_TAG_TTY), "ssh");
	assert_string_equal(
	    host_text(&result, AW_TAG_ATTEMPT), "192.0.2.7 50022 192.0.2.1 22");
	assert_string_equal(host_text(&result, AW_TAG_PERMISSION_SET), "Admin");
	assert_string_equal(host_text(&result, AW_TAG_ACCOUNT), "012345678901");
	assert_int_equal(host_number(&result, AW_TAG_REUSE), 300);
	assert_int_equal(host_number(&result, AW_TAG_KSESSION), 7);
	assert_int_equal(host_number(&result, AW_TAG_ENTER), 1);
}

/* Which line of sshd's list is the key, and that none of them keeps a person
 * out. */
static void names_the_key_proved_last(void **state)
{
	static const struct {
		const char *name, *info, *want;
	} rows[] = {
		{ "one", "publickey ssh-ed25519 AAAA\n",
		    "publickey ssh-ed25519 AAAA" },
		{ "no line feed", "publickey ssh-ed25519 AAAA",
		    "publickey ssh-ed25519 AAAA" },
		{ "the last of two", "publickey a A\npublickey b B\n",
		    "publickey b B" },
		{ "others beside it",
		    "password\npublickey a A\nhostbased b B\n",
		    "publickey a A" },
		{ "none", "keyboard-interactive/pam\n", "-" },
		{ "empty", "", "-" },
		{ "not at the beginning", "hostbased publickey a A\n", "-" },
		{ "a control character", "publickey a\tA\n", "-" },
	};
	static struct host_result result;
	struct host_call call = { .play = allow };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		call.auth_info = rows[i].info;
		assert_int_equal(host_run(&call, &result), 0);
		if (result.code != PAM_SUCCESS ||
		    strcmp(host_text(&result, AW_TAG_AUTH_INFO),
			rows[i].want) != 0)
			fail_msg("%s", rows[i].name);
	}
}

/* A key that is too long is left out: the person signs in all the same. */
static void leaves_out_a_long_key(void **state)
{
	static struct host_result result;
	static char info[AW_PROTO_AUTH_INFO_MAX + 2] = "publickey ssh-rsa ";
	struct host_call call = { .play = allow, .auth_info = info };

	(void)state;
	memset(info + 18, 'A', sizeof(info) - 1 - 18);
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_SUCCESS);
	assert_string_equal(host_text(&result, AW_TAG_AUTH_INFO), "-");
	info[AW_PROTO_AUTH_INFO_MAX] = '\0';
	assert_int_equal(host_run(&call, &result), 0);
	assert_string_equal(host_text(&result, AW_TAG_AUTH_INFO), info);
}

static void says_no_more_than_it_knows(void **state)
{
	static struct host_result result;
	const struct host_call call = { .play = allow };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_string_equal(host_text(&result, AW_TAG_RHOST), "-");
	assert_string_equal(host_text(&result, AW_TAG_TTY), "-");
	assert_string_equal(host_text(&result, AW_TAG_ATTEMPT), "-");
	assert_string_equal(host_text(&result, AW_TAG_PERMISSION_SET), "-");
	assert_string_equal(host_text(&result, AW_TAG_ACCOUNT), "-");
	assert_int_equal(host_number(&result, AW_TAG_REUSE), UINT64_MAX);
}

/* R31: the process environment is nobody's word. */
static void does_not_read_the_environment(void **state)
{
	static struct host_result result;
	const struct host_call call = { .play = allow };

	(void)state;
	assert_int_equal(
	    setenv("SSH_CONNECTION", "198.51.100.1 1 ::1 2", 1), 0);
	assert_int_equal(setenv("SSH_AUTH_INFO_0", "publickey a A", 1), 0);
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(unsetenv("SSH_CONNECTION"), 0);
	assert_int_equal(unsetenv("SSH_AUTH_INFO_0"), 0);
	assert_string_equal(host_text(&result, AW_TAG_AUTH_INFO), "-");
	assert_string_equal(host_text(&result, AW_TAG_ATTEMPT), "-");
}

static void asks_by_the_phase(void **state)
{
	static struct host_result result;
	static const struct {
		enum aw_pam_phase phase;
		bool close;
		unsigned questions;
		uint16_t type;
	} rows[] = {
		{ AW_PAM_AUTH, false, 1, AW_MSG_AUTH },
		{ AW_PAM_ACCOUNT, false, 1, AW_MSG_ACCOUNT },
		{ AW_PAM_SETCRED, false, 0, 0 },
		{ AW_PAM_CHAUTHTOK, false, 0, 0 },
		{ AW_PAM_SESSION, false, 1, AW_MSG_OPEN },
		{ AW_PAM_SESSION, true, 1, AW_MSG_CLOSE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .phase = rows[i].phase,
			.close = rows[i].close,
			.play = allow };

		assert_int_equal(host_run(&call, &result), 0);
		assert_int_equal(result.questions, rows[i].questions);
		if (rows[i].questions > 0)
			assert_int_equal(result.in.type, rows[i].type);
	}
}

/* A label that somebody else chose cannot break the message, and so cannot
 * keep a person out. */
static void escapes_labels(void **state)
{
	static struct host_result result;
	char longest[400];
	struct host_call call = { .play = allow, .rhost = "a\nb\xff" };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_string_equal(host_text(&result, AW_TAG_RHOST), "a\\x0ab\\xff");
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	call.rhost = longest;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_SUCCESS);
	assert_int_equal(strlen(host_text(&result, AW_TAG_RHOST)), 256);
}

static void write_session(const char *text)
{
	FILE *file = fopen("session", "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void reads_the_session_number(void **state)
{
	static struct host_result result;
	static const struct {
		const char *text;
		uint64_t want;
	} rows[] = {
		{ "12", 12 },
		{ "12\n", 12 },
		{ "0", 0 },
		{ "4294967294", 4294967294u },
		{ "4294967295", UINT64_MAX }, /* none was given */
		{ "", UINT64_MAX },
		{ "x", UINT64_MAX },
		{ "-1", UINT64_MAX },
	};
	const struct host_call call = { .play = allow };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		write_session(rows[i].text);
		assert_int_equal(host_run(&call, &result), 0);
		if (host_number(&result, AW_TAG_KSESSION) != rows[i].want)
			fail_msg("\"%s\"", rows[i].text);
	}
	assert_int_equal(unlink("session"), 0);
	assert_int_equal(host_run(&call, &result), 0);
	assert_true(host_number(&result, AW_TAG_KSESSION) == UINT64_MAX);
	write_session("7");
}

/* --- how it waits ------------------------------------------------------ */

static void waits_as_the_service_can_stand(void **state)
{
	static struct host_result result;
	static const struct {
		const char *service, *options;
		bool enter;
	} rows[] = {
		{ "sshd", "", true },
		{ "vsftpd", "", true },
		{ "sudo", "", false },
		{ "sudo-i", "", false },
		{ "su", "", false },
		{ "su-l", "", false },
		{ "login", "", false },
		{ "sudoedit", "", true },
		{ "sudo", "prompt=auto", false },
		{ "sudo", "prompt=enter", true },
		{ "sshd", "prompt=poll", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .service = rows[i].service,
			.options = rows[i].options,
			.tty = "/dev/pts/7",
			.play = approve };

		assert_int_equal(host_run(&call, &result), 0);
		if (result.code != PAM_SUCCESS)
			fail_msg("row %zu: %s", i, result.log);
		if (host_number(&result, AW_TAG_ENTER) != rows[i].enter ||
		    result.prompts != (rows[i].enter ? 1 : 0) ||
		    result.infos != (rows[i].enter ? 0 : 1))
			fail_msg("row %zu: %u prompts, %u texts", i,
			    result.prompts, result.infos);
		/* the whole text at once, a '%' being no format */
		assert_string_equal(
		    rows[i].enter ? result.prompt : result.info, PROMPT);
	}
}

/* sudo -S: what is for information would stay in sudo until it ends. */
static void without_a_terminal_the_code_is_an_error(void **state)
{
	static struct host_result result;
	static const char *const ttys[] = { NULL, "" };

	(void)state;
	for (size_t i = 0; i < sizeof(ttys) / sizeof(ttys[0]); i++) {
		const struct host_call call = {
			.service = "sudo", .tty = ttys[i], .play = approve
		};

		assert_int_equal(host_run(&call, &result), 0);
		assert_int_equal(result.code, PAM_SUCCESS);
		assert_int_equal(result.infos, 0);
		assert_string_equal(result.error, PROMPT);
	}
}

static void asks_for_enter_again(void **state)
{
	static struct host_result result;
	const struct host_call call = { .play = approve_later };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_SUCCESS);
	assert_int_equal(result.prompts, 3);
	assert_string_equal(result.prompt, PROMPT);
}

static void tells_a_denial_after_the_prompt(void **state)
{
	static struct host_result result;
	struct host_call call = { .tty = "/dev/pts/7", .play = deny };

	(void)state;
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_MAXTRIES);
	assert_string_equal(result.error, "Denied. (code AAAAA)");
	call.service = "sudo";
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(result.code, PAM_MAXTRIES);
	assert_string_equal(result.error, "Denied. (code AAAAA)");
}

/* sudo's gate never starts a flow, whatever awsssod thinks. */
static void nobody_is_prompted_but_in_auth(void **state)
{
	static struct host_result result;
	static const enum aw_pam_phase phases[] = { AW_PAM_ACCOUNT,
		AW_PAM_SESSION };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct host_call call = { .phase = phases[i],
			.play = approve };

		assert_int_equal(host_run(&call, &result), 0);
		assert_int_not_equal(result.code, PAM_SUCCESS);
		assert_int_equal(result.prompts + result.infos, 0);
	}
}

/* An awsssod that forgets to say that the code has expired. */
static void ends_when_the_code_does(void **state)
{
	static struct host_result result;
	static const char *const services[] = { "sshd", "sudo" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const struct host_call call = { .service = services[i],
			.play = never_decide };
		const uint64_t before = aw_sock_now_ms();

		assert_int_equal(host_run(&call, &result), 0);
		assert_int_equal(result.code, PAM_AUTHINFO_UNAVAIL);
		assert_true(aw_sock_now_ms() - before >= 1000);
		assert_true(aw_sock_now_ms() - before < 2500);
		assert_true(host_hung_up);
	}
}

/* --- giving up --------------------------------------------------------- */

static void gives_up_when_the_application_does(void **state)
{
	static struct host_result result;
	static const struct {
		const char *service;
		int conv_code, want;
	} rows[] = {
		{ "sshd", PAM_CONV_ERR, PAM_CONV_ERR },
		{ "sudo", PAM_CONV_ERR, PAM_CONV_ERR },
		{ "sshd", PAM_ABORT, PAM_CONV_ERR },
		{ "sshd", PAM_CONV_AGAIN, PAM_CONV_ERR },
		{ "sshd", PAM_BUF_ERR, PAM_BUF_ERR },
		{ "sudo", PAM_BUF_ERR, PAM_BUF_ERR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct host_call call = { .service = rows[i].service,
			.tty = "/dev/pts/7",
			.play = never_decide,
			.conv_fails = 1,
			.conv_code = rows[i].conv_code };

		assert_int_equal(host_run(&call, &result), 0);
		if (result.code != rows[i].want)
			fail_msg(
			    "row %zu: %s", i, pam_strerror(NULL, result.code));
		/* awsssod notices, and ends the flow */
		assert_true(host_hung_up);
		assert_int_equal(
		    result.errors, rows[i].want == PAM_BUF_ERR ? 1 : 0);
	}
}

/* sudo blocks ^C while the module runs: it is pending, and looked at. */
static void gives_up_on_a_pending_signal(void **state)
{
	static struct host_result result;
	static const int fatal[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	const struct host_call call = {
		.service = "sudo", .tty = "/dev/pts/7", .play = never_decide
	};
	const struct timespec now = { 0 };
	sigset_t set, before;

	(void)state;
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++) {
		const uint64_t start = aw_sock_now_ms();

		assert_int_equal(sigemptyset(&set), 0);
		assert_int_equal(sigaddset(&set, fatal[i]), 0);
		assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
		assert_int_equal(raise(fatal[i]), 0);
		assert_int_equal(host_run(&call, &result), 0);
		assert_int_equal(sigtimedwait(&set, NULL, &now), fatal[i]);
		assert_int_equal(
		    pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
		assert_int_equal(result.code, PAM_CONV_ERR);
		assert_int_equal(result.infos, 1);
		assert_true(host_hung_up);
		assert_true(aw_sock_now_ms() - start < 900);
	}
}

static void other_signals_do_not_end_it(void **state)
{
	static struct host_result result;
	const struct host_call call = { .service = "sudo", .play = approve };
	const struct timespec now = { 0 };
	sigset_t set, before;

	(void)state;
	assert_int_equal(sigemptyset(&set), 0);
	assert_int_equal(sigaddset(&set, SIGUSR1), 0);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &set, &before), 0);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(host_run(&call, &result), 0);
	assert_int_equal(sigtimedwait(&set, NULL, &now), SIGUSR1);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
	assert_int_equal(result.code, PAM_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_all_that_it_knows),
		cmocka_unit_test(names_the_key_proved_last),
		cmocka_unit_test(leaves_out_a_long_key),
		cmocka_unit_test(says_no_more_than_it_knows),
		cmocka_unit_test(does_not_read_the_environment),
		cmocka_unit_test(asks_by_the_phase),
		cmocka_unit_test(escapes_labels),
		cmocka_unit_test(reads_the_session_number),
		cmocka_unit_test(waits_as_the_service_can_stand),
		cmocka_unit_test(without_a_terminal_the_code_is_an_error),
		cmocka_unit_test(asks_for_enter_again),
		cmocka_unit_test(tells_a_denial_after_the_prompt),
		cmocka_unit_test(nobody_is_prompted_but_in_auth),
		cmocka_unit_test(ends_when_the_code_does),
		cmocka_unit_test(gives_up_when_the_application_does),
		cmocka_unit_test(gives_up_on_a_pending_signal),
		cmocka_unit_test(other_signals_do_not_end_it),
	};

	return cmocka_run_group_tests(tests, host_make, host_remove);
}
