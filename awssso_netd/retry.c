/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retry rules.
 */
#include "awssso_netd/retry.h"

#include <curl/curl.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/random.h>

#include "common/outcome.h"
#include "common/text.h"

#define BACKOFF_MAX_MS 20000u

static bool is_in(const char *code, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(code, list[i]) == 0)
			return true;
	return false;
}

bool aw_retry_is_throttle(const char *code)
{
	static const char *const codes[] = { "Throttling",
		"ThrottlingException", "ThrottledException",
		"RequestThrottledException", "RequestThrottled",
		"TooManyRequestsException", "RequestLimitExceeded",
		"LimitExceededException", "BandwidthLimitExceeded",
		"ProvisionedThroughputExceededException",
		"TransactionInProgressException", "SlowDown",
		"PriorRequestNotComplete", "EC2ThrottledException",
		"slow_down" };

	return is_in(code, codes, sizeof(codes) / sizeof(codes[0]));
}

bool aw_retry_is_worth(long status, const char *code)
{
	static const char *const codes[] = { "RequestTimeout",
		"RequestTimeoutException", "PriorRequestNotComplete",
		"IDPCommunicationError" };

	return status == 429 || status == 500 || status == 502 ||
	       status == 503 || status == 504 || aw_retry_is_throttle(code) ||
	       is_in(code, codes, sizeof(codes) / sizeof(codes[0]));
}

uint64_t aw_retry_delay_ms(
    unsigned retry, uint32_t random, uint64_t hint_ms, uint64_t slack_ms)
{
	const uint64_t most = retry < 5 ? 1000u << retry : BACKOFF_MAX_MS;
	const uint64_t delay = most * random / UINT32_MAX;

	if (hint_ms <= delay)
		return delay;
	return hint_ms - delay < slack_ms ? hint_ms : delay + slack_ms;
}

uint64_t aw_retry_hint_ms(const char *text, uint64_t unit_ms, int64_t now)
{
	const uint64_t most = AW_RETRY_HINT_MAX_MS / unit_ms;
	uint64_t units;
	int64_t date;
	int r;

	r = aw_num_u64(text, 0, most, &units);
	if (r == 0)
		return units * unit_ms;
	if (r == -ERANGE)
		return AW_RETRY_HINT_MAX_MS;
	date = curl_getdate(text, NULL);
	if (date < 0 || date <= now)
		return 0;
	return date - now < AW_RETRY_HINT_MAX_MS / 1000
		   ? (uint64_t)(date - now) * 1000
		   : AW_RETRY_HINT_MAX_MS;
}

uint32_t aw_retry_random(void)
{
	uint32_t random = UINT32_MAX / 2;

	/* Without entropy the middle will do: it is only jitter. */
	aw_ignore(getrandom(&random, sizeof(random), GRND_NONBLOCK));
	return random;
}
