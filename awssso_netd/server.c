/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.sock.  Nothing here waits: what cannot be sent is queued, within bounds,
 * and clients are only ever freed from the event loop, never under the feet of
 * somebody who is still working for them.
 */
#include "awssso_netd/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "awssso_netd/log.h"
#include "awssso_netd/timer.h"
#include "awssso_netd/token.h"
#include "awssso_netd/verb.h"
#include "common/own.h"
#include "common/sock.h"

#define CLIENTS_MAX 16
#define PAUSE_MS    1000
#define QUEUE_MAX   (16u * 1024 * 1024) /* bytes a client may lag behind */

struct message {
	struct message *next;
	int fd;
	size_t len;
	uint8_t data[];
};

struct aw_client {
	struct aw_client *next;
	struct aw_server *server;
	int fd;
	bool hung_up;
	sd_event_source *io, *end;
	struct message *first, **last;
	size_t queued;
	struct aw_job *jobs;
};

struct aw_server {
	struct aw_aws *aws;
	int fd;
	uid_t uid;
	sd_event_source *io, *again;
	struct aw_client *clients;
	unsigned n_clients;
	uint8_t in[AW_WIRE_MAX], out[AW_WIRE_MAX];
};

struct aw_aws *aw_client_aws(struct aw_client *client)
{
	return client->server->aws;
}

struct aw_job **aw_client_jobs(struct aw_client *client)
{
	return &client->jobs;
}

static void message_free(struct message *message)
{
	if (message->fd >= 0)
		(void)close(message->fd);
	explicit_bzero(message->data, message->len);
	free(message);
}

static void client_free(struct aw_client *client)
{
	struct aw_client **at = &client->server->clients;

	while (*at && *at != client)
		at = &(*at)->next;
	if (*at) {
		*at = client->next;
		client->server->n_clients--;
	}
	aw_verb_drop_all(client);
	aw_tokens_drop_all(client->server->aws->tokens, client);
	while (client->first) {
		struct message *message = client->first;

		client->first = message->next;
		message_free(message);
	}
	sd_event_source_disable_unref(client->io);
	sd_event_source_disable_unref(client->end);
	(void)close(client->fd);
	free(client);
}

static int on_end(sd_event_source *source, void *user)
{
	(void)source;
	client_free(user);
	return 0;
}

void aw_client_hang_up(struct aw_client *client)
{
	if (client->hung_up)
		return;
	client->hung_up = true;
	(void)sd_event_source_set_enabled(client->io, SD_EVENT_OFF);
	if (sd_event_add_defer(
		client->server->aws->event, &client->end, on_end, client) < 0)
		aw_log(LOG_ERR, "out of memory: a client stays connected");
}

/* --- sending ----------------------------------------------------------- */

void aw_client_begin(struct aw_client *client, struct aw_wire_out *out,
    uint16_t type, uint64_t request)
{
	aw_wire_begin(out, client->server->out, sizeof(client->server->out),
	    type, request);
}

static int watch(struct aw_client *client, uint32_t events)
{
	const int r = sd_event_source_set_io_events(client->io, events);

	return r < 0 ? r : 0;
}

static int enqueue(
    struct aw_client *client, const struct aw_wire_out *out, int *fd)
{
	struct message *message;

	if (out->len > QUEUE_MAX - client->queued)
		return -ENOBUFS;
	message = malloc(sizeof(*message) + out->len);
	if (!message)
		return -ENOMEM;
	message->next = NULL;
	message->fd = aw_take_fd(fd);
	message->len = out->len;
	memcpy(message->data, out->data, out->len);
	client->queued += out->len;
	*client->last = message;
	client->last = &message->next;
	return watch(client, EPOLLIN | EPOLLOUT);
}

void aw_client_send(struct aw_client *client, struct aw_wire_out *out, int fd)
{
	aw_own_fd int pass_fd = fd;
	int r;

	if (client->hung_up)
		return;
	r = aw_wire_end(out);
	if (r == 0 && client->first)
		r = -EAGAIN;
	else if (r == 0)
		r = aw_sock_send(client->fd, out->data, out->len, pass_fd, 0);
	if (r == -EAGAIN)
		r = enqueue(client, out, &pass_fd);
	if (r == 0)
		return;
	aw_log(LOG_ERR, "cannot answer awsssod: %s", strerrordesc_np(-r));
	aw_client_hang_up(client);
}

/* Send what waits.  0 or a negative errno. */
static int flush(struct aw_client *client)
{
	while (client->first) {
		struct message *message = client->first;
		const int r = aw_sock_send(
		    client->fd, message->data, message->len, message->fd, 0);

		if (r == -EAGAIN)
			return 0;
		if (r < 0)
			return r;
		client->queued -= message->len;
		client->first = message->next;
		if (!client->first)
			client->last = &client->first;
		message_free(message);
	}
	return watch(client, EPOLLIN);
}

