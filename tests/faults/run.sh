#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh BUILD: every system call and every allocation of the PAM entry points
# fails, one at a time.  Whatever fails, a person who may not in is not let in,
# and a person of ours never becomes somebody else's affair (R9).
#
# The modules are the ones as built, both of them, with libc's own lookup
# between them, in a mount namespace of their own with a snapshot, a
# nsswitch.conf and a stand-in for awsssod (stand.c) at the compiled-in places;
# as root, or without in a user namespace.  pam.c makes one call of one entry
# point.  A trace of it gives the points; then each point is made to fail, in a
# run of its own, with each error of the table below; and each allocation, by
# alloc.c.  A run counts when the trace shows the failure inside the call.
# strace -c of the same run, less what its trace has before and after the call,
# must count as many system calls as there are points.
#
# What may come out, by the table of cases below:
#  deny     who may not in: neither SUCCESS nor IGNORE, nor USER_UNKNOWN, which
#           the shipped stacks pass over like IGNORE
#  allow    who may: SUCCESS only when the stand-in's ALLOW was read whole (its
#           log says that nothing of it was left); never IGNORE, USER_UNKNOWN.
#           That closing a socket or writing the log fails denies nobody.
#  same     nobody is asked (setcred and chauthtok, which decide nothing; local
#           accounts): what comes out without a failure, or a failure
#  always   root: what comes out without a failure
# covers: spine.6, verdict.4, R8, R9
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/checks/lib.sh
AT=36

# case: PHASE USER SERVICE COLD AWSSSOD RULE RESULT without a failure.  COLD:
# libc has looked up nobody before; warm: it has, as in sshd, sudo and cron.
cases()
{
	cat <<-END
	auth      alice    sshd cold here allow  SUCCESS
	auth      alice    sudo warm here allow  SUCCESS
	account   alice    sshd warm here allow  SUCCESS
	open      alice    sshd warm here allow  SUCCESS
	close     alice    sshd warm here allow  SUCCESS
	setcred   alice    sshd cold here same   SUCCESS
	chauthtok alice    sshd warm here same   IGNORE
	auth      dave     sshd cold here deny   AUTH_ERR
	account   dave     sshd cold here deny   PERM_DENIED
	open      dave     sshd warm here deny   SESSION_ERR
	close     dave     sshd warm here deny   SESSION_ERR
	auth      bob      sshd warm here deny   MAXTRIES
	auth      bob      sudo warm here deny   MAXTRIES
	auth      carol    sshd warm here deny   ACCT_EXPIRED
	account   carol    sshd warm here deny   ACCT_EXPIRED
	open      carol    sshd cold here deny   SESSION_ERR
	close     carol    sshd warm here deny   SESSION_ERR
	setcred   carol    sshd warm here same   SUCCESS
	chauthtok carol    sshd warm here same   IGNORE
	auth      stranger sshd warm here same   USER_UNKNOWN
	account   stranger sshd warm here same   IGNORE
	auth      local    sshd cold here same   USER_UNKNOWN
	account   local    sshd cold here same   IGNORE
	setcred   local    sshd warm here same   IGNORE
	open      local    sshd warm here same   SUCCESS
	close     local    sshd warm here same   SUCCESS
	chauthtok local    sshd warm here same   IGNORE
	auth      root     sshd cold here always USER_UNKNOWN
	account   root     sshd cold here always IGNORE
	setcred   root     sshd cold here always IGNORE
	open      root     sshd cold here always SUCCESS
	close     root     sshd cold here always SUCCESS
	chauthtok root     sshd cold here always IGNORE
	auth      alice    sshd warm away deny   AUTHINFO_UNAVAIL
	account   alice    sshd cold away deny   AUTHINFO_UNAVAIL
	open      alice    sshd warm away deny   SESSION_ERR
	close     alice    sshd warm away deny   SESSION_ERR
	account   carol    cron cold away deny   ACCT_EXPIRED
	account   dave     cron warm away deny   PERM_DENIED
	open      dave     cron warm away deny   SESSION_ERR
	END
}

# errors: system call, and what it fails with.  "-": the kernel has no failure
# for it, or libc takes none in.
errors()
{
	cat <<-END
	brk            retval=0
	clock_nanosleep EINTR
	close          EIO
	connect        ECONNREFUSED EINTR
	fcntl          EMFILE
	fstat          EIO
	futex          EAGAIN
	getpid         -
	getuid         -
	lseek          EIO
	madvise        ENOMEM
	mmap           ENOMEM
	mprotect       ENOMEM
	munmap         ENOMEM
	newfstatat     EIO ENOENT
	open           EMFILE ENOENT EINTR
	openat         EMFILE ENOENT EINTR
	poll           ENOMEM EINTR
	pread64        EIO
	read           EIO EINTR
	recvmsg        ECONNRESET EINTR
	rt_sigaction   EINVAL
	rt_sigpending  EINVAL
	rt_sigprocmask EINVAL
	sendmsg        EPIPE EINTR
	sendto         ECONNREFUSED EINTR
	socket         EMFILE
	statx          EIO ENOENT
	END
}

