#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Somebody who had an account of the host before the directory came.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	useradd -m -s /bin/bash -u 1717 alice
	echo 'before the directory' > /home/alice/mine
	chown alice: /home/alice/mine
	world_example 60
	world_setup "$run/example.json" "$policy"
}

# covers: dir.6, dir.7
scn_a_local_account_becomes_one_of_the_directory()
{
	at_once awssso status --skipped
	says '^alice@.*: this host has an account .*awssso ids adopt alice ID'
	at_once awssso ids adopt alice 1718
	status 1
	says 'the account alice of this host has the id 1717'
	at_once awssso ids adopt alice 1717
	status 0
	says '^alice .* has the id 1717 for life, home /home/alice$'
	says 'userdel alice$'
	grep -qx 'uid 1717' /etc/awssso/nss.limits || fail 'no uid 1717'
	userdel alice
	at_once awssso sync
	status 0
	sleep 1.1 # processes look at the snapshot once a second
	at_once getent passwd 1717
	says '^alice:\*:1717:1717:'
	at_once getent group 1717
	says '^alice:\*?:1717:'
	person -approve alice ssh alice@bastion \
	    'echo "$(id -u) $(stat -c %U mine) $(cat mine)"'
	status 0
	says '^1717 alice before the directory$'
	at_once awssso ids list
	says '^alice  *1717 user  *present '
	# What another host has to allow when it takes her in.
	awssso ids export > "$run/ids"
	at_once awssso ids import --limits "$run/limits" "$run/ids"
	status 0
	grep -qx 'uid 1717' "$run/limits" || fail 'import allows no 1717'
}

# covers: dir.6, R16
scn_nothing_that_was_promised_is_lost_with_state_db()
{
	at_once awssso ids rename bob bobby
	status 0
	awssso ids export > "$run/before"
	grep -q '	was	bob$' "$run/before" || fail 'bob is not kept'
	within 10 getent passwd bobby
	stop awsssod
	rm /var/lib/awssso/private/state.db*
	start awsssod
	within 10 awssso ids export
	awssso ids export > "$run/after"
	grep -q '	was	bob$' "$run/after" || fail 'bob is kept no more'
	within 20 eval 'awssso ids export | cmp -s "$run/before"'
	at_once awssso ids rename carol bob
	status 1
	says 'the name bob was that of '
}
