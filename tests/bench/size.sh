#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a directory of a given size costs: awsssod's memory and the pauses of
# its loop, the time from the last page to a lookup that answers, the file; and
# the disk that idle processes keep taken.  A tenth as many groups as people,
# ten memberships each.
#   BUILD=build tests/bench/size.sh [USERS...]
#   tests/bench/size.sh --plan SWEEPS SIZES    says what bench-directory will do
set -eu
cd "$(dirname "$0")/../.."
build=$(realpath "${BUILD:-build}")

plan()
{
	echo "Sweeps of ${1:-1000 10000 100000} people from a simulated AWS, 20 requests a"
	echo "second (two minutes for 100000), then awsssod alone with ${2:-20000 200000}"
	echo "people (six minutes for 200000). SWEEPS=... and SIZES=... choose others."
}

if [ "${1-}" = --plan ]; then
	plan "$2" "$3"
	exit
fi
# The daemon is nobody's root.
if [ "$(id -u)" = 0 ]; then
	exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$0" "$@"
fi
[ $# -gt 0 ] || set -- 20000 200000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for users; do
	"$build/bench/bench_apply" "$build/awsssod" "$users" \
		$((users / 10)) 10
done
mkdir "$work/public"
"$build/bench/bench_generations" 20000 100 10 "$work/public"
