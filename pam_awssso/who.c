/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ours or not.  A failure to look is never "not ours": behind nscd that would
 * let a disabled person's key in.
 */
#include "pam_awssso/who.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/id.h"
#include "common/name.h"
#include "common/own.h"
#include "pam_awssso/paths.h"

#define PASSWD_LINE_SIZE 8192

struct found {
	uint32_t id;
	uint32_t flags;
};

/* The record of @name: 0, AW_UNKNOWN, or AW_ABSENT / negative errno when there
 * is no valid snapshot. */
static int look(const char *name, struct found *ret)
{
	struct aw_snap_user user;
	struct aw_dir_pin pin;
	int r, stale;
	int left = 3;

	do {
		r = aw_dir_get(aw_pam_paths.directory, &pin);
		if (r != 0)
			return r;
		r = aw_snap_user_by_name(pin.snap, name, strlen(name), &user);
		if (r == 0 && !aw_dir_user_ok(&pin, &user))
			r = AW_UNKNOWN;
		if (r == 0) {
			ret->id = user.id;
			ret->flags = user.flags;
		}
		stale = aw_dir_put(aw_pam_paths.directory, &pin);
	} while (stale == AW_STALE && --left > 0);
	return r;
}

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* @name stands in the file of local accounts.  @line is PASSWD_LINE_SIZE bytes
 * to read with. */
static bool is_in_passwd(const char *name, char *line)
{
	aw_own(close_file) FILE *file = fopen(aw_pam_paths.passwd, "re");
	struct passwd entry, *found;

	while (file &&
	       fgetpwent_r(file, &entry, line, PASSWD_LINE_SIZE, &found) == 0)
		if (strcmp(found->pw_name, name) == 0)
			return true;
	return false;
}

/*
 * libc does not know @name; @error is what kept it from knowing, if it says.
 * It does not when it could not load a module for want of memory or
 * descriptors: whom the snapshot has is not unknown.
 */
static enum aw_pam_who judge_unknown(const char *name, int error, char *line)
{
	struct found found;

	if (is_in_passwd(name, line))
		return AW_PAM_WHO_LOCAL;
	if (error == 0 && look(name, &found) == AW_UNKNOWN)
		return AW_PAM_WHO_STRANGER;
	return AW_PAM_WHO_UNKNOWABLE;
}

/* libc knows @name as @uid.  @line as above. */
static enum aw_pam_who judge_known(
    const char *name, uint32_t uid, char *line, uint32_t *ret_flags)
{
	struct found found;
	int listed = 1;

	if (!aw_id_in_range(uid))
		listed = uid < 1000 ? 0
				    : aw_dir_is_listed(
					  aw_pam_paths.directory, uid, false);
	/* Who has adopted a local account's id is not in that file any more. */
	if (listed == 0 || (listed < 0 && is_in_passwd(name, line)))
		return AW_PAM_WHO_LOCAL;
	if (look(name, &found) != 0 || found.id != uid)
		return AW_PAM_WHO_UNKNOWABLE;
	*ret_flags = found.flags;
	return AW_PAM_WHO_OURS;
}

/* libpam unloads modules; the map must not stay behind. */
__attribute__((destructor)) static void unload(void)
{
	aw_dir_done(aw_pam_paths.directory);
}

enum aw_pam_who aw_pam_who(const char *name, uint32_t *ret_flags)
{
	const size_t len = strlen(name);
	char line[PASSWD_LINE_SIZE];
	struct passwd entry, *found = NULL;
	int error;

	if (!aw_name_is_possible(name, len, false) ||
	    aw_name_is_reserved(name, len))
		return AW_PAM_WHO_LOCAL;
	/* Unlike pam_modutil_getpwnam() it tells "unknown" from "failed". */
	error = getpwnam_r(name, &entry, line, sizeof(line), &found);
	if (!found)
		return judge_unknown(name, error, line);
	return judge_known(name, (uint32_t)found->pw_uid, line, ret_flags);
}
