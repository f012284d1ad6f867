/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One person, asked for in two ways at the same time.  What comes back must be
 * about the person asked for: the ids are compared.
 */
#include "awssso_netd/person.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/paging.h"
#include "awssso_netd/scim_person.h"

#define MEMBERSHIPS "ListGroupMembershipsForMember"

struct aw_person_op {
	struct aw_aws *aws;
	const char *region;
	uint64_t deadline_ms;
	struct aw_person person;
	char request_id[AW_REQUEST_ID_SIZE];
	struct aw_call *describe, *list;
	struct aw_scim_person *scim; /* asked instead */
	struct aw_paging paging;
	aw_person_done_fn *done;
	void *user;
};

int aw_person_init(struct aw_person *person, const char *principal_id)
{
	person->groups.max = AW_PERSON_GROUPS_BYTES;
	return aw_copy(
	    person->principal_id, sizeof(person->principal_id), principal_id);
}

int aw_person_add_group(struct aw_person *person, const struct aw_place *place,
    const char *id, struct aw_diag *diag)
{
	int r;

	aw_buf_add(&person->groups, id, strlen(id) + 1);
	r = aw_buf_error(&person->groups);
	if (r == -EMSGSIZE || ++person->n_groups > AW_PERSON_GROUPS_MAX)
		return aw_answer_bad(place, NULL, "in too many groups", diag);
	return r;
}

const char *aw_person_next_group(const struct aw_person *person, size_t *at)
{
	const char *id;

	if (*at >= person->groups.len)
		return NULL;
	id = person->groups.data + *at;
	*at += strlen(id) + 1;
	return id;
}

void aw_person_take(struct aw_person *from, struct aw_person *ret)
{
	*ret = *from;
	memset(from, 0, sizeof(*from));
}

void aw_person_done(struct aw_person *person)
{
	free(person->display_name);
	person->display_name = NULL;
	aw_buf_done(&person->groups);
	person->n_groups = 0;
}

static void op_free(struct aw_person_op *op)
{
	aw_call_cancel(op->describe);
	aw_call_cancel(op->list);
	aw_scim_person_cancel(op->scim);
	aw_paging_done(&op->paging);
	aw_person_done(&op->person);
	free(op);
}

void aw_person_cancel(struct aw_person_op *op)
{
	if (op)
		op_free(op);
}

static void finish(
    struct aw_person_op *op, enum aw_net net, const struct aw_diag *why)
{
	struct aw_person_end end = {
		.net = net,
		.person = net == AW_NET_OK ? &op->person : NULL,
		.request_id = op->request_id,
	};

	if (why)
		end.why = *why;
	op->done(op->user, &end);
	op_free(op);
}

static void fail(struct aw_person_op *op, int error, struct aw_diag *why)
{
	if (error != -EBADMSG)
		aw_diag_set(why, "cannot ask the directory: %s",
		    strerrordesc_np(-error));
	finish(op, error == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL, why);
}

static int start(struct aw_person_op *op, const struct aw_store_ask *ask,
    aw_call_done_fn *done, struct aw_call **ret)
{
	const struct aw_store_how how = {
		.region = op->region,
		.deadline_ms = op->deadline_ms,
	};

	return aw_store_start(op->aws, ask, &how, done, op, ret);
}

/* --- DescribeUser ------------------------------------------------------ */

static int keep_user(
    struct aw_person_op *op, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place place = { NULL, "DescribeUser", -1 };
	struct aw_person *person = &op->person;
	char display[AW_DISPLAY_MAX + 1];
	struct aw_store_user got;
	int r;

	r = aw_store_read_user(
	    &place, json, op->aws->conf->identity_store_id, &got, why);
	if (r < 0)
		return r;
	if (strcmp(got.user_id, person->principal_id) != 0)
		return aw_answer_bad(
		    &place, "UserId", "not the one asked for", why);
	/* Who signed in is compared with it, so it must be there. */
	if (!got.user_name)
		return aw_answer_bad(
		    &place, "UserName", "not one that can be used", why);
	if (aw_store_display(got.display, display)) {
		person->display_name = strdup(display);
		if (!person->display_name)
			return -ENOMEM;
	}
	r = aw_copy(
	    person->user_name, sizeof(person->user_name), got.user_name);
	if (r == 0 && got.status)
		r = aw_copy(person->status, sizeof(person->status), got.status);
	return r;
}

