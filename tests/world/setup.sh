#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# setup.sh: sourced inside a world (world.sh).  Turns it into a host that has
# awssso installed, talks to a simulated AWS under AWS's own host names, and
# can be logged in to:
#
#   world_setup FIXTURE
#
# or the steps below, one by one.  Everything comes from FIXTURE, nothing is
# assumed of its names.  Logs lie in $OUT: syslog, awsssod.log, netd.log,
# idcsim.log (requests, JSON lines), idcsim.out.  Keys are made here, at run
# time, and vanish with the world.
# shellcheck shell=bash disable=SC2034,SC2120,SC2119 # used by who sources it

: "${TOP:?}" "${BUILD:?}" "${OUT:?}"
run=/run/world
doors=(127.0.0.1:443) # of AWS's names
export PATH=$BUILD:$PATH

fact()
{
	jq -er "$1" "$run/fixture.json"
}

# world_fixture FILE: what everything below is made from.
world_fixture()
{
	mkdir -p "$run"
	[ "$1" = "$run/fixture.json" ] || cp "$1" "$run/fixture.json"
	region=$(fact .region)
	store=$(fact .identity_store_id)
	start_url=$(fact .start_url)
	start_host=${start_url#*://}
	start_host=${start_host%%[/:]*}
	account=$(fact '.host_account // .accounts[0].AccountId')
}

suffix()
{
	case $region in
	cn-*) echo amazonaws.com.cn ;;
	eusc-*) echo amazonaws.eu ;;
	us-iso-*) echo c2s.ic.gov ;;
	us-isob-*) echo sc2s.sgov.gov ;;
	*) echo amazonaws.com ;;
	esac
}

aws_hosts()
{
	local service

	for service in oidc portal.sso device.sso sts identitystore sso; do
		echo "$service.$region.$(suffix)"
	done
	echo "$start_host"
}

world_hosts()
{
	{
		echo "127.0.0.1 localhost bastion"
		aws_hosts | sed 's/^/127.0.0.1 /'
	} > /etc/hosts
	sed -i 's/^hosts:.*/hosts: files/' /etc/nsswitch.conf
	: > /etc/resolv.conf
	ip addr add 169.254.169.254/32 dev lo
}

world_network()
{
	world_hosts
	"$BUILD/world/sink" /dev/log "$OUT/syslog"
}

# world_ca: a CA of this world only, trusted by all that trusts the system's.
world_ca()
{
	local dir=$run/ca names ca=/etc/ssl/certs/ca-certificates.crt

	[ ! -e /etc/pki/tls/certs/ca-bundle.crt ] ||
	    ca=/etc/pki/tls/certs/ca-bundle.crt
	mkdir -p "$dir"
	names=$(aws_hosts | sed 's/^/DNS:/' | paste -sd,)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -days 9 -subj '/CN=test world CA' -keyout "$dir/ca.key" \
	    -out "$dir/ca.pem" -addext basicConstraints=critical,CA:TRUE \
	    -addext keyUsage=critical,keyCertSign 2> /dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -subj '/CN=idcsim' -keyout "$dir/key.pem" -out "$dir/csr.pem" \
	    2> /dev/null
	openssl x509 -req -in "$dir/csr.pem" -CA "$dir/ca.pem" \
	    -CAkey "$dir/ca.key" -CAcreateserial -days 9 \
	    -out "$dir/cert.pem" -extfile <(
		echo "subjectAltName=$names"
		echo "extendedKeyUsage=serverAuth"
		echo "basicConstraints=CA:FALSE"
	    ) 2> /dev/null
	cat "$dir/cert.pem" "$dir/ca.pem" > "$dir/chain.pem"
	cat "$dir/ca.pem" >> "$ca"
	ln -sf "$dir/ca.pem" \
	    "/etc/ssl/certs/$(openssl x509 -in "$dir/ca.pem" -noout -hash).0"
}

