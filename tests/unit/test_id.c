/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of common/id.c.  The digest is the caller's, so the mapping can be
 * tested with digests that are chosen.
 * covers: spine.2, R14, R15, R18
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "common/id.h"

/* The text itself, repeated, stands in for its digest. */
static int fake_sha256(const void *data, size_t len, uint8_t digest[32])
{
	if (len == 0)
		return -EIO;
	for (size_t i = 0; i < 32; i++)
		digest[i] = ((const uint8_t *)data)[i % len];
	return 0;
}

static void maps_into_the_range(void **state)
{
	static const struct {
		const char *id;
		uint32_t attempt;
		uint64_t value; /* first 8 bytes, big-endian */
	} rows[] = {
		{ "abcdefgh", 0, 0x6162636465666768 },
		{ "abcdefgh", 1, 0x6162636465666768 },
		{ "z", 0, 0x7a7a7a7a7a7a7a7a },
		{ "z", UINT32_MAX, 0x7a7a7a7a7a7a7a7a },
		{ "\xff", 0, 0xffffffffffffffff },
		{ "\xff", 7, 0xffffffffffffffff },
	};
	const uint64_t span = 2147352575ull - 1879048192 + 1;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint32_t got = 0;

		assert_int_equal(aw_id_candidate(fake_sha256, rows[i].id,
				     rows[i].attempt, &got),
		    0);
		assert_int_equal(
		    got, 1879048192 +
			     (rows[i].value % span + rows[i].attempt) % span);
		assert_true(aw_id_in_range(got));
	}
}

static void probing_wraps_inside_the_range(void **state)
{
	uint32_t first = 0, last = 0;

	(void)state;
	assert_int_equal(aw_id_candidate(fake_sha256, "q", 0, &first), 0);
	assert_int_equal(
	    aw_id_candidate(fake_sha256, "q", AW_ID_MAX - first, &last), 0);
	assert_int_equal(last, AW_ID_MAX);
	assert_int_equal(
	    aw_id_candidate(fake_sha256, "q", AW_ID_MAX - first + 1, &last), 0);
	assert_int_equal(last, AW_ID_MIN);
}

static void a_failed_digest_gives_no_id(void **state)
{
	uint32_t got = 4711;

	(void)state;
	assert_int_equal(aw_id_candidate(fake_sha256, "", 0, &got), -EIO);
	assert_int_equal(got, 4711);
}

/* Ids from the first candidate on that are somebody's, and what befalls the
 * one who asks about the @fails_at-th. */
struct taken {
	uint32_t first, n, asked, fails_at;
};

static int is_free(void *user, uint32_t id)
{
	struct taken *taken = user;

	if (++taken->asked == taken->fails_at)
		return -EIO;
	return id - taken->first < taken->n ? AW_DENIED : 0;
}

static void finds_the_first_free_one(void **state)
{
	static const struct {
		const char *name, *id;
		uint32_t n, fails_at;
		int want;
		uint32_t beyond; /* the first candidate */
	} rows[] = {
		{ "its candidate", "q", 0, 0, 0, 0 },
		{ "the next", "q", 1, 0, 0, 1 },
		{ "the last", "q", AW_ID_PROBES - 1, 0, 0, AW_ID_PROBES - 1 },
		{ "none (R14)", "q", AW_ID_PROBES, 0, -ENOSPC, 0 },
		{ "no ledger", "q", 0, 1, -EIO, 0 },
		{ "no ledger later", "q", 9, 5, -EIO, 0 },
		{ "no digest", "", 0, 0, -EIO, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct taken taken = { 0, rows[i].n, 0, rows[i].fails_at };
		uint32_t got = 4711;
		int r;

		assert_int_equal(
		    aw_id_candidate(fake_sha256, "q", 0, &taken.first), 0);
		r = aw_id_find(fake_sha256, rows[i].id, is_free, &taken, &got);
		if (r != rows[i].want ||
		    got != (r == 0 ? taken.first + rows[i].beyond : 4711) ||
		    taken.asked > AW_ID_PROBES)
			fail_msg("%s: %d, %u", rows[i].name, r, got);
	}
}

/* Behind the last id of the range comes the first. */
static void finds_one_beyond_the_end(void **state)
{
	struct taken taken = { AW_ID_MAX - 1, 2, 0, 0 };
	uint32_t got = 0;

	(void)state;
	assert_int_equal(
	    aw_id_candidate(fake_sha256, "aaab-}\xff\xfe", 0, &got), 0);
	assert_int_equal(got, AW_ID_MAX - 1);
	assert_int_equal(
	    aw_id_find(fake_sha256, "aaab-}\xff\xfe", is_free, &taken, &got),
	    0);
	assert_int_equal(got, AW_ID_MIN);
}

static void range_is_outside_all_reserved_ones(void **state)
{
	static const uint64_t outside[] = { 0, 1, 999, 1000, 60001, 61184,
		65519, 65534, 65535, 524288, 1879048191, 2147352576, 2147483647,
		4294967294, 4294967295, 4294967296 + 1879048192 };

	(void)state;
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_false(aw_id_in_range(outside[i]));
	assert_true(aw_id_in_range(1879048192));
	assert_true(aw_id_in_range(2147352575));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_into_the_range),
		cmocka_unit_test(probing_wraps_inside_the_range),
		cmocka_unit_test(a_failed_digest_gives_no_id),
		cmocka_unit_test(finds_the_first_free_one),
		cmocka_unit_test(finds_one_beyond_the_end),
		cmocka_unit_test(range_is_outside_all_reserved_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
