#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# doors.sh: who gets in, and who must not, while awssso is being installed,
# replaced, damaged or removed.  Sourced by scenarios; needs world_locals.
# shellcheck shell=bash disable=SC2154 # set by lib.sh

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

# trying USER WANT: until told to stop; what came out otherwise is written down.
trying()
{
	until [ -e "$run/stop" ]; do
		[ "$(by_key "$1")" = "$1 $2" ] || echo "$1 not $2"
		echo . >> "$run/tries"
	done >> "$run/otherwise"
}

# watch_doors: from now on somebody tries, again and again.
watch_doors()
{
	local user

	watchers=()
	rm -f "$run/stop" "$run/tries" "$run/otherwise"
	undo touch "$run/stop"
	for user in 'carol out' 'dave out' 'root in' 'ec2-user in'; do
		# shellcheck disable=SC2086 # two words
		trying $user &
		watchers+=($!)
	done
}

tried_enough()
{
	[ "$(wc -l < "$run/tries")" -ge 12 ]
}

# doors_held WHILE: nobody was let in or kept out who must not.
doors_held()
{
	within 30 tried_enough || fail "hardly anybody tried"
	touch "$run/stop"
	wait "${watchers[@]}"
	echo "$(wc -l < "$run/tries") sign-ins while $1" | show
	[ ! -s "$run/otherwise" ] ||
	    fail "$(sort "$run/otherwise" | uniq -c | tr '\n' ' ')"
}
