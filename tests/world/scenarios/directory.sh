#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The directory in real life: people who come, change and leave while the host
# runs.  The company has twenty people, three groups each, and no sweep comes
# by itself.  Everybody holds each permission set, as one of "Everybody", and
# ReadOnly in person too: more assignments than the shrink guard lets go.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	local example=$TOP/tests/fixtures/example.json

	mkdir -p "$run"
	# p01 to p20, all in "Engineers" and two groups more.
	jq '.users[0] as $one |
	    [range(1; 21) | {n: ("0\(.)" | .[-2:])}] as $all |
	    ($all | map($one + {
		UserId: ($one.UserId[:-2] + .n),
		UserName: "p\(.n)@example.com",
		DisplayName: "Person \(.n)", ExternalIds: []})) as $people |
	    .device = {interval: 1, expires_in: 20} |
	    (.groups | map(select(.DisplayName == "Engineers"))[0]) as $group |
	    .users = $people |
	    .groups = ["Engineers", "Everybody", "Bastion Users"] |
	    .groups |= [range(0; 3) as $i | $group + {
		GroupId: ($group.GroupId[:-2] + "e\($i)"),
		DisplayName: .[$i], ExternalIds: [],
		Members: ($people | map(.UserId))}] |
	    .groups[1].GroupId as $everybody |
	    .permission_sets |= map(.Assignments |= map(
		.PrincipalType = "GROUP" | .PrincipalId = $everybody)) |
	    .host_account as $account |
	    (.permission_sets[] | select(.Name == "ReadOnly") |
		.Assignments) += ($people | map({AccountId: $account,
		PrincipalType: "USER", PrincipalId: .UserId}))' \
	    "$example" > "$run/twenty.json"
	groupadd -f -g 779 builders
	# so that the random while after a start ends in no scenario
	world_setup "$run/twenty.json" "$policy" \
	    '[local_groups]' 'builders = aws-ReadOnly' \
	    '[directory]' 'sweep_interval = 7d'
	awssso limits --write
}

# ids: every name and id that the host knows of, gone people included.
ids()
{
	awssso snapshot dump /var/lib/awssso/public/directory.1 | grep -v '^\(generation\|created\)' | sort
}

known()
{
	getent passwd "$1" > /dev/null
}

# covers: dir.8, dir.1
scn_provisioned_while_the_host_runs()
{
	idcsim add-user frank@example.com 'Frank Example'
	idcsim set member Engineers frank@example.com on
	idcsim set member Everybody frank@example.com on
	# To sshd this connection is a stranger's: the password is asked for.
	person -type x -type x -type x ssh frank@bastion 'echo a shell'
	failed
	silent 'a shell'
	asked StartDeviceAuthorization 0
	within 5 known frank || fail "nobody fetched frank"
	person -approve frank ssh frank@bastion 'echo "a shell: $(id -Gn)"'
	status 0
	says '^a shell: frank .*engineers'
	asked ListUsers 0
}

# covers: dir.1, dir.6, R7
scn_sweeps_and_ids_are_roots_business()
{
	local what

	for what in sync 'ids list'; do
		# shellcheck disable=SC2086 # words
		at_once setpriv --reuid nobody --clear-groups awssso $what
		failed
		says 'Only root may ask this\.'
		silent 'NAME|somebody'
	done
	asked ListUsers 0
}

# ghosts N...: each tries to log in as ghostN from 127.0.0.N, all at once.
ghosts()
{
	local n pids=()

	for n; do
		SSH_ASKPASS=$run/askpass SSH_ASKPASS_REQUIRE=force timeout 20 \
		    ssh -b "127.0.0.$n" -o NumberOfPasswordPrompts=1 \
		    -o PreferredAuthentications=keyboard-interactive \
		    "ghost$n@bastion" true < /dev/null &
		pids+=($!)
	done
	wait "${pids[@]}" || true
}

# assigned_scope LINE: both daemons anew, with this line of [directory] alone
# saying what the scope is ("": none).
assigned_scope()
{
	stop awsssod
	stop netd
	sed -i '/^scope = /d' /etc/awssso/awssso.conf
	[ -z "$1" ] || sed -i "/^\[directory\]/a $1" /etc/awssso/awssso.conf
	start netd
	start awsssod
	within 20 swept
}

# By an assignment alone, in no group of the scope.
# covers: dir.8, dir.1
scn_assigned_while_the_host_runs()
{
	undo assigned_scope ''
	assigned_scope 'scope = assigned'
	# Most are gone from what is read: held, which is status 5.
	timeout 30 awssso sync || [ $? = 5 ] || fail 'no sweep of those assigned'
	idcsim add-user hugo@example.com 'Hugo Example'
	idcsim set set ReadOnly hugo@example.com on
	person -type x -type x -type x ssh hugo@bastion 'echo a shell'
	failed
	within 5 known hugo || fail 'nobody fetched hugo'
	since awsssod.log | grep -q 'hint: hugo: fetched' ||
	    fail 'a sweep brought hugo'
}

