/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a subcommand is: a row of the table in commands.c with its options,
 * from which the command line is parsed and the help is written.
 */
#ifndef AW_AWSSSO_COMMAND_H
#define AW_AWSSSO_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/outcome.h"

/* The exit status of every subcommand. */
enum aw_exit {
	AW_EXIT_OK,
	AW_EXIT_FAILED,      /* it failed, or the answer is no */
	AW_EXIT_USAGE,       /* the command line is wrong */
	AW_EXIT_NOT_FOUND,   /* what was asked for does not exist */
	AW_EXIT_UNREACHABLE, /* awsssod does not answer */
	AW_EXIT_HELD,        /* sync: read, but what it lacks does not count */
};

struct aw_option {
	const char *name;  /* "--json" */
	const char *value; /* what the value looks like; NULL: has none */
	const char *help;  /* one sentence */
};
#define AW_OPTIONS_MAX 8

/* A parsed command line; borrows its words. */
struct aw_args {
	const char *option[AW_OPTIONS_MAX]; /* NULL: not given; flags: "" */
	const char *operand[2];             /* NULL: not given */
};

struct aw_command {
	const char *name;     /* one word or two */
	const char *operands; /* as shown in the help, "" for none */
	int min, max;         /* how many operands */
	const char *help;     /* sentences; the first one is the summary */
	struct aw_option options[AW_OPTIONS_MAX]; /* ends with a NULL name */
	int (*run)(const struct aw_args *args);   /* an enum aw_exit */
};

extern const struct aw_command *const aw_commands[];
extern const size_t aw_n_commands;

/*
 * The row for the words of @argv (without the program's name); *@ret_words is
 * how many of them name it.  NULL when there is none.
 */
const struct aw_command *aw_command_find(int argc, char **argv, int *ret_words);

/*
 * Parse the words behind a command's name.  Returns 0; AW_END when --help is
 * among them; or -EINVAL after saying what is wrong.
 */
int aw_command_parse(const struct aw_command *command, int argc, char **argv,
    struct aw_args *ret) AW_MUST_USE;

/* Print the help of one command, or the list of all (NULL). */
void aw_command_help(const struct aw_command *command);

/* "awssso: what: why" on stderr; @why may be NULL.  Returns AW_EXIT_FAILED, so
 * that a command can end with it. */
int aw_complain(const char *what, const char *why);

/* The one command behind `awssso`: returns its exit status. */
int aw_command_main(int argc, char **argv);

#endif
