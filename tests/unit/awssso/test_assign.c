/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and ids for a fixture.
 * covers: spine.7, R14
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "awssso/assign.h"
#include "awssso/digest.h"

#define MANY 8

static unsigned skipped;

static void count_skip(const struct aw_principal *principal, const char *why)
{
	assert_non_null(principal->label);
	assert_true(*why);
	skipped++;
}

static void pins_the_majority_domain(void **state)
{
	static const struct {
		const char *name[MANY];
		const char *want;
	} rows[] = {
		{ { NULL }, "" },
		{ { "a@x.example" }, "x.example" },
		{ { "a@x.example", "b@Y.example", "c@y.example" },
		    "y.example" },
		{ { "a", "b", "c@x.example" }, "" },
		{ { "a", "b@x.example", "c@x.example" }, "x.example" },
		{ { "a@b@x.example" }, "x.example" },
		/* of several the first by alphabet, in whatever order */
		{ { "a@y.example", "b@x.example" }, "x.example" },
		{ { "a@x.example", "b@y.example", "c@y.example",
		      "d@x.example" },
		    "x.example" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_principal users[MANY] = { 0 };
		struct aw_fixture fixture = { .users = users };
		char got[128];

		for (; rows[i].name[fixture.n_users]; fixture.n_users++)
			users[fixture.n_users].label =
			    rows[i].name[fixture.n_users];
		assert_int_equal(aw_assign_domain(&fixture, got), 0);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("row %zu: %s", i, got);
	}
}

/* Every candidate is the same: ids are probed on, and none is given twice. */
static int same_digest(const void *data, size_t len, uint8_t digest[32])
{
	(void)data;
	(void)len;
	memset(digest, 0xff, 32);
	return 0;
}

static int no_digest(const void *data, size_t len, uint8_t digest[32])
{
	(void)data;
	(void)len;
	(void)digest;
	return -EIO;
}

static void never_gives_an_id_twice(void **state)
{
	struct aw_principal users[] = {
		{ .id = "1", .label = "ann" }, { .id = "2", .label = "bea" },
		{ .id = "3", .label = "0" }, /* cannot be a name */
	};
	struct aw_principal groups[] = { { .id = "4", .label = "Ops" } };
	struct aw_fixture fixture = {
		.users = users, .n_users = 3, .groups = groups, .n_groups = 1
	};

	(void)state;
	skipped = 0;
	assert_int_equal(aw_assign(&fixture, same_digest, count_skip), 0);
	assert_int_equal(skipped, 1);
	assert_string_equal(users[0].name, "ann");
	assert_string_equal(groups[0].name, "ops");
	assert_string_equal(users[2].name, "");
	assert_true(aw_id_in_range(users[0].posix_id));
	assert_true(aw_id_in_range(users[1].posix_id));
	assert_true(aw_id_in_range(groups[0].posix_id));
	assert_int_not_equal(users[0].posix_id, users[1].posix_id);
	assert_int_not_equal(users[0].posix_id, groups[0].posix_id);
	assert_int_not_equal(users[1].posix_id, groups[0].posix_id);
	assert_int_equal(users[2].posix_id, 0);
	assert_int_equal(aw_assign(&fixture, no_digest, count_skip), -EIO);
}

static void three_of_one_name_all_lose_it(void **state)
{
	struct aw_principal users[] = {
		{ .id = "1", .label = "ann" },
		{ .id = "2", .label = "ANN" },
		{ .id = "3", .label = "Ann" },
		{ .id = "4", .label = "bea" },
	};
	struct aw_fixture fixture = { .users = users, .n_users = 4 };

	(void)state;
	skipped = 0;
	assert_int_equal(aw_assign(&fixture, aw_digest_sha256, count_skip), 0);
	assert_int_equal(skipped, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(users[i].name, "");
	assert_string_equal(users[3].name, "bea");
}

/* The empty string, and "abc", as FIPS 180-2 has it. */
static void digests(void **state)
{
	static const uint8_t abc[4] = { 0xba, 0x78, 0x16, 0xbf };
	static const uint8_t empty[4] = { 0xe3, 0xb0, 0xc4, 0x42 };
	uint8_t got[32];

	(void)state;
	assert_int_equal(aw_digest_sha256("abc", 3, got), 0);
	assert_memory_equal(got, abc, sizeof(abc));
	assert_int_equal(aw_digest_sha256("", 0, got), 0);
	assert_memory_equal(got, empty, sizeof(empty));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pins_the_majority_domain),
		cmocka_unit_test(never_gives_an_id_twice),
		cmocka_unit_test(three_of_one_name_all_lose_it),
		cmocka_unit_test(digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
