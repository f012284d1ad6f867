/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Can this host reach what it needs?  Each endpoint is asked once, without
 * waiting for the others, then the host's credentials and what they may read.
 */
#ifndef AW_AWSSSO_NETD_PROBE_H
#define AW_AWSSSO_NETD_PROBE_H

#include "common/conf.h"
#include "common/outcome.h"

/*
 * Print one line "ok NAME WHERE: ..." or "no NAME WHERE: why" a check.
 * Returns 0 when all is well, AW_DENIED when a check failed, or a negative
 * errno.
 */
int aw_probe_run(const struct aw_conf *conf) AW_MUST_USE;

#endif
