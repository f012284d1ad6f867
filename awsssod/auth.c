/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to a code, or to a verdict without one.
 */
#include "awsssod/auth.h"

#include <stdlib.h>

#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/flow.h"
#include "awsssod/grace.h"
#include "common/proto.h"

#define REFRESH_EVERY_MS 30000

void aw_auth_drop(void *daemon AW_UNUSED, struct aw_attempt *attempt)
{
	struct aw_flow *flow = attempt->owner;

	if (flow)
		(void)aw_flow_end(flow, AW_SAY_REPLACED, NULL);
}

/* A known no may have changed since the last sweep: ask once, but not as
 * often as somebody cares to try. */
static bool may_refresh(struct aw_flow *flow, enum aw_say say)
{
	const size_t n = AW_DAEMON_REFRESHED;
	uint64_t *last = &flow->daemon->refreshed[(size_t)flow->person.n % n];
	const uint64_t now = aw_sock_now_ms();

	if (say != AW_SAY_DISABLED && say != AW_SAY_ABSENT &&
	    say != AW_SAY_NOT_ALLOWED)
		return false;
	if (*last && now - *last < REFRESH_EVERY_MS)
		return false;
	*last = now;
	return true;
}

static void code_or_no(struct aw_flow *flow, enum aw_say say)
{
	const struct aw_verdict_more more = {
		.detail = flow->daemon->conf.shell,
		.rule = flow->rule,
	};

	if (say == AW_SAY_ALLOWED)
		aw_flow_start(flow);
	else
		(void)aw_flow_end(flow, say, &more);
}

static void on_refreshed(
    void *user, const struct aw_live_result *result AW_UNUSED)
{
	struct aw_flow *flow = user;

	code_or_no(
	    flow, aw_decide(flow->daemon, &flow->person, flow->ask.service,
		      NULL, AW_STAGE_BEFORE_CODE, &flow->rule));
}

static void by_code(struct aw_flow *flow)
{
	const struct aw_live_wish wish = { .set = "" };
	enum aw_say say;

	say = aw_decide(flow->daemon, &flow->person, flow->ask.service, NULL,
	    AW_STAGE_BEFORE_CODE, &flow->rule);
	if (may_refresh(flow, say))
		aw_live_start(&flow->live, flow->daemon, &flow->person, &wish,
		    on_refreshed, flow);
	else
		code_or_no(flow, say);
}

/* A live answer about the person, or a directory young enough for a sign-in
 * that is not proved anew. */
static enum aw_say is_fresh(
    struct aw_flow *flow, const struct aw_live_result *result)
{
	struct aw_daemon *daemon = flow->daemon;

	if (result->is_lost)
		return AW_SAY_INTERNAL;
	if (result->person == AW_NET_OK)
		return AW_SAY_ALLOWED;
	if (result->person == AW_NET_NOT_FOUND)
		return AW_SAY_ABSENT;
	if (aw_daemon_directory_age(daemon) <= daemon->conf.max_directory_age)
		return AW_SAY_ALLOWED;
	if (daemon->conf.source == AW_SOURCE_PUBLISHED)
		return AW_SAY_TOO_OLD;
	return result->person ? aw_say_of_net(result->person)
			      : AW_SAY_NETD_GONE;
}

static void on_reuse(void *user, const struct aw_live_result *result)
{
	struct aw_flow *flow = user;
	struct aw_verdict_more more = {
		.account = aw_decide_account(flow->daemon, &flow->ask),
		.set = flow->ask.permission_set,
		.requests = result->request,
		.detail = flow->ask.permission_set,
	};
	enum aw_say say;

	if (result->roles == AW_NET_TOKEN_DEAD) {
		by_code(flow);
		return;
	}
	say = is_fresh(flow, result);
	if (say == AW_SAY_ALLOWED)
		say = aw_decide_with_set(flow->daemon, &flow->person,
		    flow->ask.service, &result->sets, AW_STAGE_SIGN_IN,
		    aw_decide_roles(&flow->ask, result), &flow->rule);
	flow->sets = result->sets;
	aw_grace_note(flow->daemon, &flow->ask, &flow->person, result);
	more.rule = flow->rule;
	more.fault = aw_live_fault(result, say);
	(void)aw_flow_end(
	    flow, say == AW_SAY_ALLOWED ? AW_SAY_REUSED : say, &more);
}

