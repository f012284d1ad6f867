/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From root to nobody special, for good.
 */
#ifndef AW_COMMON_PRIVILEGE_H
#define AW_COMMON_PRIVILEGE_H

#include "common/outcome.h"
#include "common/text.h"

/*
 * Become @user, unless we are not root.  Returns 0, or a negative errno with
 * @diag; then the process must end.
 */
int aw_privilege_drop(const char *user, struct aw_diag *diag) AW_MUST_USE;

/* As many descriptors as may be: sign-ins that wait and sessions hold one or
 * two each. */
void aw_privilege_files(void);

/* No core dump and no ptrace shows what this process holds. */
void aw_privilege_hide(void);

#endif
