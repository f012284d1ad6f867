/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the messages of net.sock mean (common/proto.h): each request becomes a
 * job, and what comes of it the answer with the same request id.
 */
#ifndef AW_AWSSSO_NETD_VERB_H
#define AW_AWSSSO_NETD_VERB_H

#include "awssso_netd/server.h"

/* Do what the message asks for.  Returns 0, or -EBADMSG when it is none that
 * we take: not a request, a field missing, a request id in use. */
int aw_verb(struct aw_client *client, const struct aw_wire_in *in) AW_MUST_USE;

/* Stop and forget all that @client has started. */
void aw_verb_drop_all(struct aw_client *client);

#endif
