/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lists that awsssod gives page by page: the ledger, and who is skipped.
 */
#ifndef AW_AWSSSO_LISTING_H
#define AW_AWSSSO_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "common/outcome.h"
#include "common/wire.h"

/* One entry; what is not said is empty or 0. */
struct aw_listed {
	char store[65];
	char principal[129];
	char user_name[513]; /* UserName, DisplayName or set, as AWS has it */
	char name[65];       /* the Linux name */
	char home[257];
	char text[8193]; /* why it is skipped */
	uint64_t kind;   /* enum aw_kind */
	uint64_t posix_id;
	uint64_t flags; /* enum aw_id_flag */
};

/* "user", "group" or "permission-set". */
const char *aw_listed_kind(const struct aw_listed *entry);

/* Read @in, an ID_REC.  Returns 0 or a negative errno. */
int aw_listed_read(
    const struct aw_wire_in *in, struct aw_listed *ret) AW_MUST_USE;

/* Called with each entry, in awsssod's order.  What is not 0 ends the walk. */
typedef int aw_listed_fn(void *user, const struct aw_listed *entry);

/*
 * Walk the list @type (AW_MSG_IDS or AW_MSG_SKIPPED) of the awsssod in @run_dir
 * (NULL: the usual one).  Returns AW_EXIT_OK, what @each returned, or another
 * exit code after saying what went wrong.
 */
int aw_listing_walk(const char *run_dir, uint16_t type, aw_listed_fn *each,
    void *user) AW_MUST_USE;

/*
 * Walk the list and print it: as a JSON array, to which @as_json appends (its
 * @user), or else as @as_line does with @user.  Returns as the walk does; an
 * array that is not whole is not printed.
 */
int aw_listing_print(const char *run_dir, uint16_t type, bool json,
    aw_listed_fn *as_json, aw_listed_fn *as_line, void *user) AW_MUST_USE;

#endif
