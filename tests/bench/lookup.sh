#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long a lookup takes, called directly as libc calls a module, next to the
# peers that this machine has: libc's own files and, where installed,
# libnss-extrausers, with the same people.  As root the peers are given their
# files in a mount namespace of their own; others see our module alone.  With
# valgrind also instructions for each call, which no other load disturbs.
#   BUILD=build tests/bench/lookup.sh [USERS [GROUPS]]
set -eu
cd "$(dirname "$0")/../.."
build=${BUILD:-build}
users=${1:-10000}
groups=${2:-$users}
[ "$groups" -le 10000 ] || groups=10000
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/public"

cc="${CC:-cc} -std=gnu11 -O2 -D_GNU_SOURCE -I. -fPIC"
objects=$(find "$build/obj/nss_awssso" -name '*.o' ! -name paths.o)
# shellcheck disable=SC2086
{
	$cc -shared -DAW_BENCH_DIR="\"$work\"" -DAW_BENCH_UID="$(id -u)" \
		-Wl,-z,now -Wl,--version-script=nss_awssso/exports.map \
		-o "$work/libnss_awssso.so.2" tests/bench/paths.c $objects \
		"$build/libcommon.a"
	$cc -o "$work/bench_lookup" tests/bench/bench_lookup.c \
		"$build/libcommon.a" -ldl
	$cc -o "$work/make_directory" tests/bench/make_directory.c \
		"$build/libcommon.a"
}
echo "$users users, $groups groups, 10 groups a user"
"$work/make_directory" "$users" "$groups" 10 "$work/public/directory.1" \
	"$work/passwd" "$work/group"

bench="$work/bench_lookup --users $users --groups $groups"
ours="awssso=$work/libnss_awssso.so.2"
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	# shellcheck disable=SC2016
	unshare -m sh -euc '
		bench=$1 ours=$2 work=$3
		mount --bind "$work/passwd" /etc/passwd
		mount --bind "$work/group" /etc/group
		peers="files=libc"
		for dir in /usr/lib/*-linux-gnu /usr/lib64 /usr/lib; do
			if [ -e "$dir/libnss_extrausers.so.2" ]; then
				mkdir -p /var/lib/extrausers
				mount --bind "$work" /var/lib/extrausers
				peers="$peers extrausers=$dir/libnss_extrausers.so.2"
				break
			fi
		done
		exec $bench "$ours" $peers
	' sh "$bench" "$ours" "$work"
else
	echo "not root: no peers"
	$bench "$ours"
fi

command -v valgrind >/dev/null 2>&1 || exit 0
# shellcheck disable=SC2086
count() { # OP CALLS
	valgrind --tool=callgrind --callgrind-out-file=/dev/null \
		$bench --op "$1" --calls "$2" "$ours" 2>&1 |
		sed -n 's/.*Collected : //p'
}
echo "instructions a call, the caller's included:"
for op in pwnam pwnam-miss pwuid pwuid-miss grnam initgroups pwent; do
	few=$(count $op 1000)
	many=$(count $op 3000)
	echo "  $op $(((many - few) / 2000))"
done
