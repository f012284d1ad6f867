/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one call of the module knows, from its beginning to its log line.
 */
#ifndef AW_PAM_AWSSSO_CONTEXT_H
#define AW_PAM_AWSSSO_CONTEXT_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/text.h"
#include "pam_awssso/code.h"
#include "pam_awssso/options.h"

struct aw_pam {
	pam_handle_t *pamh;
	enum aw_pam_phase phase;
	bool silent; /* nothing is shown to the person */
	bool asked;  /* the daemon had a part in it: worth a log line */
	struct aw_pam_options options;
	const char *user;    /* borrowed from libpam */
	const char *service; /* borrowed from libpam */
	uint32_t flags;      /* the person's enum aw_snap_flag */
	/* how it ended: */
	char text[1024];    /* awsssod's sentence for the person, or "" */
	char code[17];      /* awsssod's short code for it, or "" */
	struct aw_diag why; /* what failed on our side, or "" */
};

#endif
