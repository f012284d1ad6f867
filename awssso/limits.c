/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso limits: the ids of [local_groups] in root's nss.limits.
 *
 * The NSS module shows a gid outside its range only where root wrote it down.
 * This is how root does: from the settings and /etc/group, at each start of
 * awsssod and whenever asked, never by awsssod itself.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/conf_file.h"
#include "awssso/limits_file.h"
#include "common/buf.h"
#include "common/group_file.h"
#include "common/own.h"
#include "common/paths.h"

#define BLOCK "awssso limits --write, from [local_groups] of awssso.conf"

enum {
	CHECK,
	WRITE,
	CONF,
	GROUP,
	LIMITS,
};

static const char *path_of(
    const struct aw_args *args, int option, const char *usual)
{
	return args->option[option] ? args->option[option] : usual;
}

/* The first item of its group, and the first group of its id. */
static bool is_first(const struct aw_conf_groups *groups, const uint32_t *gids,
    size_t i, bool by_name)
{
	for (size_t k = 0; k < i; k++)
		if (by_name
			? !strcmp(groups->item[k].name, groups->item[i].name)
			: gids[k] == gids[i])
			return false;
	return true;
}

/* The lines of the block; *@ret_missing is how many groups are not here. */
static int make_body(const struct aw_conf_groups *groups, const uint32_t *gids,
    struct aw_buf *body, unsigned *ret_missing)
{
	*ret_missing = 0;
	for (size_t i = 0; i < groups->n; i++) {
		const char *name = groups->item[i].name;

		if (gids[i] == 0 && is_first(groups, gids, i, true)) {
			(void)aw_complain(name,
			    "this host has no such group, or its id may not be "
			    "given to anybody");
			(*ret_missing)++;
		}
		if (gids[i] != 0 && is_first(groups, gids, i, false))
			aw_buf_fmt(body, "gid %u # %s\n", gids[i], name);
	}
	return aw_buf_error(body);
}

static int finish(const struct aw_args *args, const char *path,
    const struct aw_limits_text *old, const struct aw_limits_text *new,
    unsigned missing)
{
	const bool same = !strcmp(old->text, new->text);
	int r;

	if (args->option[CHECK] && same && missing == 0)
		printf("%s: good\n", path);
	if (args->option[CHECK] && !same)
		printf("%s: not as the settings say: run awssso limits "
		       "--write\n",
		    path);
	if (args->option[CHECK])
		return same && missing == 0 ? AW_EXIT_OK : AW_EXIT_FAILED;
	if (same)
		return AW_EXIT_OK;
	r = aw_limits_file_write(path, new);
	if (r < 0)
		return aw_complain(path, strerrordesc_np(-r));
	printf("%s: written\n", path);
	return AW_EXIT_OK;
}

static int work(const struct aw_args *args, const struct aw_conf *conf)
{
	const char *path = path_of(args, LIMITS, AW_PATH_LIMITS);
	const char *group = path_of(args, GROUP, "/etc/group");
	aw_own(aw_buf_done) struct aw_buf body = AW_BUF_INIT(16384);
	struct aw_limits_text old, new;
	uint32_t gids[AW_CONF_GROUPS_MAX];
	struct aw_diag why = { .text = "" };
	unsigned missing;
	int r;

	r = aw_group_file_gids(&conf->local_groups, group, gids);
	if (r < 0)
		return aw_complain(group, strerrordesc_np(-r));
	if (make_body(&conf->local_groups, gids, &body, &missing) < 0)
		return aw_complain("out of memory", NULL);
	r = aw_limits_file_read(path, &old, &why);
	if (r < 0)
		return aw_complain(why.text, NULL);
	new = old;
	r = aw_limits_file_put(&new, BLOCK, aw_buf_text(&body), &why);
	if (r < 0)
		return aw_complain(path, why.text);
	return finish(args, path, &old, &new, missing);
}

static int run(const struct aw_args *args)
{
	aw_own_free struct aw_conf *conf = malloc(sizeof(*conf));

	if (!args->option[CHECK] == !args->option[WRITE]) {
		(void)aw_complain("limits", "give --check or --write");
		return AW_EXIT_USAGE;
	}
	if (!conf)
		return aw_complain("out of memory", NULL);
	/* Whoever may write the settings decides who gets those ids. */
	if (aw_conf_file_load(path_of(args, CONF, AW_PATH_CONF), geteuid(),
		conf) != AW_EXIT_OK)
		return AW_EXIT_FAILED;
	return work(args, conf);
}

const struct aw_command aw_command_limits = {
	.name = "limits",
	.operands = "",
	.help = "Let members of [local_groups] have the groups' ids (root).\n\n"
		"The ids are written to " AW_PATH_LIMITS ", in a block of its "
		"own; other\nlines stay.  Each start of awsssod does the same; "
		"run it after a change of\nthe settings or of /etc/group.  New "
		"logins see it.",
	.options = {
		[CHECK] = { "--check", NULL,
		    "Say whether anything is missing." },
		[WRITE] = { "--write", NULL, "Write the block." },
		[CONF] = { "--conf", "FILE",
		    "Settings instead of " AW_PATH_CONF "." },
		[GROUP] = { "--group", "FILE",
		    "Groups instead of /etc/group." },
		[LIMITS] = { "--limits", "FILE",
		    "Work on this instead of " AW_PATH_LIMITS "." },
	},
	.run = run,
};
