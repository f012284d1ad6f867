/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of nss_awssso/: each entry point with every buffer, every answer
 * of its contract, and the rules that hold whatever a snapshot says.
 * covers: spine.3, R13, R15, R17, R18, R19, R28, R32
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>

#include "nss_awssso/ask.h"
#include "nss_awssso/paths.h"
#include "tests/unit/snap_place.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))
#define ALICE  (AW_ID_MIN + 1)
#define BOB    (AW_ID_MIN + 2)

static char passwd_path[128];
struct aw_dir aw_nss_dir = AW_DIR_INIT(place_path, place_limits, 0);
const char *const aw_nss_passwd = passwd_path;

static const struct person people[] = {
	{ "alice", 1, AW_SNAP_ENUM | AW_SNAP_ALLOWED, "ab", "Alice Doe", NULL,
	    NULL, NULL, NULL },
	{ "bob.roe", 2, AW_SNAP_ENUM, "a", "", NULL, "/usr/bin/zsh", NULL,
	    NULL },
	{ "carol", 3, AW_SNAP_DISABLED, "", NULL, NULL, NULL, NULL, NULL },
};

static int setup(void **state)
{
	aw_nss_dir.root = geteuid();
	if (place_make(state) < 0)
		return -1;
	return aw_fmt(passwd_path, sizeof(passwd_path), "%s/passwd",
	    place_root);
}

static int teardown(void **state)
{
	(void)unlink(passwd_path);
	return place_remove(state);
}

static void forget(void)
{
	aw_dir_done(&aw_nss_dir);
	aw_nss_dir.look_at = 0;
	aw_nss_dir.limits_at = 0;
}

static void begin(void)
{
	place_put(people, LEN(people), 3, 1, false);
	forget();
}

