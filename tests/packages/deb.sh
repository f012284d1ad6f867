#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pid 1: systemd
#
# Debian's packages on a host: installing them changes no login, upgrades neither
# open nor close a door, removing takes out what names them first, purging leaves
# two users.  Packages of this tree are in $BUILD/deb, those that count as older
# in $BUILD/deb/old (run.sh).
# shellcheck shell=bash disable=SC2154 # set by lib.sh

# shellcheck source=tests/packages/life.sh
. "$TOP/tests/packages/life.sh"

packages=(libpam-awssso libnss-awssso awssso)

debs()
{
	local name

	for name in "${packages[@]}"; do
		echo "$BUILD/deb$1/${name}"_[0-9]*.deb
	done
}

# unpack DIR: dpkg keeps a configuration that was edited, as it does by default
# when nobody can be asked.
unpack()
{
	# shellcheck disable=SC2046 # our own paths
	dpkg -i --force-confdef --force-confold $(debs "$1")
}

older()
{
	unpack /old
}

newer()
{
	unpack ''
}

remove()
{
	dpkg -r "${packages[@]}"
}

enable_profile()
{
	pam-auth-update --enable awssso
}

contents()
{
	dpkg -L "${packages[@]}"
}

# An index of all manual pages after each step would be most of the time.
before_all()
{
	rm -f /var/lib/man-db/auto-update
	world_host
	echo "/usr/lib/$(gcc -print-multiarch)/security/pam_awssso.so" \
	    > "$run/module"
}

# covers: spine.8, R35
scn_installing_changes_no_login()
{
	older
	nothing_changed
	nothing_runs
	only_local_accounts
	installed contents
}

# covers: spine.8, R35
scn_upgrading_what_is_off_leaves_it_off()
{
	newer
	nothing_changed
	nothing_runs
	only_local_accounts
	# Other packages run it, too.
	pam-auth-update --package
	nothing_changed
}

# becomes LINE WANT: what unhook makes of LINE in nsswitch.conf.
becomes()
{
	printf '%s\n' "$1" > /etc/nsswitch.conf
	/usr/libexec/awssso/unhook names
	[ "$(cat /etc/nsswitch.conf)" = "$2" ] ||
	    fail "'$1' became '$(cat /etc/nsswitch.conf)'"
}

# covers: spine.8, R35
scn_names_are_taken_out_wherever_they_stand()
{
	cp -a /etc/nsswitch.conf "$run/nsswitch.conf"
	undo cp -a "$run/nsswitch.conf" /etc/nsswitch.conf
	chmod 640 /etc/nsswitch.conf
	becomes 'passwd: files awssso' 'passwd: files'
	becomes 'passwd:files awssso systemd' 'passwd:files systemd'
	becomes 'passwd:	files	awssso	sss # us' 'passwd:	files	sss # us'
	becomes 'group: awssso files' 'group: files'
	becomes 'group: files awssso# us' 'group: files# us'
	becomes 'group: files awssso [!UNAVAIL=return] sss' 'group: files sss'
	becomes 'group: files [SUCCESS=merge] awssso [NOTFOUND=return]' \
	    'group: files [SUCCESS=merge]'
	becomes 'initgroups: files awssso awssso' 'initgroups: files'
	becomes 'passwd: files # awssso' 'passwd: files # awssso'
	becomes 'passwd: files awssso2 my-awssso' 'passwd: files awssso2 my-awssso'
	becomes '#passwd: files awssso' '#passwd: files awssso'
	[ "$(stat -c %a /etc/nsswitch.conf)" = 640 ] || fail "its mode changed"
	[ -z "$(find /etc -name '*awssso-new*')" ] || fail "a copy is left"
}

# covers: spine.8, R35
scn_it_can_be_turned_on()
{
	older
	turn_on enable_profile
	grep -q 'pam_mkhomedir.so umask=0027' /etc/pam.d/common-session
}

# covers: spine.8, dir.6, R10, R16, R35
scn_upgrading_opens_and_closes_no_door()
{
	upgraded newer
	grep -q 'pam_mkhomedir.so umask=0077' /etc/pam.d/common-session ||
	    fail "the stacks do not follow the profile"
	[ -e $conf.dpkg-dist ] || fail "the new configuration is not shown"
}

