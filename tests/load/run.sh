#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [pending|sustained...]: many sign-ins on one pair of daemons, against
# the simulator with as many people (both parts when none is named).
#
#  pending    PENDING (1,000) codes are open at once; then a quarter each is
#             approved, approved by somebody else, denied, hung up on.  Each must
#             end right, and what the daemons hold stays below bounds: 64 KB of
#             memory and 2 descriptors for each of them in awsssod (a client, and
#             nothing else of its own), 128 KB and 2 in awssso-netd.
#  sustained  RATE (50) sign-ins a second for SECONDS (20), each approved at once.
#
# AWS's quotas are not played: the simulator does not throttle here.  Times are
# printed and never judged.
set -uo pipefail
# Root asks for other people; the daemons themselves are nobody, in a network of
# their own.
if [ "$(id -u)" != 0 ]; then
	exec sudo env BUILD="${BUILD:-build}" "$0" "$@"
fi
[ -n "${AW_LOAD_NET:-}" ] || exec env AW_LOAD_NET=1 unshare --net "$0" "$@"
ip link set lo up || exit 2
cd "$(dirname "$(readlink -f "$0")")/../.." || exit 2
build=$(readlink -f "${BUILD:-build}")
[ $# -gt 0 ] || set -- pending sustained
pending=${PENDING:-1000}
rate=${RATE:-50}
seconds=${SECONDS_OF_LOAD:-20}
users=$((pending > rate * seconds ? pending : rate * seconds))
account=111122223333
store=d-0123456789
passed=0
failed=0
pids=()
work=$(mktemp -d)
chmod 755 "$work"

finish()
{
	[ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2> /dev/null
	wait
	rm -rf "$work"
}
trap finish EXIT
for name in $(env | sed -n 's/=.*//p' |
    grep -iE '_proxy$|^(SSL_CERT_|CURL_CA|AWS_)'); do
	unset "$name"
done

result()
{
	if [ "$1" = 0 ]; then
		passed=$((passed + 1))
		echo "ok $2"
	else
		failed=$((failed + 1))
		echo "not ok $2${3:+: $3}"
	fi
}

# within SECONDS COMMAND [ARG...]
within()
{
	local n=$(($1 * 10))

	shift
	until "$@" 2> /dev/null; do
		n=$((n - 1))
		if [ $n -le 0 ]; then
			tail -n 3 "$work"/*.log >&2
			return 1
		fi
		sleep 0.1
	done
}

# USERS people in one group, which holds the permission set Login.
fixture()
{
	awk -v users="$users" -v store="$store" -v account="$account" 'BEGIN {
		form = "0123456789-00000000-0000-4000-8000-%s%011d"
		printf "{\"region\":\"us-east-1\",\"identity_store_id\":\"%s\",", store
		printf "\"start_url\":\"https://%s.awsapps.com/start\",", store
		printf "\"device\":{\"interval\":5,\"expires_in\":600},"
		printf "\"instance_arn\":\"arn:aws:sso:::instance/ssoins-0123456789abcdef\","
		printf "\"accounts\":[{\"AccountId\":\"%s\",\"AccountName\":\"a\",\"EmailAddress\":\"a@example.com\"}],", account
		printf "\"permission_sets\":[{\"Name\":\"Login\",\"PermissionSetArn\":\"arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef\",\"Assignments\":[{\"AccountId\":\"%s\",\"PrincipalType\":\"GROUP\",\"PrincipalId\":\"" form "\"}]}],\"users\":[", account, "2", 0
		for (i = 0; i < users; i++)
			printf "%s{\"UserId\":\"" form "\",\"UserName\":\"u%d@example.com\",\"DisplayName\":\"User %d\",\"UserStatus\":\"ENABLED\"}", i ? "," : "", "1", i, i, i
		printf "],\"groups\":[{\"GroupId\":\"" form "\",\"DisplayName\":\"everybody\",\"Members\":[", "2", 0
		for (i = 0; i < users; i++)
			printf "%s\"" form "\"", i ? "," : "", "1", i
		printf "]}]}\n"
	}' > "$work/fixture.json"
}

conf()
{
	cat > "$work/awssso.conf" <<-END
	[identity-center]
	start_url = https://$store.awsapps.com/start
	region = us-east-1
	identity_store_id = $store
	account = $account
	[access]
	allow_groups = everybody
	[directory]
	sweep_rate = 100
	permission_sets = no
	[session]
	codes_per_host = 2000
	keep_token = 0
	[network]
	endpoint_url_sso_oidc = $1
	endpoint_url_sso = $1
	endpoint_url_sts = $1
	endpoint_url_identitystore = $1
	[credentials]
	source = file
	file = $work/keys
	END
	chmod 644 "$work/awssso.conf"
}

# shellcheck disable=SC2317 # within calls it
is_read()
{
	"$build/awssso" status --run-dir "$work/run" | grep -q 'generation 1,'
}

# as_nobody COMMAND [ARG...]: instead of the shell that runs it in the background.
as_nobody()
{
	exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
}

start()
{
	local url

	fixture
	install -d -m 755 -o nobody -g nogroup "$work/run" "$work/state" \
	    "$work/state/public"
	install -d -m 755 -o nobody -g nogroup "$work/sim"
	as_nobody "$build/idcsim" serve --fixture "$work/fixture.json" \
	    --plain 127.0.0.1:0 --control "$work/sim/c" \
	    --credentials-file "$work/sim/keys" --ready-fd 3 \
	    3> "$work/ready" 2> "$work/sim.log" &
	pids+=($!)
	within 30 grep -q plain "$work/ready" || return 1
	url=http://$(sed -n 's/^plain //p' "$work/ready")
	install -m 600 -o nobody "$work/sim/keys" "$work/keys"
	conf "$url"
	as_nobody "$build/awssso-netd" --foreground \
	    --config "$work/awssso.conf" --socket "$work/run/net.sock" \
	    --user nobody --client-user nobody 2> "$work/netd.log" &
	netd=$!
	pids+=("$netd")
	within 30 test -S "$work/run/net.sock" || return 1
	as_nobody "$build/awsssod" --foreground --config "$work/awssso.conf" \
	    --run-dir "$work/run" --state "$work/state/state.db" \
	    --public-dir "$work/state/public" --user nobody \
	    2> "$work/awsssod.log" &
	sod=$!
	pids+=("$sod")
	within 30 test -S "$work/run/ctl.sock" || return 1
	within 60 is_read
}

# load SIGN-INS RATE POOL
load()
{
	"$build/load/load" "$work/run" "$work/sim/c" "$users" "$1" "$2" "$3" \
	    "$sod" "$netd" | tee "$work/said"
	return "${PIPESTATUS[0]}"
}

# grown NAME KB FDS: no more than so much for each of them.
grown()
{
	awk -v name="$1" -v kb="$2" -v fds="$3" -v n="$pending" '
	$1 == name {
		found = 1
		before = substr($9, 2)
		if ($2 - before > kb * n || $5 - $11 > fds * n + 16)
			exit 1
	}
	END { exit !found }' "$work/said"
}

# covers: verdict.5, R29, R38
pending()
{
	local status

	load "$pending" 100 1
	status=$?
	result $status "$pending sign-ins wait at once and each ends right" \
	    "see above"
	grown awsssod 64 2
	result $? "what awsssod holds for them is bounded"
	grown awssso-netd 128 2
	result $? "what awssso-netd holds for them is bounded"
}

# covers: verdict.5
sustained()
{
	load $((rate * seconds)) "$rate" 0
	result $? "$rate sign-ins a second for $seconds s"
}

start || { echo "not ok start"; echo "$passed passed, 1 failed"; exit 1; }
for part in "$@"; do
	echo "# $part"
	"$part"
done
"$build/awssso" status --run-dir "$work/run" | sed 's/^/# /' | head -n 12
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
