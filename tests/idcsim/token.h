/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens of services that keep no list of them: "<end, ms>.<keyed hash>".
 */
#ifndef AW_IDCSIM_TOKEN_H
#define AW_IDCSIM_TOKEN_H

#include "tests/idcsim/call.h"

/* A token of @service that is good until @ends_ms. */
void aw_sim_token(const struct aw_sim *sim, const char *service,
    int64_t ends_ms, char ret[64]);

/* The request has one of @service in the field @header, and it is good. */
bool aw_sim_has_token(
    const struct aw_sim_call *call, const char *service, const char *header);

#endif
