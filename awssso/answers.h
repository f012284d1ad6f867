/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers about sign-ins, past or thought of: EVENT and EXPLAINED messages,
 * printed one by one or as one JSON list.
 */
#ifndef AW_AWSSSO_ANSWERS_H
#define AW_AWSSSO_ANSWERS_H

#include <stdbool.h>

#include "awssso/talk.h"

#define AW_ANSWER_TEXTS 9

struct json_object;

struct aw_answer {
	uint64_t time, verdict;      /* 0: none */
	char *text[AW_ANSWER_TEXTS]; /* in the command's order, "" if absent */
};

struct aw_answers {
	const char *command;
	struct {
		const char *key; /* in JSON; NULL ends the list */
		uint16_t tag;
	} texts[AW_ANSWER_TEXTS + 1];
	bool with_empty; /* JSON has texts that are empty, too */
	void (*print)(const struct aw_answer *answer);
	/* After the last of @n, unless it is JSON. */
	void (*end)(const struct aw_talk *talk, unsigned n);
	/* NULL, or what is added to the JSON list, or (@array NULL) printed
	 * before that, for @user. */
	void (*more)(const void *user, struct json_object *array);
	const void *user;
};

/* "TIME  USER  SERVICE from RHOST: VERDICT". */
void aw_answer_head(const struct aw_answer *answer, const char *user,
    const char *service, const char *rhost);

/* Send the question that @talk holds and show what comes.  Returns an exit
 * status, and has complained if it is not AW_EXIT_OK. */
int aw_answers_show(struct aw_talk *talk, const struct aw_answers *answers,
    bool json) AW_MUST_USE;

#endif
