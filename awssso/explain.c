/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso explain: by which rule somebody may or may not; what a code means.
 */
#include <ctype.h>
#include <stdbool.h>
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

/* The texts of an answer, in the order in which they are shown. */
static const struct text {
	const char *key, *label;
	uint16_t tag;
} texts[] = {
	{ "stage", NULL, AW_TAG_STAGE },
	{ "user", NULL, AW_TAG_USER },
	{ "service", NULL, AW_TAG_SERVICE },
	{ "rhost", NULL, AW_TAG_RHOST },
	{ "code", NULL, AW_TAG_CODE },
	{ "text", "said", AW_TAG_TEXT },
	{ "rule", "line", AW_TAG_RULE },
	{ "detail", "because", AW_TAG_DETAIL },
	{ "action", "to do", AW_TAG_ACTION },
};
enum {
	STAGE,
	USER,
	SERVICE,
	RHOST,
	N_TEXTS = sizeof(texts) / sizeof(texts[0])
};

struct answer {
	uint64_t time, verdict;
	char *text[N_TEXTS];
};

static void answer_done(struct answer *answer)
{
	for (int i = 0; i < N_TEXTS; i++)
		free(answer->text[i]);
}

static void print_answer(const struct answer *answer)
{
	char when[32];

	if (answer->time)
		printf("%s  %s  %s%s%s: %s\n",
		    aw_print_time(when, sizeof(when), answer->time),
		    answer->text[USER], answer->text[SERVICE],
		    *answer->text[RHOST] ? " from " : "", answer->text[RHOST],
		    aw_verdict_word(answer->verdict));
	else
		printf("%s: %s\n", answer->text[STAGE],
		    aw_verdict_word(answer->verdict));
	for (int i = 0; i < N_TEXTS; i++)
		if (texts[i].label && *answer->text[i])
			printf(
			    "    %-8s %s\n", texts[i].label, answer->text[i]);
}

static struct json_object *json_of(const struct answer *answer)
{
	struct json_object *object = aw_json_object();

	if (answer->time)
		aw_json_number(object, "time", answer->time);
	aw_json_text(object, "verdict", aw_verdict_word(answer->verdict));
	for (int i = 0; i < N_TEXTS; i++)
		if (*answer->text[i])
			aw_json_text(object, texts[i].key, answer->text[i]);
	return object;
}

static int take(const struct aw_talk *talk, struct json_object *array)
{
	aw_own(answer_done) struct answer answer = { 0 };

	answer.time = aw_wire_num(&talk->in, AW_TAG_TIME, 0);
	answer.verdict = aw_wire_num(&talk->in, AW_TAG_VERDICT, 0);
	for (int i = 0; i < N_TEXTS; i++) {
		answer.text[i] = aw_talk_text(talk, texts[i].tag);
		if (!answer.text[i])
			return aw_complain("out of memory", NULL);
	}
	if (array)
		aw_json_append(array, json_of(&answer));
	else
		print_answer(&answer);
	return AW_EXIT_OK;
}

static int finish(struct aw_talk *talk, struct json_object *array)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, 0);
	const uint64_t generation =
	    aw_wire_num(&talk->in, AW_TAG_GENERATION, 0);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);
	char age[48];

	if (net != AW_NET_OK)
		return aw_complain(
		    "explain", text && *text ? text : aw_net_word(net));
	if (array)
		aw_json_print(json_object_get(array));
	else if (generation > 0)
		printf("directory: generation %llu, read %s ago\n",
		    (unsigned long long)generation,
		    aw_print_span(age, sizeof(age),
			aw_wire_num(&talk->in, AW_TAG_DIRECTORY_AGE, 0)));
	return AW_EXIT_OK;
}

static void array_done(struct json_object **array)
{
	json_object_put(*array);
}

/* Codes are given in capitals, and read out in whatever way. */
static void put_code(struct aw_talk *talk, const char *code)
{
	char upper[17] = "";

	for (size_t i = 0; code[i] && i + 1 < sizeof(upper); i++)
		upper[i] = (char)toupper((unsigned char)code[i]);
	aw_wire_put_text(&talk->out, AW_TAG_CODE, upper);
}

static int run(const struct aw_args *args)
{
	aw_own(aw_talk_done) struct aw_talk talk = AW_TALK_INIT;
	aw_own(array_done) struct json_object *array =
	    args->option[JSON] ? aw_json_array(NULL, NULL) : NULL;
	const bool is_code = args->operand[1] == NULL;

	if (aw_talk_begin(&talk, args->option[RUN_DIR], "ctl.sock",
		is_code ? AW_MSG_EXPLAIN_CODE : AW_MSG_EXPLAIN) < 0)
		return AW_EXIT_UNREACHABLE;
	if (is_code) {
		put_code(&talk, args->operand[0]);
	} else {
		aw_wire_put_text(&talk.out, AW_TAG_USER, args->operand[0]);
		aw_wire_put_text(&talk.out, AW_TAG_SERVICE, args->operand[1]);
	}
	if (aw_talk_ask(&talk) < 0)
		return AW_EXIT_UNREACHABLE;
	for (;;) {
		if (aw_talk_next(&talk, 5) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk.in.type == AW_MSG_DONE)
			return finish(&talk, array);
		if (talk.in.type != AW_MSG_EXPLAINED &&
		    talk.in.type != AW_MSG_EVENT)
			return aw_talk_odd(&talk);
		if (take(&talk, array) != AW_EXIT_OK)
			return AW_EXIT_FAILED;
	}
}

const struct aw_command aw_command_explain = {
	.name = "explain",
	.operands = "CODE | USER SERVICE",
	.min = 1,
	.max = 2,
	.help = "Say by which rule somebody may log in or not.\n\n"
		"CODE is what a denied person was given: root learns what it "
		"rested on and what can be\n"
		"done.  USER and SERVICE (sshd, sudo, ...) tell what would be "
		"decided now, and by which\n"
		"line of awssso.conf, without asking or changing anything.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