# world_simulator [ARG...]: the stand-in for AWS, with ARGs for "idcsim serve".
world_simulator()
{
	idcsim serve --fixture "$run/fixture.json" --cert "$run/ca/chain.pem" \
	    --key "$run/ca/key.pem" "${doors[@]/#/--listen=}" \
	    --http 169.254.169.254:80 --plain 127.0.0.1:8080 \
	    --log "$OUT/idcsim.log" --credentials-file "$run/host-keys" "$@" \
	    > "$OUT/idcsim.out" 2>&1 &
	echo $! > "$run/idcsim.pid"
	within 10 idcsim pending > /dev/null
}

# world_files: as a package would, no login goes by them.  Nothing may be left
# of an installation on the machine outside.
world_files()
{
	rm -rf /etc/awssso /var/lib/awssso
	make -s -C "$TOP" BUILD="$BUILD" DESTDIR= prefix=/usr install \
	    > "$OUT/install.log"
	systemd-sysusers /usr/lib/sysusers.d/awssso.conf
	systemd-tmpfiles --create /usr/lib/tmpfiles.d/awssso.conf
	ldconfig
}

# world_install: and as an administrator would, by hand.
world_install()
{
	world_files
	sed -i -E 's/^((passwd|group):\s*files)( |$)/\1 awssso\3/' \
	    /etc/nsswitch.conf
	DEBIAN_FRONTEND=noninteractive pam-auth-update --enable awssso
	grep -q pam_awssso /etc/pam.d/common-auth
}

# world_conf [LINE...]: awssso.conf for the fixture; LINEs are what is allowed
# and whatever else belongs at the end of [access].
world_conf()
{
	# by rename: a daemon may be starting
	cat > /etc/awssso/awssso.conf.new <<-END
	[identity-center]
	start_url = $start_url
	region = $region
	identity_store_id = $store

	[access]
	$(printf '%s\n' "$@")

	[directory]
	sweep_rate = 20
	END
	chmod 644 /etc/awssso/awssso.conf.new
	mv /etc/awssso/awssso.conf.new /etc/awssso/awssso.conf
}

# setup_answers [LINE...]: what awssso setup is to know, and LINEs, in
# $run/answers.
setup_answers()
{
	printf '[directory]\nsweep_rate = 20\n' > "$run/settings"
	cat > "$run/answers" <<-END
	# as aws configure sso asks
	start_url = $start_url
	region = $region
	identity_store_id = $store
	allow_groups = Engineers
	sudo_permission_set = $admin_set
	settings = $run/settings
	$(printf '%s\n' "$@")
	END
}

# world_sudo SET: the shipped PAM stack of sudo, asking for the permission set.
world_sudo()
{
	local file

	for file in sudo sudo-i; do
		sed "s/permission_set=[^ ]*/permission_set=$1/" \
		    "$TOP/conf/pam.d/$file" > "/etc/pam.d/$file"
	done
}

# world_sshd: the distribution's sshd with the shipped drop-in, and root's key.
world_sshd()
{
	local dir=/root/.ssh

	cp "$TOP/conf/sshd_config.d/awssso.conf" /etc/ssh/sshd_config.d/
	echo 'LogLevel VERBOSE' > /etc/ssh/sshd_config.d/world.conf
	rm -f /etc/ssh/ssh_host_*
	ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
	rm -rf "$dir"
	mkdir -m 700 "$dir"
	ssh-keygen -q -t ed25519 -N '' -f "$dir/id_ed25519"
	cp "$dir/id_ed25519.pub" "$dir/authorized_keys"
	echo "bastion,localhost,127.0.0.1 $(cut -d' ' -f1,2 \
	    /etc/ssh/ssh_host_ed25519_key.pub)" > "$dir/known_hosts"
	cat > "$dir/config" <<-END
	Host *
	  PreferredAuthentications publickey,keyboard-interactive
	END
	/usr/sbin/sshd
}

