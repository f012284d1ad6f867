#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# One reads, all know: a publisher reads the Identity Store, signs what it has
# with "awssso publish", and this host takes its people from there alone.  The
# publisher is a machine of its own as far as files go: its /etc/awssso,
# /var/lib/awssso and /run/awssso are its own.  What both see is /srv/www.
# shellcheck shell=bash disable=SC2154,SC2016 # set by lib.sh; for other shells

object=/srv/www/directory
conf=/etc/awssso/awssso.conf

# publisher COMMAND [ARG...]: there.
publisher()
{
	nsenter -m -t "$(pid publisher)" -- "$@"
}

publisher_up()
{
	local dir

	for dir in /etc/awssso /var/lib/awssso /run/awssso; do
		mkdir -p "$dir"
		mount -t tmpfs -o mode=755 own "$dir"
	done
	systemd-tmpfiles --create /usr/lib/tmpfiles.d/awssso.conf
	cp "$run/publisher.conf" "$conf"
	awssso-netd --foreground >> "$OUT/publisher-netd.log" 2>&1 &
	awsssod --foreground >> "$OUT/publisher-awsssod.log" 2>&1 &
	wait
}

published()
{
	publisher awssso publish --to "$object" > "$OUT/publish.out"
}

# publish_anew: the publisher reads, and publishes what it read.
publish_anew()
{
	publisher awssso sync
	published
}

# taken_from PLACE KEY: this host's configuration.
taken_from()
{
	world_conf "$policy"
	sed -i '/^sweep_rate/d' "$conf"
	printf '%s\n' 'source = published' 'enumerate = all' \
	    'published_interval = 1d' "published_from = $1" \
	    "published_key = $2" >> "$conf"
}

before_all()
{
	world_example 60
	world_fixture "$run/example.json"
	world_network
	world_ca
	world_install
	world_simulator
	world_sshd
	world_conf "$policy"
	echo 'enumerate = all' >> "$conf"
	mv "$conf" "$run/publisher.conf"
	mkdir -p /srv/www
	export -f publisher_up
	export run OUT conf
	unshare -m --propagation private bash -c publisher_up &
	echo $! > "$run/publisher.pid"
	within 20 publisher awssso status --json > /dev/null
	within 20 publisher test -e /var/lib/awssso/public/directory.1
	publisher awssso publish --new-key /etc/awssso/publish.key > "$run/key"
	key=$(sed -n 's/^published_key = //p' "$run/key")
	echo "$key" > "$run/key"
	publish_anew
	taken_from "$object" "$key"
	start netd
	start awsssod
	within 20 swept
}

# everybody: what a machine's libc lists of the directory.  Who holds a
# permission set is each host's own knowledge, and left out.
everybody()
{
	"$@" getent -s awssso passwd
	"$@" getent -s awssso group | grep -v '^aws-'
}

same_everywhere()
{
	diff <(everybody env) <(everybody publisher) ||
	    fail 'the host knows others than its publisher'
}

# covers: dir.1, dir.3
scn_the_people_of_the_publisher_sign_in()
{
	[ "$(everybody env | wc -l)" -gt 6 ] || fail 'hardly anybody is known'
	same_everywhere
	person -approve alice ssh alice@bastion \
	    'echo "a shell: $(id -Gn)"; getent group aws-Login'
	status 0
	says "^a shell: alice .*$group.* aws-Login"
	says "^aws-Login:.*:$(publisher getent group aws-Login |
	    cut -d: -f3):alice"
	person -approve alice ssh erin@bastion 'echo a shell'
	failed
	silent 'a shell'
	# The host may read nothing, and asks for nothing.
	asked ListUsers 0
	asked DescribeUser 0
	asked ListGroupMembershipsForMember 0
}

known()
{
	getent passwd "$1" > /dev/null
}

# covers: dir.1, dir.5, dir.6
scn_a_change_comes_with_the_next_object()
{
	idcsim add-user frank@example.com 'Frank Example'
	idcsim set member Engineers frank@example.com on
	idcsim set user carol@example.com disabled
	undo idcsim set user carol@example.com enabled
	publish_anew
	known frank && fail 'frank is known before his time'
	person awssso sync
	status 0
	same_everywhere
	person -approve frank ssh frank@bastion 'echo "a shell: $(id -u)"'
	status 0
	says "^a shell: $(publisher id -u frank)"
	person -approve carol ssh carol@bastion 'echo a shell'
	failed
	silent 'a shell'
	audited '.event == "disabled" and .user == "carol"'
	known carol || fail 'nobody owns the files of carol any more'
}

