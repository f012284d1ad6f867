/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Blocks of nss.limits.
 */
#include "awssso/limits_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "common/own.h"

int aw_limits_file_read(
    const char *path, struct aw_limits_text *ret, struct aw_diag *diag)
{
	struct aw_limits limits;
	struct aw_diag why = { .text = "" };
	int r;

	r = aw_file_read(
	    path, geteuid(), ret->text, sizeof(ret->text), &ret->len);
	if (r == AW_ABSENT) {
		*ret = (struct aw_limits_text){ .len = 0 };
		return 0;
	}
	if (r < 0) {
		aw_diag_set(diag, "%s: %s", path,
		    r == -EFBIG ? "larger than 4 KiB" : strerrordesc_np(-r));
		return r;
	}
	r = aw_limits_parse(ret->text, ret->len, &limits, &why);
	if (r < 0)
		aw_diag_set(diag, "%s: %s", path, why.text);
	return r;
}

/* The line @line in @text, as a whole line; NULL: it is not there. */
static const char *find_line(const char *text, const char *line)
{
	const size_t len = strlen(line);

	for (const char *p = text; (p = strstr(p, line)); p++)
		if ((p == text || p[-1] == '\n') &&
		    (p[len] == '\n' || p[len] == '\0'))
			return p;
	return NULL;
}

static const char *behind_line(const char *at)
{
	const char *end = strchrnul(at, '\n');

	return *end ? end + 1 : end;
}

struct block {
	char first[80], last[80]; /* its marks */
	const char *begin, *end;
};

/* Where the block @name with its marks begins and ends in @text; at its end
 * when there is none.  0, or -EINVAL for no usable name. */
static int find_block(const char *text, const char *name, struct block *ret)
{
	const char *begin, *end, *next;

	if (aw_fmt(ret->first, sizeof(ret->first), "# begin: %s", name) < 0 ||
	    aw_fmt(ret->last, sizeof(ret->last), "# end: %s", name) < 0)
		return -EINVAL;
	next = begin = find_line(text, ret->first);
	end = begin ? find_line(begin, ret->last) : NULL;
	/* One that has lost its end must not take others' lines along. */
	while (end && (next = find_line(next + 1, ret->first)) && next < end)
		begin = next;
	ret->begin = end ? begin : text + strlen(text);
	ret->end = end ? behind_line(end) : ret->begin;
	return 0;
}

static int check(const struct aw_buf *whole, struct aw_diag *diag)
{
	struct aw_limits limits;

	if (aw_buf_error(whole) < 0 || whole->len > AW_LIMITS_FILE_MAX) {
		aw_diag_set(diag, "nss.limits would be larger than 4 KiB");
		return -EFBIG;
	}
	return aw_limits_parse(aw_buf_text(whole), whole->len, &limits, diag);
}

int aw_limits_file_put(struct aw_limits_text *text, const char *name,
    const char *body, struct aw_diag *diag)
{
	aw_own(aw_buf_done) struct aw_buf whole =
	    AW_BUF_INIT(AW_LIMITS_FILE_MAX * 2);
	struct block old;
	int r;

	r = find_block(text->text, name, &old);
	if (r < 0)
		return r;
	aw_buf_add(&whole, text->text, (size_t)(old.begin - text->text));
	if (*body) {
		if (old.begin > text->text && old.begin[-1] != '\n')
			aw_buf_str(&whole, "\n");
		aw_buf_fmt(&whole, "%s\n%s%s\n", old.first, body, old.last);
	}
	aw_buf_str(&whole, old.end);
	r = check(&whole, diag);
	if (r < 0)
		return r;
	text->len = whole.len;
	memcpy(text->text, aw_buf_text(&whole), whole.len);
	text->text[text->len] = '\0';
	return 0;
}

int aw_limits_file_add(struct aw_limits_text *text, const char *name,
    const char *line, struct aw_diag *diag)
{
	aw_own(aw_buf_done) struct aw_buf body =
	    AW_BUF_INIT(AW_LIMITS_FILE_MAX * 2);
	struct block old;
	int r;

	r = find_block(text->text, name, &old);
	if (r < 0)
		return r;
	if (old.begin < old.end) {
		const char *first = behind_line(old.begin);

		aw_buf_add(
		    &body, first, (size_t)(find_line(first, old.last) - first));
	}
	if (find_line(aw_buf_text(&body), line))
		return 0;
	aw_buf_fmt(&body, "%s\n", line);
	r = aw_buf_error(&body);
	return r < 0 ? r
		     : aw_limits_file_put(text, name, aw_buf_text(&body), diag);
}

static int write_temp(const char *temp, const struct aw_limits_text *text)
{
	aw_own_fd int fd = open(
	    temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r;

	if (fd < 0)
		return -errno;
	r = aw_file_write(fd, text->text, text->len);
	if (r < 0)
		return r;
	return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096];
	int r;

	r = aw_fmt(folder, sizeof(folder), "%.*s",
	    slash ? (int)(slash - path + 1) : 1, slash ? path : ".");
	if (r == 0) {
		aw_own_fd int fd =
		    open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		r = fd < 0 || fsync(fd) < 0 ? -errno : 0;
	}
	return r;
}

int aw_limits_file_write(const char *path, const struct aw_limits_text *text)
{
	char temp[4096];
	int r;

	r = aw_fmt(temp, sizeof(temp), "%s.new", path);
	if (r < 0)
		return r;
	/* Left by one that was killed; the folder is ours alone. */
	if (unlink(temp) < 0 && errno != ENOENT)
		return -errno;
	r = write_temp(temp, text);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(temp);
	return r < 0 ? r : sync_folder(path);
}
