/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalogue.  '$' stands for the detail.
 */
#include "awsssod/catalogue.h"

#include <string.h>

#include "common/fault.h"

struct row {
	enum aw_verdict verdict;
	const char *event;
	const char *text;
	const char *action; /* for whoever runs the host */
};

static const struct row rows[] = {
	[AW_SAY_INTERNAL] = { AW_VERDICT_FAILED, "internal-failure",
	    "The sign-in service failed on this host. Try again; if it stays, "
	    "give your administrator the code.",
	    "Look at awsssod's log around that time (journalctl -u awsssod); "
	    "if it repeats, report it with that log." },
	[AW_SAY_ALLOWED] = { AW_VERDICT_ALLOW, "allowed", "", "" },
	[AW_SAY_REUSED] = { AW_VERDICT_ALLOW, "reused", "", "" },
	[AW_SAY_GRACE] = { AW_VERDICT_ALLOW, "offline-grace", "", "" },
	[AW_SAY_NOT_ALLOWED] = { AW_VERDICT_POLICY, "policy",
	    "You are not among the people who may log in to this host. Ask "
	    "your administrator for access.",
	    "Add an allow line, or take the deny line away, in [access] or the "
	    "service's section of awssso.conf (docs/policy.md); or put the "
	    "person into an allowed group. Then restart awsssod." },
	[AW_SAY_NO_SET] = { AW_VERDICT_POLICY, "no-permission-set",
	    "This needs the permission set $, which you do not hold right now. "
	    "Ask your administrator for it, then try again.",
	    "Assign the permission set to the person, or to a group of theirs, "
	    "in the account whose sets count here (awssso status shows it)." },
	[AW_SAY_NO_TOKEN] = { AW_VERDICT_POLICY, "no-token",
	    "This session has no live sign-in to check $ with. Run `sudo -k` "
	    "and sudo again, or `awssso login`.",
	    "Nothing to change: the session was not opened by a sign-in with a "
	    "code, or its token has ended (keep_token)." },
	[AW_SAY_TOKEN_ENDED] = { AW_VERDICT_POLICY, "token-ended",
	    "The sign-in of this session has ended. Run `sudo -k` and sudo "
	    "again, or `awssso login`.",
	    "Nothing to change: Identity Center ended the person's session "
	    "there. Its length is a setting of Identity Center." },
	[AW_SAY_NOT_YOURS] = { AW_VERDICT_POLICY, "not-yours",
	    "Only root may ask this.", "Ask as root." },
	[AW_SAY_HOME] = { AW_VERDICT_POLICY, "home",
	    "Your home directory on this host does not belong to you. Ask your "
	    "administrator to correct its owner.",
	    "Compare the owner of the home directory with the person's uid "
	    "(getent passwd NAME). Keep an old uid with awssso ids adopt, or "
	    "chown the directory." },
	[AW_SAY_KEY_FIRST] = { AW_VERDICT_POLICY, "key-first",
	    "This host asks for your ssh key before it shows a code. Connect "
	    "with the key, or ask your administrator to add it.",
	    "sshd_config needs AuthenticationMethods "
	    "publickey,keyboard-interactive:pam, and the person a key in "
	    "authorized_keys. A service that can have no key is let off by "
	    "require_publickey_first = no in its own section." },
	[AW_SAY_BROWSER_DENIED] = { AW_VERDICT_REFUSED, "browser-denied",
	    "The request was denied in the browser. Start again and approve it "
	    "if it was you.",
	    "Ask the person whether it was they who denied it. If not, "
	    "somebody else started a sign-in in their name." },
	[AW_SAY_CODE_EXPIRED] = { AW_VERDICT_REFUSED, "code-expired",
	    "The code was not approved in time. Start again for a new one.",
	    "Nothing to change. For more time over ssh raise LoginGraceTime in "
	    "sshd_config." },
	[AW_SAY_WRONG_APPROVER] = { AW_VERDICT_REFUSED, "wrong-approver",
	    "The code was approved by somebody else. Sign out in the browser, "
	    "start again and approve it as yourself.",
	    "The audit line tells who approved. If the two people do not know "
	    "of each other, treat it as a phishing attempt "
	    "(docs/threats.md)." },
	[AW_SAY_UNPROVEN] = { AW_VERDICT_REFUSED, "unproven",
	    "The approval does not prove who gave it. Give your administrator "
	    "the code.",
	    "Compare the audit line's why with identity_role and the "
	    "permission sets of the account: the role that the approval opened "
	    "is not the one that was asked for." },
	[AW_SAY_NO_ROLE] = { AW_VERDICT_REFUSED, "no-role",
	    "You have no permission set that could show who you are. Ask your "
	    "administrator to assign one.",
	    "Assign the permission set of identity_role (or any, when it is "
	    "auto) to the person." },
	[AW_SAY_REPLACED] = { AW_VERDICT_REFUSED, "replaced",
	    "A newer sign-in took the place of this one. Start again if it was "
	    "not yours.",
	    "Nothing to change. Many of these for one person mean that "
	    "somebody starts sign-ins in their name." },
	[AW_SAY_TOO_MANY] = { AW_VERDICT_REFUSED, "too-many",
	    "Too many sign-ins are waiting for this account, or were started "
	    "for it lately. Wait a minute and start again; with your ssh key "
	    "first you need not wait.",
	    "Many of these mean that somebody starts sign-ins in the person's "
	    "name, or that codes_per_host is small for this host. A public "
	    "key first (docs/threats.md) lets the person in meanwhile." },
	[AW_SAY_HUNG_UP] = { AW_VERDICT_REFUSED, "hung-up",
	    "The sign-in was broken off. Start again.",
	    "Nothing to change: the client went away before the approval." },
	[AW_SAY_REVOKED] = { AW_VERDICT_REFUSED, "revoked",
	    "An administrator of this host has just ended your sign-ins. Ask "
	    "there before you start again.",
	    "Nothing to change: awssso revoke was run for this person." },
	[AW_SAY_FETCHED] = { AW_VERDICT_REFUSED, "just-fetched",
	    "Your account has just come to this host. Connect again to sign "
	    "in.",
	    "Nothing to change: the person exists here since that moment." },
	[AW_SAY_DISABLED] = { AW_VERDICT_EXPIRED, "disabled",
	    "Your account is disabled in the directory. Ask your "
	    "administrator.",
	    "Enable the person in Entra ID, or in Identity Center's own "
	    "directory; it counts at the next sign-in." },
	[AW_SAY_ABSENT] = { AW_VERDICT_EXPIRED, "absent",
	    "The directory does not know you any more. Ask your "
	    "administrator.",
	    "Look whether the person is still provisioned to Identity Center "
	    "(awssso lookup NAME, the provisioning log of Entra ID)." },
	[AW_SAY_NETD_GONE] = { AW_VERDICT_UNAVAIL, "netd-gone",
	    "This host's network service does not answer. Try again in a "
	    "minute, or ask your administrator to look at awssso-netd.",
	    "systemctl status awssso-netd, and its log." },
	[AW_SAY_NET_UNAVAIL] = { AW_VERDICT_UNAVAIL, "network",
	    "AWS cannot be reached from this host. Try again in a minute.",
	    "Look at proxy, DNS, routes and security groups: awssso doctor "
	    "names the hosts that must be reached." },
	[AW_SAY_THROTTLED] = { AW_VERDICT_UNAVAIL, "throttled",
	    "AWS asks to slow down. Try again in a minute.",
	    "Lower sweep_rate, or let one host publish the directory for all "
	    "(source = published)." },
	[AW_SAY_BAD_ANSWER] = { AW_VERDICT_UNAVAIL, "bad-answer",
	    "AWS gave an answer that makes no sense. Try again; if it stays, "
	    "give your administrator the code.",
	    "The audit line's why names the operation and the field. Look "
	    "whether a proxy answers in AWS's place." },
	[AW_SAY_NO_DIRECTORY] = { AW_VERDICT_UNAVAIL, "no-directory",
	    "This host has not read the directory yet. Try again in a "
	    "minute.",
	    "awssso sync, then awssso status: the first sweep has not ended "
	    "well yet." },
	[AW_SAY_TOO_OLD] = { AW_VERDICT_UNAVAIL, "directory-too-old",
	    "This host has not been able to read the directory for too long "
	    "($). Ask your administrator to run `awssso status`.",
	    "awssso status says why sweeps fail; max_directory_age and "
	    "account_directory_age are the limits." },
	[AW_SAY_SHELL] = { AW_VERDICT_FAILED, "shell",
	    "The login shell $ is missing or not executable on this host. Ask "
	    "your administrator to set `shell`.",
	    "Install the shell, or set shell in [names] to one that is "
	    "there." },
	[AW_SAY_USER_NAME] = { AW_VERDICT_FAILED, "user-name",
	    "Your user name in the directory holds characters that AWS does "
	    "not show to this host. Ask your administrator to change it.",
	    "Give the person a UserName of the characters A-Z a-z 0-9 + = , . "
	    "@ _ -." },
	[AW_SAY_HOST_RIGHTS] = { AW_VERDICT_FAILED, "host-rights",
	    "This host lacks a right at AWS. Ask your administrator to run "
	    "`awssso status`.",
	    "Add the rights that the audit line's why names to the role of "
	    "this host (README)." },
	[AW_SAY_CONFIG] = { AW_VERDICT_FAILED, "configuration",
	    "This host is not set up right. Ask your administrator to run "
	    "`awssso status`.",
	    "awssso config --check, awssso status and awssso-netd's log say "
	    "what is missing." },
	[AW_SAY_NO_ACCOUNT] = { AW_VERDICT_FAILED, "no-account",
	    "This host does not know its AWS account. Ask your administrator "
	    "to set `account`.",
	    "Set account in [identity-center], or let awssso-netd reach the "
	    "instance metadata service." },
	[AW_SAY_STATE_BROKEN] = { AW_VERDICT_FAILED, "state-damaged",
	    "The sign-in state of this host is damaged. Ask your administrator "
	    "to look at the log of awsssod.",
	    "awsssod's log says what is damaged in "
	    "/var/lib/awssso/private/state.db. Move the file away and restart "
	    "awsssod: it is rebuilt from the snapshot, or import a copy of the "
	    "ledger (awssso ids import)." },
};

