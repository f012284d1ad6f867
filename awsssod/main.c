/* SPDX-License-Identifier: Apache-2.0 */
/*
 * awsssod: decides who may come in, and remembers who is who.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsssod/daemon.h"
#include "awsssod/listen.h"
#include "awsssod/log.h"
#include "awsssod/worker.h"
#include "common/privilege.h"

static int fail(int r, const struct aw_diag *why)
{
	aw_log(LOG_ERR, "awsssod: %s", why->text[0] ? why->text : strerror(-r));
	return 1;
}

static int run_worker(void)
{
	struct aw_diag why = { .text = "" };
	const int r = aw_worker_run(AW_WORKER_IN, AW_WORKER_DIR, &why);

	return r < 0 ? fail(r, &why) : 0;
}

/* Root's file; or, where somebody runs it as themselves, theirs. */
static int load_conf(
    const char *path, struct aw_conf *ret, struct aw_diag *diag)
{
	const int r = aw_settings_load(path, 0, ret, diag);

	if (r != -EPERM || geteuid() == 0)
		return r;
	*diag = (struct aw_diag){ .text = "" };
	return aw_settings_load(path, geteuid(), ret, diag);
}

static int run_daemon(const struct aw_settings *settings)
{
	static struct aw_conf conf;
	struct aw_diag why = { .text = "" };
	struct aw_daemon *daemon;
	int auth_fd, ctl_fd, r;

	(void)umask(077);
	if ((r = load_conf(settings->config, &conf, &why)) < 0 ||
	    (r = aw_listen(settings->run_dir, &auth_fd, &ctl_fd, &why)) < 0 ||
	    (r = aw_privilege_drop(settings->user, &why)) < 0)
		return fail(r, &why);
	aw_privilege_hide();
	aw_privilege_files();
	r = aw_daemon_new(settings, &conf, auth_fd, ctl_fd, &daemon, &why);
	if (r < 0)
		return fail(r, &why);
	r = aw_daemon_run(daemon);
	aw_daemon_free(daemon);
	return r < 0 ? fail(r, &why) : 0;
}

int main(int argc, char **argv)
{
	struct aw_settings settings;
	enum aw_settings_mode mode;
	struct aw_diag why = { .text = "" };

	aw_settings_init(&settings);
	if (aw_settings_parse(&settings, argc, argv, &mode, &why) < 0) {
		(void)fprintf(
		    stderr, "awsssod: %s\n%s", why.text, aw_settings_help());
		return 2;
	}
	switch (mode) {
	case AW_MODE_WORKER:
		return run_worker();
	case AW_MODE_HELP:
		return puts(aw_settings_help()) < 0;
	case AW_MODE_VERSION:
		return puts("awsssod " AW_VERSION) < 0;
	case AW_MODE_DAEMON:
		break;
	}
	return run_daemon(&settings);
}
