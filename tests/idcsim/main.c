/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idcsim: a stand-in for AWS IAM Identity Center, for tests and the demo.
 */
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "tests/idcsim/command.h"
#include "tests/idcsim/control.h"
#include "tests/idcsim/fixture.h"
#include "tests/idcsim/serve.h"
#include "tests/idcsim/sim.h"

static int help(FILE *to)
{
	struct aw_buf text = AW_BUF_INIT(8192);

	aw_sim_command_usage(&text);
	(void)fprintf(to,
	    "usage: idcsim serve --fixture FILE ...  (see idcsim serve "
	    "--help)\n"
	    "       idcsim check FILE               is FILE a good fixture?\n"
	    "       idcsim [--control PATH] COMMAND ...\n"
	    "Commands to the simulator at PATH (" AW_SIM_CONTROL_PATH "):\n%s"
	    "A USER is a UserName, a UserId, or a UserName's unique part "
	    "before the @.\n",
	    aw_buf_text(&text));
	aw_buf_done(&text);
	return to == stdout ? 0 : 2;
}

static int check(const char *path)
{
	static struct aw_sim sim;
	struct aw_diag diag = { .text = "not enough memory" };
	int r;

	r = aw_sim_init(&sim);
	if (r == 0)
		r = aw_sim_fixture_load(&sim, path, &diag);
	if (r != 0)
		(void)fprintf(stderr, "idcsim: %s: %s\n", path, diag.text);
	aw_sim_done(&sim);
	return r != 0;
}

/* Take "--control PATH" out of @argv.  Returns the words that are left, or -1
 * when the path is missing. */
static int take_control(int argc, char **argv, const char **ret_path)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--control") != 0) {
			argv[n++] = argv[i];
			continue;
		}
		if (++i == argc)
			return -1;
		*ret_path = argv[i];
	}
	return n;
}

int main(int argc, char **argv)
{
	const char *path = AW_SIM_CONTROL_PATH;

	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return aw_sim_serve(argc - 1, argv + 1);
	if (argc == 3 && strcmp(argv[1], "check") == 0)
		return check(argv[2]);
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return help(stdout);
	}
	argc = take_control(argc, argv, &path);
	if (argc < 2 || !aw_sim_command_exists(argv[1]))
		return help(stderr);
	return aw_sim_control_ask(path, argc - 1, argv + 1);
}
