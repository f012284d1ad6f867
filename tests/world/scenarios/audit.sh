#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What a denied person reads, what "awssso explain CODE" tells root, and what
# stands in the audit log.  A code lives eight seconds here.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 8
	world_setup "$run/example.json" "$policy"
	# What ssh registered stays with awssso-netd; each error is met anew.
	person -approve alice ssh alice@bastion true
}

# told OPERATION ERROR FAULT READS DO: with that error of AWS nobody gets in,
# the person reads READS, the audit line names FAULT, root is told DO.
told()
{
	local code fault=null

	[ -z "$3" ] || fault="\"$3\""

	mark
	idcsim fault "$1" error "$2"
	person -approve alice ssh alice@bastion 'echo a shell'
	idcsim fault clear
	failed
	silent 'a shell'
	says "$4"
	audited ".fault == $fault and .user == \"alice\" and
	    .verdict != \"allowed\""
	code=$(since awsssod.log | grep -oE '"code":"[0-9A-Z]{5}"' |
	    tail -n 1 | cut -d'"' -f4)
	at_once awssso explain "$code"
	status 0
	says "$5"
}

# covers: verdict.8
scn_each_error_of_aws_says_what_to_do()
{
	undo idcsim fault clear
	told StartDeviceAuthorization 400/InvalidRequestException \
	    oidc.invalid_request 'the wrong Identity Center' start_url
	told StartDeviceAuthorization 400/UnauthorizedClientException \
	    oidc.unauthorized_client 'does not let this host show codes' SCP
	told StartDeviceAuthorization 400/InvalidRequestException/KMS_DisabledException \
	    oidc.KMS_DisabledException 'key is disabled' 'enable it'
	told CreateToken 400/AccessDeniedException oidc.access_denied \
	    'denied in the browser' 'somebody else started'
	told CreateToken 400/ExpiredTokenException oidc.expired_token \
	    'not approved in time' LoginGraceTime
	told CreateToken 400/InvalidGrantException oidc.invalid_grant \
	    'not valid any more' 'counts once'
	# An approval begins the count of codes anew.
	person -approve alice ssh alice@bastion true
	status 0
	# Any role will do, so one that is refused is no error yet.
	told GetRoleCredentials 403/ForbiddenException '' \
	    'no permission set that could show who you are' identity_role
	told GetRoleCredentials 401/UnauthorizedException \
	    portal.UnauthorizedException 'sign-in at Identity Center has ended' \
	    'a setting of Identity Center'
	told GetCallerIdentity 403/RegionDisabledException \
	    sts.RegionDisabledException 'switched off' 'account settings'
	told GetCallerIdentity 403/InvalidClientTokenId \
	    sts.InvalidClientTokenId 'does not know the keys' doctor
	told DescribeUser 400/AccessDeniedException/KMS_ACCESS_DENIED \
	    identitystore.KMS_ACCESS_DENIED 'encrypted directory' kms:Decrypt
	told DescribeUser 400/AccessDeniedException aws.AccessDenied \
	    'lacks a right' "host's role"
}

# lines FILTER: how many audit lines the jq filter is true for.
lines()
{
	since awsssod.log | sed -n 's/^\(<[0-9]>\)\?\({.*}\)$/\2/p' |
	    jq -s "map(select($1)) | length"
}

# covers: verdict.9
scn_a_session_can_be_followed()
{
	local session

	person -approve alice ssh alice@bastion \
	    'cat /proc/self/sessionid; echo; echo done'
	status 0
	says '^done$'
	audited '.event == "code-shown" and .service == "sshd"'
	audited '.event == "allowed" and .service == "sshd" and
	    .host == "bastion" and .rhost == "127.0.0.1" and
	    (.user_id | length) > 20 and
	    (.role_session | startswith("arn:aws:sts::")) and
	    (.role_session | endswith("/alice@example.com")) and
	    (.aws_requests | test("GetCallerIdentity [0-9a-f-]{36}")) and
	    (.time | fromdate) > 0'
	audited '.event == "session-open" and .user == "alice" and .pid > 0'
	audited '.event == "session-end" and .user == "alice" and
	    (.why | length) > 0'
	session=$(grep -E '^[0-9]+$' "$transcript" | head -n 1)
	# A kernel without audit sessions counts none.
	[ "$session" = 4294967295 ] ||
	    audited ".event == \"session-open\" and .session == $session"
	[ "$(lines '.event == "session-open"')" = \
	    "$(lines '.event == "session-end"')" ] ||
	    fail "not each session that began has ended"
}

# everywhere: what any file, process or core of the world shows of them.
everywhere()
{
	local pid

	cat "$OUT"/*.log "$transcript" 2> /dev/null || true
	find /var/lib/awssso /run/awssso /home /tmp /var/log -xdev -type f \
	    -exec cat {} + 2> /dev/null || true
	for pid in /proc/[0-9]*; do
		cat "$pid/cmdline" "$pid/environ" 2> /dev/null | tr '\0' '\n' || true
	done
}

# covers: verdict.9, R6, R22
scn_no_secret_leaves_memory()
{
	local secret

	for file in common-auth common-account common-session; do
		cp "/etc/pam.d/$file" "$run/$file"
		undo cp "$run/$file" "/etc/pam.d/$file"
		sed -i '/pam_awssso/s/$/ debug/' "/etc/pam.d/$file"
	done
	person -approve alice -step here true ssh alice@bastion \
	    'echo @@here; read -r _; env'
	status 0
	everywhere > "$run/everything"
	# The test can fail: what is no secret is found.
	grep -qa 'code-shown' "$run/everything" || fail "nothing was looked at"
	# How access tokens, client secrets and session tokens begin here.
	secret='(aoa|aor)AAAAA|eyJraWQi|IQoJb3JpZ2luX2Vj'
	! grep -aoE "$secret.{0,20}" "$run/everything" || fail "a token is there"
	secret=$(sed -n 's/^aws_secret_access_key *= *//p' "$run/host-keys")
	! grep -qaF -e "$secret" "$run/everything" || fail "the host's key is there"
	# The code that was approved is on the person's terminal and nowhere else.
	secret=$(grep -oE '\b[A-Z0-9]{4}-[A-Z0-9]{4}\b' "$transcript" | head -n 1)
	! grep -qF -e "$secret" "$OUT/syslog" "$OUT/awsssod.log" "$OUT/netd.log" ||
	    fail "the user code is in a log"
}
