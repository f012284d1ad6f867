#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Bad input: a wrong line, key, option, fixture or answer is an error that says
# where, and what was in force before stays in force.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

conf=/etc/awssso/awssso.conf

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
}

# bad_line TEXT WHAT: TEXT as the last line of the settings is refused, by file,
# line and WHAT, by the check and by both daemons.
bad_line()
{
	local line program

	cp "$conf" "$run/bad.conf"
	printf '%s\n' "$1" >> "$run/bad.conf"
	line=$(wc -l < "$run/bad.conf")
	at_once awssso config --check "$run/bad.conf"
	failed
	says "bad\.conf:$line: .*$2"
	for program in awsssod awssso-netd; do
		at_once "$program" --foreground --config "$run/bad.conf"
		failed
		says "bad\.conf:$line: .*$2"
	done
}

# covers: spine.2, spine.4, spine.5, spine.7, spine.8
scn_bad_lines_name_file_and_line()
{
	bad_line 'colour = blue' colour
	bad_line 'sweep_interval = often' sweep_interval
	bad_line '[dierctory]' dierctory
	bad_line "region = $(printf 'x%.0s' {1..250})" ''
}

daemons_anew()
{
	start netd
	start awsssod
	within 20 swept
}

# without KEY: neither daemon starts, so that nobody is asked and nobody comes in.
without()
{
	cp -p "$conf" "$run/whole.conf"
	sed -i "/^$1 = /d" "$conf"
	mark
	start netd
	start awsssod
	within 10 gone netd
	within 10 gone awsssod
	logged "$1 is not set" awsssod.log
	person -approve alice ssh -o NumberOfPasswordPrompts=1 alice@bastion \
	    'echo a shell'
	cp -p "$run/whole.conf" "$conf"
	failed
	silent 'a shell'
	codes 0
	logged 'pam_awssso\(sshd:auth\): refuse user "alice": unavailable: '
	asked StartDeviceAuthorization 0
}

# Whose tenant this is must be known: no default, and none is found out.
# covers: spine.2, spine.6, R3
scn_nobody_comes_in_without_a_tenant()
{
	local key

	stop awsssod
	stop netd
	undo daemons_anew
	for key in start_url region identity_store_id; do
		without $key
	done
}

# covers: spine.7, spine.8
scn_good_settings_are_good()
{
	at_once awssso config --check
	status 0
	# As shipped all is commented out, so nobody's tenant is in it.
	at_once awssso config --check "$TOP/conf/awssso.conf"
	status 1
	says 'start_url is not set'
	at_once awssso config --dump
	status 0
	says "start_url = $start_url"
}

# covers: spine.6, spine.10, R9, R35
scn_unknown_module_option_lets_nobody_in()
{
	cp /etc/pam.d/common-auth "$run/common-auth"
	undo cp "$run/common-auth" /etc/pam.d/common-auth
	sed -i '/pam_awssso/s/$/ permision_set=X/' /etc/pam.d/common-auth
	person -approve alice ssh alice@bastion 'echo a shell'
	failed
	silent 'a shell'
	codes 0
	logged "unknown option 'permision_set=X'"
	logged 'pam_awssso\(sshd:auth\): refuse user "alice": failed: '
	person ssh root@bastion 'id -un'
	status 0
	says '^root$'
}

# covers: spine.7, R28
scn_a_fixture_with_a_missing_field_is_named()
{
	jq 'del(.users[2].UserId)' "$run/fixture.json" > "$run/bad.json"
	at_once awssso snapshot build "$run/bad.json" "$run/out"
	failed
	says 'users\[2\]\.UserId'
	[ ! -e "$run/out" ] || fail "something was written"
	at_once idcsim serve --fixture "$run/bad.json" --plain 127.0.0.1:8081
	failed
	says 'users\[2\]\.UserId'
}

# bad_sweep FAULT SAYS: with it no sweep counts, and the last one does.
bad_sweep()
{
	local before

	before=$(awssso status --json | jq .generation)
	# shellcheck disable=SC2086 # operation, kind and argument
	idcsim fault $1
	person awssso sync
	idcsim fault clear
	failed
	says "$2"
	[ "$(awssso status --json | jq .generation)" = "$before" ] ||
	    fail "a sweep that failed became a generation"
	at_once id alice
	status 0
}

# covers: spine.4, spine.5, spine.7, spine.9, R24
scn_bad_answers_leave_the_last_good_directory()
{
	bad_sweep 'ListUsers malformed' ListUsers
	bad_sweep 'ListGroups oversized' ListGroups
	bad_sweep 'ListGroupMemberships malformed' ListGroupMemberships
	bad_sweep 'ListUsers close' .
}

# covers: spine.4, spine.5, spine.7
scn_sync_brings_a_new_person()
{
	idcsim add-user frank@example.com
	undo idcsim delete-user frank@example.com
	person awssso sync
	status 0
	sleep 1.1
	within 3 getent passwd frank > /dev/null ||
	    fail "nobody knows frank after the sweep"
	at_once awssso lookup frank
	status 0
	says 'frank@example\.com'
}

# covers: spine.4, spine.7, spine.11
scn_try_needs_no_root()
{
	person -approve alice runuser -u nobody -- awssso try \
	    --start-url "$start_url" --region "$region"
	status 0
	codes 1
	says 'alice@example\.com'
	says "$account"
	mark
	person -approve alice runuser -u nobody -- awssso try \
	    --start-url "${start_url}x" --region "$region"
	failed
	codes 0
}
