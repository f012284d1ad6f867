/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts that this host has of its own: names and ids of /etc/passwd
 * and /etc/group, and the ranges of subordinate ids, read directly and never
 * through NSS (which would ask us).  They always win: what they hold is never
 * given to the directory (R13, R17, R18).
 */
#ifndef AW_AWSSSOD_LOCAL_H
#define AW_AWSSSOD_LOCAL_H

#include "awsssod/state.h"

struct aw_local_files {
	const char *passwd, *group, *subuid, *subgid;
};

/*
 * Fill the tables local_names, local_ids and local_ranges of @state with what
 * @files hold; a missing file holds nothing.  Lines that make no sense are
 * skipped, as libc does.  Returns 0 or a negative errno.
 */
int aw_local_read(
    struct aw_state *state, const struct aw_local_files *files) AW_MUST_USE;

/* An account of /etc/passwd. */
struct aw_local_account {
	char name[65];
	char home[257];
	uint32_t uid;
};

/*
 * The account in @path whose name is @name, or, when that is NULL, whose uid
 * is @uid.  Returns 0, AW_ABSENT, or a negative errno.
 */
int aw_local_find(const char *path, const char *name, uint32_t uid,
    struct aw_local_account *ret) AW_MUST_USE;

#define AW_LOCAL_HOLDER_SIZE 80

/*
 * Another account or group of this host than @name has the id @id, as uid or
 * as gid: its name is put into @holder, escaped.  Returns 0, AW_ABSENT when
 * there is none, or a negative errno.
 */
int aw_local_other(const struct aw_local_files *files, uint32_t id,
    const char *name, char holder[AW_LOCAL_HOLDER_SIZE]) AW_MUST_USE;

#endif
