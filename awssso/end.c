/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root works here in directories that only root and cron may write; what a
 * person could have made there is never followed, only moved or counted.
 */
#include "awssso/end.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "awssso/child.h"
#include "awssso/command.h"
#include "common/own.h"
#include "common/text.h"

#define LOGINCTL_S 120 /* it waits until they have ended */
#define SAVED_DIR  "/var/lib/awssso-ended"

/* Debian's place, RHEL's place. */
static const char *const crontabs[] = { "/var/spool/cron/crontabs",
	"/var/spool/cron" };
static const char *const at_jobs[] = { "/var/spool/cron/atjobs",
	"/var/spool/at" };
#define LINGER "/var/lib/systemd/linger"

static void note(struct aw_end_report *report, const char *what, int error)
{
	report->failures++;
	(void)aw_complain(what, strerrordesc_np(error));
}

/* --- jobs -------------------------------------------------------------- */

/* The directory @place that jobs are moved to; made when it is needed first. */
static int open_saved(const char *root, const char *place)
{
	char path[PATH_MAX];
	struct stat st;
	int fd;

	if (aw_fmt(path, sizeof(path), "%s" SAVED_DIR, root) < 0)
		return -ENAMETOOLONG;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	if (aw_fmt(path, sizeof(path), "%s%s", root, place) < 0)
		return -ENAMETOOLONG;
	if (mkdir(path, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(path, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 022) == 0)
		return fd;
	(void)close(fd);
	return -EPERM;
}

/* Move @from in @dir aside, as @to: to where the others went, if any did. */
static int move_aside(const char *root, int dir, const char *from,
    const char *to, const struct aw_end_who *who, struct aw_end_report *report)
{
	char place[sizeof(report->saved)];
	aw_own_fd int saved = -1;

	if (report->saved[0])
		memcpy(place, report->saved, sizeof(place));
	else if (aw_fmt(place, sizeof(place), SAVED_DIR "/%s.%lld", who->name,
		     (long long)time(NULL)) < 0)
		return -ENAMETOOLONG;
	saved = open_saved(root, place);
	if (saved < 0)
		return saved;
	if (renameat(dir, from, saved, to) < 0)
		return -errno;
	memcpy(report->saved, place, sizeof(place));
	return 0;
}

static int open_dir(const char *root, const char *path)
{
	char full[PATH_MAX];
	int fd;

	if (aw_fmt(full, sizeof(full), "%s%s", root, path) < 0)
		return -ENAMETOOLONG;
	fd = open(full, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* A regular file; whose, unless @ret_uid is NULL. */
static bool is_file(int dir, const char *name, uint32_t *ret_uid)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return false;
	if (ret_uid)
		*ret_uid = st.st_uid;
	return true;
}

/* cron runs a table by its name, whoever owns it on RHEL. */
static bool has_crontab(int dir, const char *name)
{
	return is_file(dir, name, NULL);
}

static void end_crontab(const char *root, const char *path,
    const struct aw_end_who *who, struct aw_end_report *report)
{
	aw_own_fd int dir = open_dir(root, path);
	int r;

	if (dir < 0 || !has_crontab(dir, who->name))
		return;
	r = move_aside(root, dir, who->name, "crontab", who, report);
	if (r < 0)
		note(report, "crontab", -r);
	else
		report->crontab = true;
}

/* Jobs begin with the letter of their queue; "=" runs right now. */
static bool is_job(int dir, const char *name, uint32_t uid)
{
	uint32_t owner;

	return name[0] != '.' && is_file(dir, name, &owner) && owner == uid;
}

static void end_at_jobs(const char *root, const char *path,
    const struct aw_end_who *who, struct aw_end_report *report)
{
	const int fd = open_dir(root, path);
	aw_own_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int r;

	while (dir && (entry = readdir(dir)) != NULL) {
		if (!is_job(dirfd(dir), entry->d_name, who->uid))
			continue;
		r = move_aside(root, dirfd(dir), entry->d_name, entry->d_name,
		    who, report);
		if (r < 0)
			note(report, "at job", -r);
		else
			report->at_jobs++;
	}
}

int aw_uids_of_at_jobs(const char *root, struct aw_uids *ret)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(at_jobs) / sizeof(at_jobs[0]); i++) {
		const int fd = open_dir(root, at_jobs[i]);
		aw_own_dir DIR *dir = fd < 0 ? NULL : fdopendir(fd);
		struct dirent *entry;
		struct stat st;

		while (r == 0 && dir && (entry = readdir(dir)) != NULL)
			if (entry->d_name[0] != '.' &&
			    fstatat(dirfd(dir), entry->d_name, &st,
				AT_SYMLINK_NOFOLLOW) == 0)
				r = aw_uids_add(ret, st.st_uid);
	}
	return r;
}

