/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store's sweep.  It waits for three things before the next
 * request: the answer to the last one, the receiver of the last page, and the
 * pace.
 *
 *	ListUsers ... -> ListGroups ... -> per group ListGroupMemberships ...
 */
#include "awssso_netd/sweep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/identitystore.h"
#include "awssso_netd/paging.h"
#include "awssso_netd/record.h"
#include "awssso_netd/timer.h"
#include "common/sock.h"

#define PAGE_MAX   (4 * 1024 * 1024)
#define GROUPS_MAX (32 * 1024 * 1024) /* bytes of ids: 600,000 groups */
/* Nobody waits in front of a screen, and the limit of 20 requests a second is
 * shared by a whole organisation: be patient. */
#define ATTEMPTS 5
#define SLACK_MS 60000

enum stage {
	STAGE_USERS,
	STAGE_GROUPS,
	STAGE_MEMBERS,
};

struct store_sweep {
	struct aw_sweep base;
	struct aw_aws *aws;
	const char *region;
	enum stage stage;
	struct aw_paging paging;
	struct aw_buf groups; /* ids, each with its NUL */
	size_t group_at;      /* of the group whose members are read */
	struct aw_sweep_end end;
	bool page_out; /* a page waits to be taken */
	uint64_t next_ms;
	struct aw_call *call;
	sd_event_source *timer;
	const struct aw_sweep_handler *handler;
	void *user;
};

static void sweep_free(struct store_sweep *sweep)
{
	aw_call_cancel(sweep->call);
	sd_event_source_disable_unref(sweep->timer);
	aw_paging_done(&sweep->paging);
	aw_buf_done(&sweep->groups);
	free(sweep);
}

static void cancel(struct aw_sweep *base)
{
	sweep_free((struct store_sweep *)base);
}

static void finish(
    struct store_sweep *sweep, enum aw_net net, const struct aw_diag *why)
{
	sweep->end.net = net;
	if (why)
		sweep->end.why = *why;
	sweep->handler->end(sweep->user, &sweep->end);
	sweep_free(sweep);
}

static void fail(struct store_sweep *sweep, int error, struct aw_diag *why)
{
	if (error != -EBADMSG)
		aw_diag_set(why, "cannot go on reading the directory: %s",
		    strerrordesc_np(-error));
	finish(
	    sweep, error == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL, why);
}

/* --- asking ------------------------------------------------------------ */

static const char *operation(const struct store_sweep *sweep)
{
	static const char *const names[] = {
		[STAGE_USERS] = "ListUsers",
		[STAGE_GROUPS] = "ListGroups",
		[STAGE_MEMBERS] = "ListGroupMemberships",
	};

	return names[sweep->stage];
}

/* The group whose members are read, NULL behind the last one. */
static const char *group(const struct store_sweep *sweep)
{
	return sweep->group_at < sweep->groups.len
		   ? sweep->groups.data + sweep->group_at
		   : NULL;
}

static void on_answer(void *user, const struct aw_call_answer *answer);

static int ask(struct store_sweep *sweep)
{
	const struct aw_store_ask ask = {
		.operation = operation(sweep),
		.group_id = sweep->stage == STAGE_MEMBERS ? group(sweep) : NULL,
		.paged = true,
		.next = sweep->paging.next,
	};
	const struct aw_store_how how = {
		.region = sweep->region,
		.attempts = ATTEMPTS,
		.slack_ms = SLACK_MS,
	};

	sweep->next_ms = aw_sock_now_ms() + 1000 / sweep->aws->conf->sweep_rate;
	return aw_store_start(
	    sweep->aws, &ask, &how, on_answer, sweep, &sweep->call);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *user)
{
	struct store_sweep *sweep = user;
	struct aw_diag why;
	int r;

	(void)source;
	(void)usec;
	r = ask(sweep);
	if (r < 0)
		fail(sweep, r, &why);
	return 0;
}

/* The next request at its time, or the end. */
static void proceed(struct store_sweep *sweep)
{
	const uint64_t now = aw_sock_now_ms();
	struct aw_diag why;
	int r;

	if (sweep->stage == STAGE_MEMBERS && !group(sweep)) {
		finish(sweep, AW_NET_OK, NULL);
		return;
	}
	r = aw_timer_set(sweep->aws->event, &sweep->timer,
	    sweep->next_ms > now ? sweep->next_ms - now : 0, on_timer, sweep);
	if (r < 0)
		fail(sweep, r, &why);
}

