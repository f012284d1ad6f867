/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso why: what became of the last sign-ins.
 */
#include <stdio.h>

#include "awssso/answers.h"
#include "awssso/commands.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"

enum {
	JSON,
	RUN_DIR,
};

enum { USER, SERVICE, RHOST, CODE, TEXT };

static void print_event(const struct aw_answer *event)
{
	aw_answer_head(
	    event, event->text[USER], event->text[SERVICE], event->text[RHOST]);
	printf(
	    "%s%s\n", *event->text[CODE] ? ", code " : "", event->text[CODE]);
	if (*event->text[TEXT])
		printf("    %s\n", event->text[TEXT]);
}

static void end(const struct aw_talk *talk AW_UNUSED, unsigned n)
{
	if (n == 0)
		printf("No sign-in is remembered.\n");
}

static const struct aw_answers events = {
	.command = "why",
	.texts = {
		[USER] = { "user", AW_TAG_USER },
		[SERVICE] = { "service", AW_TAG_SERVICE },
		[RHOST] = { "rhost", AW_TAG_RHOST },
		[CODE] = { "code", AW_TAG_CODE },
		[TEXT] = { "text", AW_TAG_TEXT },
	},
	.with_empty = true,
	.print = print_event,
	.end = end,
};

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;

	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_WHY) < 0)
		return AW_EXIT_UNREACHABLE;
	aw_wire_put_text(&talk.out, AW_TAG_USER, args->operand[0]);
	return aw_answers_show(&talk, &events, args->option[JSON]);
}

const struct aw_command aw_command_why = {
	.name = "why",
	.operands = "[USER]",
	.max = 1,
	.help = "Say what became of the last sign-ins, and why.\n\n"
		"Without USER one's own; root may ask about anybody.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
