/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awsssod/attempt.c: how many codes may be open, who gives way,
 * how long a verdict is remembered.
 * covers: spine.5, verdict.5, R29, R38
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "awsssod/attempt.h"

#define LIFE AW_ATTEMPT_LIFE_MS
#define HOST 64

struct table {
	struct aw_attempts attempts;
	unsigned n_dropped;
	char dropped[640]; /* key of the last one */
	unsigned n_tokens;
	uint64_t token; /* dropped last */
};

static void on_drop(void *user, struct aw_attempt *attempt)
{
	struct table *table = user;

	table->n_dropped++;
	memcpy(table->dropped, attempt->key, sizeof(table->dropped));
	aw_attempt_close(attempt, AW_SAY_REPLACED, "replaced", "X", 1);
}

static void on_token(void *user, uint64_t token)
{
	struct table *table = user;

	table->n_tokens++;
	table->token = token;
}

static struct table *table_new(unsigned per_host)
{
	static struct table table;

	memset(&table, 0, sizeof(table));
	assert_int_equal(aw_attempts_init(&table.attempts, per_host, on_drop,
			     on_token, &table),
	    0);
	return &table;
}

static bool try_one(struct table *table, const char *key, const char *user,
    const char *source, enum aw_attempt_rank rank, uint64_t now)
{
	const struct aw_attempt_ask ask = { key, user, source, rank, table };
	struct aw_attempt *attempt = NULL;
	const enum aw_say say =
	    aw_attempts_open(&table->attempts, &ask, now, &attempt);

	assert_true(say == AW_SAY_ALLOWED || say == AW_SAY_TOO_MANY);
	assert_int_equal(say == AW_SAY_ALLOWED, attempt != NULL);
	return attempt != NULL;
}

static struct aw_attempt *open_one(struct table *table, const char *key,
    const char *user, const char *source, uint64_t now)
{
	if (!try_one(table, key, user, source, AW_ATTEMPT_STRANGER, now))
		fail_msg("%s was refused", key);
	return aw_attempts_find(&table->attempts, key, now);
}

static bool is_open(struct table *table, const char *key)
{
	const struct aw_attempt *attempt =
	    aw_attempts_find(&table->attempts, key, 1);

	return attempt && attempt->is_open;
}

static void newest_wins_in_a_source(void **state)
{
	struct table *table = table_new(HOST);

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

/* Who may take whose place: the same source, or another one when all five are
 * taken; against codes that are young, or open for their time. */
static void ranks(void **state)
{
	static const struct {
		enum aw_attempt_rank old, newcomer;
		bool same, other_young, other_old;
	} rows[] = {
		{ AW_ATTEMPT_STRANGER, AW_ATTEMPT_STRANGER, true, false, true },
		{ AW_ATTEMPT_STRANGER, AW_ATTEMPT_KNOWN, true, true, true },
		{ AW_ATTEMPT_STRANGER, AW_ATTEMPT_PROVED, true, true, true },
		{ AW_ATTEMPT_KNOWN, AW_ATTEMPT_STRANGER, false, false, false },
		{ AW_ATTEMPT_KNOWN, AW_ATTEMPT_KNOWN, true, false, true },
		{ AW_ATTEMPT_KNOWN, AW_ATTEMPT_PROVED, true, true, true },
		{ AW_ATTEMPT_PROVED, AW_ATTEMPT_STRANGER, false, false, false },
		{ AW_ATTEMPT_PROVED, AW_ATTEMPT_KNOWN, false, false, false },
		{ AW_ATTEMPT_PROVED, AW_ATTEMPT_PROVED, true, false, true },
	};
	char key[16], source[16];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int way = 0; way < 3; way++) {
			const bool want[] = { rows[i].same, rows[i].other_young,
				rows[i].other_old };
			struct table *table = table_new(HOST);

			for (unsigned n = 0; n < 5; n++) {
				aw_ignore(aw_fmt(key, sizeof(key), "k%u", n));
				aw_ignore(aw_fmt(
				    source, sizeof(source), "host %u", n));
				assert_true(try_one(table, key, "alice", source,
				    rows[i].old, 10 + n));
			}
			if (try_one(table, "new", "alice",
				way == 0 ? "host 3" : "host new",
				rows[i].newcomer,
				way == 2 ? 10 + LIFE : 9 + LIFE) != want[way] ||
			    table->n_dropped != want[way] ||
			    is_open(table, way == 0 ? "k3" : "k0") == want[way])
				fail_msg("row %zu, way %d", i, way);
			aw_attempts_done(&table->attempts);
		}
	}
}

