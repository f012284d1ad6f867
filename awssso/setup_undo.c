/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awssso setup: the way back, and who takes it when nobody confirms.
 *
 * The watch is a process of systemd's, enabled too, so that it is there again
 * after a reboot in the middle; where there is no systemd, one of its own
 * session.  It starts before the first login goes another way.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/print.h"
#include "awssso/setup.h"
#include "common/text.h"

#define UNIT "awssso-setup.service"

static int64_t now(void)
{
	return (int64_t)time(NULL);
}

/* Our lines in files that others have changed. */
static void unhook(void)
{
	static const char *const argv[] = { "/usr/libexec/awssso/unhook",
		NULL };

	if (aw_child_run(argv, 60, NULL) != 0)
		aw_setup_say("%s could not take our lines out of what was "
			     "changed since: see above",
		    argv[0]);
}

int aw_setup_undo(struct aw_setup_state *state)
{
	unsigned left = 0;
	int r, first;

	/* Later changes are somebody's; within minutes they are not. */
	first = aw_tree_restore(state->stage != AW_SETUP_DONE, &left);
	if (left > 0)
		unhook();
	aw_setup_reload_sshd();
	for (unsigned i = state->n_units; aw_setup_has_systemd() && i > 0;
	     i--) {
		r = aw_setup_systemctl("disable", true, state->units[i - 1]);
		aw_setup_say("%s: %s", state->units[i - 1],
		    r == 0 ? "disabled" : "could not be stopped");
	}
	if (first < 0)
		return first;
	if (aw_setup_has_systemd())
		aw_ignore(aw_setup_systemctl("disable", false, UNIT));
	state->stage = AW_SETUP_UNDONE;
	return aw_setup_state_write(state);
}

/* --- the watch -------------------------------------------------------------
 */

static char word_awssso[] = "awssso", word_setup[] = "setup",
	    word_watch[] = "--watch",
	    word_path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";

static int start_watch(void)
{
	char *const argv[] = { word_awssso, word_setup, word_watch, NULL };
	char *const environment[] = { word_path, NULL };
	pid_t pid;

	/* One child, which goes on when we are gone. */
	if (aw_setup_has_systemd())
		return aw_setup_systemctl("enable", true, UNIT);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		const int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
			(void)dup2(null, fd);
		(void)setsid();
		(void)execve("/proc/self/exe", argv, environment);
		_exit(1);
	}
	return 0;
}

int aw_setup_guard(struct aw_setup *setup)
{
	int r;

	aw_setup_state_note(&setup->state);
	setup->state.stage = AW_SETUP_OPEN;
	r = aw_setup_state_write(&setup->state);
	if (r == 0)
		r = start_watch();
	return r == AW_DENIED
		   ? aw_setup_refuse("%s does not start; without it nobody "
				     "would take this back",
			 UNIT)
		   : r;
}

int aw_setup_pend(struct aw_setup *setup)
{
	uint64_t minutes = 10;

	aw_ignore(aw_num_u64(
	    setup->answers.text[AW_ANSWER_CONFIRM], 0, 1440, &minutes));
	setup->state.stage = AW_SETUP_PENDING;
	/* With nobody to wait for, it is for what is cut off. */
	setup->state.deadline = now() + (int64_t)(minutes ? minutes : 2) * 60;
	return aw_setup_state_write(&setup->state);
}

/* Seconds since the boot: a clock that is set back makes nobody wait longer. */
static int64_t since_boot(void)
{
	struct timespec at;

	return clock_gettime(CLOCK_BOOTTIME, &at) < 0 ? INT64_MAX : at.tv_sec;
}

static bool is_over(const struct aw_setup_state *state, int64_t *until)
{
	if (state->stage == AW_SETUP_OPEN)
		return !aw_setup_state_is_owned(state);
	if (*until == 0)
		*until = since_boot() + state->deadline - now();
	return since_boot() >= *until || now() >= state->deadline;
}

int aw_setup_watch(void)
{
	struct aw_setup_state state;
	int64_t until = 0;
	int r;

	for (;;) {
		r = aw_setup_state_read(&state);
		if (r < 0 || (state.stage != AW_SETUP_OPEN &&
				 state.stage != AW_SETUP_PENDING))
			return r;
		if (is_over(&state, &until)) {
			aw_setup_say("Nobody confirmed the setup, or it was "
				     "cut off: it is taken back.");
			return aw_setup_undo(&state);
		}
		(void)sleep(1);
	}
}

/* --- the person ------------------------------------------------------------
 */

int aw_setup_confirm(void)
{
	struct aw_setup_state state;
	int r;

	r = aw_setup_state_read(&state);
	if (r < 0)
		return r;
	if (state.stage != AW_SETUP_PENDING)
		return aw_setup_refuse("no setup waits to be confirmed");
	if (now() >= state.deadline)
		return aw_setup_refuse("the time is over: it is taken back");
	if (!aw_setup_state_is_new_login(&state))
		return aw_setup_refuse(
		    "this is the login that setup was run from: sign in anew, "
		    "in another terminal, so that it is known to work");
	state.stage = AW_SETUP_DONE;
	r = aw_setup_state_write(&state);
	if (r == 0 && aw_setup_has_systemd())
		aw_ignore(aw_setup_systemctl("disable", false, UNIT));
	if (r == 0)
		aw_setup_say("The setup is confirmed and stays.  awssso setup "
			     "--undo takes it back.");
	return r;
}

int aw_setup_wait(void)
{
	struct aw_setup_state state;
	const bool live = isatty(STDOUT_FILENO);
	char left[48];
	int r;

	for (;;) {
		r = aw_setup_state_read(&state);
		if (r < 0)
			return r;
		if (state.stage != AW_SETUP_PENDING)
			break;
		if (live)
			printf("\r%s left until it is taken back \033[K",
			    aw_print_span(left, sizeof(left),
				(uint64_t)(state.deadline > now()
					       ? state.deadline - now()
					       : 0)));
		(void)fflush(stdout);
		(void)sleep(1);
	}
	if (live)
		printf("\r\033[K");
	if (state.stage == AW_SETUP_DONE) {
		aw_setup_say("Confirmed.");
		return 0;
	}
	return aw_setup_refuse(
	    "nobody confirmed it in time: everything is as it was");
}