static void on_key(void *user, const struct aw_live_result *result)
{
	struct aw_flow *flow = user;
	struct aw_verdict_more more = { .why = "the same public key" };
	enum aw_say say;

	say = is_fresh(flow, result);
	if (say == AW_SAY_ALLOWED)
		say = aw_decide(flow->daemon, &flow->person, flow->ask.service,
		    NULL, AW_STAGE_SIGN_IN, &flow->rule);
	/* Whoever may not come in now has to prove it anew later. */
	if (say != AW_SAY_ALLOWED)
		aw_proofs_drop(&flow->daemon->proofs, flow->person.n);
	more.rule = flow->rule;
	more.fault = aw_live_fault(result, say);
	(void)aw_flow_end(
	    flow, say == AW_SAY_ALLOWED ? AW_SAY_REUSED : say, &more);
}

/* The session that this request comes from holds a proof young enough. */
static bool try_reuse(struct aw_flow *flow)
{
	struct aw_daemon *daemon = flow->daemon;
	const uint64_t now = aw_sock_now_ms();
	struct aw_session *session = NULL;
	struct aw_access_accounts accounts;
	struct aw_live_wish wish = { .set = flow->ask.permission_set,
		.account = aw_decide_account(daemon, &flow->ask) };

	if (flow->ask.reuse > 0 && !flow->ask.key_is_connection)
		session = aw_sessions_find(
		    &daemon->sessions, &flow->ask, &flow->person);
	if (!session || !aw_session_token(session, now) ||
	    now - session->approved_ms > (uint64_t)flow->ask.reuse * 1000)
		return false;
	if (flow->ask.permission_set[0] ||
	    aw_access_wants_sets(&daemon->conf)) {
		aw_live_accounts(
		    daemon, false, wish.set, wish.account, &accounts);
		if (accounts.n == 0)
			return false;
		wish.token = session->token;
		wish.session = session->row;
	}
	aw_live_start(
	    &flow->live, daemon, &flow->person, &wish, on_reuse, flow);
	return true;
}

/* Another connection has proved the same key, and a code was approved there.
 * Its token is that session's alone, so nothing can be said of sets: where they
 * are asked for, a code is. */
static bool try_key(struct aw_flow *flow)
{
	struct aw_daemon *daemon = flow->daemon;
	const struct aw_live_wish wish = { .set = "" };

	if (!flow->ask.has_key || !flow->ask.key_is_connection ||
	    daemon->conf.session_reuse == 0 || flow->ask.permission_set[0] ||
	    aw_access_wants_sets(&daemon->conf) ||
	    !aw_proofs_has(&daemon->proofs, flow->person.n, flow->ask.key_hash,
		daemon->conf.session_reuse * 1000, aw_sock_now_ms()))
		return false;
	aw_live_start(&flow->live, daemon, &flow->person, &wish, on_key, flow);
	return true;
}

/* Has this attempt been decided?  An approval counts again for the same
 * connection only: a process may serve anybody. */
static bool replay(struct aw_flow *flow)
{
	struct aw_daemon *daemon = flow->daemon;
	struct aw_attempt *attempt = aw_attempts_find(
	    &daemon->attempts, flow->ask.key, aw_sock_now_ms());
	enum aw_say say;

	if (!attempt || attempt->is_open)
		return false;
	if (aw_say_verdict(attempt->say) == AW_VERDICT_ALLOW) {
		if (!flow->ask.key_is_connection)
			return false;
		say = aw_decide(daemon, &flow->person, flow->ask.service,
		    &attempt->sets, AW_STAGE_SIGN_IN, &flow->rule);
		if (say != AW_SAY_ALLOWED) {
			aw_daemon_drop_token(daemon, attempt->token);
			(void)aw_flow_end(flow, say, NULL);
			return true;
		}
	}
	aw_verdict_send(flow->conn, attempt->say, attempt->text, attempt->code);
	aw_conn_end_op(flow->conn);
	return true;
}

void aw_auth_start(struct aw_conn *conn, const struct aw_ask *ask)
{
	struct aw_flow *flow = calloc(1, sizeof(*flow));
	enum aw_say say;

	if (!flow) {
		aw_verdict_send(conn, AW_SAY_INTERNAL, NULL, NULL);
		return;
	}
	flow->daemon = conn->daemon;
	flow->conn = conn;
	flow->ask = *ask;
	aw_conn_set_op(conn, flow, aw_flow_free);
	say = aw_decide_who(conn->daemon, ask->user, &flow->person);
	flow->is_known = say == AW_SAY_ALLOWED;
	if (replay(flow))
		return;
	if (aw_hint_was(&flow->daemon->hints, ask, aw_sock_now_ms()))
		say = AW_SAY_FETCHED;
	if (say != AW_SAY_ALLOWED)
		(void)aw_flow_end(flow, say, NULL);
	else if (!try_reuse(flow) && !try_key(flow))
		by_code(flow);
}
