#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh: one directory, served three times: by SCIMMY, by idcsim as AWS's SCIM
# endpoint and as a standard one.  A host reads each with the real daemons and
# "awssso sync", and ends with the same snapshot (names, ids, homes, groups),
# of which libc gives the same answers through the module as it was built.
# Packages go to $BUILD/scim; nothing is written here.  The last line is
# "N passed, N failed".
# covers: dir.2
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/npm.sh
. "$here/../npm.sh"
build=$(readlink -f "${BUILD:-$here/../../build}")
npm=$build/scim
dir=$(mktemp -d)
pids=()
passed=0
failed=0

# shellcheck disable=SC2317 # called by the trap
clean()
{
	stop
	rm -rf "$dir"
}
trap clean EXIT

# stop: end what was started, and wait for it.
stop()
{
	local pid

	for pid in "${pids[@]}"; do
		kill "$pid" 2> /dev/null || true
		wait "$pid" 2> /dev/null || true
	done
	pids=()
}

ok()
{
	echo "ok $1"
	passed=$((passed + 1))
}

not_ok()
{
	echo "not ok $1: $2"
	failed=$((failed + 1))
}

# alone COMMAND...: without anything of this environment.
alone()
{
	env -i PATH="$PATH" LANG=C.UTF-8 HOME="$dir" "$@"
}

# daemon PROGRAM ARGUMENT...: not as root, which the daemons refuse.
daemon()
{
	local who=()

	[ "$(id -u)" != 0 ] ||
	    who=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	exec env -i PATH="$PATH" LANG=C.UTF-8 "${who[@]}" "$dir/$1" "${@:2}"
}

# wait_for FILE: until it has a line, 20 s at the most.
wait_for()
{
	local i

	for ((i = 0; i < 200; i++)); do
		[ ! -s "$1" ] || return 0
		sleep 0.1
	done
	return 1
}

# fixture: 250 people, one group of all, one of none, one of some.
fixture()
{
	# shellcheck disable=SC2016 # JavaScript's own
	node -e '
	const id = (k, n) =>
	  `00000000-0000-4000-8000-${k}${String(n).padStart(11, "0")}`;
	const users = Array.from({ length: 250 }, (_, n) => ({
	  UserId: id("a", n),
	  UserName: `user${n}@example.com`,
	  DisplayName: `User ${n}`,
	  UserStatus: n % 50 === 3 ? "DISABLED" : "ENABLED",
	}));
	const all = users.map((u) => u.UserId);
	const group = (n, name, members) => ({
	  GroupId: id("b", n), DisplayName: name, Members: members,
	});
	console.log(JSON.stringify({
	  region: "us-east-1",
	  identity_store_id: "d-1234567890",
	  start_url: "https://d-1234567890.awsapps.com/start",
	  accounts: [{ AccountId: "111122223333", AccountName: "one",
	    EmailAddress: "a@example.com" }],
	  users,
	  groups: [group(1, "everybody", all), group(2, "Nobody At All", []),
	    group(3, "Platform Team", all.slice(10, 17))],
	  permission_sets: [],
	}));' > "$dir/fixture.json"
}

# libc PUBLIC: what libc says where PUBLIC is /var/lib/awssso/public: everybody
# it lists, and people and groups by name.  In a mount namespace of its own.
libc()
{
	local alone=(unshare -m --propagation private)

	[ "$(id -u)" = 0 ] || alone+=(-r)
	# shellcheck disable=SC2016 # for that shell
	alone "${alone[@]}" bash -c '
	set -e
	umask 022
	mount -t tmpfs -o mode=755 lib /var/lib
	mkdir -p /var/lib/awssso/public
	mount --bind "$2" /var/lib/awssso/public
	export LD_LIBRARY_PATH=$1
	getent -s awssso passwd
	getent -s awssso group
	getent -s awssso passwd user3 user11 user249
	getent -s awssso group everybody platform-team nobody-at-all
	for user in user3 user11 user249; do
		getent -s awssso initgroups "$user"
	done' - "$build" "$1"
}

