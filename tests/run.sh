#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh unit: what "make unit" has built.  run.sh all: install what is missing,
# build, and run every test, for "make check".  Two jobs at a time; a job is one
# unit test program, one fuzz target with its corpus, one check script, the
# referee's suite, the mutants of what decides, its policies against a second
# reading of the page, the packages of one kind, or one file of scenarios in a world
# of its own.  What each says goes to $BUILD/check/JOB.log; failures
# are repeated here and the last line is "N passed, N failed".
#
# A job writes lines "ok NAME" and "not ok NAME: why" (TAP), or "N inputs" (a
# corpus without a crash), or ends in "N passed, N failed".  A job that says nothing, fails without naming a test
# or takes too long is one failure more.  "ok NAME # SKIP why" is a failure
# too, unless why begins with "kernel": what the kernel lacks no test can bring.
#
#  LIST=1  only prints, for each item of tests/items.txt, the tests that name
#          it in a line "covers: ITEM[, ITEM]..."
#  ONLY=W  only the jobs whose name holds W
set -euo pipefail

top=$(dirname "$(dirname "$(readlink -f "$0")")")
cd "$top"
build=$(readlink -f "${BUILD:-build}")
out=$build/check
passed=0
failed=0
skips=()

# --- what there is ----------------------------------------------------------

# sources: every file that may hold a "covers:" line.
sources()
{
	find tests -name node_modules -prune -o -type f \
	    \( -name '*.c' -o -name '*.sh' -o -name '*.mjs' \) -print | sort
}

# claims: "ITEM<tab>TEST", one line for each item of each "covers:" line.  In a
# file of scenarios the line belongs to the function below it.
claims()
{
	local file

	sources | while read -r file; do
		awk -v file="$file" '
		function emit(test,   i) {
			for (i = 1; i <= n; i++)
				print items[i] "\t" test
			n = 0
		}
		/^[ \t]*[#\/*]+[ \t]*covers:/ {
			sub(/^.*covers:[ \t]*/, "")
			sub(/[ \t]*\*\/[ \t]*$/, "")
			n = split($0, items, /[ ,]+/)
			if (file !~ /scenarios/)
				emit(file)
		}
		/^scn_[a-z0-9_]+\(\)/ {
			sub(/\(\).*/, "")
			sub(/^scn_/, "")
			emit(file ": " $0)
		}' "$file"
	done
}

list()
{
	local item title tests status=0 all

	all=$(claims)
	while IFS=$'\t' read -r item title; do
		printf '%s  %s\n' "$item" "$title"
		tests=$(awk -F '\t' -v item="$item" \
		    '$1 == item { print "  " $2 }' <<< "$all" | sort -u)
		if [ -z "$tests" ]; then
			tests="  no test names it"
			status=1
		fi
		printf '%s\n' "$tests"
	done < tests/items.txt
	return $status
}

