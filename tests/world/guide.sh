#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# guide.sh: a guide of docs/guides, typed as it stands.  Sourced by scenarios.
#
#   ```sh             typed on the host, by the local account ec2-user
#   ```sh laptop      typed on somebody's own machine
#   ```sh elsewhere   needs what this world does not have: not typed
#   ```sh ... fails   must not succeed
#   ```sh ... waits   goes on during the next block; what it shows: $run/waits
#   ```text           done in a web console, or read
#
# A line "<!-- world: COMMAND -->", which readers do not see, is what happens
# elsewhere meanwhile: in a web console, say; "<!-- then: STATEMENT -->" (lib.sh)
# is what must hold of the block before it.  alice approves each code that is
# shown.
# shellcheck shell=bash disable=SC2154,SC2034 # set by lib.sh, and read there

# blocks GUIDE DIR: one file a block in DIR, named NUMBER.LINE.KIND.
blocks()
{
	awk -v dir="$2" '
	function name(kind) {
		gsub(/[^a-z]+/, "-", kind)
		return sprintf("%s/%03d.%d.%s", dir, ++n, NR, kind)
	}
	file == "" && /^<!-- (world|then): .* -->$/ {
		kind = /^<!-- world/ ? "world" : "then"
		sub(/^<!-- [a-z]*: /, "")
		sub(/ -->$/, "")
		print > name(kind)
		next
	}
	/^```/ {
		if (file == "" && $0 != "```") {
			file = name(substr($0, 4))
			printf "" > file
		} else {
			close(file)
			file = ""
		}
		next
	}
	file != "" { print > file }' "$TOP/docs/guides/$1.md"
}

# typed KIND FILE: leaves the status in $got.
typed()
{
	local who=(runuser -u ec2-user -- env HOME=/home/ec2-user
	    BUILD="$BUILD")

	case $1 in
	*laptop*) who=(env HOME=/root) ;;
	esac
	person -approve alice -timeout 90 "${who[@]}" \
	    bash -c 'cd "$1" && . "$2"' bash "$TOP" "$2"
}

# typed_meanwhile KIND FILE: likewise; finished() waits for it.
typed_meanwhile()
{
	(
		transcript=$run/waits
		typed "$1" "$2"
		exit "$got"
	) &
	waits=$!
}

# finished: what goes on, if anything does, comes to a good end.
finished()
{
	[ -z "$waits" ] || wait "$waits" || fail "ended badly: $(cat "$run/waits")"
	waits=
}

# guide NAME: type docs/guides/NAME.md.
guide()
{
	local dir=$run/guide/$1 file kind line typed=0 left=0 read=0 waits=

	rm -rf "$dir"
	mkdir -p "$dir"
	blocks "$1" "$dir"
	for file in "$dir"/*; do
		kind=${file##*.}
		line=${file%.*}
		line=${line##*.}
		case $kind in
		world) bash -euo pipefail "$file" || fail "$1.md:$line" ;;
		then) eval "$(cat "$file")" ;;
		sh*elsewhere*) left=$((left + 1)) ;;
		sh*)
			typed=$((typed + 1))
			sed -i '1i set -euo pipefail' "$file"
			chmod 644 "$file"
			if [[ $kind = *waits* ]]; then
				typed_meanwhile "$kind" "$file"
				continue
			fi
			typed "$kind" "$file"
			finished
			case $kind in
			*fails*) [ "$got" != 0 ] || fail "$1.md:$line: succeeds" ;;
			*) [ "$got" = 0 ] || fail "$1.md:$line: exit status $got" ;;
			esac
			;;
		*) read=$((read + 1)) ;;
		esac
	done
	echo "$1: $typed of $((typed + left)) blocks of commands typed, $read others" | show
	echo "$typed $left" >> "$run/typed"
}
