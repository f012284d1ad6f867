#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# world.sh [-o DIR] COMMAND [ARG...]: run COMMAND as root in a private,
# throw-away machine and exit with its status.
#
# The world has mount, network, pid, ipc, uts and cgroup namespaces of its
# own, the whole root filesystem copy-on-write on a tmpfs, fresh /tmp, /run,
# /home, /root and /dev, only a loopback interface, and a clean environment.
# What keeps the machine safe:
#  - nothing outside is written but DIR (default: build/world/out);
#  - the checkout and $BUILD are mounted read-only;
#  - COMMAND is pid 1: when it ends, or when this script is killed, the kernel
#    ends everything inside.
# Needs root (CAP_SYS_ADMIN), neither a terminal nor standard input.  Open
# descriptors are passed on.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")

usage()
{
	echo "usage: world.sh [-o DIR] COMMAND [ARG...]" >&2
	exit 2
}

# enter: the same script again, inside the namespaces.
enter()
{
	local out=$top/build/world/out build
	local run=()

	if [ "${1-}" = -o ]; then
		[ $# -ge 2 ] || usage
		out=$2
		shift 2
	fi
	[ $# -gt 0 ] || usage
	if [ "$(id -u)" != 0 ]; then
		echo "world.sh: must be root" >&2
		exit 77
	fi
	mkdir -p "$out"
	build=$(readlink -f "${BUILD:-$top/build}")
	run=(unshare -m -n -u -i -p -C --fork --kill-child=KILL
	    --propagation private "$here/world.sh")
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	    LANG=C.UTF-8 TERM="${TERM:-dumb}" BUILD="$build" TOP="$top" \
	    OUT="$(readlink -f "$out")" "${run[@]}" --inside "$@"
}

# mount_point: a folder to hide while the root is put together, not one that
# the checkout lies under.
mount_point()
{
	local dir

	for dir in /srv /media /mnt /opt; do
		case $top/ in
		"$dir"/*) continue ;;
		esac
		if [ -d "$dir" ] && [ ! -L "$dir" ]; then
			echo "$dir"
			return
		fi
	done
	echo "world.sh: no folder to mount on" >&2
	return 1
}

overlay()
{
	mkdir -p "$base/up$1" "$base/work$1"
	mount -t overlay overlay -o \
	    "lowerdir=$1,upperdir=$base/up$1,workdir=$base/work$1" "$root$1"
}

# keep DIR OPTIONS: a folder of the machine at its own place in the world.
keep()
{
	mkdir -p "$root$1"
	mount --bind "$1" "$root$1"
	mount -o "remount,bind,$2" "$root$1"
}

devices()
{
	local dev=$root/dev name minor

	mount -t tmpfs -o mode=755 dev "$dev"
	while read -r name minor; do
		mknod -m 666 "$dev/$name" c 1 "$minor"
	done <<-END
	null 3
	zero 5
	full 7
	random 8
	urandom 9
	END
	mknod -m 666 "$dev/tty" c 5 0
	mkdir "$dev/pts" "$dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 \
	    devpts "$dev/pts"
	mount -t tmpfs -o mode=1777 shm "$dev/shm"
	ln -s pts/ptmx "$dev/ptmx"
	ln -s /proc/self/fd "$dev/fd"
	ln -s fd/0 "$dev/stdin"
	ln -s fd/1 "$dev/stdout"
	ln -s fd/2 "$dev/stderr"
}

# filesystems: everything below $root.  Folders that are mounts of their own
# outside are not in the overlay of /, so /usr, /var and /etc get their own.
filesystems()
{
	local dir

	mkdir "$base/up" "$base/work" "$root"
	mount -t overlay overlay -o \
	    "lowerdir=/,upperdir=$base/up,workdir=$base/work" "$root"
	for dir in /usr /var /etc; do
		! mountpoint -q "$dir" || overlay "$dir"
	done
	mkdir -p "$root/.old"
	mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
	mount -t sysfs -o ro sysfs "$root/sys"
	for dir in run home root; do
		mount -t tmpfs -o mode=755 "$dir" "$root/$dir"
	done
	mount -t tmpfs -o mode=1777 tmp "$root/tmp"
	mkdir -p "$root/run/sshd" "$root/run/lock"
	devices
	keep "$TOP" ro
	keep "$BUILD" ro
	keep "$OUT" rw
}

inside()
{
	local dir

	base=$(mount_point)
	root=$base/root
	mount -t tmpfs -o mode=755,size=4g world "$base"
	filesystems
	cd "$root"
	pivot_root . .old
	umount -l /.old
	rmdir /.old
	ip link set lo up
	hostname bastion
	cd /
	export PWD=/
	unset OLDPWD
	exec "$@"
}

[ $# -gt 0 ] || usage
if [ "$1" = --inside ]; then
	shift
	inside "$@"
else
	enter "$@"
fi
