/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Request rates as AWS limits them: a bucket that holds one second's worth
 * and refills at the same pace.
 */
#ifndef AW_IDCSIM_RATE_H
#define AW_IDCSIM_RATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AW_SIM_RATE_MAX 32 /* different names */

struct aw_sim_bucket {
	const char *name;
	int64_t milli; /* thousandths of a request still allowed */
	int64_t at_ms;
};
struct aw_sim_rates {
	size_t n;
	struct aw_sim_bucket bucket[AW_SIM_RATE_MAX];
};

/* Take one request called @name (kept, not copied) at @now_ms out of its
 * bucket of @per_second.  False if there is none left. */
bool aw_sim_rate_take(struct aw_sim_rates *rates, const char *name,
    int64_t per_second, int64_t now_ms);

#endif
