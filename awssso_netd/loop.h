/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event loop that every mode of the program runs, and how the process is
 * set up around it.
 */
#ifndef AW_AWSSSO_NETD_LOOP_H
#define AW_AWSSSO_NETD_LOOP_H

#include <systemd/sd-event.h>

#include "common/outcome.h"

/* A loop that SIGTERM and SIGINT end with code 0.  Returns 0 with *@ret to be
 * unreffed, or a negative errno. */
int aw_loop_new(sd_event **ret) AW_MUST_USE;

/* Let no secret be found where it was: no core dump, no ptrace, and memory
 * that libcurl, json-c and OpenSSL give back is overwritten. */
void aw_loop_hide(void);

#endif
