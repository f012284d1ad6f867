/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sessions, from OPEN to the death of their leaders.
 */
#include "awsssod/session.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "awsssod/daemon.h"
#include "awsssod/decide.h"
#include "awsssod/learned.h"
#include "awsssod/log.h"
#include "awsssod/process.h"
#include "awsssod/verdict.h"
#include "common/own.h"

#define SESSIONS_MAX  65536
#define SESSIONS_KEPT 10000 /* closed ones in state.db */
#define ANCESTORS_MAX 64

static void session_free(struct aw_session *session)
{
	struct aw_daemon *daemon = session->daemon;

	aw_session_drop_token(session);
	if (session->link) {
		*session->link = session->next;
		if (session->next)
			session->next->link = session->link;
		daemon->sessions.n--;
	}
	(void)sd_event_source_disable_unref(session->watch);
	aw_own_fd_done(&session->pidfd);
	free(session);
}

static void log_session(
    const struct aw_session *session, const char *event, const char *why)
{
	const struct aw_audit audit = {
		.event = event,
		.phase = "session",
		.user = session->user,
		.principal = session->principal,
		.host = session->daemon->host,
		.service = session->service,
		.rhost = session->rhost,
		.session = aw_ksession_or_0(session->ksession),
		.pid = session->leader,
		.why = why,
	};

	aw_audit_write(&audit);
}

static void session_end(struct aw_session *session, const char *why)
{
	struct aw_state *state = &session->daemon->state;
	int r = 0;

	if (session->row)
		r = aw_state_run(state, AW_Q_SESSION_CLOSE, "ii", session->row,
		    (int64_t)time(NULL));
	if (r == 0)
		r = aw_state_run(
		    state, AW_Q_SESSION_TRIM, "i", (int64_t)SESSIONS_KEPT);
	if (r < 0)
		aw_log(LOG_WARNING, "state.db: cannot close a session: %s",
		    strerror(-r));
	aw_learned_close(session->daemon, session->row);
	log_session(session, AW_AUDIT_SESSION_END, why);
	session_free(session);
}

static int on_leader_gone(sd_event_source *source AW_UNUSED, int fd AW_UNUSED,
    uint32_t events AW_UNUSED, void *user)
{
	session_end(user, "its first process is gone");
	return 0;
}

/* A session of @leader, whose @pidfd is taken; NULL when there is no room. */
static struct aw_session *session_new(struct aw_daemon *daemon,
    const char *user, uint32_t ksession, pid_t leader, int pidfd)
{
	aw_own_fd int own = pidfd;
	struct aw_session *session;

	if (daemon->sessions.n >= SESSIONS_MAX)
		return NULL;
	session = calloc(1, sizeof(*session));
	if (!session)
		return NULL;
	session->daemon = daemon;
	session->ksession = ksession;
	session->leader = leader;
	session->pidfd = aw_take_fd(&own);
	if (aw_copy(session->user, sizeof(session->user), user) < 0 ||
	    sd_event_add_io(daemon->event, &session->watch, session->pidfd,
		EPOLLIN, on_leader_gone, session) < 0) {
		session_free(session);
		return NULL;
	}
	session->next = daemon->sessions.first;
	session->link = &daemon->sessions.first;
	if (session->next)
		session->next->link = &session->next;
	daemon->sessions.first = session;
	daemon->sessions.n++;
	return session;
}

bool aw_session_token(const struct aw_session *session, uint64_t now_ms)
{
	return session->token != 0 && now_ms < session->token_until_ms;
}

void aw_session_drop_token(struct aw_session *session)
{
	aw_daemon_drop_token(session->daemon, session->token);
	session->token = 0;
	session->approved_ms = 0;
	session->held_ms = 0;
}

void aw_session_revoke(struct aw_session *session)
{
	aw_session_drop_token(session);
	aw_learned_close(session->daemon, session->row);
}

void aw_session_give_token(struct aw_daemon *daemon AW_UNUSED,
    struct aw_session *session, uint64_t token, uint64_t until_ms)
{
	aw_session_drop_token(session);
	session->token = token;
	session->token_until_ms = until_ms;
	session->approved_ms = aw_sock_now_ms();
}

