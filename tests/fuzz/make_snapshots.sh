#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes the corpus of fuzz_snapshot anew, after a change of the format: small
# directories as "awssso snapshot build" writes them, in the target's form (how
# much it helps, the header without its page's rest, the body).
#   BUILD=build tests/fuzz/make_snapshots.sh
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
out=tests/fuzz/corpus/snapshot
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

user() { # ID NAME STATUS
	printf '{"UserId":"90670000-1111-2222-3333-%012d","UserName":"%s","DisplayName":"%s","UserStatus":"%s"}' \
		"$1" "$2" "Person $1" "$3"
}
group() { # ID NAME MEMBERS
	printf '{"GroupId":"90670000-1111-2222-4444-%012d","DisplayName":"%s","Members":[%s]}' \
		"$1" "$2" "$3"
}
fixture() { # USERS GROUPS
	printf '{"region":"eu-west-1","identity_store_id":"d-9067000000","start_url":"https://d-9067000000.awsapps.com/start","accounts":[],"users":[%s],"groups":[%s],"permission_sets":[]}\n' \
		"$1" "$2"
}
save() { # NAME: the fixture on stdin, in each of the target's modes
	cat >"$work/fixture.json"
	"$build/awssso" snapshot build "$work/fixture.json" "$work/snapshot"
	for mode in 0 1 3; do
		{
			printf "%b" "\\00$mode"
			head -c 192 "$work/snapshot"
			tail -c +4097 "$work/snapshot"
		} >"$out/$1-$mode"
	done
	rm -f "$work/snapshot"
}

rm -f "$out"/*
fixture '' '' | save empty
fixture "$(user 1 alice@example.com ENABLED)" '' | save one
fixture "$(user 1 alice@example.com ENABLED),$(user 2 bob@other.example DISABLED)" \
	"$(group 1 team '"90670000-1111-2222-3333-000000000001","90670000-1111-2222-3333-000000000002"'),$(group 2 crew '')" |
	save two
