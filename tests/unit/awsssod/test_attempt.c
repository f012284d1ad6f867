/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/attempt.c: how many codes may be open, who gives way,
 * how long a verdict is remembered.
 * covers: spine.5, R29, R38
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/attempt.h"

struct table {
	struct aw_attempts attempts;
	unsigned n_dropped;
	char dropped[640]; /* key of the last one */
};

static void on_drop(void *user, struct aw_attempt *attempt)
{
	struct table *table = user;

	table->n_dropped++;
	memcpy(table->dropped, attempt->key, sizeof(table->dropped));
	aw_attempt_close(attempt, AW_SAY_REPLACED, "replaced", "X", 1);
}

static struct table *table_new(void)
{
	static struct table table;

	memset(&table, 0, sizeof(table));
	assert_int_equal(aw_attempts_init(&table.attempts, on_drop, &table), 0);
	return &table;
}

static struct aw_attempt *open_one(struct table *table, const char *key,
    const char *user, const char *source, uint64_t now)
{
	return aw_attempts_open(
	    &table->attempts, key, user, source, table, now);
}

static void newest_wins_in_a_source(void **state)
{
	struct table *table = table_new();

	(void)state;
	(void)open_one(table, "k1", "alice", "host a", 1);
	(void)open_one(table, "k2", "alice", "host b", 2);
	(void)open_one(table, "k3", "bob", "host a", 3);
	assert_int_equal(table->n_dropped, 0);
	(void)open_one(table, "k4", "alice", "host a", 4);
	assert_int_equal(table->n_dropped, 1);
	assert_string_equal(table->dropped, "k1");
	assert_int_equal(aw_attempts_count_open(&table->attempts), 3);
	/* The same key from elsewhere is still the same attempt. */
	(void)open_one(table, "k2", "alice", "host z", 5);
	assert_int_equal(table->n_dropped, 2);
	assert_string_equal(table->dropped, "k2");
	aw_attempts_done(&table->attempts);
}

/* Whoever fills all five of a person's places locks nobody out: the oldest of
 * the other sources goes. */
static void five_a_person(void **state)
{
	struct table *table = table_new();
	char key[16], source[16];

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		assert_int_equal(
		    aw_fmt(source, sizeof(source), "host %u", i), 0);
		(void)open_one(table, key, "alice", source, 10 + i);
	}
	assert_int_equal(table->n_dropped, 0);
	(void)open_one(table, "mine", "alice", "host mine", 20);
	assert_int_equal(table->n_dropped, 1);
	assert_string_equal(table->dropped, "k0");
	(void)open_one(table, "bobs", "bob", "host 9", 21);
	assert_int_equal(table->n_dropped, 1);
	assert_int_equal(aw_attempts_count_open(&table->attempts), 6);
	aw_attempts_done(&table->attempts);
}

static void sixty_four_a_host(void **state)
{
	struct table *table = table_new();
	char key[16], user[16];

	(void)state;
	/* The newcomer's source holds the oldest: not that one goes. */
	(void)open_one(table, "own", "first", "host own", 1);
	for (unsigned i = 0; i < 63; i++) {
		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		assert_int_equal(aw_fmt(user, sizeof(user), "u%u", i), 0);
		(void)open_one(table, key, user, "host x", 10 + i);
	}
	assert_int_equal(table->n_dropped, 0);
	(void)open_one(table, "new", "alice", "host own", 100);
	assert_int_equal(table->n_dropped, 1);
	assert_string_equal(table->dropped, "k0");
	assert_int_equal(aw_attempts_count_open(&table->attempts), 64);
	aw_attempts_done(&table->attempts);
}

/* All from the newcomer's own source: then the oldest of these. */
static void one_source_fills_the_host(void **state)
{
	struct table *table = table_new();
	char key[16], user[16];

	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		assert_int_equal(aw_fmt(user, sizeof(user), "u%u", i), 0);
		(void)open_one(table, key, user, "host x", 10 + i);
	}
	(void)open_one(table, "new", "alice", "host x", 100);
	assert_int_equal(table->n_dropped, 1);
	assert_string_equal(table->dropped, "k0");
	aw_attempts_done(&table->attempts);
}

static void remembered(void **state)
{
	static const struct {
		enum aw_say say;
		uint64_t keep;
	} rows[] = {
		{ AW_SAY_ALLOWED, AW_ATTEMPT_KEEP_MS },
		{ AW_SAY_BROWSER_DENIED, AW_ATTEMPT_KEEP_MS },
		{ AW_SAY_NOT_ALLOWED, AW_ATTEMPT_KEEP_MS },
		{ AW_SAY_DISABLED, AW_ATTEMPT_KEEP_MS },
		{ AW_SAY_NETD_GONE, AW_ATTEMPT_FAILURE_MS },
		{ AW_SAY_SHELL, AW_ATTEMPT_FAILURE_MS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct table *table = table_new();
		struct aw_attempt *attempt =
		    open_one(table, "k", "alice", "host a", 1000);

		aw_attempt_close(attempt, rows[i].say, "text", "CODE", 2000);
		assert_ptr_equal(aw_attempts_find(&table->attempts, "k",
				     2000 + rows[i].keep - 1),
		    attempt);
		assert_string_equal(attempt->text, "text");
		assert_string_equal(attempt->code, "CODE");
		assert_int_equal(attempt->say, rows[i].say);
		assert_null(aw_attempts_find(
		    &table->attempts, "k", 2000 + rows[i].keep));
		assert_null(aw_attempts_find(&table->attempts, "kk", 2000));
		aw_attempts_done(&table->attempts);
	}
}

/* More closed ones than there is room for: the one forgotten first goes, an
 * open one never. */
static void bounded(void **state)
{
	struct table *table = table_new();
	struct aw_attempt *attempt;
	char key[16];

	(void)state;
	(void)open_one(table, "open", "alice", "host a", 1);
	for (unsigned i = 0; i < 2 * AW_ATTEMPT_MAX; i++) {
		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		attempt = aw_attempts_note(&table->attempts, key, "bob", "s");
		aw_attempt_close(attempt, AW_SAY_NOT_ALLOWED, "", "", 10 + i);
	}
	attempt = aw_attempts_find(&table->attempts, "open", 99);
	assert_non_null(attempt);
	assert_true(attempt->is_open);
	assert_null(aw_attempts_find(&table->attempts, "k0", 99));
	assert_non_null(aw_attempts_find(&table->attempts, key, 99));
	assert_int_equal(table->n_dropped, 0);
	aw_attempts_done(&table->attempts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_wins_in_a_source),
		cmocka_unit_test(five_a_person),
		cmocka_unit_test(sixty_four_a_host),
		cmocka_unit_test(one_source_fills_the_host),
		cmocka_unit_test(remembered),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests_name("attempt", tests, NULL, NULL);
}