# --- a host of its own --------------------------------------------------------

mounts()
{
	mount -t tmpfs -o mode=755 faults /run
	mount -t tmpfs -o mode=755 faults /var/lib
	mkdir -p /run/awssso /run/pam.d /run/dev /run/faults \
	    /var/lib/awssso/public
	touch /run/dev/null
	mount --bind /dev/null /run/dev/null
	ln -s /proc/self/fd /run/dev/fd
	mount --rbind /run/dev /dev
	printf '%s: files awssso\n' passwd group > /run/nsswitch.conf
	mount --bind /run/nsswitch.conf /etc/nsswitch.conf
	echo 'root:x:0:0:root:/root:/bin/sh' > /run/passwd
	echo 'local:x:1000:1000::/home/local:/bin/sh' >> /run/passwd
	mount --bind /run/passwd /etc/passwd
	for phase in auth account session password; do
		echo "$phase required pam_deny.so"
	done > /run/pam.d/other
	"$build/awssso" snapshot build tests/fixtures/example.json \
	    /var/lib/awssso/public/directory.1
}

# --- points -------------------------------------------------------------------

# inside_of FILE: "NAME K" of each system call between the two marks, the K-th
# of its name there.
inside_of()
{
	sed -E 's/^[0-9]+ +//; /^strace:/d' "$1" | awk '
	/^getppid/ { marks++; next }
	marks == 1 && match($0, /^[a-z0-9_]+\(/) {
		name = substr($0, 1, RLENGTH - 1)
		print name, ++k[name]
	}'
}

# outside_of FILE: how many system calls come before and after the call.
outside_of()
{
	sed -E 's/^[0-9]+ +//' "$1" | awk '
	/^getppid/ { marks++ }
	/^[a-z0-9_]+\(/ && !/= \?$/ && (marks != 1 || /^getppid/) { n++ }
	END { print n }'
}

# plan N PHASE USER SERVICE COLD: one call.  The points of case N, to points.$N;
# its runs, to list.ERROR.NAME; what strace -c counts, to $counts; what came
# out to $result and $allocations.
plan()
{
	local n=$1 trace=$work/trace.$1 name k error

	strace -f -C -U name,calls -o "$trace" "$build/faults/pam" \
	    "$build/pam_awssso.so" "${@:2}" > "$work/said"
	read -r result allocations < "$work/said"
	counts=$(awk '$1 == "total" { print $2 }' "$trace")
	counts=$((counts - $(outside_of "$trace")))
	inside_of "$trace" > "$work/points.$n"
	while read -r name k; do
		if [ -z "${errors_of[$name]-}" ]; then
			echo "no error is listed for $name" >> "$work/odd.$n"
			continue
		fi
		for error in ${errors_of[$name]#-}; do
			echo "$* $name $k" >> "$work/list.$error.$name"
		done
	done < "$work/points.$n"
	for ((k = 1; k <= allocations; k++)); do
		echo "$* allocation $k"
	done >> "$work/list.ENOMEM.allocation"
}

# hits FILE: the processes in which a failure was put inside the call.
hits()
{
	awk '
	$2 ~ /^getppid/ { marks[$1]++ }
	/\(INJECTED/ && marks[$1] == 1 { print $1 }' "$1"
}

# play ERROR NAME LABEL: the runs of a list, at once.  Those that did not fail
# where they should are the list of the next try.
play()
{
	local error=$1 name=$2 label=$3.$2.$1 with inject
	local list=$work/list.$1.$2 trace=$work/trace.$1.$2

	case $error in
	*=*) inject=$name:$error ;;
	*) inject=$name:error=$error ;;
	esac
	with=(strace -f -qq --seccomp-bpf -o "$trace" -e signal=none
	    -e "trace=getppid,$name" -e "inject=$inject:when=$AT")
	[ "$name" != allocation ] || with=()
	"${with[@]}" "$build/faults/pam" "$build/pam_awssso.so" "$list" \
	    "$label" $AT > "$work/said.$label" 2>> "$work/stderr"
	if [ "$name" = allocation ]; then
		sed 's/$/ ENOMEM/' "$work/said.$label"
		: > "$list"
		return
	fi
	hits "$trace" > "$trace.hits"
	awk -v error="$error" -v list="$list" '
	FILENAME == ARGV[1] { hit[$1] = 1; next }
	FILENAME == ARGV[2] && $5 in hit {
		print $0, error
		done[$1, $2, $3] = 1
	}
	FILENAME == ARGV[3] && !(($1, $6, $7) in done) { left[++n] = $0 }
	END {
		printf "" > list
		for (i = 1; i <= n; i++)
			print left[i] > list
	}' "$trace.hits" "$work/said.$label" "$list"
}

# play_all: each list, two at a time.  What never failed where it should is a
# result too.
play_all()
{
	local list error name try running

	for list in "$work"/list.*; do
		IFS=. read -r _ error name <<< "${list##*/}"
		{
			for try in 1 2 3 4; do
				[ ! -s "$list" ] ||
				    play "$error" "$name" "$1$try"
			done
			awk -v error="$error" '
			    { print $1, $6, $7, "-", "-", "missed", error }' \
			    "$list"
		} > "$work/results.$error.$name.$1" &
		[ "$(jobs -rp | wc -l)" -le 2 ] || wait -n
	done
	mapfile -t running < <(jobs -rp | grep -vx "$stand")
	wait "${running[@]}"
	rm -f "$work"/list.*
}

# --- verdict ------------------------------------------------------------------

# broken N RULE RESULT COLD: the runs of case N that break the rule.  At its
# first lookup libc itself ends the process, by an assertion when nsswitch.conf
# cannot be read to its end (see judge), by a null pointer when there is no
# memory for the first thing it asks for.
broken()
{
	awk -v n="$1" -v rule="$2" -v result="$3" -v cold="$4" '
	FILENAME == ARGV[1] {
		if ($2 == "allowed" && $3 == "read")
			allowed[$1] = 1
		next
	}
	$1 != n { next }
	{
		code = $6
		bad = code ~ /^(missed|died|another)$/
		if (cold == "cold" && $2 == "allocation" && $3 == 1 &&
		    code == "died")
			bad = 0
		pass = code ~ /^(SUCCESS|IGNORE|USER_UNKNOWN)$/
		if (rule == "deny")
			bad = bad || pass
		else if (rule == "allow")
			bad = bad || (pass && !(code == "SUCCESS" &&
			    allowed[$4]))
		else if (rule == "same")
			bad = bad || (pass && code != result)
		else
			bad = bad || code != result
		if (bad)
			print $2 " " $3 ", " $7 ": " code
	}' "$work/asked" "$work/results"
}

# came N: how often each result came out.
came()
{
	awk -v n="$1" '$1 == n { print $6 }' "$work/results" | sort |
	    uniq -c | sort -rn |
	    awk '{ printf "%s%s %s", sep, $1, $2; sep = ", " }'
}

judge()
{
	local n phase user service cold daemon rule want result counts allocations
	local wrong points sum=(0 0 0)

	cat "$work"/results.* > "$work/results"
	while read -r n phase user service cold daemon rule want result \
	    counts allocations; do
		points=$(wc -l < "$work/points.$n")
		wrong=$(
			cat "$work/odd.$n" 2> /dev/null
			[ "$result" = "$want" ] ||
			    echo "without a failure: $result"
			[ "$points" = "$counts" ] ||
			    echo "strace -c counts $counts"
			broken "$n" "$rule" "$want" "$cold"
		)
		expect "$phase $user $service, libc $cold, awsssod $daemon: $points system calls (strace -c $counts), $allocations allocations: $(came "$n")" "$wrong"
		sum=($((sum[0] + points)) $((sum[1] + counts))
		    $((sum[2] + allocations)))
	done < "$work/cases"
	expect "a process aborts in libc's own assertion only" "$(
		diff <(cat "$work"/said.* | grep -c " aborted$") \
		    <(grep -c 'nss_database.c.*Assertion' "$work/stderr"))"
	echo "# ${sum[0]} system calls (strace -c: ${sum[1]})," \
	    "${sum[2]} allocations, $(wc -l < "$work/results") failures"
	awk '{ print $1 }' "$work"/points.* | sort | uniq -c |
	    while read -r counts points; do
		[ "${errors_of[$points]}" != - ] ||
		    echo "# of them $counts $points, which cannot fail"
	    done
}

# --- all ----------------------------------------------------------------------

inside()
{
	local n=0 phase user service cold daemon rule want now=here
	local result allocations counts

	mounts
	work=/run/faults
	export LD_LIBRARY_PATH=$build
	while read -r name errors; do
		errors_of[$name]=$errors
	done < <(errors)
	"$build/faults/stand" "$work/asked" &
	stand=$!
	until [ -S /run/awssso/auth.sock ]; do
		sleep 0.05
	done
	while read -r phase user service cold daemon rule want; do
		if [ "$now" != "$daemon" ]; then
			play_all "$now"
			kill "$stand"
			rm /run/awssso/auth.sock
			now=$daemon
		fi
		n=$((n + 1))
		plan "$n" "$phase" "$user" "$service" "$cold"
		echo "$n $phase $user $service $cold $daemon $rule $want $result" \
		    "$counts $allocations" >> "$work/cases"
	done < <(cases)
	play_all "$now"
	judge
	done_checks
}

declare -A errors_of=()
build=$(readlink -f "${1:-build}")
if [ "${2-}" = inside ]; then
	inside
elif [ "$(id -u)" = 0 ]; then
	exec unshare -m --propagation private "$0" "$build" inside
else
	exec unshare -U -r -m --propagation private "$0" "$build" inside
fi
