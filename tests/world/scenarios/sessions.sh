#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# What outlives one connection, and what ends it: reuse by the same public key,
# awssso revoke, on_disable.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

conf=/etc/awssso/awssso.conf

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	echo 'alice ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/world
	printf '[session]\nsession_reuse = 10m\n' >> "$conf"
	stop awsssod
	start awsssod
	within 20 swept
	key_of_alice
	# A key first, then the code.
	cat > /etc/ssh/sshd_config.d/two.conf <<-END
	Match User alice
	  AuthenticationMethods publickey,keyboard-interactive:pam
	END
	pkill -HUP -P 1 -x sshd || kill -HUP "$(cat /run/sshd.pid)"
	person -approve alice ssh alice@bastion true
	status 0
}

# key_of_alice: root's key and another one open alice's first lock.
key_of_alice()
{
	local dir

	dir=$(getent passwd alice | cut -d: -f6)/.ssh
	ssh-keygen -q -t ed25519 -N '' -f "$run/other"
	install -d -o alice -g alice "${dir%/.ssh}"
	install -d -m 700 -o alice -g alice "$dir"
	cat /root/.ssh/id_ed25519.pub "$run/other.pub" > "$dir/authorized_keys"
	chown alice:alice "$dir/authorized_keys"
}

# covers: verdict.6
scn_the_same_key_needs_no_second_code()
{
	person ssh alice@bastion 'echo "a shell: $(id -un)"'
	status 0
	codes 0
	says '^a shell: alice$'
	audited '.event == "reused" and .user == "alice" and .service == "sshd"'
	# It is no approval of a sudo: that session has no token.
	person ssh alice@bastion 'sudo -n true'
	failed
	audited '.event == "no-token" and .user == "alice"'
}

# covers: verdict.6, R27
scn_another_key_from_the_same_address_needs_a_code()
{
	person -approve alice ssh -o IdentitiesOnly=yes -i "$run/other" \
	    alice@bastion 'echo a shell'
	status 0
	codes 1
}

# covers: verdict.6, verdict.3
scn_revoke_drops_tokens_and_lists_sessions()
{
	awssso revoke alice
	person -approve alice -step in "awssso revoke alice > $run/revoked" \
	    ssh -tt -o IdentitiesOnly=yes -i "$run/other" alice@bastion \
	    'sudo -n true; echo "before: $?"; echo @@in; read -r _; sudo -n true; echo "after: $?"'
	says '^before: 0'
	says '^after: 1'
	grep -q 'sshd from 127.0.0.1' "$run/revoked" || fail "no session listed"
	grep -q 'token dropped' "$run/revoked" || fail "no token was dropped"
	audited '.event == "sign-ins-revoked" and .user == "alice"'
	# And the next connection is asked again, whatever key it has.
	person -approve alice ssh alice@bastion true
	status 0
	codes 1
	at_once runuser -u alice -- awssso revoke bob
	failed
	says 'Only root'
}

# busy: alice has a session, a process that hears no hangup, and jobs to come.
busy()
{
	person -approve alice ssh -o IdentitiesOnly=yes -i "$run/other" \
	    alice@bastion 'nohup sleep 600 > /dev/null 2>&1 & echo started'
	says started
	runuser -u alice -- sh -c 'trap "" TERM HUP; while :; do sleep 1; done' &
	disown
	mkdir -p /var/spool/cron/crontabs /var/spool/cron/atjobs \
	    /var/lib/systemd/linger
	install -m 600 -o alice /dev/null /var/spool/cron/crontabs/alice
	install -m 600 -o alice /dev/null /var/spool/cron/atjobs/a0000101c0ffee
	touch /var/lib/systemd/linger/alice
	within 5 pgrep -u alice sleep > /dev/null
}

is_over()
{
	! pgrep -u alice > /dev/null || fail "processes of alice are left"
	[ ! -e /var/spool/cron/crontabs/alice ] || fail "a crontab is left"
	[ ! -e /var/spool/cron/atjobs/a0000101c0ffee ] || fail "an at job is left"
	[ ! -e /var/lib/systemd/linger/alice ] || fail "linger is on"
	[ -n "$(find /var/lib/awssso-ended -name crontab)" ] ||
	    fail "the crontab was not kept"
}

# covers: verdict.6
scn_revoke_ends_what_runs()
{
	busy
	at_once awssso revoke alice --end
	status 0
	says 'alice: [0-9]+ processes ended, 0 left, linger off, crontab, 1 at jobs'
	says 'files stay \(home /home/alice\)'
	is_over
	[ -e /home/alice/.ssh/authorized_keys ] || fail "a file is gone"
}

# covers: verdict.6, dir.11
scn_on_disable_ends_sessions_of_nobody_else()
{
	busy
	at_once awssso reap
	status 0
	says 'on_disable = deny'
	pgrep -u alice > /dev/null || fail "somebody was ended by default"
	printf 'on_disable = end-sessions\n' >> "$conf"
	at_once awssso reap
	status 0
	pgrep -u alice > /dev/null || fail "somebody was ended who is not disabled"
	idcsim set user alice disabled
	undo idcsim set user alice enabled
	person awssso sync
	status 0
	at_once awssso reap
	status 0
	says 'alice: [0-9]+ processes ended, 0 left'
	is_over
	pgrep -x sshd > /dev/null || fail "sshd is gone"
}
