#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Break-glass: the account to have for the day on which nobody can sign in.
# "admin" is in /etc/passwd and in no directory, with a password, a key and a
# line in sudoers; nothing of ours is in the way of it, or of root, whatever is
# gone or broken: on the console, over ssh, and to root by sudo.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

conf=/etc/awssso/awssso.conf
snapshot=/var/lib/awssso/public/directory.1

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	world_locals
}

# --- what is gone ------------------------------------------------------------

awsssod_gone()
{
	undo within 10 swept
	undo start awsssod
	stop awsssod
}

netd_gone()
{
	undo start netd
	stop netd
}

snapshot_corrupt()
{
	cp -a "$snapshot" "$run/snapshot"
	undo mv -f "$run/snapshot" "$snapshot"
	head -c "$(stat -c %s "$snapshot")" /dev/zero | tr '\0' '\377' |
	    dd of="$snapshot" conv=notrunc bs=64k status=none
	# Processes look at the file again once a second.
	sleep 1.1
}

# identity_center_gone: what is asked there hangs, which is worse than a no.
identity_center_gone()
{
	undo kill -CONT "$(pid idcsim)"
	kill -STOP "$(pid idcsim)"
}

# broken_option: as by an edit with a slip in it, wherever the module is named.
broken_option()
{
	local file

	for file in common-auth common-account common-session sudo sudo-i; do
		cp "/etc/pam.d/$file" "$run/$file"
		undo mv "$run/$file" "/etc/pam.d/$file"
		sed -i '/pam_awssso/s/$/ reuze=15m/' "/etc/pam.d/$file"
	done
	grep -q 'pam_awssso.so.* reuze' /etc/pam.d/common-auth ||
	    fail "no option is broken"
}

# broken_settings: with which neither daemon starts again.
broken_settings()
{
	cp -p "$conf" "$run/conf"
	undo within 10 swept
	undo start awsssod
	undo start netd
	undo mv "$run/conf" "$conf"
	echo 'colour = blue' >> "$conf"
	stop awsssod
	stop netd
	start netd
	start awsssod
	within 10 gone netd
	within 10 gone awsssod
}

# --- what must work ------------------------------------------------------------

# at_once_in TEXT: it worked, said TEXT, and no question waited for an answer.
at_once_in()
{
	status 0
	says "$1"
	within_ms 7000
}

# gets_in: by name, console first.
gets_in()
{
	local password

	password=$(cat "$run/password")
	person -password "$password" login admin
	at_once_in '^console of admin$'
	person -password "$password" login root
	at_once_in '^console of root$'
	person -password "$password" ssh -tt -o PreferredAuthentications=publickey \
	    admin@bastion 'id -un; sudo -k; sudo id -un'
	at_once_in '^admin$'
	at_once_in '^root$'
	person ssh -o PreferredAuthentications=publickey root@bastion 'id -un'
	at_once_in '^root$'
	# And by nothing else than what is theirs.
	person -password wrong -timeout 10 runuser -u ec2-user -- \
	    su admin -c 'echo a shell'
	failed
	silent '^a shell'
}

# alice_does_not: what is broken lets nobody in either.
alice_does_not()
{
	person -approve alice -timeout 10 ssh -o NumberOfPasswordPrompts=1 \
	    alice@bastion 'echo a shell'
	failed
	silent '^a shell'
}

# covers: verdict.7, spine.10
scn_break_glass_while_all_is_well()
{
	gets_in
}

# covers: verdict.7, spine.10
scn_break_glass_awsssod_gone()
{
	awsssod_gone
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10
scn_break_glass_netd_gone()
{
	netd_gone
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10
scn_break_glass_snapshot_corrupt()
{
	snapshot_corrupt
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10
scn_break_glass_identity_center_gone()
{
	identity_center_gone
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10, R35
scn_break_glass_module_option_broken()
{
	broken_option
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10
scn_break_glass_settings_broken()
{
	broken_settings
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10, R35
scn_break_glass_all_of_it()
{
	identity_center_gone
	broken_settings
	snapshot_corrupt
	broken_option
	gets_in
	alice_does_not
}

# covers: verdict.7, spine.10
scn_after_all_of_that_alice_signs_in()
{
	person -approve alice ssh alice@bastion 'id -un'
	status 0
	says '^alice$'
}
