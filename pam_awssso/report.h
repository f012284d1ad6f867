/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the person and the log are told about how it ended.
 */
#ifndef AW_PAM_AWSSSO_REPORT_H
#define AW_PAM_AWSSSO_REPORT_H

#include "pam_awssso/context.h"

/* One line to the log, one sentence to the person where the phase allows. */
void aw_pam_report(const struct aw_pam *pam, enum aw_pam_row row);

#endif
