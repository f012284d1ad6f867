/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of a snapshot's notes and of the homes of its tombstones: they
 * come back as they were, and are nobody's name, id or entry of a list.
 * covers: dir.6, R16, R17
 */
#include "tests/unit/snap_people.h"

#define GONE(n) (AW_ID_MIN + 500 + (n))

static const struct aw_snap_tomb tombs[] = {
	{ "u-gone", "gone", GONE(1), 0, "/srv/people/gone" },
	{ "u-old", "old", GONE(2), 0, "" },
	{ "g-gone", "goneteam", GONE(3), AW_SNAP_GROUP, "" },
	{ "90670000-1111-2222-3333-4444444444ff", "last", GONE(4), 0,
	    "/home/last" },
};
static const struct aw_snap_note notes[] = {
	{ ":was bobby", AW_ID_MIN + 2, "" },
	{ ":had 1879048999", AW_ID_MIN + 2, "" },
	{ ":policy_group Ops", 0, "90670000-1111-2222-3333-4444444444fe" },
	{ ":domain example.com", 0, "" },
};

/* All of it between the people of put_people(). */
static void put_notes(void)
{
	static const struct aw_snapw_head head = { .store_id = "d-1234567890",
		.generation = 7 };
	struct aw_snapw *writer = place_collect(people, LEN(people), 3, &head);

	for (size_t i = 0; i < LEN(tombs); i++) {
		assert_int_equal(aw_snapw_add_tomb(writer, &tombs[i]), 0);
		if (i < LEN(notes))
			assert_int_equal(
			    aw_snapw_add_note(writer, &notes[i]), 0);
	}
	place_publish(writer);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
}

static void there_and_back(void **state)
{
	struct aw_snap_tomb tomb;
	struct aw_snap_note note;
	uint64_t cursor = 0;
	size_t n = 0;

	(void)state;
	put_notes();
	assert_int_equal(aw_snap_verify(&snap), 0);
	assert_int_equal(snap.n_tombs, LEN(tombs));
	for (; aw_snap_next_tomb(&snap, &cursor, &tomb) == 0; n++) {
		assert_string_equal(tomb.principal_id, tombs[n].principal_id);
		assert_string_equal(tomb.home, tombs[n].home);
		assert_int_equal(tomb.id, tombs[n].id);
	}
	assert_int_equal(n, LEN(tombs));
	for (n = 0, cursor = 0; aw_snap_next_note(&snap, &cursor, &note) == 0;
	     n++) {
		assert_string_equal(note.text, notes[n].text);
		assert_int_equal(note.id, notes[n].id);
		assert_string_equal(note.principal_id, notes[n].principal_id);
	}
	assert_int_equal(n, LEN(notes));
	aw_snap_close(&snap);
}

/* Nothing of it is found, listed or counted. */
static void nobodys(void **state)
{
	struct aw_snap_group group;
	struct aw_snap_user user;
	uint64_t cursor = 0;
	size_t n = 0;

	(void)state;
	put_notes();
	for (size_t i = 0; i < LEN(notes); i++) {
		const char *text = notes[i].text;
		const size_t len = strlen(text);

		assert_int_equal(
		    aw_snap_user_by_name(&snap, text, len, &user), AW_UNKNOWN);
		assert_int_equal(
		    aw_snap_group_by_name(&snap, text, len, &group),
		    AW_UNKNOWN);
	}
	for (size_t i = 0; i < LEN(tombs); i++) {
		const char *home = tombs[i].home;

		assert_int_equal(
		    aw_snap_user_by_id(&snap, tombs[i].id, &user), AW_UNKNOWN);
		assert_int_equal(
		    aw_snap_user_by_name(&snap, home, strlen(home), &user),
		    AW_UNKNOWN);
	}
	while (aw_snap_next_user(&snap, &cursor, false, &user) == 0)
		n++;
	assert_int_equal(n, LEN(people));
	assert_int_equal(snap.n_users, LEN(people));
	aw_snap_close(&snap);
}

static void what_is_no_note(void **state)
{
	static const struct aw_snapw_head head = { .store_id = "d-1",
		.generation = 1 };
	static const struct {
		const char *name, *note, *home;
		int want;
		const char *of;
	} rows[] = {
		{ "no colon", "was bob", NULL, -EINVAL, "" },
		{ "empty", "", NULL, -EINVAL, "" },
		{ "a home without a tombstone", "/home/x", NULL, -EINVAL, "" },
		{ "a control character", ":was\tbob", NULL, -EINVAL, "" },
		{ "a principal of control characters", ":x", NULL, -EINVAL,
		    "g\t1" },
		{ "a principal", ":x", NULL, 0, "g-1" },
		{ "a colon alone", ":", NULL, 0, "" },
		{ "a home that is none", NULL, "home/x", -EINVAL, "" },
		{ "a home with a way up", NULL, "/home/../x", -EINVAL, "" },
		{ "a home with a note's colon", NULL, "/home/x:y", -EINVAL,
		    "" },
		{ "a home", NULL, "/home/x", 0, "" },
	};
	struct aw_snapw *writer;

	(void)state;
	assert_int_equal(aw_snapw_new(&head, &writer), 0);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_tomb tomb = { "u-x", "x", GONE(1), 0, "" };
		struct aw_snap_note note = { .id = GONE(1) };
		int r;

		if (rows[i].note) {
			assert_int_equal(
			    aw_copy(note.text, sizeof(note.text), rows[i].note),
			    0);
			assert_int_equal(
			    aw_copy(note.principal_id,
				sizeof(note.principal_id), rows[i].of),
			    0);
			r = aw_snapw_add_note(writer, &note);
		} else {
			assert_int_equal(
			    aw_copy(tomb.home, sizeof(tomb.home), rows[i].home),
			    0);
			r = aw_snapw_add_tomb(writer, &tomb);
		}
		if (r != rows[i].want)
			fail_msg("%s: %d", rows[i].name, r);
	}
	aw_snapw_free(writer);
}

/* Another id's home is not this tombstone's. */
static void whose_home(void **state)
{
	struct aw_snap_tomb tomb;
	uint64_t cursor = 0;
	size_t len, at, n = 0;
	uint8_t *data;
	uint32_t sum;

	(void)state;
	put_notes();
	aw_snap_close(&snap);
	data = place_read(&len);
	for (at = AW_SNAP_BODY;
	     at < len && memcmp(data + at, "/srv/people/gone", 17) != 0; at++)
		;
	assert_true(at < len);
	at -= AW_SNAP_TOMB_FIXED;
	data[at + 4] ^= 1;
	sum =
	    htole32(aw_snap_sum32(data + at + 4, AW_SNAP_TOMB_FIXED - 4 + 17));
	memcpy(data + at, &sum, sizeof(sum));
	place_put_bytes(data, len);
	free(data);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	for (; aw_snap_next_tomb(&snap, &cursor, &tomb) == 0; n++)
		assert_string_equal(tomb.home, n == 3 ? "/home/last" : "");
	assert_int_equal(n, LEN(tombs));
	aw_snap_close(&snap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, place_make, place_remove)
		T(there_and_back),
		T(nobodys),
		T(what_is_no_note),
		T(whose_home),
	};

	return cmocka_run_group_tests_name("snapshot_notes", tests, NULL, NULL);
}
