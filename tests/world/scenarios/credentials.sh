#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# The host's own AWS keys, at the addresses where AWS has them: the metadata
# service, the agents of containers, web identity, and a role of another account
# on top.  What is asked is "awssso-netd --probe", as an administrator would.
# shellcheck shell=bash disable=SC2154 # set by lib.sh

conf=/etc/awssso/awssso.conf
reader=arn:aws:iam::444455556666:role/sso/Reader
web=arn:aws:iam::444455556666:role/Web
task=/v2/credentials/2a1b3c4d-0000-4000-8000-5e6f708192a3

before_all()
{
	world_example 60
	jq --arg reader "$reader" --arg web "$web" '.roles = [
	    {RoleArn: $reader, ExternalId: "two:hosts"},
	    {RoleArn: $web, WebIdentity: {Issuer: "https://oidc.example",
		Audience: "sts.amazonaws.com", Subject: "netd"}}]' \
	    "$run/example.json" > "$run/roles.json"
	world_fixture "$run/roles.json"
	world_network
	ip addr add 169.254.170.2/32 dev lo
	ip -6 addr add fd00:ec2::254/128 dev lo nodad
	ip -6 addr add fd00:ec2::23/128 dev lo nodad
	world_ca
	world_install
	world_simulator --http 169.254.170.2:80 --http '[fd00:ec2::254]:80' \
	    --http '[fd00:ec2::23]:80'
	world_conf "$policy"
}

# probe LINE...: with LINEs in [credentials], in an environment of $env.
probe()
{
	cp "$conf" "$run/probe.conf"
	printf '%s\n' '[credentials]' "$@" >> "$run/probe.conf"
	at_once env "${env[@]}" awssso-netd --probe --config "$run/probe.conf"
}

# keys_of SOURCE ARN: all is well, and it is ARN whose keys sign.
keys_of()
{
	status 0
	says "^ok credentials $1: arn:aws:sts::$2"
	says "^ok host $account: "
	says '^ok ListUsers '
	silent '^no '
}

# covers: dir.4
scn_instance_metadata_over_ipv4_and_ipv6()
{
	env=()
	probe 'imds = ipv4'
	keys_of imds "$account:assumed-role/awssso-host/i-"
	has idcsim.log '"host":"169\.254\.169\.254"' || fail 'not over IPv4'
	! has idcsim.log 'fd00:ec2::254' || fail 'over IPv6 as well'
	probe 'imds = ipv6'
	keys_of imds "$account:assumed-role/awssso-host/i-"
	has idcsim.log '"host":"\[fd00:ec2::254\]"' || fail 'not over IPv6'
}

# covers: dir.4
scn_a_container_is_told_by_its_environment()
{
	env=("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=$task")
	probe 'source = container'
	keys_of container "$account:assumed-role/awssso-task/"
	has idcsim.log '"host":"169\.254\.170\.2"' || fail 'not the agent'
	idcsim container-token > "$run/token"
	env=('AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[fd00:ec2::23]/v1/credentials'
	    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$run/token")
	probe 'source = container'
	keys_of container "$account:assumed-role/awssso-task/"
	# Nobody is told the way to somebody else's keys.
	env=('AWS_CONTAINER_CREDENTIALS_FULL_URI=http://192.0.2.1/v1/credentials')
	probe 'source = container'
	failed
	says '^no host -: .*must be a path, or an https URL'
	env=()
	probe 'source = container'
	failed
	says '^no host -: .*the environment names no place'
}

# covers: dir.4
scn_a_role_of_another_account()
{
	env=()
	probe "role_arn = $reader" 'external_id = two:hosts' \
	    'role_session_name = bastion-1'
	keys_of "imds then $reader" '444455556666:assumed-role/Reader/bastion-1'
	probe "role_arn = $reader"
	failed
	says "^ok host $account: "
	says "^no credentials imds then $reader: .*its trust policy must name"
	idcsim web-token "$web" > "$run/token"
	account=444455556666
	probe 'source = web-identity' "web_identity_role_arn = $web" \
	    "web_identity_token_file = $run/token"
	keys_of web-identity '444455556666:assumed-role/Web/awssso-'
}
