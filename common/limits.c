/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of nss.limits.  It runs inside other people's processes: no
 * allocation, and a file that is not good as a whole allows nothing.
 */
#include "common/limits.h"

#include <errno.h>
#include <string.h>

#include "common/id.h"
#include "common/name.h"

#define UID_LISTED_MIN 1000
#define HOMES_MAX                                \
	(sizeof(((struct aw_limits *)0)->home) / \
	    sizeof(((struct aw_limits *)0)->home[0]))

static int add_id(const char *text, uint64_t min, uint32_t *ids, uint32_t *n)
{
	uint64_t id;

	if (*n == AW_LIMITS_MAX || aw_num_u64(text, min, UINT32_MAX - 1, &id))
		return -EINVAL;
	ids[(*n)++] = (uint32_t)id;
	return 0;
}

/* Is one of the two folders in the other? */
static bool are_nested(const char *a, const char *b)
{
	const size_t a_len = strlen(a), b_len = strlen(b);

	return strncmp(a, b, a_len < b_len ? a_len : b_len) == 0;
}

/* What a home there could be mistaken for: mkhomedir would fill it with files
 * that are a person's. */
static bool is_the_systems(const char *prefix)
{
	static const char *const folders[] = { "/bin/", "/boot/", "/dev/",
		"/etc/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/proc/",
		"/root/", "/run/", "/sbin/", "/sys/", "/usr/",
		"/var/lib/awssso/", "/var/run/", "/var/spool/" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (are_nested(prefix, folders[i]))
			return true;
	return false;
}

static int add_home(const char *text, struct aw_limits *limits)
{
	const size_t len = strlen(text);

	if (limits->n_homes == HOMES_MAX || len < 3 || text[len - 1] != '/' ||
	    !aw_name_is_path(text, len - 1) || is_the_systems(text) ||
	    aw_copy(limits->home[limits->n_homes], sizeof(limits->home[0]),
		text) < 0)
		return -EINVAL;
	limits->n_homes++;
	return 0;
}

static int add(const char *key, const char *value, struct aw_limits *limits)
{
	if (strcmp(key, "uid") == 0 &&
	    add_id(value, UID_LISTED_MIN, limits->uid, &limits->n_uids) == 0)
		return aw_id_is_a_persons(limits->uid[limits->n_uids - 1])
			   ? 0
			   : -EINVAL;
	if (strcmp(key, "gid") == 0)
		return add_id(value, 1, limits->gid, &limits->n_gids);
	if (strcmp(key, "home") == 0)
		return add_home(value, limits);
	return -EINVAL;
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

/* The next word before @end into @word.  Returns where it ends; NULL when it
 * has no room. */
static const char *take_word(
    const char *p, const char *end, char *word, size_t size)
{
	size_t len = 0;

	while (p < end && *p != ' ' && *p != '\t') {
		if (len + 1 == size)
			return NULL;
		word[len++] = *p++;
	}
	word[len] = '\0';
	return skip_blanks(p, end);
}

static int parse_line(
    const char *line, const char *end, struct aw_limits *limits)
{
	const char *comment = memchr(line, '#', (size_t)(end - line));
	char key[8], value[sizeof(limits->home[0])];
	const char *p;

	if (comment)
		end = comment;
	p = skip_blanks(line, end);
	if (p == end)
		return 0;
	p = take_word(p, end, key, sizeof(key));
	if (p)
		p = take_word(p, end, value, sizeof(value));
	return p == end ? add(key, value, limits) : -EINVAL;
}

int aw_limits_parse(
    const char *text, size_t len, struct aw_limits *ret, struct aw_diag *diag)
{
	const char *const end = text + len;
	unsigned number = 0;

	memset(ret, 0, sizeof(*ret));
	for (const char *line = text; line < end;) {
		const char *eol = memchr(line, '\n', (size_t)(end - line));

		number++;
		if (!eol)
			eol = end;
		if (parse_line(line, eol, ret) < 0) {
			aw_diag_set(diag,
			    "line %u: expected \"uid N\" (1000 "
			    "or more), \"gid N\" (not 0) or "
			    "\"home /PREFIX/\" (outside of the "
			    "system's own folders)",
			    number);
			memset(ret, 0, sizeof(*ret));
			return -EINVAL;
		}
		line = eol + 1;
	}
	return 0;
}

static bool has(const uint32_t *ids, uint32_t n, uint32_t id)
{
	for (uint32_t i = 0; i < n; i++)
		if (ids[i] == id)
			return true;
	return false;
}

bool aw_limits_uid(const struct aw_limits *limits, uint32_t uid)
{
	return has(limits->uid, limits->n_uids, uid);
}

bool aw_limits_gid(const struct aw_limits *limits, uint32_t gid)
{
	return has(limits->gid, limits->n_gids, gid);
}

bool aw_limits_home(const struct aw_limits *limits, const char *home)
{
	for (uint32_t i = 0; i < limits->n_homes; i++)
		if (strncmp(home, limits->home[i], strlen(limits->home[i])) ==
		    0)
			return true;
	return false;
}
