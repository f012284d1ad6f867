#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh deb|rpm: build the packages of this tree, look at what they hold, and
# install, upgrade and remove them in a world of their own (deb.sh, rpm.sh).
# The older packages that are upgraded are these ones with a lower version,
# another awssso.conf and another PAM profile.
# covers: spine.1, spine.8
set -u
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 1
. tests/checks/lib.sh

build=$(readlink -f "${BUILD:-build}")
triplet=$(gcc -print-multiarch)
libdir=/usr/lib/$triplet
work=$build/packages
rm -rf "$work"
mkdir -p "$work"

# files DIR: "MODE PATH" of what is in it.
files()
{
	(cd "$1" && find . ! -type d -printf '%m %p\n' | LC_ALL=C sort -k 2)
}

# listed UNITDIR: the same of what "make install" puts there.
listed()
{
	grep -v -e '^#' -e '/$' tests/checks/install.list | sed -E \
	    -e "s,\./usr/lib/(security/|libnss),.$libdir/\1," \
	    -e "s,\./usr/lib/systemd/system/,.$1/," | LC_ALL=C sort -k 2
}

# built WHAT: make WHAT, its output in a file.
built()
{
	expect "make $1" "$("${MAKE:-make}" --no-print-directory \
	    BUILD="$build" "$@" > "$work/$1.log" 2>&1 ||
	    tail -n 5 "$work/$1.log")"
}

# --- Debian -------------------------------------------------------------------

# old_deb FILE: see above.
old_deb()
{
	local dir=$work/old

	rm -rf "$dir"
	dpkg-deb -R "$1" "$dir"
	sed -i -E -e 's/^Version: .*/Version: 0.0.1~old/' \
	    -e 's/\(= [^)]*\)/(= 0.0.1~old)/g' "$dir/DEBIAN/control"
	[ ! -e "$dir/etc/awssso/awssso.conf" ] ||
	    echo '# old' >> "$dir/etc/awssso/awssso.conf"
	[ ! -e "$dir/usr/share/pam-configs/awssso" ] ||
	    sed -i 's/umask=0077/umask=0027/' "$dir/usr/share/pam-configs/awssso"
	dpkg-deb -b --root-owner-group -Zgzip -z1 "$dir" \
	    "$build/deb/old/$(basename "$1")" > /dev/null
}

# Packages compress manual pages.
plain='s,\(/man/.*\)\.gz$,\1,'

# Examples lie among the documents that only packages install.
deb_files()
{
	files "$work/root" | sed "$plain" | grep -vE ' \./usr/share/doc/([^/]*/[^/]*|awssso/docs/.*)$'
}

debs()
{
	local deb units

	DEB_BUILD_OPTIONS=nocheck built deb
	expect "lintian" "$(lintian --allow-root --fail-on error,warning \
	    "$build"/deb/*.changes 2>&1)"
	mkdir -p "$work/root" "$build/deb/old"
	for deb in "$build"/deb/*awssso_*.deb; do
		dpkg-deb -x "$deb" "$work/root"
		old_deb "$deb"
	done
	units=/usr/lib/systemd/system
	[ -d "$work/root$units" ] || units=/lib/systemd/system
	expect "what make install puts there is in the packages" \
	    "$(diff <(listed $units | grep -v /authselect/) <(deb_files) |
	    grep '^[<>]')"
}

# --- RPM ----------------------------------------------------------------------

# The folders are Debian's, so that the modules work in a world of it.
rpm_flags()
{
	printf -- "--nodeps --noclean --buildroot %s --define '_libdir %s'" \
	    "$build/rpm/root" "$libdir"
	printf " --define 'debug_package %%{nil}' --define '_build_id_links none'"
}

# old_rpms: see above.
old_rpms()
{
	echo '# old' >> "$build/rpm/root/etc/awssso/awssso.conf"
	eval "rpmbuild -bb --short-circuit $(rpm_flags) \
	    --define '_topdir $build/rpm' --define '_sourcedir %{_topdir}' \
	    --define '_rpmdir %{_topdir}/old' --define 'dist ~old' \
	    $build/rpm/awssso.spec" > "$work/old.log" 2>&1 ||
	    tail -n 5 "$work/old.log"
}

# rpm_files: "MODE PATH" of what is in the packages, but for what rpm adds.
rpm_files()
{
	rpm -qp --qf '[%{FILEMODES:octal} .%{FILENAMES}\n]' \
	    "$build"/rpm/RPMS/*/*.rpm | sed -n -e "$plain" -e 's/^100//p' |
	    grep -vE ' \./usr/share/(licenses/|doc/awssso/([^/]*$|docs/))' |
	    LC_ALL=C sort -k 2
}

rpms()
{
	built rpm RPMFLAGS="$(rpm_flags)"
	expect "no rpm warns" "$(grep -i '^warning:' "$work/rpm.log")"
	expect "rpm -K" "$(rpm -K "$build"/rpm/RPMS/*/*.rpm |
	    grep -v ': digests OK$')"
	expect "what make install puts there is in the packages" \
	    "$(diff <(listed /usr/lib/systemd/system | grep -v /pam-configs/) \
	    <(rpm_files) | grep '^[<>]')"
	expect "older packages" "$(old_rpms)"
}

case ${1-} in
deb) debs ;;
rpm) rpms ;;
*)
	echo "usage: run.sh deb|rpm" >&2
	exit 2
	;;
esac
BUILD=$build tests/world/play.sh "tests/packages/$1.sh"
