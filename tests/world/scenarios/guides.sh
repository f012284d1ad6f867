#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pid 1: systemd
#
# docs/guides, typed as they stand: first from zero, on a host that nothing of
# ours has been installed on, then the others on the host that this has made.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

# shellcheck source=tests/world/guide.sh
. "$TOP/tests/world/guide.sh"

# The names of the guides instead of the fixture's.
guides_fixture()
{
	world_example 60
	sed -e 's/9067f4c2ab/1234567890/g' -e 's/"Engineers"/"Platform Team"/' \
	    "$run/example.json" > "$run/guides.json"
	world_fixture "$run/guides.json"
}

before_all()
{
	guides_fixture
	world_hosts
	world_ca
	world_simulator
	follow syslog -o short-precise
	follow awsssod.log -o cat -u awsssod
	follow netd.log -o cat -u awssso-netd
	rm -rf /run/nologin /etc/awssso /var/lib/awssso
	world_sshd
	world_locals
	chmod 440 /etc/sudoers.d/locals
	# Who moves here.
	useradd -m -s /bin/bash -u 1717 erin
	kill "$(cat /run/sshd.pid)"
	within 5 eval '! kill -0 "$(cat /run/sshd.pid)"'
	systemctl daemon-reload
	systemctl start ssh.service
	chmod 755 "$run"
	echo 'Defaults env_keep += "BUILD"' > /etc/sudoers.d/world
	chmod 440 /etc/sudoers.d/world
}

# What guides change: put back behind each but the first.
keep()
{
	local dir

	for dir in /etc/awssso /etc/pam.d /etc/sudoers.d /etc/ssh/sshd_config.d \
	    /root/.ssh; do
		mkdir -p "$run/keep$dir"
		cp -a "$dir/." "$run/keep$dir"
		undo cp -a "$run/keep$dir/." "$dir"
		undo find "$dir" -mindepth 1 -delete
	done
}

restart()
{
	systemctl reload ssh.service
	systemctl restart awssso-netd.service awsssod.service
	awssso sync
}

# covers: hour.5
scn_from_zero()
{
	guide from-zero
}

# covers: hour.5
scn_bastion()
{
	undo restart
	keep
	guide bastion
}

# covers: hour.5
scn_sudo()
{
	undo restart
	keep
	guide sudo
}

# covers: hour.5, dir.6
scn_moving()
{
	guide moving
}

# covers: hour.5
scn_fleet()
{
	undo restart
	keep
	guide fleet
}

# covers: hour.5
scn_connections()
{
	undo restart
	keep
	guide connections
}

# covers: hour.5
scn_denied()
{
	guide denied
}

# It ends with the host as it was before the first.
# covers: hour.5
scn_outages()
{
	guide outages
}

# covers: hour.5
scn_by_hand()
{
	guide by-hand
}

# Of what a guide tells to type, hardly anything is left out.
# covers: hour.5
scn_nearly_all_of_it_was_typed()
{
	local typed left

	typed=$(awk '{ n += $1 } END { print n }' "$run/typed")
	left=$(awk '{ n += $2 } END { print n }' "$run/typed")
	echo "$typed of $((typed + left)) blocks of commands" | show
	[ "$(wc -l < "$run/typed")" = "$(find "$TOP/docs/guides" -name '*.md' \
	    ! -name README.md | wc -l)" ] || fail "a guide was not played"
	[ $((typed * 100)) -ge $(((typed + left) * 80)) ] ||
	    fail "$typed typed, $left left out"
}
