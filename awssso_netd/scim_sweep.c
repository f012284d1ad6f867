/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SCIM sweep: one request at a time, as the pace (pace.h), the last answer
 * and the last page's receiver allow.
 */
#include "awssso_netd/scim_sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/log.h"
#include "awssso_netd/pace.h"
#include "awssso_netd/scim.h"
#include "awssso_netd/scim_filter.h"
#include "awssso_netd/scim_paging.h"
#include "awssso_netd/scim_rows.h"
#include "awssso_netd/scim_token.h"
#include "common/own.h"
#include "common/sock.h"
#include "common/wire.h"

#define PAGE_MAX     (8 * 1024 * 1024) /* as much as awsssod takes */
#define URL_MAX      (16 * 1024)
#define PATIENCE_MS  (60 * 60 * 1000)
#define SIGN_LIFE_MS 5000   /* between pages that hold nothing */
#define AGAIN_MAX    3      /* times that one list is read anew */
#define PAIRS_MAX    200000 /* more would take days */
#define HTTP_WRONG   400
#define HTTP_MISSING 501 /* not implemented */

enum stage {
	STAGE_USERS,
	STAGE_GROUPS,
	STAGE_PROBE,      /* are users found by group? */
	STAGE_MEMBERS,    /* of the group at group_at */
	STAGE_PAIR_PROBE, /* is a pair found? */
	STAGE_PAIRS,      /* group_at, user_at */
};

struct scim_sweep {
	struct aw_sweep base;
	struct aw_aws *aws;
	struct aw_secret *token;
	enum stage stage;
	struct aw_scim_paging paging;
	bool by_index;              /* as the groups' list is */
	const char *pair_attribute; /* members, or member */
	unsigned again;             /* of this list */
	uint64_t list_rows, pages;  /* of this list, handed out */
	struct aw_scim_rows rows;
	size_t user_at, group_at;
	struct aw_sweep_end end;
	uint64_t expected;
	bool page_out;     /* a page waits to be taken */
	uint64_t shown_ms; /* when the receiver last heard of us */
	struct aw_pace pace;
	struct aw_scim_op *op;
	const struct aw_sweep_handler *handler;
	void *user;
};

static void sweep_free(struct scim_sweep *sweep)
{
	aw_scim_cancel(sweep->op);
	aw_pace_done(&sweep->pace);
	aw_scim_paging_done(&sweep->paging);
	aw_scim_rows_done(&sweep->rows);
	aw_secret_unref(sweep->token);
	free(sweep);
}

static void cancel(struct aw_sweep *base)
{
	sweep_free((struct scim_sweep *)base);
}

static void say_odd(const struct aw_scim_rows *rows)
{
	if (rows->nested > 0)
		aw_log(LOG_NOTICE,
		    "SCIM: %llu groups within groups are not followed",
		    (unsigned long long)rows->nested);
	if (rows->n_lost > 0)
		aw_log(LOG_WARNING,
		    "SCIM: %llu members of groups have no id that can be used "
		    "(\"value\", or \"$ref\") and are left out; the first is "
		    "in group %s",
		    (unsigned long long)rows->n_lost, rows->lost_group);
	if (rows->n_odd > 0)
		aw_log(LOG_WARNING,
		    "SCIM: \"active\" is neither true nor false of %llu users, "
		    "who count as disabled; the first is %s",
		    (unsigned long long)rows->n_odd, rows->odd_id);
}

static void finish(
    struct scim_sweep *sweep, enum aw_net net, const struct aw_diag *why)
{
	sweep->end.net = net;
	sweep->end.n.requests = sweep->pace.requests;
	sweep->end.n.users = sweep->rows.n_users;
	sweep->end.n.groups = sweep->rows.n_groups;
	sweep->end.n.members = sweep->rows.n_members;
	sweep->end.n.updated = sweep->rows.updated;
	if (why)
		sweep->end.why = *why;
	say_odd(&sweep->rows);
	sweep->handler->end(sweep->user, &sweep->end);
	sweep_free(sweep);
}

