/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dropping root.
 */
#include "common/privilege.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

int aw_privilege_drop(const char *user, struct aw_diag *diag)
{
	struct passwd pw, *found = NULL;
	char buf[4096];
	int r;

	if (geteuid() != 0)
		return 0;
	r = getpwnam_r(user, &pw, buf, sizeof(buf), &found);
	if (r != 0 || !found) {
		aw_diag_set(diag,
		    "user %s does not exist: run "
		    "systemd-sysusers, or name another with --user",
		    user);
		return r ? -r : -ENOENT;
	}
	if (pw.pw_uid == 0) {
		aw_diag_set(diag, "--user %s is root: name another", user);
		return -EPERM;
	}
	if (setgroups(0, NULL) < 0 ||
	    setresgid(pw.pw_gid, pw.pw_gid, pw.pw_gid) < 0 ||
	    setresuid(pw.pw_uid, pw.pw_uid, pw.pw_uid) < 0) {
		r = -errno;
		aw_diag_set(diag, "cannot become %s: %s", user, strerror(-r));
		return r;
	}
	return 0;
}

void aw_privilege_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

void aw_privilege_hide(void)
{
	const struct rlimit none = { 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}
