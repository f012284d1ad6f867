# SPDX-License-Identifier: Apache-2.0
# Sourced by the checks: counting, and the one way to say ok or not ok.
# shellcheck shell=bash
passed=0
failed=0

ok() {
	passed=$((passed + 1))
	echo "ok $1"
}

not_ok() {
	failed=$((failed + 1))
	echo "not ok $1"
	[ -z "${2-}" ] || echo "$2" | sed 's/^/  # /'
}

# expect NAME TEXT: ok when TEXT is empty, else TEXT is what is wrong.
expect() {
	if [ -z "$2" ]; then ok "$1"; else not_ok "$1" "$2"; fi
}

done_checks() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
