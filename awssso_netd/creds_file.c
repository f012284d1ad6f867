/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in a file.  A parser of our own, because session tokens are longer
 * than the lines that inih takes; no value ever gets into a message.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "awssso_netd/creds.h"
#include "awssso_netd/private_file.h"
#include "common/own.h"

#define FILE_MAX (64 * 1024)

/* What has been found so far; the texts lie in the (writable) file text. */
struct found {
	char *id, *secret, *session;
};

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, " \t\r");
	len = strlen(text);
	while (len > 0 && strchr(" \t\r", text[len - 1]))
		text[--len] = '\0';
	return text;
}

/* 0, -EEXIST (given twice), -EINVAL (no '=' or an unclean value). */
static int read_line(char *line, struct found *ret)
{
	char *value = strchr(line, '='), **place = NULL;

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	line = trim(line);
	value = trim(value);
	if (strcmp(line, "aws_access_key_id") == 0)
		place = &ret->id;
	else if (strcmp(line, "aws_secret_access_key") == 0)
		place = &ret->secret;
	else if (strcmp(line, "aws_session_token") == 0)
		place = &ret->session;
	if (!place)
		return 0;
	if (*place)
		return -EEXIST;
	if (!*value || !aw_text_is_clean(value, strlen(value)))
		return -EINVAL;
	*place = value;
	return 0;
}

static int read_lines(
    char *text, const char *file, struct found *ret, struct aw_diag *diag)
{
	bool ours = true; /* a file without sections is [default] */
	unsigned number = 0;
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		int r = 0;

		number++;
		line = trim(line);
		if (*line == '[')
			ours = strcmp(line, "[default]") == 0;
		else if (ours && *line && *line != '#' && *line != ';')
			r = read_line(line, ret);
		if (r < 0) {
			aw_diag_set(diag, "%s:%u: %s", file, number,
			    r == -EEXIST ? "key given twice"
					 : "not of the form KEY = VALUE");
			return -EINVAL;
		}
	}
	return 0;
}

static int make_keys(const struct found *found, const char *file,
    struct aw_keys **ret, struct aw_diag *diag)
{
	int r = -EINVAL;

	if (!found->id)
		aw_diag_set(diag, "%s: aws_access_key_id is missing", file);
	else if (!found->secret)
		aw_diag_set(diag, "%s: aws_secret_access_key is missing", file);
	else
		r = aw_keys_new(
		    found->id, found->secret, found->session, INT64_MAX, ret);
	if (r < 0 && !diag->text[0])
		aw_diag_set(diag, "%s: the keys are not usable", file);
	return r;
}

int aw_creds_parse(const char *text, size_t len, const char *file,
    struct aw_keys **ret, struct aw_diag *diag)
{
	aw_own_free char *copy = NULL;
	struct found found = { .id = NULL };
	int r;

	if (memchr(text, '\0', len)) {
		aw_diag_set(diag, "%s: holds a NUL", file);
		return -EINVAL;
	}
	copy = strndup(text, len);
	if (!copy)
		return -ENOMEM;
	r = read_lines(copy, file, &found, diag);
	if (r == 0)
		r = make_keys(&found, file, ret, diag);
	explicit_bzero(copy, len);
	return r;
}

int aw_creds_read_file(const char *path, uid_t self, gid_t group,
    struct aw_keys **ret, struct aw_diag *diag)
{
	aw_own_free char *text = malloc(FILE_MAX);
	size_t len = 0;
	int r;

	if (!text)
		return -ENOMEM;
	r = aw_private_read(path, self, group, text, FILE_MAX, &len, diag);
	if (r == 0)
		r = aw_creds_parse(text, len, path, ret, diag);
	explicit_bzero(text, FILE_MAX);
	return r;
}
