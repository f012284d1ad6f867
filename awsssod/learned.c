/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sets, from answers about one person.
 */
#include "awsssod/learned.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "awsssod/daemon.h"
#include "awsssod/ledger.h"
#include "awsssod/local.h"
#include "awsssod/log.h"
#include "awsssod/register.h"
#include "awsssod/sets.h"
#include "common/proto.h"

int64_t aw_learned_pending(
    const struct aw_daemon *daemon, const struct aw_attempt *attempt)
{
	return -1 - (attempt - daemon->attempts.slot);
}

static int stage(struct aw_state *state, const struct aw_wire_in *in)
{
	struct aw_wire_field field = { 0 };
	char name[65];
	int r;

	r = aw_state_run(state, AW_Q_LIVE_SETS_CLEAR, "");
	while (r == 0 && aw_wire_next(in, &field) == 0 &&
	       field.tag != AW_TAG_ACCOUNT) {
		if (field.tag != AW_TAG_ROLE || field.len == 0 ||
		    field.len >= sizeof(name))
			continue;
		memcpy(name, field.text, field.len);
		name[field.len] = '\0';
		r = aw_state_run(state, AW_Q_LIVE_SETS_ADD, "s", name);
	}
	return r;
}

/* Sets that are met for the first time get a name and an id. */
static int know(struct aw_daemon *daemon, int64_t *changes)
{
	struct aw_state *state = &daemon->state;
	int r;

	r = aw_state_run(
	    state, AW_Q_LIVE_SETS_KNOW, "s", daemon->conf.identity_store_id);
	if (r < 0 || aw_state_changes(state) == 0)
		return r;
	(*changes)++;
	r = aw_local_read(state, &daemon->settings.local);
	return r < 0 ? r
		     : aw_register_newcomers(
			   state, &daemon->conf, aw_ledger_sha256, changes);
}

static int take(struct aw_daemon *daemon, int64_t n, int64_t session,
    const struct aw_wire_in *in, int64_t *changes)
{
	const char *store = daemon->conf.identity_store_id;
	struct aw_state *state = &daemon->state;
	int64_t news = 0;
	int r;

	r = stage(state, in);
	if (r == 0)
		r = aw_state_run(state, AW_Q_LEARNED_LOSE, "is", n, store);
	if (r == 0)
		*changes += aw_state_changes(state);
	if (r != 0 || session == 0)
		return r;
	if ((r = know(daemon, changes)) != 0 ||
	    (r = aw_state_number(
		 state, AW_Q_LEARNED_NEWS, &news, "is", n, store)) != 0 ||
	    (r = aw_state_run(state, AW_Q_LEARNED_ADD, "isii", n, store,
		 session, (int64_t)time(NULL))) != 0)
		return r;
	*changes += news;
	return 0;
}

/* Close a transaction that has made @changes, or failed with @r. */
static void finish(struct aw_daemon *daemon, int r, int64_t changes)
{
	struct aw_state *state = &daemon->state;

	if (r == 0 && changes > 0)
		r = aw_state_run(state, AW_Q_GENERATION_NEXT, "");
	if (r == 0)
		r = aw_state_commit(state);
	if (r == 0 && changes > 0)
		aw_publish_soon(&daemon->publish);
	if (r == 0)
		return;
	aw_state_rollback(state);
	aw_log(LOG_WARNING, "state.db: cannot keep permission sets: %s",
	    strerror(-r));
}

void aw_learned_take(struct aw_daemon *daemon, int64_t n, int64_t session,
    const struct aw_wire_in *in)
{
	int64_t changes = 0;
	int r;

	if (daemon->conf.permission_sets == AW_PERMISSION_SETS_NO ||
	    aw_sets_are_known(&daemon->state))
		return;
	r = aw_state_begin(&daemon->state);
	if (r == 0)
		r = take(daemon, n, session, in, &changes);
	finish(daemon, r, changes);
}

bool aw_learned_open(struct aw_daemon *daemon, int64_t n,
    const struct aw_attempt *attempt, int64_t row)
{
	const int r = aw_state_run(&daemon->state, AW_Q_LEARNED_OPEN, "iii", n,
	    aw_learned_pending(daemon, attempt), row);

	if (r < 0)
		aw_log(LOG_WARNING, "state.db: cannot keep permission sets: %s",
		    strerror(-r));
	return r == 0 && aw_state_changes(&daemon->state) > 0;
}

static void end(struct aw_daemon *daemon, enum aw_query query,
    const char *kinds, int64_t first, int64_t second, int64_t third)
{
	int r = aw_state_begin(&daemon->state);
	int64_t changes = 0;

	if (r == 0)
		r = aw_state_run(
		    &daemon->state, query, kinds, first, second, third);
	if (r == 0)
		changes = aw_state_changes(&daemon->state);
	finish(daemon, r, changes);
}

/* Nearly always there is nothing to end, and then nothing is written. */
static bool has_any(struct aw_daemon *daemon)
{
	int64_t n = 0;

	return aw_state_number(&daemon->state, AW_Q_COUNT_LEARNED, &n, "") ==
		   0 &&
	       n > 0;
}

void aw_learned_close(struct aw_daemon *daemon, int64_t row)
{
	if (row != 0 && has_any(daemon))
		end(daemon, AW_Q_LEARNED_CLOSE, "i", row, 0, 0);
}

void aw_learned_expire(struct aw_daemon *daemon)
{
	if (has_any(daemon))
		end(daemon, AW_Q_LEARNED_EXPIRE, "iii", (int64_t)time(NULL),
		    (int64_t)AW_LEARNED_S, (int64_t)AW_LEARNED_OPEN_S);
}

void aw_learned_start(struct aw_daemon *daemon)
{
	if (has_any(daemon))
		end(daemon, AW_Q_LEARNED_EXPIRE, "iii", (int64_t)time(NULL),
		    (int64_t)AW_LEARNED_S, (int64_t)0);
}
