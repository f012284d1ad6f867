/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting the parts together, in an order in which each finds what it needs.
 */
#include "awsssod/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "awsssod/age.h"
#include "awsssod/arn.h"
#include "awsssod/auth.h"
#include "awsssod/learned.h"
#include "awsssod/log.h"
#include "awsssod/pins.h"
#include "awsssod/rebuild.h"
#include "awsssod/scim_expiry.h"
#include "common/own.h"
#include "common/proto.h"

#define HOUSEKEEPING_USEC (10u * 1000 * 1000)
#define OPEN_WITHIN_MS    60000 /* a token waits so long for its session */
#define HOST_MS           10000

uint64_t aw_daemon_directory_age(struct aw_daemon *daemon)
{
	struct aw_clocks now;

	aw_clocks_read(&now);
	return aw_age_get(&daemon->state, &now);
}

void aw_daemon_drop_token(struct aw_daemon *daemon, uint64_t token)
{
	if (token)
		aw_netd_drop(&daemon->netd, token);
}

static void on_host(void *user, const struct aw_wire_in *in, int fd AW_UNUSED)
{
	struct aw_daemon *daemon = user;
	char account[13];

	if (in && aw_wire_num(in, AW_TAG_NET, 0) == AW_NET_OK &&
	    aw_wire_text(in, AW_TAG_ACCOUNT, account, sizeof(account)) == 0 &&
	    aw_arn_is_account(account))
		memcpy(daemon->account, account, sizeof(account));
	else if (!daemon->told_account)
		aw_log(LOG_WARNING, "this host's AWS account is not known; "
				    "set account in awssso.conf");
	daemon->told_account = true;
}

static void ask_host(struct aw_daemon *daemon)
{
	struct aw_wire_out out;
	uint64_t id;

	if (daemon->account[0] || daemon->netd.fd < 0)
		return;
	aw_netd_begin(&daemon->netd, AW_MSG_HOST, &out);
	if (aw_netd_ask(&daemon->netd, &out, HOST_MS, on_host, daemon, &id) < 0)
		aw_log(LOG_WARNING, "awssso-netd: cannot ask for the account");
}