static void put_passwd(const char *text)
{
	const int fd =
	    open(passwd_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

/* ---- buffers of every size and alignment ---- */

enum call {
	PWNAM,
	PWUID,
	PWENT,
	GRNAM,
	GRGID,
	GRENT,
	GRNAM_PRIVATE,
	GRGID_PRIVATE,
	N_CALLS,
};

static union {
	struct passwd pw;
	struct group gr;
	uint8_t bytes[64];
} result;

static enum nss_status call(enum call what, char *buf, size_t size, int *e)
{
	switch (what) {
	case PWNAM:
		return _nss_awssso_getpwnam_r("alice", &result.pw, buf, size,
		    e);
	case PWUID:
		return _nss_awssso_getpwuid_r(ALICE, &result.pw, buf, size, e);
	case PWENT:
		return _nss_awssso_getpwent_r(&result.pw, buf, size, e);
	case GRNAM:
		return _nss_awssso_getgrnam_r("team-a", &result.gr, buf, size,
		    e);
	case GRGID:
		return _nss_awssso_getgrgid_r(AW_ID_MIN + 1000, &result.gr, buf,
		    size, e);
	case GRENT:
		return _nss_awssso_getgrent_r(&result.gr, buf, size, e);
	case GRNAM_PRIVATE:
		return _nss_awssso_getgrnam_r("alice", &result.gr, buf, size,
		    e);
	case GRGID_PRIVATE:
		return _nss_awssso_getgrgid_r(ALICE, &result.gr, buf, size, e);
	case N_CALLS:
		break;
	}
	return NSS_STATUS_UNAVAIL;
}

static bool is_inside(const void *p, size_t len, const char *buf, size_t size)
{
	const uintptr_t at = (uintptr_t)p, from = (uintptr_t)buf;

	return at >= from && at - from <= size && len <= size - (at - from);
}

static bool has_string(const char *text, const char *want, const char *buf,
    size_t size)
{
	return is_inside(text, strlen(want) + 1, buf, size) &&
	    strcmp(text, want) == 0;
}

static bool is_alice(const char *buf, size_t size)
{
	const struct passwd *pw = &result.pw;

	return has_string(pw->pw_name, "alice", buf, size) &&
	    has_string(pw->pw_passwd, "*", buf, size) && pw->pw_uid == ALICE &&
	    pw->pw_gid == ALICE &&
	    has_string(pw->pw_gecos, "Alice Doe", buf, size) &&
	    has_string(pw->pw_dir, "/home/alice", buf, size) &&
	    has_string(pw->pw_shell, "/bin/bash", buf, size);
}

static bool is_group(const char *name, gid_t gid, size_t n, const char *buf,
    size_t size)
{
	const struct group *gr = &result.gr;

	return has_string(gr->gr_name, name, buf, size) &&
	    has_string(gr->gr_passwd, "*", buf, size) && gr->gr_gid == gid &&
	    (uintptr_t)gr->gr_mem % sizeof(char *) == 0 &&
	    is_inside(gr->gr_mem, (n + 1) * sizeof(char *), buf, size) &&
	    gr->gr_mem[n] == NULL &&
	    (n < 1 || has_string(gr->gr_mem[0], "alice", buf, size)) &&
	    (n < 2 || has_string(gr->gr_mem[1], "bob.roe", buf, size));
}

static bool is_right(enum call what, const char *buf, size_t size)
{
	if (what <= PWENT)
		return is_alice(buf, size);
	if (what >= GRNAM_PRIVATE)
		return is_group("alice", ALICE, 0, buf, size);
	return is_group("team-a", AW_ID_MIN + 1000, 2, buf, size);
}

static bool is_untouched(const void *at, size_t len)
{
	const uint8_t *p = at;

	for (size_t i = 0; i < len; i++)
		if (p[i] != 0xaa)
			return false;
	return true;
}

/* One call with a buffer of @size at @offset of an aligned area; whether it
 * had room. */
static bool try_size(enum call what, size_t offset, size_t size)
{
	static _Alignas(16) char area[512];
	char *const buf = area + 16 + offset;
	enum nss_status status;
	int e = 4711;

	memset(area, 0xaa, sizeof(area));
	memset(&result, 0xaa, sizeof(result));
	errno = 4712;
	status = call(what, buf, size, &e);
	if (errno != 4712)
		fail_msg("call %d: errno changed", what);
	if (!is_untouched(area, 16 + offset) ||
	    !is_untouched(buf + size, sizeof(area) - 16 - offset - size))
		fail_msg("call %d, %zu bytes at %zu: wrote elsewhere", what,
		    size, offset);
	if (status == NSS_STATUS_SUCCESS) {
		if (!is_right(what, buf, size) || e != 4711)
			fail_msg("call %d, %zu bytes at %zu: wrong", what,
			    size, offset);
		return true;
	}
	if (status != NSS_STATUS_TRYAGAIN || e != ERANGE ||
	    !is_untouched(buf, size) ||
	    !is_untouched(&result, sizeof(result)))
		fail_msg("call %d, %zu bytes at %zu: status %d", what, size,
		    offset, status);
	return false;
}

static void fits_every_buffer(void **state)
{
	(void)state;
	begin();
	for (enum call what = 0; what < N_CALLS; what++)
		for (size_t offset = 0; offset < 8; offset++) {
			size_t size = 0;

			assert_int_equal(_nss_awssso_setpwent(0),
			    NSS_STATUS_SUCCESS);
			assert_int_equal(_nss_awssso_setgrent(0),
			    NSS_STATUS_SUCCESS);
			while (!try_size(what, offset, size))
				size++;
			if (size > 120)
				fail_msg("call %d asks for %zu", what, size);
		}
}

/* ---- who is answered ---- */

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
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaa" };

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
	assert_int_equal(_nss_awssso_getpwent_r(&pw, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(_nss_awssso_getgrent_r(&gr, buf, 64, &e),
	    NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(_nss_awssso_initgroups_dyn("alice", ALICE, &start,
			     &size, &groups, -1, &e), NSS_STATUS_UNAVAIL);
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
	assert_int_equal(_nss_awssso_getpwnam_r("alice", &result.pw, buf,
			     sizeof(buf), &e), NSS_STATUS_UNAVAIL);
	assert_int_equal(e, EIO);
	e = 0;
	assert_int_equal(_nss_awssso_getgrgid_r(ALICE, &result.gr, buf,
			     sizeof(buf), &e), NSS_STATUS_UNAVAIL);
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
		{ .name = "erin", .id = 5, .home = "/srv/erin",
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
	assert_int_equal(_nss_awssso_getpwent_r(&result.pw, buf, sizeof(buf),
			     &e), NSS_STATUS_SUCCESS);
	assert_string_equal(result.pw.pw_name, "dave");
	assert_int_equal(_nss_awssso_getpwent_r(&result.pw, buf, sizeof(buf),
			     &e), NSS_STATUS_SUCCESS);
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

/* ---- initgroups ---- */

static long start, size;
static gid_t *groups;

static enum nss_status initgroups_of(const char *name, gid_t group, long limit)
{
	int e;

	return _nss_awssso_initgroups_dyn(name, group, &start, &size, &groups,
	    limit, &e);
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
	assert_int_equal(initgroups_of("alice", ALICE, -1),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(errno, 4711);
	assert_int_equal(start, 3);
	assert_true(size >= 3);
	assert_int_equal(groups[0], ALICE);
	assert_int_equal(groups[1], AW_ID_MIN + 1000);
	assert_int_equal(groups[2], AW_ID_MIN + 1001);
	start = 0;
	assert_int_equal(initgroups_of("carol", AW_ID_MIN + 3, -1),
	    NSS_STATUS_SUCCESS);
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
	assert_int_equal(initgroups_of("alice", (gid_t)-1, -1),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(start, 2);
	/* Who cannot be looked up cannot be told from a local account. */
	assert_int_equal(mkdir(passwd_path, 0755), 0);
	assert_int_equal(initgroups_of("alice", (gid_t)-1, -1),
	    NSS_STATUS_UNAVAIL);
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
		{ "m27", "mapped27", 27, 0 },
		{ "m28", "mapped28", 28, 0 },
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
	assert_int_equal(initgroups_of("alice", ALICE, -1),
	    NSS_STATUS_SUCCESS);
	assert_int_equal(start, 3);
	assert_int_equal(groups[2], 27);
	assert_int_equal(grnam("mapped27"), NSS_STATUS_SUCCESS);
	assert_int_equal(grnam("mapped28"), NSS_STATUS_NOTFOUND);
	assert_int_equal(unlink(place_limits), 0);
	free(groups);
	groups = NULL;
	size = 0;
}

/* ---- enumeration ---- */

static char walk_buf[1024];

/* The next user's name, or NULL at the end. */
static const char *next_user(void)
{
	int e;
	const enum nss_status status = _nss_awssso_getpwent_r(&result.pw,
	    walk_buf, sizeof(walk_buf), &e);

	if (status == NSS_STATUS_NOTFOUND)
		return NULL;
	assert_int_equal(status, NSS_STATUS_SUCCESS);
	return result.pw.pw_name;
}

static const char *next_group(void)
{
	int e;
	const enum nss_status status = _nss_awssso_getgrent_r(&result.gr,
	    walk_buf, sizeof(walk_buf), &e);

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
static void walks_on_in_a_new_file(void **state)
{
	static const struct person before[] = {
		{ .name = "a1", .id = 1, .flags = LISTED },
		{ .name = "a2", .id = 2, .flags = LISTED },
		{ .name = "a3", .id = 3, .flags = LISTED },
		{ .name = "a4", .id = 4, .flags = LISTED },
	};
	static const struct {
		const char *name;
		struct person after[5];
		uint32_t n;
		const char *want[4];
	} rows[] = {
		{ "same", { { .name = "a1", .id = 1, .flags = LISTED },
			{ .name = "a2", .id = 2, .flags = LISTED },
			{ .name = "a3", .id = 3, .flags = LISTED },
			{ .name = "a4", .id = 4, .flags = LISTED } }, 4,
		    { "a3", "a4" } },
		{ "one less in front",
		    { { .name = "a2", .id = 2, .flags = LISTED },
			{ .name = "a3", .id = 3, .flags = LISTED } }, 2,
		    { "a3" } },
		{ "one more in front",
		    { { .name = "a0", .id = 10, .flags = LISTED },
			{ .name = "a1", .id = 1, .flags = LISTED },
			{ .name = "a2", .id = 2, .flags = LISTED },
			{ .name = "a5", .id = 5, .flags = LISTED } }, 4,
		    { "a5" } },
		{ "the last one is gone",
		    { { .name = "a1", .id = 1, .flags = LISTED },
			{ .name = "a3", .id = 3, .flags = LISTED },
			{ .name = "a4", .id = 4, .flags = LISTED } }, 3,
		    { "a3", "a4" } },
		{ "the last one is not listed any more",
		    { { .name = "a1", .id = 1, .flags = LISTED },
			{ .name = "a2", .id = 2 },
			{ .name = "a3", .id = 3, .flags = LISTED },
			{ .name = "a4", .id = 4, .flags = LISTED } }, 4,
		    { "a3", "a4" } },
		{ "few are left", { { .name = "a9", .id = 9,
			.flags = LISTED } }, 1, { NULL } },
		{ "nobody is left", { { .name = "a9", .id = 9 } }, 1,
		    { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		place_put(before, LEN(before), 0, 1, false);
		forget();
		assert_int_equal(_nss_awssso_setpwent(0), NSS_STATUS_SUCCESS);
		assert_string_equal(next_user(), "a1");
		assert_string_equal(next_user(), "a2");
		place_put(rows[i].after, rows[i].n, 0, 2, false);
		for (size_t k = 0;; k++) {
			const char *name = next_user();

			if (!name && !rows[i].want[k])
				break;
			if (!name || !rows[i].want[k] ||
			    strcmp(name, rows[i].want[k]) != 0)
				fail_msg("%s: %s", rows[i].name,
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
	assert_int_equal(_nss_awssso_getpwent_r(&result.pw, walk_buf,
			     sizeof(walk_buf), &e), NSS_STATUS_TRYAGAIN);
	assert_int_equal(e, EAGAIN);
	assert_int_equal(_nss_awssso_setpwent(0), NSS_STATUS_TRYAGAIN);
	pid = fork();
	if (pid == 0) {
		const char *name = next_user();

		_exit(name && strcmp(name, "bob.roe") == 0 && !next_user()
			? 0
			: 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	aw_dir_unlock(&aw_nss_dir, 0);
	assert_string_equal(next_user(), "bob.roe");
}

/* ---- the border ---- */

static void translates(void **state)
{
	static const struct {
		int r;
		enum nss_status status;
		int e; /* 0: not written */
	} rows[] = {
		{ 0, NSS_STATUS_SUCCESS, 0 },
		{ AW_UNKNOWN, NSS_STATUS_NOTFOUND, 0 },
		{ AW_END, NSS_STATUS_NOTFOUND, 0 },
		{ AW_ABSENT, NSS_STATUS_UNAVAIL, ENOENT },
		{ AW_STALE, NSS_STATUS_UNAVAIL, EIO },
		{ AW_DENIED, NSS_STATUS_UNAVAIL, EIO },
		{ AW_PENDING, NSS_STATUS_UNAVAIL, EIO },
		{ -ERANGE, NSS_STATUS_TRYAGAIN, ERANGE },
		{ -EAGAIN, NSS_STATUS_TRYAGAIN, EAGAIN },
		{ -ENOMEM, NSS_STATUS_TRYAGAIN, ENOMEM },
		{ -EIO, NSS_STATUS_UNAVAIL, EIO },
		{ -EPERM, NSS_STATUS_UNAVAIL, EIO },
		{ -EPROTO, NSS_STATUS_UNAVAIL, EIO },
		{ -EMFILE, NSS_STATUS_UNAVAIL, EMFILE },
	};

	(void)state;
	for (size_t i = 0; i < LEN(rows); i++) {
		int e = 0;

		if (aw_nss_status_of(rows[i].r, &e) != rows[i].status ||
		    e != rows[i].e)
			fail_msg("%d", rows[i].r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fits_every_buffer),
		cmocka_unit_test(answers_who_is_there),
		cmocka_unit_test(opens_nothing_for_the_system),
		cmocka_unit_test(says_why_there_is_no_snapshot),
		cmocka_unit_test(says_when_a_record_is_damaged),
		cmocka_unit_test(asks_root_for_exceptions),
		cmocka_unit_test(gives_groups),
		cmocka_unit_test(gives_groups_to_nobody_else),
		cmocka_unit_test(filters_gids),
		cmocka_unit_test(lists_who_is_listed),
		cmocka_unit_test(walks_on_in_a_new_file),
		cmocka_unit_test(walks_on_in_a_child),
		cmocka_unit_test(translates),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
