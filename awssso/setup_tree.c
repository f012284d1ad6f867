/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies are made by cp, which keeps owners, modes, attributes and labels;
 * a file gets its place by rename, so that nobody ever sees half of one.
 */
#include "awssso/setup_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/replace.h"
#include "common/file.h"
#include "common/own.h"
#include "common/text.h"

#define STAGE   AW_SETUP_DIR "/stage"
#define WAS     AW_SETUP_DIR "/was"
#define CHANGES AW_SETUP_DIR "/changes"
#define SECONDS 30

#define PLACE_SIZE 512

static const char *place(char buf[PLACE_SIZE], const char *in, const char *path)
{
	aw_ignore(aw_fmt(buf, PLACE_SIZE, "%s%s", in, path));
	return buf;
}

/* Run it, and fail as it does. */
static int do_run(const char *const argv[])
{
	struct aw_buf said = AW_BUF_INIT(65536);
	const int r = aw_child_run(argv, SECONDS, &said);

	if (r > 0)
		(void)fprintf(stderr, "awssso: setup: %s: %s", argv[0],
		    aw_buf_text(&said));
	aw_buf_done(&said);
	return r > 0 ? -EIO : r;
}

static int copy_below(const char *path, const char *below)
{
	const char *const argv[] = { "/bin/cp", "-a", "--parents", "--", path,
		below, NULL };

	return do_run(argv);
}

