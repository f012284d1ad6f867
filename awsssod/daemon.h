/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awsssod as a whole: one struct that owns every part, one event loop, no
 * threads.  The parts:
 *
 *   server      auth.sock and ctl.sock, rights, dispatch to
 *                 auth       AUTH: from the request to the verdict
 *                 account    ACCOUNT
 *                 session    OPEN, CLOSE, and the sessions
 *                 opening    an OPEN that waits for its groups
 *                 hint       HINT
 *                 status     STATUS, SYNC, WHY
 *   netd        the line to awssso-netd
 *   sweep       reading the directory, by directory_apply and register
 *   publish     the snapshot, by a worker process
 *   state       state.db, by query
 */
#ifndef AW_AWSSSOD_DAEMON_H
#define AW_AWSSSOD_DAEMON_H

#include <sys/stat.h>
#include <systemd/sd-event.h>

#include "awsssod/attempt.h"
#include "awsssod/census.h"
#include "awsssod/hint.h"
#include "awsssod/local_look.h"
#include "awsssod/netd.h"
#include "awsssod/opening.h"
#include "awsssod/outage.h"
#include "awsssod/proof.h"
#include "awsssod/publish.h"
#include "awsssod/server.h"
#include "awsssod/session.h"
#include "awsssod/settings.h"
#include "awsssod/state.h"
#include "awsssod/sweep.h"
#include "awsssod/today.h"

#define AW_DAEMON_REFRESHED 256

struct aw_daemon {
	struct aw_settings settings;
	struct aw_conf conf;
	sd_event *event;
	sd_event_source *minute; /* housekeeping */
	struct aw_state state;
	struct aw_netd netd;
	struct aw_server server;
	struct aw_sweep sweep;
	struct aw_publish publish;
	struct aw_census census;
	struct aw_attempts attempts;
	struct aw_proofs proofs;
	struct aw_outage outage;
	struct aw_hints hints;
	struct aw_sessions sessions;
	struct aw_opening *openings; /* those that wait for the snapshot */
	struct stat local_seen[AW_LOCAL_FILES]; /* as last looked at */
	char net_path[108];
	char host[65];
	char account[13];  /* whose permission sets count; "": not known yet */
	bool told_account; /* that it is not known */
	/* when a person was last asked about out of turn, by row number */
	uint64_t refreshed[AW_DAEMON_REFRESHED];
	time_t told_expiry; /* when the SCIM token's end was last told */
	struct aw_today today;
	uint64_t n_allowed, n_denied; /* verdicts on sign-ins since the start */
};

/*
 * Make a daemon of @settings and @conf with the listening sockets @auth_fd
 * and @ctl_fd (both are taken).  Returns 0 with *@ret for aw_daemon_free(), or
 * a negative errno with @diag.
 */
int aw_daemon_new(const struct aw_settings *settings,
    const struct aw_conf *conf, int auth_fd, int ctl_fd, struct aw_daemon **ret,
    struct aw_diag *diag) AW_MUST_USE;
void aw_daemon_free(struct aw_daemon *daemon);

/* Serve until SIGTERM or SIGINT.  Returns 0 or a negative errno. */
int aw_daemon_run(struct aw_daemon *daemon) AW_MUST_USE;

/* Seconds since the directory was read, as awsssod/age.h has it. */
uint64_t aw_daemon_directory_age(struct aw_daemon *daemon);

/* @token, unless it is 0, is needed no more. */
void aw_daemon_drop_token(struct aw_daemon *daemon, uint64_t token);

#endif
