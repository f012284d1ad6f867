/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso reap: with on_disable = end-sessions, what runs for people whom the
 * directory has disabled or lost ends.  systemd starts it for each new
 * generation; awsssod itself has no power over anybody's processes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/conf_file.h"
#include "awssso/print.h"
#include "awssso/revoke.h"
#include "awssso/talk.h"
#include "common/own.h"
#include "common/paths.h"

enum {
	JSON,
	DRY_RUN,
	CONF,
	RUN_DIR,
};

struct reap {
	const struct aw_args *args;
	struct aw_limits limits;
	struct aw_uids busy; /* who has processes or at jobs */
	struct json_object *array;
	int status;
};

static void uids_done(struct reap *reap)
{
	aw_uids_done(&reap->busy);
	json_object_put(reap->array);
}

static bool has_anything(const struct reap *reap, const struct aw_revoked *who)
{
	const struct aw_end_who end = { who->name, who->uid, who->home };

	return aw_uids_has(&reap->busy, who->uid) || aw_end_waits("", &end);
}

static void end_one(struct reap *reap, const struct aw_revoked *who)
{
	struct json_object *json = NULL;
	int r;

	if (reap->array) {
		json = aw_json_object();
		aw_json_text(json, "user", who->name);
		aw_json_number(json, "uid", who->uid);
		aw_json_append(reap->array, json);
	}
	if (reap->args->option[DRY_RUN]) {
		if (!json)
			printf("%s: would be ended\n", who->name);
		return;
	}
	/* What awsssod cannot drop now it drops when the processes are gone. */
	r = aw_revoke_ask(reap->args->option[RUN_DIR], who->name, json);
	if (r != AW_EXIT_OK)
		reap->status = r;
	r = aw_revoke_end(who, json);
	if (r != AW_EXIT_OK)
		reap->status = r;
}

static int walk(struct reap *reap, const struct aw_snap *snap)
{
	struct aw_revoked_cursor cursor = { 0 };
	struct aw_revoked who;
	int r;

	for (;;) {
		r = aw_revoked_next(snap, &reap->limits, &cursor, &who);
		if (r == AW_END)
			return 0;
		if (r != 0)
			return r;
		if (has_anything(reap, &who))
			end_one(reap, &who);
	}
}

static int work(struct reap *reap)
{
	aw_own(aw_snap_close) struct aw_snap snap = { 0 };
	int r;

	if (aw_revoked_open(&snap, &reap->limits) != AW_EXIT_OK)
		return AW_EXIT_FAILED;
	r = aw_uids_of_processes(&reap->busy);
	if (r == 0)
		r = aw_uids_of_at_jobs("", &reap->busy);
	if (r == 0)
		r = walk(reap, &snap);
	if (r < 0)
		return aw_complain(AW_PATH_SNAPSHOT, strerrordesc_np(-r));
	if (reap->array)
		aw_json_print(json_object_get(reap->array));
	return reap->status;
}

static int run(const struct aw_args *args)
{
	aw_own_free struct aw_conf *conf = malloc(sizeof(*conf));
	aw_own(uids_done) struct reap reap = { .args = args };
	const char *path =
	    args->option[CONF] ? args->option[CONF] : AW_PATH_CONF;

	if (!conf)
		return aw_complain("out of memory", NULL);
	if (aw_conf_file_load(path, geteuid(), conf) != AW_EXIT_OK)
		return AW_EXIT_FAILED;
	if (args->option[JSON])
		reap.array = aw_json_array(NULL, NULL);
	if (conf->on_disable == AW_ON_DISABLE_END || args->option[DRY_RUN])
		return work(&reap);
	if (!args->option[JSON])
		printf("on_disable = deny: sessions are left alone\n");
	return AW_EXIT_OK;
}

const struct aw_command aw_command_reap = {
	.name = "reap",
	.operands = "",
	.help = "End what runs for people whom the directory has disabled "
		"(root).\n\n"
		"Does nothing unless awssso.conf says on_disable = "
		"end-sessions.  awssso-reap.path runs it\n"
		"whenever there is a new generation of the directory.",
	.options = {
		[JSON] = { "--json", NULL, "Print JSON." },
		[DRY_RUN] = { "--dry-run", NULL,
		    "Only say who would be ended, whatever on_disable is." },
		[CONF] = { "--conf", "FILE",
		    "The settings (default " AW_PATH_CONF ")." },
		[RUN_DIR] = AW_TALK_OPTION,
	},
	.run = run,
};
