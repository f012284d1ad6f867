#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# play.sh FILE [NAME...]: play the scenarios of FILE (all, or those named) in a
# world of their own.  Each prints "ok NAME" or "not ok NAME: why"; transcripts
# and logs go to $BUILD/check/FILE/, NAME.log first.
#
# FILE defines before_all, which sets the world up, and functions scn_NAME,
# played in the order in which they are written.  With a line "# pid 1: systemd"
# the world is one of boot.sh.  A scenario leaves the world
# as it found it, even when it fails: what must be put back it registers with
# "undo COMMAND" (lib.sh).
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")

outside()
{
	local build out world=world.sh status

	build=$(readlink -f "${BUILD:-$top/build}")
	out=$build/check/$(basename "$1" .sh)
	[ "$(id -u)" = 0 ] || exec sudo BUILD="$build" "$0" "$@"
	rm -rf "$out"
	! grep -q '^# pid 1: systemd$' "$1" || world=boot.sh
	BUILD=$build "$here/$world" -o "$out" "$here/play.sh" --inside \
	    "$(readlink -f "$1")" "${@:2}" && return
	status=$?
	[ $status != 77 ] ||
	    echo "ok $(basename "$1") # SKIP kernel: no cgroup of our own"
	return $status
}

# play NAME: in a subshell, so that no scenario sees another's variables.
play()
{
	local status

	: > "$OUT/why"
	: > "$OUT/shown"
	mark
	(
		set -eEuo pipefail
		trap 'broke "$LINENO" "$BASH_COMMAND"' ERR
		trap undo_all EXIT
		"scn_$1"
	) > "$OUT/$1.log" 2>&1
	status=$?
	sed 's/^/# /' "$OUT/shown"
	if [ $status = 0 ]; then
		echo "ok $1"
	else
		echo "not ok $1: $(tail -n 1 "$OUT/why")"
	fi
}

inside()
{
	local scenarios=$1 name names status

	shift
	# shellcheck source=tests/world/lib.sh
	. "$here/lib.sh"
	# shellcheck disable=SC1090 # the file of scenarios
	. "$scenarios"
	(
		set -euo pipefail
		before_all
	) > "$OUT/before_all.log" 2>&1
	status=$?
	if [ $status != 0 ]; then
		echo "not ok before_all: $(tail -n 1 "$OUT/before_all.log")"
		return 1
	fi
	world_fixture "$run/fixture.json"
	mapfile -t names < <(sed -n 's/^scn_\([a-z0-9_]*\)()$/\1/p' "$scenarios")
	[ $# -gt 0 ] || set -- "${names[@]}"
	for name; do
		play "$name"
	done
}

if [ "${1-}" = --inside ]; then
	shift
	inside "$@"
elif [ $# -gt 0 ]; then
	outside "$@"
else
	echo "usage: play.sh FILE [NAME...]" >&2
	exit 2
fi
