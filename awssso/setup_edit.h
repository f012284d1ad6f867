/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What awssso setup makes of the host's files: text to text, nothing else.
 * Each returns 0 with the new text added to @out; AW_DENIED with @why when
 * there is no safe way; or a negative errno.  A text that has been edited
 * already comes out as it is.
 */
#ifndef AW_AWSSSO_SETUP_EDIT_H
#define AW_AWSSSO_SETUP_EDIT_H

#include "awssso/setup_answers.h"
#include "common/buf.h"

/* nsswitch.conf: awssso behind files (or compat) for passwd and group. */
int aw_edit_nsswitch(
    const char *text, struct aw_buf *out, struct aw_diag *why) AW_MUST_USE;

/* /etc/pam.d/sudo: the proof and the gate, before everything else. */
int aw_edit_pam_sudo(const char *text, const char *permission_set,
    struct aw_buf *out, struct aw_diag *why) AW_MUST_USE;

/* /etc/pam.d/sshd: local accounts get no password prompt, which the
 * keyboard-interactive method would otherwise open to them. */
int aw_edit_pam_sshd(
    const char *text, struct aw_buf *out, struct aw_diag *why) AW_MUST_USE;

/* awssso.conf: each answer below the comment of its key, or at the end of its
 * section; a text with settings in it gives way to a new one. */
int aw_edit_conf(const char *text, const struct aw_setup_answers *answers,
    struct aw_buf *out) AW_MUST_USE;

/* The files that are ours. */
int aw_edit_sshd_drop_in(struct aw_buf *out) AW_MUST_USE;
int aw_edit_sudoers(const char *permission_set, struct aw_buf *out) AW_MUST_USE;

#endif
