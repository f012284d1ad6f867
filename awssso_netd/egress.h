/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which hosts awssso-netd talks to with these settings, and by which way: what
 * a firewall has to let through.  Pure: nothing is asked.
 */
#ifndef AW_AWSSSO_NETD_EGRESS_H
#define AW_AWSSSO_NETD_EGRESS_H

#include "awssso_netd/endpoint.h"
#include "common/conf.h"

struct aw_egress {
	const char *name;         /* "oidc", "imds" ... one word */
	char host[AW_CONF_TEXT];  /* without the port */
	char port[8];             /* "443" */
	char proxy[AW_CONF_TEXT]; /* what it is reached through, or "" */
	const char *why;          /* why it cannot be told, or NULL */
};

typedef void aw_egress_fn(void *user, const struct aw_egress *egress);

/* These settings make awssso-netd ask @service. */
bool aw_egress_needs(const struct aw_conf *conf, enum aw_service service);

/* These settings make it ask for AWS keys of this host. */
bool aw_egress_needs_keys(const struct aw_conf *conf);

/* Call @fn with each, the services of all regions first. */
void aw_egress_walk(const struct aw_conf *conf, aw_egress_fn *fn, void *user);

/* Print one line "NAME HOST PORT WAY" each; WAY is "direct" or the proxy. */
void aw_egress_print(const struct aw_conf *conf);

#endif
