/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last yes, and for how long it counts.
 */
#include "awsssod/grace.h"

#include <string.h>

#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "common/own.h"

static struct aw_session *session_of(struct aw_daemon *daemon,
    const struct aw_ask *ask, const struct aw_person *person)
{
	return ask->key_is_connection
		   ? NULL
		   : aw_sessions_find(&daemon->sessions, ask, person);
}

void aw_grace_note(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, const struct aw_live_result *result)
{
	struct aw_session *session;

	if (!ask->permission_set[0] || result->roles != AW_NET_OK)
		return;
	session = session_of(daemon, ask, person);
	if (!session)
		return;
	session->held_ms = 0;
	if (!result->holds_set)
		return;
	if (aw_copy(session->held_set, sizeof(session->held_set),
		ask->permission_set) == 0 &&
	    aw_copy(session->held_account, sizeof(session->held_account),
		aw_decide_account(daemon, ask)) == 0)
		session->held_ms = aw_sock_now_ms();
}

static bool is_outage(enum aw_say say)
{
	return say == AW_SAY_NETD_GONE || say == AW_SAY_NET_UNAVAIL ||
	       say == AW_SAY_THROTTLED;
}

static bool is_within(uint64_t then_ms, uint64_t seconds)
{
	return then_ms != 0 && aw_sock_now_ms() - then_ms <= seconds * 1000;
}

static bool has_proof(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person)
{
	const uint64_t seconds =
	    aw_conf_access_grace(&daemon->conf.access, ask->service);
	const struct aw_session *session =
	    seconds > 0 ? session_of(daemon, ask, person) : NULL;

	/* A token that would have ended by now ends it. */
	if (!session || !is_within(session->approved_ms, seconds) ||
	    aw_sock_now_ms() >= session->token_until_ms)
		return false;
	return !ask->permission_set[0] ||
	       (is_within(session->held_ms, seconds) &&
		   strcmp(session->held_set, ask->permission_set) == 0 &&
		   strcmp(session->held_account,
		       aw_decide_account(daemon, ask)) == 0);
}

enum aw_say aw_grace(struct aw_daemon *daemon, const struct aw_ask *ask,
    const struct aw_person *person, enum aw_say say)
{
	enum aw_say may;

	if (!is_outage(say) || !has_proof(daemon, ask, person))
		return say;
	if (aw_daemon_directory_age(daemon) >
	    daemon->conf.account_directory_age)
		return AW_SAY_TOO_OLD;
	may = aw_decide(
	    daemon, person, ask->service, NULL, AW_STAGE_ACCOUNT, NULL);
	return may == AW_SAY_ALLOWED ? AW_SAY_GRACE : may;
}
