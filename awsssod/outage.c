/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two points in time, and what follows from the settings.
 */
#include "awsssod/outage.h"

#include <time.h>

#include "awsssod/daemon.h"
#include "common/own.h"
#include "common/proto.h"

#define NEWS_S 60

void aw_outage_netd(struct aw_daemon *daemon, bool is_up)
{
	struct aw_outage *outage = &daemon->outage;

	if (is_up)
		outage->netd_since = 0;
	else if (outage->netd_since == 0)
		outage->netd_since = (int64_t)time(NULL);
}

void aw_outage_note(struct aw_daemon *daemon, uint64_t net)
{
	struct aw_outage *outage = &daemon->outage;

	switch (net) {
	case 0:
	case AW_NET_UNAVAIL:
	case AW_NET_THROTTLED:
	case AW_NET_BAD_ANSWER:
		if (outage->aws_since == 0)
			outage->aws_since = (int64_t)time(NULL);
		break;
	default:
		outage->aws_since = 0;
		break;
	}
}

static const char *clock_text(int64_t when, char *buf, size_t size)
{
	const time_t then = (time_t)when;
	const time_t now = time(NULL);
	const bool is_near = then < now + 43200 && now < then + 43200;
	struct tm tm;

	if (!localtime_r(&then, &tm) ||
	    strftime(buf, size, is_near ? "%H:%M" : "%F %H:%M", &tm) == 0)
		buf[0] = '\0';
	return buf;
}

/* " It has been so since 14:02.", unless it has just begun. */
static const char *since_text(
    const struct aw_outage *outage, char *buf, size_t size)
{
	const int64_t since =
	    outage->netd_since ? outage->netd_since : outage->aws_since;
	char when[32];

	buf[0] = '\0';
	if ((int64_t)time(NULL) - since >= NEWS_S)
		aw_ignore(aw_fmt(buf, size, " It has been so since %s.",
		    clock_text(since, when, sizeof(when))));
	return buf;
}

const char *aw_outage_text(struct aw_daemon *daemon, char *buf, size_t size)
{
	const struct aw_outage *outage = &daemon->outage;
	const uint64_t limit = daemon->conf.account_directory_age;
	const uint64_t age = aw_daemon_directory_age(daemon);
	char since[64], until[32];

	buf[0] = '\0';
	if (outage->netd_since == 0 && outage->aws_since == 0)
		return buf;
	(void)since_text(outage, since, sizeof(since));
	if (age < limit)
		aw_ignore(aw_fmt(buf, size,
		    "%s Local accounts work, and ssh keys and jobs of people "
		    "known to this host until %s.",
		    since,
		    clock_text((int64_t)time(NULL) + (int64_t)(limit - age),
			until, sizeof(until))));
	else
		aw_ignore(
		    aw_fmt(buf, size, "%s Local accounts still work.", since));
	return buf;
}
