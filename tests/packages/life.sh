#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# life.sh: what packages must and must not do to a host, for deb.sh and rpm.sh,
# which source it.  A host with root, two local accounts and sshd; awssso comes
# by packages alone.
# shellcheck shell=bash disable=SC2154,SC2034 # set by lib.sh; used by scenarios

# shellcheck source=tests/world/doors.sh
. "$TOP/tests/world/doors.sh"

export DEBIAN_FRONTEND=noninteractive
units=(awssso-netd.service awssso-netd.socket awssso-reap.path
    awssso-reap.service awssso-setup.service awsssod-auth.socket
    awsssod-ctl.socket awsssod.service)
ledger=/var/lib/awssso/private/state.db
conf=/etc/awssso/awssso.conf

# world_host: before any package; the machine outside keeps services of new
# packages from starting, a host does not.
world_host()
{
	world_example 60
	world_fixture "$run/example.json"
	world_hosts
	world_ca
	world_simulator
	follow syslog -o short-precise
	rm -f /run/nologin /usr/sbin/policy-rc.d
	world_sshd
	world_locals
	systemctl daemon-reload
	tree > "$run/before"
	cp -a /etc "$run/etc"
}

# tree: every file where packages may have some, with mode and owner; of what may
# be changed in place also the contents, elsewhere size and time.  Left out is
# what the world itself writes, and what package managers keep for themselves.
tree()
{
	local own

	own='^(/var/log|/var/tmp|/var/lib/dpkg|/var/lib/rpm|/var/lib/systemd/(timers|catalog|coredump|ephemeral-trees|pstore|linger)|/var/cache/debconf|/var/cache/ldconfig/aux-cache|/etc/ld\.so\.cache|/etc/systemd/system/world\.(service|target))($|/)'
	{
		find /bin /boot /etc /lib* /opt /sbin /srv /usr /var \
		    -regextype posix-extended \( -regex "$own" -o \
		    -path "$TOP" -o -path "$BUILD" -o -path "$OUT" \) -prune \
		    -o -path '/etc/*' -printf '%M %u:%g %p %l\n' -o \
		    -path '/var/*' -printf '%M %u:%g %p %l\n' -o \
		    -type d -printf '%M %u:%g %p\n' -o \
		    -printf '%M %u:%g %p %s %T@ %l\n'
		find /etc /var/lib -regextype posix-extended -regex "$own" \
		    -prune -o -type f -exec sha256sum {} +
		find /run -path /run/world -prune -o -name '*awssso*' \
		    -printf '%M %u:%g %p\n'
	} | LC_ALL=C sort
}

# changed FROM: what is otherwise than in FROM.
changed()
{
	{ tree | diff "$1" - || true; } | { grep '^[<>]' || true; }
}

# etc_changed FROM PATH...: lines of files below /etc that differ from FROM.
etc_changed()
{
	local from=$1 path

	shift
	for path; do
		diff -rN "$from/$path" "/etc/$path" | grep '^[<>]' || true
	done
}

# nothing_changed: in what decides who gets in.
nothing_changed()
{
	local found

	found=$(etc_changed "$run/etc" pam.d nsswitch.conf sudoers sudoers.d \
	    ssh shells security)
	[ -z "$found" ] || fail "changed: $found"
}

# unit_states: one line a unit.
unit_states()
{
	local unit

	for unit in "${units[@]}"; do
		printf '%s %s %s\n' "$unit" \
		    "$(systemctl is-enabled "$unit" 2> /dev/null || true)" \
		    "$(systemctl is-active "$unit" || true)"
	done
}

nothing_runs()
{
	local found

	found=$(unit_states | grep -vE ' (disabled|static|indirect|) inactive$' \
	    || true)
	[ -z "$found" ] || fail "not off: $found"
	found=$(systemctl --failed --plain --no-legend | grep awsss || true)
	[ -z "$found" ] || fail "failed: $found"
	[ -z "$(pgrep awsss)" ] || fail "a daemon runs"
}

only_local_accounts()
{
	always_in
	! getent passwd alice carol dave || fail "people have names"
	[ "$(by_key carol)" = "carol out" ] || fail "carol gets in"
}

# ahead FILE TYPES: our lines come first in FILE, as the example for sudo says.
ahead()
{
	sed -E -e "/^($2) /!d" -e "s/permission_set=[^ ]*/$3/" \
	    "$TOP/conf/pam.d/sudo" | cat - "/etc/pam.d/$1" > "$run/ahead"
	cat "$run/ahead" > "/etc/pam.d/$1"
}

