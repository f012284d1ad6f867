/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking and showing answers about sign-ins.
 */
#include "awssso/answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "awssso/command.h"
#include "awssso/print.h"
#include "common/own.h"
#include "common/proto.h"

static void answer_done(struct aw_answer *answer)
{
	for (int i = 0; i < AW_ANSWER_TEXTS; i++)
		free(answer->text[i]);
}

void aw_answer_head(const struct aw_answer *answer, const char *user,
    const char *service, const char *rhost)
{
	char when[32];

	printf("%s  %s  %s%s%s: %s",
	    aw_print_time(when, sizeof(when), answer->time), user, service,
	    *rhost ? " from " : "", rhost, aw_verdict_word(answer->verdict));
}

static struct json_object *json_of(
    const struct aw_answers *answers, const struct aw_answer *answer)
{
	struct json_object *object = aw_json_object();

	if (answer->time)
		aw_json_number(object, "time", answer->time);
	if (answer->verdict)
		aw_json_text(
		    object, "verdict", aw_verdict_word(answer->verdict));
	for (int i = 0; answers->texts[i].key; i++)
		if (answers->with_empty || *answer->text[i])
			aw_json_text(
			    object, answers->texts[i].key, answer->text[i]);
	return object;
}

/* Print the answer, or append it to @array. */
static int take(const struct aw_talk *talk, const struct aw_answers *answers,
    struct json_object *array)
{
	aw_own(answer_done) struct aw_answer answer = { 0 };

	answer.time = aw_wire_num(&talk->in, AW_TAG_TIME, 0);
	answer.verdict = aw_wire_num(&talk->in, AW_TAG_VERDICT, 0);
	for (int i = 0; answers->texts[i].key; i++) {
		answer.text[i] = aw_talk_text(talk, answers->texts[i].tag);
		if (!answer.text[i])
			return aw_complain("out of memory", NULL);
	}
	if (array)
		aw_json_append(array, json_of(answers, &answer));
	else
		answers->print(&answer);
	return AW_EXIT_OK;
}

static int finish(struct aw_talk *talk, const struct aw_answers *answers,
    struct json_object *array, unsigned n)
{
	const uint64_t net = aw_wire_num(&talk->in, AW_TAG_NET, AW_NET_OK);
	aw_own_free char *text = aw_talk_text(talk, AW_TAG_TEXT);

	if (net != AW_NET_OK) {
		(void)aw_complain(
		    answers->command, text && *text ? text : aw_net_word(net));
		return net == AW_NET_NOT_FOUND ? AW_EXIT_NOT_FOUND
					       : AW_EXIT_FAILED;
	}
	if (answers->more)
		answers->more(answers->user, array);
	if (array)
		aw_json_print(json_object_get(array));
	else
		answers->end(talk, n);
	return AW_EXIT_OK;
}

int aw_answers_show(
    struct aw_talk *talk, const struct aw_answers *answers, bool json)
{
	aw_own(aw_json_done) struct json_object *array =
	    json ? aw_json_array(NULL, NULL) : NULL;

	if (aw_talk_ask(talk) < 0)
		return AW_EXIT_UNREACHABLE;
	for (unsigned n = 0;; n++) {
		if (aw_talk_next(talk, 5) < 0)
			return AW_EXIT_UNREACHABLE;
		if (talk->in.type == AW_MSG_DONE)
			return finish(talk, answers, array, n);
		if (talk->in.type != AW_MSG_EXPLAINED &&
		    talk->in.type != AW_MSG_EVENT)
			return aw_talk_odd(talk);
		if (take(talk, answers, array) != AW_EXIT_OK)
			return AW_EXIT_FAILED;
	}
}
