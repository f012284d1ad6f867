#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What the documents point to is there: links and their anchors, the answers to
# the questions of docs/questions.tsv, every refusal in the guide about them,
# and the rights that the host's role is given by each form of conf/iam.
# usage: docs.sh BUILD
# covers: hour.5
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/checks/lib.sh
B=${1:-build}

# anchors PAGE: of its headings, as the forge makes them; of a manual page the
# names of its sections.
anchors() {
	case $1 in
	*.md) awk '/^```/ { code = !code } !code && /^#+ / {
			sub(/^#+ +/, "")
			gsub(/\]\([^)]*\)/, "")
			text = tolower($0)
			gsub(/[^a-z0-9 _-]/, "", text)
			gsub(/ /, "-", text)
			print text (seen[text]++ ? "-" seen[text] - 1 : "")
		}' "$1" ;;
	*) sed -n 's/^\.S[hs] //p' "$1" ;;
	esac
}

# follow FROM TARGET: says what is wrong with TARGET, a link in FROM.
follow() {
	local page=${2%%#*} anchor=''

	[[ $2 != *'#'* ]] || anchor=${2#*#}
	[ -n "$page" ] && page=$(dirname "$1")/$page || page=$1
	if [ ! -e "$page" ]; then
		echo "$1: $2: no such file"
	elif [ -n "$anchor" ] && ! anchors "$page" | grep -qxF -- "$anchor"; then
		echo "$1: $2: no such heading"
	fi
}

links() { awk '/^```/ { code = !code } !code' "$1" | grep -oE '\]\([^)]+\)' | sed 's/^](//; s/)$//' | grep -vE '^[a-z]+:'; }

for page in $(git ls-files -co --exclude-standard '*.md'); do
	expect "links of $page" "$(links "$page" | while read -r link; do follow "$page" "$link"; done)"
done
questions() { grep -v -e '^#' -e '^question	' docs/questions.tsv; }
expect "every question is answered where it says" "$(questions | while IFS=$'\t' read -r _ answer; do follow docs/questions.tsv "$answer"; done)"
expect "25 questions at least" "$(questions | awk 'END { if (NR < 25) print NR }')"
expect "every refusal is explained, and no other" "$(diff \
	<("$B/man/tables" | awk -F'\t' '$1 == "denial" { print $2 }' | sort) \
	<(sed -n 's/^| `\([a-z-]*\)` | .*/\1/p' docs/guides/denied.md | sort))"

# --- conf/iam ------------------------------------------------------------------
actions() { grep -ohE '(identitystore|sso):[A-Z][A-Za-z]+' "$@" | sort -u; }
expect "the role's rights are what awssso-netd asks for" "$(diff \
	<(actions conf/iam/host-role.json conf/iam/host-role-sets.json | sed 's/.*://' | sort) \
	<(strings -a "$B/awssso-netd" | grep -xE '(Describe|Get|List)[A-Z][A-Za-z]+' |
		grep -vxE 'GetCallerIdentity.*|GetRoleCredentials|ListAccounts|ListAccountRoles' | sort -u))"
for f in conf/iam/host-role.tf conf/iam/host-role.yaml; do
	expect "the same in $f" "$(diff <(actions conf/iam/*.json) <(actions "$f"))"
done
expect "JSON" "$(for f in conf/iam/*.json; do jq -e '.Statement | length > 0' "$f" >/dev/null 2>&1 || echo "$f"; done)"
if command -v terraform >/dev/null; then
	expect "terraform fmt" "$(for f in conf/iam/*.tf; do terraform fmt -check -no-color "$f" 2>/dev/null || echo "$f"; done)"
fi
if command -v cfn-lint >/dev/null; then
	expect "cfn-lint" "$(cfn-lint conf/iam/*.yaml 2>&1)"
elif python3 -c 'import yaml' 2>/dev/null; then
	expect "YAML" "$(python3 - conf/iam/*.yaml 2>&1 <<-'END'
		import sys, yaml
		yaml.SafeLoader.add_multi_constructor("!", lambda *_: None)
		for name in sys.argv[1:]:
		    yaml.safe_load(open(name))["Resources"]
	END
	)"
fi
done_checks