/* --- names --------------------------------------------------------------- */

static void close_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

/* Has a local account that name by now?  Then what goes by the name is that
 * account's; so it is where nobody can look. */
static bool is_locals(const char *root, const struct aw_end_who *who)
{
	char path[PATH_MAX];
	aw_own(close_file) FILE *file = NULL;
	struct passwd *entry;

	if (aw_fmt(path, sizeof(path), "%s/etc/passwd", root) < 0)
		return true;
	file = fopen(path, "re");
	if (!file)
		return errno != ENOENT;
	while ((entry = fgetpwent(file)))
		if (strcmp(entry->pw_name, who->name) == 0)
			return entry->pw_uid != who->uid;
	return false;
}

/* --- systemd ----------------------------------------------------------- */

/* loginctl @verb @who, where systemd runs; what it says goes to stderr.  What
 * it cannot do is done by hand below, so its status does not matter. */
static void loginctl(const char *verb, const char *who)
{
	const char *const argv[] = { "/usr/bin/loginctl", verb, who, NULL };

	if (access("/run/systemd/system", F_OK) == 0)
		aw_ignore(aw_child_run(argv, LOGINCTL_S, NULL));
}

static void end_linger(const char *root, const struct aw_end_who *who,
    struct aw_end_report *report)
{
	aw_own_fd int dir = open_dir(root, LINGER);

	if (dir < 0 || faccessat(dir, who->name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (!*root)
		loginctl("disable-linger", who->name);
	if (unlinkat(dir, who->name, 0) < 0 && errno != ENOENT)
		note(report, "linger", errno);
	else
		report->linger = true;
}

bool aw_end_waits(const char *root, const struct aw_end_who *who)
{
	aw_own_fd int linger = open_dir(root, LINGER);
	bool found = false;

	if (is_locals(root, who))
		return false;
	found = linger >= 0 &&
		faccessat(linger, who->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

	for (size_t i = 0; i < sizeof(crontabs) / sizeof(crontabs[0]); i++) {
		aw_own_fd int dir = open_dir(root, crontabs[i]);

		found = found || (dir >= 0 && has_crontab(dir, who->name));
	}
	return found;
}

/* --- files ------------------------------------------------------------- */

/* nftw() has no place for what belongs to the caller. */
static struct {
	uint32_t uid;
	uint64_t n;
} counting;

static int count_one(const char *path AW_UNUSED, const struct stat *st,
    int type, struct FTW *at AW_UNUSED)
{
	if (type != FTW_NS && type != FTW_D && st->st_uid == counting.uid)
		counting.n++;
	return 0;
}

static uint64_t count_files(const char *root, const struct aw_end_who *who)
{
	const char *const places[] = { who->home, "/tmp", "/var/tmp",
		"/dev/shm", "/var/mail" };
	char path[PATH_MAX];

	counting.uid = who->uid;
	counting.n = 0;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (*places[i] &&
		    aw_fmt(path, sizeof(path), "%s%s", root, places[i]) == 0)
			(void)nftw(path, count_one, 32, FTW_PHYS | FTW_MOUNT);
	return counting.n;
}

void aw_end_person(
    const char *root, const struct aw_end_who *who, struct aw_end_report *ret)
{
	const bool named = !is_locals(root, who);
	char uid[16];

	*ret = (struct aw_end_report){ 0 };
	/* First what would begin anew, then what runs. */
	for (size_t i = 0; named && i < sizeof(crontabs) / sizeof(crontabs[0]);
	     i++)
		end_crontab(root, crontabs[i], who, ret);
	for (size_t i = 0; i < sizeof(at_jobs) / sizeof(at_jobs[0]); i++)
		end_at_jobs(root, at_jobs[i], who, ret);
	if (named)
		end_linger(root, who, ret);
	if (!*root) {
		aw_ignore(aw_fmt(uid, sizeof(uid), "%u", who->uid));
		loginctl("terminate-user", uid);
		ret->ended = aw_end_processes(who->uid, &ret->left);
	}
	ret->files = count_files(root, who);
}
