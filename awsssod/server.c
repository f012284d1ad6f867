/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepting, checking and dispatching.  Connections are freed from their own
 * event handlers only, so that a handler may use its connection to its end.
 */
#include "awsssod/server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "awsssod/account.h"
#include "awsssod/auth.h"
#include "awsssod/daemon.h"
#include "awsssod/log.h"
#include "awsssod/person.h"
#include "awsssod/status.h"
#include "awsssod/verdict.h"
#include "common/own.h"
#include "common/proto.h"

#define IDLE_USEC   (10u * 1000 * 1000)
#define MESSAGE_MAX 8192 /* the longest question: every label and a key */
#define SLOW_MS     2000 /* what a peer that reads slowly is given */
#define PAUSE_USEC  (250u * 1000)
#define TELL_MS     60000

/* A request about a person, already allowed by the table of rights. */
typedef void ask_fn(struct aw_conn *conn, const struct aw_ask *ask);

static ask_fn *ask_handler(uint16_t type)
{
	switch (type) {
	case AW_MSG_AUTH:
		return aw_auth_start;
	case AW_MSG_ACCOUNT:
		return aw_account_start;
	case AW_MSG_OPEN:
		return aw_session_open;
	case AW_MSG_CLOSE:
		return aw_session_close;
	case AW_MSG_HINT:
		return aw_hint_take;
	default:
		return NULL;
	}
}

/* Take in whoever waits at the sockets. */
static void listen_again(struct aw_server *server)
{
	for (int i = 0; i < 2; i++)
		(void)sd_event_source_set_enabled(server->io[i], SD_EVENT_ON);
	(void)sd_event_source_set_enabled(server->pause, SD_EVENT_OFF);
}

static int on_pause(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	listen_again(user);
	return 0;
}

/* Whoever waits stays ready to be accepted: without a pause that cannot be done
 * would be tried over and over, and nothing else. */
static void stop_listening(struct aw_server *server, int error)
{
	const uint64_t now = aw_sock_now_ms();

	for (int i = 0; i < 2; i++)
		(void)sd_event_source_set_enabled(server->io[i], SD_EVENT_OFF);
	(void)sd_event_source_set_time_relative(server->pause, PAUSE_USEC);
	(void)sd_event_source_set_enabled(server->pause, SD_EVENT_ONESHOT);
	if (server->told_ms && now - server->told_ms < TELL_MS)
		return;
	server->told_ms = now;
	aw_log(LOG_ERR, "cannot accept, %u connections are open: %s",
	    server->n_conns, strerror(error));
}

static void conn_free(struct aw_conn *conn)
{
	struct aw_server *server;

	if (!conn)
		return;
	server = &conn->daemon->server;
	aw_conn_end_op(conn);
	*conn->link = conn->next;
	if (conn->next)
		conn->next->link = conn->link;
	server->n_conns--;
	server->n_others -= conn->is_other;
	(void)sd_event_source_disable_unref(conn->io);
	(void)sd_event_source_disable_unref(conn->idle);
	aw_own_fd_done(&conn->fd);
	free(conn);
	listen_again(server);
}

void aw_conn_set_op(struct aw_conn *conn, void *op, void (*op_free)(void *))
{
	conn->op = op;
	conn->op_free = op_free;
	(void)sd_event_source_set_enabled(conn->idle, SD_EVENT_OFF);
}

void aw_conn_end_op(struct aw_conn *conn)
{
	void *op = conn->op;

	conn->op = NULL;
	if (!op)
		return;
	conn->op_free(op);
	(void)sd_event_source_set_time_relative(conn->idle, IDLE_USEC);
	(void)sd_event_source_set_enabled(conn->idle, SD_EVENT_ONESHOT);
}

void aw_conn_begin(const struct aw_conn *conn, struct aw_wire_out *out,
    void *data, size_t size, uint16_t type)
{
	aw_wire_begin(out, data, size, type, conn->request);
}

/* What became of it. */
static void sent(struct aw_conn *conn, int r)
{
	if (r == 0)
		return;
	if (r != -EPIPE && r != -ECONNRESET)
		aw_log(LOG_WARNING, "peer %d: cannot send: %s", conn->peer.pid,
		    strerror(-r));
	(void)shutdown(conn->fd, SHUT_RDWR);
}

void aw_conn_send(struct aw_conn *conn, struct aw_wire_out *out)
{
	int r;

	r = aw_wire_end(out);
	if (r == 0)
		r = aw_sock_send(conn->fd, out->data, out->len, -1, 0);
	sent(conn, r);
}

void aw_conn_pass(struct aw_conn *conn, const void *data, size_t len)
{
	sent(conn,
	    aw_sock_send(conn->fd, data, len, -1, aw_sock_now_ms() + SLOW_MS));
}

/* The uid of the person that @in is about; the peer's own when it names
 * nobody.  (uid_t)-1 when it is nobody of ours. */
static uid_t about(struct aw_conn *conn, const struct aw_wire_in *in)
{
	struct aw_person person;
	char user[AW_NAME_SIZE];
	int r;

	r = aw_wire_text(in, AW_TAG_USER, user, sizeof(user));
	if (r == AW_ABSENT)
		return conn->peer.uid;
	if (r != 0 ||
	    aw_person_by_name(&conn->daemon->state, user, &person) != 0)
		return (uid_t)-1;
	return person.posix_id;
}

static void refuse(struct aw_conn *conn, const struct aw_wire_in *in)
{
	aw_log(LOG_NOTICE, "peer %d of uid %u may not ask %u", conn->peer.pid,
	    conn->peer.uid, in->type);
	if (conn->socket == AW_VERB_AUTH)
		aw_verdict_send(conn, AW_SAY_NOT_YOURS, NULL, NULL);
	else
		aw_status_refuse(conn, AW_SAY_NOT_YOURS);
}