void aw_sessions_forget_tokens(struct aw_sessions *sessions)
{
	for (struct aw_session *s = sessions->first; s; s = s->next)
		s->token = 0;
}

static bool is_alive(const struct aw_session *session)
{
	struct pollfd p = { .fd = session->pidfd, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

/* The sessions' leaders are alive when asked for, so their pids are theirs.
 * @user, @principal: whose, unless NULL. */
static struct aw_session *led_by(struct aw_sessions *sessions, pid_t pid,
    const char *user, const char *principal)
{
	for (struct aw_session *s = sessions->first; s; s = s->next)
		if (s->leader == pid && (!user || !strcmp(s->user, user)) &&
		    (!principal || !strcmp(s->principal, principal)) &&
		    is_alive(s))
			return s;
	return NULL;
}

static struct aw_session *by_ancestry(struct aw_sessions *sessions,
    const struct aw_ask *ask, const char *principal)
{
	pid_t pid = ask->peer.pid;

	for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		struct aw_session *session =
		    led_by(sessions, pid, NULL, principal);
		struct aw_process process;

		if (session)
			return session;
		if (aw_process_read(pid, &process) < 0)
			return NULL;
		pid = process.parent;
	}
	return NULL;
}

struct aw_session *aw_sessions_find(struct aw_sessions *sessions,
    const struct aw_ask *ask, const struct aw_person *person)
{
	const uint64_t now = aw_sock_now_ms();
	struct aw_session *found = NULL;

	/* Others run there, too: by sudo, or what they left behind. */
	if (ask->real_uid != person->posix_id)
		return NULL;
	for (struct aw_session *s = sessions->first;
	     s && ask->ksession != AW_KSESSION_UNSET; s = s->next) {
		if (s->ksession != ask->ksession ||
		    strcmp(s->principal, person->principal) != 0 ||
		    !is_alive(s))
			continue;
		if (!found ||
		    (!aw_session_token(found, now) && aw_session_token(s, now)))
			found = s;
	}
	return found ? found : by_ancestry(sessions, ask, person->principal);
}

static void note_session(struct aw_daemon *daemon, struct aw_session *session,
    const struct aw_ask *ask)
{
	struct aw_process process = { 0 };
	int r;

	r = aw_process_read(session->leader, &process);
	if (r == 0)
		r = aw_state_run(&daemon->state, AW_Q_SESSION_OPEN, "ssssiiii",
		    ask->user, ask->service, ask->tty, ask->rhost,
		    (int64_t)ask->ksession, (int64_t)ask->peer.pid,
		    (int64_t)process.start, (int64_t)time(NULL));
	if (r == 0)
		session->row = aw_state_last_row(&daemon->state);
	else
		aw_log(LOG_WARNING, "state.db: cannot remember a session: %s",
		    strerror(-r));
}

/* What the log says of @session; it is no reason to do without one. */
static void describe(struct aw_session *session, const char *service,
    const char *tty, const char *rhost, const struct aw_person *person)
{
	aw_ignore(aw_copy(session->service, sizeof(session->service), service));
	aw_ignore(aw_copy(session->tty, sizeof(session->tty), tty));
	aw_ignore(aw_copy(session->rhost, sizeof(session->rhost), rhost));
	aw_ignore(aw_copy(
	    session->principal, sizeof(session->principal), person->principal));
}

/* The token that waits in the attempt which this session follows from. */
static void take_token(struct aw_session *session, struct aw_attempt *attempt)
{
	if (!attempt->token)
		return;
	session->token = attempt->token;
	session->token_until_ms = attempt->token_until_ms;
	session->approved_ms = attempt->approved_ms;
	attempt->token = 0;
}

/* True: groups were learned for it, which its processes should have. */
static bool begin_session(struct aw_conn *conn, const struct aw_ask *ask,
    const struct aw_person *person)
{
	struct aw_daemon *daemon = conn->daemon;
	struct aw_attempt *attempt =
	    aw_attempts_find(&daemon->attempts, ask->key, aw_sock_now_ms());
	struct aw_session *session;
	int pidfd, r;

	r = aw_sock_peer_pidfd(conn->fd, &pidfd);
	if (r < 0) {
		aw_log(LOG_WARNING, "session of %s: no pidfd: %s", ask->user,
		    strerror(-r));
		return false;
	}
	session =
	    session_new(daemon, ask->user, ask->ksession, ask->peer.pid, pidfd);
	if (!session)
		return false;
	if (attempt)
		take_token(session, attempt);
	session->opened = (int64_t)time(NULL);
	describe(session, ask->service, ask->tty, ask->rhost, person);
	note_session(daemon, session, ask);
	log_session(session, AW_AUDIT_SESSION_OPEN, NULL);
	return attempt && session->row &&
	       aw_learned_open(daemon, person->n, attempt, session->row);
}

void aw_session_open(struct aw_conn *conn, const struct aw_ask *ask)
{
	const struct aw_verdict_more more = { .is_quiet = true };
	struct aw_person person;
	enum aw_say say;

	say = aw_decide_who(conn->daemon, ask->user, &person);
	if (say != AW_SAY_ALLOWED) {
		aw_verdict_give(conn->daemon, conn, ask, NULL, say, NULL, NULL);
		return;
	}
	say = aw_decide(
	    conn->daemon, &person, ask->service, NULL, AW_STAGE_SESSION, NULL);
	if (say == AW_SAY_ALLOWED && begin_session(conn, ask, &person) &&
	    aw_opening_wait(conn, ask, &person))
		return;
	aw_verdict_give(conn->daemon, conn, ask, &person, say, &more, NULL);
}

void aw_session_close(struct aw_conn *conn, const struct aw_ask *ask)
{
	struct aw_session *session =
	    led_by(&conn->daemon->sessions, ask->peer.pid, ask->user, NULL);

	if (session)
		session_end(session, "closed");
	aw_verdict_send(conn, AW_SAY_ALLOWED, NULL, NULL);
}

/* A leader is found again by pid and start, and held by a pidfd from before
 * the start was compared. */
static int find_leader(pid_t pid, uint64_t start, int *ret_pidfd)
{
	aw_own_fd int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct aw_process process;

	if (pidfd < 0)
		return -errno;
	if (aw_process_read(pid, &process) < 0 || process.start != start)
		return -ESRCH;
	*ret_pidfd = aw_take_fd(&pidfd);
	return 0;
}

static void restore_one(struct aw_daemon *daemon, sqlite3_stmt *row)
{
	const pid_t pid = (pid_t)sqlite3_column_int(row, 6);
	struct aw_session *session;
	struct aw_person person;
	int pidfd;

	if (find_leader(pid, (uint64_t)sqlite3_column_int64(row, 7), &pidfd) <
	    0)
		return;
	session = session_new(daemon, aw_state_text(row, 1),
	    (uint32_t)sqlite3_column_int64(row, 5), pid, pidfd);
	if (!session)
		return;
	session->row = sqlite3_column_int64(row, 0);
	session->opened = sqlite3_column_int64(row, 8);
	if (aw_person_by_name(&daemon->state, session->user, &person) == 0)
		describe(session, aw_state_text(row, 2), aw_state_text(row, 3),
		    aw_state_text(row, 4), &person);
}

int aw_sessions_restore(struct aw_daemon *daemon)
{
	struct aw_state *state = &daemon->state;
	sqlite3_stmt *row;
	int r;

	r = aw_state_start(state, AW_Q_SESSIONS_LEFT, &row, "");
	while (r == 0) {
		r = aw_state_next(state, row);
		if (r == 0)
			restore_one(daemon, row);
	}
	if (r != AW_END)
		return r;
	r = aw_state_run(state, AW_Q_SESSIONS_CLOSE, "i", (int64_t)time(NULL));
	for (const struct aw_session *s = daemon->sessions.first; s && r == 0;
	     s = s->next)
		r = aw_state_run(state, AW_Q_SESSION_REOPEN, "i", s->row);
	return r;
}

void aw_sessions_done(struct aw_sessions *sessions)
{
	while (sessions->first)
		session_free(sessions->first);
}
