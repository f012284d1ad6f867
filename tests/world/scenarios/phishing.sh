#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Device-code phishing (docs/threats.md): who knows alice's name starts sign-ins
# for her, from addresses of 127.0.0.0/8, and would like her to approve one, or
# to keep her out.  What is shown to her, what a public key first changes, and
# how many codes there are.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

# Where alice has had a session from, and where nobody ever was.
known=127.0.0.1
strange=127.0.7

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_locals
	world_sudo "$admin_set"
	sed -i '/^auth .*pam_awssso/s/$/ reauth=always/' /etc/pam.d/sudo
	echo 'alice ALL=(ALL:ALL) ALL' > /etc/sudoers.d/world
	ssh-keygen -q -t ed25519 -N '' -f "$run/other"
	key_of alice /root/.ssh/id_ed25519.pub
	key_of bob "$run/other.pub"
	# Who leaves a code at the prompt.
	cat > "$run/leave" <<-END
	#!/bin/sh
	while [ -e $run/hold ]; do sleep 0.1; done
	END
	# Who approves by the page of the code, and keeps what it said.
	cat > "$run/browser" <<-END
	#!/bin/bash
	page=https://${start_host}/start/device
	curl -sS --fail -G -d "user_code=\$2" "\$page" > $run/page
	exec idcsim "\$@"
	END
	chmod 755 "$run/leave" "$run/browser"
	person -approve alice ssh -o PubkeyAuthentication=no alice@bastion true
	[ "$got" = 0 ]
}

# key_of PERSON FILE: what opens that person's lock.
key_of()
{
	install -d -o "$1" -g "$1" "/home/$1"
	install -d -m 700 -o "$1" -g "$1" "/home/$1/.ssh"
	install -m 600 -o "$1" -g "$1" "$2" "/home/$1/.ssh/authorized_keys"
}

# anew: awsssod with these settings; what it counted is forgotten.
anew()
{
	stop awsssod
	start awsssod
	within 20 swept
}

# configured LINE...: in this scenario.
configured()
{
	undo anew
	undo world_conf "$policy"
	world_conf "$policy" "$@"
	anew
}

# sshd_with LINE...: in this scenario, for alice.
sshd_with()
{
	local file=/etc/ssh/sshd_config.d/alice.conf

	undo sshd_anew
	undo rm "$file"
	printf '%s\n' 'Match User alice' "$@" > "$file"
	sshd_anew
}

sshd_anew()
{
	kill -HUP "$(cat /run/sshd.pid)"
	within 10 ssh root@bastion true
}

# by_code SOURCE [OPTION...]: somebody at SOURCE who has no key asks for a shell of
# alice's; options are drive.exp's.
by_code()
{
	person "${@:2}" ssh -b "$1" -o PubkeyAuthentication=no \
	    -o NumberOfPasswordPrompts=1 alice@bastion 'echo a shell'
}

# held SOURCE PERSON: a sign-in that is started at SOURCE and stays at its prompt.
held()
{
	local n

	n=$(flows)
	touch "$run/hold"
	undo rm -f "$run/hold"
	SSH_ASKPASS=$run/leave SSH_ASKPASS_REQUIRE=force setsid ssh -b "$1" \
	    -o PubkeyAuthentication=no "$2@bastion" true < /dev/null \
	    > "$OUT/held.$1" 2>&1 &
	undo kill $!
	within 10 has awsssod.log \
	    "\"code-shown\".*\"$2\".*\"rhost\":\"$1\"" ||
	    fail "no code for $2 at $1: $(cat "$OUT/held.$1"), $n were open"
}

flows()
{
	awssso status --json | jq .flows
}

# no_code EVENT: nobody was asked for one, and nobody got in.
no_code()
{
	failed
	silent 'a shell'
	codes 0
	asked StartDeviceAuthorization 0
	[ -z "${1-}" ] || audited ".event == \"$1\" and .user == \"alice\""
}

# a_shell: alice approved one code and is in.
a_shell()
{
	status 0
	codes 1
	says '^a shell'
}

# --- what is shown -----------------------------------------------------------

