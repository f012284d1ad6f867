/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is in the way is asked for again and again, from the record on that was
 * the last one's: what has given way is in no one's.
 */
#include "awsssod/ids_yield.h"

#include <errno.h>
#include <time.h>

#include "awsssod/ledger.h"

struct yield {
	struct aw_state *state;
	aw_ids_yield_tell_fn *tell;
	void *user;
};

/* Somebody, and what they had that another has there. */
struct in_way {
	int64_t record;
	struct aw_entry entry;
	char what[AW_NAME_SIZE];
};

typedef int yield_fn(const struct yield *yield, struct in_way *in_way);

int aw_ids_yield_clear(struct aw_state *state)
{
	const int r = aw_state_run(state, AW_Q_INCOMING_CLEAR, "");

	return r < 0 ? r : aw_state_run(state, AW_Q_GAVE_WAY_CLEAR, "");
}

int aw_ids_yield_note(
    struct aw_state *state, const struct aw_entry *is, bool given_up)
{
	int64_t other;
	int r = AW_ABSENT;

	if (!given_up)
		r = aw_state_number(state, AW_Q_INCOMING_OTHER, &other, "sssi",
		    is->store, is->principal, is->name, (int64_t)is->id);
	if (r != AW_ABSENT)
		return r == 0 ? AW_DENIED : r;
	return aw_state_run(state, AW_Q_INCOMING_ADD, "sssii", is->store,
	    is->principal, is->name, (int64_t)is->id, (int64_t)!given_up);
}

/* The next one after in_way->record: 0, AW_END, or a negative errno. */
static int next(
    struct aw_state *state, enum aw_query query, struct in_way *in_way)
{
	struct aw_entry who;
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(state, query, &row, "i", in_way->record);
	if (r == 0)
		r = aw_state_next(state, row);
	if (r != 0)
		return r;
	in_way->record = sqlite3_column_int64(row, 0);
	in_way->what[0] = '\0';
	if (aw_copy(who.store, sizeof(who.store), aw_state_text(row, 1)) < 0 ||
	    aw_copy(who.principal, sizeof(who.principal),
		aw_state_text(row, 2)) < 0 ||
	    (sqlite3_column_count(row) > 3 &&
		aw_copy(in_way->what, sizeof(in_way->what),
		    aw_state_text(row, 3)) < 0))
		r = -EBADMSG;
	aw_state_stop(row);
	if (r == 0)
		r = aw_entry_of(
		    state, who.store, who.principal, &in_way->entry);
	return r == AW_UNKNOWN ? -EBADMSG : r;
}

/* --- what gives way --------------------------------------------------------
 */

static int is_free(void *user, uint32_t id)
{
	int64_t wanted;
	const int r =
	    aw_state_number(user, AW_Q_INCOMING_ID, &wanted, "i", (int64_t)id);

	if (r == AW_ABSENT)
		return aw_ledger_is_free(user, id);
	return r < 0 ? r : AW_DENIED;
}

static int yield_id(const struct yield *yield, struct in_way *in_way)
{
	struct aw_entry *entry = &in_way->entry;
	struct aw_diag what = { .text = "" };
	uint32_t id;
	int r;

	r = aw_id_find(
	    aw_ledger_sha256, entry->principal, is_free, yield->state, &id);
	if (r == 0)
		r = aw_state_run(yield->state, AW_Q_GAVE_WAY, "i", entry->n);
	if (r == 0)
		r = aw_entry_renumber(yield->state, entry, id, false, &what);
	return r == 0 ? yield->tell(yield->user, entry, &what) : r;
}

static int yield_name(const struct yield *yield, struct in_way *in_way)
{
	struct aw_entry *entry = &in_way->entry;

	return aw_entry_unname(yield->state, entry,
	    entry->kind == AW_KIND_USER ? entry->home : NULL);
}

static int told_over(
    const struct yield *yield, const struct in_way *in_way, const char *kind)
{
	struct aw_diag what = { .text = "" };

	aw_diag_set(&what,
	    "had the %s %s, which was reserved and is another's now", kind,
	    in_way->what);
	return yield->tell(yield->user, &in_way->entry, &what);
}

static int yield_kept_id(const struct yield *yield, struct in_way *in_way)
{
	const int r =
	    aw_state_run(yield->state, AW_Q_GIVE_ID_OVER, "s", in_way->what);

	return r < 0 ? r : told_over(yield, in_way, "id");
}

static int yield_kept_name(const struct yield *yield, struct in_way *in_way)
{
	const int r =
	    aw_state_run(yield->state, AW_Q_GIVE_NAME_OVER, "s", in_way->what);

	return r < 0 ? r : told_over(yield, in_way, "name");
}

int aw_ids_yield(struct aw_state *state, aw_ids_yield_tell_fn *tell, void *user,
    int64_t *changed)
{
	static const struct {
		enum aw_query query;
		yield_fn *yield;
	} steps[] = {
		{ AW_Q_KEPT_ID_IN_WAY, yield_kept_id },
		{ AW_Q_KEPT_NAME_IN_WAY, yield_kept_name },
		{ AW_Q_ID_IN_WAY, yield_id },
		{ AW_Q_NAME_IN_WAY, yield_name },
	};
	const struct yield yield = { state, tell, user };
	int64_t left = 0;
	int r = 0;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct in_way in_way = { .record = 0 };

		while ((r = next(state, steps[i].query, &in_way)) == 0)
			if ((r = steps[i].yield(&yield, &in_way)) < 0)
				return r;
		if (r < 0)
			return r;
	}
	r = aw_state_number(state, AW_Q_GAVE_WAY_LEFT, &left, "");
	*changed += left;
	return r;
}
