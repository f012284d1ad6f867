/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers of the Identity Store as records of the sweep.
 */
#include "awssso_netd/sweep_step.h"

#include <errno.h>
#include <string.h>

#include "awssso_netd/identitystore.h"
#include "awssso_netd/log.h"
#include "awssso_netd/record.h"
#include "awssso_netd/updated.h"

const char *aw_store_sweep_operation(const struct aw_store_sweep *sweep)
{
	static const char *const names[][2] = {
		[AW_STEP_NAMES] = { "GetGroupId" },
		[AW_STEP_GROUPS] = { "ListGroups", "DescribeGroup" },
		[AW_STEP_MEMBERS] = { "ListGroupMemberships" },
		[AW_STEP_USERS] = { "ListUsers", "DescribeUser" },
	};

	return names[sweep->step][sweep->describing != NULL];
}

const char *aw_store_sweep_group(const struct aw_store_sweep *sweep)
{
	return sweep->group_at < sweep->groups.len
		   ? sweep->groups.data + sweep->group_at
		   : NULL;
}

struct aw_idset *aw_store_sweep_wanted(struct aw_store_sweep *sweep)
{
	if (sweep->all)
		return NULL;
	return sweep->step == AW_STEP_GROUPS ? &sweep->want_groups
					     : &sweep->want_users;
}

void aw_store_sweep_begin_list(struct aw_store_sweep *sweep)
{
	aw_paging_done(&sweep->paging);
	sweep->pages = sweep->rows = 0;
	sweep->list_over = false;
}

void aw_store_sweep_next_group(struct aw_store_sweep *sweep)
{
	aw_store_sweep_begin_list(sweep);
	sweep->again = 0;
	sweep->group_at += strlen(aw_store_sweep_group(sweep)) + 1;
	sweep->groups_left--;
}

static int take_name(
    struct aw_store_sweep *sweep, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place place = { NULL, aw_store_sweep_operation(sweep),
		-1 };
	static const struct aw_field fields[] = { { "GroupId", AW_FIELD_TEXT,
	    true, AW_ID_SIZE - 1, 0 } };
	const char *id;
	int r;

	r = aw_answer_read(&place, json, fields, 1, &id, why);
	if (r == 0)
		r = aw_idset_add(&sweep->want_groups, id, true);
	if (r == 0)
		sweep->scope_at++;
	return r;
}

/* One principal that was asked for by its id. */
static int take_one(struct aw_store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why)
{
	const char *store = sweep->aws->conf->identity_store_id;
	const char *id = sweep->describing;
	int r;

	if (sweep->step == AW_STEP_GROUPS)
		r = aw_record_group(json, store, id, page, &sweep->groups, why);
	else
		r = aw_record_user(json, store, id, page, why);
	if (r == 0)
		(void)aw_idset_see(aw_store_sweep_wanted(sweep), id);
	return r;
}

static int take_rows(struct aw_store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, uint64_t *ret_n, const char **ret_next,
    struct aw_diag *why)
{
	const char *store = sweep->aws->conf->identity_store_id;

	if (sweep->step == AW_STEP_GROUPS)
		return aw_record_groups(json, store,
		    aw_store_sweep_wanted(sweep), page, &sweep->groups, ret_n,
		    ret_next, why);
	if (sweep->step == AW_STEP_USERS)
		return aw_record_users(json, store,
		    aw_store_sweep_wanted(sweep), page, ret_n, ret_next, why);
	return aw_record_members(json, store, aw_store_sweep_group(sweep),
	    sweep->all ? NULL : &sweep->want_users, page, ret_n, ret_next, why);
}

static int take_list(struct aw_store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, uint64_t *ret_n, struct aw_diag *why)
{
	const struct aw_place place = { NULL, aw_store_sweep_operation(sweep),
		-1 };
	const char *next = NULL;
	int r;

	sweep->pages++;
	r = take_rows(sweep, json, page, ret_n, &next, why);
	if (r < 0)
		return aw_answer_on_page(r, sweep->pages, why);
	r = aw_paging_step(
	    &sweep->paging, &place, json, "NextToken", next, why);
	if (r == AW_END && sweep->step == AW_STEP_MEMBERS)
		aw_store_sweep_next_group(sweep);
	else if (r == AW_END)
		sweep->list_over = true;
	return r < 0 ? r : 0;
}

static uint64_t *counter(struct aw_store_sweep *sweep)
{
	struct aw_sweep_counts *n = &sweep->end.n;

	return sweep->step == AW_STEP_GROUPS  ? &n->groups
	       : sweep->step == AW_STEP_USERS ? &n->users
					      : &n->members;
}

static void note_updated(struct aw_store_sweep *sweep, struct json_object *json)
{
	const uint64_t at = aw_updated_newest(
	    json, sweep->step == AW_STEP_GROUPS ? "Groups" : "Users");

	if (sweep->step != AW_STEP_MEMBERS && at > sweep->end.n.updated)
		sweep->end.n.updated = at;
}

int aw_store_sweep_take(struct aw_store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why)
{
	uint64_t n = 1;
	int r;

	if (sweep->step == AW_STEP_NAMES)
		return take_name(sweep, json, why);
	r = sweep->describing ? take_one(sweep, json, page, why)
			      : take_list(sweep, json, page, &n, why);
	if (r < 0)
		return r;
	note_updated(sweep, json);
	*counter(sweep) += n;
	sweep->rows += n;
	return 0;
}

int aw_store_sweep_begin_again(
    struct aw_store_sweep *sweep, struct aw_buf *page)
{
	const bool is_users = sweep->step == AW_STEP_USERS;
	struct aw_idset *want = aw_store_sweep_wanted(sweep);

	aw_log(LOG_WARNING,
	    "sweep: %s: NextToken refused: this list is read again",
	    aw_store_sweep_operation(sweep));
	*counter(sweep) -= sweep->rows;
	aw_store_sweep_begin_list(sweep);
	sweep->again++;
	if (sweep->step == AW_STEP_MEMBERS)
		return aw_record_again(
		    AW_RECORD_USER, aw_store_sweep_group(sweep), page);
	if (want)
		aw_idset_unsee(want);
	if (!is_users)
		sweep->groups.len = 0;
	return aw_record_again(
	    is_users ? AW_RECORD_USER : AW_RECORD_GROUP, NULL, page);
}
