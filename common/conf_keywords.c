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
	{ IDC, "saml_certificate_expires", AW_CONF_DATE,
	    AT(saml_certificate_expires), NULL, 0, 0, NULL,
	    "The day on which the certificate ends with which the external "
	    "identity provider signs, YYYY-MM-DD; awssso doctor and status "
	    "warn before it." },

	{ AW_CONF_ACCESS, "allow_users", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_USER, 0, NULL,
	    "A person who may log in: Linux name, UserName or UserId." },
	{ AW_CONF_ACCESS, "allow_groups", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_GROUP, 0, NULL,
	    "A group whose members may log in: DisplayName or GroupId." },
	{ AW_CONF_ACCESS, "allow_permission_sets", AW_CONF_RULE, AT(access),
	    NULL, AW_RULE_SET, 0, NULL,
	    "A permission set whose holders in this account, or with "
	    "ACCOUNT/NAME in that one, may log in." },
	{ AW_CONF_ACCESS, "allow_accounts", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_ACCOUNT, 0, NULL,
	    "auto: whoever holds any permission set in this account may log "
	    "in; 12 digits: in that one." },
	{ AW_CONF_ACCESS, "deny_users", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_USER, 1, NULL,
	    "A person who may not, whatever else allows it." },
	{ AW_CONF_ACCESS, "deny_groups", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_GROUP, 1, NULL, "A group whose members may not." },
	{ AW_CONF_ACCESS, "deny_permission_sets", AW_CONF_RULE, AT(access),
	    NULL, AW_RULE_SET, 1, NULL,
	    "A permission set whose holders in this account, or with "
	    "ACCOUNT/NAME in that one, may not." },
	{ AW_CONF_ACCESS, "deny_accounts", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_ACCOUNT, 1, NULL,
	    "auto: whoever holds any permission set in this account may not; "
	    "12 digits: in that one." },
	{ AW_CONF_ACCESS, "require_publickey_first", AW_CONF_RULE, AT(access),
	    NULL, AW_RULE_KEY_FIRST, 1, NULL,
	    "yes: no code without a public key that sshd saw in this "
	    "connection, or a session of the person's." },
	{ AW_CONF_ACCESS, "offline_grace", AW_CONF_RULE, AT(access), NULL,
	    AW_RULE_GRACE, 1, NULL,
	    "How long the last proof of a login session counts while AWS "
	    "cannot be asked, 24h at most; not set: not at all." },

	{ "directory", "source", AW_CONF_CHOICE, AT(source), "identity-store",
	    0, 0, "identity-store|scim|published",
	    "Where users and groups come from." },
	{ "directory", "scope", AW_CONF_LIST, AT(scope), NULL, 0, 0, NULL,
	    "Whom a sweep reads: assigned (who has an assignment in this "
	    "account), or a group's DisplayName or GroupId; repeat for more "
	    "groups. Unset: everybody. Only with source = identity-store." },
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
	{ "directory", "permission_sets", AW_CONF_CHOICE, AT(permission_sets),
	    "auto", 0, 0, "auto|no",
	    "Whether the permission sets of this account become groups; auto: "
	    "all, or each person's own where the host may not read them." },
	{ "directory", "hints", AW_CONF_CHOICE, AT(hints), "yes", 0, 0,
	    "no|yes",
	    "Whether an unknown person at a login is looked up at once." },
	{ "directory", "scim_url", AW_CONF_URL, AT(scim_url), NULL, 0, 0, NULL,
	    "The SCIM endpoint, as the console shows it." },
	{ "directory", "scim_token_file", AW_CONF_PATH, AT(scim_token_file),
	    NULL, 0, 0, NULL,
	    "The file with the SCIM bearer token; or the systemd credential "
	    "scim-token." },
	{ "directory", "scim_token_expires", AW_CONF_DATE,
	    AT(scim_token_expires), NULL, 0, 0, NULL,
	    "The day on which that token ends, YYYY-MM-DD." },
	{ "directory", "scim_on_login_host", AW_CONF_CHOICE,
	    AT(scim_on_login_host), "no", 0, 0, "no|yes",
	    "That token can create people: yes allows it on a host with "
	    "sign-ins all the same." },
	{ "directory", "published_from", AW_CONF_PLACE, AT(published_from),
	    NULL, 0, 0, NULL,
	    "The signed snapshot of a publisher: a path or an https URL." },
	{ "directory", "published_key", AW_CONF_KEY, AT(published_key), NULL, 0,
	    0, NULL,
	    "The publisher's public key, as awssso publish shows it." },
	{ "directory", "published_interval", AW_CONF_SPAN,
	    AT(published_interval), "1m", 10, DAY, NULL,
	    "How often the publisher is asked for a newer one." },

	{ "names", "domains", AW_CONF_DOMAINS, 0, "auto", 0, 0, NULL,
	    "Domains stripped from user names, DOMAIN[:SUFFIX]; auto: the one "
	    "most people have." },
	{ "names", "home", AW_CONF_STRING, AT(home), "/home/%u", 0, 0, NULL,
	    "Home directories; %u is the Linux name." },
	{ "names", "shell", AW_CONF_PATH, AT(shell), "/bin/bash", 0, 0, NULL,
	    "The login shell." },
	{ "names", "permission_set_group", AW_CONF_PATTERN,
	    AT(permission_set_group), "aws-%s", 0, 0, NULL,
	    "The group of a permission set; %s is the set's name." },

	{ "session", "keep_token", AW_CONF_SPAN, AT(keep_token), "8h", 0,
	    8 * 3600, NULL,
	    "How long a person's token is kept for sudo's live check." },
	{ "session", "reuse", AW_CONF_SPAN, AT(reuse), "15m", 0, 8 * 3600, NULL,
	    "How long sudo accepts the last proof without a new approval." },
	{ "session", "session_reuse", AW_CONF_SPAN, AT(session_reuse), "0", 0,
	    8 * 3600, NULL,
	    "How long another ssh connection that proves the same public key "
	    "needs no new approval; 0: always a new one." },
	{ "session", "on_disable", AW_CONF_CHOICE, AT(on_disable), "deny", 0, 0,
	    "deny|end-sessions",
	    "What becomes of the sessions, processes, cron and at jobs of "
	    "somebody whom the directory disables." },
	{ "session", "codes_per_host", AW_CONF_NUMBER, AT(codes_per_host), "64",
	    1, 2000, NULL,
	    "How many sign-ins may wait for their approval at once." },
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

	{ "network", "fips", AW_CONF_CHOICE, AT(fips), "no", 0, 0, "no|yes",
	    "Use AWS's FIPS endpoints." },
	{ "network", "dualstack", AW_CONF_CHOICE, AT(dualstack), "no", 0, 0,
	    "no|yes", "Use AWS's endpoints that have IPv6 addresses too." },

	{ "credentials", "source", AW_CONF_CHOICE, AT(credentials_source),
	    "imds", 0, 0, "imds|file|container|web-identity",
	    "Where this host's AWS credentials come from." },
	{ "credentials", "file", AW_CONF_PATH, AT(credentials_file), NULL, 0, 0,
	    NULL, "Keys in the form of an AWS credentials file, mode 0600." },
	{ "credentials", "imds", AW_CONF_CHOICE, AT(imds_mode), "ipv4", 0, 0,
	    "ipv4|ipv6", "Where the instance metadata service is." },
	{ "credentials", "container_uri", AW_CONF_CONTAINER, AT(container_uri),
	    NULL, 0, 0, NULL,
	    "The container credentials' URI, whole or from its path on; unset: "
	    "as the container's environment says." },
	{ "credentials", "container_token_file", AW_CONF_PATH,
	    AT(container_token_file), NULL, 0, 0, NULL,
	    "The file with the token for it; read anew each time." },
	{ "credentials", "web_identity_token_file", AW_CONF_PATH,
	    AT(web_identity_token_file), NULL, 0, 0, NULL,
	    "The file with the OpenID Connect token; read anew each time." },
	{ "credentials", "web_identity_role_arn", AW_CONF_ARN,
	    AT(web_identity_role_arn), NULL, 0, 0, NULL,
	    "The role that it stands for." },
	{ "credentials", "role_arn", AW_CONF_ARN, AT(role_arn), NULL, 0, 0,
	    NULL,
	    "A role to assume with those credentials, for another account." },
	{ "credentials", "external_id", AW_CONF_EXTERNAL_ID, AT(external_id),
	    NULL, 0, 0, NULL, "The external id that this role asks for." },
	{ "credentials", "role_session_name", AW_CONF_SESSION,
	    AT(role_session_name), NULL, 0, 0, NULL,
	    "The session's name there; unset: awssso-HOSTNAME." },
};

const size_t aw_conf_n_keywords =
    sizeof(aw_conf_keywords) / sizeof(aw_conf_keywords[0]);

_Static_assert(sizeof(aw_conf_keywords) / sizeof(aw_conf_keywords[0]) <= 128,
    "struct parse in conf.c counts 128 keywords");