# covers: verdict.5, R36
scn_the_prompt_says_who_where_from_and_until_when()
{
	local left until now

	by_code $strange.9 -approve alice
	a_shell
	says "Sign-in: ssh to bastion as alice, from ${strange//./\\.}\.9"
	says 'Deny it in the browser if it was not you who started it'
	left=$(sed -nE 's/.*within ([0-9]+) seconds.*/\1/p' "$transcript")
	until=$(date +%s -d "$(sed -nE 's/.*\(until ([0-9:]+)\).*/\1/p' \
	    "$transcript")")
	now=$(date +%s)
	((left >= 30 && left <= 60)) ||
	    fail "it says that $left seconds are left"
	# Around midnight the clock begins anew.
	until=$(((until - now + 86400) % 86400))
	((until <= left && until >= left - 20)) ||
	    fail "$left seconds were left, $until until the time it says"
}

# page_says TEXT OPTION... COMMAND: the page on which alice approves.
page_says()
{
	local text=$1

	shift
	rm -f "$run/page"
	BROWSER=$run/browser person -approve alice "$@"
	codes 1
	grep -qF "$text" "$run/page" || fail "the page lacks \"$text\""
}

# The one text of ours on the page of who approves.
# covers: verdict.5, R36
scn_the_consent_page_says_service_host_and_user()
{
	page_says 'ssh to bastion as alice' ssh -o PubkeyAuthentication=no \
	    alice@bastion true
	page_says 'login on bastion as alice' -type exit login alice
	page_says 'su on bastion as alice' runuser -u ec2-user -- \
	    su alice -c true
	page_says 'sudo on bastion as alice' ssh -tt alice@bastion 'sudo -k true'
}

# --- a public key first ------------------------------------------------------

# by_another_key: bob's opens nothing of alice's.
by_another_key()
{
	person ssh -o IdentitiesOnly=yes -i "$run/other" \
	    -o NumberOfPasswordPrompts=1 alice@bastion 'echo a shell'
}

# Over ssh no browser can be sent back here (R40): her key comes first instead.
# covers: verdict.5, R40
scn_no_code_before_sshd_has_verified_a_key()
{
	configured 'require_publickey_first = yes'
	sshd_with 'AuthenticationMethods publickey,keyboard-interactive:pam'
	mark
	by_code $known
	no_code
	by_another_key
	no_code
	person -approve alice ssh alice@bastion 'echo a shell'
	a_shell
	logged 'Partial publickey for alice'
	audited '.event == "allowed" and .user == "alice" and .service == "sshd"'
}

# sshd lets her begin without a key; the setting holds all the same.
# covers: verdict.5
scn_no_code_without_a_key_whatever_sshd_lets_in()
{
	configured 'require_publickey_first = yes'
	mark
	by_code $known -approve alice
	no_code key-first
	says 'asks for your ssh key before it shows a code'
	says 'Connect with the key, or ask your administrator to add it'
	mark
	by_another_key
	no_code key-first
}

# A key that is hers, shown and not proved: anybody has read it.
# covers: verdict.5
scn_a_key_that_is_only_shown_proves_nothing()
{
	configured 'require_publickey_first = yes'
	cp /root/.ssh/id_ed25519.pub "$run/shown"
	mark
	person -approve alice ssh -o IdentitiesOnly=yes -i "$run/shown" \
	    -o NumberOfPasswordPrompts=1 alice@bastion 'echo a shell'
	logged 'Accepted key ED25519 .* found at /home/alice/'
	no_code key-first
}

# covers: verdict.5
scn_a_key_first_on_the_console_and_in_a_session()
{
	configured 'require_publickey_first = yes' \
	    '[service su]' 'require_publickey_first = no' "$policy"
	mark
	person -timeout 20 login alice
	codes 0
	asked StartDeviceAuthorization 0
	says 'asks for your ssh key before it shows a code'
	person -approve alice runuser -u ec2-user -- su alice -c 'echo a shell'
	a_shell
	# sudo comes from a session of hers.
	person -approve alice ssh -tt alice@bastion 'sudo -k echo a shell'
	a_shell
}