int aw_tree_new(void)
{
	static const char *const dirs[] = { AW_SETUP_DIR, STAGE, WAS };
	static const char *const argv[] = { "/bin/rm", "-rf", "--",
		AW_SETUP_DIR, NULL };
	int r = do_run(argv);

	for (size_t i = 0; r == 0 && i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (mkdir(dirs[i], 0700) < 0)
			r = -errno;
	return r;
}

int aw_tree_take(const char *path)
{
	if (access(path, F_OK) < 0)
		return errno == ENOENT ? AW_ABSENT : -errno;
	return copy_below(path, STAGE);
}

static int read_text(const char *path, struct aw_buf *ret)
{
	aw_own_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char data[4096];
	struct stat st;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT ? AW_ABSENT : -errno;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	while ((n = read(fd, data, sizeof(data))) > 0)
		aw_buf_add(ret, data, (size_t)n);
	return n < 0 ? -errno : aw_buf_error(ret);
}

int aw_tree_read(const char *path, struct aw_buf *ret)
{
	char staged[PLACE_SIZE];

	return read_text(place(staged, STAGE, path), ret);
}

/* The folders above @path, in the stage. */
static int make_parents(const char *path)
{
	char staged[PLACE_SIZE];

	for (const char *slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		if (aw_fmt(staged, sizeof(staged), STAGE "%.*s",
			(int)(slash - path), path) < 0)
			return -ENAMETOOLONG;
		if (mkdir(staged, 0755) < 0 && errno != EEXIST)
			return -errno;
	}
	return 0;
}

int aw_tree_write(const char *path, const struct aw_buf *text, unsigned mode)
{
	char staged[PLACE_SIZE];
	aw_own_fd int fd = -1;
	int r = make_parents(path);

	if (r < 0)
		return r;
	/* An old one keeps its owner and mode. */
	fd = open(place(staged, STAGE, path),
	    O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 && errno == ENOENT) {
		fd =
		    open(staged, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd >= 0 && fchmod(fd, mode) < 0)
			return -errno;
	}
	if (fd < 0)
		return -errno;
	return aw_file_write(fd, aw_buf_text(text), text->len);
}

/* --- comparing -------------------------------------------------------------
 */

/* Whether the staged file at @path differs: 0 no, 1, or a negative errno. */
static int differs(const char *path, bool *ret_is_new)
{
	struct aw_buf staged = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	struct aw_buf there = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	int r, other;

	r = aw_tree_read(path, &staged);
	other = read_text(path, &there);
	*ret_is_new = other == AW_ABSENT;
	if (r == 0)
		r = other < 0 ? other
			      : other == AW_ABSENT || staged.len != there.len ||
				    memcmp(aw_buf_text(&staged),
					aw_buf_text(&there), staged.len) != 0;
	aw_buf_done(&staged);
	aw_buf_done(&there);
	return r;
}

static int compare_dir(const char *path, struct aw_tree_changes *ret);

static int compare(const char *path, struct aw_tree_changes *ret)
{
	struct aw_tree_change *change = &ret->list[ret->n];
	char staged[PLACE_SIZE];
	struct stat st;
	int r;

	if (lstat(place(staged, STAGE, path), &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return compare_dir(path, ret);
	if (!S_ISREG(st.st_mode))
		return 0;
	if (ret->n == AW_SETUP_FILES ||
	    aw_copy(change->path, sizeof(change->path), path) < 0)
		return -E2BIG;
	r = differs(path, &change->is_new);
	ret->n += r == 1;
	return r < 0 ? r : 0;
}

static int compare_dir(const char *path, struct aw_tree_changes *ret)
{
	char staged[PLACE_SIZE], below[PLACE_SIZE];
	aw_own_dir DIR *dir = opendir(place(staged, STAGE, path));
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (r == 0 && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		r = aw_fmt(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (r == 0)
			r = compare(below, ret);
	}
	return r;
}

static void put_last(struct aw_tree_changes *changes, const char *path)
{
	struct aw_tree_change change;

	for (unsigned i = 0; i + 1 < changes->n; i++)
		if (!strcmp(changes->list[i].path, path)) {
			change = changes->list[i];
			changes->list[i] = changes->list[changes->n - 1];
			changes->list[changes->n - 1] = change;
		}
}

int aw_tree_compare(struct aw_tree_changes *ret)
{
	int r;

	ret->n = 0;
	r = compare_dir("", ret);
	put_last(ret, "/etc/nsswitch.conf");
	return r;
}

int aw_tree_show(const struct aw_tree_changes *changes)
{
	char staged[PLACE_SIZE];
	int r = 0;

	for (unsigned i = 0; r >= 0 && r < 2 && i < changes->n; i++) {
		const char *path = changes->list[i].path;
		const char *const argv[] = { "/usr/bin/diff", "-u", "--label",
			path, "--label", path,
			changes->list[i].is_new ? "/dev/null" : path,
			place(staged, STAGE, path), NULL };

		(void)fflush(stdout);
		r = aw_child_run(argv, SECONDS, NULL);
	}
	return r < 0 ? r : r > 1 ? -EIO : 0;
}

/* --- there and back --------------------------------------------------------
 */

static int sync_all(void)
{
	aw_own_fd int fd = open(AW_SETUP_DIR, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syncfs(fd) < 0)
		return -errno;
	return 0;
}

static int write_list(int fd, void *user)
{
	const struct aw_tree_changes *changes = user;
	struct aw_buf text = AW_BUF_INIT(AW_SETUP_FILES * 300);
	int r;

	for (unsigned i = 0; i < changes->n; i++)
		aw_buf_fmt(&text, "%s%s\n", changes->list[i].is_new ? "+" : "",
		    changes->list[i].path);
	r = aw_buf_error(&text);
	if (r == 0)
		r = aw_file_write(fd, aw_buf_text(&text), text.len);
	aw_buf_done(&text);
	return r;
}

int aw_tree_keep(const struct aw_tree_changes *changes)
{
	struct aw_tree_changes list = *changes;
	int r = 0;

	for (unsigned i = 0; r == 0 && i < changes->n; i++)
		if (!changes->list[i].is_new)
			r = copy_below(changes->list[i].path, WAS);
	if (r == 0)
		r = aw_replace(CHANGES, write_list, &list);
	return r == 0 ? sync_all() : r;
}

/* What it is called until it is whole. */
static int temp_of(char temp[PLACE_SIZE], const char *path)
{
	return aw_fmt(temp, PLACE_SIZE, "%s.awssso-setup", path) < 0
		   ? -ENAMETOOLONG
		   : 0;
}

/* The file at @path becomes what @from/@path is. */
static int put(const char *from, const char *path)
{
	char source[PLACE_SIZE], temp[PLACE_SIZE];
	const char *const argv[] = { "/bin/cp", "-a", "--",
		place(source, from, path), temp, NULL };
	int r = temp_of(temp, path);

	if (r == 0)
		r = do_run(argv);
	if (r == 0 && rename(temp, path) < 0)
		r = -errno;
	if (r < 0)
		(void)unlink(temp);
	return r;
}

int aw_tree_install(const struct aw_tree_changes *changes)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < changes->n; i++)
		r = put(STAGE, changes->list[i].path);
	return r == 0 ? sync_all() : r;
}

/* Is the file at @path another one than what was installed, and than what was
 * there before?  Then it is somebody's. */
static bool is_somebodys(const char *path)
{
	struct aw_buf there = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	struct aw_buf old = AW_BUF_INIT(AW_SETUP_FILE_MAX);
	char was[PLACE_SIZE];
	bool is_new, r;

	r = differs(path, &is_new) == 1 && !is_new &&
	    (read_text(place(was, WAS, path), &old) != 0 ||
		read_text(path, &there) != 0 || old.len != there.len ||
		memcmp(aw_buf_text(&old), aw_buf_text(&there), old.len) != 0);
	aw_buf_done(&there);
	aw_buf_done(&old);
	return r;
}

static int restore(const char *line, bool all, unsigned *left)
{
	const bool was_new = *line == '+';
	const char *path = line + was_new;
	char temp[PLACE_SIZE];
	int r;

	if (*path != '/' || temp_of(temp, path) < 0)
		return -EBADMSG;
	(void)unlink(temp); /* of an installation that was cut off */
	if (!all && is_somebodys(path)) {
		(*left)++;
		printf("%s: changed since, left as it is\n", path);
		return 0;
	}
	if (was_new)
		r = unlink(path) < 0 && errno != ENOENT ? -errno : 0;
	else
		r = put(WAS, path);
	printf("%s: %s\n", path,
	    r < 0     ? strerrordesc_np(-r)
	    : was_new ? "removed"
		      : "as it was");
	return r;
}

int aw_tree_restore(bool all, unsigned *left)
{
	char text[AW_SETUP_FILES * 300], *line;
	int first = 0, r;
	size_t len;

	r = aw_file_read(CHANGES, 0, text, sizeof(text), &len);
	if (r != 0)
		return r == AW_ABSENT ? 0 : r;
	/* From the last one on; each ends with a newline. */
	while (len > 0) {
		text[len - 1] = '\0';
		line = strrchr(text, '\n');
		line = line ? line + 1 : text;
		len = (size_t)(line - text);
		r = *line ? restore(line, all, left) : 0;
		first = first ? first : r;
	}
	r = sync_all();
	return first ? first : r;
}

int aw_tree_mount(const char *path)
{
	char staged[PLACE_SIZE];

	if (access(place(staged, STAGE, path), F_OK) < 0)
		return errno == ENOENT ? 0 : -errno;
	return mount(staged, path, NULL, MS_BIND, NULL) < 0 ? -errno : 0;
}
