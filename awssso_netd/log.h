/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines on stderr, each with the "<N>" in front that journald reads as a
 * priority.  Never holds a secret; text from outside is escaped by the caller.
 */
#ifndef AW_AWSSSO_NETD_LOG_H
#define AW_AWSSSO_NETD_LOG_H

#include <syslog.h> /* LOG_ERR, LOG_WARNING, LOG_INFO */

#include "common/outcome.h"

void aw_log(int priority, const char *fmt, ...) AW_PRINTF(2, 3);

#endif
