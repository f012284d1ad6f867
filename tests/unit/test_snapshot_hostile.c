/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of the snapshot's reader: what only a writer that has been taken
 * over could write, every checksum right, stays hidden.
 * covers: spine.2, R15, R17, R18, R19, R23
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/snapshot.h"
#include "tests/unit/snap_people.h"

/* The record of @name in @data; its user may be changed, then fix_user(). */
static uint8_t *find_user(uint8_t *data, const char *name)
{
	struct aw_snap_user user;
	uint8_t *at;

	place_put_bytes(data, snap.size);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, name, strlen(name), &user), 0);
	at = data + user.at;
	aw_snap_close(&snap);
	return at;
}

static void fix_user(uint8_t *rec)
{
	const struct aw_snap_user_rec *r = (const void *)rec;
	const size_t len = (size_t)r->name_len + le16toh(r->gecos_len) +
			   r->home_len + r->shell_len + 6;
	const uint32_t sum = htole32(
	    aw_snap_user_sum(rec, (const char *)rec + AW_SNAP_USER_FIXED, len));

	memcpy(rec, &sum, sizeof(sum));
}

/* Let both of the user tables lead to @at only, whatever the record says. */
static void lead_to(uint8_t *data, uint64_t at, const char *name, uint32_t id)
{
	const struct aw_snap_header *h = (const void *)data;
	const uint64_t seed = le64toh(h->seed);
	const uint32_t n = le32toh(h->n_users);
	uint64_t *slots = (void *)(data + le64toh(h->tables_off));
	const uint32_t by_name = aw_snap_hash_name(seed, name, strlen(name));
	const uint32_t by_id = aw_snap_hash_id(seed, id);

	memset(slots, 0, aw_snap_slots(n) * 16);
	slots[aw_snap_home(by_name, aw_snap_homes(n))] =
	    htole64((uint64_t)by_name << 32 | at / 4);
	slots += aw_snap_slots(n);
	slots[aw_snap_home(by_id, aw_snap_homes(n))] =
	    htole64((uint64_t)by_id << 32 | at / 4);
}

/*
 * What a writer that has been taken over could write, every checksum right:
 * a record with the parts of "mallory" replaced by others of the same length.
 */
