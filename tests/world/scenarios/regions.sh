#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Identity Center in two regions (regions = FIRST, SECOND): what happens when
# nobody answers in the first.  Its names lead to a relay that can be stopped,
# those of the second to the simulator itself.
# shellcheck shell=bash disable=SC2154,SC2016,SC2317,SC2034 # lib.sh's; overrides

second=eu-west-1

before_all()
{
	world_example 20
	jq --arg second $second '.second_region = $second' "$run/example.json" \
	    > "$run/two.json"
	both_have_names
	doors=(127.0.0.1:8443 127.0.0.2:443)
	first_region
	world_setup "$run/two.json" "$policy"
	world_sudo "$admin_set"
	echo 'alice ALL=(ALL:ALL) ALL' > /etc/sudoers.d/world
	install -d -o alice -g alice /home/alice
	install -d -m 700 -o alice -g alice /home/alice/.ssh
	install -m 600 -o alice -g alice /root/.ssh/id_ed25519.pub \
	    /home/alice/.ssh/authorized_keys
	sed -i "s/^region = .*/regions = $region, $second/" \
	    /etc/awssso/awssso.conf
	anew
}

# both_have_names: those of the second region, and the portal's, at 127.0.0.2.
both_have_names()
{
	eval "$(declare -f aws_hosts | sed '1s/.*/hosts_of_region ()/')"
	eval "$(declare -f world_hosts | sed '1s/.*/hosts_of_world ()/')"
	aws_hosts()
	{
		local region=$region

		hosts_of_region
		region=$second
		hosts_of_region | grep -F "$second"
	}
	world_hosts()
	{
		hosts_of_world
		sed -i "/$second\|$start_host/s/^127.0.0.1/127.0.0.2/" \
		    /etc/hosts
	}
}

first_region()
{
	setsid "$BUILD/world/relay" listen 443 -- \
	    "$BUILD/world/relay" forward 10 8443 2> /dev/null &
	echo $! > "$run/first.pid"
}

# anew: the daemons believe of no region that it is down, and have asked whose
# this host is.
anew()
{
	stop awsssod
	stop netd
	mark
	start netd
	start awsssod
	within 20 swept
	within 20 has idcsim.log GetCallerIdentity
}

# first_region_gone: nobody listens there any more.
first_region_gone()
{
	undo anew
	undo first_region
	kill -- "-$(pid first)"
	within 5 gone first
}

# first_region_hangs: connections are taken, and nothing ever comes.
first_region_hangs()
{
	undo anew
	undo kill -CONT -- "-$(pid first)"
	kill -STOP -- "-$(pid first)"
}

# asked_in REGION OPERATION: it was, and nowhere else.
asked_in()
{
	since idcsim.log | jq -e -s --arg region "$1" --arg operation "$2" '
	    map(select(.operation == $operation)) |
	    length > 0 and all(.host | contains("." + $region + "."))' \
	    > /dev/null || fail "not asked in $1 alone: $2"
}

# signed_in_at REGION: alice came in, and sudo asked what she holds, all there.
signed_in_at()
{
	local operation

	status 0
	says '^root$'
	for operation in RegisterClient StartDeviceAuthorization CreateToken \
	    ListAccountRoles GetRoleCredentials GetCallerIdentity; do
		asked_in "$1" $operation
	done
}

sign_in()
{
	person -approve alice ssh -tt -o PubkeyAuthentication=no alice@bastion \
	    'sudo id -un'
}

# covers: verdict.7, spine.4
scn_the_first_region_while_it_answers()
{
	sign_in
	signed_in_at "$region"
	asked_in "$region" DescribeUser
}

# covers: verdict.7, spine.4
scn_the_second_region_when_the_first_is_gone()
{
	first_region_gone
	mark
	sign_in
	signed_in_at "$second"
	logged "region $region does not answer" netd.log
	# From now on, for everything.
	mark
	sign_in
	status 0
	asked_in "$second" DescribeUser
	at_once awssso sync
	status 0
	asked_in "$second" ListUsers
}

# Who waits at the prompt cannot wait for timeouts.
# covers: verdict.7, spine.4
scn_the_second_region_when_the_first_hangs()
{
	first_region_hangs
	mark
	sign_in
	signed_in_at "$second"
	logged "region $region does not answer" netd.log
}

# A key login goes by the directory that is here meanwhile, and the next one is
# judged live again.
# covers: verdict.7, spine.4
scn_a_key_when_the_first_region_hangs()
{
	first_region_hangs
	mark
	person ssh -o BatchMode=yes alice@bastion 'echo a shell'
	status 0
	says '^a shell'
	within_ms 7000
	# What awsssod waits for no longer goes on until it is known to be in vain.
	within 15 has netd.log "region $region does not answer" ||
	    fail "the first region is not known to be down"
	mark
	person ssh -o BatchMode=yes alice@bastion 'echo a shell'
	status 0
	within 3 has idcsim.log DescribeUser || fail "she was not asked about"
	asked_in "$second" DescribeUser
}

# covers: verdict.7, spine.4
scn_both_regions_gone_says_so()
{
	first_region_gone
	undo kill -CONT "$(pid idcsim)"
	kill -STOP "$(pid idcsim)"
	mark
	person ssh -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 \
	    alice@bastion 'echo a shell'
	failed
	silent 'a shell'
	codes 0
	says 'AWS cannot be reached from this host'
	says 'Local accounts work'
	audited '.event == "network" and .user == "alice"'
}