# follow LOG OPTION...: what journalctl prints from now on, in LOG.  Asked again
# and again: "journalctl -f" misses what it is told by inotify on an overlay.
follow()
{
	local log=$OUT/$1 cursor=$run/$1.cursor

	shift
	mkdir -p "$run"
	: > "$log"
	while :; do
		journalctl -q --cursor-file="$cursor" "$@" >> "$log" 2>&1 ||
		    true
		sleep 0.1
	done &
}

# start NAME: netd or awsssod; pid NAME knows it afterwards.
start()
{
	local program

	case $1 in
	netd) program=awssso-netd ;;
	awsssod) program=awsssod ;;
	esac
	"$program" --foreground >> "$OUT/$1.log" 2>&1 &
	echo $! > "$run/$1.pid"
}

pid()
{
	cat "$run/$1.pid"
}

gone()
{
	! kill -0 "$(pid "$1")"
}

# stop NAME: and wait until it is gone.
stop()
{
	kill -CONT "$(pid "$1")"
	kill "$(pid "$1")"
	within 10 gone "$1"
}

# swept: a first generation is in force, and this host's libc has it.
swept()
{
	[ -e /var/lib/awssso/public/directory.1 ] &&
	    awssso status --json | jq -e '.generation > 0' > /dev/null
}

# within SECONDS COMMAND [ARG...]: until COMMAND succeeds, not longer.
within()
{
	local until=$((SECONDS + $1))

	shift
	while ! "$@" 2> /dev/null; do
		if [ "$SECONDS" -ge "$until" ]; then
			echo "world: never came true: $*" >&2
			return 1
		fi
		sleep 0.05
	done
}

# world_setup FIXTURE [LINE...]: all of it; LINEs are world_conf's.
world_setup()
{
	world_fixture "$1"
	shift
	world_network
	world_ca
	world_install
	world_simulator
	world_conf "$@"
	world_sshd
	start netd
	start awsssod
	if ! within 120 swept; then
		tail -n 5 "$OUT/netd.log" "$OUT/awsssod.log" >&2
		return 1
	fi
}

# world_example SECONDS: the project's fixture with codes that live SECONDS,
# polled once a second, and one person more (erin, like alice).  $policy is a
# line for world_conf that lets alice, bob, carol and erin in, $group theirs.
policy='allow_groups = Engineers'
group=engineers
admin_set=AdministratorAccess

world_example()
{
	local example=$TOP/tests/fixtures/example.json

	mkdir -p "$run"
	jq --argjson life "$1" '
	    (.users[0].UserId) as $alice |
	    ($alice[:-4] + "e417") as $erin |
	    .device = {interval: 1, expires_in: $life} |
	    .users += [.users[0] + {UserId: $erin,
		UserName: "erin@example.com", DisplayName: "Erin Example",
		ExternalIds: []}] |
	    .groups |= map(if .Members | index($alice)
		then .Members += [$erin] else . end)' \
	    "$example" > "$run/example.json"
}

# world_locals: accounts that were here before awssso: root and admin with a
# password, ec2-user without one but with sudo, all with root's key.
world_locals()
{
	local user dir

	password=$(openssl rand -hex 8)
	useradd -m -s /bin/bash admin
	useradd -m -s /bin/bash ec2-user
	printf 'root:%s\nadmin:%s\n' "$password" "$password" | chpasswd
	for user in admin ec2-user; do
		dir=/home/$user/.ssh
		install -d -m 700 -o "$user" "$dir"
		install -m 600 -o "$user" /root/.ssh/id_ed25519.pub \
		    "$dir/authorized_keys"
	done
	# On the console: say who it is, and leave.
	# shellcheck disable=SC2016 # for that shell
	echo 'echo "console of $(id -un)"; exit' |
	    tee /root/.bash_profile > /home/admin/.bash_profile
	cat > /etc/sudoers.d/locals <<-END
	admin ALL=(ALL:ALL) ALL
	ec2-user ALL=(ALL:ALL) NOPASSWD: ALL
	END
	chmod 440 /etc/sudoers.d/locals
	echo "$password" > "$run/password"
}
