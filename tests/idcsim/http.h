/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listeners: libmicrohttpd, driven by the caller's loop, one thread.
 */
#ifndef AW_IDCSIM_HTTP_H
#define AW_IDCSIM_HTTP_H

#include <stdint.h>

#include "common/outcome.h"
#include "common/text.h"
#include "tests/idcsim/call.h"

struct aw_sim;
struct aw_sim_http;

/*
 * Listen at @address ("127.0.0.1:443", "[::1]:443"; port 0: any) and answer
 * with @sim.  @cert and @key: PEM texts, for AW_SIM_TLS only.  Returns 0 with
 * @ret for aw_sim_http_close(); or a negative errno with @diag.
 */
int aw_sim_http_open(struct aw_sim *sim, enum aw_sim_door door,
    const char *address, const char *cert, const char *key,
    struct aw_sim_http **ret, struct aw_diag *diag) AW_MUST_USE;
void aw_sim_http_close(struct aw_sim_http *http);

/* The address in use, with the port that it got. */
const char *aw_sim_http_address(const struct aw_sim_http *http);

/* The descriptor to poll for input. */
int aw_sim_http_fd(const struct aw_sim_http *http);

/* Do what is due.  Returns the milliseconds until something else is, or -1. */
int aw_sim_http_run(struct aw_sim_http *http);

#endif
