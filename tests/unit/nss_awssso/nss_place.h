/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The module with places of its test's own, and people there.
 */
#ifndef AW_TESTS_UNIT_NSS_AWSSSO_NSS_PLACE_H
#define AW_TESTS_UNIT_NSS_AWSSSO_NSS_PLACE_H

#include <grp.h>
#include <pwd.h>

#include "nss_awssso/ask.h"
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

static AW_UNUSED int setup(void **state)
{
	aw_nss_dir.root = geteuid();
	if (place_make(state) < 0)
		return -1;
	return aw_fmt(
	    passwd_path, sizeof(passwd_path), "%s/passwd", place_root);
}

static AW_UNUSED int teardown(void **state)
{
	(void)unlink(passwd_path);
	return place_remove(state);
}

static AW_UNUSED void forget(void)
{
	aw_dir_done(&aw_nss_dir);
	aw_nss_dir.look_at = 0;
	aw_nss_dir.limits_at = 0;
}

static AW_UNUSED void begin(void)
{
	place_put(people, LEN(people), 3, 1, false);
	forget();
}

#endif
