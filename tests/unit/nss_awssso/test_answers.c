/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of nss_awssso/: who is answered, who is not, and the rules that
 * hold whatever a snapshot says.
 * covers: spine.3, R13, R15, R17, R18, R19, R32
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

static enum nss_status pwnam(const char *name)
{
	char buf[256];
	int e;

	return _nss_awssso_getpwnam_r(name, &result.pw, buf, sizeof(buf), &e);
}

static enum nss_status pwuid(uid_t uid)
{
	char buf[256];
	int e;

	return _nss_awssso_getpwuid_r(uid, &result.pw, buf, sizeof(buf), &e);
}

static enum nss_status grnam(const char *name)
{
	char buf[256];
	int e;

	return _nss_awssso_getgrnam_r(name, &result.gr, buf, sizeof(buf), &e);
}

static enum nss_status grgid(gid_t gid)
{
	char buf[256];
	int e;

	return _nss_awssso_getgrgid_r(gid, &result.gr, buf, sizeof(buf), &e);
}

static void answers_who_is_there(void **state)
{
	static const char *const absent[] = { "dave", "Alice", "ALICE", "",
		"alice ", "alice:", "1879048193", "root", "nobody", "-",
		/* 65 bytes */
		("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaa") };

	(void)state;
	begin();
	for (int i = 0; i < 2; i++) {
		assert_int_equal(pwnam("alice"), NSS_STATUS_SUCCESS);
		assert_int_equal(pwnam("bob.roe"), NSS_STATUS_SUCCESS);
		/* Disabled people keep their files' owner. */
		assert_int_equal(pwnam("carol"), NSS_STATUS_SUCCESS);
		assert_int_equal(pwuid(BOB), NSS_STATUS_SUCCESS);
		assert_int_equal(grnam("team-b"), NSS_STATUS_SUCCESS);
		assert_int_equal(grnam("carol"), NSS_STATUS_SUCCESS);
		assert_int_equal(grgid(AW_ID_MIN + 1002), NSS_STATUS_SUCCESS);
		for (size_t k = 0; k < LEN(absent); k++) {
			if (pwnam(absent[k]) != NSS_STATUS_NOTFOUND)
				fail_msg("user \"%s\"", absent[k]);
			if (grnam(absent[k]) != NSS_STATUS_NOTFOUND)
				fail_msg("group \"%s\"", absent[k]);
		}
		assert_int_equal(pwnam("team-a"), NSS_STATUS_NOTFOUND);
		assert_int_equal(pwuid(AW_ID_MIN), NSS_STATUS_NOTFOUND);
		assert_int_equal(pwuid(AW_ID_MIN + 1000), NSS_STATUS_NOTFOUND);
		assert_int_equal(pwuid(AW_ID_MAX), NSS_STATUS_NOTFOUND);
		assert_int_equal(grgid(AW_ID_MIN + 4), NSS_STATUS_NOTFOUND);
		forget();
	}
}

/* R17, R18: what is the system's is not looked for; there is no file here to
 * look at, so whoever looks says UNAVAIL. */
static void opens_nothing_for_the_system(void **state)
{
	static const char *const names[] = { "root", "wheel", "ROOT", "daemon",
		"systemd-network", "0", "alice:", "", "-x", "a b", "_apt" };
	static const uint32_t ids[] = { 0, 1, 27, 999, 1000, 1001, 60001, 61184,
		65534, 65535, 524288, AW_ID_MIN - 1, AW_ID_MAX + 1, 0xfffffffe,
		0xffffffff };
	long start = 0, size = 0;
	gid_t *groups = NULL;
	int e;

	(void)state;
	begin();
	assert_int_equal(unlink(place_path), 0);
	for (size_t i = 0; i < LEN(names); i++) {
		if (pwnam(names[i]) != NSS_STATUS_NOTFOUND ||
		    _nss_awssso_initgroups_dyn(names[i], ALICE, &start, &size,
			&groups, -1, &e) != NSS_STATUS_NOTFOUND)
			fail_msg("opened for %s", names[i]);
		if (i != 2 && grnam(names[i]) != NSS_STATUS_NOTFOUND)
			fail_msg("opened for group %s", names[i]);
	}
	for (size_t i = 0; i < LEN(ids); i++) {
		if (pwuid(ids[i]) != NSS_STATUS_NOTFOUND ||
		    grgid(ids[i]) != NSS_STATUS_NOTFOUND)
			fail_msg("opened for %u", ids[i]);
		if (ids[i] != 0xffffffff &&
		    _nss_awssso_initgroups_dyn("alice", ids[i], &start, &size,
			&groups, -1, &e) != NSS_STATUS_NOTFOUND)
			fail_msg("opened for initgroups of %u", ids[i]);
	}
	place_put_limits("gid 27\nuid 1000\n");
	aw_nss_dir.limits_at = 0;
	assert_int_equal(grgid(27), NSS_STATUS_NOTFOUND);
	assert_int_equal(aw_nss_dir.look_at, 0);
	assert_int_equal(pwuid(1000), NSS_STATUS_UNAVAIL);
	assert_int_equal(unlink(place_limits), 0);
	assert_int_equal(pwnam("alice"), NSS_STATUS_UNAVAIL);
	assert_true(aw_nss_dir.look_at != 0);
}