# The budgets: a hint a minute from one address, six on the host.  Each costs
# two requests, for the two UserNames that would become the name.
# covers: dir.8, R29
scn_random_names_cost_nothing_after_the_budget()
{
	local n

	printf '#!/bin/sh\necho x\n' > "$run/askpass"
	chmod 755 "$run/askpass"
	# Whoever was asked about before counts no more.
	stop awsssod
	start awsssod
	within 10 swept
	for n in 1 2 3; do
		at_once env SSH_ASKPASS="$run/askpass" \
		    SSH_ASKPASS_REQUIRE=force ssh -o NumberOfPasswordPrompts=1 \
		    -o PreferredAuthentications=keyboard-interactive \
		    "stranger$n@bastion" true
		failed
	done
	sleep 1
	asked GetUserId 2
	ghosts 2 3 4 5 6 7
	ghosts 8 9 10 11 12 13
	sleep 1
	asked GetUserId 12
	asked StartDeviceAuthorization 0
}

# covers: dir.11, dir.5
scn_disabled_is_refused_without_a_sweep()
{
	local before

	before=$(getent passwd p01)
	idcsim set user p01@example.com disabled
	undo idcsim set user p01@example.com enabled
	person -approve p01 ssh p01@bastion 'echo a shell'
	failed
	silent 'a shell'
	audited '.event == "disabled" and .user == "p01"'
	asked ListUsers 0
	[ "$(getent passwd p01)" = "$before" ] ||
	    fail "the entry of a disabled person changed"
}

# covers: dir.11
scn_out_of_the_group_is_refused_without_a_sweep()
{
	idcsim set member Engineers p02@example.com off
	undo idcsim set member Engineers p02@example.com on
	person -approve p02 ssh p02@bastion 'echo a shell'
	failed
	silent 'a shell'
	audited '.event == "policy" and .user == "p02"'
	asked ListUsers 0
	[ -n "$(getent passwd p02)" ] || fail "p02 has no entry any more"
}

# Three people leave a company of twenty, and nine memberships with them:
# more than the guard lets go.  They may not log in all the same.
# covers: dir.5, dir.6, R24
scn_leavers_are_refused_though_the_sweep_is_held()
{
	local before name

	before=$(ids)
	for name in p18 p19 p20; do
		idcsim delete-user "$name@example.com"
	done
	person awssso sync
	says 'held'
	for name in p18 p19 p20; do
		known "$name" || fail "$name is gone though the sweep is held"
		person -approve p03 ssh "$name@bastion" 'echo a shell'
		failed
		silent 'a shell'
		audited ".event == \"absent\" and .user == \"$name\""
	done
	asked StartDeviceAuthorization 0
	awssso status --json | jq -e '.sweep_state | startswith("held")' > /dev/null ||
	    fail "status does not tell that a sweep is held"
	[ "$(ids | grep -c '^user')" = "$(grep -c '^user' <<< "$before")" ] ||
	    fail "a held sweep changed who is there"
	person -approve p03 ssh p03@bastion 'echo a shell'
	status 0
	person awssso sync --accept-shrink
	status 0
	! known p18 || fail "p18 is there though the loss was accepted"
	ids | grep p18 > /dev/null || fail "the id of p18 is not reserved"
	person awssso sync
	status 0
	silent held
}

# everybody: who is there, in which groups; and what the snapshot says.  The
# snapshot is that of the generation in force.
everybody()
{
	local name

	within 5 published
	getent passwd
	getent group
	for name in p01 p04 p20; do
		getent passwd "$name" || true
		id "$name" || true
	done
	getent group engineers aws-ReadOnly aws-AdministratorAccess || true
	ids
}

published()
{
	[ "$(awssso snapshot dump /var/lib/awssso/public/directory.1 |
	    awk '$1 == "generation" { print $2 }')" = \
	    "$(awssso status --json | jq .generation)" ]
}

# nobody_changes FAULT...: neither a sweep with it in force changes anything,
# nor what is left of that sweep when it is over.  One that waits for AWS to
# come back is looked at while it waits.  A fault that nobody met shows nothing.
nobody_changes()
{
	local before=$run/before now=$run/now asked

	everybody > "$before"
	asked=$(requests "$1")
	idcsim fault "$@"
	timeout 2 awssso sync || true
	[ "$(requests "$1")" -gt "$asked" ] || fail "no sweep met $*"
	everybody > "$now"
	diff "$before" "$now" || fail "a sweep with $* changed the directory"
	idcsim fault clear
	timeout 30 awssso sync || fail "the sweep after $* failed"
	everybody > "$now"
	diff "$before" "$now" || fail "the end of a sweep with $* changed it"
}

