/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command run in a child, in a temporary directory, with a stand-in for
 * awsssod on the socket that the test names.
 */
#ifndef AW_TESTS_UNIT_AWSSSO_CLI_H
#define AW_TESTS_UNIT_AWSSSO_CLI_H

#include <stdint.h>

#include "common/wire.h"

#define CLI_WORDS 12

/* Plays awsssod's side once the question @in has come. */
typedef void cli_play_fn(int fd, const struct aw_wire_in *in);

struct cli_result {
	int status;      /* of the command; -1: it did not exit */
	char out[32768]; /* what it printed */
	char err[8192];
	uint8_t asked[4096];
	struct aw_wire_in in; /* the question; type 0: none came */
};

/* For cmocka_run_group_tests(). */
int cli_make(void **state);
int cli_remove(void **state);

/* Run "awssso @words" (ended by NULL); @play (or NULL) listens at @socket. */
void cli_run(const char *const *words, const char *socket, cli_play_fn *play,
    struct cli_result *ret);

/* Write @text to the file @name in the directory. */
void cli_write(const char *name, const char *text);

/* Send what was begun in @out. */
void cli_send(int fd, struct aw_wire_out *out);

/* An end of an answer that does not say how it went. */
void cli_forget_the_outcome(int fd, const struct aw_wire_in *in);

#endif
