#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# "make install" puts exactly what tests/checks/install.list says, with these
# modes, honours the usual variables, and never overwrites a configuration.
# usage: install.sh BUILD
# covers: spine.1, spine.8, R21
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
B=${1:-build}
D=$(mktemp -d) || exit 1
trap 'rm -rf "$D"' EXIT

tree() { (cd "$1" && find . -mindepth 1 \( -type d -printf '%m %p/\n' -o -printf '%m %p\n' \) | LC_ALL=C sort -k2); }
umask 077
make -s install BUILD="$B" DESTDIR="$D/a" prefix=/usr libdir=/usr/lib >"$D/log" 2>&1
expect "make install runs" "$([ -e "$D/a/usr/bin/awssso" ] || tail -5 "$D/log")"
expect "installed files and modes" "$(diff <(grep -v '^#' tests/checks/install.list) <(tree "$D/a") | grep '^[<>]')"
echo changed >"$D/a/etc/awssso/awssso.conf"
make -s install BUILD="$B" DESTDIR="$D/a" prefix=/usr libdir=/usr/lib >"$D/log" 2>&1
expect "a second install keeps the configuration" "$([ "$(cat "$D/a/etc/awssso/awssso.conf")" = changed ] || echo overwritten)"
make -s install BUILD="$B" DESTDIR="$D/b" prefix=/opt/x sysconfdir=/opt/etc pamdir=/opt/pam nssdir=/opt/nss unitdir=/opt/units >"$D/log" 2>&1
for f in opt/pam/pam_awssso.so opt/nss/libnss_awssso.so.2 opt/x/bin/awssso opt/units/awsssod.service opt/etc/awssso/awssso.conf; do
	expect "variables: $f" "$([ -e "$D/b/$f" ] || echo missing)"
done
make -s uninstall DESTDIR="$D/a" prefix=/usr libdir=/usr/lib >"$D/log" 2>&1
expect "make uninstall leaves the configuration only" "$(cd "$D/a" && find . -type f ! -path './etc/awssso/*')"
done_checks
