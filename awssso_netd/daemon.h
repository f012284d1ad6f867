/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon: settings, net.sock, no more root than it takes to bind it.
 */
#ifndef AW_AWSSSO_NETD_DAEMON_H
#define AW_AWSSSO_NETD_DAEMON_H

#include "common/conf.h"
#include "common/outcome.h"
#include "common/text.h"

struct aw_daemon_options {
	const char *config;
	const char *socket;
	const char *user;        /* whom to become when started as root */
	const char *client_user; /* who may connect then */
};

/*
 * Load the settings at @path, which must be root's or our own and hold what a
 * daemon needs.  Returns 0, or a negative errno with @diag.
 */
int aw_daemon_conf(
    const char *path, struct aw_conf *ret, struct aw_diag *diag) AW_MUST_USE;

/* Serve until a signal ends it.  Returns 0, or a negative errno with @diag. */
int aw_daemon_run(
    const struct aw_daemon_options *options, struct aw_diag *diag) AW_MUST_USE;

#endif
