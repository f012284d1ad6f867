/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso why: what became of the last sign-ins.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "awssso/commands.h"
#include "awssso/print.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"
#include "common/proto.h"

enum {
	JSON,
	RUN_DIR,
};

static const struct text {
	const char *key;
	uint16_t tag;
} texts[] = {
	{ "user", AW_TAG_USER },
	{ "service", AW_TAG_SERVICE },
	{ "rhost", AW_TAG_RHOST },
	{ "code", AW_TAG_CODE },
	{ "text", AW_TAG_TEXT },
};
enum { USER, SERVICE, RHOST, CODE, TEXT, N_TEXTS };

struct event {
	uint64_t time;
	uint64_t verdict;
	char *text[N_TEXTS];
};

static void event_done(struct event *event)
{
	for (int i = 0; i < N_TEXTS; i++)
		free(event->text[i]);
}

static struct json_object *json_of(const struct event *event)
{
	struct json_object *object = aw_json_object();

	aw_json_number(object, "time", event->time);
	aw_json_text(object, "verdict", aw_verdict_word(event->verdict));
	for (int i = 0; i < N_TEXTS; i++)
		aw_json_text(object, texts[i].key, event->text[i]);
	return object;
}

static void print_event(const struct event *event)
{
	char when[32];

	printf("%s  %s  %s%s%s: %s%s%s\n",
	    aw_print_time(when, sizeof(when), event->time), event->text[USER],
	    event->text[SERVICE], *event->text[RHOST] ? " from " : "",
	    event->text[RHOST], aw_verdict_word(event->verdict),
	    *event->text[CODE] ? ", code " : "", event->text[CODE]);
	if (*event->text[TEXT])
		printf("    %s\n", event->text[TEXT]);
}

/* Print the EVENT, or append it to @array. */
static int take_event(const struct aw_talk *talk, struct json_object *array)
{
	aw_own(event_done) struct event event = { 0 };

	event.time = aw_wire_num(&talk->in, AW_TAG_TIME, 0);
	event.verdict = aw_wire_num(&talk->in, AW_TAG_VERDICT, 0);
	for (int i = 0; i < N_TEXTS; i++) {
		event.text[i] = aw_talk_text(talk, texts[i].tag);
		if (!event.text[i])
			return aw_complain("out of memory", NULL);
	}
	if (array)
		aw_json_append(array, json_of(&event));
	else
		print_event(&event);
	return AW_EXIT_OK;
}

static int finish(
    struct aw_talk *talk, struct json_object *array, unsigned events)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, AW_NET_OK);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (net != AW_NET_OK)
		return aw_complain(
		    "why", text && *text ? text : aw_net_word(net));
	if (array)
		aw_json_print(json_object_get(array));
	else if (events == 0)
		printf("No sign-in is remembered.\n");
	return AW_EXIT_OK;
}

static void array_done(struct json_object **array)
{
	json_object_put(*array);
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	aw_own(array_done) struct json_object *array =
	    args->option[JSON] ? aw_json_array(NULL, NULL) : NULL;
	unsigned events = 0;

	if (aw_talk_begin(
		&talk, args->option[RUN_DIR], "ctl.sock", AW_MSG_WHY) < 0)
		return AW_EXIT_UNREACHABLE;
	aw_wire_put_text(&talk.out, AW_TAG_USER, args->operand[0]);
	if (aw_talk_ask(&talk) < 0)
		return AW_EXIT_UNREACHABLE;
	for (;; events++) {
		if (aw_talk_next(&talk, 5) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk.in.type == AW_MSG_DONE)
			return finish(&talk, array, events);
		if (talk.in.type != AW_MSG_EVENT)
			return aw_talk_odd(&talk);
		if (take_event(&talk, array) != AW_EXIT_OK)
			return AW_EXIT_FAILED;
	}
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
