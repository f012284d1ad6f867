/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One conversation with awsssod: a question, then answers until the last.
 */
#ifndef AW_AWSSSO_TALK_H
#define AW_AWSSSO_TALK_H

#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"
#include "common/wire.h"

/* The option of every command that talks to awsssod. */
#define AW_TALK_OPTION                                                       \
	{                                                                    \
		"--run-dir", "DIR",                                          \
		    "Where awsssod's sockets are (default " AW_PATH_RUN ")." \
	}

struct aw_talk {
	int fd;
	uint64_t request;
	uint8_t *data;          /* AW_WIRE_MAX bytes */
	struct aw_wire_out out; /* the question: put fields, then ask */
	struct aw_wire_in in;   /* the latest answer */
	struct aw_diag *why;    /* NULL: what goes wrong is said on stderr;
				   else it is put there and not said */
};
#define AW_TALK_INIT     \
	{                \
		.fd = -1 \
	}

/* Hangs up, which ends what the question started. */
void aw_talk_done(struct aw_talk *talk);

/*
 * Connect to the socket @name in @run_dir (NULL: the usual one) and begin the
 * question @type.  Returns 0, or a negative errno after saying that awsssod
 * cannot be reached.
 */
int aw_talk_begin(struct aw_talk *talk, const char *run_dir, const char *name,
    uint16_t type) AW_MUST_USE;

/* Send the question.  Returns 0 or a negative errno, said. */
int aw_talk_ask(struct aw_talk *talk) AW_MUST_USE;
/* The same with the descriptor @fd. */
int aw_talk_ask_with(struct aw_talk *talk, int fd) AW_MUST_USE;

/*
 * Wait for the next answer, @wait_s seconds at the most.  Returns 0, or a
 * negative errno after saying what went wrong: awsssod is silent, hung up, or
 * sent what is no answer.
 */
int aw_talk_next(struct aw_talk *talk, unsigned wait_s) AW_MUST_USE;

/* The text field @tag of the latest answer, or "".  The caller owns the
 * string; NULL when memory ran out. */
char *aw_talk_text(const struct aw_talk *talk, uint16_t tag);

/* The answer is of a kind that does not belong here: says so, returns
 * AW_EXIT_FAILED. */
int aw_talk_odd(const struct aw_talk *talk);

#endif
