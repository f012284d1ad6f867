/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Host names: LABEL[-fips].REGION.SUFFIX.
 */
#include "tests/idcsim/host.h"

#include <string.h>
#include <strings.h>

#include "common/text.h"
#include "tests/idcsim/service.h"

static const char *const suffixes[] = {
	".amazonaws.com",
	".amazonaws.com.cn",
	".amazonaws.eu",
	".api.aws",
	".api.amazonwebservices.com.cn",
	".api.amazonwebservices.eu",
	".c2s.ic.gov",
	".api.aws.ic.gov",
	".sc2s.sgov.gov",
	".api.aws.scloud",
	".cloud.adc-e.uk",
	".api.cloud-aws.adc-e.uk",
	".csp.hci.ic.gov",
	".api.aws.hci.ic.gov",
};

static const struct {
	const char *label;
	const struct aw_sim_service *service;
} labels[] = {
	{ "oidc.", &aw_sim_oidc },
	{ "oidc-fips.", &aw_sim_oidc },
	{ "portal.sso.", &aw_sim_portal },
	{ "portal.sso-fips.", &aw_sim_portal },
	{ "device.sso.", &aw_sim_pages },
	{ "identitystore.", &aw_sim_identitystore },
	{ "identitystore-fips.", &aw_sim_identitystore },
	{ "sso.", &aw_sim_ssoadmin },
	{ "sso-fips.", &aw_sim_ssoadmin },
	{ "scim.", &aw_sim_scim },
	{ "sts.", &aw_sim_sts },
	{ "sts-fips.", &aw_sim_sts },
};

static void copy_name(const char *text, char *buf, size_t size)
{
	size_t n = 0;

	for (; text[n] && text[n] != ':' && n + 1 < size; n++)
		buf[n] = text[n] >= 'A' && text[n] <= 'Z'
			     ? (char)(text[n] - 'A' + 'a')
			     : text[n];
	buf[n] = '\0';
}

static void parse_region(const char *rest, const struct aw_sim_service *service,
    struct aw_sim_host *ret)
{
	const size_t len = strcspn(rest, ".");

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		if (strcmp(rest + len, suffixes[i]) == 0 &&
		    aw_fmt(ret->region, sizeof(ret->region), "%.*s", (int)len,
			rest) == 0)
			ret->service = service;
	}
}

void aw_sim_host_parse(const char *text, struct aw_sim_host *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (text == NULL)
		return;
	copy_name(text, ret->name, sizeof(ret->name));
	ret->is_loopback = strcmp(ret->name, "localhost") == 0 ||
			   strncmp(ret->name, "127.", 4) == 0 ||
			   strncmp(text, "[::1]", 5) == 0;
	if (strcmp(ret->name, "sts.amazonaws.com") == 0) {
		ret->service = &aw_sim_sts;
		aw_ignore(
		    aw_copy(ret->region, sizeof(ret->region), "us-east-1"));
		return;
	}
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		const size_t len = strlen(labels[i].label);

		if (strncmp(ret->name, labels[i].label, len) == 0)
			parse_region(ret->name + len, labels[i].service, ret);
	}
}
