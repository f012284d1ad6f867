/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of awssso_netd/token.c and secret.c.
 * covers: spine.4
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "awssso_netd/token.h"

static int owner_a, owner_b;

static struct aw_tokens *new_tokens(void)
{
	struct aw_tokens *tokens;
	sd_event *event;

	assert_true(sd_event_new(&event) >= 0);
	assert_int_equal(aw_tokens_new(event, &tokens), 0);
	sd_event_unref(event);
	return tokens;
}

static uint64_t put(struct aw_tokens *tokens, const void *owner,
    const char *text, uint64_t life_s)
{
	struct aw_secret *secret;
	uint64_t handle = 0;

	assert_int_equal(aw_secret_new(text, &secret), 0);
	assert_int_equal(
	    aw_tokens_put(tokens, owner, secret, "us-east-1", life_s, &handle),
	    0);
	aw_secret_unref(secret);
	assert_true(handle != 0);
	return handle;
}

static bool has(struct aw_tokens *tokens, const void *owner, uint64_t handle,
    const char *text)
{
	struct aw_secret *secret = NULL;
	const char *region = NULL;
	const int r = aw_tokens_get(tokens, owner, handle, &secret, &region);

	if (r != 0) {
		assert_int_equal(r, AW_UNKNOWN);
		assert_null(secret);
		return false;
	}
	assert_string_equal(secret->text, text);
	assert_string_equal(region, "us-east-1");
	aw_secret_unref(secret);
	return true;
}

static void only_its_owner_gets_it(void **state)
{
	struct aw_tokens *tokens = new_tokens();
	const uint64_t a = put(tokens, &owner_a, "A", 60);
	const uint64_t b = put(tokens, &owner_b, "B", 60);

	(void)state;
	assert_true(a != b);
	assert_true(has(tokens, &owner_a, a, "A"));
	assert_true(has(tokens, &owner_b, b, "B"));
	assert_false(has(tokens, &owner_b, a, ""));
	assert_false(has(tokens, &owner_a, b, ""));
	assert_false(has(tokens, &owner_a, 0, ""));
	assert_false(has(tokens, &owner_a, a + 1, ""));
	aw_tokens_drop(tokens, &owner_b, a);
	assert_true(has(tokens, &owner_a, a, "A"));
	aw_tokens_drop(tokens, &owner_a, a);
	assert_false(has(tokens, &owner_a, a, ""));
	aw_tokens_free(tokens);
}

static void an_owner_goes_with_all_of_its_own(void **state)
{
	struct aw_tokens *tokens = new_tokens();
	const uint64_t a1 = put(tokens, &owner_a, "1", 60);
	const uint64_t b = put(tokens, &owner_b, "2", 60);
	const uint64_t a2 = put(tokens, &owner_a, "3", 60);

	(void)state;
	aw_tokens_drop_all(tokens, &owner_a);
	assert_false(has(tokens, &owner_a, a1, ""));
	assert_false(has(tokens, &owner_a, a2, ""));
	assert_true(has(tokens, &owner_b, b, "2"));
	aw_tokens_free(tokens);
}

static void ends_with_its_time(void **state)
{
	struct aw_tokens *tokens = new_tokens();
	const uint64_t dead = put(tokens, &owner_a, "x", 0);

	(void)state;
	assert_false(has(tokens, &owner_a, dead, ""));
	aw_tokens_free(tokens);
}

static void has_an_end(void **state)
{
	struct aw_tokens *tokens = new_tokens();
	struct aw_secret *secret;
	uint64_t handle, first;

	(void)state;
	assert_int_equal(aw_secret_new("x", &secret), 0);
	first = put(tokens, &owner_a, "x", 60);
	for (int i = 1; i < AW_TOKENS_MAX; i++)
		assert_int_equal(aw_tokens_put(tokens, &owner_a, secret,
				     "us-east-1", 60, &handle),
		    0);
	handle = 42;
	assert_int_equal(
	    aw_tokens_put(tokens, &owner_a, secret, "us-east-1", 60, &handle),
	    -ENOSPC);
	assert_int_equal(handle, 42);
	aw_tokens_drop(tokens, &owner_a, first);
	assert_int_equal(
	    aw_tokens_put(tokens, &owner_a, secret, "us-east-1", 60, &handle),
	    0);
	aw_secret_unref(secret);
	aw_tokens_free(tokens);
}

/* A token that is in use when it is dropped stays whole until it is let go. */
static void references_outlive_the_store(void **state)
{
	struct aw_tokens *tokens = new_tokens();
	const uint64_t handle = put(tokens, &owner_a, "kept", 60);
	struct aw_secret *secret;
	const char *region;

	(void)state;
	assert_int_equal(
	    aw_tokens_get(tokens, &owner_a, handle, &secret, &region), 0);
	aw_tokens_free(tokens);
	assert_string_equal(secret->text, "kept");
	aw_secret_unref(secret);
}

static void keys(void **state)
{
	static const char x128[] =
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
	static const struct {
		const char *id, *secret, *session;
		int want;
	} rows[] = {
		{ "AKIA", "s", NULL, 0 },
		{ "ASIA", "s", "token", 0 },
		{ x128, "s", "", 0 },
		{ "", "s", NULL, -EINVAL },
		{ "AKIA", "", NULL, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct aw_keys *got = NULL;
		const int r = aw_keys_new(
		    rows[i].id, rows[i].secret, rows[i].session, 7, &got);

		if (r != rows[i].want || (r < 0) != (got == NULL))
			fail_msg("row %zu: %d", i, r);
		if (!got)
			continue;
		assert_string_equal(got->id, rows[i].id);
		assert_string_equal(got->secret, rows[i].secret);
		assert_string_equal(
		    got->session, rows[i].session ? rows[i].session : "");
		assert_int_equal(got->expires, 7);
		aw_keys_unref(aw_keys_ref(got));
		assert_string_equal(got->id, rows[i].id);
		aw_keys_unref(got);
	}
	aw_keys_unref(NULL);
	aw_secret_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_its_owner_gets_it),
		cmocka_unit_test(an_owner_goes_with_all_of_its_own),
		cmocka_unit_test(ends_with_its_time),
		cmocka_unit_test(has_an_end),
		cmocka_unit_test(references_outlive_the_store),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
