/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of PAM's configuration that run pam_awssso.so for a service, as
 * libpam finds them: of the service's own file or else of "other", and of what
 * either includes.
 */
#ifndef AW_AWSSSO_PAM_LINES_H
#define AW_AWSSSO_PAM_LINES_H

#include "common/outcome.h"

/* @place is "FILE:LINE", @text "PHASE pam_awssso.so [OPTION]...". */
typedef void aw_pam_line_fn(void *user, const char *place, const char *text);

/*
 * Call @fn with each of them, in the order of the files under @etc/pam.d.
 * Nothing is evaluated: a jump may pass over one.  Returns 0; AW_ABSENT when
 * there is none; or a negative errno: -ENAMETOOLONG (also a @service that is no
 * file's name), -ELOOP (files include each other), or why one cannot be read.
 */
int aw_pam_lines(const char *etc, const char *service, aw_pam_line_fn *fn,
    void *user) AW_MUST_USE;

#endif
