/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at files for somebody else.
 */
#include "awssso/conf_paths.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "awssso/command.h"
#include "common/own.h"
#include "common/paths.h"

#define READ   4
#define SEARCH 1

static void file_done(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

static bool may(const struct stat *st, uid_t uid, gid_t gid, unsigned what)
{
	const unsigned shift = st->st_uid == uid   ? 6
			       : st->st_gid == gid ? 3
						   : 0;

	return uid == 0 || ((st->st_mode >> shift) & what) != 0;
}

static bool may_search_above(const char *path, uid_t uid, gid_t gid)
{
	char above[AW_CONF_TEXT];
	struct stat st;

	for (const char *end = strchr(path + 1, '/'); end;
	     end = strchr(end + 1, '/')) {
		if (aw_fmt(above, sizeof(above), "%.*s", (int)(end - path),
			path) < 0 ||
		    stat(above, &st) < 0)
			break;
		if (!may(&st, uid, gid, SEARCH))
			return false;
	}
	return true;
}

const char *aw_conf_paths_why_not(const char *path, uid_t uid, gid_t gid)
{
	struct stat st;

	/* Whoever asks may not look there themselves. */
	if (stat(path, &st) < 0)
		return errno == EACCES ? NULL : strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (!may(&st, uid, gid, READ) || !may_search_above(path, uid, gid))
		return "its modes, or those of a directory above, keep the "
		       "user " AW_USER_NETD " from reading it";
	return NULL;
}

/* @at is @word, and then one of @end. */
static bool is_word(const char *at, const char *word, const char *end)
{
	const size_t len = strlen(word);

	if (strncmp(at, word, len) != 0)
		return false;
	at += len;
	at += strspn(at, " \t");
	return *at && strchr(end, *at);
}

static unsigned line_of(const char *path, const struct aw_conf_keyword *keyword)
{
	aw_own(file_done) FILE *file = fopen(path, "re");
	aw_own_free char *line = NULL;
	bool is_here = false;
	unsigned n = 0;
	size_t size = 0;

	while (file && getline(&line, &size, file) >= 0) {
		n++;
		if (*line == '[')
			is_here = is_word(line + 1, keyword->section, "]");
		else if (is_here && is_word(line, keyword->keyword, "=:"))
			return n;
	}
	return 0;
}

/* The ids that awssso-netd runs with; where they are not known, root's, who
 * may read everything. */
static void ids_of_netd(uid_t *uid, gid_t *gid)
{
	aw_own(file_done) FILE *file = fopen("/etc/passwd", "re");
	const struct passwd *entry;

	*uid = 0;
	*gid = 0;
	while (file && (entry = fgetpwent(file))) {
		if (strcmp(entry->pw_name, AW_USER_NETD) != 0)
			continue;
		*uid = entry->pw_uid;
		*gid = entry->pw_gid;
		return;
	}
}

void aw_conf_paths_walk(const struct aw_conf *conf, const char *path,
    aw_conf_paths_fn *fn, void *user)
{
	uid_t uid;
	gid_t gid;

	ids_of_netd(&uid, &gid);
	for (size_t i = 0; i < aw_conf_n_keywords; i++) {
		const struct aw_conf_keyword *keyword = &aw_conf_keywords[i];
		char value[AW_CONF_TEXT + 32], place[PATH_MAX];
		const char *why;

		/* A shell is the people's. */
		if (keyword->type != AW_CONF_PATH ||
		    strcmp(keyword->section, "names") == 0 ||
		    aw_conf_show(conf, keyword, 0, value, sizeof(value)) != 0)
			continue;
		why = aw_conf_paths_why_not(value, uid, gid);
		if (why &&
		    aw_fmt(place, sizeof(place), "%s:%u: %s: %s", path,
			line_of(path, keyword), keyword->keyword, value) == 0)
			fn(user, place, why);
	}
}

static void warn(void *user AW_UNUSED, const char *place, const char *why)
{
	(void)fprintf(stderr, "awssso: %s: %s\n", place, why);
}

void aw_conf_paths_warn(const struct aw_conf *conf, const char *path)
{
	aw_conf_paths_walk(conf, path, warn, NULL);
}
