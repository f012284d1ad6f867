/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso setup: from settings to logins, with a way back from every point.
 */
#include "awssso/setup.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "awssso/commands.h"
#include "awssso/conf_file.h"
#include "common/paths.h"
#include "common/text.h"

enum {
	ANSWERS,
	DRY_RUN,
	UNDO,
	CONFIRM,
	WATCH,
};

void aw_setup_say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)vprintf(fmt, args);
	va_end(args);
	printf("\n");
	(void)fflush(stdout);
}

int aw_setup_refuse(const char *fmt, ...)
{
	va_list args;

	(void)fflush(stdout);
	(void)fputs("awssso: setup: ", stderr);
	va_start(args, fmt);
	(void)vfprintf(stderr, fmt, args);
	va_end(args);
	(void)fputs("\n", stderr);
	return AW_DENIED;
}

static int ended(int r)
{
	if (r == 0)
		return AW_EXIT_OK;
	return r < 0 ? aw_complain("setup", strerrordesc_np(-r))
		     : AW_EXIT_FAILED;
}

/* --- what is known ---------------------------------------------------------
 */

static bool is_good_conf(void)
{
	static struct aw_conf conf;
	struct aw_diag diag = { .text = "" };

	return aw_conf_file_read(AW_PATH_CONF, 0, &conf, &diag) == 0;
}

static int take_answers(struct aw_setup *setup, const char *path)
{
	struct aw_diag why = { .text = "" };
	int r;

	if (path) {
		r = aw_setup_answers_read(path, &setup->answers, &why);
		if (r != 0)
			return aw_setup_refuse(
			    "%s", r < 0 ? strerrordesc_np(-r) : why.text);
	}
	setup->has_conf =
	    !*setup->answers.text[AW_ANSWER_START_URL] && is_good_conf();
	if (setup->has_conf)
		aw_setup_say(AW_PATH_CONF " is good, and stays as it is.");
	if (setup->asks &&
	    aw_setup_answers_ask(&setup->answers, !setup->has_conf) != 0)
		return aw_setup_refuse("the questions were not answered");
	aw_setup_answers_complete(&setup->answers);
	return 0;
}

static int refuse_unfinished(struct aw_setup_state *state)
{
	if (state->stage == AW_SETUP_PENDING)
		return aw_setup_refuse(
		    "a setup waits to be confirmed (--confirm, from a new "
		    "login) or taken back (--undo)");
	if (state->stage == AW_SETUP_OPEN && aw_setup_state_is_owned(state))
		return aw_setup_refuse(
		    "a setup is running (pid %d)", state->owner.pid);
	if (state->stage == AW_SETUP_OPEN) {
		aw_setup_say("A setup was cut off: taking back what it did.");
		return aw_setup_undo(state);
	}
	if (state->stage == AW_SETUP_DONE)
		return aw_setup_refuse("this host is set up: --undo takes that "
				       "back");
	return 0;
}

/* --- the steps -------------------------------------------------------------
 */

static int stage(struct aw_setup *setup)
{
	int r;

	r = aw_tree_new();
	if (r == 0)
		r = aw_setup_stage_conf(setup);
	if (r != 0)
		return r;
	aw_setup_say("Asking AWS what this host may read.");
	r = aw_setup_probe();
	if (r == 0)
		r = aw_setup_stage_logins(setup);
	if (r == 0)
		r = aw_tree_compare(&setup->changes);
	return r;
}

static int show(struct aw_setup *setup)
{
	int r;

	if (setup->changes.n == 0)
		return aw_setup_refuse("there is nothing to change");
	aw_setup_say("These files would change:\n");
	r = aw_tree_show(&setup->changes);
	if (r == 0 && setup->asks && !setup->dry_run &&
	    !aw_setup_agrees("\nGo on?  Nothing is put in place before it has "
			     "been tried."))
		return aw_setup_refuse("nothing has been changed");
	return r;
}

/* The settings alone, or everything else. */
static void pick(
    const struct aw_tree_changes *all, bool conf, struct aw_tree_changes *ret)
{
	ret->n = 0;
	for (unsigned i = 0; i < all->n; i++)
		if ((strcmp(all->list[i].path, AW_PATH_CONF) == 0) == conf)
			ret->list[ret->n++] = all->list[i];
}

/* Settings and daemons: no login goes by them yet. */
static int prepare(struct aw_setup *setup)
{
	static struct aw_tree_changes conf;
	int r;

	r = aw_tree_keep(&setup->changes);
	if (r == 0)
		r = aw_setup_guard(setup);
	pick(&setup->changes, true, &conf);
	if (r == 0)
		r = aw_tree_install(&conf);
	return r == 0 ? aw_setup_start(setup) : r;
}

