#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# check.sh: the demo plays as its description says, with the project's fixture
# and with one of names and ids made up a moment ago; and it fails, with the
# denial, when somebody else approves.
# covers: spine.10, spine.11, R1
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
build=$(readlink -f "${BUILD:-build}")
log=$build/check/demo
failed=0
mkdir -p "$log"
umask 022

word()
{
	tr -dc "[:lower:]" < /dev/urandom | head -c "$1"
}

hex()
{
	tr -dc 0-9a-f < /dev/urandom | head -c "$1"
}

digits()
{
	tr -dc 1-9 < /dev/urandom | head -c "$1"
}

uuid()
{
	cat /proc/sys/kernel/random/uuid
}

# random_fixture: three people, one group, one set; nothing like the example.
random_fixture()
{
	local store

	store=$(hex 10)
	domain=$(word 8).test
	person=$(word 6).$(word 5)
	other=$(word 7)
	set_name=$(word 9)-$(digits 2)
	person_id=$store-$(uuid)
	jq -n --arg store "$store" --arg domain "$domain" \
	    --arg person "$person" --arg other "$other" --arg set "$set_name" \
	    --arg id "$person_id" --arg id2 "$store-$(uuid)" \
	    --arg group "$store-$(uuid)" --arg account "$(digits 12)" '{
		region: "eu-north-1",
		identity_store_id: "d-\($store)",
		start_url: "https://d-\($store).awsapps.com/start",
		accounts: [{AccountId: $account, AccountName: "one",
		    EmailAddress: "one@\($domain)"}],
		users: [
		    {UserId: $id2, UserName: "\($other)@\($domain)",
			DisplayName: $other, UserStatus: "ENABLED"},
		    {UserId: $id, UserName: "\($person)@\($domain)",
			DisplayName: $person, UserStatus: "ENABLED"}],
		groups: [{GroupId: $group, DisplayName: "Ops \($other)",
		    Members: [$id, $id2]}],
		permission_sets: [{Name: $set,
		    PermissionSetArn: ("arn:aws:sso:::permissionSet/" +
			"ssoins-\($store[0:10])123456/ps-\($store)123456"),
		    Assignments: [{AccountId: $account,
			PrincipalType: "GROUP", PrincipalId: $group}]}]}'
}

# in_order NAME REGEX...: each is in the transcript, below the one before.
in_order()
{
	local name=$1 at=0 line regex

	shift
	for regex; do
		line=$(tail -n "+$((at + 1))" "$log/$name" |
		    grep -nE -m 1 -e "$regex" | cut -d: -f1)
		if [ -z "$line" ]; then
			echo "not found after line $at: $regex"
			return
		fi
		at=$((at + line))
	done
}

# play NAME WANT-STATUS VARIABLE=VALUE...: then "ok" or "not ok".
play()
{
	local name=$1 want=$2 status=0

	shift 2
	env AUTO=1 BUILD="$build" "$@" "$here/demo.sh" > "$log/$name.raw" \
	    2>&1 < /dev/null || status=$?
	tr -d '\r' < "$log/$name.raw" > "$log/$name"
	verdict "$name: exit status" \
	    "$([ "$status" = "$want" ] || echo "$status, not $want")"
}

verdict()
{
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1: $2"
		failed=1
	fi
}

whole_story()
{
	verdict "$1: all of it, in order" "$(in_order "$1" \
	    'https://.*[A-Z0-9]{4}-[A-Z0-9]{4}' '(█|▀|▄){4}' '^uid=[0-9]+\(' \
	    ':\*:[0-9]+:[0-9]+:' '^uid=0\(root\)' 'sudo: .*account' \
	    'permission set')"
	verdict "$1: its own claims" "$(grep '^not ok' "$log/$1")"
}

play example 0
whole_story example

random_fixture > "$log/random.json"
# random_fixture ran here, so its names are known
play random 0 FIXTURE="$log/random.json" AS="$person_id" SET="$set_name"
whole_story random

play other 1 FIXTURE="$log/random.json" AS="$person" APPROVE_AS="$other" \
    SET="$set_name"
verdict "other: the denial is shown" \
    "$(in_order other 'approved by somebody else')"
verdict "other: nobody got a shell" "$(grep '^uid=' "$log/other")"

# board PORT: what a browser on this machine gets of the world's board.
board()
{
	exec 4<> "/dev/tcp/127.0.0.1/$1" || return
	printf 'GET /board HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&4
	timeout 5 cat <&4
	exec 4>&-
}

# with_a_person: the demo stays up until its input ends, with a board that can
# be reached from outside, and nothing is left when it is over.
with_a_person()
{
	local out=$log/person port='' pid status=0 _

	mkfifo "$log/input"
	env BUILD="$build" "$here/demo.sh" < "$log/input" > "$out" 2>&1 &
	pid=$!
	exec 3> "$log/input"
	for _ in {1..300}; do
		port=$(sed -n 's,.*http://127\.0\.0\.1:\([0-9]*\)/board$,\1,p' \
		    "$out")
		[ -z "$port" ] || break
		sleep 0.1
	done
	verdict "person: the board is named" "$([ -n "$port" ] || tail -n 3 "$out")"
	board "$port" > "$log/board" 2> /dev/null
	verdict "person: the board is there" "$(grep -q alice@example.com \
	    "$log/board" || echo "not at port $port")"
	verdict "person: four things to try" "$(in_order person '^ 1\. ' \
	    '^ 2\. ' '^ 3\. ' '^ 4\. ')"
	exec 3>&-
	wait $pid || status=$?
	verdict "person: the end of input ends it" \
	    "$([ $status = 0 ] || echo "exit status $status")"
	verdict "person: nothing is left" "$(board "$port" 2> /dev/null)"
}

with_a_person
exit $failed
