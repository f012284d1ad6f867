#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# table.sh: what plays table.tsv, sourced by the files of scenarios that do.  A
# row is a scenario of its situation's name:
#
#	begin			as ever: alice has a session, jobs are waiting
#	...			makes the situation, and registers its undo
#	tries			every way in, for everybody, against the table
#
# The last scenario of each file is scn_the_table, which calls table_ends.
# $first is what alice's session does before anything has happened, $browser
# what her browser does with each code from then on (drive.exp).  Cells go to
# $OUT/cells.
# shellcheck shell=bash disable=SC2154,SC2034 # set by lib.sh; used by rows

table=$TOP/tests/world/table.tsv
columns=(kbdint key sudo su su0 login cron at) # linger: table_linger.sh
everybody=(alice root local)
jobs=/tmp/table
keys=/etc/ssh/keys
shell=/usr/local/bin/shell
browser=(-approve alice)
first=

# --- the host ----------------------------------------------------------------

# table_fixture: alice and some who only fill the directory.
table_fixture()
{
	world_example 60
	jq '.users += [range(1; 8) as $n | .users[0] + {
		UserId: (.users[0].UserId[:-4] + "f00\($n)"),
		UserName: "p\($n)@example.com", ExternalIds: []}]' \
	    "$run/example.json" > "$run/many.json"
	world_fixture "$run/many.json"
}

# table_host: what world_setup has not done.
table_host()
{
	local user

	world_locals
	world_sudo "$admin_set"
	cat > /etc/sudoers.d/world <<-END
	Defaults timestamp_timeout=0
	alice ALL=(ALL:ALL) ALL
	END
	# shellcheck disable=SC2016 # for that shell
	install -D -m 644 -o alice <(
		echo 'echo "console of $(id -un)"; exit'
	    ) /home/alice/.bash_profile
	chown alice: /home/alice
	install -d -m 755 "$keys"
	for user in alice root admin ec2-user; do
		cp /root/.ssh/id_ed25519.pub "$keys/$user"
	done
	# Who is refused by login is gone at once.
	sed -i 's/^LOGIN_RETRIES.*/LOGIN_RETRIES 1/' /etc/login.defs
	sed -i 's/delay=3000000/delay=0/' /etc/pam.d/login
	install -d -m 1777 "$jobs"
	for user in alice root admin; do
		echo "@reboot echo in > $jobs/cron.$user" | crontab -u "$user" -
	done
}

conf()
{
	world_conf "$policy" "$@" '[names]' "shell = $shell"
}

# table_before: the host of every row.
table_before()
{
	table_fixture
	cat > /etc/ssh/sshd_config.d/table.conf <<-END
	PermitRootLogin yes
	AuthorizedKeysFile $keys/%u
	END
	cp /bin/bash "$shell"
	world_setup "$run/many.json" "$policy" '[names]' "shell = $shell"
	table_host
}

# --- making situations -------------------------------------------------------

awsssod_anew()
{
	stop awsssod
	start awsssod
	within 10 swept
}

# configured LINE...: for this row, with a daemon that has read it.
configured()
{
	undo awsssod_anew
	undo conf
	conf "$@"
	awsssod_anew
}

# aws_anew: the simulator as it was at first, and a sweep of it.
aws_anew()
{
	kill "$(pid idcsim)"
	within 10 gone idcsim
	world_simulator
	awssso sync
}

aws_differs()
{
	undo aws_anew
}

# codes_always: sudo asks for a code although the session is young.
codes_always()
{
	undo world_sudo "$admin_set"
	sed -i '/^auth .*pam_awssso/s/$/ reauth=always/' /etc/pam.d/sudo
}

# --- trying ------------------------------------------------------------------

# account_of WHO
account_of()
{
	[ "$1" = local ] && echo admin || echo "$1"
}

let_in()
{
	grep -qE "^(console of )?$1\$" "$transcript"
}

