/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test of nss_awssso/: each entry point with a buffer of every size and
 * alignment, and the border to glibc's codes.
 * covers: spine.3, R28
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/nss_awssso/nss_place.h"

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
		return _nss_awssso_getpwnam_r(
		    "alice", &result.pw, buf, size, e);
	case PWUID:
		return _nss_awssso_getpwuid_r(ALICE, &result.pw, buf, size, e);
	case PWENT:
		return _nss_awssso_getpwent_r(&result.pw, buf, size, e);
	case GRNAM:
		return _nss_awssso_getgrnam_r(
		    "team-a", &result.gr, buf, size, e);
	case GRGID:
		return _nss_awssso_getgrgid_r(
		    AW_ID_MIN + 1000, &result.gr, buf, size, e);
	case GRENT:
		return _nss_awssso_getgrent_r(&result.gr, buf, size, e);
	case GRNAM_PRIVATE:
		return _nss_awssso_getgrnam_r(
		    "alice", &result.gr, buf, size, e);
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

static bool has_string(
    const char *text, const char *want, const char *buf, size_t size)
{
	return is_inside(text, strlen(want) + 1, buf, size) &&
	       strcmp(text, want) == 0;
}

static bool is_alice(const char *buf, size_t size)
{
	const struct passwd *pw = &result.pw;

	return has_string(pw->pw_name, "alice", buf, size) &&
	       has_string(pw->pw_passwd, "*", buf, size) &&
	       pw->pw_uid == ALICE && pw->pw_gid == ALICE &&
	       has_string(pw->pw_gecos, "Alice Doe", buf, size) &&
	       has_string(pw->pw_dir, "/home/alice", buf, size) &&
	       has_string(pw->pw_shell, "/bin/bash", buf, size);
}

static bool is_group(
    const char *name, gid_t gid, size_t n, const char *buf, size_t size)
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
			fail_msg("call %d, %zu bytes at %zu: wrong", what, size,
			    offset);
		return true;
	}
	if (status != NSS_STATUS_TRYAGAIN || e != ERANGE ||
	    !is_untouched(buf, size) || !is_untouched(&result, sizeof(result)))
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

			assert_int_equal(
			    _nss_awssso_setpwent(0), NSS_STATUS_SUCCESS);
			assert_int_equal(
			    _nss_awssso_setgrent(0), NSS_STATUS_SUCCESS);
			while (!try_size(what, offset, size))
				size++;
			if (size > 120)
				fail_msg("call %d asks for %zu", what, size);
		}
}

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
		cmocka_unit_test(translates),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
