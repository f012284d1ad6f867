/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.sock: who may connect, and moving messages without ever waiting.  What
 * the messages mean is verb.c's.
 *
 * A client that hangs up loses all that it started: its flows are cancelled,
 * its tokens wiped.
 */
#ifndef AW_AWSSSO_NETD_SERVER_H
#define AW_AWSSSO_NETD_SERVER_H

#include <stdint.h>
#include <sys/types.h>

#include "awssso_netd/aws.h"
#include "common/outcome.h"
#include "common/wire.h"

struct aw_server;
struct aw_client;

/*
 * Serve the listening socket @fd (taken on success) for clients of @uid.
 * Returns 0 or a negative errno.
 */
int aw_server_new(
    struct aw_aws *aws, int fd, uid_t uid, struct aw_server **ret) AW_MUST_USE;
void aw_server_free(struct aw_server *server);

struct aw_aws *aw_client_aws(struct aw_client *client);

/* Begin a message to @client in the server's buffer; aw_client_send() sends
 * it.  One at a time. */
void aw_client_begin(struct aw_client *client, struct aw_wire_out *out,
    uint16_t type, uint64_t request);

/*
 * Send what @out holds, with the descriptor @fd (taken) unless it is -1.  When
 * the socket is full the message waits its turn; when it cannot be sent at
 * all the client is hung up on, later: @client stays valid.
 */
void aw_client_send(struct aw_client *client, struct aw_wire_out *out, int fd);

/* Hang up on @client, later. */
void aw_client_hang_up(struct aw_client *client);

/* What the client has started: owned by verb.c. */
struct aw_job;
struct aw_job **aw_client_jobs(struct aw_client *client);

#endif