/* @error is AW_STALE, AW_DENIED or a negative errno. */
static void fail(struct scim_sweep *sweep, int error, struct aw_diag *why)
{
	enum aw_net net = AW_NET_UNAVAIL;

	if (error == -EBADMSG)
		net = AW_NET_BAD_ANSWER;
	else if (error == AW_DENIED)
		net = AW_NET_CONFIG;
	else if (error == -EMSGSIZE)
		aw_diag_set(why, "the directory is too large for one page, or "
				 "for the memory set aside for its ids");
	else if (error < 0)
		aw_diag_set(why, "cannot go on reading the directory: %s",
		    strerrordesc_np(-error));
	finish(sweep, net, why);
}

/* --- telling the receiver ---------------------------------------------- */

static void tell(
    struct scim_sweep *sweep, const struct aw_buf *records, const char *waits)
{
	const struct aw_sweep_page page = {
		.data = records ? records->data : NULL,
		.len = records ? records->len : 0,
		.waits = waits,
		.requests = sweep->pace.requests,
		.expected = sweep->expected,
	};

	sweep->page_out = records != NULL;
	sweep->shown_ms = aw_sock_now_ms();
	sweep->handler->page(sweep->user, &page);
}

static void on_waits(void *user, const char *why)
{
	tell(user, NULL, why);
}

/* --- asking ------------------------------------------------------------ */

static const char *operation(const struct scim_sweep *sweep)
{
	static const char *const names[] = {
		[STAGE_USERS] = "SCIM Users",
		[STAGE_GROUPS] = "SCIM Groups",
		[STAGE_PROBE] = "SCIM Users by group",
		[STAGE_MEMBERS] = "SCIM Users by group",
		[STAGE_PAIR_PROBE] = "SCIM Groups by member",
		[STAGE_PAIRS] = "SCIM Groups by member",
	};

	return names[sweep->stage];
}

/* The id at @at, NULL behind the last one. */
static const char *id_at(const struct aw_buf *ids, size_t at)
{
	return at < ids->len ? ids->data + at : NULL;
}

static bool is_paged(enum stage stage)
{
	return stage == STAGE_USERS || stage == STAGE_GROUPS ||
	       stage == STAGE_MEMBERS;
}

static void make_path(const struct scim_sweep *sweep, struct aw_buf *path)
{
	const char *group = id_at(&sweep->rows.groups, sweep->group_at);
	const enum stage stage = sweep->stage;

	aw_buf_str(path, stage == STAGE_USERS || stage == STAGE_PROBE ||
				 stage == STAGE_MEMBERS
			     ? "/Users?"
			     : "/Groups?");
	if (stage == STAGE_PROBE || stage == STAGE_MEMBERS)
		aw_scim_filter(path, "groups.value",
		    stage == STAGE_PROBE ? AW_SCIM_NOBODY : group);
	if (stage == STAGE_PAIR_PROBE || stage == STAGE_PAIRS) {
		aw_scim_filter(path, "id", group);
		aw_scim_filter_and(path, sweep->pair_attribute,
		    stage == STAGE_PAIRS
			? id_at(&sweep->rows.users, sweep->user_at)
			: AW_SCIM_NOBODY);
	}
	if (stage == STAGE_MEMBERS)
		aw_buf_str(path, "&");
	if (is_paged(stage))
		aw_scim_paging_query(&sweep->paging, path);
	else
		aw_buf_str(path, "&count=1");
}

static void on_answer(void *user, const struct aw_scim_answer *answer);

static int send_request(struct scim_sweep *sweep)
{
	aw_own(aw_buf_done) struct aw_buf path = AW_BUF_INIT(URL_MAX);
	struct aw_scim_request request = {
		.operation = operation(sweep),
		.token = sweep->token,
		.attempts = 1,
	};

	make_path(sweep, &path);
	if (aw_buf_error(&path) < 0)
		return aw_buf_error(&path);
	request.path = aw_buf_text(&path);
	return aw_scim_start(
	    sweep->aws, &request, on_answer, sweep, &sweep->op);
}

static int ask(void *user)
{
	struct scim_sweep *sweep = user;
	int r = 0;

	if (!sweep->token)
		r = aw_scim_token_read(
		    sweep->aws->conf, &sweep->token, &sweep->end.why);
	return r != 0 ? r : send_request(sweep);
}

