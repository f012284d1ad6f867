/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where AWS's services are: host names by region, partition, fips and
 * dualstack, unless awssso.conf names another place (endpoint_url_*, scim_url).
 * Pure.
 */
#ifndef AW_AWSSSO_NETD_ENDPOINT_H
#define AW_AWSSSO_NETD_ENDPOINT_H

#include "common/conf.h"
#include "common/outcome.h"
#include "common/text.h"

enum aw_service {
	AW_SERVICE_OIDC,
	AW_SERVICE_PORTAL,
	AW_SERVICE_IDENTITYSTORE,
	AW_SERVICE_STS,
	AW_SERVICE_SSO_ADMIN,
	AW_SERVICE_SCIM,
	AW_SERVICE_N_
};

struct aw_service_info {
	const char *label;   /* first part of the host name */
	const char *signing; /* SigV4 service name; NULL: never signed */
	const char *target;  /* X-Amz-Target prefix; NULL: not awsJson1.1 */
	const char *action;  /* prefix of IAM actions; NULL: none */
};
const struct aw_service_info *aw_service_info(enum aw_service service);

struct aw_endpoint {
	char url[AW_CONF_TEXT + 64]; /* without a slash at the end */
	char host[AW_CONF_TEXT];     /* as in the Host field */
	char path[AW_CONF_TEXT];     /* what @url holds behind the host */
};

/* @url ("https://host[:port][/path]") taken apart.  Returns 0 or -EINVAL. */
int aw_endpoint_parse(const char *url, struct aw_endpoint *ret) AW_MUST_USE;

/*
 * The endpoint of @service in @region.  Returns 0, or -EINVAL with @diag when
 * @region is not spelled like one, the configured URL is not one, or a FIPS
 * endpoint is asked for that AWS does not name (SCIM's).
 */
int aw_endpoint_find(const struct aw_conf *conf, enum aw_service service,
    const char *region, struct aw_endpoint *ret,
    struct aw_diag *diag) AW_MUST_USE;

#endif
