/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the snapshot as SNAP_ messages, a chunk at a time: no statement
 * stays open between two chunks, so that sign-ins go on in between.
 */
#ifndef AW_AWSSSOD_ROWS_H
#define AW_AWSSSOD_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "awsssod/local_group.h"
#include "awsssod/state.h"
#include "common/conf.h"

enum aw_rows_part {
	AW_ROWS_HEAD,
	AW_ROWS_USERS,
	AW_ROWS_GROUPS,
	AW_ROWS_HOSTS,
	AW_ROWS_TOMBS,
	AW_ROWS_OLD_NAMES,
	AW_ROWS_OLD_IDS,
	AW_ROWS_FACTS,
	AW_ROWS_MEMBERS,
	AW_ROWS_GRANTS,
	AW_ROWS_LEARNED,
	AW_ROWS_LINKS,
	AW_ROWS_END,
	AW_ROWS_DONE,
};

struct aw_rows {
	struct aw_state *state;
	const struct aw_conf *conf;
	enum aw_rows_part part;
	int64_t last, last_of; /* keys of the last row that was sent */
	bool sets_known;
	struct aw_local_groups local;
	int64_t n_index; /* rows of @index */
	uint32_t *index; /* by row number: place in the snapshot + 1 */
	uint32_t n_users, n_groups;
	uint8_t *out; /* the chunk being written */
	size_t out_len, out_size;
};

/* Room that one message needs at most. */
#define AW_ROWS_MESSAGE 8192

/* Begin.  Returns 0 or a negative errno; aw_rows_done() in any case. */
int aw_rows_init(struct aw_rows *rows, struct aw_state *state,
    const struct aw_conf *conf, const char *group_file) AW_MUST_USE;
void aw_rows_done(struct aw_rows *rows);

/*
 * Write the next messages into @buf, as many as fit with AW_ROWS_MESSAGE to
 * spare.  Returns 0 with @ret_len (may be 0: call again); AW_END when all has
 * been written; or a negative errno.
 */
int aw_rows_next(struct aw_rows *rows, uint8_t *buf, size_t size,
    size_t *ret_len) AW_MUST_USE;

#endif
