#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh: the simulator's referee.  AWS's SDK for JavaScript goes to
# $BUILD/sdk, a throw-away CA to a temporary folder; nothing is written here.
# The last line is "N passed, N failed".
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=tests/npm.sh
. "$here/../npm.sh"
build=$(readlink -f "${BUILD:-$here/../../build}")
sdk=$build/sdk
ca=$(mktemp -d)
trap 'rm -rf "$ca"' EXIT

# make_ca: a certificate for the names that the SDK asks.
make_ca()
{
	local region=us-east-1 names=() name

	for name in oidc portal.sso identitystore sso; do
		names+=("DNS:$name.$region.amazonaws.com")
	done
	names+=(DNS:sts.us-east-1.amazonaws.com DNS:sts.eu-central-1.amazonaws.com)
	cd "$ca"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
	    -nodes -days 1 -subj '/CN=referee' -keyout ca.key -out ca.pem \
	    -addext keyUsage=critical,keyCertSign 2> /dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
	    -subj '/CN=idcsim' -keyout srv.key -out srv.csr 2> /dev/null
	openssl x509 -req -in srv.csr -CA ca.pem -CAkey ca.key \
	    -CAcreateserial -days 1 -out srv.pem -extfile <(
		IFS=,
		echo "subjectAltName=${names[*]}"
	    ) 2> /dev/null
	cd "$sdk"
}

if ! npm_get "$here" "$sdk"; then
	echo "not ok the SDK can be installed: npm failed"
	echo "0 passed, 1 failed"
	exit 1
fi
make_ca
# Nothing of the environment reaches the SDK: no proxy, no CA, no credentials.
status=0
env -i PATH="$PATH" HOME="$ca" IDCSIM="$build/idcsim" CA="$ca" \
    FIXTURE="$here/../fixtures/example.json" \
    timeout -k 5 120 node --no-deprecation --test-reporter=tap referee.mjs \
    > "$ca/tap" 2>&1 || status=$?
grep -v '^#' "$ca/tap"
passed=$(grep -c '^ok ' "$ca/tap" || true)
failed=$(grep -c '^not ok ' "$ca/tap" || true)
if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
	echo "not ok the suite ends well: exit $status"
	failed=1
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
