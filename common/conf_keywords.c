/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every keyword of awssso.conf, in the order in which it is documented.
 */
#include "common/conf.h"

#define AT(member) offsetof(struct aw_conf, member)
#define IDC        "identity-center"
#define DAY        86400

const struct aw_conf_keyword aw_conf_keywords[] = {
	{ IDC, "start_url", AW_CONF_URL, AT(start_url), NULL, 0, 0, NULL,
	    "The AWS access portal URL, exactly as the console shows it." },
	{ IDC, "region", AW_CONF_REGION, AT(regions), NULL, 0, 0, NULL,
	    "The region of Identity Center; repeat for more, tried in order." },
	{ IDC, "regions", AW_CONF_REGIONS, AT(regions), NULL, 0, 0, NULL,
	    "The same for several regions, comma-separated." },
	{ IDC, "identity_store_id", AW_CONF_STORE, AT(identity_store_id), NULL,
	    0, 0, NULL, "The identity store (d- and ten hex digits)." },
	{ IDC, "account", AW_CONF_ACCOUNT, AT(account), "auto", 0, 0, NULL,
	    "The AWS account whose permission sets count here; auto: this "
	    "instance's." },
	{ IDC, "identity_role", AW_CONF_ROLE, AT(identity_role), "auto", 0, 0,
	    NULL,
	    "The role that shows who approved, ACCOUNT/PERMISSION-SET; auto: "
	    "any that the approver holds." },

	{ "access", "allow_users", AW_CONF_LIST, AT(allow_users), NULL, 0, 0,
	    NULL, "A person who may log in: Linux name, UserName or UserId." },
	{ "access", "allow_groups", AW_CONF_LIST, AT(allow_groups), NULL, 0, 0,
	    NULL, "A group whose members may log in: DisplayName or GroupId." },
	{ "access", "allow_permission_sets", AW_CONF_LIST,
	    AT(allow_permission_sets), NULL, 0, 0, NULL,
	    "A permission set whose holders in this account may log in." },

	{ "directory", "source", AW_CONF_CHOICE, AT(source), "identity-store",
	    0, 0, "identity-store", "Where users and groups come from." },
	{ "directory", "enumerate", AW_CONF_CHOICE, AT(enumerate), "allowed", 0,
	    0, "allowed|all|no",
	    "Who is listed by getent passwd without a name." },
	{ "directory", "sweep_interval", AW_CONF_SPAN, AT(sweep_interval), "6h",
	    10, 7 * DAY, NULL, "How often the whole directory is read." },
	{ "directory", "sweep_rate", AW_CONF_NUMBER, AT(sweep_rate), "1", 1,
	    1000, NULL,
	    "Requests a second of a sweep; the whole organisation has 20." },
	{ "directory", "max_directory_age", AW_CONF_SPAN, AT(max_directory_age),
	    "15m", 1, 30 * DAY, NULL,
	    "Oldest directory for a sign-in when it cannot be asked live." },
	{ "directory", "account_directory_age", AW_CONF_SPAN,
	    AT(account_directory_age), "24h", 1, 30 * DAY, NULL,
	    "Oldest directory for key logins, cron and su." },

	{ "names", "domains", AW_CONF_DOMAINS, 0, "auto", 0, 0, NULL,
	    "Domains stripped from user names, DOMAIN[:SUFFIX]; auto: the one "
	    "most people have." },
	{ "names", "home", AW_CONF_STRING, AT(home), "/home/%u", 0, 0, NULL,
	    "Home directories; %u is the Linux name." },
	{ "names", "shell", AW_CONF_PATH, AT(shell), "/bin/bash", 0, 0, NULL,
	    "The login shell." },

	{ "session", "keep_token", AW_CONF_SPAN, AT(keep_token), "8h", 0,
	    8 * 3600, NULL,
	    "How long a person's token is kept for sudo's live check." },
	{ "session", "reuse", AW_CONF_SPAN, AT(reuse), "15m", 0, 8 * 3600, NULL,
	    "How long sudo accepts the last proof without a new approval." },
	{ "session", "qr", AW_CONF_CHOICE, AT(qr), "utf8", 0, 0,
	    "utf8|ascii|no", "How the QR code is drawn." },

	{ "network", "proxy", AW_CONF_PROXY, AT(proxy), NULL, 0, 0, NULL,
	    "The HTTP proxy for AWS; never used for instance metadata." },
	{ "network", "no_proxy", AW_CONF_LIST, AT(no_proxy), NULL, 0, 0, NULL,
	    "A host or .domain that is reached without the proxy." },
	{ "network", "ca_bundle", AW_CONF_PATH, AT(ca_bundle), NULL, 0, 0, NULL,
	    "CA certificates instead of the system's." },
	{ "network", "endpoint_url_sso_oidc", AW_CONF_URL,
	    AT(endpoint_url_sso_oidc), NULL, 0, 0, NULL,
	    "SSO-OIDC instead of oidc.REGION.amazonaws.com." },
	{ "network", "endpoint_url_sso", AW_CONF_URL, AT(endpoint_url_sso),
	    NULL, 0, 0, NULL,
	    "The portal instead of portal.sso.REGION.amazonaws.com." },
	{ "network", "endpoint_url_sts", AW_CONF_URL, AT(endpoint_url_sts),
	    NULL, 0, 0, NULL, "STS instead of sts.REGION.amazonaws.com." },
	{ "network", "endpoint_url_identitystore", AW_CONF_URL,
	    AT(endpoint_url_identitystore), NULL, 0, 0, NULL,
	    "Identity Store instead of identitystore.REGION.amazonaws.com." },
	{ "network", "endpoint_url_sso_admin", AW_CONF_URL,
	    AT(endpoint_url_sso_admin), NULL, 0, 0, NULL,
	    "SSO admin instead of sso.REGION.amazonaws.com." },
	{ "network", "endpoint_url_imds", AW_CONF_URL, AT(endpoint_url_imds),
	    NULL, 0, 0, NULL, "Instance metadata instead of 169.254.169.254." },

	{ "credentials", "source", AW_CONF_CHOICE, AT(credentials_source),
	    "imds", 0, 0, "imds|file",
	    "Where this host's AWS credentials come from." },
	{ "credentials", "file", AW_CONF_PATH, AT(credentials_file), NULL, 0, 0,
	    NULL, "Keys in the form of an AWS credentials file, mode 0600." },
};

const size_t aw_conf_n_keywords =
    sizeof(aw_conf_keywords) / sizeof(aw_conf_keywords[0]);

_Static_assert(sizeof(aw_conf_keywords) / sizeof(aw_conf_keywords[0]) <= 64,
    "struct parse in conf.c counts 64 keywords");
