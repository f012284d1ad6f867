/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pam.conf(5), as far as finding a module goes.
 */
#include "awssso/pam_lines.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

#define FILE_SIZE  (64 * 1024)
#define DEPTH_MAX  8
#define LINE_SIZE  1024
#define MODULE     "pam_awssso.so"
#define BLANKS     " \t"
#define INCLUDE_IN "@include"

struct reader {
	const char *etc;
	aw_pam_walk_fn *fn;
	void *user;
	unsigned depth;
};

/* A file on the way: of the lines of @phase only, unless that is NULL. */
struct source {
	const char *path, *phase;
	unsigned line;
};

/* 0, AW_ABSENT when there is none, or a negative errno. */
static int read_file(
    struct reader *reader, const char *name, const char *phase);

/* The next word of *@rest, where one in brackets may hold blanks. */
static char *next_word(char **rest)
{
	char *word = *rest ? *rest + strspn(*rest, BLANKS) : NULL;
	size_t len;

	if (!word || !*word)
		return NULL;
	len = *word == '[' ? strcspn(word, "]") + 1 : strcspn(word, BLANKS);
	*rest = len < strlen(word) ? word + len + 1 : NULL;
	word[strnlen(word, len)] = '\0';
	return word;
}

static int tell(struct reader *reader, const struct source *source,
    struct aw_pam_line *line)
{
	char place[PATH_MAX + 16];
	int r;

	r = aw_fmt(place, sizeof(place), "%s:%u", source->path, source->line);
	if (r < 0)
		return r;
	line->place = place;
	reader->fn(reader->user, line);
	return 0;
}

static int include(struct reader *reader, const char *name, const char *phase)
{
	const int r = read_file(reader, name, phase);

	return r == AW_ABSENT ? -ENOENT : r;
}

static int take_line(
    struct reader *reader, const struct source *source, char *text)
{
	struct aw_pam_line line = { .options = "" };
	char *rest = text, *phase;

	text[strcspn(text, "#")] = '\0';
	phase = next_word(&rest);
	line.control = next_word(&rest);
	if (!phase || !line.control)
		return 0;
	if (strcmp(phase, INCLUDE_IN) == 0)
		return include(reader, line.control, source->phase);
	line.may_be_missing = *phase == '-';
	line.phase = phase + line.may_be_missing;
	line.module = next_word(&rest);
	if (!line.module ||
	    (source->phase && strcmp(line.phase, source->phase) != 0))
		return 0;
	if (strcmp(line.control, "include") == 0 ||
	    strcmp(line.control, "substack") == 0)
		return include(reader, line.module, line.phase);
	if (rest)
		line.options = rest + strspn(rest, BLANKS);
	return tell(reader, source, &line);
}

/* A line may go on behind a backslash at its end. */
static int take_text(struct reader *reader, struct source *source, char *text)
{
	char whole[LINE_SIZE], *rest = text, *part;
	size_t len = 0;
	int r = 0;

	while (r == 0 && (part = strsep(&rest, "\n"))) {
		size_t n = strlen(part);
		const bool goes_on = n > 0 && part[n - 1] == '\\';

		n -= goes_on;
		if (n >= sizeof(whole) - len)
			return -EMSGSIZE;
		memcpy(whole + len, part, n);
		len += n;
		whole[len] = '\0';
		source->line++;
		if (goes_on)
			continue;
		r = take_line(reader, source, whole);
		len = 0;
	}
	return r;
}

static int read_file(struct reader *reader, const char *name, const char *phase)
{
	aw_own_free char *text = malloc(FILE_SIZE);
	char path[PATH_MAX];
	struct source source = { .path = path, .phase = phase };
	size_t len;
	int r;

	if (!text)
		return -ENOMEM;
	if (reader->depth == DEPTH_MAX)
		return -ELOOP;
	r = *name == '/'
		? aw_copy(path, sizeof(path), name)
		: aw_fmt(path, sizeof(path), "%s/pam.d/%s", reader->etc, name);
	if (r == 0)
		r = aw_file_read(path, (uid_t)-1, text, FILE_SIZE, &len);
	if (r != 0)
		return r;
	reader->depth++;
	r = take_text(reader, &source, text);
	reader->depth--;
	return r;
}

int aw_pam_walk(
    const char *etc, const char *service, aw_pam_walk_fn *fn, void *user)
{
	struct reader reader = { .etc = etc, .fn = fn, .user = user };
	int r;

	if (!*service || *service == '.' || strchr(service, '/'))
		return -ENAMETOOLONG;
	r = read_file(&reader, service, NULL);
	return r == AW_ABSENT ? read_file(&reader, "other", NULL) : r;
}

bool aw_pam_is_ours(const struct aw_pam_line *line)
{
	const char *slash = strrchr(line->module, '/');

	return strcmp(slash ? slash + 1 : line->module, MODULE) == 0;
}

struct filter {
	aw_pam_line_fn *fn;
	void *user;
	bool found;
	int error;
};

static void filter(void *user, const struct aw_pam_line *line)
{
	struct filter *filter = user;
	char text[LINE_SIZE + 64];
	int r;

	if (!aw_pam_is_ours(line))
		return;
	filter->found = true;
	r = aw_fmt(text, sizeof(text), "%s " MODULE "%s%s", line->phase,
	    *line->options ? " " : "", line->options);
	if (r < 0)
		filter->error = r;
	else
		filter->fn(filter->user, line->place, text);
}

int aw_pam_lines(
    const char *etc, const char *service, aw_pam_line_fn *fn, void *user)
{
	struct filter wanted = { .fn = fn, .user = user };
	int r;

	r = aw_pam_walk(etc, service, filter, &wanted);
	if (r != 0)
		return r;
	if (wanted.error)
		return wanted.error;
	return wanted.found ? 0 : AW_ABSENT;
}
