#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Whose account is it, when the directory has changed since the last sweep?
# The person's whose immutable id it was given to, whatever anybody is called by
# now.  No sweep comes by itself here; the one that each scenario ends with
# changes nobody's id.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

before_all()
{
	world_example 20
	world_setup "$run/example.json" "$policy"
}

# newcomer USERNAME: somebody who was not there, and may do what alice may.
newcomer()
{
	idcsim add-user "$1"
	undo idcsim delete-user "$1"
	idcsim set member Engineers "$1" on
}

# ids: names and ids, as they were given out.
ids()
{
	awssso ids list --json |
	    jq -c '.[] | select(.name != "") | [.principal_id, .name, .id]' |
	    sort
}

# refused_as PERSON EVENT: the one who approves as PERSON gets no shell there.
refused_as()
{
	mark
	person -approve "$1" ssh "$1@bastion" 'echo a shell'
	failed
	silent 'a shell'
	audited ".event == \"$2\" and .user == \"$1\""
	unlogged "Accepted .* for $1 "
	asked ListUsers 0
}

# gets_in APPROVER PERSON: as the account that PERSON always had.
gets_in()
{
	local before

	before=$(getent passwd "$2")
	mark
	person -approve "$1" ssh "$2@bastion" 'echo "a shell: $(id -u) $HOME"'
	status 0
	says "^a shell: $(cut -d: -f3,6 <<< "$before" | tr : ' ')$"
	asked ListUsers 0
}

# swept_to BEFORE: a sweep takes no name or id from anybody.
swept_to()
{
	person awssso sync
	status 0
	[ -z "$(comm -23 <(cat <<< "$1") <(ids))" ] ||
	    fail "a sweep changed: $(comm -3 <(cat <<< "$1") <(ids))"
}

# covers: verdict.1, R1, R14
scn_re_created_under_the_same_name()
{
	local before

	before=$(ids)
	idcsim delete-user erin@example.com
	newcomer erin@example.com
	refused_as erin absent
	codes 0
	asked StartDeviceAuthorization 0
	swept_to "$before"
}

# The code is approved by the one who has just taken erin's place.
# covers: verdict.1, R1
scn_re_created_while_the_code_is_open()
{
	local before

	newcomer grace@example.com
	at_once awssso sync
	before=$(ids)
	cat > "$run/browser" <<-'END'
	#!/bin/sh
	idcsim delete-user grace@example.com
	idcsim add-user grace@example.com
	idcsim set member Engineers grace@example.com on
	exec idcsim "$@"
	END
	chmod 755 "$run/browser"
	mark
	BROWSER=$run/browser person -approve grace ssh grace@bastion \
	    'echo a shell'
	failed
	silent 'a shell'
	codes 1
	audited '.event == "absent" and .user == "grace"'
	asked ListUsers 0
	swept_to "$before"
}

# Who bears the old name is not bob; bob, called otherwise now, is.
# covers: verdict.1, R1
scn_renamed()
{
	local before

	before=$(ids)
	idcsim rename bob@example.com robert@example.com
	undo idcsim rename robert@example.com bob@example.com
	newcomer bob@example.com
	refused_as bob wrong-approver
	gets_in robert bob
	swept_to "$before"
	refused_as bob wrong-approver
	gets_in robert bob
}

# swap USERNAME: alice gets this name, and its bearer hers.
swap()
{
	idcsim rename alice@example.com between@example.com
	idcsim rename "$1" alice@example.com
	idcsim rename between@example.com "$1"
}

# covers: verdict.1, R1
scn_two_people_swap_names()
{
	local before

	newcomer heidi@example.com
	at_once awssso sync
	before=$(ids)
	swap heidi@example.com
	undo swap heidi@example.com
	refused_as alice wrong-approver
	refused_as heidi wrong-approver
	gets_in heidi alice
	gets_in alice heidi
	swept_to "$before"
	refused_as alice wrong-approver
	gets_in heidi alice
}
