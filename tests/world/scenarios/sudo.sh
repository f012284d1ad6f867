#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# sudo: the gate is the permission set that the person holds at the moment of
# use.  alice may hold it, bob never does; sudoers lets both of them in.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	cat > /etc/sudoers.d/world <<-END
	Defaults timestamp_timeout=15
	alice ALL=(ALL:ALL) ALL
	bob ALL=(ALL:ALL) ALL
	END
	set_on
}

set_on()
{
	idcsim set set "$admin_set" alice on --account "$account"
}

set_off()
{
	idcsim set set "$admin_set" alice off --account "$account"
}

# in_session PERSON [OPTION...] SCRIPT: SCRIPT in a login session of PERSON, on
# a terminal.
in_session()
{
	local person=$1 script=${*: -1}

	shift
	set -- "${@:1:$#-1}"
	person -approve "$person" -step off "idcsim set set $admin_set alice \
	    off --account $account" "$@" ssh -tt "$person@bastion" "$script"
}

# ask_always: each sudo asks for a new approval, in this scenario.
ask_always()
{
	undo world_sudo "$admin_set"
	sed -i '/^auth .*pam_awssso/s/$/ reauth=always/' /etc/pam.d/sudo
}

# gate_closed: sudo ran nothing, its account phase said why.
gate_closed()
{
	silent '^root$'
	says 'sudo: .*(denied|account validation)'
	logged 'pam_awssso\(sudo:account\): refuse user "alice": .*'
	audited '.user == "alice" and .service == "sudo" and
	    .event == "no-permission-set"'
}

# covers: spine.5, spine.6, spine.10
scn_sudo_with_the_permission_set()
{
	in_session alice 'sudo id -un'
	status 0
	says '^root$'
	codes 1
	logged 'sudo(\[[0-9]+\])?: +alice : TTY=.* COMMAND=/usr/bin/id -un'
	audited '.event == "allowed" and .service == "sudo" and
	    .user == "alice"'
	at_once awssso explain alice sudo
	says "^/etc/pam.d/sudo:[0-9]+: account pam_awssso.so permission_set=$admin_set"
}

# covers: spine.8, spine.10
scn_the_shipped_sudoers_example()
{
	mv /etc/sudoers.d/world "$run/sudoers"
	undo mv "$run/sudoers" /etc/sudoers.d/world
	sed "s/aws-AdministratorAccess/$group/" "$TOP/conf/sudoers.d/awssso" \
	    > /etc/sudoers.d/awssso
	undo rm /etc/sudoers.d/awssso
	visudo -cf /etc/sudoers.d/awssso
	in_session alice 'sudo id -un; sudo id -un'
	status 0
	[ "$(grep -c '^root$' "$transcript")" = 2 ] || fail "not twice root"
	# Without a timestamp of its own sudo proves the person each time.
	[ "$(since syslog | grep -c 'pam_awssso(sudo:auth)')" = 2 ] ||
	    fail "sudo kept a timestamp"
}

# covers: spine.5, spine.6, spine.10
scn_second_sudo_within_reuse_needs_nothing_to_type()
{
	in_session alice 'sudo -k; sudo id -un; sudo -k; sudo id -un'
	status 0
	[ "$(grep -c '^root$' "$transcript")" = 2 ] || fail "not twice root"
	codes 1
	asked StartDeviceAuthorization 1
	audited '.event == "reused" and .service == "sudo"'
}

# covers: spine.5, spine.6, spine.10
scn_sudo_past_reuse_asks_again()
{
	ask_always
	in_session alice 'sudo id -un'
	status 0
	says '^root$'
	codes 2
}

# covers: spine.5, spine.10, R1
scn_sudo_approved_by_somebody_else()
{
	ask_always
	in_session alice -approve bob 'sudo id -un'
	failed
	silent '^root$'
	codes 2
	audited '.event == "wrong-approver" and .service == "sudo"'
}

# covers: spine.5, spine.6, spine.10
scn_sudo_without_the_permission_set()
{
	person -approve bob ssh -tt bob@bastion 'sudo id -un'
	failed
	silent '^root$'
	logged 'pam_awssso\(sudo:account\): refuse user "bob"'
	audited '.user == "bob" and .service == "sudo" and
	    .event == "no-permission-set"'
}

# covers: spine.5, spine.6, spine.10, R35
scn_set_removed_inside_sudos_timestamp()
{
	undo set_on
	in_session alice 'sudo id -u; echo @@off; read -r x; sudo id -un'
	failed
	says '^0$'
	gate_closed
	codes 1
	# Its timestamp was fresh: sudo asked nobody who it is.
	[ "$(since syslog | grep -c 'pam_awssso(sudo:auth)')" = 1 ] ||
	    fail "sudo's timestamp was not in force"
}

# covers: spine.5, spine.6, spine.10, R35
scn_set_removed_and_sudo_n()
{
	undo set_on
	in_session alice 'sudo id -u; echo @@off; read -r x; sudo -n id -un'
	failed
	says '^0$'
	gate_closed
}

# covers: spine.5, spine.6, spine.10, R35
scn_set_removed_and_a_nopasswd_rule()
{
	echo 'alice ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz-nopasswd
	undo rm /etc/sudoers.d/zz-nopasswd
	undo set_on
	in_session alice 'sudo -n id -u; echo @@off; read -r x; sudo -n id -un'
	failed
	says '^0$'
	gate_closed
	unlogged 'pam_awssso\(sudo:auth\)'
}

# gone_at_sudo EVENT COMMAND...: COMMAND, at the simulator, between two uses of
# sudo; the second one runs nothing, and no sweep told the host.
gone_at_sudo()
{
	person -approve alice -step gone "${*:2}" ssh -tt alice@bastion \
	    'sudo id -u; echo @@gone; read -r x; sudo id -un'
	failed
	says '^0$'
	silent '^root$'
	audited ".user == \"alice\" and .service == \"sudo\" and
	    .event == \"$1\""
	asked ListUsers 0
}