static void go_on(struct aw_sweep *base)
{
	struct store_sweep *sweep = (struct store_sweep *)base;

	if (!sweep->page_out)
		return;
	sweep->page_out = false;
	proceed(sweep);
}

/* --- answers ----------------------------------------------------------- */

static void next_list(struct store_sweep *sweep)
{
	aw_paging_done(&sweep->paging);
	if (sweep->stage == STAGE_USERS)
		sweep->stage = STAGE_GROUPS;
	else if (sweep->stage == STAGE_GROUPS)
		sweep->stage = STAGE_MEMBERS;
	else
		sweep->group_at += strlen(group(sweep)) + 1;
}

static int make_page(struct store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, const char **ret_next, struct aw_diag *why)
{
	const char *store = sweep->aws->conf->identity_store_id;
	uint64_t *count = NULL, n = 0;
	int r = -EINVAL;

	switch (sweep->stage) {
	case STAGE_USERS:
		r = aw_record_users(json, store, page, &n, ret_next, why);
		count = &sweep->end.n.users;
		break;
	case STAGE_GROUPS:
		r = aw_record_groups(
		    json, store, page, &sweep->groups, &n, ret_next, why);
		count = &sweep->end.n.groups;
		break;
	case STAGE_MEMBERS:
		r = aw_record_members(
		    json, store, group(sweep), page, &n, ret_next, why);
		count = &sweep->end.n.members;
		break;
	}
	if (r == 0 && count)
		*count += n;
	return r;
}

static int take_page(struct store_sweep *sweep, struct json_object *json,
    struct aw_buf *page, struct aw_diag *why)
{
	const struct aw_place place = { NULL, operation(sweep), -1 };
	const char *next = NULL;
	int r;

	r = make_page(sweep, json, page, &next, why);
	if (r < 0)
		return r;
	r = aw_paging_step(&sweep->paging, next);
	if (r == -EBADMSG)
		return aw_answer_bad(&place, "NextToken", "given twice", why);
	if (r == AW_END)
		next_list(sweep);
	return r < 0 ? r : 0;
}

/* A group that went away since it was listed has no members any more. */
static bool is_gone(
    const struct store_sweep *sweep, const struct aw_call_answer *answer)
{
	return sweep->stage == STAGE_MEMBERS &&
	       answer->net == AW_NET_NOT_FOUND &&
	       strcmp(answer->error.resource, "GROUP") == 0;
}

static void hand_out(struct store_sweep *sweep, const struct aw_buf *records)
{
	const struct aw_sweep_page page = {
		.data = records->data,
		.len = records->len,
		.requests = sweep->end.n.requests,
	};

	sweep->page_out = true;
	sweep->handler->page(sweep->user, &page);
}

static void on_answer(void *user, const struct aw_call_answer *answer)
{
	struct store_sweep *sweep = user;
	struct aw_buf page = AW_BUF_INIT(PAGE_MAX);
	struct aw_diag why;
	int r = 0;

	sweep->call = NULL;
	sweep->end.n.requests++;
	if (is_gone(sweep, answer)) {
		next_list(sweep);
	} else if (answer->net != AW_NET_OK) {
		finish(sweep, answer->net, &answer->why);
		return;
	} else {
		r = take_page(sweep, answer->json, &page, &why);
	}
	if (r < 0) {
		fail(sweep, r, &why);
	} else if (page.len > 0) {
		hand_out(sweep, &page);
	} else {
		proceed(sweep);
	}
	aw_buf_done(&page);
}

int aw_sweep_store_start(struct aw_aws *aws,
    const struct aw_sweep_handler *handler, void *user, struct aw_sweep **ret)
{
	static const struct aw_sweep_kind kind = { go_on, cancel };
	struct store_sweep *sweep = calloc(1, sizeof(*sweep));
	int r;

	if (!sweep)
		return -ENOMEM;
	sweep->base.kind = &kind;
	sweep->aws = aws;
	sweep->region = aw_aws_region(aws);
	sweep->groups.max = GROUPS_MAX;
	sweep->handler = handler;
	sweep->user = user;
	r = ask(sweep);
	if (r < 0) {
		sweep_free(sweep);
		return r;
	}
	*ret = &sweep->base;
	return 0;
}
