/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated Identity Center: one struct that everything acts on.
 *
 *   http.c ─▶ route.c ─▶ oidc.c portal.c sts.c identitystore.c ssoadmin.c
 *                        assume.c imds.c container.c page.c board.c
 *                                                     (what AWS would answer)
 *   control.c ─▶ the same state, for scripts
 *                 │
 *                 ├─ fixture.c store.c   people, groups, sets, in AWS's names
 *                 ├─ flow.c              clients, device codes, tokens
 *                 ├─ key.c role.c sigv4_check.c   access keys, roles, who
 * signed └─ fault.c log.c       what goes wrong, what was seen
 *
 * One thread; nothing here waits.  The program is for tests: it makes up all
 * secrets at start and writes none to its log.
 */
#ifndef AW_IDCSIM_SIM_H
#define AW_IDCSIM_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/outcome.h"
#include "tests/idcsim/fault.h"
#include "tests/idcsim/flow.h"
#include "tests/idcsim/key.h"
#include "tests/idcsim/log.h"
#include "tests/idcsim/rate.h"

struct json_object;

struct aw_sim {
	/* What the fixture says, see fixture.h. */
	char region[32];
	char second_region[32]; /* "": none */
	char partition[16];
	char store_id[40];
	char start_url[256];
	char start_host[128];
	char start_path[128]; /* without a slash at its end */
	char instance_arn[128];
	char host_account[16];
	unsigned interval;   /* seconds between polls */
	unsigned code_life;  /* seconds */
	unsigned token_life; /* seconds; 0: what AWS gives */
	unsigned page_size;  /* rows of a page at most */
	bool throttle;       /* 20 requests a second, as AWS */
	bool host_reads;     /* the host's own keys may read the directory */
	struct json_object *accounts;
	struct json_object *users;
	struct json_object *groups;
	struct json_object *sets;
	struct json_object *roles; /* or NULL */
	struct json_object *user_by_id;
	struct json_object *group_by_id;

	/* Where the approval page is, instead of start_url, if not "". */
	char page_url[256];

	int64_t clock_ms;  /* added to the machine's clock */
	int64_t frozen_ms; /* the time itself, if not 0 */
	uint8_t secret[32];
	struct aw_sim_flows flows;
	struct aw_sim_keys keys;
	struct aw_sim_faults faults;
	struct aw_sim_rates rates;
	struct aw_sim_log log;
};

/* Caller's storage, zeroed.  Makes the secret; no fixture yet.  Returns 0 or
 * -ENOMEM; aw_sim_done() is due in either case. */
int aw_sim_init(struct aw_sim *sim) AW_MUST_USE;
void aw_sim_done(struct aw_sim *sim);

/* Milliseconds since 1970 by the simulator's clock. */
int64_t aw_sim_now_ms(const struct aw_sim *sim);

#endif
