/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso login: approve this login session again, for sudo.
 */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/text.h"

#define SERVICE  "awssso-login"
#define ANSWER_S 5
#define PROMPT_S 3600 /* no code lives longer */

enum {
	RUN_DIR,
};

/* The number of this login session, as PAM sends it; nothing if there is
 * none. */
static void put_session(struct aw_wire_out *out)
{
	aw_own_fd int fd = open("/proc/self/sessionid", O_RDONLY | O_CLOEXEC);
	char text[16];
	uint64_t id;
	ssize_t n;

	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (aw_num_u64(text, 0, UINT32_MAX - 1, &id) == 0)
		aw_wire_put_num(out, AW_TAG_KSESSION, id);
}

static int put_self(struct aw_wire_out *out)
{
	char line[8192], tty[128];
	struct passwd entry, *self = NULL;

	if (getpwuid_r(getuid(), &entry, line, sizeof(line), &self) != 0 ||
	    !self)
		return aw_complain("login", "you have no account here");
	aw_wire_put_text(out, AW_TAG_USER, self->pw_name);
	aw_wire_put_text(out, AW_TAG_SERVICE, SERVICE);
	if (ttyname_r(STDIN_FILENO, tty, sizeof(tty)) == 0)
		aw_wire_put_text(out, AW_TAG_TTY, tty);
	put_session(out);
	aw_wire_put_num(out, AW_TAG_ENTER, 0);
	return AW_EXIT_OK;
}

static void show(const struct aw_talk *talk, uint16_t tag)
{
	struct aw_wire_field field = { 0 };

	while (aw_wire_next(&talk->in, &field) == 0)
		if (field.tag == tag)
			printf("%.*s%s", (int)field.len, field.text,
			    field.len > 0 && field.text[field.len - 1] != '\n'
				? "\n"
				: "");
	(void)fflush(stdout);
}

static int finish(const struct aw_talk *talk)
{
	const uint64_t verdict = aw_wire_num(&talk->in, AW_TAG_VERDICT, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);
	aw_own_free char *code = aw_talk_text(talk, AW_TAG_CODE);

	if (!text || !code)
		return aw_complain("out of memory", NULL);
	if (verdict == AW_VERDICT_ALLOW) {
		printf("%s\n", *text ? text : "Signed in.");
		return AW_EXIT_OK;
	}
	(void)aw_complain("login", *text ? text : aw_verdict_word(verdict));
	if (*code)
		(void)fprintf(stderr, "awssso: code %s\n", code);
	return AW_EXIT_FAILED;
}

/* ^C needs no handler: awsssod ends the flow when we are gone. */
static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;

	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "auth.sock", AW_MSG_AUTH) < 0)
		return AW_EXIT_UNREACHABLE;
	if (put_self(&talk.out) != AW_EXIT_OK)
		return AW_EXIT_FAILED;
	if (aw_talk_ask(&talk) < 0 || aw_talk_next(&talk, ANSWER_S) < 0)
		return AW_EXIT_UNREACHABLE;
	if (talk.in.type == AW_MSG_PROMPT) {
		show(&talk, AW_TAG_TEXT);
		if (aw_talk_next(&talk, PROMPT_S) < 0)
			return AW_EXIT_UNREACHABLE;
	}
	return talk.in.type == AW_MSG_VERDICT ? finish(&talk)
					      : aw_talk_odd(&talk);
}

const struct aw_command aw_command_login = {
	.name = "login",
	.operands = "",
	.help = "Sign in again in this login session, so that sudo can ask AWS."
		"\n\n"
		"Shows a URL, a code and a QR code, and waits; ^C gives up.",
	.options = { [RUN_DIR] = AW_TALK_OPTION },
	.run = run,
};
