/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that a name holds here is in two tables: the attempts and the
 * sessions.  Who bears the name is not asked: somebody whom the directory has
 * forgotten can be revoked too.
 */
#include "awsssod/revoke.h"

#include <string.h>

#include "awsssod/audit.h"
#include "awsssod/daemon.h"
#include "awsssod/flow.h"
#include "awsssod/process.h"
#include "common/own.h"
#include "common/proto.h"

/* More than these are counted, not listed: an answer must fit a socket. */
#define LISTED_MAX 64

struct tally {
	unsigned sessions, tokens, codes;
};

/* A sign-in that is open ends, one that was allowed opens nothing more. */
static void end_attempts(
    struct aw_daemon *daemon, const char *user, struct tally *tally)
{
	for (size_t i = 0; i < daemon->attempts.n_used; i++) {
		struct aw_attempt *attempt = &daemon->attempts.slot[i];

		if (!attempt->is_used || strcmp(attempt->user, user) != 0)
			continue;
		if (attempt->is_open && attempt->owner) {
			(void)aw_flow_end(attempt->owner, AW_SAY_REVOKED, NULL);
			tally->codes++;
		} else if (aw_say_verdict(attempt->say) == AW_VERDICT_ALLOW) {
			tally->tokens += attempt->token != 0;
			aw_daemon_drop_token(daemon, attempt->token);
			aw_attempt_forget(attempt);
		}
	}
}

static void send_session(struct aw_conn *conn, const struct aw_session *session)
{
	uint8_t data[AW_WIRE_HEADER + 1024];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_SESSION_REC);
	aw_wire_put_text(&out, AW_TAG_SERVICE, session->service);
	if (session->tty[0])
		aw_wire_put_text(&out, AW_TAG_TTY, session->tty);
	if (session->rhost[0])
		aw_wire_put_text(&out, AW_TAG_RHOST, session->rhost);
	if (session->ksession != AW_KSESSION_UNSET)
		aw_wire_put_num(&out, AW_TAG_KSESSION, session->ksession);
	aw_wire_put_num(&out, AW_TAG_PID, (uint64_t)session->leader);
	aw_wire_put_num(&out, AW_TAG_TIME, (uint64_t)session->opened);
	aw_wire_put_num(&out, AW_TAG_TOKEN, session->token != 0);
	aw_conn_send(conn, &out);
}

static void end_tokens(
    struct aw_conn *conn, const char *user, struct tally *tally)
{
	struct aw_session *session = conn->daemon->sessions.first;

	for (; session; session = session->next) {
		if (strcmp(session->user, user) != 0)
			continue;
		tally->sessions++;
		tally->tokens += session->token != 0;
		if (tally->sessions <= LISTED_MAX)
			send_session(conn, session);
		aw_session_revoke(session);
	}
}

static void send_end(struct aw_conn *conn, const struct tally *tally)
{
	uint8_t data[AW_WIRE_HEADER + 64];
	struct aw_wire_out out;

	aw_conn_begin(conn, &out, data, sizeof(data), AW_MSG_DONE);
	aw_wire_put_num(&out, AW_TAG_NET, AW_NET_OK);
	aw_wire_put_num(&out, AW_TAG_SESSIONS, tally->sessions);
	aw_wire_put_num(&out, AW_TAG_FLOWS, tally->codes);
	aw_conn_send(conn, &out);
}

static void log_it(const struct aw_daemon *daemon, const struct aw_conn *conn,
    const char *user, const struct tally *tally)
{
	char why[96];
	const struct aw_audit audit = {
		.event = AW_AUDIT_REVOKED,
		.user = user,
		.host = daemon->host,
		.why = why,
		.pid = conn->peer.pid,
	};

	aw_ignore(aw_fmt(why, sizeof(why),
	    "%u sessions, %u tokens dropped, %u codes ended", tally->sessions,
	    tally->tokens, tally->codes));
	aw_audit_write(&audit);
}

int aw_revoke(struct aw_conn *conn, const struct aw_wire_in *in)
{
	struct tally tally = { 0 };
	struct aw_person person;
	char user[AW_NAME_SIZE];

	if (aw_wire_text(in, AW_TAG_USER, user, sizeof(user)) != 0)
		return AW_DENIED;
	end_attempts(conn->daemon, user, &tally);
	end_tokens(conn, user, &tally);
	if (aw_person_by_name(&conn->daemon->state, user, &person) == 0)
		aw_proofs_drop(&conn->daemon->proofs, person.n);
	log_it(conn->daemon, conn, user, &tally);
	send_end(conn, &tally);
	return 0;
}
