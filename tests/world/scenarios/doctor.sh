#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# awssso doctor: nothing is broken on a good host; each thing that is broken
# then is found by its name, with and without the daemons; and awssso status.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

conf=/etc/awssso/awssso.conf

before_all()
{
	world_example 60
	world_setup "$run/example.json" "$policy"
	world_sudo "$admin_set"
	world_locals
	cp "$TOP/conf/sudoers.d/awssso" /etc/sudoers.d/awssso
	nft -f /usr/share/doc/awssso/examples/nft/imds.nft
	# Somebody is provisioned now and then.
	idcsim set user carol@example.com disabled
	awssso sync
}

# doctor ARG...: once.
doctor()
{
	at_once awssso doctor "$@"
}

# finds STATE NAME TEXT: a line.
finds()
{
	grep -E "^$1 +$2 " "$transcript" | grep -qE -e "$3" ||
	    fail "no line: $1 $2 ... $3"
}

# keeps FILE: it is put back when the scenario ends.
keeps()
{
	cp -a "$1" "$run/kept${1//\//_}"
	undo cp -a "$run/kept${1//\//_}" "$1"
}

# covers: hour.3
scn_a_good_host_is_ok()
{
	doctor
	status 0
	silent '^broken'
	silent '^warning'
	finds ok settings 'is good'
	finds ok awsssod answers
	finds ok aws-oidc "oidc\.$region\.amazonaws\.com: reached"
	finds ok aws-ListUsers 'may be read'
	finds ok aws-clock '0 s ahead of ours'
	finds ok provisioning 'newest change'
	finds ok snapshot 'generation [1-9]'
	finds ok nss 'libc finds /.*libnss_awssso\.so\.2, and '
	finds ok pam-module 'can be loaded'
	for service in sshd login sudo sudo-i su su-l cron; do
		finds ok "pam-$service" 'asks pam_awssso\.so'
	done
	finds ok sshd 'shows sign-ins'
	finds ok sudo 'asks for a permission set'
	finds ok root 'root \(password\), admin \(password, sudo\), ec2-user \(ssh key, sudo\)'
	finds ok imds 'does not reach 169\.254\.169\.254'
	finds ok egress '6 hosts'
	says " portal\.sso +portal\.sso\.$region\.amazonaws\.com:443 direct"
	says '^[0-9]+ ok, 0 warnings, 0 broken$'
}

# covers: hour.3
scn_it_is_told_to_programs()
{
	at_once awssso doctor --json --hosts 20
	status 0
	jq -e '.broken == 0 and .hosts == 20 and
	    (.checks | map(select(.check == "settings" and .state == "ok")) |
	    length == 1) and
	    (.egress | map(select(.name == "imds" and .port == "80" and
	    .proxy == "")) | length == 1)' "$transcript" > /dev/null ||
	    fail 'not the JSON that it should be'
}

# Whoever has no rights is told what only root could see, and hears the rest.
# covers: hour.3
scn_anybody_may_ask()
{
	at_once runuser -u nobody -- awssso doctor
	status 0
	silent '^broken'
	finds ok awsssod answers
	finds warning root 'only root can tell'
	finds warning sshd 'only root can tell'
	finds warning sudo 'only root can tell'
	finds warning aws-host 'instance metadata: no answer'
	says '-> sudo awssso doctor'
	finds ok imds 'does not reach'
}

# covers: hour.3
scn_it_works_without_the_daemons()
{
	undo within 120 swept
	undo start awsssod
	undo start netd
	stop netd
	stop awsssod
	doctor --offline
	status 1
	finds broken awsssod 'is not running'
	finds broken netd 'does not listen'
	finds ok aws 'not asked'
	finds ok snapshot 'generation [1-9]'
	finds ok nss 'libc finds'
	finds ok pam-sshd asks
	finds ok sweep 'requests'
	finds ok egress '6 hosts'
	[ "$(grep -c '^broken' "$transcript")" = 2 ] ||
	    fail 'more is broken than two daemons'
}

# A daemon that hangs is not waited for, beyond a few seconds.
# covers: hour.3
scn_a_daemon_that_hangs_is_broken()
{
	undo kill -CONT "$(pid awsssod)"
	kill -STOP "$(pid awsssod)"
	doctor --offline
	status 1
	finds broken awsssod 'does not answer'
}

