#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The table "who may depend on whom" of docs/architecture.md, and the limits of
# the house style, compared with the tree and the built objects.
# usage: structure.sh BUILD
# covers: spine.1, R30, R34
# shellcheck disable=SC2046,SC2086 # lists of our own files, without blanks
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
B=${1:-build}

# --- includes: folder, what it may include of ours, which libraries' headers
includes() {
	local dir=$1 ours=$2 libs=$3
	grep -nE '^#[[:space:]]*include' "$dir"/*.[ch] 2>/dev/null |
		while IFS=: read -r file line text; do
			inc=$(sed -E 's/.*["<]([^">]*)[">].*/\1/' <<<"$text")
			case $text in
			*'"'*) [[ $inc =~ ^($ours)/ ]] || echo "$file:$line: $inc" ;;
			*) if [[ $inc =~ ^(curl|json-c|openssl|systemd|security|microhttpd)/ ||
				$inc =~ ^(json|sqlite3|ini|qrencode|microhttpd|nss)\.h$ ]]; then
				[[ $inc =~ ^($libs)$ ]] || echo "$file:$line: $inc"
			fi ;;
			esac
		done
}
none='-'
expect "includes of common" "$(includes common common "$none")"
expect "includes of nss_awssso" "$(includes nss_awssso 'common|nss_awssso' 'nss\.h')"
expect "includes of pam_awssso" "$(includes pam_awssso 'common|pam_awssso' 'security/.*')"
expect "includes of awsssod" "$(includes awsssod 'common|awsssod' 'systemd/.*|sqlite3\.h|openssl/(evp|sha)\.h|ini\.h|qrencode\.h')"
expect "includes of awssso_netd" "$(includes awssso_netd 'common|awssso_netd' 'systemd/.*|curl/.*|json-c/.*|json\.h|openssl/.*|ini\.h')"
expect "includes of awssso" "$(includes awssso 'common|awssso' 'json-c/.*|json\.h|ini\.h|openssl/(evp|sha)\.h|security/pam_appl\.h')"
expect "includes of idcsim" "$(includes tests/idcsim 'common|tests/idcsim' 'microhttpd\.h|json-c/.*|json\.h|openssl/.*')"

# --- what the built objects need and give
needed() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' '; }
needs() { # FILE WANT...
	local file=$1 got
	shift
	got=$(needed "$B/$file")
	[ "$got" = "$* " ] || echo "needs $got"
}
san=$(readelf -d "$B/pam_awssso.so" | grep -cE 'lib(a|ub|t)san')
if [ "$san" -eq 0 ]; then
	expect "libnss_awssso.so.2 needs libc alone" "$(needs libnss_awssso.so.2 libc.so.6)"
	expect "pam_awssso.so needs libc and libpam" "$(needs pam_awssso.so libc.so.6 libpam.so.0)"
	qr=$(needed "$B/awsssod" | grep -o 'libqrencode[^ ]* ')
	expect "awsssod needs what the table says" "$(needs awsssod libc.so.6 libcrypto.so.3 libinih.so.1 ${qr}libsqlite3.so.0 libsystemd.so.0)"
	expect "awssso-netd needs what the table says" "$(needs awssso-netd libc.so.6 libcrypto.so.3 libcurl.so.4 libinih.so.1 libjson-c.so.5 libsystemd.so.0)"
	expect "awssso needs what the table says" "$(needs awssso libc.so.6 libcrypto.so.3 libinih.so.1 libjson-c.so.5 libpam.so.0)"
	expect "awsssod has no libcurl, libssl, json-c" "$(ldd "$B/awsssod" | grep -E 'libcurl|libssl|json-c')"
fi
exports() { # FILE MAP
	diff <(nm -D --defined-only "$1" | awk '{print $3}' | sed 's/@.*//' | grep -v '^AWSSSO\|^_init$\|^_fini$' | sort) \
		<(grep -oE '(_nss_awssso|pam_sm)_[a-z_]+' "$2" | sort) | grep '^[<>]'
}
expect "libnss_awssso.so.2 exports what its map says" "$(exports "$B/libnss_awssso.so.2" nss_awssso/exports.map)"
expect "pam_awssso.so exports what its map says" "$(exports "$B/pam_awssso.so" pam_awssso/exports.map)"
soname=$(readelf -d "$B/libnss_awssso.so.2" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')
expect "libnss_awssso.so.2 has its soname" "$([ "$soname" = libnss_awssso.so.2 ] || echo "$soname")"
for f in libnss_awssso.so.2 pam_awssso.so awsssod awssso-netd awssso; do
	expect "$f is hardened" "$(
		d=$(readelf -lWd "$B/$f")
		grep -q GNU_RELRO <<<"$d" || echo 'no RELRO'
		grep -qE 'BIND_NOW|FLAGS.*NOW' <<<"$d" || echo 'no NOW'
		grep -E 'GNU_STACK.*RWE' <<<"$d"
		grep TEXTREL <<<"$d"
		readelf -h "$B/$f" | grep -q 'DYN' || echo 'not position independent'
	)"
