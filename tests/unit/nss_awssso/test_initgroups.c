/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of nss_awssso/initgroups.c: a person's groups, and only to those
 * who are ours.
 * covers: spine.3, R13, R15
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/nss_awssso/nss_place.h"

static union {
	struct passwd pw;
	struct group gr;
	uint8_t bytes[64];
} result;

static enum nss_status grnam(const char *name)
{
	char buf[256];
	int e;

	return _nss_awssso_getgrnam_r(name, &result.gr, buf, sizeof(buf), &e);
}

static void put_passwd(const char *text)
{
	const int fd =
	    open(passwd_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static long start, size;
static gid_t *groups;

static enum nss_status initgroups_of(const char *name, gid_t group, long limit)
{
	int e;

	return _nss_awssso_initgroups_dyn(
	    name, group, &start, &size, &groups, limit, &e);
}

static void gives_groups(void **state)
{
	(void)state;
	begin();
	size = 1;
	groups = calloc(1, sizeof(*groups));
	start = 1;
	groups[0] = ALICE;
	errno = 4711;
	assert_int_equal(initgroups_of("alice", ALICE, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(errno, 4711);
	assert_int_equal(start, 3);
	assert_true(size >= 3);
	assert_int_equal(groups[0], ALICE);
	assert_int_equal(groups[1], AW_ID_MIN + 1000);
	assert_int_equal(groups[2], AW_ID_MIN + 1001);
	start = 0;
	assert_int_equal(
	    initgroups_of("carol", AW_ID_MIN + 3, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 0);
	free(groups);
	groups = NULL;
	size = 0;
	assert_int_equal(initgroups_of("alice", ALICE, 1), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 1);
	assert_int_equal(size, 1);
	start = 0;
	assert_int_equal(initgroups_of("alice", ALICE, 0), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 2);
	start = 5;
	size = 5;
	assert_int_equal(initgroups_of("alice", ALICE, 5), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 5);
	free(groups);
	groups = NULL;
	size = 0;
}

/* R13: only who is ours gets groups of ours. */
static void gives_groups_to_nobody_else(void **state)
{
	static const struct {
		const char *name, *user, *passwd;
		gid_t group;
		enum nss_status want;
	} rows[] = {
		{ "own", "alice", "", ALICE, NSS_STATUS_SUCCESS },
		{ "local alice in users", "alice", "", 100,
		    NSS_STATUS_NOTFOUND },
		{ "local alice, her own group", "alice", "", 1000,
		    NSS_STATUS_NOTFOUND },
		{ "local alice in root", "alice", "", 0, NSS_STATUS_NOTFOUND },
		{ "somebody else's", "alice", "", BOB, NSS_STATUS_NOTFOUND },
		{ "a group's", "alice", "", AW_ID_MIN + 1000,
		    NSS_STATUS_NOTFOUND },
		{ "nobody", "dave", "", AW_ID_MIN + 4, NSS_STATUS_NOTFOUND },
		{ "nscd, not local", "alice",
		    "root:x:0:0::/root:/bin/sh\nalice2:x:1:1::/:/\n"
		    "ali:x:2:2::/:/\nalic\nx:alice:3:3::/:/\n alice:x:4:4:\n",
		    (gid_t)-1, NSS_STATUS_SUCCESS },
		{ "nscd, local", "alice",
		    "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/\n",
		    (gid_t)-1, NSS_STATUS_NOTFOUND },
		{ "nscd, local in the last line", "alice",
		    "x:x:1:1::/:/\nalice:", (gid_t)-1, NSS_STATUS_NOTFOUND },
		{ "nscd, root", "root", "", (gid_t)-1, NSS_STATUS_NOTFOUND },
	};

	(void)state;
	begin();
	for (size_t i = 0; i < LEN(rows); i++) {
		put_passwd(rows[i].passwd);
		start = 0;
		if (initgroups_of(rows[i].user, rows[i].group, -1) !=
		    rows[i].want)
			fail_msg("%s", rows[i].name);
		if ((start != 0) != (rows[i].want == NSS_STATUS_SUCCESS))
			fail_msg("%s: %ld groups", rows[i].name, start);
	}
	assert_int_equal(unlink(passwd_path), 0);
	start = 0;
	assert_int_equal(
	    initgroups_of("alice", (gid_t)-1, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 2);
	/* Who cannot be looked up cannot be told from a local account. */
	assert_int_equal(mkdir(passwd_path, 0755), 0);
	assert_int_equal(
	    initgroups_of("alice", (gid_t)-1, -1), NSS_STATUS_UNAVAIL);
	assert_int_equal(rmdir(passwd_path), 0);
	free(groups);
	groups = NULL;
	size = 0;
}

/* Mapped local groups only as root says, and never gid 0. */
static void filters_gids(void **state)
{
	static const struct aw_snapw_head head = { .store_id = "d-1",
		.needs_limits = true };
	static const struct aw_snapw_group mapped[] = {
		{ "m27", "mapped27", 27, 0, NULL },
		{ "m28", "mapped28", 28, 0, NULL },
	};
	struct aw_snapw *writer = place_collect(people, 1, 2, &head);

	(void)state;
	for (uint32_t i = 0; i < LEN(mapped); i++) {
		assert_int_equal(
		    aw_snapw_add_group(writer, &mapped[i], NULL, NULL), 0);
		assert_int_equal(aw_snapw_add_member(writer, 2 + i, 0), 0);
	}
	place_put_limits("gid 27\n");
	place_publish(writer);
	forget();
	start = 0;
	assert_int_equal(initgroups_of("alice", ALICE, -1), NSS_STATUS_SUCCESS);
	assert_int_equal(start, 3);
	assert_int_equal(groups[2], 27);
	assert_int_equal(grnam("mapped27"), NSS_STATUS_SUCCESS);
	assert_int_equal(grnam("mapped28"), NSS_STATUS_NOTFOUND);
	assert_int_equal(unlink(place_limits), 0);
	free(groups);
	groups = NULL;
	size = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_groups),
		cmocka_unit_test(gives_groups_to_nobody_else),
		cmocka_unit_test(filters_gids),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