/* 0, or AW_DENIED when the connection is to be closed. */
static int dispatch(struct aw_conn *conn, const struct aw_wire_in *in)
{
	ask_fn *const handler = ask_handler(in->type);
	struct aw_daemon *daemon = conn->daemon;
	struct aw_ask ask;

	if (!handler)
		return aw_status_handle(conn, in);
	if (aw_ask_read(in, &conn->peer, daemon->settings.root, &daemon->conf,
		&ask) != 0)
		return AW_DENIED;
	handler(conn, &ask);
	return 0;
}

static int take(struct aw_conn *conn, const uint8_t *data, size_t len)
{
	struct aw_wire_in in;
	int r;

	if (aw_wire_open(data, len, &in) < 0 || conn->op)
		return AW_DENIED;
	conn->request = in.request;
	r = aw_verb_may(conn->socket, in.type, conn->daemon->settings.root,
	    conn->peer.uid, about(conn, &in));
	if (r == AW_UNKNOWN)
		return AW_DENIED;
	if (r != 0) {
		refuse(conn, &in);
		return 0;
	}
	return dispatch(conn, &in);
}

static int on_message(sd_event_source *source AW_UNUSED, int fd AW_UNUSED,
    uint32_t events AW_UNUSED, void *user)
{
	uint8_t data[MESSAGE_MAX];
	struct aw_conn *conn = user;
	aw_own_fd int with = -1;
	size_t len;
	int r;

	r = aw_sock_recv(conn->fd, data, sizeof(data), 0, &len, &with);
	if (r == -EAGAIN)
		return 0;
	conn->with = with;
	if (r == 0)
		r = take(conn, data, len);
	conn->with = -1;
	if (r == AW_DENIED)
		aw_log(LOG_NOTICE, "peer %d of uid %u: broke the protocol",
		    conn->peer.pid, conn->peer.uid);
	if (r != 0)
		conn_free(conn);
	return 0;
}

static int on_idle(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	conn_free(user);
	return 0;
}

static bool has_room(const struct aw_server *server, uid_t uid)
{
	unsigned n = 0;

	if (uid == server->daemon->settings.root)
		return server->n_conns - server->n_others < AW_SERVER_CONNS_MAX;
	if (server->n_others >= AW_SERVER_CONNS_OTHERS)
		return false;
	for (const struct aw_conn *c = server->conns; c; c = c->next)
		n += c->peer.uid == uid;
	return n < AW_SERVER_CONNS_PER_UID;
}

static void insert(struct aw_server *server, struct aw_conn *conn)
{
	conn->next = server->conns;
	conn->link = &server->conns;
	if (conn->next)
		conn->next->link = &conn->next;
	server->conns = conn;
	server->n_conns++;
	server->n_others += conn->is_other;
}

/* @fd is taken. */
static void welcome(
    struct aw_server *server, enum aw_verb_socket socket, int fd)
{
	aw_own_fd int own = fd;
	sd_event *event = server->daemon->event;
	struct aw_conn *conn;
	struct aw_peer peer;

	if (aw_sock_peer(own, &peer) < 0 || !has_room(server, peer.uid))
		return;
	conn = calloc(1, sizeof(*conn));
	if (!conn)
		return;
	conn->with = -1;
	conn->daemon = server->daemon;
	conn->socket = socket;
	conn->peer = peer;
	conn->is_other = peer.uid != server->daemon->settings.root;
	conn->fd = aw_take_fd(&own);
	insert(server, conn);
	if (sd_event_add_io(
		event, &conn->io, conn->fd, EPOLLIN, on_message, conn) < 0 ||
	    sd_event_add_time_relative(event, &conn->idle, CLOCK_BOOTTIME,
		IDLE_USEC, 1000, on_idle, conn) < 0)
		conn_free(conn);
}

static int on_connect(
    sd_event_source *source, int fd, uint32_t events AW_UNUSED, void *user)
{
	struct aw_server *server = user;
	const bool is_auth = source == server->io[0];

	for (int i = 0; i < 16; i++) {
		const int conn =
		    accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (conn >= 0)
			welcome(
			    server, is_auth ? AW_VERB_AUTH : AW_VERB_CTL, conn);
		else if (errno == EMFILE || errno == ENFILE ||
			 errno == ENOBUFS || errno == ENOMEM)
			stop_listening(server, errno);
		if (conn < 0)
			break;
	}
	return 0;
}

int aw_server_init(
    struct aw_server *server, struct aw_daemon *daemon, int auth_fd, int ctl_fd)
{
	int r;

	server->daemon = daemon;
	server->fd[0] = auth_fd;
	server->fd[1] = ctl_fd;
	r = sd_event_add_time_relative(daemon->event, &server->pause,
	    CLOCK_BOOTTIME, PAUSE_USEC, 1000, on_pause, server);
	if (r >= 0)
		r = sd_event_source_set_enabled(server->pause, SD_EVENT_OFF);
	for (int i = 0; i < 2 && r >= 0; i++)
		r = sd_event_add_io(daemon->event, &server->io[i],
		    server->fd[i], EPOLLIN, on_connect, server);
	return r;
}

void aw_server_done(struct aw_server *server)
{
	while (server->conns)
		conn_free(server->conns);
	(void)sd_event_source_disable_unref(server->pause);
	for (int i = 0; i < 2; i++) {
		(void)sd_event_source_disable_unref(server->io[i]);
		aw_own_fd_done(&server->fd[i]);
	}
}
