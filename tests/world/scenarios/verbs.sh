#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Who may ask what, on the daemons' own sockets: each type of message from each
# kind of caller, compared with the table tests/world/verbs.tsv.
# shellcheck shell=bash disable=SC2154 # set by lib.sh

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
}

# expected SOCKET COLUMN: "TYPE ANSWER" for each type from 0 to 255.
expected()
{
	awk -F '\t' -v socket="$1" -v column="$2" '
	/^#/ { next }
	$1 == "socket" {
		for (i = 4; i <= NF; i++)
			if ($i == column)
				at = i
		next
	}
	$1 == socket { answer[$2] = $at }
	END {
		if (answer["*"] == "unreachable") {
			print "0 unreachable"
			exit
		}
		for (type = 0; type < 256; type++)
			print type, type in answer ? answer[type] : answer["*"]
	}' "$TOP/tests/world/verbs.tsv"
}

# asks SOCKET COLUMN NAME: a process of the user NAME asks all there is to ask.
asks()
{
	local wrong

	"$BUILD/world/ask" "/run/awssso/$1" "$(id -u "$3")" alice > "$run/answers"
	expected "$1" "$2" > "$run/expected"
	echo "--- $1, $2: $(cut -d' ' -f2 "$run/answers" | sort | uniq -c |
	    tr -s '\n ' ' ')"
	wrong=$(diff "$run/expected" "$run/answers" | grep '^[<>]' |
	    tr '\n' ' ') || true
	[ -z "$wrong" ] || fail "$1, $2 (expected <, came >): $wrong"
}

# all_ask SOCKET: every kind of caller.
all_ask()
{
	asks "$1" root root
	asks "$1" self alice
	asks "$1" other bob
	asks "$1" nobody nobody
	asks "$1" awssso-net awssso-net
	asks "$1" awssso awssso
}

# ledger: who has which id.
ledger()
{
	awssso ids export
}

# covers: verdict.2, spine.5, R7
scn_verbs_of_auth_sock()
{
	all_ask auth.sock
}

# covers: verdict.2, spine.5, R7
scn_verbs_of_ctl_sock()
{
	ledger > "$run/ledger"
	all_ask ctl.sock
	ledger | diff "$run/ledger" - || fail "an id has changed"
}

# covers: verdict.2, spine.4, R7
scn_verbs_of_net_sock()
{
	[ "$(stat -c '%a %U' /run/awssso/net.sock)" = '600 awssso' ] ||
	    fail "net.sock is not awssso's alone"
	all_ask net.sock
}

# covers: verdict.2, spine.10, R7
scn_after_all_those_questions_alice_signs_in()
{
	person -approve alice ssh alice@bastion 'id -un'
	status 0
	says '^alice$'
}