/* The lowest rank goes first, however young. */
static void strangers_go_first(void **state)
{
	struct table *table = table_new(HOST);

	(void)state;
	assert_true(try_one(table, "k0", "alice", "a", AW_ATTEMPT_PROVED, 1));
	assert_true(try_one(table, "k1", "alice", "b", AW_ATTEMPT_KNOWN, 2));
	assert_true(try_one(table, "k2", "alice", "c", AW_ATTEMPT_KNOWN, 3));
	assert_true(try_one(table, "k3", "alice", "d", AW_ATTEMPT_STRANGER, 4));
	assert_true(try_one(table, "k4", "alice", "e", AW_ATTEMPT_KNOWN, 5));
	assert_true(
	    try_one(table, "k5", "alice", "f", AW_ATTEMPT_PROVED, 2 * LIFE));
	assert_string_equal(table->dropped, "k3");
	assert_true(
	    try_one(table, "k6", "alice", "g", AW_ATTEMPT_PROVED, 2 * LIFE));
	assert_string_equal(table->dropped, "k1");
	/* another person has five of his own */
	(void)open_one(table, "bobs", "bob", "host 9", 2 * LIFE);
	assert_int_equal(table->n_dropped, 2);
	aw_attempts_done(&table->attempts);
}

/* @n codes of @n users at "host x". */
static void fill(struct table *table, unsigned n)
{
	char key[16], user[16];

	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		assert_int_equal(aw_fmt(user, sizeof(user), "u%u", i), 0);
		(void)open_one(table, key, user, "host x", 10 + i);
	}
}

/* The source with the most codes gives one, not the oldest of all. */
static void who_has_most_gives(void **state)
{
	struct table *table = table_new(HOST);

	(void)state;
	(void)open_one(table, "own", "first", "host own", 1);
	(void)open_one(table, "far", "second", "host far", 2);
	fill(table, HOST - 2);
	assert_int_equal(table->n_dropped, 0);
	(void)open_one(table, "new", "alice", "host own", 10 + LIFE);
	assert_int_equal(table->n_dropped, 1);
	assert_string_equal(table->dropped, "k0");
	/* whoever fills the host pays for what more he wants */
	(void)open_one(table, "more", "bob", "host x", 10 + LIFE);
	assert_int_equal(table->n_dropped, 2);
	assert_string_equal(table->dropped, "k1");
	assert_true(is_open(table, "own") && is_open(table, "far"));
	assert_int_equal(aw_attempts_count_open(&table->attempts), HOST);
	aw_attempts_done(&table->attempts);
}

/* A full host of young codes: strangers from elsewhere wait, others do not. */
static void a_full_host(void **state)
{
	struct table *table = table_new(HOST);

	(void)state;
	fill(table, HOST);
	assert_false(
	    try_one(table, "s", "alice", "host a", AW_ATTEMPT_STRANGER, 100));
	assert_int_equal(table->n_dropped, 0);
	assert_true(
	    try_one(table, "p", "alice", "host a", AW_ATTEMPT_PROVED, 100));
	assert_string_equal(table->dropped, "k0");
	/* a person at the limit of five pays with one of the five only */
	assert_int_equal(aw_attempts_count_open(&table->attempts), HOST);
	aw_attempts_done(&table->attempts);
}

/* How often: ten in ten minutes for a user and source, a hundred strangers for
 * a user; what was proved is not counted. */
static void starts(void **state)
{
	struct table *table = table_new(HOST);
	char source[16];

	(void)state;
	for (unsigned i = 0; i < AW_ATTEMPT_STARTS; i++)
		(void)open_one(table, "k", "alice", "host a", 1000 + i);
	assert_false(
	    try_one(table, "k", "alice", "host a", AW_ATTEMPT_STRANGER, 2000));
	assert_false(
	    try_one(table, "k", "alice", "host a", AW_ATTEMPT_KNOWN, 2000));
	assert_true(
	    try_one(table, "k", "alice", "host a", AW_ATTEMPT_PROVED, 2000));
	(void)open_one(table, "k2", "bob", "host a", 2000);
	(void)open_one(table, "k3", "alice", "host b", 2000);
	assert_false(try_one(table, "k", "alice", "host a", AW_ATTEMPT_KNOWN,
	    999 + AW_ATTEMPT_RATE_MS));
	assert_true(try_one(table, "k", "alice", "host a", AW_ATTEMPT_KNOWN,
	    1000 + AW_ATTEMPT_RATE_MS));
	aw_attempts_approved(&table->attempts, "alice", "host b");
	assert_false(try_one(table, "k", "alice", "host a", AW_ATTEMPT_KNOWN,
	    1000 + AW_ATTEMPT_RATE_MS));
	aw_attempts_approved(&table->attempts, "alice", "host a");
	assert_true(try_one(table, "k", "alice", "host a", AW_ATTEMPT_KNOWN,
	    1000 + AW_ATTEMPT_RATE_MS));
	aw_attempts_done(&table->attempts);
	table = table_new(HOST);
	for (unsigned i = 0; i < AW_ATTEMPT_STRANGERS; i++) {
		assert_int_equal(
		    aw_fmt(source, sizeof(source), "host %u", i), 0);
		(void)open_one(table, "k", "alice", source, 1000);
	}
	assert_false(try_one(
	    table, "k", "alice", "host new", AW_ATTEMPT_STRANGER, 2000));
	assert_true(
	    try_one(table, "k", "alice", "host new", AW_ATTEMPT_KNOWN, 2000));
	aw_attempts_done(&table->attempts);
}