# covers: dir.11
scn_disabled_inside_sudos_timestamp()
{
	undo idcsim set user alice enabled
	gone_at_sudo disabled idcsim set user alice disabled
}

# covers: dir.11
scn_out_of_the_group_inside_sudos_timestamp()
{
	undo idcsim set member Engineers alice on
	gone_at_sudo policy idcsim set member Engineers alice off
}

# alice_has_a_key_and_nopasswd: a key for ssh, and a NOPASSWD rule for sudo, in this scenario.
alice_has_a_key_and_nopasswd()
{
	local dir=/home/alice/.ssh

	echo 'alice ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz-nopasswd
	undo rm /etc/sudoers.d/zz-nopasswd
	mkdir -p "$dir"
	undo rm -rf "$dir"
	cp /root/.ssh/id_ed25519.pub "$dir/authorized_keys"
	chown -R alice: /home/alice
	chmod 700 "$dir"
}

# covers: spine.5, spine.10
scn_a_key_login_has_no_token_for_sudo()
{
	alice_has_a_key_and_nopasswd
	at_once ssh -o BatchMode=yes alice@bastion 'sudo -n id -un'
	failed
	silent '^root$'
	audited '.user == "alice" and .event == "no-token"'
	at_once awssso why alice
	says 'awssso login'
}

# covers: spine.5, spine.7, spine.10
scn_awssso_login_gives_a_key_login_its_token()
{
	alice_has_a_key_and_nopasswd
	person -approve alice ssh -tt -o BatchMode=yes alice@bastion \
	    'sudo -n id -un; awssso login; sudo -n id -un'
	status 0
	codes 1
	[ "$(grep -c '^root$' "$transcript")" = 1 ] ||
	    fail "not root once, after awssso login"
	mark
	person -approve bob ssh -tt -o BatchMode=yes alice@bastion \
	    'awssso login; sudo -n id -un'
	failed
	silent '^root$'
	audited '.event == "wrong-approver" and .user == "alice"'
}

# These settings hide from PAM who asks, and the gate is off: doctor says so, and
# the shipped example takes them back for its group.
# covers: verdict.3, spine.8
scn_rootpw_is_found_and_taken_back()
{
	echo 'Defaults rootpw' > /etc/sudoers.d/zz-1-rootpw
	undo rm /etc/sudoers.d/zz-1-rootpw
	echo 'bob ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz-3-nopasswd
	undo rm /etc/sudoers.d/zz-3-nopasswd
	person -approve bob ssh -tt bob@bastion 'sudo -n id -un'
	says '^root$'
	at_once awssso doctor
	status 1
	says 'sudoers.d/zz-1-rootpw, line 1: rootpw hides from PAM'
	sed "s/aws-AdministratorAccess/$group/" "$TOP/conf/sudoers.d/awssso" \
	    > /etc/sudoers.d/zz-2-awssso
	undo rm /etc/sudoers.d/zz-2-awssso
	visudo -cf /etc/sudoers.d/zz-2-awssso
	person -approve bob ssh -tt bob@bastion 'sudo -n id -un'
	failed
	silent '^root$'
	logged 'pam_awssso\(sudo:account\): refuse user "bob"'
}

# covers: spine.6, spine.10
scn_interrupted_sudo_ends_its_flow()
{
	local before

	ask_always
	in_session alice -interrupt 'sudo id -un; echo "sudo said $?"'
	says '^sudo said 1$'
	silent '^root$'
	sleep 1
	before=$(requests CreateToken)
	sleep 2.2
	asked CreateToken "$before"
}

# covers: spine.5, spine.6, spine.10, R1, R2
scn_su_needs_the_approval_of_who_is_asked_for()
{
	in_session bob 'su alice -c "id -un"'
	failed
	silent '^alice$'
	audited '.event == "wrong-approver" and .service == "su"'
	mark
	in_session bob -approve alice 'su alice -c "id -un"'
	status 0
	says '^alice$'
}

# Whoever else runs in a person's session, by her sudo or left over from it, is
# not she.
# covers: verdict.3, R1, R2
scn_who_runs_in_her_session_is_not_she()
{
	local dir=/var/tmp/svc

	useradd -m -s /bin/bash svc
	undo userdel -r svc
	mkdir -m 755 "$dir"
	undo rm -r "$dir"
	printf '#!/bin/sh\nsu alice -c "id -un; sudo id -un" < /dev/null\n' \
	    > "$dir/evil"
	printf '#!/bin/sh\nsetsid sh -c "sleep 1; %s" > %s 2>&1 < /dev/null &\n' \
	    "$dir/evil" "$dir/out" > "$dir/later"
	chmod 755 "$dir/evil" "$dir/later"
	: > "$dir/out"
	chmod 666 "$dir/out"
	echo 'alice ALL = (svc) NOPASSWD: ALL' > /etc/sudoers.d/svc
	undo rm /etc/sudoers.d/svc
	mark
	person -approve alice ssh -tt alice@bastion "sudo -u svc $dir/evil"
	codes 2 # she approves that su, too
	! since awsssod.log | grep -q '"event":"reused".*"service":"su"' ||
	    fail "su reused her approval for svc"
	mark
	person -approve alice ssh -tt alice@bastion \
	    "sudo -u svc $dir/later; sleep 3; cat $dir/out"
	silent '^alice'
	silent '^root'
	! since awsssod.log | grep -q '"event":"reused".*"service":"su"' ||
	    fail "su reused her approval for what svc left behind"
}
