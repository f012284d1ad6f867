/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a name one of our people?  libc decides (local accounts always win), the
 * snapshot has to confirm it.
 */
#ifndef AW_PAM_AWSSSO_WHO_H
#define AW_PAM_AWSSSO_WHO_H

#include <stdint.h>

enum aw_pam_who {
	AW_PAM_WHO_UNKNOWABLE, /* may be ours, but nobody can say right now; or
				  the snapshot has it, and libc does not */
	AW_PAM_WHO_OURS,       /* libc and the snapshot agree on name and id */
	AW_PAM_WHO_LOCAL,      /* a name of the system or a local account */
	AW_PAM_WHO_STRANGER,   /* a possible name, in neither */
};

/*
 * Judge @name.  *@ret_flags are the record's enum aw_snap_flag when the answer
 * is AW_PAM_WHO_OURS, else untouched.
 *
 * Names that cannot be ours, root above all, are judged without opening any
 * file, so that root's console depends on nothing here.
 */
enum aw_pam_who aw_pam_who(const char *name, uint32_t *ret_flags);

#endif
