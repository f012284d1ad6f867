#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# crash.sh BUILD: awsssod is killed at what it writes while it takes in a
# changed directory: at each sync, rename and truncation and at writes spread
# over the whole.  What lies in the snapshot's place is then the last
# generation or the new one, whole; the next start brings the new one, and
# nobody's id is another.  The same with a full disk, where nobody is killed.
# In a network namespace of its own; awsssod runs as nobody.
# covers: dir.5, dir.6, R16
# shellcheck disable=SC2317 # called by name
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
B=$(readlink -f "${1:-build}")
if [ -z "${CRASH_INSIDE-}" ]; then
	CRASH_INSIDE=1 exec unshare -n "$0" "$B"
fi
ip link set lo up
POINTS=${POINTS:-8} # of each kind of call, at the most
D=$(mktemp -d) || exit 1
pids=()
asking=
cleanup() {
	kill "${pids[@]}" 2>/dev/null
	[ ! -e "$D/daemon" ] || end
	wait
	rm -rf "$D"
}
trap cleanup EXIT

# within SECONDS COMMAND...: until it succeeds.
within() {
	local until=$((SECONDS + $1))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.02
	done
}

as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

tell() {
	"$B/idcsim" --control "$D/idcsim.sock" "$@" >/dev/null
}

prepare() {
	local store url
	chmod 755 "$D"
	mkdir "$D/run" "$D/base" "$D/now"
	store=$(jq -r .identity_store_id tests/fixtures/example.json)
	url=http://127.0.0.1:8080
	cat >"$D/awssso.conf" <<-END
	[identity-center]
	start_url = $(jq -r .start_url tests/fixtures/example.json)
	region = $(jq -r .region tests/fixtures/example.json)
	identity_store_id = $store
	[access]
	allow_groups = Engineers
	[directory]
	sweep_rate = 1000
	[network]
	endpoint_url_identitystore = $url
	endpoint_url_sso_admin = $url
	endpoint_url_sts = $url
	endpoint_url_imds = $url
	[credentials]
	source = file
	file = $D/keys
	END
	chown -R nobody "$D/run" "$D/base" "$D/now" "$D/awssso.conf"
	"$B/idcsim" serve --fixture tests/fixtures/example.json \
		--plain 127.0.0.1:8080 --control "$D/idcsim.sock" \
		--credentials-file "$D/keys" >"$D/idcsim.log" 2>&1 &
	pids+=($!)
	within 10 tell pending && within 10 test -s "$D/keys" || return 1
	chown nobody "$D/keys"
	"${as_nobody[@]}" "$B/awssso-netd" --foreground --config "$D/awssso.conf" \
		--socket "$D/run/net.sock" >"$D/netd.log" 2>&1 &
	pids+=($!)
	within 10 test -S "$D/run/net.sock"
}

