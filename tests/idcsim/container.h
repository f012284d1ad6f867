/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Container credentials: where they are and the token for them.
 */
#ifndef AW_IDCSIM_CONTAINER_H
#define AW_IDCSIM_CONTAINER_H

#include <stdint.h>

struct aw_sim;

#define AW_SIM_TASK_PATH "/v2/credentials/2a1b3c4d-0000-4000-8000-5e6f708192a3"

/* The token that Pod Identity's agent takes until @ends_ms. */
void aw_sim_container_token(
    const struct aw_sim *sim, int64_t ends_ms, char ret[64]);

#endif
