# SPDX-License-Identifier: Apache-2.0
#
# npm.sh: sourced by the suites whose peers come through npm.
# shellcheck shell=bash

# npm_get FROM TO: into TO the scripts of FROM and the packages of its
# package-lock.json, unless they are there already.
npm_get()
{
	mkdir -p "$2"
	cp "$1"/*.mjs "$1/package.json" "$2"
	if ! cmp -s "$1/package-lock.json" "$2/package-lock.json"; then
		cp "$1/package-lock.json" "$2/new.json"
		mv "$2/new.json" "$2/package-lock.json"
		if ! (cd "$2" && npm ci --ignore-scripts --no-audit \
		    --no-fund --loglevel error); then
			rm -f "$2/package-lock.json"
			return 1
		fi
	fi
}