# covers: hour.3
scn_settings_that_are_wrong()
{
	keeps "$conf"
	echo 'colour = blue' >> "$conf"
	doctor --only settings
	status 1
	finds broken settings "awssso\.conf:$(wc -l < "$conf"): .*colour"
	doctor --only aws
	finds warning aws 'settings are not good'
	cp -a "$run/kept${conf//\//_}" "$conf"
	sed -i '/^allow_/d' "$conf"
	doctor --only settings
	status 0
	finds warning settings 'nobody may log in'
	printf '[credentials]\nsource = file\nfile = /root/keys\n' >> "$conf"
	doctor --only settings
	status 1
	finds broken settings 'file: /root/keys: No such file'
	chmod 666 "$conf"
	doctor --only settings
	status 1
	finds broken settings 'others may write it'
}

# covers: hour.3
scn_aws_is_not_reached()
{
	undo nft delete table inet broken
	nft add table inet broken
	nft 'add chain inet broken o { type filter hook output priority 0; }'
	nft add rule inet broken o tcp dport 443 reject with tcp reset
	doctor --only aws
	status 1
	finds broken aws-oidc "oidc\.$region"
	finds broken aws-host GetCallerIdentity
	says '-> let awssso-net reach it'
	silent '^ok +aws-ListUsers'
}

# covers: hour.3
scn_the_host_may_not_read_the_directory()
{
	undo idcsim fault clear
	idcsim fault ListGroups deny
	doctor --only aws
	status 1
	finds ok aws-ListUsers 'may be read'
	finds broken aws-ListGroups "$store"
	says '-> give the role of this host identitystore:ListGroups'
}

# covers: hour.3
scn_the_clock_is_off()
{
	undo idcsim clock reset
	idcsim clock +200
	doctor --only aws
	status 0
	finds warning aws-clock '(199|200|201) s ahead'
	says '-> let chrony'
}

# covers: hour.3
scn_the_snapshot_is_bad()
{
	local file=/var/lib/awssso/public/directory.1

	keeps "$file"
	chmod 666 "$file"
	doctor --only snapshot
	status 1
	finds broken snapshot 'not to be trusted'
	chmod 644 "$file"
	printf x | dd of="$file" bs=1 seek=5000 conv=notrunc status=none
	doctor --only snapshot
	status 1
	finds broken snapshot 'is damaged'
	mv "$file" "$run/away"
	doctor --only snapshot
	status 1
	finds broken snapshot 'there is none'
}

# covers: hour.3
scn_libc_does_not_ask_us()
{
	local object

	keeps /etc/nsswitch.conf
	sed -i 's/ awssso//' /etc/nsswitch.conf
	doctor --only nsswitch
	status 1
	finds broken nsswitch 'passwd .*does not name awssso'
	doctor --only nss
	status 1
	finds broken nss 'finds nobody'
	echo 'initgroups: files awssso' >> /etc/nsswitch.conf
	doctor --only nsswitch
	finds broken nsswitch initgroups
	object=$(ldconfig -p | sed -n 's/.*libnss_awssso.* => //p')
	undo ldconfig
	undo mv "$run/object" "$object"
	mv "$object" "$run/object"
	ldconfig
	doctor --only nss
	status 1
	finds broken nss 'cannot load libnss_awssso\.so\.2'
}

