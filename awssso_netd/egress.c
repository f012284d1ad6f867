/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way out, by the rules that the calls themselves go by.
 */
#include "awssso_netd/egress.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "awssso_netd/container.h"
#include "awssso_netd/environment.h"
#include "awssso_netd/imds.h"

bool aw_egress_needs(const struct aw_conf *conf, enum aw_service service)
{
	const bool has_store = conf->source == AW_SOURCE_IDENTITY_STORE;

	switch (service) {
	case AW_SERVICE_OIDC:
	case AW_SERVICE_PORTAL:
	case AW_SERVICE_STS:
		return true;
	case AW_SERVICE_IDENTITYSTORE:
		return has_store;
	case AW_SERVICE_SSO_ADMIN:
		return has_store &&
		       conf->permission_sets == AW_PERMISSION_SETS_AUTO;
	case AW_SERVICE_SCIM:
		return conf->source == AW_SOURCE_SCIM;
	case AW_SERVICE_N_:
		break;
	}
	return false;
}

bool aw_egress_needs_keys(const struct aw_conf *conf)
{
	return conf->source == AW_SOURCE_IDENTITY_STORE ||
	       strcmp(conf->account, "auto") == 0;
}

/* As libcurl does it: @entry is a host, or the end of one behind a dot. */
static bool is_under(const char *host, const char *entry)
{
	const size_t host_len = strlen(host);
	size_t len;

	if (strcmp(entry, "*") == 0)
		return true;
	entry += *entry == '.';
	len = strlen(entry);
	return len > 0 && len <= host_len &&
	       strcasecmp(host + host_len - len, entry) == 0 &&
	       (len == host_len || host[host_len - len - 1] == '.');
}

static const char *proxy_for(const struct aw_conf *conf, const char *host)
{
	for (size_t i = 0; i < conf->no_proxy.n; i++)
		if (is_under(host, conf->no_proxy.item[i]))
			return "";
	return conf->proxy;
}

/* @host is "HOST", "HOST:PORT" or one with brackets. */
static int split(
    const char *host, const char *default_port, struct aw_egress *ret)
{
	const char *end = *host == '[' ? strchr(host, ']') : host;
	const char *colon = end ? strchr(end, ':') : NULL;
	const size_t len = colon ? (size_t)(colon - host) : strlen(host);
	int r;

	r = aw_fmt(ret->host, sizeof(ret->host), "%.*s", (int)len, host);
	if (r < 0)
		return r;
	return aw_copy(
	    ret->port, sizeof(ret->port), colon ? colon + 1 : default_port);
}

/* @is_direct: that one is never reached through a proxy. */
static void tell(const struct aw_conf *conf, const char *name, const char *url,
    bool is_direct, aw_egress_fn *fn, void *user)
{
	struct aw_egress egress = { .name = name };
	struct aw_endpoint endpoint;

	if (aw_endpoint_parse(url, &endpoint) < 0 ||
	    split(endpoint.host,
		strncmp(endpoint.url, "https", 5) == 0 ? "443" : "80",
		&egress) < 0 ||
	    aw_copy(egress.proxy, sizeof(egress.proxy),
		is_direct ? "" : proxy_for(conf, egress.host)) < 0)
		egress.why = "is not an endpoint URL";
	fn(user, &egress);
}

static void tell_services(const struct aw_conf *conf, const char *region,
    aw_egress_fn *fn, void *user)
{
	for (unsigned i = 0; i < AW_SERVICE_N_; i++) {
		const enum aw_service service = i;
		const char *name = aw_service_info(service)->label;
		struct aw_egress none = { .name = name,
			.why = "no endpoint is known" };
		struct aw_endpoint endpoint;

		if (!aw_egress_needs(conf, service))
			continue;
		if (aw_endpoint_find(conf, service, region, &endpoint, NULL) ==
		    0)
			tell(conf, name, endpoint.url, false, fn, user);
		else
			fn(user, &none);
	}
}

/* Where the host's own keys are. */
static void tell_keys(const struct aw_conf *conf, aw_egress_fn *fn, void *user)
{
	struct aw_environment environment;
	struct aw_container_place place;

	if (!aw_egress_needs_keys(conf))
		return;
	if (conf->credentials_source == AW_CREDENTIALS_IMDS)
		tell(conf, "imds", aw_imds_base(conf), true, fn, user);
	if (conf->credentials_source != AW_CREDENTIALS_CONTAINER)
		return;
	aw_environment_read(&environment);
	if (aw_container_find(conf, &environment, &place, NULL) == 0)
		tell(conf, "container", place.url, true, fn, user);
}

void aw_egress_walk(const struct aw_conf *conf, aw_egress_fn *fn, void *user)
{
	for (size_t i = 0; i < conf->regions.n; i++)
		tell_services(conf, conf->regions.item[i], fn, user);
	if (conf->source == AW_SOURCE_PUBLISHED &&
	    conf->published_from[0] != '/')
		tell(conf, "published", conf->published_from, false, fn, user);
	tell_keys(conf, fn, user);
}

static void print(void *user AW_UNUSED, const struct aw_egress *egress)
{
	if (!egress->why)
		(void)printf("%s %s %s %s\n", egress->name, egress->host,
		    egress->port, *egress->proxy ? egress->proxy : "direct");
}

void aw_egress_print(const struct aw_conf *conf)
{
	aw_egress_walk(conf, print, NULL);
}
