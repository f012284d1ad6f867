#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Groups: permission sets as groups, and groups of the host with members from
# the directory.  alice, bob and erin are Engineers, who hold ReadOnly and Login
# here; alice alone is an Operator and holds AdministratorAccess.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 60
	grep -q '^docker:' /etc/group || groupadd -g 778 docker
	world_setup "$run/example.json" "$policy" '[local_groups]' \
	    'docker = Operators, i_know_this_is_root = yes'
	world_sudo ReadOnly
}

# sync: and libc has what came of it.
sync()
{
	person awssso sync
	status 0
	sleep 2.2
}

# groups_of PERSON: in a new login.
groups_of()
{
	person -approve "$1" ssh "$1@bastion" 'id -nG'
	status 0
}

# covers: dir.3, R4
scn_permission_sets_are_groups()
{
	at_once getent group aws-ReadOnly
	status 0
	says '^aws-ReadOnly:\*:[0-9]+:.*\balice\b'
	says ':.*\bbob\b'
	silent '\bdave\b'
	at_once getent group aws-AdministratorAccess
	says ':alice$'
	at_once awssso lookup aws-ReadOnly
	says 'the last sweep'
	at_once awssso status
	says 'sets .*assignments, by the last sweep'
	groups_of bob
	says '\baws-ReadOnly\b'
	silent 'aws-AdministratorAccess'
}

# covers: dir.3
scn_sudo_by_a_set_that_a_group_holds()
{
	echo '%aws-ReadOnly ALL=(ALL:ALL) ALL' > /etc/sudoers.d/world
	undo rm -f /etc/sudoers.d/world
	person -approve bob ssh -tt bob@bastion 'sudo id -un'
	status 0
	says '^root$'
	echo '%aws-AdministratorAccess ALL=(ALL:ALL) ALL' \
	    > /etc/sudoers.d/world
	person -approve bob ssh -tt bob@bastion 'sudo id -un'
	failed
	silent '^root$'
}

# covers: dir.9, R17, R23
scn_a_group_of_the_host()
{
	cp /etc/group "$run/group"
	# Not before root has written it down.
	groups_of alice
	silent '\bdocker\b'
	at_once awssso limits --check
	status 1
	at_once awssso limits --write
	status 0
	undo rm -f /etc/awssso/nss.limits
	at_once awssso limits --check
	status 0
	sleep 1.1
	groups_of alice
	says '\bdocker\b'
	groups_of bob
	silent '\bdocker\b'
	# Gone after removal.
	idcsim set member Operators alice off
	undo idcsim set member Operators alice on
	sync
	groups_of alice
	silent '\bdocker\b'
	cmp /etc/group "$run/group"
}

# Where assignments cannot be read.
# covers: dir.3, dir.11
scn_own_sets_are_learned_at_a_sign_in()
{
	idcsim fault ListPermissionSetsProvisionedToAccount deny
	undo sync
	undo idcsim fault clear
	sync
	at_once getent group aws-ReadOnly
	silent '\balice\b'
	person -approve alice ssh alice@bastion \
	    'id -nG; getent group aws-ReadOnly; awssso lookup aws-ReadOnly'
	status 0
	# The very session that they were learned in has them.
	says '\bengineers\b.*\baws-ReadOnly\b|\baws-ReadOnly\b.*\bengineers\b'
	says '^aws-ReadOnly:.*:alice$'
	says "people's own sign-ins"
	sleep 3
	at_once getent group aws-ReadOnly
	silent '\balice\b'
}
