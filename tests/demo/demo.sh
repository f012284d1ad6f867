#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# "make demo": a host with awssso, real sshd and sudo, and a simulated AWS, in
# a private world that is gone afterwards.  Nothing of the machine is changed
# but the packages that are missing (deps.sh says which).
#
# Settings, all by environment:
#   AUTO=1        play it without a person and check what is seen; the exit
#                 status says whether all of it held
#   FIXTURE=FILE  people, groups and permission sets (tests/fixtures/README)
#   AS=NAME       who signs in: UserName, UserId or Linux name
#   APPROVE_AS=N  who approves in the browser instead
#   SET=NAME      the permission set that sudo asks for
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")

outside()
{
	local build=${BUILD:-build} fixture=${FIXTURE:-tests/fixtures/example.json}
	local make=${MAKE:-make} out enter=()

	cd "$top"
	tests/deps.sh build demo
	"$make" -s --no-print-directory BUILD="$build" all world
	build=$(readlink -f "$build")
	out=$build/demo
	mkdir -p "$out"
	rm -rf "${out:?}"/*
	if ! cp "$fixture" "$out/fixture.json"; then
		echo "demo: $fixture: cannot be read" >&2
		return 1
	fi
	[ -n "${AUTO-}" ] || enter=("$build/world/relay" listen 0 0 --)
	enter+=("$top/tests/world/world.sh" -o "$out" "$here/inside.sh"
	    "${AUTO-}" "${AS-}" "${APPROVE_AS-}" "${SET-}")
	[ "$(id -u)" = 0 ] || enter=(sudo "BUILD=$build" "${enter[@]}")
	BUILD=$build exec "${enter[@]}"
}

outside
