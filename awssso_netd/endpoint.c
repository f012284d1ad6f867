/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host names of AWS's services, by rule:
 *
 *	                standard        FIPS
 *	IPv4            LABEL           LABEL-fips, in GovCloud LABEL
 *	dual-stack      LABEL           LABEL-fips
 *
 * then .REGION and the partition's suffix, of which there are two.  A region
 * that no row of the partition table matches belongs to the commercial
 * partition, so that a region AWS opens tomorrow works today.
 */
#include "awssso_netd/endpoint.h"

#include <errno.h>
#include <string.h>

static const struct aw_service_info services[AW_SERVICE_N_] = {
	[AW_SERVICE_OIDC] = { "oidc", NULL, NULL, NULL },
	[AW_SERVICE_PORTAL] = { "portal.sso", NULL, NULL, NULL },
	[AW_SERVICE_IDENTITYSTORE] = { "identitystore", "identitystore",
	    "AWSIdentityStore", "identitystore" },
	[AW_SERVICE_STS] = { "sts", "sts", NULL, "sts" },
	[AW_SERVICE_SSO_ADMIN] = { "sso", "sso", "SWBExternalService", "sso" },
	[AW_SERVICE_SCIM] = { "scim", NULL, NULL, NULL },
};

static const struct partition {
	const char *prefix;
	const char *suffix, *dual;
	bool all_fips; /* the standard hosts are FIPS hosts already */
} partitions[] = {
	{ "us-gov-", "amazonaws.com", "api.aws", true },
	{ "cn-", "amazonaws.com.cn", "api.amazonwebservices.com.cn", false },
	{ "eusc-", "amazonaws.eu", "api.amazonwebservices.eu", false },
	{ "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", false },
	{ "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", false },
	{ "eu-isoe-", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk", false },
	{ "us-isof-", "csp.hci.ic.gov", "api.aws.hci.ic.gov", false },
	{ "", "amazonaws.com", "api.aws", false },
};

const struct aw_service_info *aw_service_info(enum aw_service service)
{
	return &services[service];
}

static const char * override(
    const struct aw_conf *conf, enum aw_service service)
{
	switch (service) {
	case AW_SERVICE_OIDC:
		return conf->endpoint_url_sso_oidc;
	case AW_SERVICE_PORTAL:
		return conf->endpoint_url_sso;
	case AW_SERVICE_IDENTITYSTORE:
		return conf->endpoint_url_identitystore;
	case AW_SERVICE_STS:
		return conf->endpoint_url_sts;
	case AW_SERVICE_SSO_ADMIN:
		return conf->endpoint_url_sso_admin;
	case AW_SERVICE_SCIM:
		return conf->scim_url;
	case AW_SERVICE_N_:
		break;
	}
	return "";
}

/* Letters, digits and dashes, "xx-...-N": it becomes part of a host name. */
static bool is_region(const char *region)
{
	const size_t len = strlen(region);

	return len >= 6 && len <= 32 &&
	       strspn(region, "abcdefghijklmnopqrstuvwxyz0123456789-") == len &&
	       region[0] >= 'a' && region[len - 1] >= '0' &&
	       region[len - 1] <= '9' && strchr(region, '-') != NULL;
}

static const struct partition *partition_of(const char *region)
{
	const struct partition *p = partitions;

	while (strncmp(region, p->prefix, strlen(p->prefix)) != 0)
		p++;
	return p;
}

static int make_url(const struct aw_conf *conf, const char *label,
    const char *region, char *ret, size_t size)
{
	const struct partition *p = partition_of(region);
	const bool fips = conf->fips && (conf->dualstack || !p->all_fips);

	return aw_fmt(ret, size, "https://%s%s.%s.%s", label,
	    fips ? "-fips" : "", region, conf->dualstack ? p->dual : p->suffix);
}

/* The Host field has no default port and is in lower case; the signature
 * covers it. */
static int host_of(const char *host, size_t len, const char *default_port,
    struct aw_endpoint *ret)
{
	const size_t port_len = strlen(default_port);

	if (len >= port_len &&
	    strncmp(host + len - port_len, default_port, port_len) == 0)
		len -= port_len;
	if (len == 0 || host[0] == ':' || memchr(host, '@', len) != NULL)
		return -EINVAL;
	if (aw_fmt(ret->host, sizeof(ret->host), "%.*s", (int)len, host) < 0)
		return -EINVAL;
	for (char *c = ret->host; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return 0;
}

int aw_endpoint_parse(const char *url, struct aw_endpoint *ret)
{
	const bool tls = strncmp(url, "https://", 8) == 0;
	const char *scheme = tls ? "https" : "http";
	struct aw_endpoint out = { .url = "" };
	const char *host, *path;
	size_t path_len;

	if ((!tls && strncmp(url, "http://", 7) != 0) ||
	    strpbrk(url, "?# ") != NULL)
		return -EINVAL;
	host = url + (tls ? 8 : 7);
	path = host + strcspn(host, "/");
	path_len = strlen(path);
	while (path_len > 0 && path[path_len - 1] == '/')
		path_len--;
	if (host_of(host, (size_t)(path - host), tls ? ":443" : ":80", &out) <
		0 ||
	    aw_fmt(out.path, sizeof(out.path), "%.*s", (int)path_len, path) <
		0 ||
	    aw_fmt(out.url, sizeof(out.url), "%s://%s%s", scheme, out.host,
		out.path) < 0)
		return -EINVAL;
	*ret = out;
	return 0;
}

int aw_endpoint_find(const struct aw_conf *conf, enum aw_service service,
    const char *region, struct aw_endpoint *ret, struct aw_diag *diag)
{
	const char *url = override(conf, service);
	char made[AW_CONF_TEXT];

	if (!is_region(region)) {
		aw_diag_set(diag, "\"%.40s\" is not an AWS region", region);
		return -EINVAL;
	}
	if (!*url && service == AW_SERVICE_SCIM && conf->fips) {
		aw_diag_set(diag, "AWS names no FIPS endpoint for SCIM: set "
				  "scim_url to the one you were told");
		return -EINVAL;
	}
	if (!*url) {
		if (make_url(conf, services[service].label, region, made,
			sizeof(made)) < 0)
			return -EINVAL;
		url = made;
	}
	if (aw_endpoint_parse(url, ret) < 0) {
		aw_diag_set(diag, "\"%.100s\" is not an endpoint URL", url);
		return -EINVAL;
	}
	return 0;
}
