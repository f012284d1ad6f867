/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table.  A person's sentence never says more than what AWS answered and
 * what to do next; a code stands here for each service that gives it.
 */
#include "common/fault.h"

#include <string.h>

#include "common/text.h"

#define AGAIN                                                                \
	"Start again in a minute; if it stays, give your administrator the " \
	"code."
#define TELL "Give your administrator the code."
#define REGIONAL                                                              \
	"Compare start_url and region with what Identity Center shows under " \
	"Settings: both belong to one instance."
#define REPORT                                                              \
	"This is a fault of awssso or a change of AWS: report it with the " \
	"audit line."
#define KMS_KEY                                                              \
	"Identity Center's administrator has to look at the KMS key of the " \
	"instance: "
#define STORE_KEY                                                              \
	"Allow kms:Decrypt with the identity store's key to the host's role, " \
	"in the role and in the key's policy: "
#define HOST_KEYS                                                              \
	"Look at the host's role or keys: awssso doctor says where they come " \
	"from."

static const struct aw_fault rows[] = {
	/* --- the device flow ------------------------------------------- */
	{ "oidc.authorization_pending", AW_NET_UNAVAIL, "not approved yet",
	    "The code has not been approved yet. Approve it, or start again.",
	    "Nothing to change: the person had not approved yet." },
	{ "oidc.slow_down", AW_NET_THROTTLED, "AWS asks for fewer requests",
	    "Identity Center asks for fewer sign-ins at once. Try again in a "
	    "minute.",
	    "Many sign-ins share one quota (80 requests a second for each "
	    "client, 250 for the instance). It can be raised by a support "
	    "case." },
	{ "oidc.access_denied", AW_NET_DENIED,
	    "the sign-in was refused in the browser",
	    "The request was denied in the browser. Start again and approve it "
	    "if it was you.",
	    "Ask the person whether it was they who denied it. If not, "
	    "somebody else started a sign-in in their name." },
	{ "oidc.expired_token", AW_NET_EXPIRED,
	    "the code ran out before it was approved",
	    "The code was not approved in time. Start again for a new one.",
	    "Nothing to change. For more time over ssh raise LoginGraceTime in "
	    "sshd_config." },
	{ "oidc.invalid_grant", AW_NET_EXPIRED,
	    "the code is not valid any more",
	    "The code is not valid any more. Start again for a new one.",
	    "Nothing to change: a code counts once. If it repeats, look "
	    "whether the clock of this host is right." },
	{ "oidc.invalid_client", AW_NET_UNAVAIL,
	    "the registration of this host was not accepted",
	    "Identity Center does not accept this host's registration. " AGAIN,
	    "awssso-netd registers anew by itself. If it repeats, compare "
	    "region with the instance's and restart awssso-netd." },
	{ "oidc.unauthorized_client", AW_NET_CONFIG,
	    "this client may not use the device flow",
	    "Identity Center does not let this host show codes. " TELL,
	    "Look whether the instance forbids device codes to public clients, "
	    "or an SCP denies sso-oauth to them." },
	{ "oidc.unsupported_grant_type", AW_NET_CONFIG,
	    "the device flow is not supported there",
	    "Identity Center does not support codes here. " TELL,
	    "The endpoint is not one of Identity Center's, or a partition "
	    "without the device flow: check region and "
	    "endpoint_url_sso_oidc." },
	{ "oidc.invalid_scope", AW_NET_CONFIG,
	    "the scope sso:account:access was not accepted",
	    "Identity Center does not grant this host what it needs. " TELL,
	    "The scope sso:account:access was refused. " REGIONAL },
	{ "oidc.invalid_request", AW_NET_CONFIG,
	    "request not accepted: check start_url and region",
	    "This host asks the wrong Identity Center. " TELL, REGIONAL },
	{ "oidc.InvalidRequestRegionException", AW_NET_CONFIG,
	    "the instance is in another region",
	    "This host asks Identity Center in the wrong region. " TELL,
	    REGIONAL },
	{ "oidc.invalid_client_metadata", AW_NET_CONFIG,
	    "the registration's data were not accepted",
	    "Identity Center does not accept how this host introduces "
	    "itself. " TELL,
	    "The client name holds the host's name: look whether it has odd "
	    "characters. " REPORT },
	{ "oidc.invalid_redirect_uri", AW_NET_CONFIG,
	    "the registration's redirect URI was not accepted",
	    "Identity Center does not accept this host's registration. " TELL,
	    REPORT },
	{ "oidc.server_error", AW_NET_UNAVAIL, "AWS reports an internal error",
	    "Identity Center has a failure of its own. Try again in a minute.",
	    "Look at the AWS Health Dashboard for IAM Identity Center in that "
	    "region." },
	{ "oidc.KMS_AccessDeniedException", AW_NET_CONFIG,
	    "Identity Center may not use its KMS key",
	    "Identity Center cannot read its own data. " TELL,
	    KMS_KEY "its policy denies the service." },
	{ "oidc.KMS_NotFoundException", AW_NET_CONFIG,
	    "Identity Center's KMS key is not there",
	    "Identity Center has lost its key. " TELL,
	    KMS_KEY "it does not exist." },
	{ "oidc.KMS_DisabledException", AW_NET_CONFIG,
	    "Identity Center's KMS key is disabled",
	    "Identity Center's key is disabled. " TELL, KMS_KEY "enable it." },
	{ "oidc.KMS_InvalidStateException", AW_NET_CONFIG,
	    "Identity Center's KMS key is in a state that forbids its use",
	    "Identity Center's key cannot be used now. " TELL,
	    KMS_KEY "it may be pending deletion." },
	{ "oidc.KMS_InvalidKeyUsageException", AW_NET_CONFIG,
	    "Identity Center's KMS key is of the wrong kind",
	    "Identity Center's key is of the wrong kind. " TELL,
	    KMS_KEY "it has to be a symmetric one for encryption." },
	{ "oidc.KMS", AW_NET_CONFIG, "Identity Center cannot use its KMS key",
	    "Identity Center cannot use its key. " TELL,
	    KMS_KEY "the audit line's why has AWS's own word." },

	/* --- the access portal ------------------------------------------- */
	{ "portal.InvalidRequestException", AW_NET_CONFIG,
	    "request not accepted",
	    "The access portal did not understand this host. " TELL,
	    "Compare account and identity_role with what the portal "
	    "lists. " REPORT },
	{ "portal.UnauthorizedException", AW_NET_TOKEN_DEAD,
	    "the sign-in at AWS has ended",
	    "Your sign-in at Identity Center has ended. Start again.",
	    "Nothing to change: the person's session there ended or was "
	    "revoked. Its length is a setting of Identity Center." },
	{ "portal.ForbiddenException", AW_NET_NO_ROLE,
	    "no assignment to that account and permission set",
	    "You are not assigned to the account and permission set that this "
	    "host asks for. Ask your administrator to assign it.",
	    "Assign the permission set of identity_role (or any, when it is "
	    "auto) in that account to the person." },
	{ "portal.ResourceNotFoundException", AW_NET_NO_ROLE,
	    "no such account or permission set",
	    "The account or permission set that this host asks for does not "
	    "exist. " TELL,
	    "Compare account, identity_role and the PAM line's permission_set "
	    "with Identity Center: a name there counts by letter." },
	{ "portal.TooManyRequestsException", AW_NET_THROTTLED,
	    "the access portal asks for fewer requests",
	    "The access portal asks to slow down. Try again in a minute.",
	    "Many sign-ins or sudos at once share the portal's limit, which "
	    "AWS does not publish." },

	/* --- STS -----------------------------------------------------------
	 */
	{ "sts.InvalidClientTokenId", AW_NET_CONFIG,
	    "STS does not know the keys",
	    "AWS does not know the keys that this host used. " AGAIN,
	    "The keys are deleted, or of another partition. " HOST_KEYS },
	{ "sts.ExpiredToken", AW_NET_CONFIG, "the keys have expired",
	    "The keys that this host used have expired. " AGAIN,
	    "Look at the clock of this host first. " HOST_KEYS },
	{ "sts.ExpiredTokenException", AW_NET_CONFIG,
	    "the token that keys are fetched with has expired",
	    "The token that this host fetches its keys with has "
	    "expired. " AGAIN,
	    "Look whether the file of web_identity_token_file is renewed, and "
	    "at the clock." },
	{ "sts.SignatureDoesNotMatch", AW_NET_CONFIG,
	    "signature not accepted: check the host's clock and its secret key",
	    "AWS does not accept this host's signature. " TELL,
	    "Look at the clock (timedatectl), then at the secret key. A proxy "
	    "must not change the request." },
	{ "sts.RequestExpired", AW_NET_CONFIG,
	    "the request's stamp is too old: check the host's clock",
	    "The clock of this host is wrong. " TELL,
	    "Set the clock (timedatectl, chrony): AWS takes 5 minutes of "
	    "difference." },
	{ "sts.AccessDenied", AW_NET_REFUSED, "the host's role may not do that",
	    "This host may not take the role that it needs. " TELL,
	    "Compare role_arn and external_id with the trust policy of that "
	    "role, and look for an SCP that denies sts:AssumeRole." },
	{ "sts.MissingAuthenticationToken", AW_NET_CONFIG,
	    "the request came without credentials",
	    "This host has no keys for AWS. " TELL,
	    HOST_KEYS " A proxy must not drop the Authorization field." },
	{ "sts.IncompleteSignature", AW_NET_CONFIG,
	    "STS could not read the signature",
	    "AWS could not read this host's signature. " TELL,
	    "A proxy must not change the request. " REPORT },
	{ "sts.Throttling", AW_NET_THROTTLED, "STS asks for fewer requests",
	    "AWS's token service asks to slow down. Try again in a minute.",
	    "The account's STS quota is shared by all that runs in it. Look "
	    "what calls STS often (CloudTrail)." },
	{ "sts.RegionDisabledException", AW_NET_CONFIG,
	    "STS is not active in that region for this account",
	    "AWS's token service is switched off in this host's region. " TELL,
	    "Activate the region's STS endpoint in the account settings of "
	    "IAM, or set another region." },
	{ "sts.PackedPolicyTooLarge", AW_NET_CONFIG,
	    "the session's policies and tags are too large",
	    "The role that this host takes is too large for AWS. " TELL,
	    "Take session tags away from whatever hands the host its keys: "
	    "they count into the packed size." },
	{ "sts.MalformedPolicyDocument", AW_NET_CONFIG, "a policy is malformed",
	    "The role that this host takes has a faulty policy. " TELL,
	    "Look at the policies of role_arn. " REPORT },
	{ "sts.InvalidIdentityToken", AW_NET_CONFIG,
	    "the web identity token was not accepted",
	    "AWS does not accept the token that this host fetches its keys "
	    "with. " TELL,
	    "Look at the IAM identity provider: issuer, audience and "
	    "thumbprint have to be those of the token." },
	{ "sts.IDPRejectedClaim", AW_NET_REFUSED,
	    "the identity provider rejected the web identity token",
	    "The token that this host fetches its keys with was "
	    "rejected. " TELL,
	    "Look whether the token is expired or revoked, and at the trust "
	    "policy's conditions." },
	{ "sts.IDPCommunicationError", AW_NET_UNAVAIL,
	    "STS cannot reach the identity provider",
	    "AWS cannot reach the provider of this host's token. Try again in "
	    "a minute.",
	    "The issuer's key document must be reachable from AWS." },
	{ "sts.ValidationError", AW_NET_CONFIG,
	    "STS does not accept the request",
	    "AWS does not accept this host's request for keys. " TELL,
	    "Look at the spelling of role_arn and external_id." },

	/* --- the directory -------------------------------------------------
	 */
	{ "identitystore.absent", AW_NET_NOT_FOUND,
	    "the directory does not know it",
	    "The directory does not know you any more. Ask your administrator.",
	    "Look whether the person is still provisioned to Identity Center "
	    "(awssso lookup NAME, the provisioning log of Entra ID)." },
	{ "identitystore.ResourceNotFoundException", AW_NET_CONFIG,
	    "identity store not found: check identity_store_id and region",
	    "This host asks a directory that does not exist. " TELL,
	    "Compare identity_store_id and region with what Identity Center "
	    "shows under Settings." },
	{ "identitystore.KMS_ACCESS_DENIED", AW_NET_REFUSED,
	    "the host's role may not use the KMS key of the identity store: "
	    "allow kms:Decrypt",
	    "This host may not read the encrypted directory. " TELL,
	    STORE_KEY "it denies." },
	{ "identitystore.KMS_KEY_NOT_FOUND", AW_NET_REFUSED,
	    "the KMS key of the identity store is not there, or kms:Decrypt is "
	    "not allowed",
	    "The key of the directory is not there. " TELL,
	    STORE_KEY "AWS does not find it." },
	{ "aws.KMS", AW_NET_REFUSED,
	    "the host's role may not use the KMS key of the identity store: "
	    "allow kms:Decrypt",
	    "This host cannot use the key of the directory. " TELL,
	    STORE_KEY "the audit line's why has AWS's own word." },

	/* --- any of them ------------------------------------------------- */
	{ "aws.AccessDenied", AW_NET_REFUSED, "the host's role lacks a right",
	    "This host lacks a right at AWS. Ask your administrator to run "
	    "`awssso status`.",
	    "Add the action that the audit line's why names to the host's role "
	    "(README); look for an SCP that denies it." },
	{ "aws.Throttling", AW_NET_THROTTLED, "AWS asks for fewer requests",
	    "AWS asks to slow down. Try again in a minute.",
	    "The directory serves 20 requests a second to the whole "
	    "organisation. Lower sweep_rate, or let one host publish it "
	    "(source = published)." },
	{ "aws.signature", AW_NET_CONFIG,
	    "signature not accepted: check the host's clock and its secret key",
	    "AWS does not accept this host's signature. " TELL,
	    "Look at the clock (timedatectl), then at the secret key. A proxy "
	    "must not change the request." },
	{ "aws.keys", AW_NET_CONFIG,
	    "AWS does not know the host's credentials (any more)",
	    "AWS does not know this host's keys. " AGAIN, HOST_KEYS },
	{ "aws.MissingAuthenticationToken", AW_NET_CONFIG,
	    "the request came without credentials",
	    "This host has no keys for AWS. " TELL,
	    HOST_KEYS " A proxy must not drop the Authorization field." },
	{ "aws.MissingAuthenticationTokenException", AW_NET_CONFIG,
	    "the request came without credentials",
	    "This host has no keys for AWS. " TELL,
	    HOST_KEYS " A proxy must not drop the Authorization field." },
	{ "aws.IncompleteSignatureException", AW_NET_CONFIG,
	    "AWS could not read the signature",
	    "AWS could not read this host's signature. " TELL,
	    "A proxy must not change the request. " REPORT },
	{ "aws.ValidationException", AW_NET_CONFIG,
	    "request not accepted: check identity_store_id and region",
	    "AWS does not accept this host's request. " TELL,
	    "Compare identity_store_id and region with what Identity Center "
	    "shows under Settings." },
	{ "aws.server", AW_NET_UNAVAIL, "AWS reports an internal error",
	    "AWS has a failure of its own. Try again in a minute.",
	    "Look at the AWS Health Dashboard for the region. If only this "
	    "host sees it, look at the proxy." },
	{ "aws.407", AW_NET_CONFIG, "the proxy asks for a password",
	    "The proxy of this host asks for a password. " TELL,
	    "Give proxy in awssso.conf a user and password, or let the proxy "
	    "pass this host." },
	{ "aws.redirect", AW_NET_BAD_ANSWER, "answer expected, got a redirect",
	    "This host was sent elsewhere instead of being answered. " TELL,
	    "Look whether a proxy or a captive portal answers in AWS's "
	    "place." },
	{ "aws.refused", AW_NET_REFUSED, "AWS does not accept the request",
	    "AWS refuses this host. Ask your administrator to run `awssso "
	    "status`.",
	    "The audit line's why has AWS's own words. Look at the role of "
	    "this host, SCPs and endpoint policies." },
	{ "aws.rejected", AW_NET_CONFIG, "AWS does not accept the request",
	    "AWS does not accept this host's request. " TELL,
	    "The audit line's why has AWS's own words: compare the settings "
	    "that it names." },
};

const struct aw_fault *aw_fault_at(size_t i)
{
	return i < sizeof(rows) / sizeof(rows[0]) ? &rows[i] : NULL;
}

const struct aw_fault *aw_fault_find(const char *id)
{
	const struct aw_fault *row;

	for (size_t i = 0; (row = aw_fault_at(i)) != NULL; i++)
		if (strcmp(row->id, id) == 0)
			return row;
	return NULL;
}

const struct aw_fault *aw_fault_of(const char *service, const char *code)
{
	const char *const services[] = { service, "aws" };
	char id[AW_FAULT_ID_SIZE];

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		const struct aw_fault *row;

		if (aw_fmt(id, sizeof(id), "%s.%s", services[i], code) < 0)
			continue;
		row = aw_fault_find(id);
		if (row)
			return row;
	}
	return NULL;
}
