/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading what triggers wrote, and keeping it small.
 */
#include "awsssod/history.h"

#define FROM     "history_from" /* a fact in meta */
#define KEPT     100000
#define KEPT_S   (90 * 86400)
#define TOO_MUCH 20000 /* of one sweep: it would take long to write down */

int aw_history_from(struct aw_state *state, int64_t *ret)
{
	return aw_state_get_num(state, FROM, ret);
}

static int status_at(
    struct aw_state *state, int64_t at, struct aw_person *person)
{
	int64_t was;
	int r;

	r = aw_state_number(
	    state, AW_Q_HISTORY_STATUS, &was, "ii", person->n, at);
	if (r != 0)
		return r == AW_ABSENT ? 0 : r;
	person->present = was & AW_HISTORY_PRESENT;
	person->disabled = was & AW_HISTORY_DISABLED;
	person->missing = was & AW_HISTORY_MISSING;
	person->hidden = was & AW_HISTORY_HIDDEN;
	return 0;
}

int aw_history_person(struct aw_state *state, const struct aw_conf *conf,
    int64_t at, struct aw_person *person, struct aw_access_facts *ret)
{
	struct aw_access_facts facts = { .sets_known = false };
	sqlite3_stmt *row;
	int r;

	r = status_at(state, at, person);
	if (r < 0)
		return r;
	aw_access_user(conf, &facts, person->name, person->user_name,
	    person->principal, person->name_taken);
	r = aw_state_start(state, AW_Q_HISTORY_GROUPS, &row, "iis", person->n,
	    at, conf->identity_store_id);
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r == 0)
			aw_access_group(conf, &facts, aw_state_text(row, 0),
			    aw_state_text(row, 1),
			    (unsigned)sqlite3_column_int(row, 2));
	}
	if (r == AW_END)
		*ret = facts;
	return r == AW_END ? 0 : r;
}

int aw_history_before(struct aw_state *state)
{
	int64_t n = 0;
	int r;

	r = aw_state_number(state, AW_Q_HISTORY_COMING, &n, "");
	if (r < 0 || n <= TOO_MUCH)
		return r < 0 ? r : 0;
	return aw_state_run(state, AW_Q_META_DROP, "s", FROM);
}

/* The latest time of what has to go. */
static int cut(struct aw_state *state, int64_t now, int64_t from)
{
	const int64_t before = now - KEPT_S;
	int64_t last = 0;
	int r;

	r = aw_state_number(
	    state, AW_Q_HISTORY_OLD, &last, "ii", (int64_t)KEPT, before);
	if (r != 0)
		return r == AW_ABSENT ? 0 : r;
	r = aw_state_run(state, AW_Q_HISTORY_CUT, "ii", (int64_t)KEPT, before);
	if (r == 0 && last > from)
		r = aw_state_set_num(state, FROM, last);
	return r;
}

int aw_history_after(struct aw_state *state, int64_t now)
{
	int64_t from;
	int r;

	r = aw_history_from(state, &from);
	if (r == 0)
		return cut(state, now, from);
	if (r == AW_ABSENT)
		r = aw_state_run(state, AW_Q_HISTORY_CLEAR, "");
	return r < 0 ? r : aw_state_set_num(state, FROM, now);
}
