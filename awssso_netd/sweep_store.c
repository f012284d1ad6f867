/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Identity Store's sweep.  It waits for three things before the next
 * request: the answer to the last one, the receiver of the last page, and the
 * pace (paced.h).
 *
 *	[permission sets] -> [GetGroupId ...] -> groups -> per group
 *	ListGroupMemberships ... -> users
 *
 * Members are read before users, so that nobody who is a member by then is
 * missing among the users.  Without a scope groups and users are lists, one
 * request a page.  With one (scope.h) only some of them are wanted: pages are
 * read until all those were seen, or until as many pages have been read as
 * there are still missing, who are then asked for one by one.  That costs at
 * most twice the cheapest way, which cannot be known before.
 */
#include "awssso_netd/sweep_step.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/identitystore.h"
#include "awssso_netd/log.h"
#include "awssso_netd/timer.h"
#include "common/own.h"
#include "common/sock.h"

#define AGAIN_MAX    3 /* times that one list is begun anew */
#define PAGE_MAX     (4 * 1024 * 1024)
#define GROUPS_MAX   (32 * 1024 * 1024) /* bytes of ids: 600,000 groups */
#define PATIENCE_MS  (60 * 60 * 1000)
#define SETS_MS      (2 * 60 * 1000) /* the directory does not wait longer */
#define SIGN_LIFE_MS 5000            /* between pages that hold nothing */

static void sweep_free(struct aw_store_sweep *sweep)
{
	aw_ssoadmin_cancel(sweep->sets);
	aw_paced_done(&sweep->paced);
	sd_event_source_disable_unref(sweep->start);
	aw_paging_done(&sweep->paging);
	aw_idset_done(&sweep->want_groups);
	aw_idset_done(&sweep->want_users);
	aw_buf_done(&sweep->groups);
	free(sweep);
}

static void cancel(struct aw_sweep *base)
{
	sweep_free((struct aw_store_sweep *)base);
}

static void finish(
    struct aw_store_sweep *sweep, enum aw_net net, const struct aw_diag *why)
{
	sweep->end.net = net;
	sweep->end.n.requests = sweep->paced.pace.requests;
	if (why)
		sweep->end.why = *why;
	sweep->handler->end(sweep->user, &sweep->end);
	sweep_free(sweep);
}

static void fail(struct aw_store_sweep *sweep, int error, struct aw_diag *why)
{
	if (error != -EBADMSG)
		aw_diag_set(why, "cannot go on reading the directory: %s",
		    strerrordesc_np(-error));
	finish(
	    sweep, error == -EBADMSG ? AW_NET_BAD_ANSWER : AW_NET_UNAVAIL, why);
}

/* The scope names a group that is not there.  Reading on would make the
 * directory empty. */
static void fail_scope(struct aw_store_sweep *sweep, const char *item)
{
	struct aw_diag why;

	aw_diag_set(&why,
	    "[directory] scope: the directory has no group \"%.200s\"", item);
	finish(sweep, AW_NET_CONFIG, &why);
}

/* --- telling the receiver ---------------------------------------------- */

/* Requests in all, as far as is known: once the groups are. */
static uint64_t expected(const struct aw_store_sweep *sweep)
{
	uint64_t n = sweep->paced.pace.requests;

	if (sweep->step < AW_STEP_MEMBERS)
		return 0;
	n += sweep->groups_left;
	if (sweep->step == AW_STEP_DONE || sweep->list_over)
		return n;
	return n + (sweep->all ? 1 : (sweep->want_users.missing + 99) / 100);
}

