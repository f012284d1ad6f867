#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# boot.sh [-o DIR] COMMAND [ARG...]: like world.sh, but with a real systemd as
# pid 1.  COMMAND runs as a service after basic.target; when it ends the world
# is powered off.  Prints what COMMAND printed and exits with its status; 77
# when the machine lets nobody make a cgroup.  Console output: DIR/boot.log.
#
# The world lives in a cgroup (version 2) of its own, removed afterwards, so
# nothing of the machine's own cgroups is touched; limits by cgroup controllers
# are therefore not in force inside.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
top=$(readlink -f "$here/../..")
units=/etc/systemd/system

# Nothing of the hardware, the network or the machine's own services.
masked=(tmp.mount dev-hugepages.mount dev-mqueue.mount
    sys-kernel-debug.mount sys-kernel-tracing.mount
    proc-sys-fs-binfmt_misc.automount sys-fs-fuse-connections.mount
    systemd-udevd.service systemd-udev-trigger.service
    systemd-udevd-control.socket systemd-udevd-kernel.socket
    systemd-modules-load.service kmod-static-nodes.service
    systemd-sysctl.service systemd-remount-fs.service
    systemd-networkd.service systemd-resolved.service
    systemd-timesyncd.service systemd-update-utmp.service getty.target
    systemd-pstore.service systemd-random-seed.service)

make_cgroup()
{
	local root path

	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/self/mounts)
	path=$(sed -n 's/^0:://p' /proc/self/cgroup)
	cgroup=$root${path%/}/awssso-test-$$
	[ -n "$root" ] && mkdir "$cgroup" 2> /dev/null
}

drop_cgroup()
{
	local _

	for _ in 1 2 3 4 5 6 7 8 9 10; do
		find "$cgroup" -depth -type d -exec rmdir {} \; 2> /dev/null ||
		    true
		[ -d "$cgroup" ] || return 0
		sleep 0.1
	done
	echo "boot.sh: left behind: $cgroup" >&2
}

outside()
{
	local out=$top/build/world/out status

	if [ "${1-}" = -o ]; then
		out=$2
		shift 2
	fi
	mkdir -p "$out"
	rm -f "$out/status" "$out/output"
	if ! make_cgroup; then
		echo "boot.sh: no cgroup2 in which to make a group" >&2
		exit 77
	fi
	trap drop_cgroup EXIT
	(
		echo "$BASHPID" > "$cgroup/cgroup.procs"
		exec timeout -s KILL "${BOOT_TIMEOUT:-390}" \
		    "$here/world.sh" -o "$out" "$here/boot.sh" --inside "$@"
	) > "$out/boot.log" 2>&1 < /dev/null || true
	cat "$out/output" 2> /dev/null || true
	status=$(cat "$out/status" 2> /dev/null || echo none)
	if [ "$status" = none ]; then
		echo "boot.sh: COMMAND never ended; see $out/boot.log" >&2
		tail -n 20 "$out/boot.log" >&2
		exit 1
	fi
	exit "$status"
}

# unit COMMAND [ARG...]: COMMAND with this world's environment as a service.
unit()
{
	{
		printf 'export PATH=%q TOP=%q BUILD=%q OUT=%q HOME=/root\n' \
		    "$PATH" "$TOP" "$BUILD" "$OUT"
		printf 'export LANG=C.UTF-8 TERM=dumb\nexec '
		printf '%q ' "$@"
	} > /etc/world-command
	cat > "$units/world.service" <<-END
	[Unit]
	After=basic.target dbus.socket
	Requires=basic.target
	DefaultDependencies=no
	[Service]
	Type=oneshot
	TimeoutStartSec=infinity
	StandardOutput=file:$OUT/output
	StandardError=inherit
	ExecStart=/bin/bash /etc/world-command
	ExecStopPost=/bin/bash -c 'echo \$EXIT_STATUS > $OUT/status'
	ExecStopPost=/bin/systemctl --no-block --force poweroff
	END
	cat > "$units/world.target" <<-END
	[Unit]
	Requires=basic.target world.service
	After=basic.target
	AllowIsolate=yes
	END
	ln -sf world.target "$units/default.target"
}

inside()
{
	local name

	umount -l /sys
	mount -t sysfs sysfs /sys
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mount --make-rshared /
	rm -rf "$units"/*.wants "$units"/*.requires
	for name in "${masked[@]}"; do
		ln -sf /dev/null "$units/$name"
	done
	# A boot empties /tmp, where the checkout may be.
	ln -sf /dev/null /etc/tmpfiles.d/tmp.conf
	: > /etc/fstab
	hostname > /etc/hostname
	rm -f /etc/machine-id
	systemd-machine-id-setup > /dev/null 2>&1
	unit "$@"
	exec env -i PATH="$PATH" container=world LANG=C.UTF-8 \
	    /lib/systemd/systemd --log-target=console --log-level=info
}

if [ "${1-}" = --inside ]; then
	shift
	inside "$@"
elif [ $# -gt 0 ]; then
	outside "$@"
else
	echo "usage: boot.sh [-o DIR] COMMAND [ARG...]" >&2
	exit 2
fi
