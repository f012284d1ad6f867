/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso revoke: whoever this is must prove it anew.
 */
#include "awssso/revoke.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/print.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"

enum {
	END,
	JSON,
	RUN_DIR,
};

/* Who @name is, with what the NSS module allows. */
static int find(const char *name, struct aw_revoked *ret)
{
	aw_own(aw_snap_close) struct aw_snap snap = { 0 };
	struct aw_limits limits;
	int r;

	if (aw_revoked_open(&snap, &limits) != AW_EXIT_OK)
		return AW_EXIT_FAILED;
	r = aw_revoked_find(&snap, &limits, name, ret);
	if (r == 0)
		return AW_EXIT_OK;
	(void)aw_complain(name,
	    r < 0 ? strerrordesc_np(-r)
		  : "the directory knows nobody of this name, and nothing is "
		    "ended");
	return r < 0 ? AW_EXIT_FAILED : AW_EXIT_NOT_FOUND;
}

static int run(const struct aw_args *args)
{
	aw_own(aw_json_done) struct json_object *json =
	    args->option[JSON] ? aw_json_object() : NULL;
	const char *name = args->operand[0];
	struct aw_revoked who;
	int status, ended;

	/* A token must not outlive the hope for the rest. */
	status = aw_revoke_ask(args->option[RUN_DIR], name, json);
	if (args->option[END]) {
		ended = find(name, &who);
		if (ended == AW_EXIT_OK)
			ended = aw_revoke_end(&who, json);
		status = status == AW_EXIT_OK ? ended : status;
	}
	if (json)
		aw_json_print(json_object_get(json));
	return status;
}

const struct aw_command aw_command_revoke = {
	.name = "revoke",
	.operands = "USER",
	.min = 1,
	.max = 1,
	.help = "End what a person was approved for on this host (root).\n\n"
		"Tokens are dropped, codes that wait for an approval end, and "
		"a proof counts no more: the\n"
		"next sudo and the next sign-in ask anew.  The open sessions "
		"are listed and go on, unless\n"
		"--end is given.  To keep somebody out, disable them in the "
		"directory or deny them in\n"
		"awssso.conf.",
	.options = {
		[END] = { "--end", NULL,
		    "End their sessions and processes as well, linger, cron "
		    "and at jobs." },
		[JSON] = { "--json", NULL, "Print JSON." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
