/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What /proc says about a process.
 */
#ifndef AW_AWSSSOD_PROCESS_H
#define AW_AWSSSOD_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

#include "common/outcome.h"

#define AW_KSESSION_UNSET UINT32_MAX

/* For where 0 stands for none: the log, messages. */
static inline uint32_t aw_ksession_or_0(uint32_t ksession)
{
	return ksession == AW_KSESSION_UNSET ? 0 : ksession;
}

struct aw_process {
	pid_t parent;
	uint64_t start; /* clock ticks since boot: with the pid, unique */
};

/* Returns 0 or a negative errno (-ESRCH: no such process). */
int aw_process_read(pid_t pid, struct aw_process *ret) AW_MUST_USE;

/* The kernel session id of @pid, AW_KSESSION_UNSET when it has none or the
 * kernel does not count them. */
uint32_t aw_process_ksession(pid_t pid);

#endif
