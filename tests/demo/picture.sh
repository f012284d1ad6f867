#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# picture.sh TRANSCRIPT: what "make demo AUTO=1" left in build/demo/transcript,
# as the SVG of the README (on standard output).  From the first prompt to the
# end of the session, without the login banner.
set -euo pipefail

tr -d '\r' < "$1" | sed 's/\x1b[^a-zA-Z]*[a-zA-Z]//g' | awk '
function out(text, colour) {
	gsub(/&/, "\\&amp;", text)
	gsub(/</, "\\&lt;", text)
	gsub(/>/, "\\&gt;", text)
	gsub(/ /, "\\&#160;", text)
	body = body sprintf("<text x=\"20\" y=\"%d\" fill=\"%s\">%s</text>\n",
	    y, colour, text)
	y += (text ~ /█|▀|▄/) ? 15 : 18
}
BEGIN { y = 60; out("$ ssh alice@bastion", "#8fd18f") }
/^##/ { next }
/^(Linux |The programs|the exact|individual|Debian GNU|permitted|Creating)/ {
	next
}
/^[ \t]*$/ { if (blank++) next; y += 9; next }
/^Connection to / { exit }
{ blank = 0 }
/\$ exit$/ { exit }
{
	sub(/^\([^)]*\) /, "")
	# What was typed after something happened elsewhere.
	if ($0 ~ /\$ *$/) {
		held = $0
		next
	}
	$0 = held $0
	held = ""
	colour = "#d8d8d8"
	if ($0 ~ /\$ /)
		colour = "#8fd18f"
	if ($0 ~ /denied|password is|do not hold/)
		colour = "#e58f8f"
	while (length($0) > 100 && $0 !~ /█|▀|▄/) {
		out(substr($0, 1, 100), colour)
		$0 = "    " substr($0, 101)
	}
	out($0, colour)
}
END {
	printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\" "
	printf "height=\"%d\" font-family=\"monospace\" font-size=\"14\" ", y + 12
	print "style=\"white-space:pre\"><title>A sign-in</title>"
	print "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1d23\"/>"
	for (i = 0; i < 3; i++)
		printf "<circle cx=\"%d\" cy=\"22\" r=\"6\" fill=\"#555\"/>\n",
		    24 + 20 * i
	print body "</svg>"
}'