_Static_assert(
    sizeof(rows) / sizeof(rows[0]) == AW_SAY_COUNT_, "each outcome has a row");

static const struct row *row_of(enum aw_say what)
{
	return &rows[(unsigned)what < AW_SAY_COUNT_ ? what : AW_SAY_INTERNAL];
}

const char *aw_say_action(const char *event)
{
	const struct aw_fault *fault;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].event, event) == 0)
			return rows[i].action;
	fault = aw_fault_find(event);
	return fault ? fault->action : "";
}

enum aw_verdict aw_say_verdict(enum aw_say what)
{
	return row_of(what)->verdict;
}

const char *aw_say_event(enum aw_say what)
{
	return row_of(what)->event;
}

const char *aw_say_text(
    enum aw_say what, const char *detail, char *buf, size_t size)
{
	size_t len = 0;

	for (const char *p = row_of(what)->text; *p; p++) {
		const char *part = *p == '$' ? (detail ? detail : "") : p;
		const size_t n = *p == '$' ? strlen(part) : 1;

		if (n >= size - len)
			break;
		memcpy(buf + len, part, n);
		len += n;
	}
	buf[len] = '\0';
	return buf;
}

enum aw_say aw_say_of_net(uint64_t net)
{
	switch ((enum aw_net)net) {
	case AW_NET_DENIED:
		return AW_SAY_BROWSER_DENIED;
	case AW_NET_EXPIRED:
		return AW_SAY_CODE_EXPIRED;
	case AW_NET_CANCELLED:
		return AW_SAY_HUNG_UP;
	case AW_NET_NO_ROLE:
		return AW_SAY_NO_ROLE;
	case AW_NET_NOT_FOUND:
		return AW_SAY_ABSENT;
	case AW_NET_TOKEN_DEAD:
	case AW_NET_UNAVAIL:
		return AW_SAY_NET_UNAVAIL;
	case AW_NET_REFUSED:
		return AW_SAY_HOST_RIGHTS;
	case AW_NET_THROTTLED:
		return AW_SAY_THROTTLED;
	case AW_NET_CONFIG:
		return AW_SAY_CONFIG;
	case AW_NET_BAD_ANSWER:
	case AW_NET_OK:
	case AW_NET_MAX_:
		break;
	}
	return AW_SAY_BAD_ANSWER;
}