# jobs_unit, jobs_rest: "NAME<tab>SECONDS<tab>COMMAND", the long ones first.
jobs_unit()
{
	local file name

	find "$build/unit" -type f -perm -u+x ! -name '*.o' ! -name '*.so' |
	    sort |
	    while read -r file; do
		name=${file#"$build"/}
		printf '%s\t180\t%s\n' "${name//\//-}" "$file"
	done
	find "$build/fuzz" -type f -name 'replay_*' -perm -u+x | sort |
	    while read -r file; do
		name=${file##*/replay_}
		printf 'fuzz-%s\t60\t%s tests/fuzz/corpus/%s\n' "$name" \
		    "$file" "$name"
	done
}

jobs_rest()
{
	local file name

	for file in tests/world/scenarios/*.sh; do
		name=$(basename "$file" .sh)
		printf 'world-%s\t400\ttests/world/play.sh %s\n' "$name" \
		    "$file"
	done
	printf 'faults\t300\ttests/faults/run.sh %s\n' "$build"
	printf 'packages-deb\t300\ttests/packages/run.sh deb\n'
	printf 'packages-rpm\t300\ttests/packages/run.sh rpm\n'
	printf 'demo\t300\ttests/demo/check.sh\n'
	printf 'sdk\t300\ttests/sdk/run.sh\n'
	printf 'scim\t300\ttests/scim/run.sh\n'
	printf 'load\t200\ttests/load/run.sh pending\n'
	printf 'policy\t120\ttests/policy/run.sh\n'
	printf 'mutation\t900\t%s -k --no-print-directory mutate\n' \
	    "${MAKE-make}"
	for file in tests/checks/*.sh; do
		name=$(basename "$file" .sh)
		case $name in
		lib | lint) ;;
		*) printf 'check-%s\t300\t%s %s\n' "$name" "$file" "$build" ;;
		esac
	done
}

# --- running ----------------------------------------------------------------

# job NAME SECONDS COMMAND: the status of COMMAND ends the log.
job()
{
	local log=$out/$1.log status=0 clean=(env)

	# These packages come through npm, which may need settings of the
	# environment; nothing else may depend on one.
	[ "$1" = sdk ] || [ "$1" = scim ] || clean=(env -i "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
	    HOME="$out" LANG=C.UTF-8 TERM=dumb)
	# shellcheck disable=SC2086 # a command with its arguments
	"${clean[@]}" BUILD="$build" MAKE="${MAKE-make}" CMOCKA_MESSAGE_OUTPUT=TAP \
	    timeout -k 5 "$2" $3 > "$log" 2>&1 < /dev/null || status=$?
	echo "# exit $status" >> "$log"
}

# results LOG: "pass", "skip NAME" and "fail NAME", one a line.
results()
{
	awk '
	/^ok / {
		sub(/^ok ([0-9]+ )?(- )?/, "")
		if ($0 !~ /# SKIP/)
			print "pass"
		else if ($0 ~ /# SKIP kernel/)
			print "skip " $0
		else
			print "fail " $0
		seen++
		next
	}
	/^not ok / {
		sub(/^not ok ([0-9]+ )?(- )?/, "")
		print "fail " $0
		seen++
		bad++
	}
	/^[1-9][0-9]* inputs$/ {
		print "pass"
		seen++
	}
	/^[0-9]+ passed, [0-9]+ failed$/ { sum = $1; sumbad = $3; total = 1 }
	/^# exit / { status = $3 }
	END {
		if (total && !seen) {
			for (; sum > 0; sum--)
				print "pass"
			for (; sumbad > 0; sumbad--) {
				print "fail (see the log)"
				bad++
			}
			seen = 1
		}
		if (status == 124 || status == 137)
			print "fail took too long"
		else if (!seen)
			print "fail said nothing, exit " status
		else if (status != 0 && !bad)
			print "fail exit " status
	}' "$1"
}

# count NAME: adds up what the job's log says.
count()
{
	local kind rest ok=0 bad=0

	while read -r kind rest; do
		case $kind in
		pass) ok=$((ok + 1)) ;;
		skip) skips+=("$1: $rest") ;;
		fail)
			bad=$((bad + 1))
			echo "  not ok $1: $rest"
			;;
		esac
	done < <(results "$out/$1.log")
	passed=$((passed + ok))
	failed=$((failed + bad))
	printf '%4d ok %3s  %s\n' "$ok" "${bad/#0/}" "$1"
}

# run_all: the jobs on standard input, two at a time.
run_all()
{
	local name seconds command pid
	declare -A running=()

	while IFS=$'\t' read -r name seconds command; do
		if [ ${#running[@]} -ge 2 ]; then
			wait -n -p pid || true
			count "${running[$pid]}"
			unset "running[$pid]"
		fi
		job "$name" "$seconds" "$command" &
		running[$!]=$name
	done
	while [ ${#running[@]} -gt 0 ]; do
		wait -n -p pid || true
		count "${running[$pid]}"
		unset "running[$pid]"
	done
}

# prepare: everything that "make check" needs, installed and built.
prepare()
{
	tests/deps.sh
	"${MAKE-make}" --no-print-directory -j2 BUILD="$build" \
	    WERROR="${WERROR-}" all units fuzz-replay world faults load-program \
	    man-tables
}

main()
{
	local what=${1-} name

	if [ -n "${LIST-}" ]; then
		list
		return
	fi
	case $what in
	unit) ;;
	all) prepare ;;
	*)
		echo "usage: run.sh unit|all" >&2
		exit 2
		;;
	esac
	rm -rf "$out"
	mkdir -p "$out"
	run_all < <(
		{
			[ "$what" = unit ] || jobs_rest
			jobs_unit
		} | grep -e "${ONLY-}"
	)
	for name in "${skips[@]}"; do
		echo "skipped: $name"
	done
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

main "$@"
