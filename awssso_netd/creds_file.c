/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys in a file.  A parser of our own, because session tokens are longer
 * than the lines that inih takes; no value ever gets into a message.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso_netd/creds.h"
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

/* Nobody but the owner, and the group that root gave it to, may read it. */
static bool is_private(const struct stat *st, uid_t self, gid_t group)
{
	const bool lent = st->st_uid == 0 && st->st_gid == group;

	if (!S_ISREG(st->st_mode) || (st->st_uid != 0 && st->st_uid != self))
		return false;
	return (st->st_mode & (lent ? S_IRWXO | S_IWGRP | S_IXGRP
				    : S_IRWXO | S_IRWXG)) == 0;
}

static int read_all(int fd, char *buf, size_t size, size_t *ret_len)
{
	size_t len = 0;

	while (len < size) {
		const ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0) {
			*ret_len = len;
			return 0;
		}
		len += (size_t)n;
	}
	return -EFBIG;
}

int aw_creds_read_file(const char *path, uid_t self, gid_t group,
    struct aw_keys **ret, struct aw_diag *diag)
{
	aw_own_fd int fd =
	    open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	aw_own_free char *text = NULL;
	struct stat st;
	size_t len = 0;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0) {
		r = -errno;
		aw_diag_set(diag, "%s: %s", path, strerrordesc_np(-r));
		return r;
	}
	if (!is_private(&st, self, group)) {
		aw_diag_set(diag,
		    "%s: must be a file that only its owner, root or the "
		    "user of awssso-netd, can read (chmod 600)",
		    path);
		return -EPERM;
	}
	text = malloc(FILE_MAX);
	if (!text)
		return -ENOMEM;
	r = read_all(fd, text, FILE_MAX, &len);
	if (r == 0)
		r = aw_creds_parse(text, len, path, ret, diag);
	else
		aw_diag_set(diag, "%s: %s", path, strerrordesc_np(-r));
	explicit_bzero(text, FILE_MAX);
	return r;
}
