/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One person.
 */
#include "awsssod/person.h"

#include <errno.h>
#include <string.h>

#include "awsssod/sets.h"
#include "awsssod/staging.h"
#include "common/proto.h"

static int fill(sqlite3_stmt *row, struct aw_person *ret)
{
	*ret = (struct aw_person){
		.n = sqlite3_column_int64(row, 0),
		.posix_id = (uint32_t)sqlite3_column_int64(row, 4),
		.disabled = sqlite3_column_int(row, 6),
		.present = sqlite3_column_int(row, 7),
		.missing = sqlite3_column_int(row, 8),
		.hidden = sqlite3_column_int(row, 9),
		.name_taken = sqlite3_column_int(row, 10),
	};
	if (aw_copy(ret->principal, sizeof(ret->principal),
		aw_state_text(row, 1)) < 0 ||
	    aw_copy(ret->name, sizeof(ret->name), aw_state_text(row, 2)) < 0 ||
	    aw_copy(ret->user_name, sizeof(ret->user_name),
		aw_state_text(row, 3)) < 0 ||
	    aw_copy(ret->home, sizeof(ret->home), aw_state_text(row, 5)) < 0)
		return -EBADMSG;
	return 0;
}

static int take_one(
    struct aw_state *state, sqlite3_stmt *stmt, struct aw_person *ret)
{
	struct aw_person person;
	int r;

	r = aw_state_next(state, stmt);
	if (r != 0)
		return r == AW_END ? AW_UNKNOWN : r;
	r = fill(stmt, &person);
	aw_state_stop(stmt);
	if (r == 0)
		*ret = person;
	return r;
}

int aw_person_by_name(
    struct aw_state *state, const char *name, struct aw_person *ret)
{
	sqlite3_stmt *stmt;
	int r;

	r = aw_state_start(state, AW_Q_PERSON_BY_NAME, &stmt, "s", name);
	return r < 0 ? r : take_one(state, stmt, ret);
}

int aw_person_by_uid(struct aw_state *state, uid_t uid, struct aw_person *ret)
{
	sqlite3_stmt *stmt;
	int r;

	r = aw_state_start(state, AW_Q_PERSON_BY_UID, &stmt, "i", (int64_t)uid);
	return r < 0 ? r : take_one(state, stmt, ret);
}

static int mark_groups(struct aw_state *state, const struct aw_conf *conf,
    int64_t n, struct aw_access_facts *facts)
{
	sqlite3_stmt *row;
	int r;

	if (!aw_conf_access_has(&conf->access, AW_RULE_GROUP))
		return 0;
	r = aw_state_start(state, AW_Q_PERSON_GROUPS, &row, "i", n);
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r == 0)
			aw_access_group(conf, facts, aw_state_text(row, 0),
			    aw_state_text(row, 1),
			    (unsigned)sqlite3_column_int(row, 2));
	}
	return r == AW_END ? 0 : r;
}

int aw_person_access(struct aw_state *state, const struct aw_conf *conf,
    const struct aw_person *person, struct aw_access_facts *ret)
{
	struct aw_access_facts facts = { .sets_known = false };
	int r;

	aw_access_user(conf, &facts, person->name, person->user_name,
	    person->principal, person->name_taken);
	r = mark_groups(state, conf, person->n, &facts);
	if (r == 0)
		r = aw_sets_access(state, conf, person->n, &facts);
	if (r == 0)
		*ret = facts;
	return r;
}

static int stage_groups(struct aw_state *state, const struct aw_wire_in *in)
{
	struct aw_wire_field field = { 0 };
	char id[AW_PRINCIPAL_SIZE];
	int r;

	r = aw_state_run(state, AW_Q_LIVE_CLEAR, "");
	while (r == 0 && aw_wire_next(in, &field) == 0) {
		if (field.tag != AW_TAG_GROUP_ID || field.len == 0 ||
		    field.len >= sizeof(id))
			continue;
		memcpy(id, field.text, field.len);
		id[field.len] = '\0';
		r = aw_state_run(state, AW_Q_LIVE_ADD, "s", id);
	}
	return r;
}

