/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about one of our people and what becomes of them.
 */
#ifndef AW_PAM_AWSSSO_ASK_H
#define AW_PAM_AWSSSO_ASK_H

#include <stdint.h>

#include "pam_awssso/context.h"

/*
 * Ask awsssod the question @type (AW_MSG_AUTH, ACCOUNT, OPEN or CLOSE) about
 * pam->user, talking to the person meanwhile if it has to be.  Fills in
 * pam->text and pam->code, or pam->why.
 *
 * While awsssod is away cron, at and systemd-user are answered from the
 * snapshot (ACCOUNT, OPEN and CLOSE only).
 */
enum aw_pam_row aw_pam_ask(struct aw_pam *pam, uint16_t type);

#endif
