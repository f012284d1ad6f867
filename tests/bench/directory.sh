#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long reading the directory takes: a simulated AWS that answers after
# 30 ms and throttles as AWS does, 20 requests a second, which is also the pace
# of the sweep.  Prints, for each size, the requests that the formula wants and
# those that were made, and the time between the first and the last of them
# next to requests / rate; they may differ by 5 %.  SOURCE is identity-store,
# scim (AWS's endpoint) or scim-standard (groups come with their members).
#   [SOURCE=...] BUILD=build tests/bench/directory.sh [USERS...]
set -eu
# The daemons are nobody's root.
if [ "$(id -u)" = 0 ]; then
	exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$0" "$@"
fi
cd "$(dirname "$0")/../.."
build=$(realpath "${BUILD:-build}")
[ $# -gt 0 ] || set -- 1000 10000 100000
rate=20
from=${SOURCE:-identity-store}
case $from in
identity-store) service=identitystore path= ;;
scim) service=scim path=/11111111-2222-4333-8444-555555555555/scim/v2/ ;;
scim-standard) service=scim path=/standard/scim/v2 ;;
*) echo "no such source: $from" >&2; exit 2 ;;
esac
store=d-0123456789
work=$(mktemp -d)
pids=
bad=0

finish()
{
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	wait
	pids=
}
trap 'finish; rm -rf "$work"' EXIT
for name in $(env | sed -n 's/=.*//p' |
	grep -iE '_proxy$|^(SSL_CERT_|CURL_CA|AWS_)' || :); do
	unset "$name"
done

# USERS people, a hundred in each group.
fixture()
{
	awk -v users="$1" -v store="$store" 'BEGIN {
		printf "{\"region\":\"us-east-1\",\"identity_store_id\":\"%s\",", store
		printf "\"start_url\":\"https://%s.awsapps.com/start\",", store
		printf "\"throttle\":true,\"accounts\":[{\"AccountId\":"
		printf "\"111122223333\",\"AccountName\":\"a\",\"EmailAddress\":"
		printf "\"a@example.com\"}],\"permission_sets\":[],\"users\":["
		form = "0123456789-00000000-0000-4000-8000-%s%011d"
		for (i = 0; i < users; i++)
			printf "%s{\"UserId\":\"" form "\",\"UserName\":\"u%d@example.com\",\"DisplayName\":\"User %d\",\"UserStatus\":\"ENABLED\"}", i ? "," : "", "1", i, i, i
		printf "],\"groups\":["
		for (g = 0; g * 100 < users; g++) {
			printf "%s{\"GroupId\":\"" form "\",\"DisplayName\":\"group %d\",\"Members\":[", g ? "," : "", "2", g, g
			for (i = g * 100; i < users && i < g * 100 + 100; i++)
				printf "%s\"" form "\"", i % 100 ? "," : "", "1", i
			printf "]}"
		}
		printf "]}\n"
	}' > "$work/fixture.json"
}

conf()
{
	cat > "$work/awssso.conf" <<EOF
[identity-center]
start_url = https://$store.awsapps.com/start
region = us-east-1
identity_store_id = $store
account = 111122223333
[access]
allow_groups = group 0
[directory]
source = ${from%-standard}
sweep_rate = $rate
permission_sets = no
scim_url = $url$path
scim_token_file = $work/token
scim_on_login_host = yes
[network]
endpoint_url_sso_oidc = $url
endpoint_url_sso = $url
endpoint_url_sts = $url
endpoint_url_identitystore = $url
[credentials]
source = file
file = $work/keys
EOF
	chmod 644 "$work/awssso.conf"
}

# Wait for a condition, so many seconds at most.
within()
{
	n=$(($1 * 10))
	shift
	until "$@" 2>/dev/null; do
		n=$((n - 1))
		[ $n -gt 0 ] || { cat "$work"/*.log >&2; exit 1; }
		sleep 0.1
	done
}

# shellcheck disable=SC2317 # within calls it
is_read()
{
	"$build/awssso" status --run-dir "$work/run" | grep -q 'generation 1,'
}

start()
{
	rm -rf "$work/run" "$work/state" "$work/log" "$work/ready"
	mkdir -m 755 "$work/run"
	mkdir -m 755 "$work/state" "$work/state/public"
	"$build/idcsim" serve --fixture "$work/fixture.json" \
		--plain 127.0.0.1:0 --control "$work/c" --log "$work/log" \
		--credentials-file "$work/keys" --scim-token-file "$work/token" \
		--ready-fd 3 3> "$work/ready" &
	pids=$!
	within 30 grep -q plain "$work/ready"
	url=http://$(sed -n 's/^plain //p' "$work/ready")
	"$build/idcsim" --control "$work/c" fault "$service" latency 30
	conf
	me=$(id -un)
	"$build/awssso-netd" --foreground --config "$work/awssso.conf" \
		--socket "$work/run/net.sock" --user "$me" \
		--client-user "$me" 2> "$work/netd.log" &
	pids="$pids $!"
	within 30 test -S "$work/run/net.sock"
	"$build/awsssod" --foreground --config "$work/awssso.conf" \
		--run-dir "$work/run" --state "$work/state/state.db" \
		--public-dir "$work/state/public" --user "$me" \
		2> "$work/sod.log" &
	pids="$pids $!"
	within 30 test -S "$work/run/ctl.sock"
}

# The time between the log's first and last request to a list, and how many.
measure()
{
	awk -v rate=$rate -v users="$1" -v from="$from" '
	# Requests for a list of so many rows.  By index, each page but the
	# first begins with the row that the last one ended with.
	function pages(rows) {
		if (from == "scim-standard")
			return rows <= 100 ? 1 : 1 + int((rows - 2) / 99)
		return int((rows + 99) / 100)
	}
	/"(Scim)?(ListUsers|ListGroups|ListGroupMemberships)"/ {
		match($0, /T[0-9][0-9]:[0-9][0-9]:[0-9.]+Z/)
		at = substr($0, RSTART + 1, 2) * 3600 + \
			substr($0, RSTART + 4, 2) * 60 + \
			substr($0, RSTART + 7, 6)
		if (!n++)
			first = at
		last = at
	}
	END {
		groups = int((users + 99) / 100)
		want = pages(users) + pages(groups)
		if (from != "scim-standard")
			want += groups
		if (from == "scim")
			want++
		took = last - first + (last < first) * 86400
		pace = (n - 1) / rate
		off = pace ? 100 * (took - pace) / pace : 0
		printf "%8d users %6d requests (formula %d) %8.2f s, at %d/s %.2f s: %+.1f %%\n", users, n, want, took, rate, pace, off
		exit !(n == want && off <= 5 && off >= -5)
	}' "$work/log"
}

for users; do
	fixture "$users"
	start
	within $((60 + users / 500)) is_read
	measure "$users" || bad=1
	finish
done
exit $bad