static const struct {
	const char *name, *user, *gecos, *home, *shell;
	uint32_t id;
	int want;
} hostile[] = {
	{ "as it was", "mallory", "Mallory", "/home/mallory", "/bin/shell",
	    AW_ID_MIN + 1, 0 },
	{ "R15 id 0", "mallory", "Mallory", "/home/mallory", "/bin/shell", 0,
	    AW_UNKNOWN },
	{ "R18 id of the system", "mallory", "Mallory", "/home/mallory",
	    "/bin/shell", 999, AW_UNKNOWN },
	{ "R18 id -1", "mallory", "Mallory", "/home/mallory", "/bin/shell",
	    UINT32_MAX, AW_UNKNOWN },
	{ "R17 reserved", "polkitd", "Mallory", "/home/polkitd", "/bin/shell",
	    AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 number", "1234567", "Mallory", "/home/1234567", "/bin/shell",
	    AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 option", "-rf.foo", "Mallory", "/home/-rf.foo", "/bin/shell",
	    AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 colon in name", "mall:ry", "Mallory", "/home/mall:ry",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 slash in name", "mal/ory", "Mallory", "/home/mal/ory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "upper case", "Mallory", "Mallory", "/home/Mallory", "/bin/shell",
	    AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 colon in gecos", "mallory", "Ma:lory", "/home/mallory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 line in gecos", "mallory", "Mallor\n", "/home/mallory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 escape in gecos", "mallory", "\033[31mry", "/home/mallory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 DEL in gecos", "mallory", "M\177llory", "/home/mallory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "utf-8 in gecos", "mallory", "M\xc3\xa9llor", "/home/mallory",
	    "/bin/shell", AW_ID_MIN + 1, 0 },
	{ "R19 home climbs", "mallory", "Mallory", "/home/../root",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 home with dot", "mallory", "Mallory", "/home/./llory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 home with gap", "mallory", "Mallory", "/home//allory",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 home with end", "mallory", "Mallory", "/home/mallor/",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "home relative", "mallory", "Mallory", "home//mallory", "/bin/shell",
	    AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 colon in home", "mallory", "Mallory", "/home/mallo:y",
	    "/bin/shell", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "home in /etc is the caller's to judge", "mallory", "Mallory",
	    "/etc/sudoers.", "/bin/shell", AW_ID_MIN + 1, 0 },
	{ "R19 shell climbs", "mallory", "Mallory", "/home/mallory",
	    "/bin/../sh", AW_ID_MIN + 1, AW_UNKNOWN },
	{ "shell relative", "mallory", "Mallory", "/home/mallory", "bin//shell",
	    AW_ID_MIN + 1, AW_UNKNOWN },
	{ "R19 line in shell", "mallory", "Mallory", "/home/mallory",
	    "/bin/shel\n", AW_ID_MIN + 1, AW_UNKNOWN },
};

static void hides_hostile_records(void **state)
{
	static const struct person mallory = { "mallory", 1,
		AW_SNAP_ENUM | AW_SNAP_ALLOWED, "", "Mallory", "/home/mallory",
		"/bin/shell", NULL, NULL };
	size_t len;
	uint8_t *data;

	(void)state;
	place_put(&mallory, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t i = 0; i < LEN(hostile); i++) {
		struct aw_snap_user user = { .id = 4711 };
		uint8_t *copy = malloc(len), *rec;
		const uint32_t id = htole32(hostile[i].id);
		uint64_t cursor = 0;
		int r;

		assert_non_null(copy);
		memcpy(copy, data, len);
		rec = find_user(copy, "mallory");
		memcpy(rec + 4, &id, sizeof(id));
		memcpy(rec + 22, hostile[i].user, 7);
		memcpy(rec + 22 + 10, hostile[i].gecos, 7);
		memcpy(rec + 22 + 18, hostile[i].home, 13);
		memcpy(rec + 22 + 32, hostile[i].shell, 10);
		fix_user(rec);
		lead_to(copy, (uint64_t)(rec - copy), hostile[i].user,
		    hostile[i].id);
		place_put_bytes(copy, len);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		r = aw_snap_user_by_id(&snap, hostile[i].id, &user);
		if (r != hostile[i].want)
			fail_msg("%s: by id %d", hostile[i].name, r);
		r = aw_snap_user_by_name(&snap, hostile[i].user, 7, &user);
		if (r != hostile[i].want)
			fail_msg("%s: by name %d", hostile[i].name, r);
		r = aw_snap_next_user(&snap, &cursor, false, &user);
		if (r != (hostile[i].want ? AW_END : 0))
			fail_msg("%s: walked %d", hostile[i].name, r);
		if (hostile[i].want)
			assert_int_equal(user.id, 4711);
		aw_snap_close(&snap);
		free(copy);
	}
	free(data);
}

/* Tables that lead from everybody to one. */
static void gives_nobody_another_id(void **state)
{
	static const struct person mallory = { .name = "mallory", .id = 1 };
	struct aw_snap_user user;
	size_t len;
	uint8_t *data, *rec;

	(void)state;
	place_put(&mallory, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
	data = place_read(&len);
	rec = find_user(data, "mallory");
	lead_to(data, (uint64_t)(rec - data), "alice", AW_ID_MIN + 2);
	place_put_bytes(data, len);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(
	    aw_snap_user_by_id(&snap, AW_ID_MIN + 2, &user), AW_UNKNOWN);
	assert_int_equal(
	    aw_snap_user_by_name(&snap, "alice", 5, &user), AW_UNKNOWN);
	aw_snap_close(&snap);
	free(data);
}

/* The same with lengths that lie: between the strings no NUL is where one must
 * be, or the password is none. */
static void hides_records_that_run_on(void **state)
{
	static const struct person one = { "mallory", 1, 0, "", "Mallory",
		"/home/mallory", "/bin/shell", NULL, NULL };
	static const struct {
		const char *name;
		size_t at;
		char to;
	} rows[] = {
		{ "name", 22 + 7, 'x' },
		{ "password empty", 22 + 8, '\0' },
		{ "password", 22 + 9, 'x' },
		{ "gecos", 22 + 17, 'x' },
		{ "home", 22 + 31, 'x' },
		{ "shell", 22 + 42, 'x' },
	};
	size_t len;
	uint8_t *data;

	(void)state;
	place_put(&one, 1, 0, 1, false);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t i = 0; i < LEN(rows); i++) {
		struct aw_snap_user user;
		uint8_t *rec = find_user(data, "mallory");
		const uint8_t was = rec[rows[i].at];

		rec[rows[i].at] = (uint8_t)rows[i].to;
		fix_user(rec);
		place_put_bytes(data, len);
		rec[rows[i].at] = was;
		fix_user(rec);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		if (aw_snap_user_by_id(&snap, AW_ID_MIN + 1, &user) !=
		    AW_UNKNOWN)
			fail_msg("%s: answered", rows[i].name);
		aw_snap_close(&snap);
	}
	free(data);
}

static void fix_group(uint8_t *rec)
{
	struct aw_snap_group_rec *r = (void *)rec;
	const size_t head = r->name_len + 1u + r->more_len;

	r->members_sum = htole32(aw_snap_sum32(
	    rec + AW_SNAP_GROUP_FIXED + head, le32toh(r->members_len)));
	r->sum =
	    htole32(aw_snap_sum32(rec + 4, AW_SNAP_GROUP_FIXED - 4 + head));
}

static const struct {
	const char *name;
	const char *group, *members;
	uint32_t id, n_members;
	int want;
} hostile_groups[] = {
	{ "as it was", "team-a", "alice\0bob.roe", AW_ID_MIN + 1000, 2, 0 },
	{ "R15 gid 0", "team-a", "alice\0bob.roe", 0, 2, AW_UNKNOWN },
	{ "gid -1", "team-a", "alice\0bob.roe", UINT32_MAX, 2, AW_UNKNOWN },
	{ "mapped gid is the caller's to judge", "team-a", "alice\0bob.roe", 27,
	    2, 0 },
	{ "R17, R23 docker", "docker", "alice\0bob.roe", AW_ID_MIN + 1000, 2,
	    AW_UNKNOWN },
	{ "R23 DOCKER", "DOCKER", "alice\0bob.roe", AW_ID_MIN + 1000, 2,
	    AW_UNKNOWN },
	{ "R19 space", "team a", "alice\0bob.roe", AW_ID_MIN + 1000, 2,
	    AW_UNKNOWN },
	{ "R19 comma among members", "team-a", "al,ce\0bob.roe",
	    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
	{ "R19 colon among members", "team-a", "al:ce\0bob.roe",
	    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
	{ "R19 line among members", "team-a", "al\nce\0bob.roe",
	    AW_ID_MIN + 1000, 2, AW_UNKNOWN },
	{ "one member more", "team-a", "alice\0bob.roe", AW_ID_MIN + 1000, 3,
	    AW_UNKNOWN },
	{ "one member less", "team-a", "alice\0bob.roe", AW_ID_MIN + 1000, 1,
	    AW_UNKNOWN },
	{ "members without end", "team-a", "alice\0bob\0roex", AW_ID_MIN + 1000,
	    2, AW_UNKNOWN },
};

static void hides_hostile_groups(void **state)
{
	size_t len;
	uint8_t *data;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t i = 0; i < LEN(hostile_groups); i++) {
		struct aw_snap_group group = { .id = 4711 };
		struct aw_snap_group_rec *rec;
		uint8_t *copy = malloc(len);
		uint64_t cursor = 0;
		int r;

		assert_non_null(copy);
		memcpy(copy, data, len);
		rec = (void *)(copy +
			       le64toh(((struct aw_snap_header *)(void *)copy)
					   ->groups_off));
		rec->id = htole32(hostile_groups[i].id);
		rec->n_members = htole32(hostile_groups[i].n_members);
		memcpy((char *)rec + AW_SNAP_GROUP_FIXED,
		    hostile_groups[i].group, 6);
		memcpy((char *)rec + AW_SNAP_GROUP_FIXED + 7 + rec->more_len,
		    hostile_groups[i].members, 14);
		fix_group((uint8_t *)rec);
		place_put_bytes(copy, len);
		assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
		r = aw_snap_next_group(&snap, &cursor, false, &group);
		assert_int_equal(r, 0);
		if ((hostile_groups[i].want == 0) !=
		    (memcmp(group.name, hostile_groups[i].group, 6) == 0))
			fail_msg("%s: walked to %s", hostile_groups[i].name,
			    group.name);
		if (hostile_groups[i].id == AW_ID_MIN + 1000 &&
		    aw_snap_group_by_id(&snap, hostile_groups[i].id, &group) !=
			hostile_groups[i].want)
			fail_msg("%s: by id", hostile_groups[i].name);
		aw_snap_close(&snap);
		free(copy);
	}
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hides_hostile_records),
		cmocka_unit_test(gives_nobody_another_id),
		cmocka_unit_test(hides_records_that_run_on),
		cmocka_unit_test(hides_hostile_groups),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
