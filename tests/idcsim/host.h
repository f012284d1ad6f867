/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host names of AWS: which service of which region one is.
 */
#ifndef AW_IDCSIM_HOST_H
#define AW_IDCSIM_HOST_H

#include <stdbool.h>

struct aw_sim_service;

struct aw_sim_host {
	char name[256];                       /* lower case, without port */
	const struct aw_sim_service *service; /* NULL: none of AWS's */
	char region[32];
	bool is_loopback; /* a name or address of this machine itself */
};

/* Take the Host header @text (may be NULL) apart. */
void aw_sim_host_parse(const char *text, struct aw_sim_host *ret);

#endif