# covers: hour.3, R35
scn_pam_lines_that_lock_out()
{
	local module

	keeps /etc/pam.d/common-auth
	keeps /etc/pam.d/common-account
	sed -i -E 's/\[[^]]*\](\s+pam_awssso)/required\1/' \
	    /etc/pam.d/common-auth
	doctor --only pam
	status 1
	finds broken pam-sshd 'common-auth:[0-9]+: .*root and local accounts are locked out'
	finds broken pam-su 'locked out'
	cp -a "$run/kept_etc_pam.d_common-auth" /etc/pam.d/common-auth
	sed -i '/pam_awssso/d' /etc/pam.d/common-account
	doctor --only pam
	status 0
	finds warning pam-cron 'no line of account runs'
	cp -a "$run/kept_etc_pam.d_common-account" /etc/pam.d/common-account
	sed -i '1i account sufficient pam_unix.so' /etc/pam.d/common-account
	doctor --only pam
	status 1
	finds broken pam-sshd 'common-account:1: says yes before'
	cp -a "$run/kept_etc_pam.d_common-account" /etc/pam.d/common-account
	module=$(echo /usr/lib/*/security/pam_awssso.so)
	undo mv "$run/module" "$module"
	mv "$module" "$run/module"
	doctor --only pam
	status 1
	finds broken pam-module 'cannot be loaded, and is named'
}

# covers: hour.3
scn_sshd_that_shows_nothing()
{
	keeps /etc/ssh/sshd_config.d/awssso.conf
	echo 'KbdInteractiveAuthentication no' > /etc/ssh/sshd_config.d/awssso.conf
	doctor --only sshd
	status 1
	finds broken sshd 'kbdinteractiveauthentication is not yes'
	finds warning sshd 'LoginGraceTime gives a person 120 s'
	printf '%s\n' 'KbdInteractiveAuthentication yes' 'LoginGraceTime 300' \
	    'AuthenticationMethods publickey' > \
	    /etc/ssh/sshd_config.d/awssso.conf
	doctor --only sshd
	status 1
	finds broken sshd 'AuthenticationMethods is publickey'
	echo 'Nonsense yes' > /etc/ssh/sshd_config.d/awssso.conf
	doctor --only sshd
	status 1
	finds broken sshd 'Bad configuration option: Nonsense'
}

# covers: hour.3
scn_nobody_is_left_to_be_root()
{
	keeps /etc/shadow
	keeps /etc/sudoers.d/locals
	sed -i -E 's/^(root|admin):[^:]*/\1:!/' /etc/shadow
	doctor --only root
	status 0
	# By its key, for sshd lets root in with one.
	finds ok root 'root \(ssh key\), ec2-user \(ssh key, sudo\)'
	echo 'PermitRootLogin no' > /etc/ssh/sshd_config.d/zz.conf
	undo rm /etc/ssh/sshd_config.d/zz.conf
	rm /etc/sudoers.d/locals
	doctor --only root
	status 0
	finds warning root 'nobody gets root here'
}

# covers: hour.3
scn_anybody_reaches_the_instance_metadata()
{
	undo nft -f "$TOP/conf/nft/imds.nft"
	nft delete table inet awssso_imds
	doctor --only imds
	status 0
	finds warning imds 'any user of this host reaches'
	at_once runuser -u nobody -- curl -s -m 2 -X PUT \
	    -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
	    http://169.254.169.254/latest/api/token
	status 0
	nft -f "$TOP/conf/nft/imds.nft"
	nft -f "$TOP/conf/nft/imds.nft"
	at_once runuser -u nobody -- curl -s -m 2 http://169.254.169.254/
	failed
	at_once runuser -u awssso-net -- curl -s -m 2 -X PUT \
	    -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
	    http://169.254.169.254/latest/api/token
	status 0
}

# covers: hour.3, R13, R17
scn_local_accounts_that_are_in_the_way()
{
	local id

	id=$(id -u alice)
	useradd -o -u "$id" -M likealice
	undo userdel likealice
	doctor --only local
	status 0
	finds warning local "account likealice .* ids of the directory's range"
	doctor --only nss
	finds ok nss 'libc finds'
}

# covers: hour.3
scn_what_ends_soon()
{
	keeps "$conf"
	sed -i "/^region/a saml_certificate_expires = $(date -u -d '+10 days' +%F)" \
	    "$conf"
	doctor --only dates
	status 0
	finds warning saml-certificate 'ends in (9|10) days'
	sed -i 's/^saml_.*/saml_certificate_expires = 2020-02-02/' "$conf"
	doctor --only dates
	status 1
	finds broken saml-certificate 'has ended'
}

# covers: hour.4
scn_status_says_how_it_is()
{
	person -approve alice ssh alice@bastion true
	status 0
	person -approve bob ssh alice@bastion true
	failed
	at_once awssso status
	status 0
	says "^provider +IAM Identity Center in $region, source identity-store$"
	says "^directory +$store, generation [0-9]+, "
	says '^newest change '
	says '^today +[1-9][0-9]* allowed, .*[1-9][0-9]* not approved'
	says '^open +0 sign-ins, '
	says '^next sweep +in '
	silent $'\033'
	at_once awssso status --json
	jq -e '.today.allowed > 0 and .today.refused > 0 and
	    .source == "identity-store" and .newest_change > 1700000000' \
	    "$transcript" > /dev/null || fail 'not the JSON'
}

# covers: hour.4
scn_colours_are_for_terminals_only()
{
	at_once script -qec 'awssso status' /dev/null
	says $'\033\\[32mrunning'
	at_once env NO_COLOR=1 script -qec 'awssso status' /dev/null
	silent $'\033'
	says 'running'
}
