/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One person of a SCIM directory.  The first one asked for also finds out
 * which filter the server honours (aws->scim_groups).
 */
#include "awssso_netd/scim_person.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/log.h"
#include "awssso_netd/scim.h"
#include "awssso_netd/scim_filter.h"
#include "awssso_netd/scim_paging.h"
#include "awssso_netd/scim_token.h"
#include "awssso_netd/timer.h"
#include "common/own.h"

#define GET_USER   "SCIM User"
#define BY_MEMBER  "SCIM Groups by member"
#define URL_MAX    (16 * 1024)
#define HTTP_WRONG 400

struct aw_scim_person {
	struct aw_aws *aws;
	struct aw_secret *token;
	uint64_t deadline_ms;
	struct aw_person person;
	struct aw_scim_op *user_op, *groups_op;
	enum aw_scim_groups trial; /* the filter being tried, if any */
	struct aw_scim_paging paging;
	sd_event_source *timer;
	struct aw_diag why; /* there is no token */
	aw_person_done_fn *done;
	void *user;
};

void aw_scim_person_cancel(struct aw_scim_person *op)
{
	if (!op)
		return;
	aw_scim_cancel(op->user_op);
	aw_scim_cancel(op->groups_op);
	sd_event_source_disable_unref(op->timer);
	aw_scim_paging_done(&op->paging);
	aw_person_done(&op->person);
	aw_secret_unref(op->token);
	free(op);
}

static void finish(
    struct aw_scim_person *op, enum aw_net net, const struct aw_diag *why)
{
	struct aw_person_end end = {
		.net = net,
		.person = net == AW_NET_OK ? &op->person : NULL,
		.request_id = "",
	};

	if (why)
		end.why = *why;
	op->done(op->user, &end);
	aw_scim_person_cancel(op);
}

static void finish_if_done(struct aw_scim_person *op)
{
	if (!op->user_op && !op->groups_op)
		finish(op, AW_NET_OK, NULL);
}

static void fail(struct aw_scim_person *op, int error, struct aw_diag *why)
{
	if (error != -EBADMSG && error != AW_STALE)
		aw_diag_set(why, "cannot ask the directory: %s",
		    strerrordesc_np(-error));
	finish(op, error == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL, why);
}

static int start(struct aw_scim_person *op, const char *operation,
    struct aw_buf *path, aw_scim_done_fn *done, struct aw_scim_op **ret)
{
	const struct aw_scim_request request = {
		.operation = operation,
		.path = aw_buf_text(path),
		.token = op->token,
		.deadline_ms = op->deadline_ms,
	};
	const int r = aw_buf_error(path);

	return r < 0 ? r : aw_scim_start(op->aws, &request, done, op, ret);
}

/* --- the person -------------------------------------------------------- */

static int keep_user(
    struct aw_scim_person *op, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place place = { NULL, GET_USER, -1 };
	struct aw_person *person = &op->person;
	char display[AW_DISPLAY_MAX + 1];
	struct aw_scim_user got;
	int r;

	r = aw_scim_read_user(&place, json, &got, why);
	if (r < 0)
		return r;
	if (strcmp(got.id, person->principal_id) != 0)
		return aw_answer_bad(
		    &place, "id", "not the one asked for", why);
	/* Who signed in is compared with it, so it must be there. */
	if (!got.user_name)
		return aw_answer_bad(
		    &place, "userName", "not one that can be used", why);
	if (aw_scim_display(&got, display)) {
		person->display_name = strdup(display);
		if (!person->display_name)
			return -ENOMEM;
	}
	r = aw_copy(
	    person->user_name, sizeof(person->user_name), got.user_name);
	if (r == 0 && got.disabled)
		r = aw_copy(person->status, sizeof(person->status), "DISABLED");
	return r;
}

static void on_user(void *user, const struct aw_scim_answer *answer)
{
	struct aw_scim_person *op = user;
	struct aw_diag why = { .text = "" };
	int r;

	op->user_op = NULL;
	if (answer->net != AW_NET_OK) {
		finish(op, answer->net, &answer->why);
		return;
	}
	r = keep_user(op, answer->json, &why);
	if (r < 0)
		fail(op, r, &why);
	else
		finish_if_done(op);
}

static int ask_user(struct aw_scim_person *op)
{
	aw_own(aw_buf_done) struct aw_buf path = AW_BUF_INIT(URL_MAX);

	aw_buf_str(&path, "/Users/");
	aw_scim_escape(&path, op->person.principal_id);
	return start(op, GET_USER, &path, on_user, &op->user_op);
}

/* --- the groups -------------------------------------------------------- */

static int ask_groups(struct aw_scim_person *op);

/* The filter of op->trial is or is not honoured. */
static int judge_trial(struct aw_scim_person *op, bool honoured)
{
	enum aw_scim_groups *known = &op->aws->scim_groups;

	if (honoured) {
		*known = op->trial;
	} else if (++op->trial == AW_SCIM_GROUPS_NONE) {
		*known = AW_SCIM_GROUPS_NONE;
		aw_log(LOG_WARNING,
		    "SCIM: the endpoint does not find the groups of a person: "
		    "at a sign-in those of the last sweep count");
	}
	if (*known != AW_SCIM_GROUPS_UNKNOWN)
		op->trial = AW_SCIM_GROUPS_UNKNOWN;
	return ask_groups(op);
}