static int put_in_place(struct aw_setup *setup)
{
	static struct aw_tree_changes rest;
	int r;

	r = aw_setup_pend(setup);
	pick(&setup->changes, false, &rest);
	if (r == 0)
		r = aw_tree_install(&rest);
	if (r == 0)
		aw_setup_reload_sshd();
	return r;
}

/* Everything is in place. */
static int finish(struct aw_setup *setup)
{
	int r;

	if (strcmp(setup->answers.text[AW_ANSWER_CONFIRM], "0") != 0) {
		aw_setup_say(
		    "In place.  Now sign in anew, in another terminal, "
		    "and run there:\n\n    sudo awssso setup "
		    "--confirm\n");
		return aw_setup_wait();
	}
	setup->state.stage = AW_SETUP_DONE;
	r = aw_setup_state_write(&setup->state);
	if (r == 0)
		aw_setup_say(
		    "The host is set up.  awssso setup --undo takes it "
		    "back.");
	return r;
}

static int set_up(struct aw_setup *setup, const char *answers)
{
	int r;

	r = aw_setup_state_read(&setup->state);
	if (r == 0)
		r = refuse_unfinished(&setup->state);
	if (r != 0)
		return r;
	setup->state = (struct aw_setup_state){ .stage = AW_SETUP_NONE };
	r = take_answers(setup, answers);
	if (r == 0)
		r = stage(setup);
	if (r == 0)
		r = show(setup);
	if (r != 0 || setup->dry_run)
		return r;
	r = prepare(setup);
	if (r == 0)
		r = aw_setup_check();
	if (r == 0)
		r = put_in_place(setup);
	if (r == 0)
		return finish(setup);
	aw_setup_say("Taking back what has been done.");
	return aw_setup_undo(&setup->state) < 0
		   ? aw_setup_refuse("not everything could be taken back")
		   : r;
}

/* --- the command -----------------------------------------------------------
 */

static int undo(void)
{
	struct aw_setup_state state;
	int r;

	r = aw_setup_state_read(&state);
	if (r == 0 &&
	    (state.stage == AW_SETUP_NONE || state.stage == AW_SETUP_UNDONE))
		return aw_setup_refuse("there is nothing to take back");
	if (r == 0 && state.stage == AW_SETUP_OPEN &&
	    aw_setup_state_is_owned(&state))
		return aw_setup_refuse(
		    "a setup is running (pid %d): end that", state.owner.pid);
	return r == 0 ? aw_setup_undo(&state) : r;
}

static int run(const struct aw_args *args)
{
	static struct aw_setup setup;
	int given = 0;

	for (int i = UNDO; i <= WATCH; i++)
		given += args->option[i] != NULL;
	if (given > 1 ||
	    (given && (args->option[ANSWERS] || args->option[DRY_RUN]))) {
		(void)aw_complain("setup", "these options exclude each other");
		return AW_EXIT_USAGE;
	}
	if (geteuid() != 0)
		return aw_complain("setup", "root only (sudo awssso setup)");
	if (args->option[UNDO])
		return ended(undo());
	if (args->option[CONFIRM])
		return ended(aw_setup_confirm());
	if (args->option[WATCH])
		return ended(aw_setup_watch());
	setup.asks = !args->option[ANSWERS];
	setup.dry_run = args->option[DRY_RUN] != NULL;
	return ended(set_up(&setup, args->option[ANSWERS]));
}

const struct aw_command aw_command_setup = {
	.name = "setup",
	.operands = "",
	.help =
	    "Make this host one that people of the directory sign in to.\n\n"
	    "For root.  Asks what it has to know, asks AWS what the host may "
	    "read, shows each\nchange as a diff, starts the daemons, and "
	    "tries every PAM service for root, local\naccounts and people of "
	    "the directory before anything is put in place.  Then a\nnew "
	    "login has to confirm it within some minutes; else everything is "
	    "taken back,\nwhatever happens to this terminal or the machine.",
	.options = {
		[ANSWERS] = { "--answers", "FILE",
		    "Ask nothing: lines \"key = value\" answer." },
		[DRY_RUN] = { "--dry-run", NULL,
		    "Show the changes, and change nothing." },
		[UNDO] = { "--undo", NULL, "Take everything back." },
		[CONFIRM] = { "--confirm", NULL,
		    "Confirm a setup, from a new login." },
		[WATCH] = { "--watch", NULL,
		    "Take it back when time is over (its unit runs this)." },
	},
	.run = run,
};
