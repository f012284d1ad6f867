#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# deps.sh [build|demo|test]...: install what is missing (default: all three).
# Does nothing, and needs no network and no root, when everything is there.
#  build  what the programs are compiled with
#  demo   what "make demo" runs: sshd, sudo, expect ...
#  test   what "make check" and "make lint" need besides
# An SSH server that comes in this way is neither started nor enabled: the
# tests run their own in a private world.
# shellcheck disable=SC2034 # the lists are named by variable
set -euo pipefail

apt_build=(gcc make pkg-config libc6-dev libcurl4-openssl-dev libjson-c-dev
    libssl-dev libsystemd-dev libsqlite3-dev libinih-dev libqrencode-dev
    libpam0g-dev)
apt_demo=(libmicrohttpd-dev openssh-server openssh-client sudo expect jq
    iproute2 openssl ca-certificates libpam-runtime libpam-modules login
    systemd)
apt_test=(libcmocka-dev libnss-wrapper clang libclang-rt-dev clang-format
    cppcheck shellcheck nodejs npm binutils strace procps curl
    build-essential debhelper lintian rpm mandoc
    nftables)

# Amazon Linux 2023 and RHEL 9 (with CRB and EPEL).  Untested.
dnf_build=(gcc make pkgconf-pkg-config libcurl-devel json-c-devel
    openssl-devel systemd-devel sqlite-devel inih-devel qrencode-devel
    pam-devel)
dnf_demo=(libmicrohttpd-devel openssh-server openssh-clients sudo expect jq
    iproute openssl ca-certificates util-linux systemd)
dnf_test=(libcmocka-devel nss_wrapper clang compiler-rt clang-tools-extra
    cppcheck ShellCheck nodejs npm binutils strace procps-ng curl rpm-build
    mandoc nftables)

say()
{
	echo "deps: $*"
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		env "$@"
	elif command -v sudo > /dev/null; then
		sudo env "$@"
	else
		echo "deps: must be root to install: $missing" >&2
		exit 1
	fi
}

# missing_deb, missing_rpm PACKAGE...: those that are not installed.
missing_deb()
{
	local package status have=' '

	while read -r package status; do
		[ "$status" != installed ] || have+="$package "
	done < <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" \
	    2> /dev/null || true)
	! command -v node > /dev/null || have+='nodejs '
	! command -v npm > /dev/null || have+='npm '
	for package; do
		case $have in
		*" $package "*) ;;
		*) printf '%s ' "$package" ;;
		esac
	done
}

missing_rpm()
{
	local package

	for package; do
		rpm -q --whatprovides "$package" > /dev/null 2>&1 ||
		    printf '%s ' "$package"
	done
}

# A package that this release does not know is left out, said aloud; lists are
# fetched only when they are not there yet.
known_debs()
{
	local package

	for package; do
		if apt-cache show "$package" > /dev/null 2>&1; then
			printf '%s ' "$package"
		else
			say "not in this release: $package" >&2
		fi
	done
}

# no_start COMMAND...: run it so that no service is started by a package.
no_start()
{
	local policy=/usr/sbin/policy-rc.d status=0

	if [ -e "$policy" ]; then
		as_root "$@"
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" > /dev/null
	as_root chmod 755 "$policy"
	as_root "$@" || status=$?
	as_root rm -f "$policy"
	return "$status"
}

apt_update()
{
	say "apt-get update"
	as_root apt-get -qq update
}

# apt_install PACKAGE...: lists that are too old are fetched once.
apt_install()
{
	local command=(DEBIAN_FRONTEND=noninteractive apt-get -y -qq
	    -o Dpkg::Use-Pty=0 --no-install-recommends install)

	say "apt-get install $*"
	if ! no_start "${command[@]}" "$@" > /dev/null; then
		apt_update
		no_start "${command[@]}" "$@" > /dev/null
	fi
}

with_apt()
{
	local lists=/var/lib/apt/lists sshd=old

	[ -n "$(find $lists -name '*_Packages*' -print -quit)" ] || apt_update
	case " $missing" in
	*' openssh-server '*) sshd=new ;;
	esac
	# shellcheck disable=SC2046,SC2086 # package names, split on purpose
	apt_install $(known_debs $missing)
	[ $sshd = old ] || as_root systemctl --quiet disable ssh.service \
	    ssh.socket > /dev/null 2>&1 || true
}

with_dnf()
{
	say "dnf install $missing (untested)"
	# shellcheck disable=SC2086
	as_root dnf -y -q install $missing
}

main()
{
	local tool find group wanted=()

	if command -v apt-get > /dev/null; then
		tool=apt find=missing_deb
	elif command -v dnf > /dev/null; then
		tool=dnf find=missing_rpm
	else
		echo "deps: neither apt-get nor dnf here; install by hand:" \
		    "${apt_build[*]}" >&2
		exit 1
	fi
	[ $# -gt 0 ] || set -- build demo test
	for group; do
		case $group in
		build | demo | test) ;;
		*)
			echo "usage: deps.sh [build|demo|test]..." >&2
			exit 2
			;;
		esac
		local -n list=${tool}_$group
		wanted+=("${list[@]}")
		unset -n list
	done
	missing=$("$find" "${wanted[@]}")
	[ -z "$missing" ] || "with_$tool"
}

main "$@"
