#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The manual pages and the tables of the programs say the same, both ways: every
# setting, command, option, code and exit status stands in its page, as the
# table has it and in its order, and no page has one that no table has.  The
# examples are what the programs take.
# usage: man.sh BUILD
# covers: hour.6
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
B=${1:-build}
M=docs/man
D=$(mktemp -d) || exit 1
trap 'rm -rf "$D"' EXIT
"$B/man/tables" >"$D/tables" || exit 1

heads() { awk -v page="$1" -f tests/man/heads.awk "$D/tables"; }
# section PAGE NAME: the source of one section; of all but it: not_section.
section() { awk -v name=".Sh $2" '/^\.Sh / { on = $0 == name } on' "$M/$1"; }
# same NAME PAGE: the heads on standard input are those of the tables.
same() { expect "$1" "$(diff <(heads "$2") - | grep '^[<>]')"; }
# examples PAGE: what stands there to be typed or copied.
examples() { section "$1" EXAMPLES | awk '/^\.Ed/ { on = 0 } on; /^\.Bd/ { on = 1 }'; }

# Which manuals this machine has says nothing about ours.
for page in "$M"/*; do
	expect "mandoc lint: ${page##*/}" "$(mandoc -T lint "$page" 2>&1 | grep -v -e 'referenced manual not found' -e 'outdated mandoc.db')"
done
expect "every program, module and file has its page" "$(diff <(ls "$M") <(printf '%s\n' awssso-netd.8 awssso.1 awssso.conf.5 awsssod.8 nss_awssso.8 pam_awssso.8))"
expect "pages of ours that are referred to exist" "$(sed -n 's/^\.Xr \([a-z_.-]*awssso[a-z.-]*\) \([1-9]\).*/\1.\2/p' "$M"/* | sort -u | while read -r page; do [ -e "$M/$page" ] || echo "$page"; done)"

# --- the modules -----------------------------------------------------------
same "pam_awssso(8): options and codes" pam_awssso.8 < <(sed -n '/^\.Sh OPTIONS/,/^\.Sh FILES/p' "$M/pam_awssso.8" | grep -E '^\.It (Cm|[a-z].* Ta )')
same "nss_awssso(8): status and errno" nss_awssso.8 < <(grep -E '^\.It [a-z].* Ta ' "$M/nss_awssso.8")
expect "pam_awssso(8): the example is the gate that is shipped" "$(examples pam_awssso.8 | grep -vxFf conf/pam.d/sudo)"
expect "nss_awssso(8): the lines are those that are shipped" "$(section nss_awssso.8 SYNOPSIS | grep '^[a-z]' | grep -vxFf conf/nsswitch.conf.example)"

# --- awssso.conf -----------------------------------------------------------
same "awssso.conf(5): keywords, forms, ranges, defaults" awssso.conf.5 < <(grep '^\.It Ic ' "$M/awssso.conf.5")
expect "awssso.conf(5): each keyword in its section" "$(diff \
	<(awk -F'\t' '$1 == "keyword" { print $2, $3 }' "$D/tables") \
	<(sed -n -e 's/^\.Ss Section /s /p' -e 's/^\.It Ic \([a-z_]*\) .*/k \1/p' "$M/awssso.conf.5" | awk '$1 == "s" { s = $2 } $1 == "k" { print s, $2 }'))"
expect "awssso.conf(5): sections" "$(diff \
	<(awk -F'\t' '$1 == "section" { print $2 }' "$D/tables" | sort) \
	<(sed -n 's/^\.Ss Section //p' "$M/awssso.conf.5" | sort))"
examples awssso.conf.5 >"$D/conf"
expect "awssso.conf(5): the example is good" "$("$B/awssso" config --check "$D/conf" 2>&1 | grep -v ': good$')"

# --- awssso ----------------------------------------------------------------
same "awssso(1): commands, operands, options" awssso.1 < <(section awssso.1 COMMANDS | grep -E '^\.It (Cm|Fl)')
expect "awssso(1): options of many commands" "$(diff \
	<(printf '%s\n' '.It Fl -help' '.It Fl -json' '.It Fl -run-dir Ar DIR' '.It Fl -version') \
	<(section awssso.1 OPTIONS | grep '^\.It'))"
expect "awssso(1): exit status" "$(diff \
	<("$B/awssso" --help | sed -n 's/^  \([0-9]\)  \(.*\)/\1 \2/p') \
	<(section awssso.1 'EXIT STATUS' | sed -n '/^\.It [1-9]/ { s/^\.It //; N; s/\n/ /; s/\.$//; p; }' | sed 's/^\(. \)\(.\)/\1\l\2/'))"
expect "awssso(1): the examples are command lines" "$(examples awssso.1 | sed 's/^sudo //' | grep '^awssso' |
	while read -r name line; do
		line=${line%% >*}
		eval "set -- ${line%% \#*}"
		"$B/$name" "$@" --help >"$D/out" 2>&1 || { echo "$line"; cat "$D/out"; }
	done)"

# --- the daemons -----------------------------------------------------------
# daemon NAME STATUS...: its --help, and the ways in which it ends.
daemon() {
	local name=$1 status
	shift
	expect "$name(8): options" "$(diff \
		<("$B/$name" --help | grep -oE -- '--[a-z-]+( [A-Z]+\b)?' | sort -u | awk '{ if (NF > 1 || !($1 in value)) value[$1] = $2 } END { for (o in value) print o (value[o] == "" ? "" : " " value[o]) }' | sort) \
		<(section "$name.8" OPTIONS | sed -n 's/^\.It Fl -\([a-z-]*\)\( Ar \([A-Z]*\)\)\{0,1\}$/--\1 \3/p' | sed 's/ $//' | sort))"
	status=$(
		"$B/$name" --version >/dev/null
		echo $?
		"$B/$name" --foreground --config "$D/none" >/dev/null 2>&1
		echo $?
		"$B/$name" --nothing >/dev/null 2>&1
		echo $?
	)
	expect "$name(8): exit status" "$(diff <(echo "$status") <(section "$name.8" 'EXIT STATUS' | sed -n 's/^\.It \([0-9]\)$/\1/p'))"
}
daemon awsssod
daemon awssso-netd

# --- what is mentioned in passing ------------------------------------------
{
	awk -F'\t' '$1 == "option" { print $3 }' "$D/tables"
	"$B/awsssod" --help
	"$B/awssso-netd" --help
	echo --help --version
} | grep -oE -- '--[a-z-]+' | sort -u >"$D/options"
expect "no page mentions an option that no program has" "$(grep -ohE '\bFl -[a-z-]+' "$M"/*awssso* | sed 's/Fl /-/' | sort -u | grep -vxFf "$D/options")"
{
	awk -F'\t' '$1 == "keyword" { print $3 }' "$D/tables"
	printf '%s\n' awssso getent id systemctl uid gid home files group initgroups passwd
} >"$D/words"
expect "no page mentions a setting that there is not" "$(grep -ohE '^\.(It )?Ic [^ ]+' "$M"/* | sed 's/.*Ic //' | sort -u | grep -vxFf "$D/words")"
done_checks
