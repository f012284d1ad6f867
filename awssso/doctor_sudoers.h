/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sudoers(5), as far as asking who may run everything as root.
 */
#ifndef AW_AWSSSO_DOCTOR_SUDOERS_H
#define AW_AWSSSO_DOCTOR_SUDOERS_H

#include <stdbool.h>

#include "awssso/doctor.h"

/* @who is a user's name, "ALL", "%GROUP", "#UID" or "%#GID". */
typedef void aw_sudoers_fn(void *user, const char *who, bool no_password);

/*
 * Call @fn with each whom sudoers, or a file of sudoers.d, lets run ALL as
 * root.  Aliases are not followed: whoever has it by one is not told.  Returns
 * 0 or a negative errno (-EACCES: only root may read them).
 */
int aw_sudoers_walk(
    const struct aw_doctor *doctor, aw_sudoers_fn *fn, void *user) AW_MUST_USE;

/* Call @fn with each file of sudoers as sudo reads them: neither backups nor
 * what a package has left.  @name is below @etc.  As above. */
typedef int aw_sudoers_file_fn(void *user, const char *name);
int aw_sudoers_files(const struct aw_doctor *doctor, aw_sudoers_file_fn *fn,
    void *user) AW_MUST_USE;

#endif
