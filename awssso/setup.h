/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of awssso setup.  Each says what it does on the terminal; returns
 * are 0, AW_DENIED after saying why, or a negative errno.
 */
#ifndef AW_AWSSSO_SETUP_H
#define AW_AWSSSO_SETUP_H

#include <stdbool.h>

#include "awssso/setup_answers.h"
#include "awssso/setup_state.h"
#include "awssso/setup_tree.h"

struct aw_setup {
	struct aw_setup_answers answers;
	bool asks;     /* there is somebody to ask */
	bool dry_run;  /* show, change nothing */
	bool has_conf; /* awssso.conf is good as it is */
	struct aw_setup_state state;
	struct aw_tree_changes changes;
};

/* Say a line, with what is done now. */
void aw_setup_say(const char *fmt, ...) AW_PRINTF(1, 2);
/* Say why it does not go on.  Returns AW_DENIED. */
int aw_setup_refuse(const char *fmt, ...) AW_PRINTF(1, 2);

/* Stage everything: settings and, with that, the files of NSS, PAM, sudo and
 * sshd (setup_stage.c). */
int aw_setup_stage_conf(struct aw_setup *setup) AW_MUST_USE;
int aw_setup_stage_logins(struct aw_setup *setup) AW_MUST_USE;

/* Ask AWS what this host may read (setup_live.c). */
int aw_setup_probe(void) AW_MUST_USE;
/* Start the daemons, with the staged settings in their place, and wait for the
 * directory. */
int aw_setup_start(struct aw_setup *setup) AW_MUST_USE;
/* Have sshd read its configuration; nothing where it does not run. */
void aw_setup_reload_sshd(void);
/* Is systemd pid 1 here? */
bool aw_setup_has_systemd(void);
/* systemctl VERB UNIT, with --now when @now: 0, AW_DENIED, or a negative
 * errno. */
int aw_setup_systemctl(
    const char *verb, bool now, const char *unit) AW_MUST_USE;

/* Compare what PAM says with the staged files and as it is (setup_check.c). */
int aw_setup_check(void) AW_MUST_USE;

/* Take everything back (setup_undo.c); see enum aw_setup_stage. */
int aw_setup_undo(struct aw_setup_state *state) AW_MUST_USE;
/* From here on somebody else takes it back, whatever becomes of us: at once
 * while it is OPEN; and when the time is over once it is PENDING. */
int aw_setup_guard(struct aw_setup *setup) AW_MUST_USE;
int aw_setup_pend(struct aw_setup *setup) AW_MUST_USE;
/* Be that somebody. */
int aw_setup_watch(void) AW_MUST_USE;
/* Confirm, from a new login. */
int aw_setup_confirm(void) AW_MUST_USE;
/* Show what is left of the time until it is confirmed or over. */
int aw_setup_wait(void) AW_MUST_USE;

#endif
