/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two ways to wait.
 *
 *   Enter: everything is in one prompt, because sshd holds other messages back
 *     until there is one; the person presses Enter after approving.  sshd
 *     notices a client that is gone at a prompt only, so a wait without one is
 *     short.
 *   poll: text, then looking at the socket five times a second.  sudo blocks
 *     ^C meanwhile, and takes note of a hangup without telling anybody, so
 *     pending signals and the terminal are looked at as often.
 */
#include "pam_awssso/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <security/pam_ext.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "common/own.h"
#include "common/proto.h"
#include "common/sock.h"
#include "pam_awssso/paths.h"

#define POLL_STEP_MS 200
#define EXPIRY_MAX   3600 /* seconds; no code lives longer */

static int error_of(int pam_code)
{
	switch (pam_code) {
	case PAM_SUCCESS:
		return 0;
	case PAM_BUF_ERR:
		return -ENOMEM;
	default:
		return -ECANCELED;
	}
}

/* The TEXT of the PROMPT in @in, borrowed, not terminated. */
static int text_of(const struct aw_wire_in *in, struct aw_wire_field *ret)
{
	struct aw_wire_field field = { 0 };

	while (aw_wire_next(in, &field) == 0)
		if (field.tag == AW_TAG_TEXT) {
			*ret = field;
			return 0;
		}
	return -EBADMSG;
}

static int press_enter(const struct aw_pam *pam, const char *text, size_t len)
{
	char *reply = NULL;
	int code;

	code = pam_prompt(
	    pam->pamh, PAM_PROMPT_ECHO_OFF, &reply, "%.*s", (int)len, text);
	/* Nobody is asked for a secret, but some people type one. */
	if (reply)
		explicit_bzero(reply, strlen(reply));
	free(reply);
	return error_of(code);
}

static int verdict_by(struct aw_pam_call *call, uint64_t deadline_ms)
{
	int r;

	r = aw_pam_call_next(call, deadline_ms);
	if (r == 0 && call->in.type != AW_MSG_VERDICT)
		return -EBADMSG;
	return r;
}

static uint64_t soonest(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static int by_enter(const struct aw_pam *pam, struct aw_pam_call *call,
    const struct aw_wire_field *text, uint64_t end_ms)
{
	static const char again[] =
	    "Not approved yet.  Approve in the browser, then press Enter to "
	    "check again: ";
	const unsigned wait_ms = aw_pam_paths.enter_ms;
	int r;

	r = press_enter(pam, text->text, text->len);
	while (r == 0) {
		r = verdict_by(
		    call, soonest(aw_sock_now_ms() + wait_ms, end_ms));
		if (r != -ETIMEDOUT || aw_sock_now_ms() >= end_ms)
			return r;
		r = press_enter(pam, again, sizeof(again) - 1);
	}
	return r;
}

/* A signal that ends a program waits for the application to let it in. */
static bool is_interrupted(void)
{
	static const int fatal[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	sigset_t pending;

	if (sigpending(&pending) < 0)
		return false;
	for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (sigismember(&pending, fatal[i]) == 1)
			return true;
	return false;
}

/* Whoever has no terminal, not even -1, cannot lose it. */
static bool is_hung_up(int terminal)
{
	struct pollfd pollfd = { .fd = terminal };

	return poll(&pollfd, 1, 0) > 0;
}

/* Without a terminal sudo keeps what is for information to itself until it
 * ends. */
static int style_of(const struct aw_pam *pam)
{
	const void *tty = NULL;

	if (pam_get_item(pam->pamh, PAM_TTY, &tty) != PAM_SUCCESS || !tty ||
	    !*(const char *)tty)
		return PAM_ERROR_MSG;
	return PAM_TEXT_INFO;
}

static int by_poll(const struct aw_pam *pam, struct aw_pam_call *call,
    const struct aw_wire_field *text, uint64_t end_ms)
{
	aw_own_fd int terminal =
	    open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int r;

	r = error_of(pam_prompt(pam->pamh, style_of(pam), NULL, "%.*s",
	    (int)text->len, text->text));
	while (r == 0) {
		if (is_interrupted() || is_hung_up(terminal))
			return -ECANCELED;
		r = verdict_by(
		    call, soonest(aw_sock_now_ms() + POLL_STEP_MS, end_ms));
		if (r != -ETIMEDOUT || aw_sock_now_ms() >= end_ms)
			return r;
		r = 0;
	}
	return r;
}

int aw_pam_prompt(const struct aw_pam *pam, struct aw_pam_call *call)
{
	struct aw_wire_field text = { 0 };
	uint64_t end_ms, seconds;
	int r;

	r = text_of(&call->in, &text);
	if (r < 0)
		return r;
	seconds = aw_wire_num(&call->in, AW_TAG_EXPIRES_IN, 0);
	if (seconds == 0 || seconds > EXPIRY_MAX)
		return -EBADMSG;
	end_ms = aw_sock_now_ms() + seconds * 1000 + aw_pam_paths.grace_ms;
	return aw_pam_call_enter(pam) ? by_enter(pam, call, &text, end_ms)
				      : by_poll(pam, call, &text, end_ms);
}
