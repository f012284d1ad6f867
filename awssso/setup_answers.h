/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What awssso setup has to know: asked for on a terminal, or read from a file
 * of lines "key = value".
 */
#ifndef AW_AWSSSO_SETUP_ANSWERS_H
#define AW_AWSSSO_SETUP_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/conf.h"
#include "common/outcome.h"

#define AW_ANSWER_SIZE 256

enum aw_answer_key {
	AW_ANSWER_START_URL,
	AW_ANSWER_REGION,
	AW_ANSWER_STORE,
	AW_ANSWER_ACCOUNT,
	AW_ANSWER_IDENTITY_ROLE,
	AW_ANSWER_DOMAINS,
	AW_ANSWER_ALLOW_GROUPS, /* lists are separated by commas */
	AW_ANSWER_ALLOW_SETS,
	AW_ANSWER_ALLOW_USERS,
	AW_ANSWER_SUDO_SET,    /* "": sudo stays as it is */
	AW_ANSWER_SUDO_OUTAGE, /* offline_grace of sudo; "": none */
	AW_ANSWER_SETTINGS,    /* a file for [network], [credentials], ... */
	AW_ANSWER_CONFIRM,     /* minutes; "0": at once */
	AW_ANSWER_COUNT_,
};

struct aw_setup_answers {
	char text[AW_ANSWER_COUNT_][AW_ANSWER_SIZE]; /* "": not given */
};

/*
 * Read @path.  Returns 0; AW_DENIED with @why (file, line, what is wrong: an
 * unknown key, a key twice, a value that is too long); or a negative errno.
 */
int aw_setup_answers_read(const char *path, struct aw_setup_answers *ret,
    struct aw_diag *why) AW_MUST_USE;

/* Ask on the terminal for those that @ret does not have; @with_conf: also those
 * that awssso.conf is made of.  0; AW_END: the input has ended. */
int aw_setup_answers_ask(
    struct aw_setup_answers *ret, bool with_conf) AW_MUST_USE;

/* The region and the identity store, where the start URL tells them. */
void aw_setup_answers_guess(struct aw_setup_answers *answers);

/* That, and defaults for what is not given. */
void aw_setup_answers_complete(struct aw_setup_answers *answers);

/* Ask "@question [y/N]".  Only a yes is one. */
bool aw_setup_agrees(const char *question);

#endif
