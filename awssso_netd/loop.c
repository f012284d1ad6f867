/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals and secrecy.
 */
#include "awssso_netd/loop.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include "awssso_netd/log.h"
#include "common/privilege.h"

#define LOCK_WANTED (4u * 1024 * 1024)

static int on_signal(sd_event_source *source,
    const struct signalfd_siginfo *info AW_UNUSED, void *user AW_UNUSED)
{
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

/* TLS writes to sockets whose peer may be gone: that is an error to handle,
 * not a signal to die of. */
static int ignore_sigpipe(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	return sigaction(SIGPIPE, &ignore, NULL) < 0 ? -errno : 0;
}

static int handle_signals(sd_event *event)
{
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	r = sd_event_add_signal(event, NULL, SIGTERM, on_signal, NULL);
	if (r >= 0)
		r = sd_event_add_signal(event, NULL, SIGINT, on_signal, NULL);
	return r < 0 ? r : 0;
}

int aw_loop_new(sd_event **ret)
{
	sd_event *event = NULL;
	int r;

	r = sd_event_new(&event);
	if (r >= 0)
		r = ignore_sigpipe();
	if (r >= 0)
		r = handle_signals(event);
	if (r < 0) {
		sd_event_unref(event);
		return r;
	}
	*ret = event;
	return 0;
}

void aw_loop_hide(void)
{
	struct rlimit lock;

	aw_privilege_hide();
	(void)mallopt(M_PERTURB, 0x5a);
	if (getrlimit(RLIMIT_MEMLOCK, &lock) == 0 &&
	    lock.rlim_cur < LOCK_WANTED)
		aw_log(LOG_WARNING,
		    "RLIMIT_MEMLOCK is %llu bytes: not all tokens can be "
		    "kept from being swapped out",
		    (unsigned long long)lock.rlim_cur);
}
