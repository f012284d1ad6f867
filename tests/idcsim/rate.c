/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token buckets, in whole numbers: thousandths of a request.
 */
#include "tests/idcsim/rate.h"

#include <string.h>

static struct aw_sim_bucket *find(
    struct aw_sim_rates *rates, const char *name, int64_t full, int64_t now_ms)
{
	struct aw_sim_bucket *bucket;

	for (size_t i = 0; i < rates->n; i++) {
		if (strcmp(rates->bucket[i].name, name) == 0)
			return &rates->bucket[i];
	}
	if (rates->n == AW_SIM_RATE_MAX)
		return NULL;
	bucket = &rates->bucket[rates->n++];
	bucket->name = name;
	bucket->milli = full;
	bucket->at_ms = now_ms;
	return bucket;
}

bool aw_sim_rate_take(struct aw_sim_rates *rates, const char *name,
    int64_t per_second, int64_t now_ms)
{
	const int64_t full = per_second * 1000;
	struct aw_sim_bucket *bucket = find(rates, name, full, now_ms);

	if (bucket == NULL)
		return true;
	if (now_ms > bucket->at_ms)
		bucket->milli += (now_ms - bucket->at_ms) * per_second;
	if (bucket->milli > full)
		bucket->milli = full;
	bucket->at_ms = now_ms;
	if (bucket->milli < 1000)
		return false;
	bucket->milli -= 1000;
	return true;
}
