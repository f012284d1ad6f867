/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Twice along all newcomers: first they say what they want to be called, since
 * whoever competes for a name has to be known; then they get what they get.
 */
#include "awsssod/arrive.h"

#include <errno.h>

#include "common/proto.h"

#define WANT_SLICE 2000
#define GIVE_SLICE 500

int aw_arrive_begin(struct aw_arriving *ret, struct aw_state *state,
    const struct aw_conf *conf, const struct aw_local_files *local,
    aw_sha256_fn *sha256, bool published)
{
	int r;

	*ret = (struct aw_arriving){ .store = conf->identity_store_id,
		.published = published,
		.begun = true };
	r = aw_local_read(state, local);
	return r < 0 ? r
		     : aw_naming_begin(&ret->naming, state, conf, sha256,
			   AW_BATCH_ARRIVING);
}

static int want(struct aw_arriving *arriving, sqlite3_stmt *row)
{
	const int kind = sqlite3_column_int(row, 1);
	const char *name;

	arriving->n = sqlite3_column_int64(row, 0);
	if (!arriving->published)
		return aw_naming_want(&arriving->naming, arriving->n, kind,
		    aw_state_text(row, 2), aw_state_text(row, 3));
	name = aw_state_text(row, 4);
	return aw_state_run(arriving->naming.state, AW_Q_NEWCOMER_ADD, "iiiss",
	    (int64_t)AW_BATCH_ARRIVING, arriving->n, (int64_t)kind,
	    *name ? name : NULL, (const char *)NULL);
}

static int want_some(struct aw_arriving *arriving)
{
	struct aw_state *state = arriving->naming.state;
	sqlite3_stmt *row;
	unsigned n = 0;
	int r;

	r = aw_state_start(state, AW_Q_NEWCOMERS_COMING, &row, "sii",
	    arriving->store, arriving->n, (int64_t)WANT_SLICE);
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r != 0)
			break;
		r = want(arriving, row);
		n++;
	}
	if (r != AW_END)
		return r;
	arriving->wanted = n < WANT_SLICE;
	if (arriving->wanted)
		arriving->n = 0;
	return 0;
}

static int give_published(struct aw_arriving *arriving, int64_t last)
{
	struct aw_state *state = arriving->naming.state;
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(state, AW_Q_NEWCOMERS_NAMED, &row, "iii",
	    (int64_t)AW_BATCH_ARRIVING, arriving->n, last);
	while (r == 0) {
		const int64_t id = (r = aw_state_next(state, row)) == 0
				       ? sqlite3_column_int64(row, 4)
				       : 0;
		const bool is_user =
		    r == 0 && sqlite3_column_int(row, 1) == AW_KIND_USER;

		if (r == 0)
			r = aw_state_run(state, AW_Q_GIVE, "isisi",
			    sqlite3_column_int64(row, 0), aw_state_text(row, 3),
			    id, is_user ? aw_state_text(row, 5) : NULL,
			    (int64_t)(is_user &&
				      !aw_id_in_range((uint64_t)id)));
	}
	return r == AW_END ? 0 : r;
}

static int give_some(struct aw_arriving *arriving)
{
	static const enum aw_query known[] = { AW_Q_ARRIVE_USERS,
		AW_Q_ARRIVE_GROUPS, AW_Q_ARRIVE_MEMBERS, AW_Q_ARRIVE_UNADD,
		AW_Q_ARRIVE_UNSTAGE };
	struct aw_state *state = arriving->naming.state;
	int64_t last = 0, given = 0;
	int r;

	r = aw_state_number(state, AW_Q_NEWCOMERS_LAST, &last, "iii",
	    (int64_t)AW_BATCH_ARRIVING, arriving->n, (int64_t)GIVE_SLICE);
	if (r != 0)
		return r;
	r = arriving->published
		? give_published(arriving, last)
		: aw_naming_give(&arriving->naming, arriving->n, last, &given);
	for (size_t i = 0; r == 0 && i < sizeof(known) / sizeof(known[0]);
	     i++) {
		r = aw_state_run(state, known[i], "ii", arriving->n, last);
		if (r == 0 && known[i] == AW_Q_ARRIVE_MEMBERS)
			arriving->members += aw_state_changes(state);
	}
	arriving->n = last;
	return r == 0 ? AW_PENDING : r;
}

int aw_arrive_some(struct aw_arriving *arriving)
{
	int r;

	if (!arriving->wanted) {
		r = want_some(arriving);
		return r == 0 ? AW_PENDING : r;
	}
	r = give_some(arriving);
	return r == AW_ABSENT ? 0 : r;
}
