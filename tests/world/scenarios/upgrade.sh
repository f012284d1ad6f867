#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The module's file is missing, unreadable, cut off, or is being replaced while
# sshd runs and the daemons are restarted: at no moment does somebody get in who
# is denied, and root and local accounts get in all the time.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

# shellcheck source=tests/world/doors.sh
. "$TOP/tests/world/doors.sh"

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
	local i

	watch_doors
	for ((i = 0; i < 6; i++)); do
		install_again
	done
	doors_held "six upgrades"
	alice_is_in
}

uninstall()
{
	make -s -C "$TOP" BUILD="$BUILD" DESTDIR= prefix=/usr uninstall
}

# covers: spine.1, verdict.7, R35
scn_uninstall_stops_where_a_line_by_hand_needs_the_module()
{
	undo rm /etc/pam.d/by-hand
	echo 'auth required pam_awssso.so' > /etc/pam.d/by-hand
	! uninstall || fail "it was uninstalled"
	alice_is_in
	always_in
}

# covers: spine.1, verdict.7, R35
scn_uninstall_keeps_root_in_and_people_out()
{
	watch_doors
	uninstall
	doors_held "everything was uninstalled"
	! grep -l '^[^#]*awssso' /etc/pam.d/* /etc/nsswitch.conf ||
	    fail "still named"
	! getent passwd alice carol || fail "people have names"
	never_in
	always_in
}
