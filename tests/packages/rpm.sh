#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pid 1: systemd
#
# The packages of conf/awssso.spec on a host: their scriptlets change no login,
# open and close no door, and keep the PAM module where it is still named.  The
# host is Debian with RPM's database beside its own, so what authselect does is
# done here by hand, in the files of the services.  Packages of this tree are in
# $BUILD/rpm/RPMS, those that count as older in $BUILD/rpm/old (run.sh).
# shellcheck shell=bash disable=SC2154 # set by lib.sh

# shellcheck source=tests/packages/life.sh
. "$TOP/tests/packages/life.sh"

packages=(pam_awssso nss_awssso awssso)
rpm=(rpm --force-debian --nodeps)

older()
{
	"${rpm[@]}" -U --oldpackage "$BUILD"/rpm/old/*/*.rpm
}

newer()
{
	"${rpm[@]}" -U "$BUILD"/rpm/RPMS/*/*.rpm
}

# With dependencies: they tell rpm in which order to remove.
remove()
{
	rpm --force-debian -e "${packages[@]}"
}

contents()
{
	rpm -ql "${packages[@]}"
}

lines_in_services()
{
	local service

	for service in sshd su login; do
		ahead $service 'auth|account' ''
	done
}

# The folders are those of RHEL's own packages.
before_all()
{
	mkdir -p /usr/share/licenses /usr/share/authselect/vendor
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
}

# covers: spine.8, R35
scn_it_can_be_turned_on()
{
	older
	turn_on lines_in_services
}

# covers: spine.8, dir.6, R10, R16, R35
scn_upgrading_opens_and_closes_no_door()
{
	upgraded newer
	[ -e $conf.rpmnew ] || fail "the new configuration is not shown"
}

# covers: spine.8, R35
scn_a_line_by_hand_keeps_the_module()
{
	undo rm /etc/pam.d/by-hand
	echo 'auth required pam_awssso.so' > /etc/pam.d/by-hand
	refused 'by-hand: auth required' rpm --force-debian -e pam_awssso
}

# authselect keeps its files elsewhere and links to them.
# covers: spine.8, R35
scn_what_authselect_wrote_keeps_the_module()
{
	undo rm -r /etc/pam.d/system-auth /etc/authselect
	mkdir /etc/authselect
	cp "$TOP/conf/authselect/system-auth" /etc/authselect/
	ln -s /etc/authselect/system-auth /etc/pam.d/
	refused 'system-auth: auth' rpm --force-debian -e pam_awssso
}

# All at once: what the PAM module needs must not go without it.
# covers: spine.8, R35
scn_all_stay_where_one_must()
{
	undo rm /etc/pam.d/by-hand
	echo 'auth required pam_awssso.so' > /etc/pam.d/by-hand
	refused 'by-hand: auth required' rpm --force-debian -e "${packages[@]}"
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
	nothing_runs
	only_local_accounts
	cmp "$run/edited" $conf.rpmsave || fail "the edited settings are gone"
	mv $conf.rpmsave $conf
	systemctl start awssso-netd.socket awsssod.service
	within 60 swept
	/usr/bin/awssso ids export | cmp - "$run/ids" ||
	    fail "somebody has another id"
}

# covers: spine.8, R35
scn_what_removing_leaves_is_known()
{
	remove
	rm -rf /var/lib/awssso /var/lib/awssso-ended /etc/awssso
	as_before
}
