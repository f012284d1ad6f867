/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-shot timers of CLOCK_BOOTTIME.
 */
#include "awssso_netd/timer.h"

#include <time.h>

#define ACCURACY_US 1000 /* connection timers of libcurl are that fine */

int aw_timer_set(sd_event *event, sd_event_source **source, uint64_t delay_ms,
    sd_event_time_handler_t handler, void *user)
{
	const uint64_t delay_us = delay_ms * 1000;
	int r;

	if (!*source) {
		r = sd_event_add_time_relative(event, source, CLOCK_BOOTTIME,
		    delay_us, ACCURACY_US, handler, user);
		return r < 0 ? r : 0;
	}
	r = sd_event_source_set_time_relative(*source, delay_us);
	if (r >= 0)
		r = sd_event_source_set_enabled(*source, SD_EVENT_ONESHOT);
	return r < 0 ? r : 0;
}
