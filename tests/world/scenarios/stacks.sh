#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The stack for authselect (conf/authselect) under the service files of RHEL 9,
# by rows of tests/world/table.tsv; the one for pam-auth-update is under every
# other scenario, and all rows.  Either must be missed when it is not in force:
# with our line "optional" the same rows fail.
# shellcheck shell=bash disable=SC2154,SC2034,SC2317 # set by lib.sh

# shellcheck source=tests/world/table.sh
. "$TOP/tests/world/table.sh"

before_all()
{
	table_before
	cp -a /etc/pam.d "$run/pam.d"
	touch "$OUT/cells"
}

# --- RHEL --------------------------------------------------------------------

# rendered FILE: as "authselect select awssso with-mkhomedir" writes it.
rendered()
{
	sed -E -e 's/ *\{include if "with-mkhomedir"\}//' \
	    -e '/\{include if /d' \
	    -e 's/\{if not "[^"]*":([^}|]*)\}/\1/g' \
	    -e 's/\{if "[^"]*":[^}|]*\|([^}]*)\}/\1/g' \
	    "$TOP/conf/authselect/$1"
}

# service NAME: a service file from what comes in.
service()
{
	cat > "/etc/pam.d/$1"
}

# services: what RHEL 9's packages put into /etc/pam.d, crond's under the name
# that this machine's cron asks for.
services()
{
	service sshd <<-END
	auth       substack     password-auth
	auth       include      postlogin
	account    required     pam_sepermit.so
	account    required     pam_nologin.so
	account    include      password-auth
	password   include      password-auth
	session    required     pam_selinux.so close
	session    required     pam_loginuid.so
	session    required     pam_selinux.so open env_params
	session    required     pam_namespace.so
	session    optional     pam_keyinit.so force revoke
	session    optional     pam_motd.so
	session    include      password-auth
	session    include      postlogin
	END
	service login <<-END
	auth       substack     system-auth
	auth       include      postlogin
	account    required     pam_nologin.so
	account    include      system-auth
	password   include      system-auth
	session    required     pam_selinux.so close
	session    required     pam_loginuid.so
	session    required     pam_selinux.so open
	session    required     pam_namespace.so
	session    optional     pam_keyinit.so force revoke
	session    include      system-auth
	session    include      postlogin
	END
	service su <<-END
	auth       required     pam_env.so
	auth       sufficient   pam_rootok.so
	auth       substack     system-auth
	auth       include      postlogin
	account    sufficient   pam_succeed_if.so uid = 0 use_uid quiet
	account    include      system-auth
	password   include      system-auth
	session    include      system-auth
	session    include      postlogin
	session    optional     pam_xauth.so
	END
	batch_services
}

batch_services()
{
	service cron <<-END
	account    required     pam_access.so
	account    include      password-auth
	session    required     pam_loginuid.so
	session    include      password-auth
	auth       include      password-auth
	END
	service atd <<-END
	auth       required     pam_env.so
	auth       include      password-auth
	account    required     pam_access.so
	account    include      password-auth
	session    required     pam_loginuid.so
	session    include      password-auth
	END
	# The gate's two lines, before what the distribution has.
	service sudo <<-END
	$(grep pam_awssso "$TOP/conf/pam.d/sudo")
	auth       include      system-auth
	account    include      system-auth
	password   include      system-auth
	session    include      system-auth
	END
}

# debian_again: the service files as they were.
debian_again()
{
	rm -rf /etc/pam.d
	cp -a "$run/pam.d" /etc/pam.d
}

rhel()
{
	local file

	undo debian_again
	for file in system-auth password-auth postlogin; do
		rendered "$file" > "/etc/pam.d/$file"
		! grep '[{}]' "/etc/pam.d/$file" || fail "not rendered"
	done
	# No need to wait after each refusal.
	sed -i 's/delay=2000000/delay=0/' /etc/pam.d/{system,password}-auth
	rendered nsswitch.conf | sed 's/^hosts:.*/hosts: files/' \
	    > /etc/nsswitch.conf
	services
}

# want WHO COLUMN: RHEL's su asks nobody whether root may.
eval "$(declare -f want | sed '1s/.*/want_by_table ()/')"
want()
{
	if [[ $rhels = yes && $2 = su0 && $row != absent ]]; then
		echo in
	else
		want_by_table "$@"
	fi
}
rhels=no

# --- rows ----------------------------------------------------------------------

disabled()
{
	aws_differs
	idcsim set user alice disabled
	awssso sync
}

# mangled FILE...: our lines of auth and account are there, and decide nothing.
mangled()
{
	undo debian_again
	sed -i -E 's/^(auth|account)\s.*pam_awssso\.so/\1 optional pam_awssso.so/' \
	    "$@"
	cp "$OUT/cells" "$run/cells"
	if (tries); then
		fail "nobody missed the stack"
	fi
	mv "$run/cells" "$OUT/cells"
	: > "$OUT/why"
	grep -E '	(key|cron)	in$' "$run/cells.alice" ||
	    fail "a stack that decides nothing refused"
}

# covers: verdict.4, R35
scn_debian_mangled()
{
	begin
	row=disabled
	disabled
	mangled /etc/pam.d/common-{auth,account}
}

# covers: verdict.4, R35
scn_rhel_ordinary()
{
	rhels=yes
	rhel
	begin
	tries
}

# covers: verdict.4, R35
scn_rhel_not_in_the_policy()
{
	rhels=yes
	rhel
	begin
	aws_differs
	idcsim set member Engineers alice off
	awssso sync
	tries
}

# covers: verdict.4, R35
scn_rhel_disabled()
{
	rhels=yes
	rhel
	begin
	disabled
	tries
}

# covers: verdict.4, R35
scn_rhel_absent()
{
	rhels=yes
	rhel
	begin
	aws_differs
	idcsim delete-user alice
	awssso sync
	tries
}

# covers: verdict.4, R35
scn_rhel_mangled()
{
	rhels=yes
	rhel
	begin
	row=disabled
	disabled
	mangled /etc/pam.d/{system,password}-auth
}

# covers: verdict.4, R35
scn_rhel_the_table()
{
	matrix | show
	echo "RHEL's su asks nobody whether root may become somebody" | show
	awk -F '\t' '$4 != $5 { exit 1 }' "$OUT/cells" || fail "cells differ"
}
