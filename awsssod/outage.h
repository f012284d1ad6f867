/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is down, since when, and what still works: for whoever is turned away
 * because of it.  Nothing is decided by it.
 */
#ifndef AW_AWSSSOD_OUTAGE_H
#define AW_AWSSSOD_OUTAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aw_daemon;

struct aw_outage {
	int64_t netd_since; /* epoch seconds; 0: awssso-netd is there */
	int64_t aws_since;  /* 0: the last answer was one */
};

/* awssso-netd came or went. */
void aw_outage_netd(struct aw_daemon *daemon, bool is_up);

/* A question to AWS ended with @net (enum aw_net; 0: in silence). */
void aw_outage_note(struct aw_daemon *daemon, uint64_t net);

/* A sentence about it, beginning with a blank, or "" when nothing is known to
 * be down.  Returns @buf. */
const char *aw_outage_text(struct aw_daemon *daemon, char *buf, size_t size);

#endif
