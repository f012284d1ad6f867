/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The account phase: one person refreshed live where somebody waits, else the
 * last good directory, as long as it is young enough.
 */
#include "awsssod/account.h"

#include <stdlib.h>

#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/grace.h"
#include "awsssod/live.h"
#include "awsssod/verdict.h"
#include "common/proto.h"

/* As long as an approval's own facts count as live. */
#define JUST_APPROVED_MS 30000

struct account {
	struct aw_daemon *daemon;
	struct aw_conn *conn;
	struct aw_ask ask;
	struct aw_person person;
	bool is_known;
	struct aw_live live;
	struct aw_access_facts sets;     /* by an approval a moment ago */
	bool is_live;                    /* there was one */
	const struct aw_conf_rule *rule; /* that decided */
};

static void account_free(void *user)
{
	struct account *account = user;

	aw_live_cancel(&account->live);
	free(account);
}

/* @found is what was decided; an outage may have a grace. */
static void end(struct account *account, enum aw_say found,
    const struct aw_live_result *result)
{
	const enum aw_say say = account->is_known
				    ? aw_grace(account->daemon, &account->ask,
					  &account->person, found)
				    : found;
	const bool gate = account->ask.permission_set[0] != '\0';
	const struct aw_verdict_more more = {
		.account =
		    gate ? aw_decide_account(account->daemon, &account->ask)
			 : NULL,
		.set = account->ask.permission_set,
		.requests = result ? result->request : NULL,
		.detail = account->ask.permission_set,
		.rule = account->rule,
		.fault = result ? aw_live_fault(result, say) : NULL,
		.is_quiet = !gate,
	};

	aw_verdict_give(account->daemon, account->conn, &account->ask,
	    account->is_known ? &account->person : NULL, say, &more, NULL);
	aw_conn_end_op(account->conn);
}

static enum aw_say is_fresh(
    const struct account *account, const struct aw_live_result *result)
{
	struct aw_daemon *daemon = account->daemon;

	if (result->is_lost)
		return AW_SAY_INTERNAL;
	if (account->is_live || result->person == AW_NET_OK)
		return AW_SAY_ALLOWED;
	if (result->person == AW_NET_NOT_FOUND)
		return AW_SAY_ABSENT;
	return aw_daemon_directory_age(daemon) <=
		       daemon->conf.account_directory_age
		   ? AW_SAY_ALLOWED
		   : AW_SAY_TOO_OLD;
}

static void on_live(void *user, const struct aw_live_result *result)
{
	struct account *account = user;
	struct aw_session *session;
	const struct aw_access_facts *sets =
	    result->sets.sets_known || result->sets.elsewhere ? &result->sets
							      : &account->sets;
	enum aw_say say;

	if (result->roles == AW_NET_TOKEN_DEAD) {
		session = aw_sessions_find(&account->daemon->sessions,
		    &account->ask, &account->person);
		if (session)
			aw_session_drop_token(session);
	}
	say = is_fresh(account, result);
	if (say == AW_SAY_ALLOWED)
		say = aw_decide_with_set(account->daemon, &account->person,
		    account->ask.service, sets, AW_STAGE_ACCOUNT,
		    aw_decide_roles(&account->ask, result), &account->rule);
	aw_grace_note(account->daemon, &account->ask, &account->person, result);
	end(account, say, result);
}

/* The facts of an approval under this very attempt are a moment old. */
static void use_approval(struct account *account)
{
	const uint64_t now = aw_sock_now_ms();
	const struct aw_attempt *attempt =
	    aw_attempts_find(&account->daemon->attempts, account->ask.key, now);

	if (!attempt || attempt->is_open || attempt->say != AW_SAY_ALLOWED ||
	    now - attempt->approved_ms > JUST_APPROVED_MS)
		return;
	account->sets = attempt->sets;
	account->is_live = true;
}

/* The token to ask the portal with: when a set is required, or sets are the
 * policy.  AW_SAY_ALLOWED, or why it cannot be asked though it must. */
static enum aw_say find_token(
    struct account *account, struct aw_live_wish *wish)
{
	struct aw_daemon *daemon = account->daemon;
	const bool gate = account->ask.permission_set[0] != '\0';
	const struct aw_session *session;

	wish->set = account->ask.permission_set;
	wish->account = aw_decide_account(daemon, &account->ask);
	if (!gate && !aw_access_wants_sets(&daemon->conf))
		return AW_SAY_ALLOWED;
	if (gate && !*wish->account)
		return AW_SAY_NO_ACCOUNT;
	session = aw_sessions_find(
	    &daemon->sessions, &account->ask, &account->person);
	if (session && aw_session_token(session, aw_sock_now_ms())) {
		wish->token = session->token;
		wish->session = session->row;
		return AW_SAY_ALLOWED;
	}
	if (!gate)
		return AW_SAY_ALLOWED;
	/* It has one that lives still, and that went with awssso-netd. */
	return session && session->approved_ms != 0 &&
		       aw_sock_now_ms() < session->token_until_ms &&
		       daemon->netd.fd < 0
		   ? AW_SAY_NETD_GONE
		   : AW_SAY_NO_TOKEN;
}

static void judge(struct account *account)
{
	static const struct aw_live_result nothing;
	struct aw_live_wish wish = { .set = "" };
	enum aw_say say;

	use_approval(account);
	say = find_token(account, &wish);
	if (say != AW_SAY_ALLOWED) {
		/* A person who may not even come in hears that instead. */
		const enum aw_say other = aw_decide(account->daemon,
		    &account->person, account->ask.service, NULL,
		    AW_STAGE_SESSION, &account->rule);

		end(account, other == AW_SAY_ALLOWED ? say : other, NULL);
		return;
	}
	if (wish.token == 0 &&
	    (account->is_live || aw_ask_is_batch(&account->ask)))
		on_live(account, &nothing);
	else
		aw_live_start(&account->live, account->daemon, &account->person,
		    &wish, on_live, account);
}

void aw_account_start(struct aw_conn *conn, const struct aw_ask *ask)
{
	struct account *account = calloc(1, sizeof(*account));
	enum aw_say say;

	if (!account) {
		aw_verdict_send(conn, AW_SAY_INTERNAL, NULL, NULL);
		return;
	}
	account->daemon = conn->daemon;
	account->conn = conn;
	account->ask = *ask;
	aw_conn_set_op(conn, account, account_free);
	say = aw_decide_who(conn->daemon, ask->user, &account->person);
	account->is_known = say == AW_SAY_ALLOWED;
	if (account->is_known)
		judge(account);
	else
		end(account, say, NULL);
}