# covers: spine.8, R35
scn_what_was_stopped_stays_stopped()
{
	undo systemctl start "${units[@]:1:2}" awsssod.service
	systemctl stop "${units[@]}"
	newer
	[ -z "$(pgrep awsss)" ] || fail "an upgrade started a daemon"
}

# All at once: what the PAM module needs must not go without it.
# covers: spine.8, R35
scn_a_line_by_hand_keeps_the_module()
{
	undo rm /etc/pam.d/by-hand
	echo 'auth required pam_awssso.so' > /etc/pam.d/by-hand
	refused 'by-hand: auth required' dpkg -P "${packages[@]}"
}

# A jump that is not ours leads over our line.
# covers: spine.8, R35
scn_half_a_block_keeps_the_module()
{
	cp -a /etc/pam.d/sudo "$run/sudo"
	undo cp -a "$run/sudo" /etc/pam.d/sudo
	sed -i '0,/pam_localuser/{/pam_localuser/d}' /etc/pam.d/sudo
	refused 'sudo: auth' dpkg -r libpam-awssso
}

# covers: spine.8, R35
scn_stacks_edited_by_hand_keep_the_module()
{
	cp -a /etc/pam.d/common-auth "$run/common-auth"
	undo cp -a "$run/common-auth" /etc/pam.d/common-auth
	sed -i '0,/^auth/s//auth optional pam_warn.so\n&/' \
	    /etc/pam.d/common-auth
	refused 'common-auth: auth' dpkg -r libpam-awssso
}

# covers: spine.8, dir.6, R35
scn_removing_keeps_root_in_and_the_ids()
{
	removed remove
}

# covers: spine.8, dir.6, R16, R35
scn_installed_anew_it_is_off_and_ids_are_as_they_were()
{
	newer
	nothing_changed
	only_local_accounts
	[ "$(systemctl is-enabled awsssod.service awssso-netd.socket \
	    awsssod-auth.socket | sort -u)" = enabled ] ||
	    fail "units are not enabled as before: $(unit_states)"
	systemctl start awssso-netd.socket awsssod.service
	within 60 swept
	/usr/bin/awssso ids export | cmp - "$run/ids" ||
	    fail "somebody has another id"
}

# covers: spine.8, R35
scn_purging_leaves_two_users()
{
	at_once dpkg -P "${packages[@]}"
	status 0
	says 'who has which id'
	as_before
}

# sshd_of_systemd: one that takes no passwords, as images for the cloud have it.
sshd_of_systemd()
{
	pkill -x -o sshd
	rm /etc/ssh/sshd_config.d/*
	echo 'PasswordAuthentication no' > /etc/ssh/sshd_config.d/50-cloud.conf
	systemctl start ssh.service
	tree > "$run/before"
	rm -rf "${run:?}/etc"
	cp -a /etc "$run/etc"
}

at_stage()
{
	grep -qx "stage $1" /var/lib/awssso/setup/state
}

# set_up: by awssso setup, confirmed.
set_up()
{
	setup_answers
	setsid /usr/bin/awssso setup --answers "$run/answers" &
	within 60 at_stage pending
	ssh -o BatchMode=yes root@bastion /usr/bin/awssso setup --confirm
	wait $!
}

# covers: spine.8, hour.2, R35
scn_what_setup_made_goes_with_the_packages()
{
	sshd_of_systemd
	newer
	set_up
	people_have_keys
	never_in
	grep -q '^auth requisite pam_deny.so' /etc/pam.d/sshd
	# A line that somebody else has added since is not taken back.
	sed -i 's/^hosts: .*/& myhostname/' /etc/nsswitch.conf
	cp /etc/nsswitch.conf "$run/nsswitch.conf"
	watch_doors
	dpkg -P "${packages[@]}"
	doors_held "packages were purged"
	grep -q '^hosts:.* myhostname$' /etc/nsswitch.conf ||
	    fail "a line of somebody else is gone"
	sed -i 's/^\(hosts: .*\) myhostname$/\1/' /etc/nsswitch.conf
	as_before
	at_once ssh -o PreferredAuthentications=keyboard-interactive,password \
	    -o NumberOfPasswordPrompts=1 admin@bastion true
	failed
	says 'Permission denied \(publickey\)'
}
