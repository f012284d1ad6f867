#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rows of tests/world/table.tsv: what the directory and the policy say.  Each row is a scenario of its name.
# shellcheck shell=bash disable=SC2154 # set by lib.sh

# shellcheck source=tests/world/table.sh
. "$TOP/tests/world/table.sh"

before_all()
{
	table_before
}

# covers: verdict.4
scn_ordinary()
{
	begin
	tries
}

# covers: verdict.2, verdict.4
scn_not_in_the_policy()
{
	begin
	aws_differs
	idcsim set member Engineers alice off
	awssso sync
	tries
}

# covers: verdict.2, verdict.4
scn_deny_line()
{
	begin
	configured 'deny_users = alice'
	tries
}

# covers: verdict.2, verdict.4
scn_service_section()
{
	begin
	configured '[service login]' 'allow_users = bob' \
	    '[service cron]' 'allow_users = bob'
	tries
}

# covers: verdict.4, verdict.5
scn_key_first()
{
	begin
	configured 'require_publickey_first = yes'
	tries
}

# covers: verdict.4, R11
scn_disabled()
{
	begin
	aws_differs
	idcsim set user alice disabled
	awssso sync
	tries
}

# covers: verdict.4
scn_absent()
{
	begin
	aws_differs
	idcsim delete-user alice
	awssso sync
	tries
}

# covers: verdict.4, R24
scn_missing_in_a_held_sweep()
{
	local n

	begin
	aws_differs
	for n in alice p1 p2 p3 p4 p5 p6 p7; do
		idcsim delete-user "$n"
	done
	at_once awssso sync
	status 5
	tries
}

# covers: verdict.1, verdict.4, R1
scn_re_created()
{
	browser=(-approve alice@example.com)
	begin
	aws_differs
	idcsim delete-user alice
	idcsim add-user alice@example.com
	idcsim set member Engineers alice on
	idcsim set set "$admin_set" alice on --account "$account"
	tries
}

# covers: verdict.4
scn_the_table()
{
	table_ends
}