static void says_why_there_is_no_snapshot(void **state)
{
	static const char junk[8192] = "junk";
	struct passwd pw;
	struct group gr;
	char buf[64];
	long start = 3, size = 0;
	gid_t *groups = NULL;
	int e = 0;

	(void)state;
	begin();
	assert_int_equal(unlink(place_path), 0);
	errno = 4711;
	assert_int_equal(_nss_awssso_getpwnam_r("alice", &pw, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, ENOENT);
	assert_int_equal(errno, 4711);
	place_put_bytes((const uint8_t *)junk, sizeof(junk));
	forget();
	assert_int_equal(_nss_awssso_getpwuid_r(ALICE, &pw, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(_nss_awssso_getgrnam_r("alice", &gr, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(_nss_awssso_getgrgid_r(ALICE, &gr, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(
	    _nss_awssso_getpwent_r(&pw, buf, 64, &e), NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(
	    _nss_awssso_getgrent_r(&gr, buf, 64, &e), NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(_nss_awssso_initgroups_dyn(
			     "alice", ALICE, &start, &size, &groups, -1, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	assert_int_equal(start, 3);
	place_put(people, LEN(people), 3, 1, false);
	assert_int_equal(chmod(place_path, 0666), 0);
	forget();
	e = 0;
	assert_int_equal(_nss_awssso_getpwnam_r("alice", &pw, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
}

/* A damaged record is never "unknown". */
static void says_when_a_record_is_damaged(void **state)
{
	struct aw_snap snap;
	struct aw_snap_user user;
	size_t len;
	uint8_t *data;
	int e = 0;
	char buf[256];

	(void)state;
	begin();
	assert_int_equal(aw_snap_open(place_path, geteuid(), &snap), 0);
	assert_int_equal(aw_snap_user_by_name(&snap, "alice", 5, &user), 0);
	data = place_read(&len);
	data[user.at + AW_SNAP_USER_FIXED + user.home_at] ^= 1;
	place_put_bytes(data, len);
	free(data);
	aw_snap_close(&snap);
	forget();
	assert_int_equal(
	    _nss_awssso_getpwnam_r("alice", &result.pw, buf, sizeof(buf), &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(
	    _nss_awssso_getgrgid_r(ALICE, &result.gr, buf, sizeof(buf), &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	assert_int_equal(pwnam("bob.roe"), NSS_STATUS_SUCCESS);
}

/* Homes elsewhere and ids of others need a line of root's. */
static void asks_root_for_exceptions(void **state)
{
	static const struct person some[] = {
		{ .name = "alice", .id = 1, .home = "/etc/ssh" },
		{ .name = "bob", .id = 1000u - AW_ID_MIN },
		{ .name = "carol", .id = 3, .home = "/srv/home/carol" },
		{ .name = "dave", .id = 4, .flags = AW_SNAP_ENUM },
		{ .name = "erin",
		    .id = 5,
		    .home = "/srv/erin",
		    .flags = AW_SNAP_ENUM },
		{ .name = "frank", .id = 6, .flags = AW_SNAP_ENUM },
	};
	int e;
	char buf[256];

	(void)state;
	place_put(some, LEN(some), 0, 1, true);
	(void)unlink(place_limits);
	forget();
	for (size_t i = 0; i < 3; i++) {
		if (pwnam(some[i].name) != NSS_STATUS_NOTFOUND ||
		    grnam(some[i].name) != NSS_STATUS_NOTFOUND ||
		    pwuid(AW_ID_MIN + some[i].id) != NSS_STATUS_NOTFOUND ||
		    grgid(AW_ID_MIN + some[i].id) != NSS_STATUS_NOTFOUND)
			fail_msg("%s is answered", some[i].name);
	}
	assert_int_equal(pwnam("dave"), NSS_STATUS_SUCCESS);
	assert_int_equal(_nss_awssso_setpwent(0), NSS_STATUS_SUCCESS);
	assert_int_equal(
	    _nss_awssso_getpwent_r(&result.pw, buf, sizeof(buf), &e),
	    NSS_STATUS_SUCCESS);
	assert_string_equal(result.pw.pw_name, "dave");
	assert_int_equal(
	    _nss_awssso_getpwent_r(&result.pw, buf, sizeof(buf), &e),
	    NSS_STATUS_SUCCESS);
	assert_string_equal(result.pw.pw_name, "frank");

	place_put_limits("uid 1000\nhome /srv/home/\n");
	place_put(some, LEN(some), 0, 2, true);
	forget();
	assert_int_equal(pwuid(1000), NSS_STATUS_SUCCESS);
	assert_int_equal(grgid(1000), NSS_STATUS_SUCCESS);
	assert_string_equal(result.gr.gr_name, "bob");
	assert_int_equal(pwuid(1001), NSS_STATUS_NOTFOUND);
	assert_int_equal(pwnam("bob"), NSS_STATUS_SUCCESS);
	assert_int_equal(pwnam("carol"), NSS_STATUS_SUCCESS);
	assert_int_equal(pwnam("alice"), NSS_STATUS_NOTFOUND);
	assert_int_equal(unlink(place_limits), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_who_is_there),
		cmocka_unit_test(opens_nothing_for_the_system),
		cmocka_unit_test(says_why_there_is_no_snapshot),
		cmocka_unit_test(says_when_a_record_is_damaged),
		cmocka_unit_test(asks_root_for_exceptions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
