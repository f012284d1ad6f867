/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/registration.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "awssso_netd/registration.h"
#include "common/text.h"

#define NOW 1000000
#define FAR (NOW + 7776000)

static void put(struct aw_registrations *registrations, const char *region,
    const char *name, int64_t expires, const char *text)
{
	struct aw_secret *secret;

	assert_int_equal(aw_secret_new(text, &secret), 0);
	aw_registrations_put(
	    registrations, region, "https://s", name, expires, secret, secret);
	aw_secret_unref(secret);
}

/* Whether it is there; its secret must be @text. */
static bool has(struct aw_registrations *registrations, const char *region,
    const char *name, int64_t now, const char *text)
{
	struct aw_secret *id, *secret;

	if (aw_registrations_get(registrations, region, "https://s", name, now,
		&id, &secret) != 0)
		return false;
	assert_string_equal(secret->text, text);
	aw_secret_unref(id);
	aw_secret_unref(secret);
	return true;
}

static void key_is_all_three(void **state)
{
	struct aw_registrations *r;
	struct aw_secret *id, *secret;

	(void)state;
	assert_int_equal(aw_registrations_new(&r), 0);
	put(r, "us-east-1", "ssh as alice", FAR, "a");
	assert_true(has(r, "us-east-1", "ssh as alice", NOW, "a"));
	assert_false(has(r, "us-east-2", "ssh as alice", NOW, "a"));
	assert_false(has(r, "us-east-1", "ssh as bob", NOW, "a"));
	assert_int_equal(aw_registrations_get(r, "us-east-1", "https://t",
			     "ssh as alice", NOW, &id, &secret),
	    AW_ABSENT);
	aw_registrations_free(r);
}

static void ends_a_quarter_of_an_hour_early(void **state)
{
	struct aw_registrations *r;

	(void)state;
	assert_int_equal(aw_registrations_new(&r), 0);
	put(r, "r", "n", NOW + 900, "a");
	assert_true(has(r, "r", "n", NOW - 1, "a"));
	assert_false(has(r, "r", "n", NOW, "a"));
	aw_registrations_free(r);
}

static void replaced_and_dropped(void **state)
{
	struct aw_registrations *r;

	(void)state;
	assert_int_equal(aw_registrations_new(&r), 0);
	put(r, "r", "n", FAR, "old");
	put(r, "r", "n", FAR, "new");
	assert_true(has(r, "r", "n", NOW, "new"));
	aw_registrations_drop(r, "r", "https://s", "n");
	assert_false(has(r, "r", "n", NOW, ""));
	aw_registrations_drop(r, "r", "https://s", "n");
	aw_registrations_free(r);
}

static void the_one_unused_longest_gives_way(void **state)
{
	struct aw_registrations *r;
	char name[16];

	(void)state;
	assert_int_equal(aw_registrations_new(&r), 0);
	for (int i = 0; i < AW_REGISTRATIONS_MAX; i++) {
		assert_int_equal(aw_fmt(name, sizeof(name), "n%d", i), 0);
		put(r, "r", name, FAR, "x");
	}
	assert_true(has(r, "r", "n0", NOW, "x")); /* used again */
	put(r, "r", "one more", FAR, "x");
	assert_true(has(r, "r", "one more", NOW, "x"));
	assert_true(has(r, "r", "n0", NOW, "x"));
	assert_false(has(r, "r", "n1", NOW, "x"));
	for (int i = 2; i < AW_REGISTRATIONS_MAX; i++) {
		assert_int_equal(aw_fmt(name, sizeof(name), "n%d", i), 0);
		assert_true(has(r, "r", name, NOW, "x"));
	}
	aw_registrations_free(r);
}

/* Who holds a reference is not troubled by what happens to the table. */
static void references_outlive_the_table(void **state)
{
	struct aw_registrations *r;
	struct aw_secret *id, *secret;

	(void)state;
	assert_int_equal(aw_registrations_new(&r), 0);
	put(r, "r", "n", FAR, "kept");
	assert_int_equal(
	    aw_registrations_get(r, "r", "https://s", "n", NOW, &id, &secret),
	    0);
	aw_registrations_free(r);
	assert_string_equal(id->text, "kept");
	aw_secret_unref(id);
	aw_secret_unref(secret);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_is_all_three),
		cmocka_unit_test(ends_a_quarter_of_an_hour_early),
		cmocka_unit_test(replaced_and_dropped),
		cmocka_unit_test(the_one_unused_longest_gives_way),
		cmocka_unit_test(references_outlive_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
