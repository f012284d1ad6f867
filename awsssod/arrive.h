/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Those who come with a sweep, before it counts: they get their names, ids and
 * homes, and their rows what is known of them, a part at a time, each in a
 * transaction of its own.  Until the sweep counts they are not there
 * (present = 0), and nobody sees anything of it.
 *
 * Names and ids stay theirs whatever becomes of the sweep, as those of somebody
 * who left.
 */
#ifndef AW_AWSSSOD_ARRIVE_H
#define AW_AWSSSOD_ARRIVE_H

#include "awsssod/local.h"
#include "awsssod/register.h"

struct aw_arriving {
	struct aw_naming naming;
	const char *store;
	bool published; /* names and ids are those of a publisher */
	bool begun;
	bool wanted;     /* all of them are in the batch */
	int64_t n;       /* the row that was looked at last */
	int64_t members; /* that they bring */
};

/* All newcomers of the sweep are staged.  @conf, @local and what they point at
 * stay borrowed.  Part of the caller's transaction, as the next one.  Returns 0
 * or a negative errno. */
int aw_arrive_begin(struct aw_arriving *ret, struct aw_state *state,
    const struct aw_conf *conf, const struct aw_local_files *local,
    aw_sha256_fn *sha256, bool published) AW_MUST_USE;

/* The next part, which takes some milliseconds.  AW_PENDING: call again; 0 when
 * there are no more; or a negative errno. */
int aw_arrive_some(struct aw_arriving *arriving) AW_MUST_USE;

#endif
