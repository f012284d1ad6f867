/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Permission sets in sweeps and in the policy.
 */
#include "awsssod/sets.h"

#include <string.h>

#include "common/proto.h"
#include "common/snapshot.h"
#include "common/name.h"

#define PREFIX "ps:"
#define KNOWN  "sets_known" /* facts in meta */
#define READ   "sets_at"

bool aw_sets_are_called(const struct aw_conf *conf, const char *name)
{
	return conf->permission_sets != AW_PERMISSION_SETS_NO &&
	       aw_name_is_of_set(conf->permission_set_group, name);
}

bool aw_sets_is_principal(const char *principal)
{
	return strncmp(principal, PREFIX, sizeof(PREFIX) - 1) == 0;
}

int aw_sets_clear(struct aw_state *state)
{
	const int r = aw_state_run(state, AW_Q_STAGE_CLEAR_SETS, "");

	return r < 0 ? r : aw_state_run(state, AW_Q_STAGE_CLEAR_GRANTS, "");
}

static int refuse(struct aw_diag *diag, const char *what)
{
	aw_diag_set(diag, "the sweep holds %s", what);
	return AW_DENIED;
}

static int stage_grant(struct aw_state *state, const struct aw_wire_in *in,
    const char *name, struct aw_diag *diag)
{
	const uint64_t kind = aw_wire_num(in, AW_TAG_KIND, 0);
	char holder[AW_PRINCIPAL_SIZE];

	if ((kind != AW_KIND_USER && kind != AW_KIND_GROUP) ||
	    aw_wire_text(in, AW_TAG_PRINCIPAL_ID, holder, sizeof(holder)) !=
		0 ||
	    !holder[0])
		return refuse(diag, "an assignment to nobody");
	return aw_state_run(
	    state, AW_Q_STAGE_GRANT, "sis", name, (int64_t)kind, holder);
}

int aw_sets_stage(
    struct aw_state *state, const struct aw_wire_in *in, struct aw_diag *diag)
{
	char name[65];

	if (aw_wire_text(in, AW_TAG_ROLE, name, sizeof(name)) != 0 ||
	    !name[0] || strchr(name, '\n'))
		return refuse(diag, "a permission set without a name");
	if (in->type == AW_MSG_GRANT_REC)
		return stage_grant(state, in, name, diag);
	return aw_state_run(state, AW_Q_STAGE_SET, "s", name);
}

static int change(struct aw_sets *sets, enum aw_query query, bool by_store)
{
	const int r =
	    aw_state_run(sets->state, query, by_store ? "s" : "", sets->store);

	if (r == 0)
		*sets->changes += aw_state_changes(sets->state);
	return r;
}

int aw_sets_before(struct aw_sets *sets, struct aw_diag *diag)
{
	int64_t n = 0;
	int r;

	if (!sets->known)
		return 0;
	r = aw_state_number(
	    sets->state, AW_Q_SETS_CONTRADICTIONS, &n, "s", sets->store);
	if (r < 0)
		return r;
	if (n > 0)
		return refuse(diag, "a permission set that is somebody's id");
	r = aw_state_number(
	    sets->state, AW_Q_COUNT_GRANTS, &sets->had_grants, "");
	return r < 0 ? r
		     : aw_state_number(sets->state, AW_Q_COUNT_PRESENT,
			   &sets->had, "i", (int64_t)AW_KIND_SET);
}

int aw_sets_add(struct aw_sets *sets)
{
	int r;

	if (!sets->known)
		return 0;
	r = change(sets, AW_Q_APPLY_SETS, true);
	return r < 0 ? r : change(sets, AW_Q_APPLY_GRANTS, true);
}

int aw_sets_count_lost(struct aw_sets *sets)
{
	int r;

	if (!sets->known)
		return 0;
	r = aw_state_number(
	    sets->state, AW_Q_LOST_SETS, &sets->lost, "s", sets->store);
	return r < 0 ? r
		     : aw_state_number(sets->state, AW_Q_LOST_GRANTS,
			   &sets->lost_grants, "s", sets->store);
}

static int drop_grants(struct aw_sets *sets)
{
	int r;

	r = aw_state_number(sets->state, AW_Q_COUNT_GRANTS, &sets->dropped, "");
	if (r == 0)
		r = change(sets, AW_Q_FORGET_GRANTS, false);
	if (r == 0 && sets->off)
		r = change(sets, AW_Q_FORGET_LEARNED, false);
	if (r == 0 && sets->off)
		r = change(sets, AW_Q_FORGET_SETS, false);
	return r;
}

/* What was read is too old to be believed for yet another outage. */
static bool is_too_old(const struct aw_sets *sets)
{
	int64_t at;

	return aw_state_get_num(sets->state, READ, &at) != 0 ||
	       at > sets->now || (uint64_t)(sets->now - at) > sets->max_age;
}

static int note_known(struct aw_sets *sets)
{
	int r;

	if (sets->known) {
		r = aw_state_set_num(sets->state, READ, sets->now);
		if (r < 0)
			return r;
	}
	if (aw_sets_are_known(sets->state) == sets->known)
		return 0;
	(*sets->changes)++;
	return aw_state_set_num(sets->state, KNOWN, sets->known);
}

int aw_sets_lose(struct aw_sets *sets, bool held)
{
	int r = 0;

	if (sets->later &&
	    (!aw_sets_are_known(sets->state) || !is_too_old(sets)))
		return 0;
	if (!sets->known)
		r = drop_grants(sets);
	if (sets->known)
		r = change(sets, AW_Q_FORGET_LEARNED, false);
	if (r == 0 && sets->known && !held)
		r = change(sets, AW_Q_LOSE_GRANTS, true);
	if (r == 0 && sets->known && !held)
		r = change(sets, AW_Q_LOSE_SETS, true);
	return r < 0 ? r : note_known(sets);
}

bool aw_sets_are_known(struct aw_state *state)
{
	int64_t known = 0;

	return aw_state_get_num(state, KNOWN, &known) == 0 && known == 1;
}

int aw_sets_access(struct aw_state *state, const struct aw_conf *conf,
    int64_t n, struct aw_access_facts *facts)
{
	sqlite3_stmt *row;
	int r;

	if (!aw_access_wants_sets(conf))
		return 0;
	facts->sets_read = aw_sets_are_known(state);
	r = aw_state_start(state, AW_Q_SETS_GRANTED, &row, "i", n);
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r == 0)
			aw_access_set(conf, facts, aw_state_text(row, 0));
	}
	return r == AW_END ? 0 : r;
}
