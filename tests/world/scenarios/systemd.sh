#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pid 1: systemd
#
# The units as shipped under a real systemd: activated by their sockets, each
# in its sandbox, and a sign-in through them.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 60
	world_fixture "$run/example.json"
	world_hosts
	world_ca
	world_install
	world_simulator
	world_conf "$policy"
	follow syslog -o short-precise
	follow awsssod.log -o cat -u awsssod
	follow netd.log -o cat -u awssso-netd
	# The world has not booted further than needed, logging in is fine.
	rm -f /run/nologin
	systemctl daemon-reload
	systemctl start awsssod-auth.socket awsssod-ctl.socket \
	    awssso-netd.socket
	world_sshd
}

main_pid()
{
	systemctl show -P MainPID "$1"
}

# covers: spine.8, spine.10
scn_sockets_start_the_daemons()
{
	[ "$(systemctl is-active awsssod.service)" != active ] ||
	    fail "awsssod ran before anybody asked"
	[ "$(stat -c '%a' /run/awssso/auth.sock)" = 666 ]
	[ "$(stat -c '%a' /run/awssso/ctl.sock)" = 666 ]
	[ "$(stat -c '%a %U' /run/awssso/net.sock)" = '600 awssso' ]
	at_once awssso status
	status 0
	within 20 swept || fail "no sweep"
	[ "$(systemctl is-active awsssod.service awssso-netd.service |
	    sort -u)" = active ] || fail "not both services are active"
}

# sandboxed UNIT USER: what every process of UNIT must be.
sandboxed()
{
	local pid

	pid=$(main_pid "$1")
	[ "$(ps -o user:32= -p "$pid")" = "$2" ] || fail "$1 is not $2"
	grep -q '^NoNewPrivs:\s1$' "/proc/$pid/status" ||
	    fail "$1 may gain privileges"
	grep -q '^Seccomp:\s2$' "/proc/$pid/status" ||
	    fail "$1 has no system call filter"
	grep -q '^CapEff:\s0*$' "/proc/$pid/status" ||
	    fail "$1 has capabilities: $(grep CapEff "/proc/$pid/status")"
	[ ! -w "/proc/$pid/root/etc/passwd" ] || true
	nsenter -t "$pid" -m -- sh -c '! touch /usr/x 2>/dev/null' ||
	    fail "$1 sees a writable /usr"
}

# covers: spine.8, spine.10
scn_both_run_in_their_sandboxes()
{
	local pid

	sandboxed awsssod.service awssso
	sandboxed awssso-netd.service awssso-net
	pid=$(main_pid awsssod.service)
	[ "$(readlink "/proc/$pid/ns/net")" != "$(readlink /proc/1/ns/net)" ] ||
	    fail "awsssod is in the host's network"
	[ -z "$(nsenter -t "$pid" -n ip -o -4 addr show scope global)" ] ||
	    fail "awsssod has an address"
}

# covers: spine.5, spine.6, spine.8, spine.10, R1
scn_sign_in_through_the_units()
{
	person -approve alice ssh alice@bastion 'echo "a shell: $(id -un)"'
	status 0
	says '^a shell: alice$'
	audited '.event == "allowed" and .user == "alice"'
	mark
	person -approve bob ssh alice@bastion 'echo "a shell: $(id -un)"'
	failed
	silent '^a shell'
	audited '.event == "wrong-approver" and .user == "alice"'
}

# runs_anew UNIT PID: it runs, and not as PID.
runs_anew()
{
	local pid

	pid=$(main_pid "$1")
	[ "$pid" != 0 ] && [ "$pid" != "$2" ]
}

kill_and_wait()
{
	local before

	before=$(main_pid "$1")
	kill -KILL "$before"
	within 10 runs_anew "$1" "$before" || fail "$1 did not come back"
}

# covers: spine.5, spine.8, spine.10
scn_killed_daemons_come_back()
{
	kill_and_wait awssso-netd.service
	kill_and_wait awsssod.service
	within 20 swept
	person -approve alice ssh alice@bastion 'id -un'
	status 0
	says '^alice$'
}

# covers: hour.3
scn_doctor_asks_systemd()
{
	undo systemctl start awssso-netd.socket
	undo systemctl unmask --runtime awsssod-auth.socket
	systemctl enable awssso-netd.socket awsssod.service
	at_once awssso doctor --only units
	status 0
	says '^ok +units +systemd has all 5 of them$'
	systemctl disable awsssod.service
	at_once awssso doctor --only units
	status 0
	says '^warning +units +awsssod-auth\.socket will not be active'
	systemctl stop awssso-netd.socket
	at_once awssso doctor --only units
	status 1
	says '^broken +units +awssso-netd\.socket is not active$'
	says '-> systemctl enable --now awssso-netd\.socket$'
	systemctl mask --runtime awsssod-auth.socket
	at_once awssso doctor --only units
	status 1
	says '^broken +units +awsssod-auth\.socket is masked$'
}
