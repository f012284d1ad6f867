#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pid 1: systemd
#
# From nothing to a host that people sign in to, by awssso setup: proved before
# it counts, confirmed from a new login, and taken back from every point.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 60
	world_fixture "$run/example.json"
	world_hosts
	world_ca
	world_files
	world_simulator
	follow syslog -o short-precise
	follow awsssod.log -o cat -u awsssod
	rm -f /run/nologin /etc/ssh/sshd_config.d/*
	grep -q '^local:' /etc/passwd || useradd -m local
	echo 'PasswordAuthentication no' > /etc/ssh/sshd_config.d/50-cloud.conf
	make_keys
	systemctl daemon-reload
	systemctl start ssh.service
	picture > "$run/before"
}

# root's key, and a host key that is known.
make_keys()
{
	local dir=/root/.ssh

	rm -rf "$dir" /etc/ssh/ssh_host_*
	mkdir -m 700 "$dir"
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	ssh-keygen -q -t ed25519 -N '' -f "$dir/id_ed25519"
	cp "$dir/id_ed25519.pub" "$dir/authorized_keys"
	echo "bastion $(cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub)" \
	    > "$dir/known_hosts"
	echo 'PreferredAuthentications publickey,keyboard-interactive' \
	    > "$dir/config"
}

# picture: every file of /etc and of PAM's own tool, with mode and content.
picture()
{
	find /etc /var/lib/pam -xdev \( -path /etc/.updated -o \
	    -path /etc/resolv.conf \) -prune -o -printf '%p %M %u %g %l\n' |
	    sort
	find /etc /var/lib/pam -xdev -type f -exec sha256sum {} + | sort
}

as_before()
{
	picture | diff "$run/before" - || fail "the host is not as it was"
	[ "$(systemctl is-enabled awsssod.service)" = disabled ] ||
	    fail "awsssod is enabled"
	[ "$(systemctl is-active awsssod.service awsssod-auth.socket | sort -u)" \
	    = inactive ] || fail "awsssod or its socket runs"
	! getent passwd alice || fail "alice is known"
	root_gets_in
}

root_gets_in()
{
	at_once ssh -o BatchMode=yes root@bastion 'echo "root: $(id -u)"'
	says '^root: 0$'
	su -s /bin/sh local -c 'true' || fail "su to a local account"
}

set_up()
{
	setsid awssso setup --answers "$run/answers" > "$OUT/setup.log" 2>&1 &
	setup=$!
}

stage()
{
	sed -n 's/^stage //p' /var/lib/awssso/setup/state 2> /dev/null
}

at()
{
	[ "$(stage)" = "$1" ]
}

over()
{
	[ -z "$(stage)" ] || at undone
}

# covers: hour.2
scn_a_dry_run_changes_nothing()
{
	setup_answers
	at_once awssso setup --dry-run --answers "$run/answers"
	status 0
	says '^[+]auth .*pam_awssso.so *$'
	says '^[+]passwd: .*files awssso'
	says '^[+]KbdInteractiveAuthentication yes'
	as_before
}

# covers: hour.2
scn_wrong_answers_change_nothing()
{
	setup_answers 'no_such_question = 1'
	at_once awssso setup --answers "$run/answers"
	failed
	says 'answers:8: no such question'
	setup_answers
	sed -i 's/^region = .*/region = eu-west-3/' "$run/answers"
	at_once awssso setup --answers "$run/answers"
	failed
	says 'AWS cannot be asked'
	as_before
	setup_answers
	sed -i 's/^allow_groups = .*/allow_groups = Nobody At All/' \
	    "$run/answers"
	at_once awssso setup --answers "$run/answers"
	failed
	as_before
}

# covers: hour.2
scn_confirmed_by_a_new_login()
{
	setup_answers 'confirm_minutes = 5'
	set_up
	within 60 at pending || fail "$(cat "$OUT/setup.log")"
	within 10 grep -q 'awssso setup --confirm' "$OUT/setup.log"
	root_gets_in
	at_once ssh -o BatchMode=yes root@bastion awssso setup --confirm
	status 0
	within 10 at "done"
	wait "$setup" || fail "setup: $(cat "$OUT/setup.log")"
	mark
	person -approve alice ssh alice@bastion 'id -un; sudo id -un'
	status 0
	says '^alice$'
	says '^root$'
	root_gets_in
	! systemctl is-enabled awssso-setup.service || fail "it is watched"
	# no password for local accounts, as before
	at_once ssh -o BatchMode=no -o NumberOfPasswordPrompts=1 \
	    -o PreferredAuthentications=keyboard-interactive local@bastion true
	failed
	silent '[Pp]assword'
}

# covers: hour.2
scn_undone()
{
	at_once awssso setup --answers "$run/answers"
	failed
	says 'is set up: --undo'
	# what somebody did since stays; our lines go
	echo '# somebody was here' >> /etc/pam.d/sudo
	cp /etc/pam.d/sudo "$run/sudo"
	at_once awssso setup --undo
	status 0
	says '^/etc/pam.d/sudo: changed since'
	! grep pam_awssso /etc/pam.d/sudo || fail "sudo asks for awssso still"
	grep -q 'somebody was here' /etc/pam.d/sudo ||
	    fail "somebody's change is lost"
	sed -i -e '/somebody was here/d' -e '/awssso setup/d' /etc/pam.d/sudo
	as_before
}

# covers: hour.2
scn_not_confirmed_is_taken_back()
{
	setup_answers 'confirm_minutes = 1'
	set_up
	within 60 at pending
	# whatever becomes of who started it
	kill -KILL "$setup"
	root_gets_in
	at_once setsid awssso setup --answers "$run/answers"
	failed
	within 90 at undone || fail "it was not taken back"
	as_before
}

# covers: hour.2
scn_cut_off_at_any_time()
{
	local delay

	setup_answers 'confirm_minutes = 1'
	for delay in 0.2 0.4 0.6 0.8 1 1.2 1.4 1.7 2 2.5 3 4; do
		set_up
		sleep "$delay"
		kill -KILL "$setup" 2> /dev/null || true
		wait "$setup" 2> /dev/null || true
		root_gets_in
		echo "after $delay s: $(stage)"
		if [ "$(stage)" = pending ]; then
			awssso setup --undo > /dev/null
		else
			# or cut off before anybody could watch
			within 10 over || at open
		fi
		as_before
	done
}
