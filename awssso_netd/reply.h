/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has been found out, as fields of a message (common/proto.h).
 */
#ifndef AW_AWSSSO_NETD_REPLY_H
#define AW_AWSSSO_NETD_REPLY_H

#include "awssso_netd/flow.h"
#include "common/wire.h"

/* NET, and TEXT unless all is well; @why may be NULL. */
void aw_reply_net(
    struct aw_wire_out *out, enum aw_net net, const struct aw_diag *why);
/* TEXT, and FAULT where it is known which; nothing when there is no text. */
void aw_reply_why(struct aw_wire_out *out, const struct aw_diag *why);
/* PRINCIPAL_ID, USER_NAME ... GROUP_ID*.  @person may be NULL. */
void aw_reply_person(struct aw_wire_out *out, const struct aw_person *person);
/* ROLE* and ROLES_KNOWN; nothing when @roles is NULL. */
void aw_reply_roles(
    struct aw_wire_out *out, const struct aw_portal_list *roles);
/* AWS_REQUEST; nothing when @id is NULL or "". */
void aw_reply_request(
    struct aw_wire_out *out, const char *operation, const char *id);
/* FLOW_CODE's and FLOW_END's fields, the token aside. */
void aw_reply_code(struct aw_wire_out *out, const struct aw_device_code *code);
void aw_reply_flow(struct aw_wire_out *out, const struct aw_flow_end *end);

#endif