static int on_minute(
    sd_event_source *source, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_daemon *daemon = user;
	const uint64_t now = aw_sock_now_ms();

	for (size_t i = 0; i < daemon->attempts.n_used; i++) {
		struct aw_attempt *attempt = &daemon->attempts.slot[i];

		if (!attempt->token ||
		    now - attempt->approved_ms < OPEN_WITHIN_MS)
			continue;
		aw_daemon_drop_token(daemon, attempt->token);
		attempt->token = 0;
	}
	ask_host(daemon);
	aw_local_look(daemon);
	aw_sweep_if_ageless(&daemon->sweep);
	aw_learned_expire(daemon);
	aw_scim_expiry_tell(&daemon->conf, time(NULL), &daemon->told_expiry);
	(void)sd_event_source_set_time_relative(source, HOUSEKEEPING_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static void forget_tokens(struct aw_daemon *daemon)
{
	aw_sessions_forget_tokens(&daemon->sessions);
	for (size_t i = 0; i < daemon->attempts.n_used; i++)
		daemon->attempts.slot[i].token = 0;
}

static void on_netd(void *user, bool is_up)
{
	struct aw_daemon *daemon = user;

	aw_outage_netd(daemon, is_up);
	/* Tokens live in the process that is gone. */
	if (!is_up) {
		forget_tokens(daemon);
		return;
	}
	ask_host(daemon);
	if (daemon->sweep.failures > 0 && !aw_sweep_is_running(&daemon->sweep))
		aw_sweep_start(&daemon->sweep, false);
}

static int pin_groups(struct aw_daemon *daemon, struct aw_diag *diag)
{
	const int r = aw_pins_update(&daemon->state, &daemon->conf, true, diag);

	if (r < 0)
		aw_diag_set(diag, "%s: the groups of the policy: %s",
		    daemon->settings.state, strerror(-r));
	return r == AW_DENIED ? -EINVAL : r;
}

static int open_state(struct aw_daemon *daemon, struct aw_diag *diag)
{
	struct aw_state *state = &daemon->state;
	unsigned n = 0;
	int r;

	r = aw_state_open(daemon->settings.state, state, diag);
	if (r < 0)
		return r;
	if (state->broken) {
		aw_log(LOG_CRIT,
		    "%s: it is damaged, and nobody can sign in; the last "
		    "snapshot stays. Move it away and restart awsssod to have "
		    "it rebuilt from the snapshot.",
		    diag->text);
		return 0;
	}
	if (!state->fresh)
		return pin_groups(daemon, diag);
	r = aw_rebuild(state, &daemon->conf, daemon->settings.public_dir, &n);
	if (r == 0)
		aw_ignore(aw_state_run(state, AW_Q_MEMBERS_COUNT, ""));
	if (r == 0)
		aw_log(LOG_WARNING,
		    "%s was missing: the ids of %u principals "
		    "are back from the last snapshot",
		    daemon->settings.state, n);
	else if (r != AW_ABSENT)
		aw_diag_set(diag,
		    "%s is missing and the snapshot cannot be "
		    "read (%s): starting would give ids anew",
		    daemon->settings.state, strerror(-r));
	if (r == 0 || r == AW_ABSENT)
		r = pin_groups(daemon, diag);
	return r;
}

static int set_names(struct aw_daemon *daemon)
{
	if (gethostname(daemon->host, sizeof(daemon->host) - 1) < 0 ||
	    !daemon->host[0] ||
	    !aw_text_is_clean(daemon->host, strlen(daemon->host)))
		memcpy(daemon->host, "localhost", sizeof("localhost"));
	if (aw_arn_is_account(daemon->conf.account))
		memcpy(daemon->account, daemon->conf.account,
		    sizeof(daemon->account));
	return aw_fmt(daemon->net_path, sizeof(daemon->net_path), "%s/net.sock",
	    daemon->settings.run_dir);
}

static int add_signals(struct aw_daemon *daemon)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t set;
	int r;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	(void)sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -errno;
	if (sigaction(SIGPIPE, &ignore, NULL) < 0)
		return -errno;
	if ((r = sd_event_add_signal(
		 daemon->event, NULL, SIGTERM, NULL, NULL)) < 0 ||
	    (r = sd_event_add_signal(daemon->event, NULL, SIGINT, NULL, NULL)) <
		0)
		return r;
	return 0;
}

static void drop_token(void *daemon, uint64_t token)
{
	aw_daemon_drop_token(daemon, token);
}

static int start_parts(struct aw_daemon *daemon, struct aw_diag *diag)
{
	int r;

	aw_outage_netd(daemon, false);
	if ((r = set_names(daemon)) < 0 ||
	    (r = aw_attempts_init(&daemon->attempts,
		 (unsigned)daemon->conf.codes_per_host, aw_auth_drop,
		 drop_token, daemon)) < 0 ||
	    (r = sd_event_new(&daemon->event)) < 0 ||
	    (r = add_signals(daemon)) < 0 ||
	    (r = open_state(daemon, diag)) < 0 ||
	    (r = aw_netd_init(&daemon->netd, daemon->event, daemon->net_path,
		 on_netd, daemon)) < 0)
		return r;
	r = aw_publish_init(&daemon->publish, daemon);
	if (r < 0) {
		aw_diag_set(
		    diag, "%s: %s", daemon->settings.public_dir, strerror(-r));
		return r;
	}
	return sd_event_add_time_relative(daemon->event, &daemon->minute,
	    CLOCK_BOOTTIME, HOUSEKEEPING_USEC, 1000, on_minute, daemon);
}

static int start_state(struct aw_daemon *daemon)
{
	int r;

	r = aw_sessions_restore(daemon);
	if (r < 0)
		aw_log(LOG_WARNING, "state.db: cannot read the sessions: %s",
		    strerror(-r));
	aw_learned_start(daemon);
	aw_local_look(daemon);
	aw_publish_if_stale(&daemon->publish);
	aw_hints_init(&daemon->hints, daemon);
	return aw_sweep_init(&daemon->sweep, daemon);
}

int aw_daemon_new(const struct aw_settings *settings,
    const struct aw_conf *conf, int auth_fd, int ctl_fd, struct aw_daemon **ret,
    struct aw_diag *diag)
{
	struct aw_daemon *daemon = calloc(1, sizeof(*daemon));
	int r;

	if (!daemon)
		return -ENOMEM;
	daemon->settings = *settings;
	daemon->conf = *conf;
	daemon->netd.fd = -1;
	daemon->server.fd[0] = -1;
	daemon->server.fd[1] = -1;
	r = start_parts(daemon, diag);
	if (r >= 0)
		r = start_state(daemon);
	if (r >= 0)
		r = aw_server_init(&daemon->server, daemon, auth_fd, ctl_fd);
	if (r < 0) {
		aw_daemon_free(daemon);
		return r;
	}
	*ret = daemon;
	return 0;
}

void aw_daemon_free(struct aw_daemon *daemon)
{
	if (!daemon)
		return;
	aw_server_done(&daemon->server);
	aw_sessions_done(&daemon->sessions);
	aw_sweep_done(&daemon->sweep);
	aw_hints_done(&daemon->hints);
	aw_publish_done(&daemon->publish);
	aw_netd_done(&daemon->netd);
	aw_attempts_done(&daemon->attempts);
	(void)sd_event_source_disable_unref(daemon->minute);
	(void)sd_event_unref(daemon->event);
	aw_state_close(&daemon->state);
	free(daemon);
}

int aw_daemon_run(struct aw_daemon *daemon)
{
	int r;

	(void)sd_notify(0, "READY=1");
	aw_log(LOG_INFO, "awsssod " AW_VERSION " is ready");
	r = sd_event_loop(daemon->event);
	(void)sd_notify(0, "STOPPING=1");
	return r < 0 ? r : 0;
}
