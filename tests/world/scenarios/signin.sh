#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Signing in by ssh: who gets a shell, who gets none, and what is written down
# about it.  A code lives eight seconds here.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 8
	world_setup "$run/example.json" "$policy"
}

ids_of_alice()
{
	getent passwd alice | cut -d: -f3
}

# refused PERSON EVENT ROW: no shell, the audit line says why, the module which
# row of its table of return codes it was.
refused()
{
	failed
	silent 'a shell'
	audited ".event == \"$2\" and .user == \"$1\""
	logged "pam_awssso\(sshd:auth\): refuse user \"$1\": $3: "
	unlogged "Accepted .* for $1 "
}

# covers: spine.4, spine.5, spine.6, spine.10, R1
scn_sign_in_by_ssh()
{
	local uid

	uid=$(ids_of_alice)
	person -approve alice ssh alice@bastion 'echo "a shell: $(id -u)"'
	status 0
	codes 1
	says "^a shell: $uid$"
	logged 'Accepted keyboard-interactive/pam for alice from 127\.0\.0\.1'
	logged 'pam_awssso\(sshd:auth\): accept user "alice"'
	audited '.event == "allowed" and .user == "alice" and .service == "sshd"'
	asked RegisterClient 1
	asked StartDeviceAuthorization 1
	asked GetCallerIdentity 1
}

# covers: spine.5, spine.6, spine.10, R36
scn_url_code_and_qr_are_shown()
{
	person -approve alice ssh alice@bastion true
	status 0
	says "https://$start_host/.*[A-Z0-9]{4}-[A-Z0-9]{4}"
	says '(█|▀|▄).*(█|▀|▄)'
	[ "$(grep -cE '█|▀|▄' "$transcript")" -ge 12 ] ||
	    fail "no QR code: $(grep -cE '█|▀|▄' "$transcript") lines of it"
	says 'bastion'
	says '127\.0\.0\.1'
	since idcsim.log | grep -q 'ssh to bastion as alice' ||
	    fail "the approval page was not told who signs in where"
}

# The code is the number to compare: what the prompt shows is what the complete
# URL leads to and what the page says, beside the words "exactly this code".
# covers: verdict.5, spine.9, R37
scn_one_code_in_prompt_url_and_page()
{
	local code url

	cat > "$run/browser" <<-'END'
	#!/bin/bash
	# approve CODE --as USER, by the page of the code
	[ "$1" = approve ] || exit 1
	page=https://${START#https://}/device
	curl -sS --fail -G -d "user_code=$2" "$page" > /run/world/page
	curl -sS --fail -d "user_code=$2" -d action=allow 	    --data-urlencode "user=$4" "$page" | grep -o 'Request approved'
	END
	chmod 755 "$run/browser"
	BROWSER=$run/browser START=${start_url%/} person 	    -approve alice@example.com ssh alice@bastion 'echo "a shell"'
	status 0
	says '^a shell'
	says 'Request approved'
	codes 1
	code=$(grep -oE '\b[A-Z0-9]{4}-[A-Z0-9]{4}\b' "$transcript" | head -n 1)
	url=$(grep -oE 'https://[^ ]*user_code=[A-Z0-9-]+' "$transcript" |
	    head -n 1)
	[ "${url##*user_code=}" = "$code" ] ||
	    fail "the prompt has $code, its URL $url"
	grep -q "<div class=\"code\">$code</div>" "$run/page" ||
	    fail "the page does not show $code"
	grep -q 'shows exactly this code' "$run/page" ||
	    fail "the page does not ask to compare"
	grep -q 'ssh to bastion as alice' "$run/page" ||
	    fail "the page does not say who signs in where"
}

# covers: spine.3, spine.10, R15
scn_the_person_is_in_nss()
{
	local before

	before=$(getent passwd alice)
	at_once id alice
	status 0
	says 'uid=[0-9]+\(alice\) gid=[0-9]+\(alice\)'
	at_once getent group "$group"
	status 0
	says 'alice'
	person -approve alice ssh alice@bastion true
	[ "$(getent passwd alice)" = "$before" ] ||
	    fail "the sign-in changed the passwd entry"
}

# covers: spine.3, spine.10
scn_enumeration_lists_who_may_log_in()
{
	at_once getent passwd
	status 0
	says '^root:'
	says '^alice:\*:'
	silent '^dave:'
	at_once getent passwd dave
	status 0
}

# covers: spine.5, spine.6, spine.10
scn_sign_in_on_the_console()
{
	person -approve alice -type 'id -un' -type exit login alice
	status 0
	says '^alice$'
	silent 'Press Enter'
	audited '.event == "allowed" and .user == "alice" and
	    .service == "login"'
	mark
	person -approve bob -type 'echo a shell' -type exit login alice
	says 'approved by somebody else'
	silent 'a shell'
	unlogged 'login:session\): session opened'
	audited '.event == "wrong-approver" and .service == "login"'
}

