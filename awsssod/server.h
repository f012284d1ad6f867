/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auth.sock and ctl.sock: connections, who is at their other ends, what they
 * may ask, and who answers.
 *
 * A connection does one thing at a time.  What it started, its operation, is
 * broken off when the peer hangs up.  When descriptors run out, whoever comes
 * waits in the socket's queue until one is given back.
 */
#ifndef AW_AWSSSOD_SERVER_H
#define AW_AWSSSOD_SERVER_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "awsssod/verb.h"
#include "common/sock.h"
#include "common/wire.h"

struct aw_daemon;

/* Of root's (sshd, sudo, login) and of all others', each apart, so that nobody
 * on the host uses up what sign-ins need. */
#define AW_SERVER_CONNS_MAX     4096
#define AW_SERVER_CONNS_OTHERS  1024
#define AW_SERVER_CONNS_PER_UID 64

struct aw_conn {
	struct aw_daemon *daemon;
	enum aw_verb_socket socket;
	int fd;
	struct aw_peer peer;
	bool is_other; /* not of root */
	sd_event_source *io, *idle;
	uint64_t request; /* of the message being answered */
	int with;         /* the descriptor that came with it; -1: none */
	void *op;         /* what it waits for, NULL: nothing */
	void (*op_free)(void *op);
	struct aw_conn *next, **link;
};

struct aw_server {
	struct aw_daemon *daemon;
	int fd[2];
	sd_event_source *io[2];
	sd_event_source *pause; /* armed: nobody is taken in until then */
	uint64_t told_ms;       /* when that was last said */
	struct aw_conn *conns;
	unsigned n_conns, n_others; /* others: not of root */
};

/* Serve on the listening sockets @auth_fd and @ctl_fd, which are taken. */
int aw_server_init(struct aw_server *server, struct aw_daemon *daemon,
    int auth_fd, int ctl_fd) AW_MUST_USE;
void aw_server_done(struct aw_server *server);

/* Begin an answer of @type in @data. */
void aw_conn_begin(const struct aw_conn *conn, struct aw_wire_out *out,
    void *data, size_t size, uint16_t type);
/* Finish and send it.  A peer that does not take it finds out by the end of
 * the connection. */
void aw_conn_send(struct aw_conn *conn, struct aw_wire_out *out);

/* Send a finished message, one of many: waits a while for a peer that reads
 * slower than we write.  Returns as aw_conn_send(). */
void aw_conn_pass(struct aw_conn *conn, const void *data, size_t len);

/* The connection waits for @op, which @op_free ends and frees. */
void aw_conn_set_op(struct aw_conn *conn, void *op, void (*op_free)(void *));
/* The operation is over; it is freed. */
void aw_conn_end_op(struct aw_conn *conn);

#endif