static void on_failed(void *user, int error)
{
	struct scim_sweep *sweep = user;

	fail(sweep, error, &sweep->end.why);
}

/* The next request at its time, or the end. */
static void proceed(struct scim_sweep *sweep)
{
	struct aw_diag why = { .text = "" };
	int r;

	if (sweep->stage >= STAGE_PROBE &&
	    !id_at(&sweep->rows.groups, sweep->group_at)) {
		finish(sweep, AW_NET_OK, NULL);
		return;
	}
	r = aw_pace_next(&sweep->pace);
	if (r < 0)
		fail(sweep, r, &why);
}

static void go_on(struct aw_sweep *base)
{
	struct scim_sweep *sweep = (struct scim_sweep *)base;

	if (!sweep->page_out)
		return;
	sweep->page_out = false;
	proceed(sweep);
}

/* --- from list to list ------------------------------------------------- */

static void begin_list(struct scim_sweep *sweep, enum stage stage)
{
	aw_scim_paging_done(&sweep->paging);
	sweep->stage = stage;
	sweep->again = 0;
	sweep->list_rows = sweep->pages = 0;
}

/* Where there is no group or nobody there are no memberships to ask for. */
static void end_groups(struct scim_sweep *sweep)
{
	begin_list(sweep, STAGE_PROBE);
	if (sweep->rows.has_members || sweep->rows.n_users == 0)
		sweep->group_at = sweep->rows.groups.len;
}

static void next_pair(struct scim_sweep *sweep)
{
	const char *user = id_at(&sweep->rows.users, sweep->user_at);

	sweep->user_at += strlen(user) + 1;
	if (id_at(&sweep->rows.users, sweep->user_at))
		return;
	sweep->user_at = 0;
	sweep->group_at +=
	    strlen(id_at(&sweep->rows.groups, sweep->group_at)) + 1;
}

static void next_list(struct scim_sweep *sweep)
{
	const char *group = id_at(&sweep->rows.groups, sweep->group_at);

	switch (sweep->stage) {
	case STAGE_USERS:
		begin_list(sweep, STAGE_GROUPS);
		break;
	case STAGE_GROUPS:
		end_groups(sweep);
		break;
	case STAGE_MEMBERS:
		sweep->group_at += strlen(group) + 1;
		begin_list(sweep, STAGE_MEMBERS);
		break;
	case STAGE_PAIRS:
		next_pair(sweep);
		break;
	case STAGE_PROBE:
	case STAGE_PAIR_PROBE:
		break;
	}
}

/* How memberships are asked for, and what it costs. */
static int begin_members(struct scim_sweep *sweep, struct aw_diag *why)
{
	const struct aw_scim_rows *n = &sweep->rows;
	const bool by_group = sweep->stage == STAGE_PROBE;
	uint64_t requests = n->n_groups;

	if (!by_group &&
	    __builtin_mul_overflow(n->n_groups, n->n_users, &requests))
		requests = UINT64_MAX;
	if (!by_group && requests > PAIRS_MAX) {
		aw_diag_set(why,
		    "this SCIM endpoint tells members only pair by pair, which "
		    "would take %llu requests for %llu groups and %llu users: "
		    "use source = identity-store",
		    (unsigned long long)requests,
		    (unsigned long long)n->n_groups,
		    (unsigned long long)n->n_users);
		return AW_DENIED;
	}
	aw_log(by_group ? LOG_INFO : LOG_WARNING,
	    "SCIM: groups come without members: asking %s, %llu requests, "
	    "about %llu s",
	    by_group ? "for the users of each group"
		     : "for each pair of group and user",
	    (unsigned long long)requests,
	    (unsigned long long)(requests / sweep->aws->conf->sweep_rate));
	sweep->expected = sweep->pace.requests + requests;
	begin_list(sweep, by_group ? STAGE_MEMBERS : STAGE_PAIRS);
	return 0;
}