/* --- receiving --------------------------------------------------------- */

/* 0; -EAGAIN; AW_END; or a negative errno. */
static int receive(struct aw_client *client)
{
	struct aw_server *server = client->server;
	struct aw_wire_in in;
	size_t len;
	int r;

	r = aw_sock_recv(
	    client->fd, server->in, sizeof(server->in), 0, &len, NULL);
	if (r == 0)
		r = aw_wire_open(server->in, len, &in);
	if (r == 0)
		r = aw_verb(client, &in);
	return r;
}

static int on_client(
    sd_event_source *source, int fd, uint32_t revents, void *user)
{
	struct aw_client *client = user;
	int r = 0;

	(void)source;
	(void)fd;
	if (revents & EPOLLOUT)
		r = flush(client);
	while (r == 0 && !client->hung_up && (revents & (EPOLLIN | EPOLLHUP)))
		r = receive(client);
	if (r == 0 || r == -EAGAIN)
		return 0;
	if (r != AW_END)
		aw_log(
		    LOG_WARNING, "client hung up on: %s", strerrordesc_np(-r));
	client_free(client);
	return 0;
}

static int client_new(struct aw_server *server, int *fd)
{
	struct aw_client *client = calloc(1, sizeof(*client));
	int r;

	if (!client)
		return -ENOMEM;
	client->server = server;
	client->last = &client->first;
	r = sd_event_add_io(
	    server->aws->event, &client->io, *fd, EPOLLIN, on_client, client);
	if (r < 0) {
		free(client);
		return r;
	}
	client->fd = aw_take_fd(fd);
	client->next = server->clients;
	server->clients = client;
	server->n_clients++;
	return 0;
}

/* Nobody but awsssod has business here, root included. */
static int check_peer(const struct aw_server *server, int fd)
{
	struct aw_peer peer;
	int r;

	r = aw_sock_peer(fd, &peer);
	if (r < 0)
		return r;
	if (peer.uid == server->uid)
		return server->n_clients < CLIENTS_MAX ? 0 : -EMFILE;
	aw_log(LOG_WARNING, "refuse client: uid %u, process %d",
	    (unsigned)peer.uid, (int)peer.pid);
	return -EACCES;
}

static int on_listen_again(
    sd_event_source *source AW_UNUSED, uint64_t usec AW_UNUSED, void *user)
{
	struct aw_server *server = user;

	(void)sd_event_source_set_enabled(server->io, SD_EVENT_ON);
	return 0;
}

/* Without descriptors or memory the connection stays in the queue, and its
 * socket ready: looking away for a while is what keeps us from spinning. */
static void pause_listening(struct aw_server *server, int error)
{
	aw_log(LOG_ERR, "cannot accept a client: %s", strerrordesc_np(error));
	if (aw_timer_set(server->aws->event, &server->again, PAUSE_MS,
		on_listen_again, server) == 0)
		(void)sd_event_source_set_enabled(server->io, SD_EVENT_OFF);
}

static int on_connect(
    sd_event_source *source, int fd, uint32_t revents, void *user)
{
	struct aw_server *server = user;
	aw_own_fd int client_fd =
	    accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)source;
	(void)revents;
	if (client_fd < 0 && (errno == EMFILE || errno == ENFILE ||
				 errno == ENOMEM || errno == ENOBUFS))
		pause_listening(server, errno);
	if (client_fd >= 0 && check_peer(server, client_fd) == 0 &&
	    client_new(server, &client_fd) < 0)
		aw_log(LOG_ERR, "refuse client: out of memory");
	return 0;
}

int aw_server_new(struct aw_aws *aws, int fd, uid_t uid, struct aw_server **ret)
{
	struct aw_server *server = calloc(1, sizeof(*server));
	int r;

	if (!server)
		return -ENOMEM;
	server->aws = aws;
	server->uid = uid;
	r = sd_event_add_io(
	    aws->event, &server->io, fd, EPOLLIN, on_connect, server);
	/* A timer takes a descriptor: not to be made when there is none. */
	if (r >= 0)
		r = aw_timer_set(
		    aws->event, &server->again, 0, on_listen_again, server);
	if (r < 0) {
		sd_event_source_disable_unref(server->io);
		free(server);
		return r;
	}
	server->fd = fd;
	*ret = server;
	return 0;
}

void aw_server_free(struct aw_server *server)
{
	if (!server)
		return;
	while (server->clients)
		client_free(server->clients);
	sd_event_source_disable_unref(server->io);
	sd_event_source_disable_unref(server->again);
	(void)close(server->fd);
	free(server);
}
