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
	struct aw_diag why = { "" };
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

/* Where the block between @first and @last lines begins and ends in @text; at
 * its end when there is none. */
static void find_block(const char *text, const char *first, const char *last,
    const char **ret_begin, const char **ret_end)
{
	const char *begin = find_line(text, first);
	const char *end = begin ? find_line(begin, last) : NULL;
	const char *next = begin;

	/* One that has lost its end must not take others' lines along. */
	while (end && (next = find_line(next + 1, first)) && next < end)
		begin = next;
	*ret_begin = end ? begin : text + strlen(text);
	*ret_end = end ? behind_line(end) : *ret_begin;
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

struct marks {
	char first[80], last[80];
};

static int make_marks(const char *name, struct marks *ret)
{
	if (aw_fmt(ret->first, sizeof(ret->first), "# begin: %s", name) < 0 ||
	    aw_fmt(ret->last, sizeof(ret->last), "# end: %s", name) < 0)
		return -EINVAL;
	return 0;
}

int aw_limits_file_put(struct aw_limits_text *text, const char *name,
    const char *body, struct aw_diag *diag)
{
	aw_own(aw_buf_done) struct aw_buf whole =
	    AW_BUF_INIT(AW_LIMITS_FILE_MAX * 2);
	const char *begin, *end;
	struct marks marks;
	int r;

	r = make_marks(name, &marks);
	if (r < 0)
		return r;
	find_block(text->text, marks.first, marks.last, &begin, &end);
	aw_buf_add(&whole, text->text, (size_t)(begin - text->text));
	if (*body) {
		if (begin > text->text && begin[-1] != '\n')
			aw_buf_str(&whole, "\n");
		aw_buf_fmt(&whole, "%s\n%s%s\n", marks.first, body, marks.last);
	}
	aw_buf_str(&whole, end);
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
	const char *begin, *end;
	struct marks marks;
	int r;

	r = make_marks(name, &marks);
	if (r < 0)
		return r;
	find_block(text->text, marks.first, marks.last, &begin, &end);
	if (begin < end) {
		begin = behind_line(begin);
		aw_buf_add(&body, begin,
		    (size_t)(find_line(begin, marks.last) - begin));
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

	if (fd < 0)
		return -errno;
	if (write(fd, text->text, text->len) != (ssize_t)text->len)
		return errno ? -errno : -EIO;
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
	errno = 0;
	r = write_temp(temp, text);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(temp);
	return r < 0 ? r : sync_folder(path);
}
