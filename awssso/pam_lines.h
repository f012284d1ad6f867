/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lines of PAM's configuration for a service, as libpam finds them: of the
 * service's own file or else of "other", and of what either includes.
 */
#ifndef AW_AWSSSO_PAM_LINES_H
#define AW_AWSSSO_PAM_LINES_H

#include <stdbool.h>

#include "common/outcome.h"

/* One of them, borrowed for the call. */
struct aw_pam_line {
	const char *place;   /* "FILE:LINE" */
	const char *phase;   /* "auth", "account" ... */
	const char *control; /* "required", "[success=1 default=ignore" ... */
	const char *module;
	const char *options; /* "" if there are none */
	bool may_be_missing; /* libpam is silent then */
};

typedef void aw_pam_walk_fn(void *user, const struct aw_pam_line *line);

/*
 * Call @fn with each line for @service, in the order of the files under
 * @etc/pam.d.  Nothing is evaluated: a jump may pass over one.  Returns 0;
 * AW_ABSENT when neither file is there; or a negative errno: -ENAMETOOLONG
 * (also a @service that is no file's name), -ELOOP (files include each other),
 * or why one cannot be read.
 */
int aw_pam_walk(const char *etc, const char *service, aw_pam_walk_fn *fn,
    void *user) AW_MUST_USE;

/* It runs pam_awssso.so. */
bool aw_pam_is_ours(const struct aw_pam_line *line);

/* @place is "FILE:LINE", @text "PHASE pam_awssso.so [OPTION]...". */
typedef void aw_pam_line_fn(void *user, const char *place, const char *text);

/*
 * Call @fn with each line that runs pam_awssso.so.  Returns as aw_pam_walk()
 * does, and AW_ABSENT when there is none.
 */
int aw_pam_lines(const char *etc, const char *service, aw_pam_line_fn *fn,
    void *user) AW_MUST_USE;

#endif