# host NAME URL TOKEN-FILE: read that endpoint with daemons of its own;
# what came of it is NAME.dump, and NAME.libc.
host()
{
	local name=$1 at=$dir/$1

	mkdir -p "$at/run" "$at/public"
	chmod 755 "$dir" "$at" "$at/run" "$at/public"
	cat > "$at/awssso.conf" <<- EOF
	[identity-center]
	start_url = https://d-1234567890.awsapps.com/start
	region = us-east-1
	identity_store_id = d-1234567890
	account = 111122223333
	[access]
	allow_groups = Platform Team
	[directory]
	source = scim
	scim_url = $2
	scim_token_file = $at/token
	scim_on_login_host = yes
	enumerate = all
	sweep_rate = 1000
	permission_sets = no
	EOF
	install -m 600 "$3" "$at/token"
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$at"
	daemon awssso-netd --foreground --config "$at/awssso.conf" \
	    --socket "$at/run/net.sock" > "$dir/$name.netd" 2>&1 &
	pids+=($!)
	daemon awsssod --foreground --config "$at/awssso.conf" \
	    --run-dir "$at/run" --state "$at/state.db" \
	    --public-dir "$at/public" > "$dir/$name.sod" 2>&1 &
	pids+=($!)
	if ! wait_for "$at/public/directory.1"; then
		not_ok "$name is read" "$(tail -qn 2 "$dir/$name.netd" "$dir/$name.sod" |
		    tr '\n' ' ')"
		return 1
	fi
	# Root's to ask for; to others the first reading is all there is.
	if [ "$(id -u)" = 0 ] && ! alone "$build/awssso" sync \
	    --run-dir "$at/run" > "$dir/$name.sync" 2>&1; then
		not_ok "$name is synced" "$(tail -n 1 "$dir/$name.sync")"
		return 1
	fi
	alone "$build/awssso" snapshot dump "$at/public/directory.1" \
	    > "$at/text" 2>&1
	grep -v -e '^generation' -e '^created' "$at/text" > "$dir/$name.dump"
	libc "$at/public" > "$dir/$name.libc" 2> "$dir/$name.err" ||
	    not_ok "libc of $name answers" "$(tail -n 1 "$dir/$name.err")"
}

# same ONE OTHER: the two hosts know the same.
same()
{
	local kind

	for kind in dump libc; do
		if [ -s "$dir/$1.$kind" ] && diff "$dir/$1.$kind" \
		    "$dir/$2.$kind" > "$dir/diff" 2>&1; then
			ok "$1 and $2 give the same $kind"
		else
			not_ok "$1 and $2 give the same $kind" \
			    "$(head -n 4 "$dir/diff" | tr '\n' ' ')"
		fi
	done
}

# counted NAME WHAT N: N lines WHAT of that host's libc.
counted()
{
	local n

	n=$(grep -cE "$2" "$dir/$1.libc" || true)
	if [ "$n" = "$3" ]; then
		ok "$1: $3 times $2"
	else
		not_ok "$1: $3 times $2" "$n"
	fi
}

main()
{
	local port sim tenant=11111111-2222-4333-8444-555555555555

	if ! npm_get "$here" "$npm"; then
		not_ok "SCIMMY can be installed" "npm failed"
		return
	fi
	fixture
	cp "$build/awsssod" "$build/awssso-netd" "$dir"
	(umask 077 && head -c 24 /dev/urandom | base64 | tr '+/' '-_' \
	    | tr -d '\n' > "$dir/token")
	(cd "$npm" && exec env -i PATH="$PATH" node --no-deprecation server.mjs \
	    "$dir/fixture.json" "$(cat "$dir/token")") > "$dir/port" \
	    2> "$dir/scimmy.log" &
	pids+=($!)
	(exec env -i "$build/idcsim" serve --fixture "$dir/fixture.json" \
	    --plain 127.0.0.1:0 --control "$dir/control" \
	    --scim-token-file "$dir/sim-token" --ready-fd 3 3> "$dir/sim") &
	pids+=($!)
	if ! wait_for "$dir/port" || ! wait_for "$dir/sim"; then
		not_ok "the servers start" "$(head -n 3 "$dir/scimmy.log")"
		return
	fi
	port=$(cat "$dir/port")
	sim=$(sed 's/^plain //' "$dir/sim")
	host scimmy "http://127.0.0.1:$port/scim/v2" "$dir/token" || true
	host aws "http://$sim/$tenant/scim/v2/" "$dir/sim-token" || true
	host standard "http://$sim/standard/scim/v2" "$dir/sim-token" || true
	same scimmy aws
	same scimmy standard
	# Listed once, three of them asked for by name too; members twice.
	counted scimmy '^user[0-9]+:\*:' 253
	counted scimmy '^everybody:\*:[0-9]+:(user[0-9]+,){249}user[0-9]+$' 2
	counted scimmy '^nobody-at-all:\*:[0-9]+:$' 2
	counted scimmy '^platform-team:\*:[0-9]+:(user[0-9]+,){6}user[0-9]+$' 2
	counted scimmy '^user11( +[0-9]+){2}$' 1
}

main
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
