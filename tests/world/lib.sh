#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# lib.sh: what scenarios are written with.  Sourced by play.sh inside a world.
#
# A scenario acts (person, at_once) and then states what must hold (status,
# says, logged, audited, asked ...).  The first statement that does not hold
# ends it with a sentence of its own.  Statements on logs look only at what was
# written since the scenario began, and wait a moment for it.
# shellcheck shell=bash disable=SC2034 # used by the scenarios

# shellcheck source=tests/world/setup.sh
. "$TOP/tests/world/setup.sh"

declare -A marks=()
undos=()
transcript=$OUT/transcript
got=
took_ms=

# --- failing and putting back ------------------------------------------------

# fail WHY...: the scenario ends here.
fail()
{
	echo "$*" >> "$OUT/why"
	trap - ERR
	exit 1
}

broke()
{
	[ -s "$OUT/why" ] || echo "line $1: $2" >> "$OUT/why"
}

# undo COMMAND [ARG...]: to be run when the scenario ends, last one first.
undo()
{
	undos=("$(printf '%q ' "$@")" "${undos[@]}")
}

undo_all()
{
	local command

	trap - ERR
	for command in "${undos[@]}"; do
		eval "$command" || echo "undo failed: $command"
	done
}

# mark: the logs as they are now are the past.
mark()
{
	local log

	for log in syslog awsssod.log netd.log idcsim.log; do
		touch "$OUT/$log"
		marks[$log]=$(stat -c %s "$OUT/$log")
	done
}

# since LOG: what was written since the mark.
since()
{
	tail -c "+$((${marks[$1]} + 1))" "$OUT/$1"
}

# --- acting -------------------------------------------------------------------

# person [OPTION...] COMMAND [ARG...]: somebody at a terminal, see drive.exp.
# Leaves the exit status in $got, what was on the terminal in $transcript, and
# how long it took in $took_ms.
person()
{
	local began=${EPOCHREALTIME/[.,]/}

	got=0
	TERM=dumb "$TOP/tests/world/drive.exp" "$@" < /dev/null \
	    > "$transcript" 2>&1 || got=$?
	took_ms=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
	tr -d '\r' < "$transcript" > "$transcript.lines"
	mv "$transcript.lines" "$transcript"
	echo "--- $*"
	cat "$transcript"
	echo "--- exit status $got, $took_ms ms"
}

# at_once COMMAND [ARG...]: without a terminal, in less than ten seconds: far more than
# anything here needs, on a machine that is busy with something else.
at_once()
{
	got=0
	timeout 10 "$@" < /dev/null > "$transcript" 2>&1 || got=$?
	echo "--- $*"
	cat "$transcript"
	echo "--- exit status $got"
	[ "$got" != 124 ] || fail "took longer than ten seconds: $*"
}

# show: what comes in is printed, behind "# ", when the scenario has ended.
show()
{
	tee -a "$OUT/shown"
}

# --- stating ------------------------------------------------------------------

status()
{
	[ "$got" = "$1" ] || fail "exit status $got, not $1"
}

failed()
{
	[ "$got" != 0 ] || fail "exit status 0: it was let in"
}

# within_ms N: what the person did took no longer.
within_ms()
{
	[ "$took_ms" -le "$1" ] || fail "took $took_ms ms, not $1"
}

says()
{
	grep -qE -e "$1" "$transcript" || fail "the terminal lacks: $1"
}

silent()
{
	! grep -qE -e "$1" "$transcript" || fail "the terminal has: $1"
}

# has LOG REGEX: a line written since the mark.
has()
{
	since "$1" | grep -E -e "$2" > /dev/null
}

logged()
{
	within 3 has "${2:-syslog}" "$1" || fail "${2:-syslog} lacks: $1"
}

unlogged()
{
	! has "${2:-syslog}" "$1" || fail "${2:-syslog} has: $1"
}

# audit FILTER: an audit line for which the jq filter is true.
has_audit()
{
	since awsssod.log | sed -n 's/^\(<[0-9]>\)\?[^{]*\({.*}\)$/\2/p' |
	    jq -e -s "map(select($1)) | length > 0" > /dev/null
}

audited()
{
	within 3 has_audit "$1" || fail "no audit line with: $1"
}

# codes N: the terminal showed N different user codes.
codes()
{
	local n

	n=$({ grep -oE '\b[A-Z0-9]{4}-[A-Z0-9]{4}\b' "$transcript" || true; } |
	    sort -u | wc -l)
	[ "$n" = "$1" ] || fail "$n codes were shown, not $1"
}

# requests OPERATION: how many the simulator has seen since the mark.
requests()
{
	since idcsim.log | jq -s "map(select(.operation == \"$1\")) | length"
}

asked()
{
	[ "$(requests "$1")" = "$2" ] ||
	    fail "$(requests "$1") requests $1, not $2"
}
