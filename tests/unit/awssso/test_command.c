/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: finding a command, its options, its help and its exit
 * status.
 * covers: spine.7
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awssso/command.h"
#include "tests/unit/awssso/cli.h"

static struct cli_result result;

static void refuses_what_it_does_not_know(void **state)
{
	static const struct {
		const char *word[CLI_WORDS];
		const char *err;
	} rows[] = {
		{ { NULL }, "awssso: no command given: try awssso --help\n" },
		{ { "nope" }, "awssso: unknown command: nope\n" },
		{ { "a\nb" }, "awssso: unknown command: a\\x0ab\n" },
		{ { "snapshot" }, "awssso: unknown command: snapshot\n" },
		{ { "snapshot", "eat" },
		    "awssso: unknown command: snapshot\n" },
		{ { "status", "--jason" },
		    "awssso: unknown option: --jason\n" },
		{ { "status", "-j" }, "awssso: unknown option: -j\n" },
		{ { "status", "--json=1" },
		    "awssso: option takes no value: --json=1\n" },
		{ { "status", "--json", "--json" },
		    "awssso: option given twice: --json\n" },
		{ { "status", "--run-dir" },
		    "awssso: option needs a value: --run-dir\n" },
		{ { "status", "alice" }, "awssso: too many words: alice\n" },
		{ { "lookup" }, "awssso: missing: NAME|ID\n" },
		{ { "lookup", "--json" }, "awssso: missing: NAME|ID\n" },
		{ { "lookup", "a", "b" }, "awssso: too many words: b\n" },
		{ { "snapshot", "build", "f" },
		    "awssso: missing: FIXTURE OUT\n" },
		{ { "config" },
		    "awssso: config: give --check, or --dump with or without "
		    "--json\n" },
		{ { "config", "--check", "--dump" },
		    "awssso: config: give --check, or --dump with or without "
		    "--json\n" },
		{ { "config", "--check", "--json" },
		    "awssso: config: give --check, or --dump with or without "
		    "--json\n" },
		{ { "try", "--region", "us-east-1" },
		    "awssso: try: give --start-url and --region (or "
		    "--config)\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cli_run(rows[i].word, NULL, NULL, &result);
		if (result.status != AW_EXIT_USAGE || result.out[0] ||
		    strcmp(result.err, rows[i].err) != 0)
			fail_msg("row %zu: %d, \"%s\"", i, result.status,
			    result.err);
	}
}

static void takes_words_and_values(void **state)
{
	static const struct aw_command command = {
		.name = "x",
		.operands = "[A] [B]",
		.max = 2,
		.help = "",
		.options = { { "--flag", NULL, "" }, { "--value", "V", "" } },
	};
	static char flag[] = "--flag", value[] = "--value",
		    equals[] = "--value=a=b", a[] = "a", dash[] = "-",
		    end[] = "--";
	char *argv[] = { flag, a, equals };
	char *other[] = { value, flag, end, flag, dash };
	char *help[] = { a, value, a, (char[]){ "--help" } };
	struct aw_args args = { 0 };

	(void)state;
	assert_int_equal(aw_command_parse(&command, 3, argv, &args), 0);
	assert_string_equal(args.option[0], "");
	assert_string_equal(args.option[1], "a=b");
	assert_string_equal(args.operand[0], "a");
	assert_null(args.operand[1]);
	/* a value may look like an option, and "--" ends the options */
	assert_int_equal(aw_command_parse(&command, 5, other, &args), 0);
	assert_null(args.option[0]);
	assert_string_equal(args.option[1], "--flag");
	assert_string_equal(args.operand[0], "--flag");
	assert_string_equal(args.operand[1], "-");
	assert_int_equal(aw_command_parse(&command, 4, help, &args), AW_END);
	assert_string_equal(args.operand[1], "-"); /* untouched */
}

static void helps(void **state)
{
	const char *words[4] = { "--help" };

	(void)state;
	cli_run(words, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	for (size_t i = 0; i < aw_n_commands; i++)
		if (!strstr(result.out, aw_commands[i]->name))
			fail_msg("%s is not listed", aw_commands[i]->name);
	for (size_t i = 0; i < aw_n_commands; i++) {
		const struct aw_command *command = aw_commands[i];
		const bool two = strchr(command->name, ' ') != NULL;
		static char first[32];

		assert_true(strlen(command->name) < sizeof(first));
		memset(first, 0, sizeof(first));
		memcpy(first, command->name, strcspn(command->name, " "));
		words[0] = first;
		words[1] = two ? strchr(command->name, ' ') + 1 : "--help";
		words[2] = two ? "--help" : NULL;
		cli_run(words, NULL, NULL, &result);
		assert_int_equal(result.status, AW_EXIT_OK);
		assert_non_null(strstr(result.out, command->operands));
		for (size_t k = 0; command->options[k].name; k++)
			if (!strstr(result.out, command->options[k].help))
				fail_msg("%s: %s is not explained",
				    command->name, command->options[k].name);
	}
}

static void says_its_version(void **state)
{
	static const char *const words[] = { "--version", NULL };

	(void)state;
	cli_run(words, NULL, NULL, &result);
	assert_int_equal(result.status, AW_EXIT_OK);
	assert_string_equal(result.out, "awssso " AW_VERSION "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(takes_words_and_values),
		cmocka_unit_test(helps),
		cmocka_unit_test(says_its_version),
	};

	return cmocka_run_group_tests(tests, cli_make, cli_remove);
}
