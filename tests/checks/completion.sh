#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Bash completes what awssso takes: every command, every option of each, as the
# program's tables have them, and behind an option or in an operand's place
# people, groups, services or files.
# usage: completion.sh BUILD
# covers: hour.6
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
. conf/completion/awssso
B=$(readlink -f "${1:-build}")
D=$(mktemp -d) || exit 1
trap 'rm -rf "$D"' EXIT
"$B/man/tables" >"$D/tables" || exit 1
mkdir "$D/files" "$D/files/a folder"
touch "$D/files/export.txt"

getent() {
	case $* in
	'-s awssso passwd') printf 'alice:*:1879048192:1879048192:Alice A.:/home/alice:/bin/bash\nalbert:*:1:1::/:/\nbob:*:2:2::/:/\n' ;;
	'-s awssso group') printf 'platform-team:*:3:alice\naws-Login:*:4:\n' ;;
	*) return 1 ;;
	esac
}

# complete_line WORD...: what there is for the last word, sorted, as bash would
# call it (the words are already split at '=').
complete_line() {
	COMP_WORDS=("$B/awssso" "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	(
		cd "$D/files" || exit
		_awssso "$B/awssso" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}" 2>&1
		printf '%s\n' "${COMPREPLY[@]}" | grep . | LC_ALL=C sort
	)
}
# gives NAME WANT WORD...: the words of WANT, sorted.
gives() {
	local name=$1 want=$2
	shift 2
	expect "$name" "$(diff <(complete_line "$@") <(tr ' ' '\n' <<<"$want" | grep .))"
}
rows() { awk -F'\t' -v kind="$1" '$1 == kind' "$D/tables" | cut -f2-; }
sorted() { LC_ALL=C sort -u | tr '\n' ' '; }

expect "bash is told" "$([ "$(complete -p awssso)" = 'complete -F _awssso awssso' ] || complete -p awssso)"
gives "every command" "$({
	rows command | cut -f1 | cut -d' ' -f1
	printf '%s\n' --help --version
} | sorted)" ''
for first in $(rows command | cut -f1 | grep ' ' | cut -d' ' -f1 | sort -u); do
	gives "every command of $first" "$(rows command | cut -f1 | sed -n "s/^$first //p" | sorted)" "$first" ''
done
while IFS=$'\t' read -r name _; do
	# shellcheck disable=SC2086 # one word or two
	gives "every option of $name" "$({
		rows option | awk -F'\t' -v name="$name" '$1 == name { print $2 }'
		echo --help
	} | sorted)" $name --
done < <(rows command)
gives "one that begins so" "status" sta
gives "nothing for what is no command" "" fly ''
gives "people" "albert alice bob" revoke ''
gives "people that begin so" "albert alice" why al
gives "people behind options" "albert alice" revoke --end --run-dir /run al
gives "people and groups" "albert alice aws-Login" lookup a
gives "people before a service" "alice" explain ali
expect "services behind people" "$(complete_line explain alice su | grep -qx su || complete_line explain alice su)"
gives "no id" "" ids adopt alice ''
gives "files behind an option" "export.txt" lookup --snapshot ex
gives "files behind an option and =" "export.txt" lookup --snapshot = ex
gives "files in an operand's place" "export.txt" ids import --theirs ex
expect "folders, with blanks" "$([ "$(complete_line login --run-dir '')" = 'a folder' ] || complete_line login --run-dir '')"
gives "nothing behind a value that nobody can list" "" doctor --hosts ''
gives "nothing behind the last operand" "" revoke alice ''
done_checks