# refusal SERVICE: the word for it, from the audit log or from the module's.
refusal()
{
	local word

	word=$(since awsssod.log | sed -n 's/^\(<[0-9]>\)\?[^{]*\({.*}\)$/\2/p' |
	    jq -r "select(.user == \"alice\" and .service == \"$1\" and
		(.verdict // \"allowed\") != \"allowed\") | .event" | tail -n 1)
	[ -n "$word" ] || word=$(since syslog | sed -nE \
	    "s/.*pam_awssso\($1:[a-z]*\): refuse user \"alice\": ([^:]*):.*/\1/p" |
	    tail -n 1)
	echo "${word:-host}"
}

# cell COLUMN SERVICE CODES: of what was just tried for alice; it showed CODES
# codes without being asked for more.
cell()
{
	local shown word=in

	shown=$({ grep -oE '\b[A-Z0-9]{4}-[A-Z0-9]{4}\b' "$transcript" || true; } |
	    sort -u | wc -l)
	if let_in "$person"; then
		[ "$shown" -le "$3" ] || word=in:code
	else
		sleep 0.2
		word=no:$(refusal "$2")
	fi
	printf '%s\t%s\t%s\n' "$row" "$1" "$word" >> "$run/cells.alice"
}

# ways PERSON: every way in that somebody tries for themselves, at a terminal.
# Leaves what each showed in $transcript and calls "tried COLUMN SERVICE".
ways()
{
	local at_terminal=(person -timeout 15 -password "$password" "${browser[@]}")

	"${at_terminal[@]}" ssh -o PubkeyAuthentication=no \
	    -o NumberOfPasswordPrompts=1 "$1@bastion" 'id -un'
	tried kbdint sshd
	"${at_terminal[@]}" ssh -o BatchMode=yes "$1@bastion" 'id -un'
	tried key sshd
	"${at_terminal[@]}" runuser -u ec2-user -- su "$1" -c 'id -un'
	tried su su
	person su "$1" -c 'id -un'
	tried su0 su
	"${at_terminal[@]}" login "$1"
	tried login login
}

# ways_of_alice: one after the other, so that the logs tell which was refused.
ways_of_alice()
{
	local person=alice

	tried()
	{
		cell "$1" "$2" 0
		mark
	}
	mark
	ways alice
	touch "$run/go"
	within 20 [ -e "$run/over" ] || fail "sudo in the session never ended"
	transcript=$run/session.transcript
	sed -n '/@@ready/,$p' "$transcript" | sed 's/^root$/alice/' \
	    > "$transcript.sudo"
	transcript=$transcript.sudo
	cell sudo sudo 0
}

# ways_of WHO: root, or a local account.
ways_of()
{
	local who=$1 person transcript=$run/transcript.$1

	person=$(account_of "$1")
	tried()
	{
		local word=no:host

		! let_in "$person" || word=in
		printf '%s\t%s\t%s\n' "$row" "$1" "$word" >> "$run/cells.$who"
	}
	ways "$person"
	person -password "$password" runuser -u "$person" -- sudo -k id -un
	sed -i "s/^root\$/$person/" "$transcript"
	tried sudo sudo
}

# begin: alice's session and her jobs, as on any other day.
begin()
{
	local user

	row=${FUNCNAME[1]#scn_}
	row=${row//_/-}
	row=${row#rhel-}
	password=$(cat "$run/password")
	rm -f "$run"/cells.* "$run/ready" "$run/go" \
	    "$run/over" "$jobs"/* \
	    /var/spool/cron/atjobs/[a=]*
	for user in alice root admin; do
		echo "echo in > $jobs/at.$user" |
		    setpriv --reuid "$user" --regid "$user" --init-groups \
			env -C / at now
	done
	(
		transcript=$run/session.transcript
		# shellcheck disable=SC2016 # for the shell of the session
		person -approve alice "${browser[@]}" -step ready \
		    "touch $run/ready; until [ -e $run/go ]; do sleep 0.1; done" \
		    ssh -tt -o PubkeyAuthentication=no alice@bastion \
		    "$first"'echo @@ready; read -r x; sudo id -un'
		touch "$run/over"
	) > "$OUT/$row.session" 2>&1 &
	within 20 [ -e "$run/ready" ] || fail "alice has no session to begin with"
}

# jobs_begin, jobs_end: the daemons find the jobs when they start.  cron runs
# those of @reboot once a boot.
jobs_begin()
{
	rm -f /run/crond.reboot
	undo jobs_stop
	cron -f &
	echo $! > "$run/cron.pid"
	atd -f -l 1000 &
	echo $! > "$run/atd.pid"
}

jobs_stop()
{
	local name

	for name in cron atd; do
		gone "$name" || kill "$(pid "$name")"
		within 5 gone "$name"
	done
}

jobs_end()
{
	local who column file service

	within 8 jobs_are_decided || true
	jobs_stop
	for who in "${everybody[@]}"; do
		for column in cron at; do
			file=$jobs/$column.$(account_of "$who")
			service=${column/#at/atd}
			if [ -e "$file" ]; then
				echo "$row	$column	in"
			else
				echo "$row	$column	no:$(refusal "$service")"
			fi >> "$run/cells.$who"
		done
	done
}

jobs_are_decided()
{
	local column

	for column in cron at; do
		[ -e "$jobs/$column.root" ] && [ -e "$jobs/$column.admin" ] ||
		    return
		[ -e "$jobs/$column.alice" ] ||
		    [ "$(refusal "${column/#at/atd}")" != host ] || return
	done
}

# want WHO COLUMN: what the table says.
want()
{
	awk -F '\t' -v row="$row" -v who="$1" -v column="$2" '
	$1 == "situation" { for (i = 1; i <= NF; i++) at[$i] = i }
	($1 == row || $1 == "*") && $2 == who { print $at[column] }' "$table"
}

# tries: and what differs from the table ends the scenario.
tries()
{
	local who others=()

	mark
	jobs_begin
	for who in root local; do
		ways_of "$who" > "$OUT/$row.$who" 2>&1 &
		others+=($!)
	done
	(ways_of_alice)
	wait "${others[@]}"
	jobs_end
	compare
}

# compare: the cells of this row with the table.
compare()
{
	local who column is wanted differ=''

	for who in "${everybody[@]}"; do
		for column in "${columns[@]}"; do
			wanted=$(want "$who" "$column")
			is=$(awk -F '\t' -v c="$column" '$2 == c { print $3 }' \
			    "$run/cells.$who")
			printf '%s\t%s\t%s\t%s\t%s\n' "$row" "$who" "$column" \
			    "$is" "$wanted" >> "$OUT/cells"
			[ "$is" = "$wanted" ] ||
			    differ+="$who by $column: $is, not $wanted; "
		done
	done
	[ -z "$differ" ] || fail "${differ%; }"
}

# --- the matrix ----------------------------------------------------------------

matrix()
{
	awk -F '\t' -v columns="${columns[*]}" '
	BEGIN {
		n = split(columns, column, " ")
		printf "%-26s %-6s", "situation", "who"
		for (i = 1; i <= n; i++)
			printf " %-21s", column[i]
		print ""
	}
	{
		if ($1 "\t" $2 != line) {
			line = $1 "\t" $2
			lines[++m] = line
		}
		cells++
		cell[line, $3] = $4
		if ($4 != $5) {
			differ++
			cell[line, $3] = $4 " !" $5
		}
	}
	END {
		for (l = 1; l <= m; l++) {
			split(lines[l], name, "\t")
			printf "%-26s %-6s", name[1], name[2]
			for (i = 1; i <= n; i++)
				printf " %-21s", cell[lines[l], column[i]]
			print ""
		}
		printf "%d cells, %d differ\n", cells, differ
	}' "$OUT/cells"
}

# table_ends: print it; nothing may differ, no row of this file may have been
# left out, and no row of the table by all files.
table_ends()
{
	local all here played

	matrix | show
	command -v sudo-rs > /dev/null || echo "sudo-rs: not here" | show
	all=$(situations "$TOP"/tests/world/scenarios/table_*.sh)
	here=$(situations "$scenarios")
	played=$(cut -f1 "$OUT/cells" | sort -u)
	[ "$all" = "$(awk -F '\t' '$2 == "alice" { print $1 }' "$table" |
	    sort)" ] || fail "the files do not play the rows of the table"
	[ "$played" = "$here" ] || fail "not all rows of this file were played"
	awk -F '\t' '$4 != $5 { exit 1 }' "$OUT/cells" || fail "cells differ"
}

# situations FILE...: those that the scenarios of FILEs make.
situations()
{
	sed -n 's/^scn_\([a-z0-9_]*\)()$/\1/p' "$@" | grep -vx the_table |
	    tr _ - | sort
}
