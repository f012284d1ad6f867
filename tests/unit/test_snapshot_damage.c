/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of the snapshot's reader: whatever is wrong with a file, it neither
 * crashes nor gives anybody another id.
 * covers: spine.2, R15, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/snapshot.h"
#include "tests/unit/snap_people.h"

static void fix_header(uint8_t *data)
{
	const uint64_t sum = htole64(
	    aw_snap_sum64(data, offsetof(struct aw_snap_header, header_sum)));

	memcpy(data + offsetof(struct aw_snap_header, header_sum), &sum,
	    sizeof(sum));
}

/* All fits, but that no slot is where a number may be. */
static void shift_tables(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len + 1);
	struct aw_snap_header *h = (void *)copy;
	size_t at;

	assert_non_null(copy);
	memcpy(copy, data, len);
	at = le64toh(h->tables_off);
	memmove(copy + at + 1, copy + at, len - at);
	h->tables_off = htole64(at + 1);
	h->size = htole64(len + 1);
	fix_header(copy);
	place_put_bytes(copy, len + 1);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	free(copy);
}

/* Headers whose checksum is right and whose content is not. */
static void refuses_bad_headers(void **state)
{
	static const struct {
		const char *name;
		size_t at, size;
		uint64_t value;
		int want;
	} rows[] = {
#define AT(field) offsetof(struct aw_snap_header, field)
		{ "magic", AT(magic), 1, 'a', -EIO },
		{ "version", AT(version), 4, 2, -EPROTO },
		{ "size + 1", AT(size), 8, 1, -EIO },
		{ "users begin late", AT(users_off), 8, 1u << 20, -EIO },
		{ "users begin early", AT(users_off), 8, 0, -EIO },
		{ "groups before users", AT(groups_off), 8, 0, -EIO },
		{ "groups behind", AT(groups_off), 8, UINT64_MAX - 3, -EIO },
		{ "tombs behind", AT(tombs_off), 8, UINT64_MAX, -EIO },
		{ "tables behind", AT(tables_off), 8, 1u << 30, -EIO },
		{ "tables unaligned", AT(tables_off), 8, 4097, -EIO },
		{ "too many users", AT(n_users), 4, 0xffffffff, -EIO },
		{ "one user more", AT(n_users), 4, 10000, -EIO },
		{ "too many groups", AT(n_groups), 4, 0x7fffffff, -EIO },
		{ "suffixes", AT(n_suffixes), 4, 65, -EIO },
		{ "suffixes behind", AT(n_suffixes), 4, 64, -EIO },
		{ "probe", AT(max_probe), 4, 65, -EIO },
#undef AT
	};
	size_t len;
	uint8_t *data, *copy;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	copy = malloc(len);
	assert_non_null(copy);
	for (size_t i = 0; i < LEN(rows); i++) {
		const uint64_t value = htole64(rows[i].value);

		memcpy(copy, data, len);
		memcpy(copy + rows[i].at, &value, rows[i].size);
		fix_header(copy);
		place_put_bytes(copy, len);
		if (aw_snap_open(place_path, geteuid(), &snap) != rows[i].want)
			fail_msg("%s: opened", rows[i].name);
	}
	memcpy(copy, data, len);
	memset(copy + offsetof(struct aw_snap_header, store_id), 'd', 72);
	fix_header(copy);
	place_put_bytes(copy, len);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	shift_tables(data, len);
	free(copy);
	free(data);
}

static void refuses_cut_files(void **state)
{
	size_t len;
	uint8_t *data;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	for (size_t cut = 0; cut < len; cut += cut < 256 ? 1 : 61) {
		place_put_bytes(data, cut);
		if (aw_snap_open(place_path, geteuid(), &snap) != -EIO)
			fail_msg("opened with %zu of %zu bytes", cut, len);
	}
	data = realloc(data, len + 8);
	assert_non_null(data);
	memset(data + len, 0, 8);
	place_put_bytes(data, len + 8);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	memset(data, 0, len);
	place_put_bytes(data, len);
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), -EIO);
	free(data);
}

/* Whatever is answered is what was put in. */
static void check_answers(size_t at)
{
	for (size_t i = 0; i < LEN(people); i++) {
		const char *name = people[i].name;
		struct aw_snap_user user;
		uint32_t gids[4], n;
		int r;

		r = aw_snap_user_by_name(&snap, name, strlen(name), &user);
		if (r == 0)
			check_person(&people[i], &user);
		else if (r != AW_UNKNOWN && r != -EIO)
			fail_msg("byte %zu: %d", at, r);
		if (r == 0 && aw_snap_user_gids(&snap, &user, gids, 4, &n) == 0)
			assert_int_equal(n, strlen(people[i].teams));
		r = aw_snap_user_by_id(&snap, AW_ID_MIN + people[i].id, &user);
		if (r == 0)
			check_person(&people[i], &user);
		else if (r != AW_UNKNOWN && r != -EIO)
			fail_msg("byte %zu: %d", at, r);
	}
	for (uint32_t i = 0; i < 3; i++) {
		struct aw_snap_group group;
		const int r =
		    aw_snap_group_by_id(&snap, AW_ID_MIN + 1000 + i, &group);

		if (r == 0) {
			assert_int_equal(group.name[5], 'a' + (int)i);
			assert_int_equal(group.n_members, i == 0 ? 2 : 1);
			assert_string_equal(
			    group.members, i < 2 ? "alice" : "d");
		} else if (r != AW_UNKNOWN && r != -EIO) {
			fail_msg("byte %zu: %d", at, r);
		}
	}
}

/* Every single bit of the file. */
static void survives_each_bit(void **state)
{
	size_t len;
	uint8_t *data;
	int fd;

	(void)state;
	put_people();
	aw_snap_close(&snap);
	data = place_read(&len);
	fd = open(place_path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t bit = 0; bit < len * 8; bit++) {
		const off_t at = (off_t)(bit / 8);
		const uint8_t turned = (uint8_t)(data[at] ^ (1u << bit % 8));

		/* Behind the header only one word means anything. */
		if (at >= 192 && at < (off_t)AW_SNAP_BODY)
			continue;
		assert_int_equal(pwrite(fd, &turned, 1, at), 1);
		if (aw_snap_open(place_path, geteuid(), &snap) == 0) {
			if (at < 192)
				fail_msg("bit %zu of the header is lost", bit);
			check_answers((size_t)at);
			if (aw_snap_verify(&snap) != -EIO)
				fail_msg("bit %zu is not missed", bit);
			aw_snap_close(&snap);
		}
		assert_int_equal(pwrite(fd, &data[at], 1, at), 1);
	}
	assert_int_equal(close(fd), 0);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_bad_headers),
		cmocka_unit_test(refuses_cut_files),
		cmocka_unit_test(survives_each_bit),
	};

	return cmocka_run_group_tests(tests, place_make, place_remove);
}
