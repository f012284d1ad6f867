/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso sync: read the whole directory now.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"

/* A paced sweep of a large directory is silent for a while. */
#define SILENCE_S 600

enum {
	RUN_DIR,
};

static void show_progress(const struct aw_talk *talk)
{
	if (!isatty(STDOUT_FILENO))
		return;
	printf("\r%llu users, %llu groups, %llu memberships, %llu requests ",
	    (unsigned long long)aw_wire_num(&talk->in, AW_TAG_USERS, 0),
	    (unsigned long long)aw_wire_num(&talk->in, AW_TAG_GROUPS, 0),
	    (unsigned long long)aw_wire_num(&talk->in, AW_TAG_MEMBERS, 0),
	    (unsigned long long)aw_wire_num(&talk->in, AW_TAG_REQUESTS, 0));
	(void)fflush(stdout);
}

static int finish(const struct aw_talk *talk)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (!text)
		return aw_complain("out of memory", NULL);
	if (isatty(STDOUT_FILENO))
		printf("\n");
	if (net != AW_NET_OK)
		return aw_complain(aw_net_word(net), *text ? text : NULL);
	printf("%s\n", *text ? text : "The directory has been read.");
	return AW_EXIT_OK;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;

	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_SYNC) < 0 ||
	    aw_talk_ask(&talk) < 0)
		return AW_EXIT_UNREACHABLE;
	for (;;) {
		if (aw_talk_next(&talk, SILENCE_S) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk.in.type == AW_MSG_DONE)
			return finish(&talk);
		if (talk.in.type != AW_MSG_PROGRESS)
			return aw_talk_odd(&talk);
		show_progress(&talk);
	}
}

const struct aw_command aw_command_sync = {
	.name = "sync",
	.operands = "",
	.help = "Read the whole directory now (root).\n\n"
		"Waits until the new generation is in force, or says why the "
		"last one stays.",
	.options = { [RUN_DIR] = AW_TALK_OPTION },
	.run = run,
};
