#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rows of tests/world/table.tsv: who approved what, and by which name.  Each row is a scenario of its name.
# shellcheck shell=bash disable=SC2154 # set by lib.sh

# shellcheck source=tests/world/table.sh
. "$TOP/tests/world/table.sh"

before_all()
{
	table_before
}

# covers: verdict.1, verdict.4, R1
scn_renamed_herself()
{
	browser=(-approve alice.new)
	begin
	aws_differs
	idcsim rename alice alice.new@example.com
	tries
}

# covers: verdict.1, verdict.4, R1
scn_old_names_new_owner()
{
	browser=(-approve alice@example.com)
	codes_always
	begin
	aws_differs
	idcsim rename alice alice.new@example.com
	idcsim rename bob alice@example.com
	tries
}

# covers: verdict.1, verdict.4, R1
scn_names_swapped()
{
	browser=(-approve alice@example.com)
	codes_always
	begin
	aws_differs
	idcsim rename alice other@example.com
	idcsim rename bob alice@example.com
	idcsim rename other bob@example.com
	tries
}

# covers: verdict.3, verdict.4
scn_permission_set_lost()
{
	begin
	aws_differs
	idcsim set set "$admin_set" alice off --account "$account"
	tries
}

# covers: verdict.1, verdict.4, R1
scn_wrong_approver()
{
	browser=(-approve bob)
	codes_always
	begin
	tries
}

# covers: verdict.4
scn_denied_in_the_browser()
{
	browser=(-deny)
	codes_always
	begin
	tries
}

# covers: verdict.4
scn_code_expired()
{
	browser=(-ignore)
	codes_always
	begin
	undo idcsim fault clear
	idcsim fault CreateToken expire
	tries
}

# covers: verdict.4
scn_the_table()
{
	table_ends
}
