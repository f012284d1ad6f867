#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The same product with endpoint_url_* pointed at a server that shares no code
# with the simulator (other.mjs), and with host keys from a file.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

port=9000

browser()
{
	cat > "$run/browser" <<-END
	#!/bin/bash
	# approve CODE --as USER
	exec 3<> /dev/tcp/127.0.0.1/$port
	printf 'POST /approve?code=%s&as=%s HTTP/1.0\r\n\r\n' "\$2" "\$4" >&3
	grep approved <&3
	END
	chmod 755 "$run/browser"
}

before_all()
{
	local service

	world_example 60
	world_fixture "$run/example.json"
	world_network
	world_install
	node "$TOP/tests/world/other.mjs" "$run/fixture.json" $port \
	    > "$OUT/other.log" 2>&1 &
	browser
	world_conf "$policy"
	{
		echo '[network]'
		for service in sso_oidc sso sts identitystore; do
			echo "endpoint_url_$service = http://127.0.0.1:$port"
		done
		echo '[credentials]'
		echo 'source = file'
		echo "file = $run/keys"
	} >> /etc/awssso/awssso.conf
	sed -i "/^region/a account = $account" /etc/awssso/awssso.conf
	printf '[default]\naws_access_key_id = AKIAOTHER\n' > "$run/keys"
	echo "aws_secret_access_key = $(openssl rand -hex 20)" >> "$run/keys"
	chmod 600 "$run/keys"
	chown awssso-net: "$run/keys"
	world_sshd
	world_sudo "$admin_set"
	echo 'ALL ALL=(ALL:ALL) ALL' > /etc/sudoers.d/world
	start netd
	start awsssod
	within 20 swept
}

# covers: spine.3, spine.4, spine.5, spine.10
scn_sweep_of_a_foreign_server()
{
	local want

	want=$(jq '.users | length' "$run/fixture.json")
	[ "$(awssso status --json | jq .users)" = "$want" ] ||
	    fail "not $want users: $(awssso status --json)"
	at_once id alice
	status 0
	says "$group"
}

# covers: spine.4, spine.5, spine.6, spine.10, R1
scn_sign_in_at_a_foreign_server()
{
	export BROWSER=$run/browser
	person -approve alice ssh -tt alice@bastion 'id -un; sudo id -un'
	status 0
	says '^alice$'
	says '^root$'
	codes 1
	mark
	person -approve bob ssh alice@bastion 'echo a shell'
	failed
	silent 'a shell'
	audited '.event == "wrong-approver" and .user == "alice"'
}