# --- approved by somebody else -----------------------------------------------

# alert SERVICE [FIELD]: the line that wakes somebody up.
alert()
{
	audited ".event == \"alert\" and .user == \"alice\" and
	    .approver == \"bob@example.com\" and .service == \"$1\"${2-}"
	logged '^<1>{"awssso":1.*"alert"' awsssod.log
}

# Where the browser is no token tells (R39): what is told is who it was, and from
# where the sign-in was started.
# covers: verdict.5, verdict.9, R1, R39
scn_an_alert_when_approver_and_requester_differ()
{
	by_code $strange.66 -approve bob
	failed
	silent 'a shell'
	silent 'bob@'
	alert sshd " and .rhost == \"$strange.66\""
	mark
	person -approve alice -approve bob ssh -tt -o PubkeyAuthentication=no \
	    alice@bastion 'sudo -k echo "root: a shell"'
	failed
	silent 'root: a shell'
	alert sudo
}

# covers: verdict.5, verdict.9
scn_no_alert_about_what_nobody_else_approved()
{
	by_code $known -deny
	failed
	by_code $known -approve alice
	a_shell
	audited '.event == "browser-denied"'
	unlogged '"alert"' awsssod.log
}

# --- a flood -----------------------------------------------------------------

# covers: verdict.5, R38
scn_five_strangers_lock_nobody_out()
{
	local n

	anew
	mark
	for n in 1 2 3 4 5; do
		held $strange.$n alice
	done
	[ "$(flows)" = 5 ] || fail "$(flows) codes are open, not 5"
	mark
	# The sixth has to wait, whoever it is.
	by_code $strange.6
	no_code too-many
	says 'with your ssh key first you need not wait'
	# She comes from where she was before,
	by_code $known -approve alice
	a_shell
	[ "$(flows)" -le 5 ] || fail "$(flows) codes are open"
	held $strange.6 alice
	# or with her key from anywhere,
	sshd_with 'AuthenticationMethods publickey,keyboard-interactive:pam'
	person -approve alice ssh -b $strange.77 alice@bastion 'echo a shell'
	a_shell
	# or asks for root in the session that she has.
	person -approve alice -approve alice ssh -b $known -tt alice@bastion \
	    'sudo -k echo "root: a shell"'
	status 0
	says '^root: a shell'
}

# One code for her and a source: the newest.
# covers: verdict.5, R38
scn_a_source_has_one_code_for_her()
{
	anew
	mark
	held $strange.20 alice
	mark
	held $strange.20 alice
	[ "$(flows)" = 1 ] || fail "$(flows) codes are open, not 1"
	audited '.event == "replaced" and .user == "alice"'
	mark
	held $strange.21 alice
	held $strange.20 bob
	[ "$(flows)" = 3 ] || fail "$(flows) codes are open, not 3"
}

# covers: verdict.5, R38
scn_ten_codes_for_her_and_a_source()
{
	local n

	anew
	mark
	for n in 1 2 3 4 5 6 7 8 9 10; do
		by_code $strange.30 -hangup
		codes 1
	done
	asked StartDeviceAuthorization 10
	mark
	by_code $strange.30
	no_code too-many
	by_code $known -approve alice
	a_shell
}

# covers: verdict.5, R38
scn_codes_per_host_for_strangers_only()
{
	configured '[session]' 'codes_per_host = 3'
	mark
	held $strange.40 bob
	held $strange.41 bob
	held $strange.42 erin
	mark
	by_code $strange.43
	no_code too-many
	by_code $known -approve alice
	a_shell
	[ "$(flows)" -le 3 ] || fail "$(flows) codes are open"
}

# Who may not come in is no way to fill anything.
# covers: verdict.5, R38
scn_who_may_not_come_in_costs_no_code()
{
	local who

	for who in dave carol mallory; do
		person -password x ssh -b $strange.50 -o PubkeyAuthentication=no \
		    -o NumberOfPasswordPrompts=1 $who@bastion 'echo a shell'
		no_code
	done
	[ "$(flows)" = 0 ] || fail "$(flows) codes are open"
}