static int counted(struct aw_state *state, int r, int64_t *changes)
{
	if (r == 0)
		*changes += aw_state_changes(state);
	return r;
}

/* With a scope the host has no groups but those of a sweep: what it does not
 * read would be a loss to the next one. */
static int write_groups(struct aw_state *state, const struct aw_conf *conf,
    const struct aw_wire_in *in, int64_t n, int64_t *changes)
{
	const char *store = conf->identity_store_id;
	int64_t lost = 0, gained = 0;
	int r;

	if ((r = stage_groups(state, in)) != 0 ||
	    (r = aw_state_run(state, AW_Q_LIVE_OUTSIDE_CLEAR, "i", n)) != 0)
		return r;
	if (conf->scope.n > 0)
		r = aw_state_run(state, AW_Q_LIVE_OUTSIDE, "is", n, store);
	else
		r = aw_state_run(state, AW_Q_GROUP_PLACEHOLDER, "s", store);
	if (r == 0)
		r = counted(state,
		    aw_state_run(state, AW_Q_LIVE_LOSE, "is", n, store), &lost);
	if (r == 0)
		r = counted(state,
		    aw_state_run(state, AW_Q_LIVE_GAIN, "is", n, store),
		    &gained);
	*changes += lost + gained;
	return r != 0 || lost == gained
		   ? r
		   : aw_state_run(state, AW_Q_MEMBERS_MORE, "i", gained - lost);
}

static int write_all(struct aw_state *state, const struct aw_conf *conf,
    const struct aw_wire_in *in, struct aw_person *person, int64_t *changes)
{
	char display[4097] = "";
	int r;

	if (aw_wire_text(in, AW_TAG_DISPLAY_NAME, display, sizeof(display)) < 0)
		return -EBADMSG;
	r = aw_staging_touch(state, person->n);
	if (r != 0)
		return r;
	r = counted(state,
	    aw_state_run(state, AW_Q_PERSON_UPDATE, "issi", person->n,
		person->user_name, display, (int64_t)person->disabled),
	    changes);
	if (r != 0)
		return r;
	/* What is not known of the groups takes nobody out of one. */
	if (aw_wire_num(in, AW_TAG_GROUPS_UNKNOWN, 0) == 1)
		return 0;
	return write_groups(state, conf, in, person->n, changes);
}

int aw_person_refresh(struct aw_state *state, const struct aw_conf *conf,
    const struct aw_wire_in *in, struct aw_person *person, bool *ret_changed)
{
	struct aw_person fresh = *person;
	char id[AW_PRINCIPAL_SIZE], status[33];
	int64_t changes = 0;
	int r;

	if (aw_wire_text(in, AW_TAG_PRINCIPAL_ID, id, sizeof(id)) != 0 ||
	    strcmp(id, person->principal) != 0 ||
	    aw_wire_text(in, AW_TAG_USER_NAME, fresh.user_name,
		sizeof(fresh.user_name)) != 0 ||
	    !fresh.user_name[0] ||
	    aw_wire_text(in, AW_TAG_USER_STATUS, status, sizeof(status)) < 0)
		return AW_DENIED;
	fresh.disabled = strcmp(status, "DISABLED") == 0;
	fresh.missing = false;
	r = aw_state_begin(state);
	if (r < 0)
		return r;
	r = write_all(state, conf, in, &fresh, &changes);
	if (r == 0 && changes > 0)
		r = aw_state_run(state, AW_Q_GENERATION_NEXT, "");
	if (r == 0)
		r = aw_state_commit(state);
	if (r != 0) {
		aw_state_rollback(state);
		return r;
	}
	*person = fresh;
	*ret_changed = changes > 0;
	return 0;
}

int aw_person_set_missing(struct aw_state *state, struct aw_person *person)
{
	int r;

	r = aw_staging_touch(state, person->n);
	if (r == 0)
		r = aw_state_run(state, AW_Q_PERSON_MISSING, "i", person->n);
	if (r == 0)
		person->missing = true;
	return r;
}
