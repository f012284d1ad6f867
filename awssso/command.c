/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding, parsing and describing subcommands.
 */
#include "awssso/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/text.h"

int aw_complain(const char *what, const char *why)
{
	(void)fflush(stdout);
	(void)fprintf(
	    stderr, "awssso: %s%s%s\n", what, why ? ": " : "", why ? why : "");
	return AW_EXIT_FAILED;
}

/* How many words of @argv spell @name; 0 when they do not. */
static int words_of(const char *name, int argc, char **argv)
{
	const size_t first = strcspn(name, " ");

	if (argc < 1 || strlen(argv[0]) != first ||
	    memcmp(argv[0], name, first) != 0)
		return 0;
	if (!name[first])
		return 1;
	return argc > 1 && !strcmp(argv[1], name + first + 1) ? 2 : 0;
}

const struct aw_command *aw_command_find(int argc, char **argv, int *ret_words)
{
	for (size_t i = 0; i < aw_n_commands; i++) {
		const int words = words_of(aw_commands[i]->name, argc, argv);

		if (words > 0) {
			*ret_words = words;
			return aw_commands[i];
		}
	}
	return NULL;
}

/* The option that @word names, up to a '='; -1 when there is none. */
static int option_of(const struct aw_command *command, const char *word)
{
	const size_t len = strcspn(word, "=");

	for (int i = 0; i < AW_OPTIONS_MAX && command->options[i].name; i++)
		if (strlen(command->options[i].name) == len &&
		    memcmp(command->options[i].name, word, len) == 0)
			return i;
	return -1;
}

static int wrong(const char *what, const char *word)
{
	char shown[80];

	(void)aw_complain(what, aw_text_escape(shown, sizeof(shown), word));
	return -EINVAL;
}

/* Take the option argv[at] into @ret; *@ret_used is how many words it was. */
static int take_option(const struct aw_command *command, int left, char **argv,
    struct aw_args *ret, int *ret_used)
{
	const char *equals = strchr(argv[0], '=');
	const int i = option_of(command, argv[0]);
	const bool has_value = i >= 0 && command->options[i].value;

	*ret_used = 1;
	if (i < 0)
		return wrong("unknown option", argv[0]);
	if (ret->option[i])
		return wrong("option given twice", argv[0]);
	if (!has_value && equals)
		return wrong("option takes no value", argv[0]);
	if (!has_value || equals) {
		ret->option[i] = equals ? equals + 1 : "";
		return 0;
	}
	if (left < 2)
		return wrong("option needs a value", argv[0]);
	ret->option[i] = argv[1];
	*ret_used = 2;
	return 0;
}

int aw_command_parse(const struct aw_command *command, int argc, char **argv,
    struct aw_args *ret)
{
	struct aw_args args = { 0 };
	bool only_operands = false;
	int operands = 0;
	int used = 1;

	for (int i = 0; i < argc; i += used) {
		used = 1;
		if (!only_operands && !strcmp(argv[i], "--help"))
			return AW_END;
		if (!only_operands && !strcmp(argv[i], "--")) {
			only_operands = true;
		} else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
			if (take_option(
				command, argc - i, argv + i, &args, &used) < 0)
				return -EINVAL;
		} else if (operands == command->max) {
			return wrong("too many words", argv[i]);
		} else {
			args.operand[operands++] = argv[i];
		}
	}
	if (operands < command->min)
		return wrong("missing", command->operands);
	*ret = args;
	return 0;
}

static void help_of(const struct aw_command *command)
{
	printf("usage: awssso %s", command->name);
	for (int i = 0; i < AW_OPTIONS_MAX && command->options[i].name; i++)
		printf(" [%s%s%s]", command->options[i].name,
		    command->options[i].value ? " " : "",
		    command->options[i].value ? command->options[i].value : "");
	printf("%s%s\n\n%s\n", *command->operands ? " " : "", command->operands,
	    command->help);
	for (int i = 0; i < AW_OPTIONS_MAX && command->options[i].name; i++) {
		const struct aw_option *option = &command->options[i];
		const int width =
		    (int)strlen(option->name) +
		    (option->value ? 1 + (int)strlen(option->value) : 0);

		printf("%s  %s%s%s%*s  %s\n", i ? "" : "\n", option->name,
		    option->value ? " " : "",
		    option->value ? option->value : "",
		    width < 22 ? 22 - width : 0, "", option->help);
	}
}

static void help_of_all(void)
{
	printf("usage: awssso COMMAND [OPTION...] [OPERAND...]\n\n");
	for (size_t i = 0; i < aw_n_commands; i++)
		printf("  %-16s%.*s\n", aw_commands[i]->name,
		    (int)strcspn(aw_commands[i]->help, "\n"),
		    aw_commands[i]->help);
	printf("\n\"awssso COMMAND --help\" tells more.  The exit status is 0, "
	       "or\n"
	       "  1  it failed, or the answer is no\n"
	       "  2  the command line is wrong\n"
	       "  3  what was asked for does not exist\n"
	       "  4  awsssod does not answer\n"
	       "  5  sync: the sweep is held\n");
}

void aw_command_help(const struct aw_command *command)
{
	if (command)
		help_of(command);
	else
		help_of_all();
}

/* Output that did not arrive is a failure, whatever the command says. */
static int finish(int status)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return aw_complain("standard output", "cannot write");
	return status;
}

int aw_command_main(int argc, char **argv)
{
	const struct aw_command *command;
	struct aw_args args;
	int words = 0;
	int r;

	if (argc < 2) {
		(void)aw_complain("no command given", "try awssso --help");
		return AW_EXIT_USAGE;
	}
	if (!strcmp(argv[1], "--help")) {
		aw_command_help(NULL);
		return finish(AW_EXIT_OK);
	}
	if (!strcmp(argv[1], "--version")) {
		printf("awssso %s\n", AW_VERSION);
		return finish(AW_EXIT_OK);
	}
	command = aw_command_find(argc - 1, argv + 1, &words);
	if (!command) {
		(void)wrong("unknown command", argv[1]);
		return AW_EXIT_USAGE;
	}
	r = aw_command_parse(
	    command, argc - 1 - words, argv + 1 + words, &args);
	if (r == AW_END) {
		aw_command_help(command);
		return finish(AW_EXIT_OK);
	}
	return r < 0 ? AW_EXIT_USAGE : finish(command->run(&args));
}
