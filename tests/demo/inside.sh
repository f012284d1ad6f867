#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# inside.sh AUTO AS APPROVE_AS SET: the demo, inside its world; see demo.sh.
# shellcheck disable=SC2154 # region, start_url ...: set by setup.sh
set -euo pipefail

auto=$1 as=$2 approver=$3 set_name=$4

# shellcheck source=tests/world/setup.sh
. "$TOP/tests/world/setup.sh"

# Where a person reads, wherever a step's own output goes.
exec 3>&2

die()
{
	echo "demo: $*" >&3
	trap - EXIT
	exit 1
}

heading()
{
	printf '\n=== %s\n' "$*"
}

# user_id NAME: of whom the fixture calls so: by UserName, UserId or the part
# of the UserName before the @, if that is one person only.
user_id()
{
	jq -er --arg name "$1" '
	    [.users[] | select(.UserId == $name or .UserName == $name)] +
	    [.users[] | select(.UserName | split("@")[0] == $name)] |
	    if length == 0 then empty else .[0].UserId end' \
	    "$run/fixture.json"
}

# choose: who and what is played when nobody said.
choose()
{
	[ -n "$as" ] || as=$(fact \
	    '[.users[] | select(.UserStatus != "DISABLED")][0].UserName')
	[ -z "$approver" ] || user_id "$approver" > /dev/null ||
	    die "APPROVE_AS=$approver: the fixture has no such person"
	[ -n "$set_name" ] || set_name=$(fact '.permission_sets[0].Name')
	fact ".permission_sets[] | select(.Name == \"$set_name\") | .Name" \
	    > /dev/null || die "SET=$set_name: no such permission set"
}

# policy: everybody may log in here, as far as one file holds.
policy()
{
	local id

	{
		user_id "$as" || echo "$as"
		jq -r '.users[].UserId' "$run/fixture.json"
	} | awk '!seen[$0]++' | head -n 64 | sed 's/^/allow_users = /'
}

# switch_set on|off: whether the person holds the permission set, by whatever
# assignment.
switch_set()
{
	local principal

	if [ "$1" = on ]; then
		idcsim set set "$set_name" "$id" on --account "$account"
		return
	fi
	jq -r --arg id "$id" --arg set "$set_name" '
	    [.groups[] | select(.Members | index($id)) | .GroupId] + [$id] |
	    .[]' "$run/fixture.json" | while read -r principal; do
		idcsim set set "$set_name" "$principal" off \
		    --account "$account" || true
	done
}

set_up()
{
	local lines=()

	idcsim check "$OUT/fixture.json" 2>&3 || exit 1
	world_fixture "$OUT/fixture.json"
	choose
	mapfile -t lines < <(policy)
	world_setup "$OUT/fixture.json" "${lines[@]}"
	world_sudo "$set_name"
	cat > /etc/sudoers.d/demo <<-END
	Defaults timestamp_timeout=0
	ALL ALL=(ALL:ALL) ALL
	END
}

came_to_nothing()
{
	tail -qn 20 "$OUT/setup.log" "$OUT/idcsim.out" >&3 2> /dev/null || true
	die "the world did not come up; logs are in $OUT"
}

# who: the person's UserId and Linux name, which the host has by now.
who()
{
	local found

	id=$(user_id "$as" || true)
	found=$(awssso lookup --json "${id:-$as}") ||
	    die "AS=$as: this host knows no such person"
	name=$(jq -er .name <<< "$found")
	id=$(jq -er .principal_id <<< "$found")
}

# --- by itself -----------------------------------------------------------------

# claim TEXT COMMAND [ARG...]: said as "ok" or "not ok", and remembered.
claim()
{
	local text=$1

	shift
	if "$@" > /dev/null; then
		echo "ok      $text"
	else
		echo "not ok  $text"
		all_ok=1
	fi
}

# re TEXT: an extended regular expression that matches TEXT alone.
re()
{
	sed 's/[][\.*^$+?(){}|/]/\\&/g' <<< "$1"
}

seen()
{
	grep -qE -e "$1" "$transcript"
}

# lines LOG REGEX: the log's own words.
lines()
{
	heading "$1: $2"
	grep -hE -e "$3" "$OUT/$1" | sed 's/^<[0-9]*>//' || true
}

