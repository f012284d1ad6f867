/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's log: one line an event on stderr, with the "<N>" in front that
 * the journal takes for the line's priority.
 */
#ifndef AW_AWSSSOD_LOG_H
#define AW_AWSSSOD_LOG_H

#include <syslog.h>

#include "common/outcome.h"

/* @level is a LOG_ constant.  Text that somebody else chose must have gone
 * through aw_text_escape().  A line is cut off at 8 KiB. */
void aw_log(int level, const char *fmt, ...) AW_PRINTF(2, 3);

#endif
