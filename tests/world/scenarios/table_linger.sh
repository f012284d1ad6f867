#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# pid 1: systemd
#
# The column "linger" of tests/world/table.tsv: the manager of somebody who
# lingers, started by the real systemd.  The situations are those of the other
# files.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317 # set by lib.sh; overrides

# shellcheck source=tests/world/table.sh
. "$TOP/tests/world/table.sh"
rows=()
for file in directory approval down host; do
	# shellcheck disable=SC1090 # the other files of the table
	. "$TOP/tests/world/scenarios/table_$file.sh"
	mapfile -t -O ${#rows[@]} rows < <(situations \
	    "$TOP/tests/world/scenarios/table_$file.sh")
done
columns=(linger)
# The last one's host can do what any of them needs.
eval "$(declare -f before_all | sed '1s/.*/host_of_all_rows ()/')"

before_all()
{
	local user

	# journald has /dev/log.
	world_network()
	{
		world_hosts
		follow syslog -o short-precise
	}
	rm -f /run/nologin
	host_of_all_rows
	systemctl daemon-reload
	systemctl start dbus.socket systemd-logind
	for user in alice root admin; do
		loginctl enable-linger "$user"
	done
	id -u alice > "$run/alice"
	stop_managers
}

# manager WHO: the unit; what alice had keeps her uid, whoever bears her name.
manager()
{
	case $1 in
	alice) echo "user@$(cat "$run/alice").service" ;;
	*) echo "user@$(id -u "$(account_of "$1")").service" ;;
	esac
}

stop_managers()
{
	local who

	for who in "${everybody[@]}"; do
		systemctl stop "$(manager "$who")"
		systemctl reset-failed "$(manager "$who")" || true
	done
}

begin()
{
	row=${FUNCNAME[1]#scn_}
	row=${row//_/-}
	password=$(cat "$run/password")
	rm -f "$run"/cells.*
}

tries()
{
	local who word

	mark
	undo stop_managers
	for who in "${everybody[@]}"; do
		word=in
		timeout 20 systemctl start "$(manager "$who")" || word=no
		if [ $word = no ]; then
			sleep 0.5
			word=no:$(refusal systemd-user)
		fi
		printf '%s\tlinger\t%s\n' "$row" "$word" \
		    > "$run/cells.$who"
	done
	compare
}

# one NAME: the row of that name.
one()
{
	local status

	set +e
	(
		set -eEuo pipefail
		undos=()
		trap undo_all EXIT
		"scn_$1"
	)
	status=$?
	set -e
	echo "--- $1: $status"
}

# covers: verdict.4
scn_the_table()
{
	local name

	for name in "${rows[@]}"; do
		one "${name//-/_}"
	done
	matrix | show
	[ "$(cut -f1 "$OUT/cells" | sort -u | wc -l)" = ${#rows[@]} ] ||
	    fail "not all rows were played"
	awk -F '\t' '$4 != $5 { exit 1 }' "$OUT/cells" || fail "cells differ"
}