static void on_user(void *user, const struct aw_call_answer *answer)
{
	struct aw_person_op *op = user;
	struct aw_diag why;
	int r;

	op->describe = NULL;
	if (aw_copy(op->request_id, sizeof(op->request_id),
		answer->request_id) < 0 ||
	    answer->net != AW_NET_OK) {
		finish(op, answer->net, &answer->why);
		return;
	}
	r = keep_user(op, answer->json, &why);
	if (r < 0)
		fail(op, r, &why);
	else if (!op->list)
		finish(op, AW_NET_OK, NULL);
}

/* --- ListGroupMembershipsForMember ------------------------------------- */

static void on_groups(void *user, const struct aw_call_answer *answer);

static int ask_groups(struct aw_person_op *op)
{
	const struct aw_store_ask ask = {
		.operation = MEMBERSHIPS,
		.member_id = op->person.principal_id,
		.paged = true,
		.next = op->paging.next,
	};

	return start(op, &ask, on_groups, &op->list);
}

static int keep_group(struct aw_person_op *op, const struct aw_place *place,
    struct json_object *row, struct aw_diag *why)
{
	struct aw_person *person = &op->person;
	struct aw_store_member got;
	int r;

	r = aw_store_read_member(
	    place, row, op->aws->conf->identity_store_id, &got, why);
	if (r < 0)
		return r;
	if (!got.user_id || strcmp(got.user_id, person->principal_id) != 0)
		return aw_answer_bad(
		    place, "MemberId.UserId", "not the one asked for", why);
	return aw_person_add_group(person, place, got.group_id, why);
}

/* 0: asked for the next page; AW_END; or a negative errno. */
static int keep_groups(
    struct aw_person_op *op, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place top = { NULL, MEMBERSHIPS, -1 };
	struct json_object *rows;
	const char *next;
	int r;

	r = aw_store_read_page(
	    MEMBERSHIPS, "GroupMemberships", json, &rows, &next, why);
	for (size_t i = 0; r == 0 && i < json_object_array_length(rows); i++) {
		const struct aw_place place = { &top, "GroupMemberships",
			(int64_t)i };

		r = keep_group(
		    op, &place, json_object_array_get_idx(rows, i), why);
	}
	if (r < 0)
		return r;
	r = aw_paging_step(&op->paging, &top, json, "NextToken", next, why);
	return r == 0 ? ask_groups(op) : r;
}

static void on_groups(void *user, const struct aw_call_answer *answer)
{
	struct aw_person_op *op = user;
	struct aw_diag why;
	int r;

	op->list = NULL;
	if (answer->net != AW_NET_OK) {
		finish(op, answer->net, &answer->why);
		return;
	}
	r = keep_groups(op, answer->json, &why);
	if (r < 0)
		fail(op, r, &why);
	else if (r == AW_END && !op->describe)
		finish(op, AW_NET_OK, NULL);
}

/* --- starting ---------------------------------------------------------- */

static void on_scim(void *user, const struct aw_person_end *end)
{
	struct aw_person_op *op = user;

	op->scim = NULL;
	op->done(op->user, end);
	op_free(op);
}

static int begin(struct aw_person_op *op, bool with_groups)
{
	const struct aw_store_ask ask = {
		.operation = "DescribeUser",
		.user_id = op->person.principal_id,
	};
	int r;

	if (op->aws->conf->source == AW_SOURCE_SCIM)
		return aw_scim_person_start(op->aws, op->person.principal_id,
		    with_groups, op->deadline_ms, on_scim, op, &op->scim);
	r = start(op, &ask, on_user, &op->describe);
	if (r == 0 && with_groups)
		r = ask_groups(op);
	return r;
}

int aw_person_start(struct aw_aws *aws, const char *region,
    const char *principal_id, bool with_groups, uint64_t deadline_ms,
    aw_person_done_fn *done, void *user, struct aw_person_op **ret)
{
	struct aw_person_op *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->region = region ? region : aw_aws_region(aws);
	op->deadline_ms = deadline_ms;
	op->done = done;
	op->user = user;
	r = aw_person_init(&op->person, principal_id);
	if (r == 0)
		r = begin(op, with_groups);
	if (r < 0) {
		op_free(op);
		return r;
	}
	*ret = op;
	return 0;
}
