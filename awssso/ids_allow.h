/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What root's nss.limits has to allow for an entry of the ledger: an id or a
 * home outside of what the NSS module shows by itself.  It comes from what
 * root gave the command, never from what awsssod answers.
 */
#ifndef AW_AWSSSO_IDS_ALLOW_H
#define AW_AWSSSO_IDS_ALLOW_H

#include <stdint.h>

#include "awssso/limits_file.h"

struct aw_ids_allow {
	const char *path;
	struct aw_limits_text old, new;
};

/* Read the file at @path (NULL: the usual one), which stays borrowed.  All of
 * these return an enum aw_exit and have complained unless it is AW_EXIT_OK. */
int aw_ids_allow_begin(struct aw_ids_allow *ret, const char *path) AW_MUST_USE;

/* Allow a person's @id; 0, and one of our range, need nothing. */
int aw_ids_allow_id(struct aw_ids_allow *allow, uint64_t id) AW_MUST_USE;

/* Allow the folder that @home, a good path, is in; "" needs nothing. */
int aw_ids_allow_home(struct aw_ids_allow *allow, const char *home) AW_MUST_USE;

/* Write the file if it has changed: once the ledger has the entries. */
int aw_ids_allow_write(const struct aw_ids_allow *allow) AW_MUST_USE;

#endif
