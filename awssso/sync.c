/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso sync: read the whole directory now.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/progress.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"
#include "common/sock.h"

/* A sweep that waits says so once a minute. */
#define SILENCE_S 600
/* Where nobody watches, in a log, a line now and then is enough. */
#define LOG_MS (10 * 1000)

enum {
	ACCEPT_SHRINK,
	RUN_DIR,
};

struct sync {
	struct aw_talk talk;
	uint64_t shown_ms;
	uint64_t users, groups, members, requests;
};

/* ^C ends this command only. */
static void on_interrupt(int number)
{
	static const char text[] =
	    "\nThe sweep goes on; awssso status shows how far it is.\n";
	const ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	_exit(n < 0 ? 128 : 128 + number);
}

static void catch_interrupt(void)
{
	const struct sigaction action = { .sa_handler = on_interrupt };

	(void)sigaction(SIGINT, &action, NULL);
}

static void count(struct sync *sync)
{
	const struct aw_wire_in *in = &sync->talk.in;

	sync->users = aw_wire_num(in, AW_TAG_USERS, 0);
	sync->groups = aw_wire_num(in, AW_TAG_GROUPS, 0);
	sync->members = aw_wire_num(in, AW_TAG_MEMBERS, 0);
	sync->requests = aw_wire_num(in, AW_TAG_REQUESTS, 0);
}

static int show_progress(struct sync *sync)
{
	const bool is_watched = isatty(STDOUT_FILENO);
	const uint64_t now = aw_sock_now_ms();
	aw_own_free char *waits = aw_talk_text(&sync->talk, AW_TAG_TEXT);
	char line[AW_PROGRESS_SIZE];

	if (!waits)
		return aw_complain("out of memory", NULL);
	count(sync);
	if (!is_watched && now - sync->shown_ms < LOG_MS)
		return AW_EXIT_OK;
	sync->shown_ms = now;
	printf(is_watched ? "\r%s\033[K" : "%s\n",
	    aw_progress_line(&sync->talk, is_watched, waits, line));
	(void)fflush(stdout);
	return AW_EXIT_OK;
}

static int finish(const struct sync *sync)
{
	const struct aw_talk *talk = &sync->talk;
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (!text)
		return aw_complain("out of memory", NULL);
	if (isatty(STDOUT_FILENO))
		printf("\r\033[K");
	if (net != AW_NET_OK)
		return aw_complain(aw_net_word(net), *text ? text : NULL);
	printf("%s\n", *text ? text : "The directory has been read.");
	if (strncmp(text, "held", 4) == 0)
		printf("If that is meant: awssso sync --accept-shrink\n");
	if (sync->requests)
		printf("%llu users, %llu groups, %llu memberships, "
		       "%llu requests\n",
		    (unsigned long long)sync->users,
		    (unsigned long long)sync->groups,
		    (unsigned long long)sync->members,
		    (unsigned long long)sync->requests);
	return strncmp(text, "held", 4) == 0 ? AW_EXIT_HELD : AW_EXIT_OK;
}

static void sync_done(struct sync *sync)
{
	aw_talk_done(&sync->talk);
}

static int run(const struct aw_args *args)
{
	aw_own(sync_done) struct sync sync = { .talk = AW_TALK_INIT,
		.shown_ms = aw_sock_now_ms() };
	struct aw_talk *talk = &sync.talk;

	if (aw_talk_begin(
		talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_SYNC) < 0)
		return AW_EXIT_UNREACHABLE;
	if (args->option[ACCEPT_SHRINK])
		aw_wire_put_num(&talk->out, AW_TAG_ACCEPT_LOSS, 1);
	if (aw_talk_ask(talk) < 0)
		return AW_EXIT_UNREACHABLE;
	catch_interrupt();
	for (;;) {
		if (aw_talk_next(talk, SILENCE_S) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk->in.type == AW_MSG_DONE)
			return finish(&sync);
		if (talk->in.type != AW_MSG_PROGRESS)
			return aw_talk_odd(talk);
		if (show_progress(&sync) != AW_EXIT_OK)
			return AW_EXIT_FAILED;
	}
}

const struct aw_command aw_command_sync = {
	.name = "sync",
	.operands = "",
	.help = "Read the whole directory now (root).\n\n"
		"Shows how far it is, and waits until the new generation is "
		"in force, or says\nwhy the last one stays.  ^C leaves the "
		"sweep running.  Exit status 5: held, see "
		"--accept-shrink.",
	.options = { [ACCEPT_SHRINK] = { "--accept-shrink", NULL,
			 "Take the loss that the held sweep showed: it is "
			 "meant." },
	    [RUN_DIR] = AW_TALK_OPTION },
	.run = run,
};