/* The server does not honour the filter that was tried: the next one. */
static int other_filter(struct scim_sweep *sweep, struct aw_diag *why)
{
	if (sweep->stage == STAGE_PROBE) {
		sweep->pair_attribute = "members";
		sweep->stage = STAGE_PAIR_PROBE;
		return 0;
	}
	if (strcmp(sweep->pair_attribute, "members") == 0) {
		sweep->pair_attribute = "member";
		return 0;
	}
	if (sweep->by_index) {
		aw_log(LOG_NOTICE, "SCIM: no group has a member");
		sweep->group_at = sweep->rows.groups.len;
		return 0;
	}
	aw_diag_set(why, "this SCIM endpoint tells the members of groups in "
			 "none of the ways that are known");
	return AW_DENIED;
}

/* --- answers ----------------------------------------------------------- */

static int take_row(struct scim_sweep *sweep, const struct aw_place *place,
    struct json_object *row, struct aw_buf *page, struct aw_diag *why)
{
	switch (sweep->stage) {
	case STAGE_USERS:
		return aw_scim_take_user(&sweep->rows, place, row,
		    sweep->aws->conf->scim_url, page, why);
	case STAGE_GROUPS:
		return aw_scim_take_group(&sweep->rows, place, row, page, why);
	default:
		return aw_scim_take_found(&sweep->rows, place, row,
		    id_at(&sweep->rows.groups, sweep->group_at), page, why);
	}
}

/* Take back what was handed out of this list, and read it again. */
static int read_again(struct scim_sweep *sweep, struct aw_buf *page)
{
	struct aw_scim_rows *rows = &sweep->rows;
	uint8_t data[512];
	struct aw_wire_out out;
	int r;

	aw_wire_begin(&out, data, sizeof(data), AW_MSG_AGAIN_REC, 0);
	aw_wire_put_num(&out, AW_TAG_KIND, sweep->stage == STAGE_USERS ? 1 : 2);
	if (sweep->stage == STAGE_USERS) {
		rows->n_users = 0;
		rows->n_odd = 0;
		aw_buf_done(&rows->users);
	} else if (sweep->stage == STAGE_GROUPS) {
		rows->n_groups = 0;
		aw_buf_done(&rows->groups);
	} else {
		rows->n_members -= sweep->list_rows;
		aw_wire_put_text(&out, AW_TAG_GROUP_ID,
		    id_at(&rows->groups, sweep->group_at));
	}
	sweep->list_rows = sweep->pages = 0;
	aw_scim_paging_done(&sweep->paging);
	r = aw_wire_end(&out);
	if (r == 0)
		aw_buf_add(page, out.data, out.len);
	return r < 0 ? r : aw_buf_error(page);
}

static int take_list(struct scim_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why)
{
	const struct aw_place top = { NULL, operation(sweep), -1 };
	struct aw_scim_list list;
	size_t skip = 0;
	int step, r;

	sweep->pages++;
	r = aw_scim_read_list(&top, json, &list, why);
	if (r < 0)
		return aw_answer_on_page(r, sweep->pages, why);
	step = aw_scim_paging_step(&sweep->paging, &top, &list, &skip, why);
	if (step == AW_STALE && !sweep->rows.has_members &&
	    sweep->again++ < AGAIN_MAX)
		return read_again(sweep, page);
	if (step < 0 || step == AW_STALE)
		return step;
	for (size_t i = skip; i < aw_scim_n(&list); i++) {
		const struct aw_place place = { &top, "Resources", (int64_t)i };

		r = take_row(sweep, &place,
		    json_object_array_get_idx(list.rows, i), page, why);
		if (r < 0)
			return aw_answer_on_page(r, sweep->pages, why);
		sweep->list_rows++;
	}
	if (sweep->stage == STAGE_GROUPS)
		sweep->by_index = !sweep->paging.cursor.next && list.total >= 0;
	if (step == AW_END)
		next_list(sweep);
	return 0;
}

/* A pair's answer has the group, or no rows. */
static int take_pair(struct scim_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why)
{
	const struct aw_place top = { NULL, operation(sweep), -1 };
	const struct aw_place place = { &top, "Resources", 0 };
	const char *group = id_at(&sweep->rows.groups, sweep->group_at), *id;
	struct aw_scim_list list;
	int r;

	r = aw_scim_read_list(&top, json, &list, why);
	if (r == 0 && aw_scim_n(&list) > 0) {
		r = aw_scim_read_id(
		    &place, json_object_array_get_idx(list.rows, 0), &id, why);
		if (r == 0 && strcmp(id, group) != 0)
			r = aw_answer_bad(
			    &place, "id", "not the one asked for", why);
		if (r == 0)
			r = aw_scim_put_member(&place, group,
			    id_at(&sweep->rows.users, sweep->user_at), page,
			    why);
		if (r == 0)
			sweep->rows.n_members++;
	}
	if (r == 0)
		next_list(sweep);
	return r;
}