play()
{
	transcript=$OUT/transcript
	export -f switch_set
	export run account set_name id
	switch_set on > /dev/null
	heading "ssh $name@bastion, approved in the browser as ${approver:-$as}"
	TERM=dumb "$TOP/tests/world/drive.exp" -approve "${approver:-$id}" \
	    -type id -type "getent passwd $name" -type 'sudo id' \
	    -type '!switch_set off' -type 'sudo id' \
	    -type 'awssso why' -type exit -- \
	    ssh "$name@bastion" < /dev/null | tee "$transcript" | tr -d '\r' ||
	    all_ok=1
}

show_logs()
{
	lines syslog 'what sshd, sudo and the module wrote' \
	    ' (sshd|sudo)(\[[0-9]+\])?: '
	heading "idcsim.log: what the simulated AWS was asked"
	jq -r '[.time, .operation // .path, .status, .error, .client,
	    .user_code, .user] | map(select(. != null)) | join("  ")' \
	    "$OUT/idcsim.log" | grep -vE '  (List(Users|Groups|GroupMember)|/latest)'
}

verify()
{
	local uid code who what host

	heading 'do they agree?'
	uid=$(awssso lookup --json "$id" | jq -r .uid)
	code=$(grep -oE '[A-Z0-9]{4}-[A-Z0-9]{4}' "$transcript" | head -n 1)
	who=$(re "$name")
	what=$(re "$set_name")
	host=$(re "$start_host")
	claim "the transcript has a URL of $start_host" \
	    seen "https://$host/.*$code"
	claim "the transcript has a QR code" seen '(█|▀|▄){4}'
	claim "id says uid $uid, as awssso lookup does" \
	    seen "^uid=$uid\($who\)"
	claim "getent passwd says so too" seen "^$who:\*:$uid:$uid:"
	claim "sudo made $name root while $set_name was held" seen '^uid=0\(root\)'
	claim "sudo refused when it was not" \
	    seen 'sudo: .*(account|denied|[Pp]ermission)'
	claim "and the person was told why" seen "permission set $what"
	claim "sshd accepted $name" grep -E \
	    "sshd.*Accepted keyboard-interactive/pam for $who " "$OUT/syslog"
	claim "sudo logged one command" test 1 = "$(grep -cE \
	    "sudo.*$who : TTY=.*COMMAND=" "$OUT/syslog")"
	claim "sudo logged one refusal" grep -E \
	    "sudo.*$who : PAM account management error" "$OUT/syslog"
	claim "AWS saw the same code, $code" grep -F "$code" "$OUT/idcsim.log"
}

automatic()
{
	all_ok=0
	play
	show_logs
	verify
	return $all_ok
}

# --- with a person ---------------------------------------------------------------

welcome()
{
	cat <<-END

	A host called "bastion" is up, with awssso, sshd, sudo and a simulated
	AWS.  The board is its browser and its directory, and you are everybody:

	    $board

	(From another machine: ssh -L $board_port:127.0.0.1:$board_port and this one's name
	first.)  The URL in a sign-in's prompt is one of AWS and leads nowhere
	from outside of this demo: approve on the board.

	Log in from this shell:       ssh $name@bastion
	or from another terminal:     ssh -p $ssh_port $name@127.0.0.1

	Four things to try:
	 1. Log in as $name and approve the code on the board as $name.
	    Then: id; getent passwd $name; sudo id
	 2. Log in again, and approve as somebody else.
	 3. Take $set_name from $name on the board, and sudo
	    again in the session that is open; awssso why tells the reason.
	 4. Disable $name on the board, and log in again.
	Ctrl-D ends it and leaves nothing behind.

	END
}

interactive()
{
	board_port=$("$BUILD/world/relay" port 10)
	ssh_port=$("$BUILD/world/relay" port 11)
	board=http://127.0.0.1:$board_port/board
	"$BUILD/world/relay" forward 10 8080 &
	"$BUILD/world/relay" forward 11 22 &
	switch_set on > /dev/null
	welcome
	# shellcheck disable=SC2016 # for that shell
	echo 'PS1="demo# "; set +m' > /root/.bashrc
	cd /root
	if [ -t 0 ]; then
		bash --rcfile /root/.bashrc -i || true
	else
		bash || true
	fi
}

trap came_to_nothing EXIT
set_up > "$OUT/setup.log" 2>&1
trap - EXIT
who
if [ -n "$auto" ]; then
	automatic
else
	interactive
fi