# daemon [STRACE-OPTION...]: awsssod on $D/now, under strace if it has options.
daemon() {
	rm -f "$D/trace"
	local run=("${as_nobody[@]}" "$B/awsssod" --foreground --config "$D/awssso.conf"
		--run-dir "$D/run" --state "$D/now/state.db"
		--public-dir "$D/now/public")
	[ $# = 0 ] || run=(strace -f -qq -o "$D/trace" "$@" "${run[@]}")
	setsid "${run[@]}" >>"$D/awsssod.log" 2>&1 &
	echo $! >"$D/daemon"
}

# sync: the directory is read now, by a daemon that has just been started.
sync() {
	within 5 "$B/awssso" status --run-dir "$D/run" &&
		timeout 20 "$B/awssso" sync --run-dir "$D/run"
} >/dev/null 2>&1

alive() {
	kill -0 "$(cat "$D/daemon")" 2>/dev/null
}
# end: by a signal that nobody can put off; half of this is about just that.
# The worker and who waits for the sweep end too: they would go on in the next
# round's files.
end() {
	local it
	it=$(cat "$D/daemon")
	kill -KILL -- "-$it" 2>/dev/null
	[ -z "$asking" ] || kill "$asking" 2>/dev/null
	wait "$it" $asking 2>/dev/null
	asking=
	within 5 ended_all "$it"
}
ended_all() {
	! pgrep -g "$1"
}

# dump: the snapshot in place, without the time at which it was made; fails
# unless every checksum is right.
dump() {
	"$B/awssso" snapshot dump --verify "$D/now/public/directory.1" |
		grep -v '^created'
}
# shows FILE: that is in place.
shows() {
	dump 2>/dev/null | cmp -s - "$D/$1"
}

from() { # NAME: start from the copy of that name
	rm -rf "$D/now"
	cp -a "$D/$1" "$D/now"
}

change() {
	local users
	users=$(jq -r '.users[].UserName' tests/fixtures/example.json)
	tell add-user zoe@example.com 'Zoe Example'
	tell set member Engineers zoe@example.com on
	tell rename "$(sed -n 2p <<<"$users")" renamed@example.com
	tell set user "$(sed -n 3p <<<"$users")" disabled
	tell delete-user "$(tail -n 1 <<<"$users")"
}

first_generations() {
	install -d -o nobody -m 755 "$D/now/public"
	daemon
	within 20 test -e "$D/now/public/directory.1" || return 1
	end
	dump >"$D/old" || return 1
	rm -rf "$D/base" && cp -a "$D/now" "$D/base"
	change
	daemon
	sync
	within 20 is_new || return 1
	end
	dump >"$D/new"
}
is_new() {
	dump 2>/dev/null | grep -q zoe
}

# calls: how often the daemon or its worker makes each kind of call that
# changes a file, from the start to the new generation: "NAME COUNT" lines.
# Each process is counted by itself, as strace counts for its injections.
calls() {
	from base
	daemon -e trace=pwrite64,write,fsync,fdatasync,ftruncate,rename,renameat,unlink,unlinkat
	sync
	within 20 is_new
	end
	sed -n 's/^\([0-9]*\) *\([a-z0-9_]*\)(.*/\2 \1/p' "$D/trace" | sort |
		uniq -c | awk '$1 > most[$2] { most[$2] = $1 }
			END { for (call in most) print call, most[call] }' | sort
}

# verdict: what lies there is old or new, and a start makes it new.
verdict() {
	shows old || shows new || {
		echo "the snapshot is neither the old one nor the new one"
		return
	}
	daemon
	sync
	within 20 shows new || echo "the new generation never came: $(
		diff "$D/new" <(dump 2>&1) | head -n 3)"
	end
}

killed() {
	grep -q 'killed by SIGKILL' "$D/trace"
}
# ended: it was killed, or the new generation is there before it got that far.
ended() {
	killed || is_new
}

# killed_at CALL N: empty when all is well.  How many calls are made is never
# quite the same twice: who comes to the end without the Nth is in "missed".
killed_at() {
	from base
	daemon -e trace="$1" -e inject="$1:signal=KILL:when=$2"
	sync &
	asking=$!
	within 10 ended || echo "neither killed nor at the end"
	within 1 killed || echo >>"$D/missed"
	end
	verdict
}

crash_points() {
	local call count step n bad
	while read -r call count; do
		step=$(((count + POINTS - 1) / POINTS))
		bad=
		: >"$D/missed"
		for ((n = 1; n <= count; n += step)); do
			bad=$(killed_at "$call" "$n")
			[ -z "$bad" ] || break
		done
		[ $((2 * $(wc -l <"$D/missed"))) -lt $((1 + (count - 1) / step)) ] ||
			bad="${bad:-last one, as} most of the calls were never made"
		expect "killed at $call, $count of them, in steps of ${step}" \
			"${bad:+at the ${n}th: $bad}"
	done <"$D/calls"
}

# full CALL: from its third one on there is no space.  The daemon lives, and
# the last generation is what it was.
full() {
	local bad=
	from base
	daemon -e trace="$1" -e inject="$1:error=ENOSPC:when=3+"
	sync
	within 10 grep -q 'No space left' "$D/trace"
	sleep 1
	alive || bad="awsssod ended"
	shows old || shows new || bad="$bad the snapshot changed"
	"$B/awssso" status --run-dir "$D/run" >/dev/null ||
		bad="$bad no status"
	end
	echo "$bad$(verdict)"
}

if ! prepare || ! first_generations; then
	not_ok "a directory is read" "$(tail -n 5 "$D"/*.log)"
	done_checks
	exit 1
fi
expect "the change is in the new generation only" "$(shows new || echo not)"
calls >"$D/calls"
expect "there is something to be killed at" "$(
	[ "$(wc -l <"$D/calls")" -ge 5 ] || echo "only $(paste -sd, "$D/calls")"
)"
crash_points
for call in pwrite64 write; do
	expect "no space at $call" "$(full $call)"
done
done_checks
