/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The day on which the SCIM token ends.  After it nothing is read any more,
 * and nobody would notice: it is told from 90 days before, ever louder.
 */
#ifndef AW_AWSSSOD_SCIM_EXPIRY_H
#define AW_AWSSSOD_SCIM_EXPIRY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "common/conf.h"

/* Seconds from @now to the beginning of the day scim_token_expires, 0 when it
 * has come.  False: there is no such day, or no such source. */
bool aw_scim_expiry_left(
    const struct aw_conf *conf, time_t now, uint64_t *ret_seconds);

/* How loud to be about it, as a priority of syslog; 0: not at all yet. */
int aw_scim_expiry_priority(uint64_t seconds);

/* Tell the log, once a day at most; *@told is when it was told last, 0 at
 * first. */
void aw_scim_expiry_tell(const struct aw_conf *conf, time_t now, time_t *told);

#endif
