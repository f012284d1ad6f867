#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The module's file is missing, unreadable, cut off, or is being replaced while
# sshd runs and the daemons are restarted: at no moment does somebody get in who
# is denied, and root and local accounts get in all the time.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	world_locals
	module=$(echo /usr/lib*/*/security/pam_awssso.so \
	    /usr/lib*/security/pam_awssso.so | tr ' ' '\n' | grep -v '\*')
	echo "$module" > "$run/module"
	people_have_keys
}

# people_have_keys: alice, who may in, carol, who is disabled, and dave, whom
# the policy does not let in.
people_have_keys()
{
	local person dir

	for person in alice carol dave; do
		dir=/home/$person/.ssh
		install -d -m 755 -o "$person" "/home/$person"
		install -d -m 700 -o "$person" "$dir"
		install -m 600 -o "$person" /root/.ssh/id_ed25519.pub \
		    "$dir/authorized_keys"
	done
}

# by_key USER: a line "USER in" or "USER out", how ever it went.
by_key()
{
	if timeout 10 ssh -o BatchMode=yes "$1@bastion" true \
	    < /dev/null > /dev/null 2>&1; then
		echo "$1 in"
	else
		echo "$1 out"
	fi
}

# by_su USER: root becomes USER, which only the account phase judges.
by_su()
{
	if timeout 10 su "$1" -c true < /dev/null > /dev/null 2>&1; then
		echo "$1 in"
	else
		echo "$1 out"
	fi
}

# never_in, always_in: what must hold at any moment.
never_in()
{
	local person

	for person in carol dave; do
		[ "$(by_key $person)" = "$person out" ] ||
		    fail "$person got in by key"
		[ "$(by_su $person)" = "$person out" ] ||
		    fail "$person got in by su"
	done
}

always_in()
{
	local user

	for user in root ec2-user; do
		[ "$(by_key $user)" = "$user in" ] || fail "$user is kept out"
	done
	at_once runuser -u ec2-user -- sudo -n id -un
	status 0
	says '^root$'
	person -password "$(cat "$run/password")" runuser -u admin -- \
	    sudo -k id -un
	status 0
	says '^root$'
	person -password "$(cat "$run/password")" login root
	status 0
	says '^console of root$'
}

alice_is_out()
{
	[ "$(by_key alice)" = "alice out" ] || fail "alice got in by key"
	[ "$(by_su alice)" = "alice out" ] || fail "alice got in by su"
	person -approve alice ssh -o PubkeyAuthentication=no \
	    -o NumberOfPasswordPrompts=1 alice@bastion 'echo a shell'
	failed
	silent '^a shell'
}

alice_is_in()
{
	[ "$(by_key alice)" = "alice in" ] || fail "alice is kept out"
	person -approve alice ssh -o PubkeyAuthentication=no alice@bastion \
	    'echo a shell'
	status 0
	says '^a shell'
}

# broken_by COMMAND: what COMMAND does to the module's file; nobody of ours is
# let in.
broken_by()
{
	local module

	module=$(cat "$run/module")
	cp -a "$module" "$run/pam_awssso.so"
	undo cp -a "$run/pam_awssso.so" "$module"
	undo rm -rf "$module"
	"$1" "$module"
	never_in
	alice_is_out
}

# cut_to BYTES FILE
cut_to()
{
	head -c "$1" "$2" > "$2.new"
	mv "$2.new" "$2"
}

cut_off()
{
	cut_to 60 "$1"
}

cut_in_half()
{
	cut_to 50000 "$1"
}

a_folder()
{
	rm "$1"
	mkdir "$1"
}

# covers: verdict.4, verdict.7, spine.6, R10
scn_module_missing()
{
	broken_by rm
	always_in
}

# covers: verdict.4, verdict.7, spine.6, R10
scn_module_cut_off()
{
	broken_by cut_off
	always_in
}

# libc's loader maps a file that is longer by its own account, and the program
# ends: every program that starts PAM.  An installation never leaves one.
# covers: verdict.4, verdict.7, spine.6, R10
scn_module_cut_in_half_lets_nobody_in()
{
	broken_by cut_in_half
}

# covers: verdict.4, verdict.7, spine.6, R10
scn_module_is_no_file()
{
	broken_by a_folder
	always_in
}

# covers: verdict.4, verdict.7, spine.6, R10
scn_sign_ins_work_again()
{
	alice_is_in
	never_in
	always_in
}

# trying USER WANT: until told to stop; what came out otherwise is written down.
trying()
{
	until [ -e "$run/stop" ]; do
		[ "$(by_key "$1")" = "$1 $2" ] || echo "$1 not $2"
		echo . >> "$run/tries"
	done >> "$run/otherwise"
}

# install_again: make install, which replaces each file by rename, as package
# managers do; then the daemons are restarted.
install_again()
{
	make -s -C "$TOP" BUILD="$BUILD" DESTDIR= prefix=/usr install
	stop awsssod
	stop netd
	start netd
	start awsssod
	within 10 awssso status > /dev/null
}

# covers: verdict.4, verdict.7, spine.6, R10
scn_upgrade_while_people_sign_in()
{
	local i user

	rm -f "$run/stop" "$run/tries" "$run/otherwise"
	undo touch "$run/stop"
	for user in 'carol out' 'dave out' 'root in' 'ec2-user in'; do
		# shellcheck disable=SC2086 # two words
		trying $user &
	done
	for ((i = 0; i < 6; i++)); do
		install_again
		sleep 0.3
	done
	touch "$run/stop"
	sleep 1
	echo "$(wc -l < "$run/tries") sign-ins during six upgrades"
	[ "$(wc -l < "$run/tries")" -ge 12 ] || fail "hardly anybody tried"
	[ ! -s "$run/otherwise" ] ||
	    fail "$(sort "$run/otherwise" | uniq -c | tr '\n' ' ')"
	alice_is_in
}