/* A thousand addresses, each as often as it may, for an hour: a person with a
 * key, and one at an address of hers, have their codes all that time. */
static void flood(void **state)
{
	struct table *table = table_new(HOST);
	char key[16], source[16];

	(void)state;
	assert_true(
	    try_one(table, "key", "alice", "host own", AW_ATTEMPT_PROVED, 1));
	assert_true(
	    try_one(table, "home", "bob", "host bobs", AW_ATTEMPT_KNOWN, 1));
	for (unsigned i = 0; i < 3600; i++) {
		const uint64_t now = 1000 * (uint64_t)i;

		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		assert_int_equal(
		    aw_fmt(source, sizeof(source), "host %u", i % 1000), 0);
		(void)try_one(table, key, i % 2 ? "alice" : "bob", source,
		    AW_ATTEMPT_STRANGER, now);
	}
	assert_true(is_open(table, "key") && is_open(table, "home"));
	assert_true(try_one(
	    table, "key 2", "alice", "host new", AW_ATTEMPT_PROVED, 3600000));
	assert_true(try_one(
	    table, "home 2", "bob", "host bobs", AW_ATTEMPT_KNOWN, 3600000));
	assert_true(aw_attempts_count_open(&table->attempts) <= 10);
	aw_attempts_done(&table->attempts);
}

/* A thousand at once, where the operator says so. */
static void a_thousand(void **state)
{
	struct table *table = table_new(1000);

	(void)state;
	fill(table, 1000);
	assert_int_equal(table->n_dropped, 0);
	assert_int_equal(aw_attempts_count_open(&table->attempts), 1000);
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
		struct table *table = table_new(HOST);
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

/* More closed ones than there is room for: the one forgotten first goes, one
 * whose token waits last and with its token dropped, an open one never. */
static void bounded(void **state)
{
	struct table *table = table_new(HOST);
	const unsigned room = HOST + AW_ATTEMPT_CLOSED - 1;
	struct aw_attempt *attempt;
	char key[16];

	(void)state;
	(void)open_one(table, "open", "alice", "host a", 1);
	for (unsigned i = 0; i < 2 * room; i++) {
		assert_int_equal(aw_fmt(key, sizeof(key), "k%u", i), 0);
		attempt = aw_attempts_note(&table->attempts, key, "bob", "s");
		aw_attempt_close(attempt, AW_SAY_NOT_ALLOWED, "", "", 10 + i);
		if (i == 0 || i >= room)
			attempt->token = 1000 + i;
	}
	assert_true(is_open(table, "open"));
	/* k0 was the oldest of all, and its token kept it until others had
	 * one too */
	assert_null(aw_attempts_find(&table->attempts, "k1", 99));
	assert_non_null(aw_attempts_find(&table->attempts, key, 99));
	assert_int_equal(table->n_dropped, 0);
	assert_int_equal(table->n_tokens, 1);
	assert_int_equal(table->token, 1000);
	aw_attempts_done(&table->attempts);
}

/* The next attempt of a key drops the token of the one before. */
static void a_token_is_not_forgotten(void **state)
{
	struct table *table = table_new(HOST);
	struct aw_attempt *attempt = open_one(table, "k", "alice", "host a", 1);

	(void)state;
	aw_attempt_close(attempt, AW_SAY_ALLOWED, "", "", 2);
	attempt->token = 7;
	(void)open_one(table, "k", "alice", "host a", 3);
	assert_int_equal(table->n_tokens, 1);
	assert_int_equal(table->token, 7);
	aw_attempts_done(&table->attempts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_wins_in_a_source),
		cmocka_unit_test(ranks),
		cmocka_unit_test(strangers_go_first),
		cmocka_unit_test(who_has_most_gives),
		cmocka_unit_test(a_full_host),
		cmocka_unit_test(starts),
		cmocka_unit_test(flood),
		cmocka_unit_test(a_thousand),
		cmocka_unit_test(remembered),
		cmocka_unit_test(bounded),
		cmocka_unit_test(a_token_is_not_forgotten),
	};

	return cmocka_run_group_tests_name("attempt", tests, NULL, NULL);
}