done
# A container's agent says in the environment, and nowhere else, where its keys
# are: environment.c of awssso-netd reads that, and nothing else reads anything.
expect "no shell, no environment in our objects (R30, R31)" "$(
	for f in libnss_awssso.so.2 pam_awssso.so awsssod awssso-netd; do
		nm -D --undefined-only "$B/$f" | grep -wE 'system|popen|getenv|secure_getenv|wordexp' | sed "s/^/$f: /"
	done | grep -vE '^awssso-netd: +U secure_getenv(@|$)')"
expect "the daemons hold nothing of the simulator" "$(
	for f in awsssod awssso-netd pam_awssso.so libnss_awssso.so.2 awssso; do
		strings "$B/$f" | grep -nE 'idcsim|d-1234567890|awsapps\.com|AKIAIOSFODNN7' | sed "s/^/$f: /"
	done)"

# --- the house style
code=$(git ls-files '*.c' '*.h')
expect "no banned call" "$(grep -nwE '(strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|atoi|atol|atoll|strto(l|ul|ll|ull|d|f|imax|umax)|strtok|strtok_r|sscanf|alloca|getenv|secure_getenv|system|popen|signal|localtime|gmtime|getpwnam|getpwuid|getgrnam|getgrgid|snprintf)[[:space:]]*\(' $code |
	grep -vE '^common/(text|buf)\.[ch]:.*v?snprintf|^awssso_netd/environment\.c:.*secure_getenv|^awssso/print\.c:.*secure_getenv\("NO_COLOR"\)|^tests/|:[[:space:]]*(/?\*)')"
# A test is a table with a loop behind it; its length says nothing.
product=$(git ls-files '*.c' '*.h' | grep -vE '^tests/(unit|fuzz|bench|world)/')
expect "no file over 600 lines" "$(wc -l $product | awk '$2 != "total" && $1 > 600')"
expect "no function over 60 lines" "$(awk 'FNR == 1 { f = 0 } /^\{/ { s = FNR; f = 1 } /^\}/ { if (f && FNR - s > 60) print FILENAME ":" s " (" FNR - s " lines)"; f = 0 }' $product)"
expect "no line over 80 columns" "$(for f in $(git ls-files '*.c' '*.h' | grep -v '^tests/'); do expand -t8 "$f" | awk -v f="$f" 'length($0) > 80 && !/https?:/ { print f ":" FNR ": " length($0) }'; done)"
expect "every file says its licence" "$(for f in $code $(git ls-files '*.sh' '*.mjs' Makefile); do head -3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"; done)"
expect "nothing left for later" "$(git grep -nE 'TO''DO|FIX''ME|XX''X[^XX]' -- '*.c' '*.h' '*.sh' '*.mjs' Makefile conf docs README.md | grep -v mkdtemp | grep -v XXXXXX)"
expect "guards are named after their files" "$(for f in $(git ls-files '*.h' | grep -v '^tests/'); do
	want=AW_$(echo "${f%.h}" | tr 'a-z/-' 'A-Z__')_H
	want=${want/AW_NSS_AWSSSO/AW_NSS_AWSSSO}
	grep -q "^#ifndef $want\$" "$f" || echo "$f: $want"
done)"
expect "every header stands alone" "$(for f in $(git ls-files '*.h' | grep -v '^tests/unit/'); do
	echo "#include \"$f\"" | ${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -I. $(pkg-config --cflags json-c libsystemd libcurl 2>/dev/null) -fsyntax-only -x c - 2>&1 | head -2
done)"
expect "no path of a machine, no registry in the tree" "$(git grep -nIE '"resolved":|registry\.|/work/|/home/[a-z]+/src' -- . ':!tests/checks/structure.sh' | head -5)"
done_checks
