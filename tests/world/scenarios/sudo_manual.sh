#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# sudo and su behave as their manuals say, with a code in place of a password.
# Where this machine has sudo-rs, the scenarios of sudo that do not hang on what
# only the other one has are played with it too.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

err=/tmp/sudo.err

before_all()
{
	world_example 30
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	world_locals
	rm /root/.bash_profile
	cat > /etc/sudoers.d/world <<-END
	Defaults timestamp_timeout=0
	alice ALL=(ALL:ALL) ALL
	bob ALL=(ALL:ALL) ALL
	END
}

# codes_always: each proof is a new approval, in this scenario.
codes_always()
{
	undo world_sudo "$admin_set"
	sed -i '/^auth .*pam_awssso/s/$/ reauth=always/' \
	    /etc/pam.d/sudo /etc/pam.d/sudo-i
}

# in_session PERSON [OPTION...] SCRIPT: SCRIPT in a login session of PERSON, on
# a terminal.
in_session()
{
	local person=$1 script=${*: -1}

	shift
	person -timeout 20 -approve "$person" "${@:1:$#-1}" \
	    ssh -tt -o PubkeyAuthentication=no "$person@bastion" "$script"
}

set_on()
{
	idcsim set set "$admin_set" alice on --account "$account"
}

set_off()
{
	idcsim set set "$admin_set" alice off --account "$account"
}

# stopped: no flow is open any more, and nobody polls.
stopped()
{
	local before

	within 2 no_flow || fail "the flow goes on"
	before=$(requests CreateToken)
	sleep 2.2
	asked CreateToken "$before"
}

no_flow()
{
	[ "$(awssso status --json | jq .flows)" = 0 ]
}

# covers: verdict.3
scn_reauth_always()
{
	in_session alice 'sudo id -un'
	status 0
	codes 1
	codes_always
	in_session alice 'sudo id -un'
	status 0
	says '^root$'
	codes 2
}

# covers: verdict.3
scn_reauth_beside_reuse_lets_nobody_in()
{
	codes_always
	sed -i '/^auth .*pam_awssso/s/$/ reuse=15m/' /etc/pam.d/sudo
	in_session alice 'sudo id -un'
	failed
	silent '^root$'
	logged "contradicting option 'reuse=15m'"
}

# covers: verdict.3
scn_n_without_timestamp_shows_no_code()
{
	codes_always
	in_session alice 'sudo -n id -un; echo "sudo said $?"'
	says '^sudo said 1$'
	silent '^root$'
	codes 1
	asked StartDeviceAuthorization 1
}

# Where sudo asks PAM even so, a young approval is enough, and nothing is shown.
# covers: verdict.3
scn_n_with_noninteractive_auth()
{
	echo 'Defaults noninteractive_auth' > /etc/sudoers.d/zz
	undo rm /etc/sudoers.d/zz
	visudo -cf /etc/sudoers.d/zz || fail "this sudo has no such setting"
	in_session alice 'sudo -n id -un; echo "sudo said $?"'
	says '^root$'
	says '^sudo said 0$'
	codes 1
}

# covers: verdict.3
scn_s_without_a_terminal()
{
	codes_always
	rm -f "$err"
	(
		within 15 grep -qE '[A-Z0-9]{4}-[A-Z0-9]{4}' "$err"
		idcsim approve "$(grep -oE '\b[A-Z0-9]{4}-[A-Z0-9]{4}\b' "$err" |
		    head -n 1)" --as alice
	) &
	person -timeout 20 -approve alice ssh -T alice@bastion \
	    "sudo -S id -un < /dev/null 2> $err"
	status 0
	says '^root$'
	codes 1
	grep -q 'Open *https://' "$err" || fail "no URL on standard error"
}

# covers: verdict.3
scn_a_asks_no_askpass()
{
	local helper=/usr/local/bin/askpass

	codes_always
	printf '#!/bin/sh\ntouch /tmp/asked\necho x\n' > "$helper"
	chmod 755 "$helper"
	in_session alice "SUDO_ASKPASS=$helper sudo -A id -un"
	status 0
	says '^root$'
	codes 2
	[ ! -e /tmp/asked ] || fail "SUDO_ASKPASS was run"
}

