/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The people of the reader's tests: names, ids and fields of every form.
 */
#ifndef AW_TESTS_UNIT_SNAP_PEOPLE_H
#define AW_TESTS_UNIT_SNAP_PEOPLE_H

#include "tests/unit/snap_place.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const struct person people[] = {
	{ "alice", 1, AW_SNAP_ENUM | AW_SNAP_ALLOWED, "ab", "Alice Doe", NULL,
	    NULL, "alice@example.com", NULL },
	{ "bob.roe", 2, 0, "a", "", NULL, "/usr/bin/zsh", "Bob@other.example",
	    "1234567890-aabbccdd-0011-2233-4455-66778899aabb" },
	{ "carol", 3, AW_SNAP_DISABLED, "", "C\xc3\xa9line, Room 5",
	    "/home/eng/carol", NULL, "carol", "not a uuid" },
	{ "d", 4, AW_SNAP_ENUM, "c", "Sixteen bytes ok", NULL, NULL,
	    "d@example.com", "90670000-AAAA-2222-3333-444444444444" },
};

static struct aw_snap snap;

static AW_UNUSED void put_people(void)
{
	place_put(people, LEN(people), 3, 7, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
}

static AW_UNUSED void check_person(
    const struct person *want, const struct aw_snap_user *user)
{
	char home[64];

	assert_int_equal(aw_fmt(home, sizeof(home), "/home/%s", want->name), 0);
	assert_string_equal(user->strings, want->name);
	assert_string_equal(user->strings + user->gecos_at - 2, "*");
	assert_string_equal(user->strings + user->gecos_at, want->gecos);
	assert_string_equal(
	    user->strings + user->home_at, want->home ? want->home : home);
	assert_string_equal(user->strings + user->shell_at,
	    want->shell ? want->shell : "/bin/bash");
	assert_int_equal(user->strings_len,
	    user->shell_at + strlen(user->strings + user->shell_at) + 1);
	assert_int_equal(user->id, AW_ID_MIN + want->id);
	assert_int_equal(user->flags, want->flags);
}

#endif
