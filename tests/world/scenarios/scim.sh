#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# A host whose people come through SCIM, from AWS's endpoint, and who sign in
# there all the same: what the token may, what is asked live, what is shown.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

conf=/etc/awssso/awssso.conf
tenant=11111111-2222-4333-8444-555555555555

# scim_conf [LINE...]: LINEs are [directory]'s too.
scim_conf()
{
	world_conf "$policy"
	printf '%s\n' 'source = scim' 'enumerate = all' \
	    "scim_url = http://127.0.0.1:8080/$tenant/scim/v2/" \
	    'scim_token_file = /etc/awssso/scim-token' "$@" >> "$conf"
}

before_all()
{
	world_example 60
	world_fixture "$run/example.json"
	world_network
	world_ca
	world_install
	world_simulator --scim-token-file "$run/scim-token"
	install -m 600 -o awssso-net "$run/scim-token" /etc/awssso/scim-token
	world_sshd
	scim_conf 'scim_on_login_host = yes'
	start netd
	start awsssod
	within 20 swept
}

again()
{
	stop awsssod
	stop netd
	start netd
	start awsssod
	within 10 test -S /run/awssso/ctl.sock
}

# covers: dir.2, dir.11
scn_people_of_scim_sign_in()
{
	person -approve alice ssh alice@bastion 'echo "a shell: $(id -Gn)"'
	status 0
	says "^a shell: alice .*$group"
	[ "$(requests ScimGetUser)" -gt 0 ] || fail 'alice was not asked for'
	asked ListUsers 0
	asked DescribeUser 0
	person -approve alice ssh erin@bastion 'echo a shell'
	failed
	silent 'a shell'
}

# covers: dir.2, dir.11
scn_disabled_is_refused_without_a_sweep()
{
	idcsim set user bob@example.com disabled
	undo idcsim set user bob@example.com enabled
	person -approve bob ssh bob@bastion 'echo a shell'
	failed
	silent 'a shell'
	audited '.event == "disabled" and .user == "bob"'
	asked ScimListUsers 0
	[ -n "$(getent passwd bob)" ] || fail 'bob has no entry any more'
}

# waited: status names what the sweep waits for.
waited()
{
	awssso status | grep -q 'SCIM Users: status 429.*again in'
}

# covers: dir.2
scn_throttling_is_shown_and_waited_out()
{
	local sync

	undo idcsim fault clear
	idcsim fault ScimListUsers throttle
	awssso sync > "$run/sync" 2>&1 &
	sync=$!
	within 10 waited || fail 'status does not tell what the sweep waits for'
	idcsim fault clear
	wait "$sync" || fail 'the sweep did not go on'
	! waited || fail 'status tells of a wait that is over'
}

# covers: dir.2
scn_the_token_is_refused_where_people_sign_in()
{
	undo again
	undo scim_conf 'scim_on_login_host = yes'
	scim_conf
	again
	person awssso sync
	failed
	says 'scim_on_login_host'
	asked ScimListUsers 0
}

# covers: dir.2
scn_a_scope_is_an_error()
{
	undo scim_conf 'scim_on_login_host = yes'
	scim_conf 'scim_on_login_host = yes' 'scope = Engineers'
	at_once awssso config --check
	failed
	says "awssso.conf:$(wc -l < "$conf"): scope: needs source = identity-store"
}
