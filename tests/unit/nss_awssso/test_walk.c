/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of nss_awssso/walk.c and the calls that enumerate.
 * covers: spine.3
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>

#include "tests/unit/nss_awssso/nss_place.h"

static union {
	struct passwd pw;
	struct group gr;
	uint8_t bytes[64];
} result;

static char walk_buf[1024];

/* The next user's name, or NULL at the end. */
static const char *next_user(void)
{
	int e;
	const enum nss_status status =
	    _nss_awssso_getpwent_r(&result.pw, walk_buf, sizeof(walk_buf), &e);

	if (status == NSS_STATUS_NOTFOUND)
		return NULL;
	assert_int_equal(status, NSS_STATUS_SUCCESS);
	return result.pw.pw_name;
}

static const char *next_group(void)
{
	int e;
	const enum nss_status status =
	    _nss_awssso_getgrent_r(&result.gr, walk_buf, sizeof(walk_buf), &e);

	if (status == NSS_STATUS_NOTFOUND)
		return NULL;
	assert_int_equal(status, NSS_STATUS_SUCCESS);
	return result.gr.gr_name;
}

static void lists_who_is_listed(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(_nss_awssso_setpwent(i), NSS_STATUS_SUCCESS);
		assert_string_equal(next_user(), "alice");
		assert_string_equal(next_user(), "bob.roe");
		assert_null(next_user());
		assert_null(next_user());
		assert_int_equal(_nss_awssso_endpwent(), NSS_STATUS_SUCCESS);
		assert_string_equal(next_user(), "alice");
		assert_int_equal(_nss_awssso_setgrent(i), NSS_STATUS_SUCCESS);
		assert_string_equal(next_group(), "team-a");
		assert_string_equal(next_group(), "team-b");
		assert_string_equal(next_group(), "team-c");
		assert_null(next_group());
		assert_int_equal(_nss_awssso_endgrent(), NSS_STATUS_SUCCESS);
		assert_string_equal(next_group(), "team-a");
	}
	assert_int_equal(_nss_awssso_endgrent(), NSS_STATUS_SUCCESS);
}

#define LISTED AW_SNAP_ENUM

/* The snapshot is replaced while somebody walks. */
static const struct {
	const char *name;
	struct person after[5];
	uint32_t n;
	const char *want[4];
} replaced[] = {
	{ "same",
	    { { .name = "a1", .id = 1, .flags = LISTED },
		{ .name = "a2", .id = 2, .flags = LISTED },
		{ .name = "a3", .id = 3, .flags = LISTED },
		{ .name = "a4", .id = 4, .flags = LISTED } },
	    4, { "a3", "a4" } },
	{ "one less in front",
	    { { .name = "a2", .id = 2, .flags = LISTED },
		{ .name = "a3", .id = 3, .flags = LISTED } },
	    2, { "a3" } },
	{ "one more in front",
	    { { .name = "a0", .id = 10, .flags = LISTED },
		{ .name = "a1", .id = 1, .flags = LISTED },
		{ .name = "a2", .id = 2, .flags = LISTED },
		{ .name = "a5", .id = 5, .flags = LISTED } },
	    4, { "a5" } },
	{ "the last one is gone",
	    { { .name = "a1", .id = 1, .flags = LISTED },
		{ .name = "a3", .id = 3, .flags = LISTED },
		{ .name = "a4", .id = 4, .flags = LISTED } },
	    3, { "a3", "a4" } },
	{ "the last one is not listed any more",
	    { { .name = "a1", .id = 1, .flags = LISTED },
		{ .name = "a2", .id = 2 },
		{ .name = "a3", .id = 3, .flags = LISTED },
		{ .name = "a4", .id = 4, .flags = LISTED } },
	    4, { "a3", "a4" } },
	{ "few are left", { { .name = "a9", .id = 9, .flags = LISTED } }, 1,
	    { NULL } },
	{ "nobody is left", { { .name = "a9", .id = 9 } }, 1, { NULL } },
};

static void walks_on_in_a_new_file(void **state)
{
	static const struct person before[] = {
		{ .name = "a1", .id = 1, .flags = LISTED },
		{ .name = "a2", .id = 2, .flags = LISTED },
		{ .name = "a3", .id = 3, .flags = LISTED },
		{ .name = "a4", .id = 4, .flags = LISTED },
	};
	(void)state;
	for (size_t i = 0; i < LEN(replaced); i++) {
		place_put(before, LEN(before), 0, 1, false);
		forget();
		assert_int_equal(_nss_awssso_setpwent(0), NSS_STATUS_SUCCESS);
		assert_string_equal(next_user(), "a1");
		assert_string_equal(next_user(), "a2");
		place_put(replaced[i].after, replaced[i].n, 0, 2, false);
		for (size_t k = 0;; k++) {
			const char *name = next_user();

			if (!name && !replaced[i].want[k])
				break;
			if (!name || !replaced[i].want[k] ||
			    strcmp(name, replaced[i].want[k]) != 0)
				fail_msg("%s: %s", replaced[i].name,
				    name ? name : "end");
		}
	}
	begin();
	assert_int_equal(_nss_awssso_setgrent(0), NSS_STATUS_SUCCESS);
	assert_string_equal(next_group(), "team-a");
	place_put(people, LEN(people), 4, 2, false);
	assert_string_equal(next_group(), "team-b");
	assert_int_equal(_nss_awssso_setgrent(0), NSS_STATUS_SUCCESS);
}

/* A child walks on where its parent was, whoever held the lock. */
static void walks_on_in_a_child(void **state)
{
	int e = 0, status;
	pid_t pid;

	(void)state;
	begin();
	assert_int_equal(_nss_awssso_setpwent(0), NSS_STATUS_SUCCESS);
	assert_string_equal(next_user(), "alice");
	assert_true(aw_dir_trylock(&aw_nss_dir, 0));
	assert_int_equal(
	    _nss_awssso_getpwent_r(&result.pw, walk_buf, sizeof(walk_buf), &e),
	    NSS_STATUS_TRYAGAIN);
	assert_int_equal(e, EAGAIN);
	assert_int_equal(_nss_awssso_setpwent(0), NSS_STATUS_TRYAGAIN);
	pid = fork();
	if (pid == 0) {
		const char *name = next_user();

		_exit(name && strcmp(name, "bob.roe") == 0 && !next_user() ? 0
									   : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	aw_dir_unlock(&aw_nss_dir, 0);
	assert_string_equal(next_user(), "bob.roe");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_who_is_listed),
		cmocka_unit_test(walks_on_in_a_new_file),
		cmocka_unit_test(walks_on_in_a_child),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
