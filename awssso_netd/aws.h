/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all calls to AWS share: settings, the HTTP client, the host's
 * credentials, the clock's offset, and which region is tried first.
 */
#ifndef AW_AWSSSO_NETD_AWS_H
#define AW_AWSSSO_NETD_AWS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "awssso_netd/scim_filter.h"
#include "common/conf.h"
#include "common/outcome.h"

struct aw_http;
struct aw_creds;
struct aw_registrations;
struct aw_tokens;

struct aw_aws {
	sd_event *event;
	const struct aw_conf *conf;
	struct aw_http *http;
	struct aw_creds *own;  /* this host's keys */
	struct aw_creds *role; /* those of role_arn; NULL: not set */
	struct aw_registrations *registrations;
	struct aw_tokens *tokens;
	int64_t skew;       /* seconds to add to our clock when we sign */
	int64_t offset;     /* AWS's clock minus ours at the last answer */
	bool answered;      /* @offset is known */
	unsigned contacted; /* bit per enum aw_service */
	enum aw_scim_groups scim_groups; /* as was found out */
	char sso_instance[1225]; /* InstanceArn of our store; "": not known */
	uint64_t down_until_ms[AW_CONF_LIST_MAX]; /* per conf->regions */
};

/* @conf is borrowed until aw_aws_free().  Returns 0 or a negative errno. */
int aw_aws_new(sd_event *event, const struct aw_conf *conf,
    struct aw_aws **ret) AW_MUST_USE;
/* No call may be under way. */
void aw_aws_free(struct aw_aws *aws);

/*
 * The region to ask: the first that did not fail within the last minute; when
 * all did, the first.  "" when none is configured.  Borrowed from the
 * settings.
 */
const char *aw_aws_region(const struct aw_aws *aws);
/* Nobody answered in @region: ask the others first for a minute. */
void aw_aws_region_down(struct aw_aws *aws, const char *region);

/* Epoch seconds by AWS's clock, as far as we know it. */
int64_t aw_aws_now(const struct aw_aws *aws);

#endif
