#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Static checks that need no root: a clang build without a warning, cppcheck, checks
# of shell scripts, systemd's own checks of our units, the format.
# covers: spine.1, spine.8
# shellcheck disable=SC2046 # lists of our own files, without blanks
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
B=${BUILD:-build}
mkdir -p "$B/check"

make -s -j2 BUILD="$B/clang" CC=clang WERROR=1 all units >"$B/check/clang.log" 2>&1
expect "clang builds it without a warning" "$([ $? -eq 0 ] || grep -E 'error|warning' "$B/check/clang.log" | head -5)"
make -s BUILD="$B/noqr" QR=no "$B/noqr/awsssod" >"$B/check/noqr.log" 2>&1
expect "it builds without libqrencode (QR=no)" "$([ -x "$B/noqr/awsssod" ] && ! ldd "$B/noqr/awsssod" | grep qrencode || tail -3 "$B/check/noqr.log")"
# It does not know the cleanup attribute: leaks are the sanitizers' part.
expect "cppcheck" "$(cppcheck -q --std=c11 --enable=warning,performance,portability --inline-suppr \
	--suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches --error-exitcode=0 -I. -D_GNU_SOURCE \
	--suppress=memleak --suppress=resourceLeak \
	--include=tests/checks/cppcheck.h -j2 common nss_awssso pam_awssso awsssod awssso_netd awssso tests/idcsim 2>&1 | head -20)"
expect "shellcheck" "$(shellcheck -S warning -x $(git ls-files '*.sh' .ci/run conf/unhook 'debian/*.p*') 2>&1 | head -30)"
if command -v systemd-analyze >/dev/null; then
	U=$(mktemp -d)
	for f in conf/systemd/*; do
		sed -e 's,/usr/s*bin/awssso[a-z-]*,/bin/true,' "$f" >"$U/$(basename "$f")"
	done
	expect "systemd-analyze verify" "$(systemd-analyze verify --man=no "$U"/* 2>&1 | grep -F "$U" | head)"
	for f in "$U"/*.service; do
		expect "exposure of $(basename "$f")" "$(systemd-analyze security --no-pager --offline=true --threshold=20 "$f" >"$U/out" 2>&1 || tail -1 "$U/out")"
	done
	rm -rf "$U"
fi
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	expect "clang-format has nothing to change (make format)" "$(clang-format --dry-run $(git ls-files '*.c' '*.h') 2>&1 | grep -o '^[^:]*' | sort | uniq -c | sort -rn | grep '\.[ch]$' | head)"
fi
done_checks
