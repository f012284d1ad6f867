/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The canonical request of Signature Version 4.
 */
#ifndef AW_IDCSIM_SIGV4_CANON_H
#define AW_IDCSIM_SIGV4_CANON_H

#include <stdbool.h>

#include "common/outcome.h"
#include "tests/idcsim/crypto.h"

struct aw_sim_req;

/*
 * The SHA-256, as hex, of @req's canonical request over @signed_headers
 * ("a;b;c").  @is_presigned: the signature is in the query and is left out.
 * Returns 0, or -EINVAL when a signed header is not there, their list is not
 * sorted lower case, or the query does not decode.
 */
int aw_sim_sigv4_canon(const struct aw_sim_req *req, const char *signed_headers,
    bool is_presigned, char ret[AW_SIM_HEX]) AW_MUST_USE;

#endif