# covers: spine.5, spine.10, R1, R2
scn_wrong_approver()
{
	person -approve bob ssh alice@bastion 'echo a shell'
	refused alice wrong-approver refused
	codes 1
	says 'approved by somebody else'
	silent 'bob@'
	audited '.event == "alert" and .user == "alice" and
	    .approver == "bob@example.com" and .rhost == "127.0.0.1"'
	logged '^<1>{"awssso":1' awsssod.log
	audited '.event == "wrong-approver" and .user == "alice" and
	    (tostring | contains("bob"))'
}

# covers: spine.5, spine.10, R1
scn_wrong_approver_the_other_way_round()
{
	person -approve alice ssh bob@bastion 'echo a shell'
	refused bob wrong-approver refused
}

# covers: spine.4, spine.5, spine.6, spine.10
scn_denied_in_the_browser_gives_one_code()
{
	person -deny ssh alice@bastion 'echo a shell'
	refused alice browser-denied refused
	codes 1
	says 'denied in the browser'
	asked StartDeviceAuthorization 1
}

# covers: spine.4, spine.5, spine.6, spine.10
scn_code_expired()
{
	person ssh alice@bastion 'echo a shell'
	refused alice code-expired refused
	codes 1
	says 'not approved in time'
}

# covers: spine.6, spine.10, R6, R38
scn_unknown_name_gets_no_code()
{
	person -password x ssh mallory@bastion 'echo a shell'
	failed
	codes 0
	silent 'a shell'
	logged 'Invalid user mallory from 127\.0\.0\.1'
	asked StartDeviceAuthorization 0
}

# covers: spine.4, spine.5, spine.10, R11
scn_gone_from_the_directory_since_the_last_sweep()
{
	idcsim delete-user erin
	person ssh erin@bastion 'echo a shell'
	refused erin absent 'disabled or absent'
	codes 0
}

# covers: spine.5, spine.10, R11
scn_disabled_before_the_sweep()
{
	person ssh carol@bastion 'echo a shell'
	refused carol disabled 'disabled or absent'
	codes 0
	says 'disabled'
	at_once id -un carol
	says '^carol$'
}

# covers: spine.4, spine.5, spine.10, R11
scn_disabled_since_the_last_sweep()
{
	idcsim set user bob disabled
	undo idcsim set user bob enabled
	person ssh bob@bastion 'echo a shell'
	refused bob disabled 'disabled or absent'
}

# covers: spine.4, spine.5, spine.10
scn_disabled_while_the_code_was_open()
{
	# Approving as a disabled person is refused by the service, so the
	# account is disabled between the approval and what awsssod asks next.
	undo idcsim set user bob enabled
	idcsim fault CreateToken latency 1500 --count 1
	person -approve bob -step never true \
	    bash -c '(sleep 1.2; idcsim set user bob disabled) &
	    ssh bob@bastion "echo a shell"'
	failed
	silent 'a shell'
	audited '.event == "disabled" and .user == "bob"'
}

# covers: spine.5, spine.10, R38
scn_not_in_the_policy_gets_no_code()
{
	person ssh dave@bastion 'echo a shell'
	refused dave policy policy
	codes 0
	says 'not among the people who may log in'
	asked StartDeviceAuthorization 0
}

# covers: spine.6, spine.8, spine.10, R21
scn_first_login_gets_a_home_of_its_own()
{
	local home=/home/bob

	rm -rf "$home"
	person -approve bob ssh bob@bastion 'pwd; ls -A'
	status 0
	says "^$home$"
	says '\.bashrc'
	[ "$(stat -c '%a %U' "$home")" = '700 bob' ] ||
	    fail "the home is $(stat -c '%a %U' "$home")"
}

# covers: spine.5, spine.10
scn_a_home_of_somebody_else_is_refused()
{
	rm -rf /home/bob
	mkdir /home/bob
	undo rm -rf /home/bob
	person ssh bob@bastion 'echo a shell'
	refused bob home policy
	codes 0
	says 'home directory'
}

# covers: spine.4, spine.5, spine.10
scn_hanging_up_ends_the_flow()
{
	local before

	person -hangup ssh alice@bastion true
	sleep 1
	before=$(requests CreateToken)
	sleep 2.5
	asked CreateToken "$before"
	[ "$(awssso status --json | jq .flows)" = 0 ] ||
	    fail "the daemon still has a flow open"
}

# covers: spine.5, spine.6, spine.10, R35
scn_a_key_does_not_pass_by_the_account_phase()
{
	local dir=/home/alice/.ssh

	mkdir -p "$dir"
	cp /root/.ssh/id_ed25519.pub "$dir/authorized_keys"
	chown -R alice: /home/alice
	chmod 700 "$dir"
	undo rm -rf "$dir"
	at_once ssh -o BatchMode=yes alice@bastion 'echo a shell'
	status 0
	logged 'Accepted publickey for alice'
	mark
	idcsim set user alice disabled
	undo idcsim set user alice enabled
	at_once ssh -o BatchMode=yes alice@bastion 'echo a shell'
	failed
	silent 'a shell'
	audited '.event == "disabled" and .user == "alice"'
	logged 'pam_awssso\(sshd:account\): refuse user "alice"'
}

# covers: spine.7, spine.10
scn_why_tells_the_reason()
{
	person -deny ssh alice@bastion true
	at_once awssso why alice
	status 0
	says 'denied in the browser'
}