# trouble FAULT...: at each kind of request that a sweep makes.
trouble()
{
	local request

	undo idcsim fault clear
	for request in ListUsers ListGroups ListGroupMemberships \
	    ListPermissionSetsProvisionedToAccount DescribePermissionSet \
	    ListAccountAssignments; do
		nobody_changes "$request" "$@"
	done
}

# covers: dir.1, dir.5, R11, R24
scn_an_outage_changes_nobody()
{
	trouble status 503
}

# covers: dir.1, dir.5, R11, R24
scn_throttling_changes_nobody()
{
	trouble throttle
}

# covers: dir.1, dir.5, R11, R24
scn_a_closed_connection_changes_nobody()
{
	trouble close
}

# covers: dir.1, dir.5, R11, R24
scn_an_answer_cut_off_changes_nobody()
{
	trouble cut
}

# covers: dir.1, dir.5, R11, R24
scn_garbage_changes_nobody()
{
	trouble malformed
}

# Half of the people on a page that says that there is no other.
# covers: dir.1, dir.5, R11, R24
scn_half_a_directory_changes_nobody()
{
	local list

	undo idcsim fault clear
	for list in ListUsers ListGroupMemberships ListAccountAssignments; do
		idcsim fault "$list" lose-token
		nobody_changes "$list" truncate-page
	done
	person -approve p04 ssh p04@bastion 'echo a shell'
	status 0
}

# Everybody again and again, each time with another NextToken.
# covers: dir.1, dir.5, R24
scn_a_list_without_end_changes_nobody()
{
	local before=$run/before now=$run/now

	undo idcsim fault clear
	everybody > "$before"
	idcsim fault ListUsers endless
	! timeout 30 awssso sync > "$now" 2>&1 || fail 'the sweep came to an end'
	grep -q 'ListUsers: 100 pages in a row brought nothing new' "$now" ||
	    fail "awssso sync says: $(tail -n 1 "$now")"
	everybody > "$now"
	diff "$before" "$now" || fail 'it changed the directory'
}

# Each list, answered whole and without a row.
# covers: dir.1, dir.5, R11, R24
scn_an_emptied_directory_changes_nobody()
{
	local list

	undo idcsim fault clear
	for list in ListUsers ListGroups ListGroupMemberships \
	    ListPermissionSetsProvisionedToAccount ListAccountAssignments; do
		nobody_changes "$list" gone
	done
	for list in ListUsers ListGroups; do
		nobody_changes "$list" error \
		    400/ResourceNotFoundException/USER
	done
	# The instance is asked for once.
	stop netd
	start netd
	nobody_changes ListInstances gone
}
# hostile NAME WHAT: the snapshot is one with NAME changed like that; awsssod
# is away, so that it stays.
hostile()
{
	local public=/var/lib/awssso/public

	rm -f "$public/new"
	cp -p "$run/good.1" "$public/new"
	"$BUILD/world/hostile" "$public/new" "$@"
	mv "$public/new" "$public/directory.1"
	# Whoever looked a second ago looks again.
	sleep 1.1
}

as_it_was()
{
	cp -p "$run/good.1" /var/lib/awssso/public/new
	mv /var/lib/awssso/public/new /var/lib/awssso/public/directory.1
	start awsssod
	within 10 swept
}

# covers: dir.6, R15, R17, R18, R19
scn_a_hostile_snapshot_gives_nobody_anything()
{
	useradd -m -s /bin/bash abc
	undo userdel -r abc
	stop awsssod
	cp -p /var/lib/awssso/public/directory.1 "$run/good.1"
	undo as_it_was
	[ "$(getent passwd p05 | cut -d: -f2)" = '*' ] ||
	    fail 'the password field is not *'

	hostile p05 home=/etc/init
	known p05 && fail 'a home in /etc is shown'
	hostile p05 id=0
	known p05 && fail 'uid 0 is shown'
	[ "$(getent passwd 0 | cut -d: -f1)" = root ] || fail 'uid 0 is not root'
	hostile p05 id=65534
	known p05 && fail 'the id of nobody is shown'
	hostile p05 name=abc
	[ "$(getent passwd abc | cut -d: -f3)" -lt 60000 ] ||
	    fail 'a local account is shadowed'
	[ "$(id -G abc)" = "$(id -g abc)" ] ||
	    fail 'a local account got groups of the directory'
	hostile p05 name=adm
	known adm && fail 'a name of the system is shown'
	hostile p05 gid=0
	known p05 || fail 'p05 is not shown at all'
	id -G p05 | grep -qw 0 && fail 'gid 0 is given'
	hostile p05 gid=27
	id -G p05 | grep -qw 27 && fail 'the gid of sudo is given'
	true
}