# covers: verdict.3, R2
scn_u_other_is_gated_by_the_callers_set()
{
	in_session alice 'sudo -u bob id -un; sudo -u admin id -un'
	status 0
	says '^bob$'
	says '^admin$'
	codes 1
	mark
	in_session bob 'sudo -u alice id -un'
	failed
	silent '^alice$'
	audited '.user == "bob" and .service == "sudo" and
	    .event == "no-permission-set"'
}

# covers: verdict.3
scn_i_is_gated_too()
{
	undo set_on
	in_session alice -step off "idcsim set set $admin_set alice off \
	    --account $account" \
	    'sudo -i id -un; echo @@off; read -r x; sudo -i id -u'
	failed
	says '^root$'
	silent '^0$'
	audited '.user == "alice" and .service == "sudo-i" and
	    .event == "no-permission-set"'
}

# covers: verdict.1, verdict.3, R1, R2
scn_su_other()
{
	in_session alice 'su bob -c "id -un"'
	failed
	silent '^bob$'
	audited '.user == "bob" and .service == "su" and
	    .event == "wrong-approver"'
	mark
	in_session alice -password "$(cat "$run/password")" \
	    'su admin -c "id -un"'
	status 0
	says '^admin$'
	codes 1
}

# covers: verdict.3
scn_interrupted_while_it_waits()
{
	codes_always
	in_session alice -interrupt 'sudo id -un; echo "sudo said $?"'
	says '^sudo said 1$'
	silent '^root$'
	stopped
}

# covers: verdict.3
scn_terminal_closed_while_it_waits()
{
	codes_always
	in_session alice -hangup 'sudo id -un'
	silent '^root$'
	stopped
}

# covers: verdict.3, verdict.6
scn_a_token_serves_its_own_session_only()
{
	local dir=/home/alice/.ssh

	echo 'alice ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz
	undo rm /etc/sudoers.d/zz
	mkdir -p "$dir"
	undo rm -rf "$dir"
	cp /root/.ssh/id_ed25519.pub "$dir/authorized_keys"
	chown -R alice: /home/alice
	chmod 700 "$dir"
	in_session alice -step other \
	    "timeout 10 ssh -o BatchMode=yes alice@bastion 'echo other \$(id -un);
	    sudo -n echo other root' > /tmp/other 2>&1 < /dev/null; true" \
	    'sudo -n id -un; echo @@other; read -r x; sudo -n id -u'
	status 0
	says '^root$'
	says '^0$'
	cat /tmp/other
	grep -q '^other alice$' /tmp/other || fail "there was no other session"
	! grep -q '^other root$' /tmp/other ||
	    fail "the token of one session served another"
	audited '.user == "alice" and .service == "sudo" and
	    .event == "no-token"'
}

# yes_after: for how many ms after the set was gone sudo still said yes.
yes_after()
{
	local gone last

	rm -f /tmp/yes /tmp/no
	(
		within 15 [ -s /tmp/yes ]
		set_off
		date +%s%N > /tmp/gone
	) &
	in_session alice 'until [ -e /tmp/no ]; do
	    if sudo -n true; then date +%s%N >> /tmp/yes; else date > /tmp/no; fi
	    done 2>/dev/null' > "$OUT/revocation"
	wait
	set_on
	gone=$(cat /tmp/gone)
	last=$(tail -n 1 /tmp/yes)
	echo $((last > gone ? (last - gone) / 1000000 : 0))
}

# covers: verdict.3
scn_how_long_a_lost_set_still_counts()
{
	local ms longest=0

	echo 'alice ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz
	undo rm /etc/sudoers.d/zz
	undo set_on
	for _ in 1 2 3 4 5; do
		ms=$(yes_after)
		echo "$ms ms"
		[ "$ms" -le "$longest" ] || longest=$ms
	done
	echo "a lost permission set counted for $longest ms, at the longest of 5" |
	    show
	[ "$longest" -le 2000 ] || fail "two seconds are too long"
}

# covers: verdict.3, R33
scn_sudo_rs()
{
	local other name

	if ! other=$(command -v sudo-rs); then
		echo "sudo-rs: not here" | show
		return
	fi
	ln -s "$other" /usr/local/bin/sudo
	undo rm /usr/local/bin/sudo
	for name in reauth_always n_without_timestamp_shows_no_code \
	    u_other_is_gated_by_the_callers_set i_is_gated_too \
	    terminal_closed_while_it_waits; do
		mark
		("scn_$name")
		echo "sudo-rs: $name" | show
	done
}