static void tell(struct aw_store_sweep *sweep, const struct aw_buf *records,
    const char *waits)
{
	const struct aw_sweep_page page = {
		.data = records ? records->data : NULL,
		.len = records ? records->len : 0,
		.waits = waits,
		.requests = sweep->paced.pace.requests,
		.expected = expected(sweep),
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

static int ask(struct aw_store_sweep *sweep)
{
	aw_own(aw_buf_done) struct aw_buf body = AW_BUF_INIT(AW_STORE_BODY_MAX);
	struct aw_idset *want = aw_store_sweep_wanted(sweep);
	const bool is_list =
	    sweep->step == AW_STEP_GROUPS || sweep->step == AW_STEP_USERS;
	struct aw_store_ask ask = { .next = sweep->paging.next };
	struct aw_call_request request;
	int r;

	sweep->describing = NULL;
	if (is_list && want && sweep->pages >= want->missing)
		sweep->describing = aw_idset_missing(want);
	ask.operation = aw_store_sweep_operation(sweep);
	ask.paged = sweep->step != AW_STEP_NAMES && !sweep->describing;
	if (!ask.paged)
		ask.next = NULL;
	if (sweep->step == AW_STEP_NAMES)
		ask.group_name = sweep->aws->conf->scope.item[sweep->scope_at];
	else if (sweep->step == AW_STEP_MEMBERS)
		ask.group_id = aw_store_sweep_group(sweep);
	else if (sweep->step == AW_STEP_GROUPS)
		ask.group_id = sweep->describing;
	else
		ask.user_id = sweep->describing;
	r = aw_store_request(&ask, sweep->aws->conf->identity_store_id,
	    sweep->region, &body, &request);
	return r < 0 ? r : aw_paced_ask(&sweep->paced, &request);
}

/* --- permission sets --------------------------------------------------- */

static void proceed(struct aw_store_sweep *sweep);

/* Who holds a set is who is wanted. */
static void want_holders(
    struct aw_store_sweep *sweep, const struct aw_ssoadmin_end *end)
{
	sweep->want_users = *end->users;
	sweep->want_groups = *end->groups;
	memset(end->users, 0, sizeof(*end->users));
	memset(end->groups, 0, sizeof(*end->groups));
}

/* Whoever may not read them learns them at sign-ins instead; neither an outage
 * nor an empty list of instances changes anybody's.  Most accounts are shown
 * no instance, ever: nothing to complain of. */
static void sets_not_known(
    struct aw_store_sweep *sweep, const struct aw_ssoadmin_end *end)
{
	const bool is_refused = end->net == AW_NET_REFUSED;
	const bool is_outage = !is_refused && end->net != AW_NET_NOT_FOUND;

	sweep->end.n.sets_later = !is_refused;
	if (is_outage)
		aw_diag_set(
		    &sweep->end.why, "permission sets: %.200s", end->why.text);
	aw_log(is_outage ? LOG_WARNING : LOG_INFO,
	    "sweep: permission sets are not known: %s", end->why.text);
}

static void on_sets(void *user, const struct aw_ssoadmin_end *end)
{
	struct aw_store_sweep *sweep = user;
	const struct aw_conf *conf = sweep->aws->conf;
	const bool assigned = aw_ssoadmin_is_scope(conf);
	struct aw_diag why;

	sweep->sets = NULL;
	sweep->sets_done = true;
	sweep->end.n.set_requests = end->requests;
	if (end->net != AW_NET_OK && assigned) {
		aw_diag_set(&why, "[directory] scope = assigned: %.240s",
		    end->why.text);
		finish(sweep, end->net, &why);
		return;
	}
	if (assigned)
		want_holders(sweep, end);
	if (end->net != AW_NET_OK) {
		sets_not_known(sweep, end);
	} else if (conf->permission_sets != AW_PERMISSION_SETS_NO) {
		sweep->end.n.sets_known = true;
		sweep->end.n.sets = end->sets;
		sweep->end.n.grants = end->grants;
		if (end->records->len > 0) {
			tell(sweep, end->records, NULL);
			return;
		}
	}
	proceed(sweep);
}

static int ask_sets(struct aw_store_sweep *sweep)
{
	return aw_ssoadmin_start(sweep->aws, NULL,
	    aw_ssoadmin_is_scope(sweep->aws->conf) ? PATIENCE_MS : SETS_MS,
	    on_waits, on_sets, sweep, &sweep->sets);
}

/* --- from step to step ------------------------------------------------- */

/* Take the scope's next groups that are given by id.  Returns 0 when all have
 * been looked up, AW_PENDING when a name is next, or -ENOMEM. */
static int take_scope(struct aw_store_sweep *sweep)
{
	const struct aw_conf_list *scope = &sweep->aws->conf->scope;

	for (; sweep->scope_at < scope->n; sweep->scope_at++) {
		const char *item = scope->item[sweep->scope_at];
		int r;

		if (strcmp(item, AW_SCOPE_ASSIGNED) == 0)
			continue;
		if (!aw_store_is_id(item))
			return AW_PENDING;
		r = aw_idset_add(&sweep->want_groups, item, true);
		if (r < 0)
			return r;
	}
	return 0;
}

/* 0: this step has nothing left to do; AW_PENDING: it has; or -ENOMEM. */
static int is_over(struct aw_store_sweep *sweep)
{
	struct aw_idset *want = aw_store_sweep_wanted(sweep);

	switch (sweep->step) {
	case AW_STEP_SETS:
		return sweep->sets_done ? 0 : AW_PENDING;
	case AW_STEP_NAMES:
		return take_scope(sweep);
	case AW_STEP_GROUPS:
	case AW_STEP_USERS:
		return sweep->list_over || (want && want->missing == 0)
			   ? 0
			   : AW_PENDING;
	case AW_STEP_MEMBERS:
		return aw_store_sweep_group(sweep) ? AW_PENDING : 0;
	case AW_STEP_DONE:
		break;
	}
	return AW_PENDING;
}

/* Go to the first step that has something to do. */
static int next_step(struct aw_store_sweep *sweep)
{
	int r;

	while ((r = is_over(sweep)) == 0) {
		aw_store_sweep_begin_list(sweep);
		sweep->again = 0;
		sweep->step++;
		if (sweep->step == AW_STEP_MEMBERS)
			sweep->groups_left = sweep->end.n.groups;
	}
	return r < 0 ? r : 0;
}

static void proceed(struct aw_store_sweep *sweep)
{
	const char *needed = NULL;
	struct aw_diag why;
	int r;

	if (sweep->step == AW_STEP_GROUPS && sweep->list_over)
		needed = aw_idset_needed(&sweep->want_groups);
	if (needed) {
		fail_scope(sweep, needed);
		return;
	}
	r = next_step(sweep);
	if (r == 0 && sweep->step == AW_STEP_DONE) {
		finish(sweep, AW_NET_OK, NULL);
		return;
	}
	if (r == 0)
		r = sweep->step == AW_STEP_SETS ? ask_sets(sweep) : ask(sweep);
	if (r < 0)
		fail(sweep, r, &why);
}

static void go_on(struct aw_sweep *base)
{
	struct aw_store_sweep *sweep = (struct aw_store_sweep *)base;

	if (!sweep->page_out)
		return;
	sweep->page_out = false;
	proceed(sweep);
}

/* --- answers ----------------------------------------------------------- */

/* A token may be refused when it was kept for long. */
static bool is_token_refused(
    const struct aw_store_sweep *sweep, const struct aw_call_answer *answer)
{
	return sweep->paging.next && sweep->again < AGAIN_MAX &&
	       strcmp(answer->error.code, "ValidationException") == 0;
}

/* The question named somebody.  Lists are always there: that one is not found
 * is no answer to go on from. */
static bool can_be_gone(const struct aw_store_sweep *sweep)
{
	return sweep->step == AW_STEP_NAMES || sweep->step == AW_STEP_MEMBERS ||
	       sweep->describing;
}

/* Somebody went away since they were named. */
static void on_gone(struct aw_store_sweep *sweep)
{
	struct aw_idset *want = aw_store_sweep_wanted(sweep);

	if (sweep->step == AW_STEP_NAMES) {
		fail_scope(
		    sweep, sweep->aws->conf->scope.item[sweep->scope_at]);
		return;
	}
	if (sweep->step == AW_STEP_MEMBERS) {
		aw_store_sweep_next_group(sweep);
	} else if (want && sweep->describing) {
		const char *needed = aw_idset_needed(want);

		if (needed && strcmp(needed, sweep->describing) == 0) {
			fail_scope(sweep, needed);
			return;
		}
		(void)aw_idset_see(want, sweep->describing);
	}
	proceed(sweep);
}

static void on_answer(void *user, const struct aw_call_answer *answer)
{
	struct aw_store_sweep *sweep = user;
	aw_own(aw_buf_done) struct aw_buf page = AW_BUF_INIT(PAGE_MAX);
	struct aw_diag why = { .text = "" };
	int r;

	if (answer->net == AW_NET_NOT_FOUND && can_be_gone(sweep)) {
		on_gone(sweep);
		return;
	}
	if (is_token_refused(sweep, answer)) {
		r = aw_store_sweep_begin_again(sweep, &page);
	} else if (answer->net == AW_NET_NOT_FOUND) {
		finish(sweep, AW_NET_BAD_ANSWER, &answer->why);
		return;
	} else if (answer->net != AW_NET_OK) {
		finish(sweep, answer->net, &answer->why);
		return;
	} else {
		r = aw_store_sweep_take(sweep, answer->json, &page, &why);
	}
	if (r < 0) {
		fail(sweep, r, &why);
	} else if (page.len > 0) {
		tell(sweep, &page, NULL);
	} else {
		if (aw_sock_now_ms() - sweep->shown_ms >= SIGN_LIFE_MS)
			tell(sweep, NULL, "");
		proceed(sweep);
	}
}

/* --- starting ---------------------------------------------------------- */

static int on_start(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	proceed(user);
	return 0;
}

int aw_sweep_store_start(struct aw_aws *aws,
    const struct aw_sweep_handler *handler, void *user, struct aw_sweep **ret)
{
	static const struct aw_sweep_kind kind = { go_on, cancel };
	const struct aw_conf *conf = aws->conf;
	struct aw_store_sweep *sweep = calloc(1, sizeof(*sweep));
	int r;

	if (!sweep)
		return -ENOMEM;
	sweep->base.kind = &kind;
	sweep->aws = aws;
	sweep->region = aw_aws_region(aws);
	sweep->all = conf->scope.n == 0;
	sweep->sets_done = conf->permission_sets == AW_PERMISSION_SETS_NO &&
			   !aw_ssoadmin_is_scope(conf);
	sweep->groups.max = GROUPS_MAX;
	aw_paced_init(&sweep->paced, aws, conf->sweep_rate, PATIENCE_MS,
	    on_answer, on_waits, sweep);
	sweep->handler = handler;
	sweep->user = user;
	r = aw_timer_set(aws->event, &sweep->start, 0, on_start, sweep);
	if (r < 0) {
		sweep_free(sweep);
		return r;
	}
	*ret = &sweep->base;
	return 0;
}