# turn_on COMMAND: what the README's steps 4 to 6 say; COMMAND does the PAM
# lines but for sudo's.
turn_on()
{
	world_conf "$policy"
	systemctl enable --now awssso-netd.socket awsssod.service \
	    awssso-reap.path
	within 60 swept
	sed -i -E 's/^(passwd|group):([[:space:]]*files)/\1:\2 awssso/' \
	    /etc/nsswitch.conf
	"$1"
	ahead sudo 'auth|account' "permission_set=$admin_set"
	ahead sudo-i 'auth|account' "permission_set=$admin_set"
	people_have_keys
	never_in
	always_in
	alice_is_in
}

# pids: of the daemons, and of what listens.
pids()
{
	systemctl show -P MainPID awsssod.service awssso-netd.service
}

sockets()
{
	stat -c '%n %i' /run/awssso/*.sock
}

# upgraded COMMAND: COMMAND upgrades what is turned on, and neither opens nor
# closes a door.
upgraded()
{
	local states was listening

	echo '# edited' >> "$conf"
	cp "$conf" "$run/edited"
	/usr/bin/awssso ids export > "$run/ids"
	grep -q alice "$run/ids"
	states=$(unit_states)
	was=$(pids)
	listening=$(sockets)
	watch_doors
	"$1"
	doors_held "packages were upgraded"
	cmp "$conf" "$run/edited" || fail "the configuration was replaced"
	[ "$(unit_states)" = "$states" ] ||
	    fail "units: $states; now: $(unit_states)"
	[ "$(pids)" != "$was" ] || fail "the daemons were not restarted"
	[ "$(sockets)" = "$listening" ] || fail "the sockets are others"
	/usr/bin/awssso ids export | cmp - "$run/ids" ||
	    fail "somebody has another id"
	never_in
	always_in
	alice_is_in
}

# refused LINE COMMAND [ARG...]: COMMAND removes the PAM module, and must not, for
# LINE ("FILE: TEXT") names it, and is not ours.
refused()
{
	local module line=$1

	shift
	module=$(cat "$run/module")
	rm -rf "$run/etc-now"
	cp -a /etc "$run/etc-now"
	at_once "$@"
	failed
	says "^  /etc/pam\.d/$line.*pam_awssso\.so"
	says 'root too'
	[ -f "$module" ] || fail "the module is gone"
	[ -z "$(etc_changed "$run/etc-now" pam.d nsswitch.conf)" ] ||
	    fail "changed: $(etc_changed "$run/etc-now" pam.d nsswitch.conf)"
	always_in
	alice_is_in
}

# removed COMMAND: COMMAND removes all packages from a host that is turned on.
removed()
{
	local found

	/usr/bin/awssso ids export > "$run/ids"
	watch_doors
	"$1"
	doors_held "packages were removed"
	nothing_changed
	only_local_accounts
	found=$(grep -l '^[^#]*awssso' /etc/pam.d/* /etc/nsswitch.conf || true)
	[ -z "$found" ] || fail "still named: $found"
	[ -z "$(pgrep awsss)" ] || fail "a daemon runs"
	[ -s "$ledger" ] || fail "the ledger is gone"
	[ ! -e /run/awssso ] || fail "/run/awssso is left"
}

# installed LIST: packages have been installed, whose files LIST prints; nothing
# else has changed but the users, their folders, and what systemctl keeps.
installed()
{
	local found

	"$1" | sort -u > "$run/files"
	found=$(changed "$run/before" | sed -E 's,^([^/]*)(/[^ ]*).*,\2,' |
	    sed 's,^/lib/,/usr/lib/,' | sort -u |
	    comm -23 - <(sed 's,^/lib/,/usr/lib/,' "$run/files" | sort -u) |
	    grep -vE -e '^/etc/(passwd|group|shadow|gshadow)-?$' \
	    -e '^/(run|var/lib)/awssso(/public|/private)?$' \
	    -e '^/var/lib/systemd/deb-systemd-helper-enabled/' || true)
	[ -z "$found" ] || fail "changed as well: $found"
	[ "$(stat -c '%a %U' /var/lib/awssso/private)" = '700 awssso' ]
}

# as_before: packages have gone for good.  All that is left is the two users.
as_before()
{
	local found file

	found=$(changed "$run/before" |
	    grep -vE ' /etc/(passwd|group|shadow|gshadow)-?$' || true)
	for file in passwd group shadow gshadow; do
		etc_changed "$run/etc" $file | show
	done
	[ -z "$found" ] || fail "left behind: $found"
	found=$(etc_changed "$run/etc" passwd group shadow gshadow |
	    grep -vE '^> awssso(-net)?:' || true)
	[ -z "$found" ] || fail "accounts: $found"
	only_local_accounts
}
