/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting the days of a token.
 */
#include "awsssod/scim_expiry.h"

#include "awsssod/log.h"
#include "common/conf_value.h"

#define DAY 86400

bool aw_scim_expiry_left(
    const struct aw_conf *conf, time_t now, uint64_t *ret_seconds)
{
	uint64_t end;

	if (conf->source != AW_SOURCE_SCIM ||
	    !aw_conf_value_day(conf->scim_token_expires, &end))
		return false;
	*ret_seconds = end > (uint64_t)now ? end - (uint64_t)now : 0;
	return true;
}

int aw_scim_expiry_priority(uint64_t seconds)
{
	if (seconds <= UINT64_C(7) * DAY)
		return LOG_ERR;
	if (seconds <= UINT64_C(30) * DAY)
		return LOG_WARNING;
	return seconds <= UINT64_C(90) * DAY ? LOG_NOTICE : 0;
}

void aw_scim_expiry_tell(const struct aw_conf *conf, time_t now, time_t *told)
{
	uint64_t left;
	int priority;

	if (*told && now >= *told && now - *told < DAY)
		return;
	if (!aw_scim_expiry_left(conf, now, &left))
		return;
	priority = aw_scim_expiry_priority(left);
	if (priority == 0)
		return;
	*told = now;
	if (left == 0)
		aw_log(priority,
		    "the SCIM token has ended (scim_token_expires = %s): the "
		    "directory grows old; make a new one in the console",
		    conf->scim_token_expires);
	else
		aw_log(priority,
		    "the SCIM token ends in %llu days (%s): make a new one "
		    "in the console",
		    (unsigned long long)(left / DAY), conf->scim_token_expires);
}
