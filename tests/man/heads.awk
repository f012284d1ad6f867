# SPDX-License-Identifier: Apache-2.0
# From the rows of build/man/tables, the heads that the pages must have: lines
# of mdoc, for PAGE (-v page=...), in the order of the tables.
function limits(range, fallback)
{
	return " No (" (range == "-" ? "" : range "; ") "default: " \
	    (fallback == "-" ? "none" : fallback) ")"
}
function long(name) { return "Fl " substr(name, 2) }
# Options that many commands have alike are described once.
function is_common(name) { return name == "--json" || name == "--run-dir" }

function flush_command(   text)
{
	if (command == "")
		return
	text = command options
	if (operands ~ /^\[.*\]$/)
		text = text " Oo Ar " substr(operands, 2, length(operands) - 2) " Oc"
	else if (operands != "-")
		text = text " Ar " operands
	print text
	printf "%s", described
	command = ""
}

BEGIN { FS = "\t" }
$1 != "option" { flush_command() }
page == "awssso.conf.5" && $1 == "keyword" {
	print ".It Ic " $3 " No = Ar " $4 limits($5, $6)
}
page == "awssso.1" && $1 == "command" {
	command = ".It Cm " $2
	operands = $3
	options = described = ""
}
page == "awssso.1" && $1 == "option" {
	value = $4 == "-" ? "" : " Ar " $4
	options = options " Oo " long($3) value " Oc"
	if (!is_common($3))
		described = described ".It " long($3) value "\n"
}
page == "pam_awssso.8" && $1 == "pam" {
	print ".It Cm " $2 ($3 == "-" ? "" : " Ns = Ns Ar " $3)
}
page == "pam_awssso.8" && $1 == "code" {
	first = first ".It " $2 " Ta " $3 " Ta " $4 " Ta " $7 "\n"
	second = second ".It " $2 " Ta " $5 " Ta " $6 "\n"
}
page == "nss_awssso.8" && $1 == "nss" {
	print ".It " $2 " Ta " $3 " Ta " $4
}
END {
	flush_command()
	printf "%s%s", first, second
}
