/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The services there are.  Each finds the operation that a request asks for
 * and has one function per operation, which answers.
 */
#ifndef AW_IDCSIM_SERVICE_H
#define AW_IDCSIM_SERVICE_H

#include "tests/idcsim/call.h"

extern const struct aw_sim_service aw_sim_oidc;
extern const struct aw_sim_service aw_sim_portal;
extern const struct aw_sim_service aw_sim_sts;
extern const struct aw_sim_service aw_sim_identitystore;
extern const struct aw_sim_service aw_sim_ssoadmin;
extern const struct aw_sim_service aw_sim_imds;
extern const struct aw_sim_service aw_sim_scim;
extern const struct aw_sim_service aw_sim_container;
extern const struct aw_sim_service aw_sim_pages; /* for people */

/* The row of @ops (ends with a NULL name) with @req's method and path. */
const struct aw_sim_op *aw_sim_op_by_path(
    const struct aw_sim_op *ops, const struct aw_sim_req *req);

/* The row that @req's X-Amz-Target names behind @prefix. */
const struct aw_sim_op *aw_sim_op_by_target(const struct aw_sim_op *ops,
    const struct aw_sim_req *req, const char *prefix);

#endif
