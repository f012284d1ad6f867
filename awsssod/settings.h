/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How awsssod was started: its command line, and the configuration file that
 * it names.
 */
#ifndef AW_AWSSSOD_SETTINGS_H
#define AW_AWSSSOD_SETTINGS_H

#include <stdbool.h>
#include <sys/types.h>

#include "awsssod/local.h"
#include "common/conf.h"

struct aw_settings {
	const char *config;          /* awssso.conf */
	const char *run_dir;         /* where the sockets are */
	const char *state;           /* state.db */
	const char *public_dir;      /* where the snapshot is */
	const char *user;            /* whom root becomes */
	struct aw_local_files local; /* what the host has of its own */
	uid_t root;                  /* who counts as root among peers */
};

enum aw_settings_mode {
	AW_MODE_DAEMON = 1,
	AW_MODE_WORKER, /* --snapshot-worker */
	AW_MODE_HELP,
	AW_MODE_VERSION,
};

void aw_settings_init(struct aw_settings *settings);

/*
 * Read the command line.  Strings are borrowed from @argv.  Returns 0 with
 * @ret_mode, or -EINVAL with @diag.
 */
int aw_settings_parse(struct aw_settings *settings, int argc, char **argv,
    enum aw_settings_mode *ret_mode, struct aw_diag *diag) AW_MUST_USE;

const char *aw_settings_help(void);

/*
 * Read the configuration file at @path, which @owner must own, and check that
 * nothing is missing that a sign-in needs (R3).  Returns 0, or a negative
 * errno with @diag; @ret is untouched then.
 */
int aw_settings_load(const char *path, uid_t owner, struct aw_conf *ret,
    struct aw_diag *diag) AW_MUST_USE;

#endif
