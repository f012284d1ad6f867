#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rows of tests/world/table.tsv: what is wrong with the host itself.  Each row is
# a scenario of its name.
# shellcheck shell=bash disable=SC2154,SC2317 # set by lib.sh

# shellcheck source=tests/world/table.sh
. "$TOP/tests/world/table.sh"

state=/var/lib/awssso
snapshot=$state/public/directory.1

before_all()
{
	mkdir -p "$run"
	make_yesterday
	# Certificates that were good yesterday, too.
	eval "$(declare -f world_ca | sed '1s/.*/ca_of_now ()/')"
	world_ca()
	{
		days_ago 2 ca_of_now
	}
	table_before
	small_disk
}

# make_yesterday: what tells programs another time of day, and no other clock.
make_yesterday()
{
	cc -shared -fPIC -D_GNU_SOURCE -x c -o "$run/yesterday.so" - <<-'END'
	#include <stdlib.h>
	#include <sys/syscall.h>
	#include <sys/time.h>
	#include <time.h>
	#include <unistd.h>
	int clock_gettime(clockid_t clock, struct timespec *ret)
	{
		const int r = (int)syscall(SYS_clock_gettime, clock, ret);
		if (r == 0 && (clock == CLOCK_REALTIME ||
		    clock == CLOCK_REALTIME_COARSE))
			ret->tv_sec -= atoi(getenv("DAYS_AGO")) * 86400;
		return r;
	}
	time_t time(time_t *ret)
	{
		struct timespec now;
		clock_gettime(CLOCK_REALTIME, &now);
		if (ret)
			*ret = now.tv_sec;
		return now.tv_sec;
	}
	int gettimeofday(struct timeval *ret, void *zone)
	{
		struct timespec now;
		(void)zone;
		clock_gettime(CLOCK_REALTIME, &now);
		ret->tv_sec = now.tv_sec;
		ret->tv_usec = now.tv_nsec / 1000;
		return 0;
	}
	END
}

# days_ago N COMMAND [ARG...]
days_ago()
(
	export DAYS_AGO=$1 LD_PRELOAD=$run/yesterday.so
	"${@:2}"
)

# small_disk: what awsssod writes is on a disk that can be filled.
small_disk()
{
	stop awsssod
	cp -a "$state" "$run/state"
	mount -t tmpfs -o size=16m state "$state"
	cp -aT "$run/state" "$state"
	start awsssod
	within 10 swept
}

# covers: verdict.7
scn_disk_full()
{
	begin
	undo rm "$state/fill"
	! dd if=/dev/zero of="$state/fill" bs=4k status=none ||
	    fail "the disk is not full"
	tries
}

daemons_anew()
{
	stop awsssod
	stop netd
	start netd
	start awsssod
	within 10 swept
	awssso sync
}

# of_today: the directory is of an age, and young.
of_today()
{
	awssso status --json | jq -e '.directory_age < 3600' > /dev/null
}

# covers: verdict.7
scn_clock_back_a_day()
{
	begin
	undo daemons_anew
	stop awsssod
	stop netd
	days_ago 1 start netd
	days_ago 1 start awsssod
	within 10 swept
	# What was read tomorrow has no age, and is read anew for that.
	within 20 of_today || fail "the directory has no age"
	tries
}

# snapshot_kept: it comes back as it was; processes look once a second.
snapshot_kept()
{
	undo sleep 1.1
	cp -a "$snapshot" "$run/snapshot"
	undo mv -f "$run/snapshot" "$snapshot"
}

# covers: verdict.7
scn_snapshot_missing()
{
	begin
	snapshot_kept
	rm "$snapshot"
	sleep 1.1
	tries
}

# covers: verdict.7
scn_snapshot_corrupt()
{
	begin
	snapshot_kept
	head -c "$(stat -c %s "$snapshot")" /dev/zero | tr '\0' '\377' |
	    dd of="$snapshot" conv=notrunc bs=64k status=none
	sleep 1.1
	tries
}

# covers: verdict.4
scn_home_of_another_uid()
{
	begin
	undo chown alice: /home/alice
	chown bob: /home/alice
	tries
}

# covers: verdict.4
scn_shell_missing()
{
	begin
	undo mv "$shell.gone" "$shell"
	mv "$shell" "$shell.gone"
	tries
}

# no_local_alice UID: alice is the directory's again.
no_local_alice()
{
	sed -i '/^alice:/d' /etc/passwd /etc/shadow
	chown -R "$1:$1" /home/alice
}

# is_nobody UID
is_nobody()
{
	! getent passwd "$1" > /dev/null
}

# covers: verdict.4, R13, R17
scn_local_name_shadows()
{
	begin
	theirs=$(id -u alice)
	undo awssso sync
	undo no_local_alice "$theirs"
	# useradd would see that there is an alice.
	echo "alice:x:4711:100::/home/alice:/bin/bash" >> /etc/passwd
	echo 'alice:!:20000:0:99999:7:::' >> /etc/shadow
	echo "alice:$password" | chpasswd
	chown -R alice: /home/alice
	# awsssod notices who is here by now, by name and by id: the id of a
	# person is nobody's then, and no other one's name stands for it.
	within 20 is_nobody "$theirs" || fail "$theirs is still somebody's"
	logged "accounts of this host have changed: alice is not" awsssod.log
	tries
}

# covers: verdict.4, verdict.7
scn_the_table()
{
	table_ends
}
