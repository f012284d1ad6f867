/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shared part of all calls, and which region is asked.
 */
#include "awssso_netd/aws.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "awssso_netd/creds.h"
#include "awssso_netd/http.h"
#include "awssso_netd/log.h"
#include "awssso_netd/registration.h"
#include "awssso_netd/token.h"
#include "common/sock.h"

#define DOWN_MS 60000

int aw_aws_new(sd_event *event, const struct aw_conf *conf, struct aw_aws **ret)
{
	struct aw_aws *aws = calloc(1, sizeof(*aws));
	int r;

	if (!aws)
		return -ENOMEM;
	aws->event = sd_event_ref(event);
	aws->conf = conf;
	r = aw_http_new(event, conf, &aws->http);
	if (r == 0)
		r = aw_creds_new(aws, AW_FETCH_OWN, &aws->own);
	if (r == 0 && conf->role_arn[0])
		r = aw_creds_new(aws, AW_FETCH_ROLE, &aws->role);
	if (r == 0)
		r = aw_registrations_new(&aws->registrations);
	if (r == 0)
		r = aw_tokens_new(event, &aws->tokens);
	if (r < 0) {
		aw_aws_free(aws);
		return r;
	}
	*ret = aws;
	return 0;
}

void aw_aws_free(struct aw_aws *aws)
{
	if (!aws)
		return;
	aw_tokens_free(aws->tokens);
	aw_registrations_free(aws->registrations);
	/* A fetch of the role's keys may wait for our own. */
	aw_creds_free(aws->role);
	aw_creds_free(aws->own);
	aw_http_free(aws->http);
	sd_event_unref(aws->event);
	free(aws);
}

const char *aw_aws_region(const struct aw_aws *aws)
{
	const struct aw_conf_list *regions = &aws->conf->regions;
	const uint64_t now = aw_sock_now_ms();

	for (size_t i = 0; i < regions->n; i++)
		if (aws->down_until_ms[i] <= now)
			return regions->item[i];
	return regions->n > 0 ? regions->item[0] : "";
}

void aw_aws_region_down(struct aw_aws *aws, const char *region)
{
	const struct aw_conf_list *regions = &aws->conf->regions;

	const uint64_t now = aw_sock_now_ms();

	for (size_t i = 0; regions->n > 1 && i < regions->n; i++) {
		if (strcmp(regions->item[i], region) != 0)
			continue;
		if (aws->down_until_ms[i] <= now)
			aw_log(LOG_WARNING,
			    "region %s does not answer: others first", region);
		aws->down_until_ms[i] = now + DOWN_MS;
	}
}

int64_t aw_aws_now(const struct aw_aws *aws)
{
	return (int64_t)time(NULL) + aws->skew;
}