/* Nobody is found where nobody is, or the filter is not honoured. */
static int take_probe(
    struct scim_sweep *sweep, struct json_object *json, struct aw_diag *why)
{
	const struct aw_place top = { NULL, operation(sweep), -1 };
	struct aw_scim_list list;
	int r;

	r = aw_scim_read_list(&top, json, &list, why);
	if (r < 0)
		return r;
	return aw_scim_n(&list) == 0 ? begin_members(sweep, why)
				     : other_filter(sweep, why);
}

static int take_answer(struct scim_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why)
{
	if (is_paged(sweep->stage))
		return take_list(sweep, json, page, why);
	return sweep->stage == STAGE_PAIRS ? take_pair(sweep, json, page, why)
					   : take_probe(sweep, json, why);
}

/* "400" or "501" may only mean that this way of asking is not known.  0 or
 * AW_DENIED with @why; AW_UNKNOWN: it means what it says. */
static int is_other_way(struct scim_sweep *sweep,
    const struct aw_scim_answer *answer, struct aw_diag *why)
{
	struct aw_scim_paging *paging = &sweep->paging;

	if (answer->status != HTTP_WRONG && answer->status != HTTP_MISSING)
		return AW_UNKNOWN;
	if (!is_paged(sweep->stage))
		return sweep->stage == STAGE_PAIRS ? AW_UNKNOWN
						   : other_filter(sweep, why);
	if (paging->no_cursor || paging->cursor.next || paging->seen > 0)
		return AW_UNKNOWN;
	paging->no_cursor = true;
	return 0;
}

static void hand_out(struct scim_sweep *sweep, const struct aw_buf *page)
{
	if (page->len > 0) {
		tell(sweep, page, NULL);
		return;
	}
	if (aw_sock_now_ms() - sweep->shown_ms >= SIGN_LIFE_MS)
		tell(sweep, NULL, "");
	proceed(sweep);
}

static void on_answer(void *user, const struct aw_scim_answer *answer)
{
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(PAGE_MAX);
	struct scim_sweep *sweep = user;
	struct aw_diag why = answer->why;
	int r;

	sweep->op = NULL;
	if (aw_pace_again(&sweep->pace, answer->net, answer->hint_ms, &why))
		return;
	if (answer->net == AW_NET_OK)
		r = take_answer(sweep, answer->json, &page, &why);
	else
		r = is_other_way(sweep, answer, &why);
	if (r == AW_UNKNOWN)
		finish(sweep,
		    answer->net == AW_NET_NOT_FOUND ? AW_NET_CONFIG
						    : answer->net,
		    &why);
	else if (r != 0)
		fail(sweep, r, &why);
	else
		hand_out(sweep, &page);
}

int aw_scim_sweep_start(struct aw_aws *aws,
    const struct aw_sweep_handler *handler, void *user, struct aw_sweep **ret)
{
	static const struct aw_sweep_kind kind = { go_on, cancel };
	struct scim_sweep *sweep = calloc(1, sizeof(*sweep));
	int r;

	if (!sweep)
		return -ENOMEM;
	sweep->base.kind = &kind;
	sweep->aws = aws;
	aw_scim_rows_init(&sweep->rows);
	sweep->pace = (struct aw_pace){
		.event = aws->event,
		.rate = aws->conf->sweep_rate,
		.patience_ms = PATIENCE_MS,
		.ask = ask,
		.failed = on_failed,
		.waits = on_waits,
		.user = sweep,
	};
	sweep->handler = handler;
	sweep->user = user;
	r = aw_pace_next(&sweep->pace);
	if (r < 0) {
		sweep_free(sweep);
		return r;
	}
	*ret = &sweep->base;
	return 0;
}
