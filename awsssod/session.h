/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Login sessions: who is in, and the token that was approved there.
 *
 * A session lives as long as its leader, the process that opened it, watched
 * by a pidfd; however it dies, the token is dropped.  A token serves only the
 * session that it was approved in.  What is in state.db is for people to read
 * and for finding the sessions again after a restart, then without tokens.
 */
#ifndef AW_AWSSSOD_SESSION_H
#define AW_AWSSSOD_SESSION_H

#include <stdint.h>
#include <systemd/sd-event.h>

#include "awsssod/ask.h"
#include "awsssod/person.h"

struct aw_conn;
struct aw_daemon;

struct aw_session {
	struct aw_daemon *daemon;
	int64_t row; /* in state.db; 0: not there */
	char user[AW_NAME_SIZE];
	char service[65], tty[129], rhost[257]; /* for people */
	int64_t opened;                         /* epoch seconds */
	char principal[AW_PRINCIPAL_SIZE];
	uint32_t ksession;
	pid_t leader;
	int pidfd;
	sd_event_source *watch;
	uint64_t token; /* awssso-netd's handle; 0: none */
	uint64_t token_until_ms;
	uint64_t approved_ms;
	/* the portal's last yes (grace.h) */
	char held_set[33], held_account[13];
	uint64_t held_ms; /* 0: none */
	struct aw_session *next, **link;
};

struct aw_sessions {
	struct aw_session *first;
	unsigned n;
};

/* OPEN and CLOSE. */
void aw_session_open(struct aw_conn *conn, const struct aw_ask *ask);
void aw_session_close(struct aw_conn *conn, const struct aw_ask *ask);

/* The session of @person that @ask comes from: the one with its kernel session
 * id, or whose leader is an ancestor of its sender; one with a token first.
 * What was approved there serves its own person's processes alone, whoever else
 * runs in it, and the person it was approved for, whatever their name is by
 * now. NULL: none. */
struct aw_session *aw_sessions_find(struct aw_sessions *sessions,
    const struct aw_ask *ask, const struct aw_person *person);

/* @session has a token that lives at @now_ms. */
bool aw_session_token(const struct aw_session *session, uint64_t now_ms);

/* @token, just approved, is @session's from now on. */
void aw_session_give_token(struct aw_daemon *daemon, struct aw_session *session,
    uint64_t token, uint64_t until_ms);
void aw_session_drop_token(struct aw_session *session);

/* What was approved for @session counts no more, here and now. */
void aw_session_revoke(struct aw_session *session);

/* All tokens are gone: awssso-netd is another one now. */
void aw_sessions_forget_tokens(struct aw_sessions *sessions);

/* Find the sessions of state.db that still live.  0 or a negative errno. */
int aw_sessions_restore(struct aw_daemon *daemon) AW_MUST_USE;
void aw_sessions_done(struct aw_sessions *sessions);

#endif