age()
{
	awssso status --json | jq .directory_age
}

# What has not changed is written anew all the same, with the time at which it
# was read: else nobody could sign in any more while nothing changes.
# covers: dir.1, R11
scn_an_unchanged_directory_stays_young()
{
	local generation

	publish_anew
	awssso sync
	generation=$(awssso status --json | jq .generation)
	sleep 4
	[ "$(age)" -ge 4 ] || fail 'it is younger than its last reading'
	publish_anew
	person awssso sync
	status 0
	[ "$(age)" -lt 4 ] || fail 'the new reading does not count'
	[ "$(awssso status --json | jq .generation)" = "$generation" ] ||
	    fail 'a new generation though nothing changed'
}

as_published()
{
	rm -f "$object"
	publish_anew
	awssso sync
}

# refused WHY: the host does not take what lies at $object, says so, and goes
# on with what it has.
refused()
{
	local before

	before=$(everybody env)
	person awssso sync
	failed
	says "$1"
	[ "$(everybody env)" = "$before" ] || fail 'it was taken all the same'
}

# covers: dir.1, R24
scn_what_the_publisher_did_not_sign_is_refused()
{
	undo as_published
	cp "$object" "$run/good"
	idcsim add-user grace@example.com 'Grace Example'
	publish_anew
	cp "$object" "$run/next"
	# The last byte, and one of the signed head.
	printf '\377' | dd of="$object" bs=1 conv=notrunc status=none \
	    seek=$(($(stat -c %s "$object") - 1))
	refused 'not what its publisher signed'
	cp "$run/next" "$object"
	printf '\1' | dd of="$object" bs=1 conv=notrunc status=none seek=31
	refused 'not what its publisher signed'
	head -c 5000 "$run/next" > "$object"
	refused 'cut off'
	publisher awssso publish --new-key "$run/other.key" --to "$object"
	refused 'signed by another key'
	rm "$object"
	refused 'No such file'
	cp "$run/next" "$object"
	person awssso sync
	status 0
	known grace || fail 'grace is not known'
	# An older one would bring back who was let go since.
	cp "$run/good" "$object"
	refused 'an older one'
	known grace || fail 'grace is gone'
}

# server: /srv/www over https, to whoever does not have it yet.
server()
{
	cat > "$run/server.mjs" <<-'END'
	import { readFileSync, statSync } from "node:fs";
	import { createServer } from "node:https";

	const [, , cert, key, root, port] = process.argv;
	const options = { cert: readFileSync(cert), key: readFileSync(key) };
	createServer(options, (request, response) => {
	  const file = root + request.url;
	  const etag = `"${statSync(file, { bigint: true }).mtimeNs}"`;
	  const known = request.headers["if-none-match"] === etag;
	  response.writeHead(known ? 304 : 200, { ETag: etag });
	  response.end(known ? undefined : readFileSync(file));
	  console.log(known ? 304 : 200, request.url);
	}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
	END
	node "$run/server.mjs" "$run/ca/chain.pem" "$run/ca/key.pem" /srv/www \
	    "$1" > "$OUT/server.log" 2>&1 &
	echo $! > "$run/server.pid"
	within 10 grep -q ready "$OUT/server.log"
}

from_a_file()
{
	taken_from "$object" "$(cat "$run/key")"
	stop awsssod
	stop netd
	start netd
	start awsssod
	within 20 swept
	kill "$(pid server)"
}

# answers STATUS: how often the server answered so.
answers()
{
	grep -c "^$1 /directory$" "$OUT/server.log" || true
}

# covers: dir.1
scn_over_https_with_a_conditional_get()
{
	server 8443
	undo from_a_file
	# The certificate has this name; whose it is does not matter here.
	taken_from "https://$start_host:8443/directory" "$(cat "$run/key")"
	stop awsssod
	stop netd
	start netd
	start awsssod
	within 20 swept
	idcsim add-user heidi@example.com 'Heidi Example'
	idcsim set member Engineers heidi@example.com on
	publish_anew
	person awssso sync
	status 0
	same_everywhere
	[ "$(answers 304)" = 0 ] || fail 'a 304 for something new'
	person awssso sync
	status 0
	[ "$(answers 304)" = 1 ] || fail 'the same was fetched once more'
	person -approve heidi ssh heidi@bastion 'echo a shell'
	status 0
	asked DescribeUser 0
}
