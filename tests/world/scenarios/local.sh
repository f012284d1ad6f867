#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# No state of awssso keeps local accounts and root from anything, or slows them
# down; and no state lets a directory person in who could not be asked about.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

snapshot=/var/lib/awssso/public/directory.1

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	world_locals
}

# --- states ------------------------------------------------------------------

daemons_down()
{
	undo start awsssod
	undo start netd
	stop awsssod
	stop netd
}

daemons_hung()
{
	undo kill -CONT "$(pid awsssod)" "$(pid netd)"
	kill -STOP "$(pid awsssod)" "$(pid netd)"
}

# snapshot_kept: it comes back as it was, at the same place.
snapshot_kept()
{
	cp -a "$snapshot" "$run/snapshot"
	undo mv -f "$run/snapshot" "$snapshot"
}

snapshot_missing()
{
	snapshot_kept
	rm "$snapshot"
}

snapshot_truncated()
{
	snapshot_kept
	truncate -s -100 "$snapshot"
}

snapshot_corrupt()
{
	snapshot_kept
	head -c "$(stat -c %s "$snapshot")" /dev/zero | tr '\0' '\377' |
	    dd of="$snapshot" conv=notrunc bs=64k status=none
}

# --- what must hold ------------------------------------------------------------

# as_usual TEXT: it worked, said TEXT, and nobody waited: a module that asked
# for a local account would have waited a second and three for each question,
# and a login asks at least twice.
as_usual()
{
	status 0
	says "$1"
	within_ms 7000
}

local_accounts_work()
{
	local password

	password=$(cat "$run/password")
	at_once getent passwd admin
	status 0
	at_once id ec2-user
	status 0
	person -password "$password" runuser -u admin -- sudo -k id -un
	as_usual '^root$'
	person runuser -u ec2-user -- sudo -n id -un
	as_usual '^root$'
	person ssh root@bastion 'id -un'
	as_usual '^root$'
	person ssh ec2-user@bastion 'id -un'
	as_usual '^ec2-user$'
	person -password "$password" ssh -o PubkeyAuthentication=no \
	    admin@bastion 'id -un'
	as_usual '^admin$'
	person -password "$password" runuser -u ec2-user -- \
	    su admin -c 'id -un'
	as_usual '^admin$'
	person -password "$password" login admin
	as_usual '^console of admin$'
	person -password "$password" login root
	as_usual '^console of root$'
}

# a wrong password is still wrong: the module lets no local account in.
local_passwords_count()
{
	person -password wrong runuser -u ec2-user -- su admin -c 'id -un'
	failed
	silent '^admin$'
}

# nobody_gets_in WHY: neither by a code nor by key, and the log has the reason.
nobody_gets_in()
{
	local dir=/home/alice/.ssh

	person -approve alice ssh -o NumberOfPasswordPrompts=1 alice@bastion \
	    'echo a shell'
	failed
	silent 'a shell'
	within_ms 10000
	unlogged 'Accepted .* for alice'
}

# covers: spine.5, spine.6, spine.10
scn_local_accounts_daemons_up()
{
	local_accounts_work
	local_passwords_count
}

# covers: spine.5, spine.6, spine.10
scn_local_accounts_daemons_down()
{
	daemons_down
	local_accounts_work
	local_passwords_count
}

# covers: spine.5, spine.6, spine.10
scn_local_accounts_daemons_hung()
{
	daemons_hung
	local_accounts_work
	local_passwords_count
}

# covers: spine.3, spine.6, spine.10
scn_daemons_down_nobody_new_but_known()
{
	daemons_down
	at_once getent passwd alice
	status 0
	nobody_gets_in
	logged 'pam_awssso\(sshd:auth\): refuse user "alice": unavailable: '
}

# covers: spine.3, spine.6, spine.10
scn_daemons_hung_nobody_new_but_known()
{
	daemons_hung
	at_once getent passwd alice
	status 0
	nobody_gets_in
	logged 'pam_awssso\(sshd:auth\): refuse user "alice": unavailable: '
}

# covers: spine.4, spine.5, spine.6, spine.10
scn_netd_down_says_what_is_down()
{
	undo start netd
	stop netd
	nobody_gets_in
	says 'awssso-netd|network service'
	audited '.event == "netd-gone" and .user == "alice"'
}

# covers: spine.5, spine.6, spine.10, R11
scn_awsssod_down_refuses_a_key()
{
	local dir=/home/alice/.ssh

	mkdir -p "$dir"
	undo rm -rf "$dir"
	cp /root/.ssh/id_ed25519.pub "$dir/authorized_keys"
	chown -R alice: /home/alice
	chmod 700 "$dir"
	at_once ssh -o BatchMode=yes alice@bastion 'echo a shell'
	status 0
	undo start awsssod
	stop awsssod
	person ssh -o BatchMode=yes alice@bastion 'echo a shell'
	failed
	silent 'a shell'
	logged 'pam_awssso\(sshd:account\): refuse user "alice"'
	logged 'Access denied for user alice by PAM account configuration'
}

# by_key_out USER: not by key, whatever the shipped stacks step over.
by_key_out()
{
	local dir=/home/$1/.ssh

	install -d -m 755 -o "$1" "/home/$1"
	install -d -m 700 -o "$1" "$dir"
	install -m 600 -o "$1" /root/.ssh/id_ed25519.pub "$dir/authorized_keys"
	at_once ssh -o BatchMode=yes "$1@bastion" 'echo a shell'
	failed
	silent 'a shell'
	logged "pam_awssso\\(sshd:account\\): refuse user \"$1\""
}

# covers: spine.8, verdict.4, R35
scn_a_copy_in_etc_passwd_makes_nobody_local()
{
	undo sed -i '/^carol:/d' /etc/passwd
	getent passwd carol >> /etc/passwd
	by_key_out carol
}

# broken_snapshot: nobody is known, at once; local accounts do not notice.
broken_snapshot()
{
	# Processes look at the file again once a second.
	sleep 1.1
	at_once getent passwd alice
	status 2
	at_once id admin
	status 0
	nobody_gets_in
	local_accounts_work
}

# covers: spine.2, spine.3, spine.6, spine.10
scn_snapshot_missing()
{
	snapshot_missing
	broken_snapshot
}

# covers: spine.2, spine.3, spine.6, spine.10
scn_snapshot_truncated()
{
	snapshot_truncated
	broken_snapshot
}

# covers: spine.2, spine.3, spine.6, spine.10
scn_snapshot_corrupt()
{
	snapshot_corrupt
	broken_snapshot
}

# covers: spine.5, spine.10
scn_after_all_of_that_alice_signs_in()
{
	person -approve alice ssh alice@bastion 'id -un'
	status 0
	says '^alice$'
}