static int keep_group(struct aw_scim_person *op, const struct aw_place *place,
    struct json_object *row, struct aw_diag *why)
{
	const char *id;
	int r;

	r = aw_scim_read_id(place, row, &id, why);
	return r < 0 ? r : aw_person_add_group(&op->person, place, id, why);
}

/* 0: asked for the next page; AW_END; AW_STALE or a negative errno. */
static int keep_groups(
    struct aw_scim_person *op, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place top = { NULL, BY_MEMBER, -1 };
	struct aw_scim_list list;
	size_t skip;
	int next, r;

	r = aw_scim_read_list(&top, json, &list, why);
	if (r < 0)
		return r;
	next = aw_scim_paging_step(&op->paging, &top, &list, &skip, why);
	if (next < 0 || next == AW_STALE)
		return next;
	for (size_t i = skip; i < aw_scim_n(&list); i++) {
		const struct aw_place place = { &top, "Resources", (int64_t)i };

		r = keep_group(
		    op, &place, json_object_array_get_idx(list.rows, i), why);
		if (r < 0)
			return r;
	}
	return next == AW_END ? AW_END : ask_groups(op);
}

/* 0: asked on; AW_END; AW_STALE or a negative errno. */
static int take_groups(struct aw_scim_person *op,
    const struct aw_scim_answer *answer, struct aw_diag *why)
{
	const struct aw_place top = { NULL, BY_MEMBER, -1 };
	struct aw_scim_list list = { .rows = NULL };
	int r;

	if (op->trial == AW_SCIM_GROUPS_UNKNOWN)
		return keep_groups(op, answer->json, why);
	if (answer->status == HTTP_WRONG)
		return judge_trial(op, false);
	r = aw_scim_read_list(&top, answer->json, &list, why);
	return r < 0 ? r : judge_trial(op, aw_scim_n(&list) == 0);
}

static void on_groups(void *user, const struct aw_scim_answer *answer)
{
	struct aw_scim_person *op = user;
	struct aw_diag why = { .text = "" };
	int r;

	op->groups_op = NULL;
	if (answer->net != AW_NET_OK && !(op->trial != AW_SCIM_GROUPS_UNKNOWN &&
					    answer->status == HTTP_WRONG)) {
		finish(op, answer->net, &answer->why);
		return;
	}
	r = take_groups(op, answer, &why);
	if (r < 0 || r == AW_STALE)
		fail(op, r, &why);
	else if (r == AW_END)
		finish_if_done(op);
}

/* 0: asked; AW_END: there is nothing to ask; or a negative errno. */
static int ask_groups(struct aw_scim_person *op)
{
	aw_own(aw_buf_done) struct aw_buf path = AW_BUF_INIT(URL_MAX);
	const enum aw_scim_groups known = op->aws->scim_groups;

	if (known == AW_SCIM_GROUPS_NONE) {
		op->person.groups_unknown = true;
		return AW_END;
	}
	aw_buf_str(&path, "/Groups?");
	if (known == AW_SCIM_GROUPS_UNKNOWN) {
		if (op->trial == AW_SCIM_GROUPS_UNKNOWN)
			op->trial = AW_SCIM_GROUPS_VALUE;
		aw_scim_filter(
		    &path, aw_scim_groups_attribute(op->trial), AW_SCIM_NOBODY);
		aw_buf_str(&path, "&count=1");
	} else {
		aw_scim_filter(&path, aw_scim_groups_attribute(known),
		    op->person.principal_id);
		aw_buf_str(&path, "&");
		aw_scim_paging_query(&op->paging, &path);
	}
	return start(op, BY_MEMBER, &path, on_groups, &op->groups_op);
}

/* --- starting ---------------------------------------------------------- */

static int on_no_token(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_scim_person *op = user;

	finish(op, AW_NET_CONFIG, &op->why);
	return 0;
}

static int begin(struct aw_scim_person *op, bool with_groups)
{
	int r;

	r = aw_scim_token_read(op->aws->conf, &op->token, &op->why);
	if (r == AW_DENIED)
		return aw_timer_set(
		    op->aws->event, &op->timer, 0, on_no_token, op);
	if (r == 0)
		r = ask_user(op);
	if (r == 0 && with_groups)
		r = ask_groups(op);
	return r == AW_END ? 0 : r;
}

int aw_scim_person_start(struct aw_aws *aws, const char *principal_id,
    bool with_groups, uint64_t deadline_ms, aw_person_done_fn *done, void *user,
    struct aw_scim_person **ret)
{
	struct aw_scim_person *op = calloc(1, sizeof(*op));
	int r;

	if (!op)
		return -ENOMEM;
	op->aws = aws;
	op->deadline_ms = deadline_ms;
	op->done = done;
	op->user = user;
	r = aw_person_init(&op->person, principal_id);
	if (r == 0)
		r = begin(op, with_groups);
	if (r < 0) {
		aw_scim_person_cancel(op);
		return r;
	}
	*ret = op;
	return 0;
}
