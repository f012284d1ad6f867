/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-shot timers on sd-event, made or moved by the same call.
 */
#ifndef AW_AWSSSO_NETD_TIMER_H
#define AW_AWSSSO_NETD_TIMER_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "common/outcome.h"

/*
 * Have @handler called once, @delay_ms from now.  *@source is NULL (made here,
 * the caller unrefs it) or what an earlier call made (moved).  Returns 0 or a
 * negative errno.
 */
int aw_timer_set(sd_event *event, sd_event_source **source, uint64_t delay_ms,
    sd_event_time_handler_t handler, void *user) AW_MUST_USE;

#endif
