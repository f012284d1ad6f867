#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Rows of tests/world/table.tsv: what is down.  Each row is a scenario of its
# name.
# shellcheck shell=bash disable=SC2154,SC2034 # set by lib.sh

# shellcheck source=tests/world/table.sh
. "$TOP/tests/world/table.sh"

before_all()
{
	table_before
}

netd_is_down()
{
	undo start netd
	stop netd
}

# covers: verdict.7
scn_netd_down_young_directory()
{
	begin
	netd_is_down
	tries
}

# covers: verdict.7
scn_netd_down_old_directory()
{
	begin
	netd_is_down
	configured '[directory]' 'account_directory_age = 1s'
	sleep 2.1
	tries
}

# The settings come first: awsssod keeps what was proved in memory.
# covers: verdict.7
scn_netd_down_within_grace()
{
	first='sudo true;'
	configured 'offline_grace = 4h'
	begin
	netd_is_down
	tries
}

# covers: verdict.7
scn_netd_down_past_grace()
{
	first='sudo true;'
	configured 'offline_grace = 1s'
	begin
	netd_is_down
	sleep 2.1
	tries
}

# covers: verdict.7
scn_throttled()
{
	begin
	undo idcsim fault clear
	idcsim fault '*' throttle
	tries
}

# covers: verdict.7
scn_awsssod_down()
{
	begin
	undo within 10 swept
	undo start awsssod
	stop awsssod
	tries
}

# covers: verdict.7
scn_awsssod_hung()
{
	begin
	undo kill -CONT "$(pid awsssod)"
	kill -STOP "$(pid awsssod)"
	tries
}

# covers: verdict.4, verdict.7
scn_the_table()
{
	table_ends
}
